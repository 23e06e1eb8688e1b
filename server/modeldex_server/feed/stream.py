"""One stream: a cursor that follows the log for as long as its caller listens."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from time import monotonic

from google.protobuf.duration_pb2 import Duration

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex_server.errors import HistoryRewound, RevisionCompacted, StoreUnavailable
from modeldex_server.feed.classes import Batch, FilterClass, Limits
from modeldex_server.feed.feed import Feed
from modeldex_server.store.database import Database

# Streams are handed over now and then, so that load spreads over replicas: this long, give or take a fifth.
AGE_SECONDS = 25 * 60.0
_SHARE = 0.2
# A stream with a deadline ends so long before it, with a token and in good order.
_BEFORE_DEADLINE = 0.5
_RETRY_SECONDS = 1.0

Write = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Pace:
    """How a stream brings its updates. `delay` and `bookmarks` are in seconds."""

    limits: Limits
    delay: float
    bookmarks: float


class Stream:
    """Brings the updates after a revision, in their order, each once. `run` it inside `Feed.open`."""

    def __init__(
        self, feed: Feed, of: FilterClass, database: Database, write: Write, pace: Pace, *, deadline: float | None
    ) -> None:
        """`deadline`: of the caller, on the monotonic clock; None for none."""
        self._feed = feed
        self._class = of
        self._database = database
        self._write_bytes = write
        self._pace = pace
        age = AGE_SECONDS * random.uniform(1 - _SHARE, 1 + _SHARE)  # noqa: S311 - jitter
        self._ends = monotonic() + age
        self._why = "Streams are handed over to another replica now and then."
        if deadline is not None and deadline - _BEFORE_DEADLINE < self._ends:
            self._ends = deadline - _BEFORE_DEADLINE
            self._why = "The deadline of the call is near."
        self._quiet_since = 0.0

    async def run(self, revision: int) -> None:
        """Bring what comes after a revision until the stream is to end.

        Raises:
            RevisionCompacted: the log does not reach back so far any more.
            HistoryRewound: the history that the stream followed is no more.
        """
        await self._bookmark(revision)
        while not self._feed.going.is_set() and monotonic() < self._ends:
            batch = await self._next(revision)
            if batch.message is not None:
                await self._send(batch.message)
                self._feed.delivered += batch.count
            elif batch.through > revision:
                await asyncio.sleep(0)  # a stream that looks for something holds up nobody
            revision = batch.through
            if monotonic() - self._quiet_since >= self._pace.bookmarks:
                await self._bookmark(revision)
        await self._go(revision)

    async def _next(self, revision: int) -> Batch:
        """What comes after a revision; after a while without anything, nothing."""
        if self._class.has_nothing_after(revision):
            await self._wait(self._until_bookmark())
            if self._class.has_nothing_after(revision):
                return Batch(max(revision, self._feed.ring.head))
        if revision < self._feed.ring.floor:
            return await self._catch_up(revision)
        batch = self._class.batch(revision, self._pace.limits)
        if batch.message is not None and self._pace.delay:
            batch = await self._gathered(revision, batch)
        return batch

    async def _gathered(self, revision: int, batch: Batch) -> Batch:
        """The batch once it is full, or the delay or the stream is over."""
        until = min(monotonic() + self._pace.delay, self._ends)
        while self._has_room(batch) and (left := until - monotonic()) > 0:
            await self._wait(left)
            if revision < self._feed.ring.floor or self._feed.going.is_set():
                break
            batch = self._class.batch(revision, self._pace.limits)
        return batch

    def _has_room(self, batch: Batch) -> bool:
        return batch.through == self._feed.ring.head and batch.count < self._pace.limits.events

    async def _wait(self, seconds: float) -> None:
        """Wait for something that matches, or for so long."""
        if seconds > 0 and not self._feed.going.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._class.changed()

    def _until_bookmark(self) -> float:
        now = monotonic()
        return min(self._quiet_since + self._pace.bookmarks, self._ends) - now

    async def _catch_up(self, revision: int) -> Batch:
        """What comes after a revision that the ring does not have: a page of it from the store."""
        try:
            page = await self._feed.pages.after(revision, self._database, self._feed.epoch)
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
        known = takewhile(lambda one: one.number <= self._feed.ring.head, page.revisions)
        return self._class.batch_of(revision, known, self._pace.limits)

    async def _bookmark(self, revision: int) -> None:
        feed = self._feed
        behind = not self._class.has_nothing_after(revision)
        state = (
            api.WATCH_FLOW_STATE_DEGRADED
            if feed.degraded
            else api.WATCH_FLOW_STATE_CATCHING_UP
            if behind
            else api.WATCH_FLOW_STATE_IDLE
        )
        bookmark = api.WatchBookmark(
            head_revision=max(feed.ring.head, revision), flow_state=state, lag=_duration(feed.lag)
        )
        bookmark.server_time.GetCurrentTime()
        await self._send(api.WatchResponse(bookmark=bookmark).SerializeToString() + self._class.tail(revision))

    async def _go(self, revision: int) -> None:
        why = "The server is shutting down." if self._feed.going.is_set() else self._why
        going = api.WatchResponse(going_away=api.WatchGoingAway(reason=why, retry_after=_duration(0)))
        await self._send(going.SerializeToString() + self._class.tail(revision))

    async def _send(self, message: bytes) -> None:
        await self._write_bytes(message)
        self._feed.messages += 1
        self._quiet_since = monotonic()


def _duration(seconds: float) -> Duration:
    duration = Duration()
    duration.FromMilliseconds(round(seconds * 1000))
    return duration
