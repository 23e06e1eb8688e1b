-- The cache: what callers set, what was invalidated, and the rules for it. Nothing here takes a revision of the catalogue.

CREATE SEQUENCE cache_entry_version;

CREATE TABLE cache_entry (
    namespace     text COLLATE "C" NOT NULL,
    key           text COLLATE "C" NOT NULL,             -- the id of its model
    entry_version bigint NOT NULL DEFAULT nextval('cache_entry_version'),  -- so none occurs twice, over deletions either
    provider_id   text COLLATE "C" NOT NULL GENERATED ALWAYS AS (split_part(key, '/', 1)) STORED,
    value         bytea NOT NULL,                        -- Model
    model_version bigint NOT NULL,                       -- that its caller gave it; 0 for none
    tags          text[] NOT NULL,
    priority      smallint NOT NULL,
    metadata      bytea NOT NULL,                        -- Struct, without what stands under secret paths
    secrets       bytea,                                 -- Struct of what does, sealed; null for none
    secret_key    text,                                  -- the id of the key that sealed it
    ttl           interval NOT NULL,
    principal     text NOT NULL,                         -- who set it last
    stale         boolean NOT NULL DEFAULT false,        -- invalidated softly since
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at    timestamptz NOT NULL,
    access_count  bigint NOT NULL DEFAULT 0,             -- added to by each replica every few seconds
    accessed_at   timestamptz,
    PRIMARY KEY (namespace, key)
) WITH (fillfactor = 80);
CREATE INDEX cache_entry_provider ON cache_entry (provider_id);
CREATE INDEX cache_entry_key ON cache_entry (key);
CREATE INDEX cache_entry_expiry ON cache_entry (expires_at);
CREATE INDEX cache_entry_tags ON cache_entry USING gin (tags);
CREATE INDEX cache_entry_secret_key ON cache_entry (secret_key) WHERE secret_key IS NOT NULL;

-- One row. Whoever invalidates takes the next number, as the last lock of its transaction: numbers become visible in
-- their order and without a gap.
CREATE TABLE cache_head (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    number bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10);
INSERT INTO cache_head DEFAULT VALUES;

-- The history, and at once the log that replicas follow.
CREATE TABLE invalidation (
    number           bigint PRIMARY KEY,
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    principal        text NOT NULL,
    namespace        text COLLATE "C" NOT NULL,          -- '' for all
    target           bytea NOT NULL,                     -- InvalidationTarget
    provider_id      text COLLATE "C" NOT NULL,          -- that it is about; '' where it is not about one
    reason           smallint NOT NULL,                  -- InvalidationReason
    mode             smallint NOT NULL,                  -- InvalidationMode
    expected_version bigint,
    context          bytea NOT NULL,                     -- Struct
    entry_count      bigint NOT NULL,
    duration         interval NOT NULL,
    error_reason     text NOT NULL DEFAULT '',           -- '' where it was made
    rule_id          text COLLATE "C" NOT NULL DEFAULT '',
    rule_version     bigint NOT NULL DEFAULT 0,
    depth            smallint NOT NULL DEFAULT 0,
    revision         bigint NOT NULL DEFAULT 0           -- of the catalogue, that it answers to
);
CREATE INDEX invalidation_age ON invalidation (created_at DESC, number DESC);

CREATE TABLE invalidation_rule (
    id         text COLLATE "C" PRIMARY KEY,
    version    bigint NOT NULL,
    rule       bytea NOT NULL,                           -- InvalidationRule: what a caller says of it
    enabled    boolean NOT NULL,
    priority   integer NOT NULL,
    principal  text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    fire_count bigint NOT NULL DEFAULT 0,
    fired_at   timestamptz
);
-- Every version of every rule, those of deleted ones among them.
CREATE TABLE invalidation_rule_version (
    rule_id    text COLLATE "C" NOT NULL,
    version    bigint NOT NULL,
    rule       bytea,                                    -- null: it was deleted
    principal  text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (rule_id, version)
);
-- What each rule answered to, so that it does so once.
CREATE TABLE invalidation_firing (
    rule_id      text COLLATE "C" NOT NULL,
    rule_version bigint NOT NULL,
    number       bigint NOT NULL,                        -- of the invalidation that triggered it; 0 for none
    revision     bigint NOT NULL,                        -- of the catalogue that did; 0 for none
    ordinal      integer NOT NULL DEFAULT 0,             -- of the event within the revision
    entry_count  bigint NOT NULL,
    dry_run      boolean NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (rule_id, rule_version, number, revision, ordinal)
);
CREATE INDEX invalidation_firing_age ON invalidation_firing (created_at);
-- One row. Rules have been applied to what came up to here; whoever holds its lock goes on.
CREATE TABLE invalidation_rule_mark (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    number   bigint NOT NULL,
    revision bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO invalidation_rule_mark (number, revision) SELECT 0, revision FROM ledger_head;

-- The keys that seal secrets, each with something sealed by it: so a wrong key under a known id is found at the start.
CREATE TABLE encryption_key (
    id         text COLLATE "C" PRIMARY KEY,
    proof      bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
