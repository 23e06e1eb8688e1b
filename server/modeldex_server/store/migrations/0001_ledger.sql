-- The ledger: the counter, the log, the models and their versions, and what is written with them in one transaction.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- One row. Whoever holds its lock commits the next revision and nothing else may be locked after it.
CREATE TABLE ledger_head (
    one          boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch        uuid NOT NULL DEFAULT gen_random_uuid(),  -- changes when history was rewound
    revision     bigint NOT NULL DEFAULT 0,
    committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    token_key    text NOT NULL DEFAULT gen_random_uuid()::text || gen_random_uuid()::text  -- signs page tokens
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
INSERT INTO ledger_head DEFAULT VALUES;

CREATE TABLE revision (
    revision     bigint PRIMARY KEY,
    committed_at timestamptz NOT NULL,  -- never before that of the revision before
    principal    text NOT NULL,
    source_id    text NOT NULL,         -- '' for a change by a caller
    reason       text NOT NULL
);

CREATE TABLE update_event (
    revision         bigint NOT NULL,
    ordinal          integer NOT NULL,
    kind             smallint NOT NULL,  -- field number in UpdateEvent.update
    type             smallint NOT NULL,  -- ModelUpdateType or ProviderUpdateType
    provider_id      text COLLATE "C" NOT NULL,
    model_id         text COLLATE "C",   -- the snapshots of a model event are its two versions
    version          bigint,
    previous_version bigint,
    body             bytea,              -- the update message of any other event
    PRIMARY KEY (revision, ordinal)
);

-- The head of each model, with what lists are filtered and ordered by. Its document is that of its current version.
CREATE TABLE model (
    id                text COLLATE "C" PRIMARY KEY,
    provider_id       text COLLATE "C" NOT NULL,
    version           bigint NOT NULL,           -- 0 while the transaction that creates it runs
    revision          bigint NOT NULL,
    created_at        timestamptz NOT NULL,
    live              boolean NOT NULL,          -- false: deleted
    private           boolean NOT NULL,          -- saved by a caller: exists until a caller deletes it
    pin_version       bigint,                    -- the version whose facts are served whatever sources say
    pin_until         timestamptz,               -- null: without expiry
    unlisted          boolean NOT NULL DEFAULT false,
    stage             smallint NOT NULL DEFAULT 0,
    canonical_id      text COLLATE "C" NOT NULL DEFAULT '',
    name_key          text COLLATE "C" NOT NULL DEFAULT '',
    search_text       text COLLATE "C" NOT NULL DEFAULT '',
    terms             text[] COLLATE "C" NOT NULL DEFAULT '{}', -- 'cap:x' has it, '!cap:x' has it not, 'tag:y', 'in:1', 'out:1'
    context_window    bigint,
    max_input_tokens  bigint,
    max_output_tokens bigint,
    price_input       numeric,                   -- USD for a million tokens
    price_output      numeric,
    prices            jsonb NOT NULL DEFAULT '{}', -- {"meter|unit|currency": "amount"}
    released_at       timestamptz,
    retires_at        timestamptz
);
-- Live models only: what is being created or was deleted costs the indexes nothing.
CREATE INDEX model_provider ON model (provider_id, id) WHERE live;
CREATE INDEX model_canonical ON model (canonical_id) WHERE live AND canonical_id <> '';
CREATE INDEX model_terms ON model USING gin (terms) WHERE live;
CREATE INDEX model_search ON model USING gin (search_text gin_trgm_ops) WHERE live;
CREATE INDEX model_price_input ON model (price_input, id) WHERE live;

-- Immutable: a version is written once.
CREATE TABLE model_version (
    model_id     text COLLATE "C" NOT NULL,
    version      bigint NOT NULL,
    revision     bigint NOT NULL,
    operation    smallint NOT NULL,
    document     bytea,             -- null for a deletion
    changes      bytea NOT NULL,    -- against the version before; empty for the first, whose changes are its document
    pin_version  bigint,
    principal    text NOT NULL,
    source_id    text NOT NULL,
    reason       text NOT NULL,
    created_at   timestamptz NOT NULL,
    committed_at timestamptz NOT NULL,
    PRIMARY KEY (model_id, version)
);
CREATE INDEX model_version_revision ON model_version (model_id, revision DESC);

-- Who serves models, and how discovery stands with it.
CREATE TABLE provider (
    id                text COLLATE "C" PRIMARY KEY,
    display_name      text NOT NULL DEFAULT '',
    documentation_uri text NOT NULL DEFAULT '',
    api_uri           text NOT NULL DEFAULT '',
    status            smallint NOT NULL DEFAULT 0,
    availability      smallint NOT NULL DEFAULT 0,
    live_models       bigint NOT NULL DEFAULT 0  -- counted by the write path, under the counter's lock
);

-- What each source says of each model it lists: mapped, and word for word.
CREATE TABLE source_listing (
    source_id   text COLLATE "C" NOT NULL,
    model_id    text COLLATE "C" NOT NULL,
    provider_id text COLLATE "C" NOT NULL,
    raw_hash    bytea NOT NULL,
    record      bytea NOT NULL,              -- the mapped facts, canonical
    raw         json NOT NULL,
    missed      smallint NOT NULL DEFAULT 0, -- complete listings in a row without the model
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (source_id, model_id)
);
CREATE INDEX source_listing_model ON source_listing (model_id);

CREATE TABLE audit_event (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    principal      text NOT NULL,
    method         text NOT NULL,
    resource       text NOT NULL,
    request_id     text NOT NULL,
    outcome        text NOT NULL,    -- 'changed', 'unchanged', or the reason of the refusal
    before_version bigint,
    after_version  bigint,
    revision       bigint,
    reason         text NOT NULL
);
CREATE INDEX audit_event_resource ON audit_event (resource, id);

-- Answers by request_id, so that a request sent twice is done once. Kept 24 hours.
CREATE TABLE request (
    principal     text NOT NULL,
    request_id    text NOT NULL,
    payload_hash  bytea NOT NULL,
    answer        bytea NOT NULL,  -- without the model and the revision
    model_id      text,
    model_version bigint,
    revision      bigint NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (principal, request_id)
);
CREATE INDEX request_age ON request (created_at);
