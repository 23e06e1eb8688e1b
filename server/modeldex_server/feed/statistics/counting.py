"""Counting events: a roll-up of the log, each event once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from modeldex_server.errors import ModeldexError
from modeldex_server.store.database import Database

log = structlog.get_logger()

_EVERY = 1.0  # seconds
# A revision has no more events than this: MOST_MODELS and MOST_EVENTS, with what follows of providers and capabilities.
_PAGE = 10_000

# Counts what comes after the mark and moves the mark, in one statement; nobody else does meanwhile. The last revision
# of a full page may be cut off by the limit, and is left for the next. Where somebody else has just counted, the mark
# is newer than the rest of what this statement sees: then it finds nothing, or whole revisions that nobody counted.
_COUNT = """
WITH mark AS MATERIALIZED (
    SELECT revision FROM event_count_mark FOR UPDATE SKIP LOCKED
), page AS MATERIALIZED (
    SELECT e.* FROM mark CROSS JOIN LATERAL (
        SELECT revision, kind, type, provider_id, model_id
        FROM update_event WHERE revision > mark.revision ORDER BY revision, ordinal LIMIT %(limit)s
    ) e
), told AS MATERIALIZED (
    SELECT r.* FROM mark CROSS JOIN LATERAL (
        SELECT revision, date_trunc('minute', committed_at, 'UTC') AS minute
        FROM revision WHERE revision > mark.revision ORDER BY revision LIMIT %(limit)s
    ) r
), whole AS MATERIALIZED (
    SELECT max(revision) - CASE WHEN count(*) = %(limit)s THEN 1 ELSE 0 END AS through FROM page
), event AS MATERIALIZED (
    SELECT t.minute, p.kind, p.type, p.provider_id, p.model_id
    FROM page p JOIN told t USING (revision), whole WHERE p.revision <= whole.through
), minutes AS (
    INSERT INTO event_count AS counted (minute, kind, type, provider_id, count)
    SELECT minute, kind, type, provider_id, count(*) FROM event GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (minute, kind, type, provider_id) DO UPDATE SET count = counted.count + EXCLUDED.count
), models AS (
    INSERT INTO model_event_count AS counted (minute, model_id, count)
    SELECT minute, model_id, count(*) FROM event WHERE model_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (minute, model_id) DO UPDATE SET count = counted.count + EXCLUDED.count
), totals AS (
    INSERT INTO event_total AS total (kind, type, provider_id, count)
    SELECT kind, type, provider_id, count(*) FROM event GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (kind, type, provider_id) DO UPDATE SET count = total.count + EXCLUDED.count
), moved AS (
    UPDATE event_count_mark SET revision = whole.through
    FROM whole WHERE whole.through IS NOT NULL
)
SELECT mark.revision, COALESCE(whole.through, mark.revision) AS through FROM mark, whole"""
_MARK = "SELECT revision FROM event_count_mark"


@dataclass(frozen=True, slots=True)
class _Step:
    revision: int
    through: int


@dataclass(frozen=True, slots=True)
class _Mark:
    revision: int


class EventCounter:
    """Counts the events of the log. On how many replicas it runs, and how often one is killed, makes no difference."""

    def __init__(self, database: Database, head: Callable[[], int]) -> None:
        """`head`: the newest revision that is known of."""
        self._database = database
        self._head = head
        self._counted = -1  # through this revision, as far as this replica knows

    async def run(self) -> None:
        """Count what comes, each second, until cancelled; an outage of the store is waited out."""
        while True:
            try:
                await self.count()
            except ModeldexError as error:
                log.debug("counting_waits", why=error.message)
            await asyncio.sleep(_EVERY)

    async def count(self) -> None:
        """Count all that the log has, unless another replica is at it.

        Raises:
            StoreUnavailable, WriteContention: the rest is counted the next time.
        """
        while self._counted != self._head():
            steps = await self._database.rows(_Step, _COUNT, {"limit": _PAGE})
            if not steps:
                return
            self._counted = steps[0].through
            if self._counted == steps[0].revision:
                return

    async def mark(self) -> int:
        """Every event up to this revision is counted. Raises StoreUnavailable."""
        return (await self._database.rows(_Mark, _MARK))[0].revision
