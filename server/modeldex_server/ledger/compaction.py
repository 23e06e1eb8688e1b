"""Compaction: the log forgets old events. Models and their versions stay.

First the mark in the counter row moves, then what is below it is deleted. A reader sees the mark and the events in one
snapshot, so it can tell: after a revision that is not below the mark nothing is missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from modeldex_server.errors import ModeldexError
from modeldex_server.store.database import Database

log = structlog.get_logger()

Used = Callable[[], Awaitable[int]]

_EVERY = 600.0  # seconds
_BATCH = 100  # revisions; of the largest ones a few ten thousand rows
_PAUSE = 0.05  # seconds between batches, for whoever else writes

# All up to the last revision that is both old enough and followed by enough others. Times grow with revisions, so the
# first one that is too young ends it. Read before the counter is locked: what it says only becomes truer.
_TARGET = """
SELECT COALESCE(
    (SELECT r.revision - 1 FROM revision r
     WHERE r.revision > h.compacted AND r.revision <= h.revision - %(keep)s
       AND r.committed_at >= clock_timestamp() - %(span)s
     ORDER BY r.revision LIMIT 1),
    h.revision - %(keep)s) AS revision
FROM ledger_head h"""
_MOVE = """
UPDATE ledger_head SET compacted = %(target)s
WHERE compacted < %(target)s AND %(target)s <= revision - %(keep)s"""

# Several replicas may delete at once: each takes what no other holds.
_DELETE = """
WITH old AS MATERIALIZED (
    SELECT revision FROM revision
    WHERE revision <= (SELECT compacted FROM ledger_head)
    ORDER BY revision LIMIT %(batch)s
    FOR UPDATE SKIP LOCKED
), event AS (
    DELETE FROM update_event e USING old WHERE e.revision = old.revision RETURNING pg_column_size(e.*) AS size
), gone AS (
    DELETE FROM revision r USING old WHERE r.revision = old.revision RETURNING pg_column_size(r.*) AS size
)
SELECT (SELECT count(*) FROM gone) AS revisions, (SELECT count(*) FROM event) AS events,
       (COALESCE((SELECT sum(size) FROM event), 0) + COALESCE((SELECT sum(size) FROM gone), 0))::bigint AS size"""


@dataclass(frozen=True, slots=True)
class Retention:
    """What the log keeps: whatever is younger than `span`, and at least so many revisions."""

    span: timedelta = timedelta(hours=24)
    revisions: int = 100_000


@dataclass(frozen=True, slots=True)
class Compacted:
    """What was deleted; `size` in bytes, about."""

    revisions: int = 0
    events: int = 0
    size: int = 0

    def __add__(self, other: Compacted) -> Compacted:
        return Compacted(self.revisions + other.revisions, self.events + other.events, self.size + other.size)


@dataclass(frozen=True, slots=True)
class _Target:
    revision: int


class Compactor:
    """Compacts the log. On how many replicas it runs makes no difference."""

    def __init__(self, database: Database, retention: Retention, *, used: Used | None = None) -> None:
        """`used`: the last revision that is not needed any more by whoever reads each event once; it only grows."""
        self._database = database
        self._retention = retention
        self._used = used

    async def run(self) -> None:
        """Compact every ten minutes until cancelled; an outage of the store is waited out."""
        while True:
            try:
                await self.compact()
            except ModeldexError as error:
                log.warning("compaction_waits", why=error.message)
            await asyncio.sleep(_EVERY)

    async def compact(self) -> Compacted:
        """Forget what need not be kept; gives what this replica deleted.

        Raises:
            StoreUnavailable, WriteContention: what is below the mark by then is deleted the next time.
        """
        await self.move_mark()
        whole = Compacted()
        while (step := await self._delete()).revisions:
            whole += step
            await asyncio.sleep(_PAUSE)
        return whole

    async def _delete(self) -> Compacted:
        return (await self._database.rows(Compacted, _DELETE, {"batch": _BATCH}))[0]

    async def move_mark(self) -> None:
        """Say up to where the log may forget."""
        keep = {"keep": self._retention.revisions}
        targets = await self._database.rows(_Target, _TARGET, {"span": self._retention.span, **keep})
        target = targets[0].revision
        if self._used is not None:
            target = min(target, await self._used())
        if await self._database.execute(_MOVE, {"target": target, **keep}):
            log.info("log_compacted", revision=target)
