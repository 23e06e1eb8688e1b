"""How many entries callers have, and whether there is room for more."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from modeldex_server.cache.statistics import CacheStatistics
from modeldex_server.errors import TooManyEntries
from modeldex_server.store.database import Connection, Database

_RECOUNT = 1.0  # seconds: a store that is full is not counted at each attempt

_COUNT = "SELECT count(*) AS count FROM cache_entry WHERE expires_at > clock_timestamp()"


@dataclass(frozen=True, slots=True)
class _Count:
    count: int


class Population:
    """How many entries callers have, and the most that they may.

    It is counted at each sweep, and again before an entry is refused; between, it moves by what is set and deleted on
    this replica. So nobody is refused while there is room, but for a second after it came; and replicas together can
    exceed the limit by what the others set since the last sweep.
    """

    def __init__(
        self,
        database: Database,
        statistics: CacheStatistics,
        *,
        most: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._statistics = statistics
        self._most = most
        self._clock = clock
        self._beginning = asyncio.Lock()
        self._count: int | None = None
        self._admitted = 0  # and not yet stored
        self._stored = 0  # ever
        self._counted_at = 0.0

    async def recount(self) -> None:
        """Count them. Raises StoreUnavailable."""
        before = self._stored
        (row,) = await self._database.rows(_Count, _COUNT)
        self._take(row.count, before)

    async def begin(self) -> None:
        """Count them, if nobody has yet. To be awaited before a transaction that asks for room. Raises
        StoreUnavailable."""
        async with self._beginning:
            if self._count is None:
                await self.recount()

    async def admit(self, new: int, connection: Connection) -> None:
        """Let in as many as a transaction has just made. To be followed by `stored`, or by `refused`.

        Raises:
            TooManyEntries.
        """
        if new and not self._fits(new) and self._clock() - self._counted_at >= _RECOUNT:
            before = self._stored
            row = await (await connection.execute(_COUNT)).fetchone()
            self._take(row[0] - new if row else 0, before)
        if new and not self._fits(new):
            raise TooManyEntries(self._most)
        self._admitted += new

    def stored(self, new: int) -> None:
        """What was let in is stored."""
        self._admitted -= new
        self._stored += new
        self.move(new)

    def refused(self, new: int) -> None:
        """It is not."""
        self._admitted -= new

    def move(self, by: int) -> None:
        """So many more, or fewer, are there now."""
        if self._count is not None:
            self._count = max(0, self._count + by)

    def doubt(self) -> None:
        """Entries were invalidated: they are counted again before one is refused."""
        self._counted_at = -math.inf

    def _take(self, count: int, before: int) -> None:
        self._statistics.stored_entries = count
        # What was stored while they were counted may be among them, or not.
        self._count = count + self._stored - before
        self._counted_at = self._clock()

    def _fits(self, new: int) -> bool:
        return self._count is not None and self._count + self._admitted + new <= self._most
