"""The SQL of the write path, each statement beside what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from modeldex.v1 import history_pb2
from modeldex_server.ledger.changes import Head, Write
from modeldex_server.security.origin import origin_of


def _compact(statement: LiteralString) -> LiteralString:
    """A statement in one line: the driver converts anew, at each use, one of more than 4,096 characters."""
    return " ".join(statement.split())


LIMITS = """
SELECT set_config('statement_timeout', %(milliseconds)s, true), set_config('lock_timeout', %(milliseconds)s, true)"""

# Locks what exists, in the order of the ids, and reads it. A lock that had to wait gives the newest row, but the rest
# of the statement still sees the state before: then the document is missing, and HEADS has to be asked again.
# The documents by a query of their own: joined, they are planned as one pass over all versions of a young catalogue,
# and that plan is kept while it grows.
HEADS = """
WITH locked AS MATERIALIZED (
    SELECT id, version, revision, created_at, live, private, pins
    FROM model WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE
)
SELECT m.id, m.version, m.revision, m.created_at, m.live, m.private, m.pins,
       (SELECT document FROM model_version v
        WHERE v.model_id = m.id AND v.version = CASE WHEN m.live THEN m.version ELSE m.version - 1 END) AS document
FROM locked m"""

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
    RETURNING revision, committed_at, %(principal)s::text AS principal, %(source_id)s::text AS source_id,
              %(why)s::text AS reason
), item AS (
    SELECT * FROM jsonb_to_recordset(%(items)s) AS item (
        id text, provider_id text, version bigint, operation smallint, type smallint, ordinal integer, live boolean,
        private boolean, pin_version bigint, pin_until timestamptz, pins text, restored bigint,
        created_at timestamptz, document text, changes text, touched text[], delta integer, unlisted boolean,
        stage smallint, canonical_id text, name_key text, search_text text, terms text[],
        context_window bigint, max_input_tokens bigint, max_output_tokens bigint, price_input numeric,
        price_output numeric, prices jsonb, released_at timestamptz, deprecates_at timestamptz,
        retires_at timestamptz)
), logged AS (
    INSERT INTO revision (revision, committed_at, principal, source_id, reason, size)
    SELECT revision, committed_at, principal, source_id, reason, %(size)s::bigint FROM head
), heads AS (
    UPDATE model m
    SET version = i.version, revision = h.revision, live = i.live, private = i.private,
        created_at = COALESCE(i.created_at, h.committed_at), pin_version = i.pin_version,
        pin_until = i.pin_until, pins = decode(i.pins, 'base64'), unlisted = i.unlisted, stage = i.stage,
        canonical_id = i.canonical_id, name_key = i.name_key, search_text = i.search_text, terms = i.terms,
        context_window = i.context_window, max_input_tokens = i.max_input_tokens,
        max_output_tokens = i.max_output_tokens, price_input = i.price_input, price_output = i.price_output,
        prices = i.prices, released_at = i.released_at, deprecates_at = i.deprecates_at, retires_at = i.retires_at
    FROM item i, head h
    WHERE m.id = i.id
), versions AS (
    INSERT INTO model_version (model_id, version, revision, operation, document, changes, terms, pin_version, pins,
                               restored_version, principal, source_id, reason, created_at, committed_at)
    SELECT i.id, i.version, h.revision, i.operation, decode(i.document, 'base64'), decode(i.changes, 'base64'),
           i.touched, i.pin_version, decode(i.pins, 'base64'), i.restored, principal, source_id, reason,
           COALESCE(i.created_at, h.committed_at), h.committed_at
    FROM item i, head h
), told AS (
    INSERT INTO update_event (revision, ordinal, kind, type, provider_id, model_id, version, previous_version)
    SELECT h.revision, i.ordinal, 10, i.type, i.provider_id, i.id, i.version, i.version - 1
    FROM item i, head h
), event AS (
    SELECT * FROM jsonb_to_recordset(%(events)s) AS event (
        ordinal integer, kind smallint, type smallint, provider_id text, model_id text, external boolean,
        source_id text, reason text, body text)
), others AS (
    INSERT INTO update_event (revision, ordinal, kind, type, provider_id, model_id, external, source_id, reason, body)
    SELECT h.revision, e.ordinal, e.kind, e.type, e.provider_id, e.model_id, e.external, e.source_id, e.reason,
           decode(e.body, 'base64')
    FROM event e, head h
), moved AS (
    SELECT provider_id, sum(delta) AS delta FROM item GROUP BY provider_id
), counted AS (
    INSERT INTO provider (id, live_models)
    SELECT provider_id, delta FROM moved, head WHERE delta <> 0
    ON CONFLICT (id) DO UPDATE SET live_models = provider.live_models + EXCLUDED.live_models
    RETURNING id, live_models
), moves AS (
    INSERT INTO update_event (revision, ordinal, kind, type, provider_id)
    SELECT head.revision, %(ordinals)s::integer + row_number() OVER (ORDER BY c.id),
           11, CASE WHEN c.live_models = 0 THEN 2 ELSE 1 END, c.id
    FROM head, counted c
    JOIN moved ON provider_id = c.id
    WHERE c.live_models = 0 OR c.live_models = delta
), audited AS (
    INSERT INTO audit_event (principal, authentication, peer, method, resource, provider_id, request_id, outcome,
                             before_version, after_version, revision, reason)
    SELECT principal, %(authentication)s, %(peer)s, %(method)s, %(resource)s,
           %(provider_id)s, %(request_id)s, %(outcome)s, %(before_version)s::bigint,
           %(after_version)s::bigint, revision, %(reason)s
    FROM head
)
SELECT revision, committed_at FROM head""")

# After COMMIT, whose lock keeps the statuses in the order of their events; as rare as the events are.
STATUSES = """
UPDATE provider SET status = told.status, availability = told.availability
FROM jsonb_to_recordset(%(statuses)s::jsonb) AS told (provider_id text, status smallint, availability smallint)
WHERE provider.id = told.provider_id"""

AUDIT = """
INSERT INTO audit_event (principal, authentication, peer, method, resource, provider_id, request_id, outcome,
                         before_version, after_version, reason)
VALUES (%(principal)s, %(authentication)s::smallint, %(peer)s, %(method)s, %(resource)s, %(provider_id)s,
        %(request_id)s, %(outcome)s, %(before_version)s::bigint, %(after_version)s::bigint, %(reason)s)"""

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
    pins: bytes | None
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
            tuple(history_pb2.ModelVersion.FromString(self.pins).pins) if self.pins else (),
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
    """The parameters of the audit row of a write."""
    return audit_parameters(
        principal=write.principal,
        method=write.method,
        resource=write.resource,
        provider_id=write.model_ids[0].partition("/")[0] if len(write.model_ids) == 1 else "",
        request_id=write.request.request_id if write.request else "",
        outcome=outcome,
        before=before,
        after=after,
        reason=write.reason,
    )


def audit_parameters(
    *,
    principal: str,
    method: str,
    resource: str,
    outcome: str,
    provider_id: str = "",
    request_id: str = "",
    before: int | None = None,
    after: int | None = None,
    reason: str = "",
) -> dict[str, Any]:
    """The parameters of AUDIT. Once its row is committed, whoever wrote it says so: see `origin.audited`."""
    origin = origin_of(principal)
    return {
        "principal": principal,
        "authentication": origin.authentication,
        "peer": origin.peer,
        "method": method,
        "resource": resource,
        "provider_id": provider_id,
        "request_id": request_id,
        "outcome": outcome,
        "before_version": before,
        "after_version": after,
        "reason": reason,
    }
