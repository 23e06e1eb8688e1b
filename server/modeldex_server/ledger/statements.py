"""The SQL of the write path, each statement beside what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from modeldex_server.ledger.changes import Head, Write


def _compact(statement: LiteralString) -> LiteralString:
    """A statement in one line: the driver converts anew, at each use, one of more than 4,096 characters."""
    return " ".join(statement.split())


LIMITS = """
SELECT set_config('statement_timeout', %(milliseconds)s, true), set_config('lock_timeout', %(milliseconds)s, true)"""

# Locks what exists, in the order of the ids, and reads it. A lock that had to wait gives the newest row, but the rest
# of the statement still sees the state before: then the document is missing, and HEADS has to be asked again.
HEADS = """
WITH locked AS MATERIALIZED (
    SELECT id, version, revision, created_at, live, private, pin_version, pin_until
    FROM model WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE
)
SELECT m.id, m.version, m.revision, m.created_at, m.live, m.private, m.pin_version, m.pin_until, v.document
FROM locked m
LEFT JOIN model_version v
    ON v.model_id = m.id AND v.version = CASE WHEN m.live THEN m.version ELSE m.version - 1 END"""

# A row to lock for each id that does not exist. Others that create the same id wait here, in the order of the ids.
PLACEHOLDERS = """
INSERT INTO model (id, provider_id, version, revision, created_at, live, private)
SELECT id, split_part(id, '/', 1), 0, 0, clock_timestamp(), false, false
FROM unnest(%(ids)s::text[]) AS wanted(id)
ORDER BY id COLLATE "C"
ON CONFLICT (id) DO NOTHING"""

LISTINGS = "SELECT model_id, source_id, record FROM source_listing WHERE model_id = ANY(%(ids)s)"

REQUEST = """
SELECT payload_hash, answer, model_id, model_version, revision
FROM request
WHERE principal = %(principal)s AND request_id = %(request_id)s"""

FENCE = "SELECT 1 FROM source WHERE id = %(source_id)s AND lease_fencing = %(fencing)s FOR SHARE"

FORGET_PLACEHOLDERS = "DELETE FROM model WHERE id = ANY(%(ids)s) AND version = 0"

LIST = """
INSERT INTO source_listing (source_id, model_id, provider_id, raw_hash, record, raw, updated_at)
SELECT source_id, model_id, provider_id, decode(raw_hash, 'base64'), decode(record, 'base64'), raw::json,
       clock_timestamp()
FROM jsonb_to_recordset(%(rows)s::jsonb)
    AS row(source_id text, model_id text, provider_id text, raw_hash text, record text, raw text)
