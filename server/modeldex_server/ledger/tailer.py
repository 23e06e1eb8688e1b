"""The tailer: follows the log and applies it, revision by revision.

A NOTIFY is a hint that something came; a short poll finds it anyway. Losing every hint costs latency, never an event.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence

import psycopg
import structlog

from modeldex_server.errors import ModeldexError
from modeldex_server.ledger import log as ledger_log
from modeldex_server.ledger.index import Index
from modeldex_server.ledger.log import LogPage, Revision
from modeldex_server.ledger.logged import LoggedEvent, LogRow
from modeldex_server.store.database import Database

log = structlog.get_logger()

CHANNEL = "modeldex_ledger"
_POLL = 0.25  # seconds
_RECONNECT = 1.0
_PROBE = 5.0  # a half-open connection is silent: ask it something

Applier = Callable[[Sequence[LogRow]], None]  # one whole revision
OnRewind = Callable[[], Awaitable[None]]
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
        detailed: Detailed = lambda: False,
    ) -> None:
        """
        Args:
            on_rewind: called, before all is loaded anew, where what was applied does not hold any more.
            detailed: whether appliers are to get LoggedEvents, with all that streams send. Asked before each look at
                the log.
        """
        self._database = database
        self._index = index
        self._appliers = appliers
        self._on_rewind = on_rewind
        self._detailed = detailed
        self._hint = asyncio.Event()
        self._hinted = False
        self.polled_at = 0.0  # monotonic time of the last poll that succeeded
        self.head = 0
        self.lost_hints = 0

    def nudge(self) -> None:
        """Say that something came: the next poll is now."""
        self._hinted = True
        self._hint.set()

    @property
    def lag(self) -> float:
        """Seconds since the log was last read to its end."""
        return time.monotonic() - self.polled_at

    async def load(self) -> None:
        """Load the index as of now."""
        head = await ledger_log.read_head(self._database)
        entries = await ledger_log.read_entries(self._database)
        self._index.load(str(head.epoch), head.revision, entries)
        self.head = head.revision
        self.polled_at = time.monotonic()

    async def run(self) -> None:
        """Follow the log until cancelled; an outage of the store is waited out."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._follow())

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                # Not wait_for: Python 3.11's swallows a cancellation that comes together with a hint.
                async with asyncio.timeout(_POLL):
                    await self._hint.wait()
            self._hint.clear()
            hinted, self._hinted = self._hinted, False
            try:
                while await self._catch_up(hinted=hinted):
                    await asyncio.sleep(0)
            except ModeldexError as error:
                log.warning("tailer_waits", why=error.message)
                await asyncio.sleep(_RECONNECT)

    async def _catch_up(self, *, hinted: bool) -> bool:
        """Apply a page of the log; True if there is more."""
        page = await self._read()
        if str(page.epoch) != self._index.epoch or page.head < self._index.revision:
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
        return await read(self._database, self._index.revision)

    def _apply(self, revision: Revision[LogRow] | Revision[LoggedEvent]) -> None:
        if revision.number != self._index.revision + 1:
            log.error("log_has_a_hole", expected=self._index.revision + 1, found=revision.number)
        for apply in self._appliers:
            apply(revision.events)
        self._index.advance(revision.number)

    async def _begin_anew(self, why: str) -> None:
        log.warning(why, revision=self._index.revision)
        self._index.unload()
        await self._on_rewind()
        await self.load()

    async def _listen(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._database.url, autocommit=True, connect_timeout=3
                ) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    while True:
                        async for _ in connection.notifies(timeout=_PROBE):
                            self.nudge()
                        await connection.execute("SELECT 1")
            except psycopg.Error:
                await asyncio.sleep(_RECONNECT)


class Notifier:
    """Tells the other replicas that something was committed: one NOTIFY for all that came meanwhile, after the
    commits and on a connection of the pool, so that no writing transaction ever holds NOTIFY's lock."""

    _NOTIFY = f"NOTIFY {CHANNEL}"

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending = asyncio.Event()

    def nudge(self) -> None:
        """Something was committed."""
        self._pending.set()

    async def run(self) -> None:
        """Notify until cancelled."""
        while True:
            await self._pending.wait()
            self._pending.clear()
            with contextlib.suppress(ModeldexError):
                await self._database.execute(self._NOTIFY)
            await asyncio.sleep(0.005)
