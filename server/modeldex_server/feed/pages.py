"""Pages of the log that streams read from the store: few at a time, and each by one stream for all that want it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from heapq import heappop, heappush
from itertools import count
from uuid import UUID

from modeldex_server.feed.ring import Revision
from modeldex_server.ledger import log as ledger_log
from modeldex_server.ledger.log import LogPage
from modeldex_server.ledger.logged import LoggedEvent
from modeldex_server.store.database import Database

_READERS = 4
_KEPT = 8  # pages, of about 1 MiB


class PrioritySemaphore:
    """So many at a time. Who waits gets a turn by priority, the higher number first, then in order."""

    def __init__(self, most: int) -> None:
        self._free = most
        self._order = count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def turn(self, priority: int) -> AsyncIterator[None]:
        """One turn, from when it is had to the end of the block."""
        await self._begin(priority)
        try:
            yield
        finally:
            self._end()

    async def _begin(self, priority: int) -> None:
        if self._free:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (-priority, next(self._order), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it had come
                self._end()
            raise

    def _end(self) -> None:
        while self._waiting:
            *_, turn = heappop(self._waiting)
            if not turn.done():  # as that of one who went away is
                turn.set_result(None)
                return
        self._free += 1


class Pages:
    """Reads what comes after a revision. Streams that come back together after a restart want the same pages, and one
    that brings a page in many small messages wants it again for each."""

    def __init__(self) -> None:
        self.read = 0
        # What is read at once is bounded, and who waits for a turn holds up nobody.
        self._turns = PrioritySemaphore(_READERS)
        self._kept: deque[tuple[int, LogPage[LoggedEvent]]] = deque(maxlen=_KEPT)

    def forget(self) -> None:
        """What was read is of a history that is no more."""
        self._kept.clear()

    async def after(self, revision: int, database: Database, epoch: UUID, *, priority: int = 0) -> LogPage[LoggedEvent]:
        """A page of what comes after a revision; one that was read before only where it is of this history.

        Args:
            priority: whose turn it is first where many wait: that of the higher number.

        Raises:
            StoreUnavailable: the store is out of reach.
        """
        if (page := self._found(revision, epoch)) is not None:
            return page
        async with self._turns.turn(priority):
            if (page := self._found(revision, epoch)) is not None:
                return page
            page = await ledger_log.read_full(database, revision)
        self.read += 1
        if page.revisions:
            self._kept.append((revision, page))
        return page

    def _found(self, revision: int, epoch: UUID) -> LogPage[LoggedEvent] | None:
        for begin, page in reversed(self._kept):
            if begin <= revision < page.revisions[-1].number and page.epoch == epoch:
                return LogPage(page.epoch, page.head, page.compacted, _later(page.revisions, revision))
        return None


def _later(revisions: list[Revision], revision: int) -> list[Revision]:
    # They have no holes.
    return revisions[max(0, revision + 1 - revisions[0].number) :]
