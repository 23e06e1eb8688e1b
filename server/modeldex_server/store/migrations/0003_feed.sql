-- The feed: events beside those of the models, a log that is read by streams and compacted, and the countdown.

ALTER TABLE ledger_head ADD COLUMN compacted bigint NOT NULL DEFAULT 0;  -- events up to it may be gone

ALTER TABLE revision ADD COLUMN size bigint NOT NULL DEFAULT 0;  -- bytes of its events with their documents, about
UPDATE revision r SET size = told.size
FROM (
    SELECT e.revision, sum(100 + COALESCE(octet_length(e.body), 0) + COALESCE(octet_length(v.document), 0)
                               + COALESCE(octet_length(before.document), 0)) AS size
    FROM update_event e
    LEFT JOIN model_version v ON v.model_id = e.model_id AND v.version = e.version
    LEFT JOIN model_version before ON before.model_id = e.model_id AND before.version = e.previous_version
    GROUP BY e.revision
) told
WHERE r.revision = told.revision;

ALTER TABLE update_event
    ADD COLUMN external  boolean NOT NULL DEFAULT false,  -- published by a caller: changed nothing here
    ADD COLUMN source_id text,                            -- null: that of its revision
    ADD COLUMN reason    text;                            -- null: that of its revision

-- Filled with the next version of each model. No release had a catalogue without it, so there is none to fill up.
ALTER TABLE model ADD COLUMN deprecates_at timestamptz;
CREATE INDEX model_deprecates_at ON model (deprecates_at) WHERE live AND deprecates_at IS NOT NULL;
CREATE INDEX model_retires_at ON model (retires_at) WHERE live AND retires_at IS NOT NULL;

-- Which events of the countdown were told: each once.
CREATE TABLE countdown (
    model_id     text COLLATE "C" NOT NULL,
    milestone    smallint NOT NULL,     -- LifecycleMilestone
    milestone_at timestamptz NOT NULL,
    days_before  smallint NOT NULL,
    told_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (model_id, milestone, milestone_at, days_before)
);
