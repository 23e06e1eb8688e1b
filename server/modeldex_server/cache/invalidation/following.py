"""The follower: applies invalidations on one replica, in their order and without a gap."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from psycopg import sql

from modeldex.v1 import cache_pb2
from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.floors import Floors
from modeldex_server.cache.invalidation.rows import COLUMNS, InvalidationRow
from modeldex_server.cache.memory import Memory
from modeldex_server.errors import ModeldexError
from modeldex_server.ledger import log as ledger_log
from modeldex_server.store.database import Database

log = structlog.get_logger()

# Others' invalidations are in force here after this and a query, of the second that is promised.
_POLL = 0.25  # seconds
_PAGE = 1_000
# Copies in Redis live a tenth longer than they are set to, at most; in memory a floor that is forgotten costs a load.
_JITTER = 1.1

# Of one moment. Without invalidations there is one row, which tells of the log only. Whether the last one is that which
# is known here is looked up: after a restored backup there may be another of its number.
_AFTER = sql.SQL("""
SELECT {columns}, l.epoch,
       CASE WHEN EXISTS (SELECT FROM invalidation
                         WHERE number = %(number)s AND created_at <> %(created_at)s::timestamptz)
            THEN -1 ELSE h.number END AS head
FROM cache_head h CROSS JOIN ledger_head l
LEFT JOIN LATERAL (
    SELECT {columns} FROM invalidation i WHERE i.number > %(number)s ORDER BY i.number LIMIT %(limit)s
) i ON true
ORDER BY i.number""").format(columns=sql.SQL(COLUMNS))
_PLACE = """
SELECT l.epoch, h.number AS head,
       COALESCE((SELECT number FROM invalidation WHERE created_at > statement_timestamp() - %(span)s::interval
                 ORDER BY created_at, number LIMIT 1) - 1,
                h.number) AS forgotten
FROM cache_head h CROSS JOIN ledger_head l"""

OnApplied = Callable[[pb.Invalidation], None]
OnRewind = Callable[[], None]


@dataclass(frozen=True, slots=True)
class _LogRow(InvalidationRow):
    """An invalidation, with the state of the log. The row of a page without one never leaves `look`."""

    epoch: UUID
    head: int


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the log is, and up to where no copy can be as old."""

    epoch: UUID
    head: int
    forgotten: int


class Follower:
    """Keeps the floors of one replica current. To be touched from the event loop only."""

    def __init__(
        self,
        database: Database,
        floors: Floors,
        memory: Memory,
        events: CacheEvents,
        *,
        redis_ttl: timedelta,
        on_applied: Sequence[OnApplied] = (),
        on_rewind: Sequence[OnRewind] = (),
    ) -> None:
        """
        Args:
            redis_ttl: how long a copy in Redis is set to live.
            on_applied: called with each invalidation that is in force from now on; they must not wait.
            on_rewind: called, when everything in memory is dropped, because what was known here does not hold any more.
        """
        self._database = database
        self._floors = floors
        self._memory = memory
        self._events = events
        self._span = redis_ttl * _JITTER
        self._on_applied = on_applied
        self._on_rewind = on_rewind
        self._hint = asyncio.Event()
        self._looking = asyncio.Lock()
        self._epoch: UUID | None = None
        self._last_at: datetime | None = None  # when the last one that is applied was made
        self.checked_at = 0.0  # monotonic: every invalidation that was made before is in force here
        self.rewinds = 0

    @property
    def number(self) -> int:
        """The newest invalidation that is in force here."""
        return self._floors.number

    def nudge(self) -> None:
        """Say that something came: the next poll is now."""
        self._hint.set()

    async def load(self) -> None:
        """Learn of the invalidations that a copy can be older than. Raises StoreUnavailable."""
        place = await self._place()
        self._begin(place, place.forgotten)
        await self.catch_up(place.head)

    async def run(self) -> None:
        """Follow until cancelled; an outage of the store is waited out."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_POLL):
                    await self._hint.wait()
            self._hint.clear()
            try:
                await self._look_to_the_end()
            except ModeldexError as error:
                log.warning("invalidations_wait", why=error.message)
                await asyncio.sleep(_POLL)

    async def catch_up(self, number: int) -> None:
        """Return once an invalidation, which is in the log, is in force here. Raises StoreUnavailable."""
        rewinds = self.rewinds
        while self.number < number and self.rewinds == rewinds:
            async with self._looking:
                if self.number < number:
                    await self._look()

    async def forget(self) -> None:
        """Forget floors that no copy can be below any more. Raises StoreUnavailable."""
        place = await self._place()
        if place.epoch == self._epoch:
            self._floors.forget_before(min(place.forgotten, self.number))

    def _begin(self, place: _Place, number: int) -> None:
        self._floors.begin_anew()
        self._floors.forget_before(number)
        self._epoch, self._last_at = place.epoch, None

    async def _place(self) -> _Place:
        return (await self._database.rows(_Place, _PLACE, {"span": self._span}))[0]

    async def _look_to_the_end(self) -> None:
        async with self._looking:
            while await self._look():
                await asyncio.sleep(0)

    async def _look(self) -> bool:
        """Apply a page of the log; True if there is more."""
        begun = time.monotonic()
        rows = await self._database.rows(
            _LogRow, _AFTER, {"number": self.number, "created_at": self._last_at, "limit": _PAGE}
        )
        epoch, head = rows[0].epoch, rows[0].head
        if epoch != self._epoch or head < self.number:
            await self._begin_anew(epoch)
            return False
        for row in rows:
            if row.number is not None:  # else it is the row of a page without one
                self._apply(row.message())
                self._last_at = row.created_at
        if self.number < head:
            return True
        self.checked_at = begun
        return False

    def _apply(self, invalidation: pb.Invalidation) -> None:
        if invalidation.number != self.number + 1:
            log.error("invalidations_have_a_hole", expected=self.number + 1, found=invalidation.number)
        self._floors.apply(invalidation)
        if invalidation.error_reason:
            return
        if invalidation.target.all and invalidation.mode == pb.INVALIDATION_MODE_HARD:
            self._events.cleared(invalidation)
        self._events.invalidated(invalidation)
        for tell in self._on_applied:
            tell(invalidation)

    async def _begin_anew(self, epoch: UUID) -> None:
        """The store was restored from a backup: its versions and numbers may come a second time."""
        log.warning("invalidations_were_rewound", number=self.number)
        if epoch == self._epoch:
            # The catalogue may be as it was, so nobody else can tell. Copies in Redis are of an epoch.
            await ledger_log.begin_history(self._database, epoch)
        place = await self._place()
        self._begin(place, place.head)
        self.rewinds += 1
        self._memory.clear(None, cache_pb2.CACHE_EVICTION_REASON_MANUAL)
        for tell in self._on_rewind:
            tell()
