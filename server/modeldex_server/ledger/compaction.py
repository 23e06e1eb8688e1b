"""Compaction: the log forgets old events. Models and their versions stay.

First the mark in the counter row moves, then what is below it is deleted. A reader sees the mark and the events in one
snapshot, so it can tell: after a revision that is not below the mark nothing is missing.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from modeldex_server.errors import ModeldexError
from modeldex_server.store.database import Database

log = structlog.get_logger()

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
WITH old AS (
    SELECT revision FROM revision
    WHERE revision <= (SELECT compacted FROM ledger_head)
    ORDER BY revision LIMIT %(batch)s
    FOR UPDATE SKIP LOCKED
), events AS (
    DELETE FROM update_event e USING old WHERE e.revision = old.revision
)
DELETE FROM revision r USING old WHERE r.revision = old.revision"""


@dataclass(frozen=True, slots=True)
class Retention:
    """What the log keeps: whatever is younger than `span`, and at least so many revisions."""

    span: timedelta = timedelta(hours=24)
    revisions: int = 100_000


@dataclass(frozen=True, slots=True)
class _Target:
    revision: int


class Compactor:
    """Compacts the log. On how many replicas it runs makes no difference."""

    def __init__(self, database: Database, retention: Retention) -> None:
        self._database = database
        self._retention = retention
        self.deleted = 0  # revisions

    async def run(self) -> None:
        """Compact every ten minutes until cancelled; an outage of the store is waited out."""
        while True:
            try:
                await self.compact()
            except ModeldexError as error:
                log.warning("compaction_waits", why=error.message)
            await asyncio.sleep(_EVERY)

    async def compact(self) -> None:
        """Forget what need not be kept.

        Raises:
            StoreUnavailable, WriteContention: what is below the mark by then is deleted the next time.
        """
        await self.move_mark()
        while deleted := await self._database.execute(_DELETE, {"batch": _BATCH}):
            self.deleted += deleted
            await asyncio.sleep(_PAUSE)

    async def move_mark(self) -> None:
        """Say up to where the log may forget."""
        keep = {"keep": self._retention.revisions}
        targets = await self._database.rows(_Target, _TARGET, {"span": self._retention.span, **keep})
        target = targets[0].revision
        if await self._database.execute(_MOVE, {"target": target, **keep}):
            log.info("log_compacted", revision=target)
