-- Subscriptions: what each asks for, where it stands in the log, and what it gave up.

CREATE TABLE subscription (
    id                    text COLLATE "C" PRIMARY KEY,
    principal             text COLLATE "C" NOT NULL,
    client_id             text COLLATE "C" NOT NULL,
    type                  smallint NOT NULL,             -- SubscriptionType
    wish                  bytea NOT NULL,                -- Subscription: its filters, models and options
    next_filter           integer NOT NULL,              -- the number of the next filter's id
    -- Of its filters, for lists: their types, and the fields of their conditions.
    filter_types          smallint[] NOT NULL DEFAULT '{}',
    filter_fields         text[] NOT NULL DEFAULT '{}',
    -- Changed through the ledger only, so that every replica acts on it at the same revision.
    version               bigint NOT NULL,
    control_revision      bigint NOT NULL DEFAULT 0,     -- of the last such change
    status                smallint NOT NULL,             -- SubscriptionStatus: ACTIVE, PAUSED or EXPIRED
    status_reason         text NOT NULL DEFAULT '',      -- while EXPIRED: 'idle' or 'compacted'
    pause_revision        bigint,                        -- while PAUSED
    created_at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Its one stream. Who opens one takes the next number; who has another number is superseded.
    stream                bigint NOT NULL DEFAULT 0,
    begun_stream          bigint NOT NULL DEFAULT 0,     -- the newest one that has sent anything
    released_stream       bigint NOT NULL DEFAULT 0,     -- the newest one that has ended and told how far it came
    replica_id            text NOT NULL DEFAULT '',
    connected_until       timestamptz NOT NULL DEFAULT 'epoch',  -- prolonged while the stream is open
    -- Where it stands.
    acknowledged_revision bigint NOT NULL,
    delivered_revision    bigint NOT NULL,
    sent_revision         bigint NOT NULL DEFAULT 0,     -- EXPLICIT: what its newest stream is through
    -- How far each earlier stream came that sent what is not acknowledged: such a revision was sent by as many as came
    -- so far.
    sent_before           bigint[] NOT NULL DEFAULT '{}',
    retry_revision        bigint,                        -- the first one with rejected updates to come again; null for none
    retry_at              timestamptz,                   -- not before
    refused_stream        bigint NOT NULL DEFAULT 0,     -- the newest one on which such were rejected: it is over
    event_count           bigint NOT NULL DEFAULT 0,
    error_count           bigint NOT NULL DEFAULT 0,
    active_at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    idle_timeout          interval NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX subscription_owner ON subscription (principal, client_id);
CREATE INDEX subscription_age ON subscription (created_at DESC, id);

-- Updates that were rejected and are sent again: how often so far. Gone once the subscription is through them.
CREATE TABLE subscription_rejection (
    subscription_id text COLLATE "C" NOT NULL REFERENCES subscription ON DELETE CASCADE,
    revision        bigint NOT NULL,
    ordinal         integer NOT NULL,
    attempts        integer NOT NULL,
    PRIMARY KEY (subscription_id, revision, ordinal)
);

CREATE TABLE dead_letter (
    subscription_id text COLLATE "C" NOT NULL REFERENCES subscription ON DELETE CASCADE,
    revision        bigint NOT NULL,
    ordinal         integer NOT NULL,
    attempts        integer NOT NULL,
    reason          text NOT NULL,
    message         text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    update_event    bytea NOT NULL,  -- UpdateEvent, as it was sent
    PRIMARY KEY (subscription_id, revision, ordinal)
);
CREATE INDEX dead_letter_newest ON dead_letter (subscription_id, created_at DESC, revision DESC, ordinal DESC);
CREATE INDEX dead_letter_age ON dead_letter (created_at);
