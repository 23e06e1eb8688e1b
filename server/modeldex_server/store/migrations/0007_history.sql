-- History: pins by part, what lists of changes are filtered by, purging, rollbacks, and an audit trail nobody rewrites.

ALTER TABLE model
    ADD COLUMN pins      bytea,                    -- those in force, as a ModelVersion with nothing but pins; null: none
    ADD COLUMN kept_from bigint NOT NULL DEFAULT 1; -- no version before it has a document
-- Filled with the next version of each model. No release had a pin, so there is none to fill up.
COMMENT ON COLUMN model.pin_version IS 'the version that pinned the whole model';
COMMENT ON COLUMN model.pin_until IS 'when the first of the pins expires';
CREATE INDEX model_pinned ON model (id) WHERE pins IS NOT NULL;
CREATE INDEX model_pin_until ON model (pin_until) WHERE pin_until IS NOT NULL;

ALTER TABLE model_version
    ADD COLUMN pins             bytea,   -- as in model
    ADD COLUMN restored_version bigint,  -- of a rollback: whose document it has
    -- What it touched: '@3' the operation, 'by:alice', 'context_window', 'prices', 'prices["input"]'. See ledger/terms.py
    ADD COLUMN terms            text[] COLLATE "C" NOT NULL DEFAULT '{}',
    ADD COLUMN document_hash    bytea,   -- SHA-256 of a document that was purged
    ADD COLUMN purged_at        timestamptz;
CREATE INDEX model_version_time ON model_version (committed_at, revision);
-- A short list of what is pending: whoever writes puts it in its place in a moment, and lists have little to go through.
CREATE INDEX model_version_terms ON model_version USING gin (terms) WITH (gin_pending_list_limit = 256);

-- A version is written once. Its document can be purged, and nothing else of it changes.
-- Its operators are PostgreSQL's own: on the path of a session there may be others.
CREATE FUNCTION refuse_other_versions() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.purged_at IS NULL AND NEW.purged_at IS NOT NULL AND NEW.document IS NULL
       AND (NEW.document_hash IS NOT NULL) = (OLD.document IS NOT NULL)
       AND (to_jsonb(OLD) - '{document,document_hash,purged_at,changes}'::text[])
         = (to_jsonb(NEW) - '{document,document_hash,purged_at,changes}'::text[]) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'versions of models are immutable' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER model_version_immutable BEFORE UPDATE OR DELETE ON model_version
    FOR EACH ROW EXECUTE FUNCTION refuse_other_versions();

CREATE TABLE rollback (
    id                 text COLLATE "C" PRIMARY KEY,
    model_id           text COLLATE "C" NOT NULL,
    target_version     bigint NOT NULL,
    base_version       bigint NOT NULL,
    state              smallint NOT NULL,     -- RollbackState
    requester          text NOT NULL,
    reason             text NOT NULL,
    diff               bytea NOT NULL,        -- ModelDiff, as it was shown
    diff_hash          bytea NOT NULL,
    required_approvals integer NOT NULL,
    pin_seconds        double precision,      -- null: without expiry
    break_glass        boolean NOT NULL,
    created_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at         timestamptz NOT NULL,
    finished_at        timestamptz,
    executed_version   bigint,
    revision           bigint NOT NULL DEFAULT 0  -- of its last step
);
CREATE UNIQUE INDEX rollback_pending ON rollback (model_id) WHERE state = 1;
CREATE INDEX rollback_created ON rollback (created_at, id);
CREATE INDEX rollback_model ON rollback (model_id, created_at, id);

CREATE TABLE rollback_decision (
    rollback_id text COLLATE "C" NOT NULL REFERENCES rollback ON DELETE CASCADE,
    principal   text NOT NULL,
    approved    boolean NOT NULL,
    comment     text NOT NULL,
    decided_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (rollback_id, principal)
);

ALTER TABLE audit_event
    ADD COLUMN authentication smallint NOT NULL DEFAULT 1,  -- Authentication
    ADD COLUMN peer           text NOT NULL DEFAULT '',
    ADD COLUMN provider_id    text COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX audit_event_principal ON audit_event (principal, id);
CREATE INDEX audit_event_provider ON audit_event (provider_id, id) WHERE provider_id <> '';
CREATE INDEX audit_event_request ON audit_event (request_id) WHERE request_id <> '';
CREATE INDEX audit_event_time ON audit_event USING brin (at);

CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is only added to' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_event_immutable BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER audit_event_not_emptied BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
