-- Statistics of the feed. Everything here is added to, never set: so the order of what is added makes no difference.

-- One row. The events up to here are counted below; whoever holds its lock counts on.
CREATE TABLE event_count_mark (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    revision bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO event_count_mark (revision) SELECT compacted FROM ledger_head;  -- what the log still has is counted

-- Events since the beginning.
CREATE TABLE event_total (
    kind        smallint NOT NULL,                -- as in update_event
    type        smallint NOT NULL,
    provider_id text COLLATE "C" NOT NULL,        -- '' for none
    count       bigint NOT NULL,
    PRIMARY KEY (kind, type, provider_id)
);
-- Events by the minute in which they were committed.
CREATE TABLE event_count (
    minute      timestamptz NOT NULL,
    kind        smallint NOT NULL,
    type        smallint NOT NULL,
    provider_id text COLLATE "C" NOT NULL,
    count       bigint NOT NULL,
    PRIMARY KEY (minute, kind, type, provider_id)
) WITH (fillfactor = 80);
-- Those about a model. What is older than a day stands at the minute with which its hour begins.
CREATE TABLE model_event_count (
    minute   timestamptz NOT NULL,
    model_id text COLLATE "C" NOT NULL,
    count    bigint NOT NULL,
    PRIMARY KEY (minute, model_id)
) WITH (fillfactor = 80);

-- What each replica has added to the tables below, so that nothing is added twice.
CREATE TABLE delivery_flush (
    replica_id text PRIMARY KEY,
    sequence   bigint NOT NULL,
    flushed_at timestamptz NOT NULL
) WITH (fillfactor = 50);

-- Updates written to streams since the beginning, by the principal of their subscription; '' for streams without one.
CREATE TABLE delivery_total (
    principal       text COLLATE "C" PRIMARY KEY,
    updates         bigint NOT NULL,
    messages        bigint NOT NULL,              -- that brought them
    delivering      double precision NOT NULL,    -- seconds from commit to written, of all updates together
    longest         double precision NOT NULL,    -- the most of an update of a stream that was level
    writing         double precision NOT NULL,    -- seconds that messages took, of all together
    last_updates    bigint NOT NULL,              -- of the message that was written last
    last_written_at timestamptz NOT NULL
) WITH (fillfactor = 50);
-- The same by the minute in which they were written.
CREATE TABLE delivery_count (
    minute     timestamptz PRIMARY KEY,
    updates    bigint NOT NULL,
    delivering double precision NOT NULL,
    rejected   bigint NOT NULL                    -- updates that were rejected, or not acknowledged in time
) WITH (fillfactor = 50);
-- Updates written to subscriptions, by the second. Kept for a day.
CREATE TABLE delivery_second (
    principal text COLLATE "C" NOT NULL,          -- of the subscription; '' for all together
    second    timestamptz NOT NULL,
    updates   bigint NOT NULL,
    PRIMARY KEY (principal, second)
);
-- Rejections since the beginning, by their reasons.
CREATE TABLE rejection_total (
    reason text COLLATE "C" PRIMARY KEY,
    count  bigint NOT NULL
) WITH (fillfactor = 50);
