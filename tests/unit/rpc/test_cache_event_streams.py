"""Streams of what happens in the cache: when messages come, how many streams there are, and how each ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Any, cast

import pytest

from modeldex.v1 import cache_service_pb2 as api
from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.statistics import CacheStatistics
from modeldex_server.errors import Draining, ModeldexError, TooManyStreams
from modeldex_server.rpc.cache_events import CacheEventStreams
from modeldex_server.rpc.frame.call import Call
from modeldex_server.security.scope import EVERYTHING
from support.waiting import eventually


class Reader:
    """The caller of a stream: it reads, or for a while it does not."""

    scope = EVERYTHING

    def __init__(self, deadline: float | None = None) -> None:
        self.deadline = deadline
        self.messages: list[api.WatchCacheEventsResponse] = []
        self.reading = asyncio.Event()
        self.reading.set()
        self.ended_by: ModeldexError | None = None

    async def write(self, message: api.WatchCacheEventsResponse) -> None:
        """Take a message in."""
        await self.reading.wait()
        self.messages.append(message)

    def end(self, error: ModeldexError) -> None:
        """The stream is to end."""
        self.ended_by = error

    @property
    def keys(self) -> list[str]:
        """The keys of the events that came."""
        return [event.entry.key for message in self.messages for event in message.events]

    async def having(self, messages: int) -> None:
        """Wait for so many messages."""

        async def has() -> bool:
            return len(self.messages) >= messages

        await eventually(has, f"{messages} messages")


@pytest.fixture
def events() -> CacheEvents:
    """What happens in a cache."""
    return CacheEvents(CacheStatistics(), now=lambda: datetime.now(UTC))


@asynccontextmanager
async def streaming(streams: CacheEventStreams, reader: Reader) -> AsyncIterator[asyncio.Task[None]]:
    """A stream until the end of the block."""
    task = asyncio.create_task(streams.stream(api.WatchCacheEventsRequest(), cast("Call", cast("Any", reader))))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_the_first_message_is_empty_and_what_happens_follows(events: CacheEvents) -> None:
    """who has the first message is told of all that happens from then on."""
    reader = Reader()
    async with streaming(CacheEventStreams(events, most=1), reader):
        await reader.having(1)
        events.deleted("n", "acme/one")
        await reader.having(2)
    assert [len(message.events) for message in reader.messages] == [0, 1]
    assert reader.keys == ["acme/one"]
    assert not events.wanted


async def test_a_message_comes_though_nothing_happens(events: CacheEvents) -> None:
    """an empty message shows that the stream lives."""
    reader = Reader()
    async with streaming(CacheEventStreams(events, most=1, beat=0.05), reader):
        await reader.having(3)
    assert reader.keys == []


async def test_nothing_comes_before_its_time(events: CacheEvents) -> None:
    """a stream on which nothing happens is quiet for ten seconds."""
    reader = Reader()
    async with streaming(CacheEventStreams(events, most=1), reader):
        await reader.having(1)
        await asyncio.sleep(0.3)
    assert len(reader.messages) == 1


async def test_what_a_reader_did_not_take_in_time_is_counted(events: CacheEvents) -> None:
    """nothing is kept for who reads slowly: it is told how many events it missed, and gets the newest."""
    reader = Reader()
    async with streaming(CacheEventStreams(events, most=1), reader):
        await reader.having(1)
        reader.reading.clear()
        happened = 50_000
        for number in range(happened):
            events.deleted("n", f"acme/{number:06}{'x' * 100}")
            if number % 10_000 == 0:
                await asyncio.sleep(0)
        reader.reading.set()

        async def has_the_last() -> bool:
            return reader.keys[-1:] == [f"acme/{happened - 1:06}{'x' * 100}"]

        await eventually(has_the_last, "the last event")
    lost = sum(message.lost_count for message in reader.messages)
    assert lost > 0
    assert lost + len(reader.keys) == happened
    assert reader.keys == sorted(reader.keys)


async def test_a_stream_ends_before_its_deadline(events: CacheEvents) -> None:
    """in good order, and half a second early."""
    reader = Reader(deadline=monotonic() + 0.7)
    async with streaming(CacheEventStreams(events, most=1), reader) as task:
        await asyncio.wait_for(task, 9)  # half a second before the next beat it would still wait
        assert reader.messages
    assert not events.wanted


async def test_there_are_at_most_so_many(events: CacheEvents) -> None:
    """one more is refused; one that ended makes room."""
    streams, first = CacheEventStreams(events, most=1), Reader()
    async with streaming(streams, first):
        await first.having(1)
        async with streaming(streams, Reader()) as second:
            with pytest.raises(TooManyStreams):
                await second
    third = Reader()
    async with streaming(streams, third):
        await third.having(1)


async def test_a_server_that_goes_ends_them_and_opens_none(events: CacheEvents) -> None:
    """each is told why, and goes elsewhere."""
    streams, reader = CacheEventStreams(events, most=2), Reader()
    async with streaming(streams, reader):
        await reader.having(1)
        streams.go()
        assert isinstance(reader.ended_by, Draining)
        async with streaming(streams, Reader()) as late:
            with pytest.raises(Draining):
                await late
