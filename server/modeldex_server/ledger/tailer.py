"""The tailer: follows the log and applies it, revision by revision.

Hints say that something came; a short poll finds it anyway. Losing every hint costs latency, never an event.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog

from modeldex_server.errors import ModeldexError
from modeldex_server.ledger import log as ledger_log
from modeldex_server.ledger.hints import Hint
from modeldex_server.ledger.index import Index
from modeldex_server.ledger.log import HeadState, LogPage, Revision
from modeldex_server.ledger.logged import LoggedEvent, LogRow
from modeldex_server.store.database import Database

log = structlog.get_logger()

_POLL = 0.25  # seconds
_RECONNECT = 1.0

Applier = Callable[[Sequence[LogRow]], None]  # one whole revision
OnRewind = Callable[[], Awaitable[None]]
OnLoad = Callable[[HeadState], None]
Detailed = Callable[[], bool]


class Tailer:
    """Keeps one replica current. Appliers run in their order for each revision, and must not wait."""

    def __init__(
        self,
        database: Database,
        index: Index,
        appliers: Sequence[Applier],
        *,
        on_rewind: OnRewind,
        on_load: OnLoad = lambda _: None,
        hints: Sequence[Hint] = (),
        detailed: Detailed = lambda: False,
    ) -> None:
        """
        Args:
            on_rewind: called, before all is loaded anew, where what was applied does not hold any more.
            on_load: called when the index was loaded, with what it was loaded as of. Nothing runs between the two.
            hints: how it hears that something came.
            detailed: whether appliers are to get LoggedEvents, with all that streams send. Asked before each look at
                the log.
        """
        self._database = database
        self._index = index
        self._appliers = appliers
        self._on_rewind = on_rewind
        self._on_load = on_load
        self._applied_at: datetime | None = None  # when the last revision that was applied was committed
        self._hints = hints
        self._detailed = detailed
        self._hint = asyncio.Event()
        self._hinted = False
        self.polled_at = 0.0  # monotonic time of the last poll that succeeded
        self.heard_at = 0.0  # monotonic time when the store last answered
        self.head = 0
        self.lost_hints = 0

    def nudge(self, revision: int | None = None) -> None:
        """Say that something came: the next poll is now. For a revision that is applied already none is needed."""
        if revision is None or revision > self._index.revision:
            self._hinted = True
            self._hint.set()

    @property
    def lag(self) -> float:
        """Seconds since the log was last read to its end."""
        return time.monotonic() - self.polled_at

    @property
    def away(self) -> float:
        """Seconds since the store last answered."""
        return time.monotonic() - self.heard_at

    async def load(self) -> None:
        """Load the index as of now."""
        await self._load_from(await ledger_log.read_head(self._database))

    async def _load_from(self, head: HeadState) -> None:
        entries = await ledger_log.read_entries(self._database)
        self._index.load(str(head.epoch), head.revision, entries)
        self._on_load(head)
        self._applied_at = head.committed_at
        self.head = head.revision
        self.polled_at = self.heard_at = time.monotonic()

    async def run(self) -> None:
        """Follow the log until cancelled; an outage of the store is waited out."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow())
            for hint in self._hints:
                tasks.create_task(hint.hear(self.nudge))

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                # Not wait_for: Python 3.11's swallows a cancellation that comes together with a hint.
                async with asyncio.timeout(_POLL):
                    await self._hint.wait()
            self._hint.clear()
            hinted, self._hinted = self._hinted, False
            try:
                while await self.look(hinted=hinted):
                    await asyncio.sleep(0)
            except ModeldexError as error:
                log.warning("tailer_waits", why=error.message)
                await asyncio.sleep(_RECONNECT)

    async def look(self, *, hinted: bool = True) -> bool:
        """Apply a page of the log; True if there is more. `run` does it again and again.

        Args:
            hinted: whether somebody said that there is something.

        Raises:
            StoreUnavailable.
        """
        page = await self._read()
        self.heard_at = time.monotonic()
        if str(page.epoch) != self._index.epoch or page.head < self._index.revision:
            if str(page.epoch) == self._index.epoch:
                # A backup that was restored. Others cannot see it, where the log is as long for them as it was.
                await ledger_log.begin_history(self._database, page.epoch)
            await self._begin_anew("history_was_rewound")
            return False
        if page.compacted > self._index.revision:
            await self._begin_anew("log_was_compacted")
            return False
        if page.revisions and not hinted:
            self.lost_hints += 1
        for revision in page.revisions:
            self._apply(revision)
        self.head = page.head
        more = self._index.revision < page.head
        if not more:
            self.polled_at = time.monotonic()
        return more

    async def _read(self) -> LogPage[LogRow] | LogPage[LoggedEvent]:
        read = ledger_log.read_full if self._detailed() else ledger_log.read_after
        return await read(self._database, self._index.revision, self._applied_at)

    def _apply(self, revision: Revision[LogRow] | Revision[LoggedEvent]) -> None:
        if revision.number != self._index.revision + 1:
            log.error("log_has_a_hole", expected=self._index.revision + 1, found=revision.number)
        for apply in self._appliers:
            apply(revision.events)
        self._applied_at = revision.events[0].committed_at
        self._index.advance(revision.number)

    async def _begin_anew(self, why: str) -> None:
        log.warning(why, revision=self._index.revision)
        self._index.unload()
        # First the head: what is told while the rest is loaded comes with the log.
        head = await ledger_log.read_head(self._database)
        await self._on_rewind()
        await self._load_from(head)
