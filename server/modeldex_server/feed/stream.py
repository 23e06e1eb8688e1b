"""One stream: a cursor that follows the log for as long as its caller listens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import takewhile
from time import monotonic

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex_server.errors import HistoryRewound, RevisionCompacted, StoreUnavailable
from modeldex_server.feed.bell import wake
from modeldex_server.feed.classes import Batch, FilterClass, Limits
from modeldex_server.feed.delivery import FREE, Delivery
from modeldex_server.feed.feed import Feed
from modeldex_server.feed.room import Room
from modeldex_server.feed.times import span
from modeldex_server.store.database import Database

# A stream with a deadline ends so long before it, with a token and in good order.
_BEFORE_DEADLINE = 0.5
_RETRY_SECONDS = 1.0

Write = Callable[[bytes], Awaitable[None]]
Clock = Callable[[], float]  # seconds


@dataclass(frozen=True, slots=True)
class Pace:
    """How a stream brings its updates. `delay` and `bookmarks` are in seconds."""

    limits: Limits
    delay: float
    bookmarks: float


class Stream:
    """Brings the updates after a revision, in their order, each once. `run` it inside `Feed.open`."""

    def __init__(
        self,
        feed: Feed,
        of: FilterClass,
        database: Database,
        write: Write,
        pace: Pace,
        *,
        age: float,
        deadline: float | None = None,
        delivery: Delivery = FREE,
        clock: Clock = monotonic,
    ) -> None:
        """
        Args:
            age: seconds after which the stream is handed over.
            deadline: of the caller, on the clock; None for none.
            delivery: how far it may go, and who keeps its place.
        """
        self._feed = feed
        self._class = of
        self._database = database
        self._write_bytes = write
        self._pace = pace
        self._room = Room(pace.limits)
        self._clock = clock
        self._ends = clock() + age
        self._why = "Streams are handed over to another replica now and then."
        if deadline is not None and deadline - _BEFORE_DEADLINE < self._ends:
            self._ends = deadline - _BEFORE_DEADLINE
            self._why = "The deadline of the call is near."
        self._quiet_since = 0.0
        self._delivery = delivery
        self._told = delivery.state  # with the last bookmark
        self._revision = 0  # it is through it
        self._level = False  # it had come all the way when it looked last
        self._writing_since: float | None = None
        self._waiting: asyncio.Future[None] | None = None
        delivery.attend(self._wake)

    async def run(self, revision: int) -> None:
        """Bring what comes after a revision until the stream is to end.

        Raises:
            RevisionCompacted: the log does not reach back so far any more.
            HistoryRewound: the history that the stream followed is no more.
        """
        self._feed.running.add(self)
        try:
            await self._follow(revision)
        finally:
            self._feed.running.discard(self)

    @property
    def principal(self) -> str:
        """See Progress."""
        return self._delivery.principal

    @property
    def behind(self) -> int:
        """See Progress. What may not be sent is not waited for."""
        if self._delivery.state is not None or self._class.has_nothing_after(self._revision):
            return 0
        return max(0, self._feed.ring.head - self._revision)

    @property
    def stuck(self) -> float:
        """See Progress."""
        return 0.0 if self._writing_since is None else self._clock() - self._writing_since

    async def _follow(self, revision: int) -> None:
        self._revision = revision
        await self._bookmark(revision)
        while not self._feed.going.is_set() and self._clock() < self._ends:
            batch = await self._next(revision)
            if batch.message is not None and not await self._delivery.admit(batch, self._until_bookmark()):
                batch = Batch(revision)
            if batch.message is not None:
                begun = self._clock()
                await self._send(batch.message + self._delivery.fields(revision, batch.through))
                took = self._clock() - begun
                self._room.took(len(batch.message), took)
                self._feed.delivered += batch.count
                self._feed.meter.sent(batch, self._delivery.principal, took, level=self._level)
            elif batch.through > revision:
                await asyncio.sleep(0)  # a stream that looks for something holds up nobody
            self._delivery.passed(batch.through, batch.count)
            revision = self._revision = batch.through
            if self._delivery.state != self._told or self._clock() - self._quiet_since >= self._pace.bookmarks:
                await self._bookmark(revision)
        await self._go(revision)

    async def _next(self, revision: int) -> Batch:
        """What comes after a revision; after a while without anything, nothing."""
        limit, self._level = self._delivery.limit(revision), self._class.has_nothing_after(revision)
        if limit <= revision or self._level:
            await self._wait(self._until_bookmark())
        else:
            await self._class.turn()
        limit = self._delivery.limit(revision)
        if limit <= revision or self._class.has_nothing_after(revision):
            return Batch(max(revision, min(self._feed.ring.head, limit)))
        if revision < self._feed.ring.floor:
            return await self._catch_up(revision)
        batch = self._class.batch(revision, self._limits, limit)
        if batch.message is not None and self._pace.delay:
            batch = await self._gathered(revision, batch)
        return batch

    @property
    def _limits(self) -> Limits:
        """Of the next message. What is joined is the less the more of it there is; who lets updates wait for others
        wants them together."""
        joined = self._class.selection.coalesced or self._pace.delay
        return self._pace.limits if joined else self._room.limits

    async def _gathered(self, revision: int, batch: Batch) -> Batch:
        """The batch once it is full, or the delay or the stream is over."""
        until = min(self._clock() + self._pace.delay, self._ends)
        while self._has_room(batch) and (left := until - self._clock()) > 0:
            await self._wait(left)
            if revision < self._feed.ring.floor or self._feed.going.is_set():
                break
            batch = self._class.batch(revision, self._limits, self._delivery.limit(revision))
        return batch

    def _has_room(self, batch: Batch) -> bool:
        return batch.through == self._feed.ring.head and batch.count < self._pace.limits.events

    async def _wait(self, seconds: float) -> None:
        """Wait for something that matches, or for so long, or to be woken."""
        if seconds > 0 and not self._feed.going.is_set():
            self._waiting = asyncio.get_running_loop().create_future()
            await self._class.changed(seconds, self._waiting)

    def _wake(self) -> None:
        """Wait no longer: the delivery changed."""
        if self._waiting is not None:
            wake(self._waiting)

    def _until_bookmark(self) -> float:
        now = self._clock()
        return min(self._quiet_since + self._pace.bookmarks, self._ends) - now

    async def _catch_up(self, revision: int) -> Batch:
        """What comes after a revision that the ring does not have: a page of it from the store."""
        try:
            page = await self._feed.pages.after(
                revision, self._database, self._feed.epoch, priority=self._delivery.priority
            )
        except StoreUnavailable:
            await self._wait(min(_RETRY_SECONDS, self._until_bookmark()))
            return Batch(revision)
        if page.epoch != self._feed.epoch:
            raise HistoryRewound
        if page.compacted > revision:
            raise RevisionCompacted(revision, page.compacted)
        if not page.revisions:
            raise HistoryRewound  # there was something, for the ring begins later
        await asyncio.sleep(0)
        # Not ahead of the replica: whoever is told of a change can read it here.
        most = min(self._feed.ring.head, self._delivery.limit(revision))
        known = takewhile(lambda one: one.number <= most, page.revisions)
        return self._class.batch_of(revision, known, self._limits)

    async def _bookmark(self, revision: int) -> None:
        feed = self._feed
        behind = not self._class.has_nothing_after(revision)
        self._told = self._delivery.state
        state = (
            api.WATCH_FLOW_STATE_DEGRADED
            if feed.degraded
            else self._told
            if self._told is not None
            else api.WATCH_FLOW_STATE_CATCHING_UP
            if behind
            else api.WATCH_FLOW_STATE_IDLE
        )
        bookmark = api.WatchBookmark(head_revision=max(feed.ring.head, revision), flow_state=state, lag=span(feed.lag))
        bookmark.server_time.GetCurrentTime()
        await self._tell(api.WatchResponse(bookmark=bookmark), revision)

    async def _go(self, revision: int) -> None:
        why = "The server is shutting down." if self._feed.going.is_set() else self._why
        going = api.WatchResponse(going_away=api.WatchGoingAway(reason=why, retry_after=span(0)))
        await self._tell(going, revision)

    async def _tell(self, said: api.WatchResponse, revision: int) -> None:
        """Send what brings no updates."""
        fields = self._delivery.fields(revision, revision)
        await self._send(said.SerializeToString() + self._class.tail(revision) + fields)

    async def _send(self, message: bytes) -> None:
        self._writing_since = self._clock()
        await self._write_bytes(message)
        self._writing_since = None
        self._feed.messages += 1
        self._quiet_since = self._clock()