ON CONFLICT (source_id, model_id) DO UPDATE
SET raw_hash = EXCLUDED.raw_hash, record = EXCLUDED.record, raw = EXCLUDED.raw, missed = 0,
    updated_at = EXCLUDED.updated_at"""

UNLIST = "DELETE FROM source_listing WHERE source_id = %(source_id)s AND model_id = ANY(%(ids)s)"

# The counter's lock is the last one: every row that follows is new, or locked before, or (a provider's count) touched
# by its holders alone. A provider comes with its first live model and goes with its last.
COMMIT = _compact("""
WITH head AS (
    UPDATE ledger_head
    SET revision = revision + 1, committed_at = GREATEST(clock_timestamp(), committed_at + interval '1 microsecond')
    RETURNING revision, committed_at
), item AS (
    SELECT * FROM jsonb_to_recordset(%(items)s::jsonb) AS item (
        id text, provider_id text, version bigint, operation smallint, type smallint, ordinal integer, live boolean,
        private boolean, pin_version bigint, pin_until timestamptz, created_at timestamptz, document text,
        changes text, delta integer, unlisted boolean, stage smallint, canonical_id text, name_key text,
        search_text text, terms text[],
        context_window bigint, max_input_tokens bigint, max_output_tokens bigint, price_input numeric,
        price_output numeric, prices jsonb, released_at timestamptz, retires_at timestamptz)
), logged AS (
    INSERT INTO revision (revision, committed_at, principal, source_id, reason)
    SELECT revision, committed_at, %(principal)s::text, %(source_id)s::text, %(reason)s::text FROM head
), heads AS (
    UPDATE model
    SET version = item.version, revision = head.revision, live = item.live, private = item.private,
        created_at = COALESCE(item.created_at, head.committed_at), pin_version = item.pin_version,
        pin_until = item.pin_until, unlisted = item.unlisted, stage = item.stage, canonical_id = item.canonical_id,
        name_key = item.name_key, search_text = item.search_text, terms = item.terms,
        context_window = item.context_window, max_input_tokens = item.max_input_tokens,
        max_output_tokens = item.max_output_tokens, price_input = item.price_input, price_output = item.price_output,
        prices = item.prices, released_at = item.released_at, retires_at = item.retires_at
    FROM item, head
    WHERE model.id = item.id
), versions AS (
    INSERT INTO model_version (model_id, version, revision, operation, document, changes, pin_version, principal,
                               source_id, reason, created_at, committed_at)
    SELECT item.id, item.version, head.revision, item.operation, decode(item.document, 'base64'),
           decode(item.changes, 'base64'), item.pin_version, %(principal)s::text, %(source_id)s::text, %(reason)s::text,
           COALESCE(item.created_at, head.committed_at), head.committed_at
    FROM item, head
), model_events AS (
    INSERT INTO update_event (revision, ordinal, kind, type, provider_id, model_id, version, previous_version)
    SELECT head.revision, item.ordinal, 10, item.type, item.provider_id, item.id, item.version, item.version - 1
    FROM item, head
), event AS (
    SELECT * FROM jsonb_to_recordset(%(events)s::jsonb)
        AS event (ordinal integer, type smallint, provider_id text, status smallint, availability smallint, body text)
), provider_events AS (
    INSERT INTO update_event (revision, ordinal, kind, type, provider_id, body)
    SELECT head.revision, event.ordinal, 11, event.type, event.provider_id, decode(event.body, 'base64')
    FROM head, event
), statuses AS (
    UPDATE provider SET status = event.status, availability = event.availability
    FROM event, head
    WHERE provider.id = event.provider_id AND event.type = 3
), counted AS (
    INSERT INTO provider (id, live_models)
    SELECT provider_id, sum(delta) AS delta FROM item, head GROUP BY provider_id HAVING sum(delta) <> 0
    ON CONFLICT (id) DO UPDATE SET live_models = provider.live_models + EXCLUDED.live_models
    RETURNING id, live_models
), came_or_went AS (
    INSERT INTO update_event (revision, ordinal, kind, type, provider_id)
    SELECT head.revision, %(ordinals)s::integer + row_number() OVER (ORDER BY counted.id),
           11, CASE WHEN counted.live_models = 0 THEN 2 ELSE 1 END, counted.id
    FROM head, counted
    JOIN (SELECT provider_id, sum(delta) AS delta FROM item GROUP BY provider_id) moved
        ON moved.provider_id = counted.id
    WHERE counted.live_models = 0 OR counted.live_models = moved.delta
), audited AS (
    INSERT INTO audit_event (principal, method, resource, request_id, outcome, before_version, after_version, revision,
                             reason)
    SELECT %(principal)s::text, %(method)s::text, %(resource)s::text, %(request_id)s::text, %(outcome)s::text,
           %(before_version)s::bigint, %(after_version)s::bigint,
           head.revision, %(reason)s::text
    FROM head
)
SELECT revision, committed_at FROM head""")

AUDIT = """
INSERT INTO audit_event (principal, method, resource, request_id, outcome, before_version, after_version, reason)
VALUES (%(principal)s, %(method)s, %(resource)s, %(request_id)s, %(outcome)s,
        %(before_version)s::bigint, %(after_version)s::bigint, %(reason)s)"""

# After COMMIT it finds the revision of this transaction, where nothing was committed the newest one.
ANSWER = """
INSERT INTO request (principal, request_id, payload_hash, answer, model_id, model_version, revision)
SELECT %(principal)s::text, %(request_id)s::text, %(payload_hash)s::bytea, %(answer)s::bytea,
       %(answer_model)s::text, %(answer_version)s::bigint, revision
FROM ledger_head"""


@dataclass(frozen=True, slots=True)
class HeadRow:
    """A row of HEADS."""

    id: str
    version: int
    revision: int
    created_at: datetime
    live: bool
    private: bool
    pin_version: int | None
    pin_until: datetime | None
    document: bytes | None

    def head(self, listings: dict[str, bytes]) -> Head:
        """The head, with what the sources say."""
        return Head(
            self.id,
            self.version,
            self.revision,
            self.created_at,
            self.live,
            self.private,
            self.pin_version,
            self.pin_until,
            self.document,
            listings,
        )


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A row of REQUEST."""

    payload_hash: bytes
    answer: bytes
    model_id: str | None
    model_version: int | None
    revision: int


def audit_row(write: Write, *, outcome: str, before: int | None = None, after: int | None = None) -> dict[str, Any]:
    """The parameters of an audit row."""
    return {
        "principal": write.principal,
        "method": write.method,
        "resource": write.resource,
        "request_id": write.request.request_id if write.request else "",
        "outcome": outcome,
        "before_version": before,
        "after_version": after,
        "reason": write.reason,
    }
