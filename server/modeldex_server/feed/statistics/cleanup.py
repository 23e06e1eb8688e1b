"""Cleanup: removes what is over."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any

import structlog
from psycopg import sql

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import subscription_pb2 as pb
from modeldex_server.errors import ModeldexError
from modeldex_server.feed.subscriptions.expiry import Expiry
from modeldex_server.feed.times import span
from modeldex_server.ledger.compaction import Compactor
from modeldex_server.store.database import Database, Query, Row

log = structlog.get_logger()

_EVERY = 3600.0  # seconds
_BATCH = 1_000
# What the schedule leaves, so that people can look why something has expired.
_EXPIRED_KEPT = timedelta(days=7)

# Several replicas may remove at once: each takes what no other holds.
_EXPIRED = """
WITH old AS MATERIALIZED (
    SELECT id, wish FROM subscription
    WHERE status = 4 AND updated_at <= clock_timestamp() - %(kept)s::interval
    ORDER BY id LIMIT %(batch)s
    FOR UPDATE SKIP LOCKED
), letter AS MATERIALIZED (
    SELECT count(*) AS count, COALESCE(sum(pg_column_size(d.*)), 0) AS size
    FROM dead_letter d JOIN old ON old.id = d.subscription_id
), removed AS (
    DELETE FROM subscription s USING old WHERE s.id = old.id RETURNING pg_column_size(s.*) AS size
)
SELECT COALESCE((SELECT array_agg(wish) FROM old), '{}') AS wishes, letter.count AS letters,
       (letter.size + COALESCE((SELECT sum(size) FROM removed), 0))::bigint AS size
FROM letter"""
_LETTERS = """
WITH old AS MATERIALIZED (
    SELECT subscription_id, revision, ordinal FROM dead_letter
    WHERE created_at <= clock_timestamp() - interval '30 days'
    ORDER BY created_at LIMIT %(batch)s
    FOR UPDATE SKIP LOCKED
), removed AS (
    DELETE FROM dead_letter d USING old
    WHERE d.subscription_id = old.subscription_id AND d.revision = old.revision AND d.ordinal = old.ordinal
    RETURNING pg_column_size(d.*) AS size
)
SELECT count(*) AS count, COALESCE(sum(size), 0)::bigint AS size FROM removed"""
_COUNTS = tuple(
    sql.SQL("""
        WITH removed AS (
            DELETE FROM {table} c WHERE {time} < clock_timestamp() - {kept} * interval '1 day'
            RETURNING pg_column_size(c.*) AS size
        )
        SELECT count(*) AS count, COALESCE(sum(size), 0)::bigint AS size FROM removed""").format(
        table=sql.Identifier(table), time=sql.Identifier(time), kept=sql.Literal(days)
    )
    for table, time, days in (
        ("event_count", "minute", 400),
        ("model_event_count", "minute", 400),
        ("delivery_count", "minute", 400),
        ("delivery_second", "second", 1),
        ("delivery_flush", "flushed_at", 1),
    )
)
# What is older than a day is counted by the hour. The schedule looks back for a week, and finds all of it.
_COARSEN = """
WITH fine AS (
    DELETE FROM model_event_count
    WHERE minute >= clock_timestamp() - interval '8 days'
      AND minute < date_trunc('hour', clock_timestamp() - interval '1 day', 'UTC')
      AND minute <> date_trunc('hour', minute, 'UTC')
    RETURNING minute, model_id, count
)
INSERT INTO model_event_count AS counted (minute, model_id, count)
SELECT date_trunc('hour', minute, 'UTC'), model_id, sum(count) FROM fine GROUP BY 1, 2 ORDER BY 1, 2
ON CONFLICT (minute, model_id) DO UPDATE SET count = counted.count + EXCLUDED.count"""


@dataclass(frozen=True, slots=True)
class _Expired:
    wishes: list[bytes]
    letters: int
    size: int


@dataclass(frozen=True, slots=True)
class _Removed:
    count: int
    size: int


class Cleanup:
    """Removes what is over. On how many replicas it runs makes no difference."""

    def __init__(self, database: Database, expiry: Expiry, compactor: Compactor) -> None:
        self._database = database
        self._expiry = expiry
        self._compactor = compactor

    async def run(self) -> None:
        """Clean up each hour until cancelled; an outage of the store is waited out."""
        while True:
            try:
                await self.clean(expired_kept=_EXPIRED_KEPT)
            except ModeldexError as error:
                log.warning("cleanup_waits", why=error.message)
            await asyncio.sleep(_EVERY)

    async def clean(self, *, expired_kept: timedelta = timedelta(0)) -> api.CleanupSubscriptionsResponse:
        """Remove what is over; expired subscriptions once they have been so for so long.

        Raises:
            StoreUnavailable, WriteContention, CommitUnknown: what was removed by then is; the rest is the next time.
        """
        begun = monotonic()
        removed = api.CleanupSubscriptionsResponse()
        await self._expiry.sweep()
        await self._subscriptions(removed, expired_kept)
        await self._letters(removed)
        for counts in _COUNTS:
            removed.freed_bytes += (await self._step(_Removed, counts)).size
        await self._database.execute(_COARSEN)
        compacted = await self._compactor.compact()
        removed.removed_events = compacted.events
        removed.freed_bytes += compacted.size
        removed.duration.CopyFrom(span(monotonic() - begun))
        log.info(
            "cleaned_up",
            subscriptions=removed.removed_subscriptions,
            dead_letters=removed.removed_dead_letters,
            events=removed.removed_events,
            bytes=removed.freed_bytes,
        )
        return removed

    async def _subscriptions(self, removed: api.CleanupSubscriptionsResponse, kept: timedelta) -> None:
        while (expired := await self._step(_Expired, _EXPIRED, kept=kept)).wishes:
            removed.removed_subscriptions += len(expired.wishes)
            removed.removed_filters += sum(len(pb.Subscription.FromString(wish).filters) for wish in expired.wishes)
            removed.removed_dead_letters += expired.letters
            removed.freed_bytes += expired.size

    async def _letters(self, removed: api.CleanupSubscriptionsResponse) -> None:
        while (letters := await self._step(_Removed, _LETTERS)).count:
            removed.removed_dead_letters += letters.count
            removed.freed_bytes += letters.size

    async def _step(self, row: type[Row], query: Query, **values: Any) -> Row:
        return (await self._database.rows(row, query, {"batch": _BATCH, **values}))[0]
