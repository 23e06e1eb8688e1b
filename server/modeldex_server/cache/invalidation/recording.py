"""What an invalidation does to the store, within a transaction of whoever makes it.

First `affect` for each, which locks rows of entries in the order of their keys; at the end `record`, once for all: it
takes the last lock of the transaction, so that numbers become visible in their order and without a gap.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.invalidation.rows import COLUMNS, InvalidationRow
from modeldex_server.cache.invalidation.strategies import default_reason
from modeldex_server.ledger.events import text_of
from modeldex_server.store.database import Connection

CATALOGUE = "catalogue"  # its models are no rows: only copies of them can be invalidated

# Expired rows do not exist for callers: they go too, and do not count.
_LIVE = "expires_at > statement_timestamp()"
_MATCHES = {
    "key": "key = %(key)s",
    "tags": "tags && %(tags)s",
    "provider_id": "provider_id = %(provider_id)s",
    "expired": "expires_at <= statement_timestamp()",
    "all": "true",
}
_LOCKED = """
WITH locked AS MATERIALIZED (
    SELECT namespace, key, expires_at FROM cache_entry
    WHERE {matches} AND {namespace}
      AND (%(expected_version)s::bigint IS NULL OR model_version <> %(expected_version)s)
    ORDER BY namespace, key FOR UPDATE
), """
_HARD = """touched AS (
    DELETE FROM cache_entry e USING locked l WHERE e.namespace = l.namespace AND e.key = l.key
)"""
_SOFT = """touched AS (
    UPDATE cache_entry e SET stale = true FROM locked l
    WHERE e.namespace = l.namespace AND e.key = l.key AND NOT e.stale
)"""
_COUNT = " SELECT count(*) FROM locked WHERE {counts}"


def _statement(target: str, namespace: bool, hard: bool) -> sql.Composed:
    return sql.SQL(_LOCKED + (_HARD if hard else _SOFT) + _COUNT).format(
        matches=sql.SQL(_MATCHES[target]),
        namespace=sql.SQL("namespace = %(namespace)s" if namespace else "true"),
        counts=sql.SQL("true" if target == "expired" else _LIVE),
    )


_STATEMENTS = {
    (target, namespace, hard): _statement(target, namespace, hard)
    for target in _MATCHES
    for namespace in (False, True)
    for hard in (False, True)
}

_RECORD = sql.SQL("""
WITH head AS (
    UPDATE cache_head SET number = number + %(count)s RETURNING number - %(count)s AS number
)
INSERT INTO invalidation AS i (
    number, created_at, principal, namespace, target, provider_id, reason, mode, expected_version, context, entry_count,
    duration, error_reason, rule_id, rule_version, depth, revision)
SELECT head.number + a.ordinal, clock_timestamp(), a.principal, a.namespace, decode(a.target, 'base64'), a.provider_id,
       a.reason, a.mode, a.expected_version, decode(a.context, 'base64'), a.entry_count,
       make_interval(secs => a.elapsed) + (clock_timestamp() - statement_timestamp()), a.error_reason, a.rule_id,
       a.rule_version, a.depth, a.revision
FROM head, jsonb_to_recordset(%(made)s) AS a (
    ordinal bigint, principal text, namespace text, target text, provider_id text, reason smallint, mode smallint,
    expected_version bigint, context text, entry_count bigint, elapsed double precision, error_reason text,
    rule_id text, rule_version bigint, depth smallint, revision bigint)
ORDER BY a.ordinal
RETURNING {columns}""").format(columns=sql.SQL(COLUMNS))


@dataclass(frozen=True, slots=True)
class Attempt:
    """An invalidation to be made, and who makes it. What the request leaves to its defaults is filled in."""

    request: api.InvalidateRequest
    principal: str
    rule_id: str = ""
    rule_version: int = 0
    depth: int = 0  # rules that led to each other up to this one
    revision: int = 0  # of the catalogue, that it answers to
    begun: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        request = api.InvalidateRequest()
        request.CopyFrom(self.request)
        request.reason = request.reason or default_reason(request.target)
        request.mode = request.mode or pb.INVALIDATION_MODE_HARD
        object.__setattr__(self, "request", request)


@dataclass(frozen=True, slots=True)
class Made:
    """What an attempt came to: the entries that it matched, or why it failed."""

    attempt: Attempt
    entry_count: int
    error_reason: str = ""


async def affect(connection: Connection, attempt: Attempt) -> int:
    """Delete the callers' entries that an invalidation is about, or mark them as stale; how many there were."""
    request = attempt.request
    if request.namespace == CATALOGUE:
        return 0
    kind = request.target.WhichOneof("target") or ""
    # What has expired is gone either way.
    hard = request.mode == pb.INVALIDATION_MODE_HARD or kind == "expired"
    cursor = await connection.execute(_STATEMENTS[kind, bool(request.namespace), hard], _parameters(request))
    row = await cursor.fetchone()
    return int(row[0]) if row is not None else 0


async def record(connection: Connection, made: Sequence[Made]) -> list[pb.Invalidation]:
    """Write invalidations with the next numbers, in their order. Nothing but the commit may follow."""
    rows = [_record(ordinal, one) for ordinal, one in enumerate(made, 1)]
    cursor = connection.cursor(row_factory=class_row(InvalidationRow))
    await cursor.execute(_RECORD, {"count": len(rows), "made": Jsonb(rows)})
    return [row.message() for row in sorted(await cursor.fetchall(), key=lambda row: row.number)]


def provider_of(target: pb.InvalidationTarget) -> str:
    """The provider that a target is about; empty where it is not about one."""
    return target.provider_id or target.key.partition("/")[0]


def _parameters(request: api.InvalidateRequest) -> dict[str, Any]:
    target = request.target
    return {
        "namespace": request.namespace,
        "key": target.key,
        "tags": list(target.tags.tags),
        "provider_id": target.provider_id,
        "expected_version": _expected(request),
    }


def _record(ordinal: int, made: Made) -> dict[str, Any]:
    attempt, request = made.attempt, made.attempt.request
    return {
        "ordinal": ordinal,
        "principal": attempt.principal,
        "namespace": request.namespace,
        "target": text_of(request.target),
        "provider_id": provider_of(request.target),
        "reason": request.reason,
        "mode": request.mode,
        "expected_version": _expected(request),
        "context": text_of(request.context),
        "entry_count": made.entry_count,
        "elapsed": time.monotonic() - attempt.begun,
        "error_reason": made.error_reason,
        "rule_id": attempt.rule_id,
        "rule_version": attempt.rule_version,
        "depth": attempt.depth,
        "revision": attempt.revision,
    }


def _expected(request: api.InvalidateRequest) -> int | None:
    return request.expected_version if request.HasField("expected_version") else None
