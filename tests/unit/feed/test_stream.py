"""One stream over a ring in memory."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import monotonic
from typing import Any, cast

from logs import EPOCH, named, revision, selection

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex_server.feed.classes import Limits
from modeldex_server.feed.encoding import Selection
from modeldex_server.feed.feed import Feed
from modeldex_server.feed.stream import Pace, Stream
from modeldex_server.store.database import Database

PACE = Pace(Limits(500, 1024 * 1024), delay=0, bookmarks=60)


class Client:
    """Reads a stream, or does not while it is stuck."""

    def __init__(self) -> None:
        self.messages: list[api.WatchResponse] = []
        self.reading = asyncio.Event()
        self.reading.set()

    async def write(self, data: bytes) -> None:
        await self.reading.wait()
        self.messages.append(api.WatchResponse.FromString(data))


def feed(lag: float = 0.0) -> Feed:
    made = Feed(lag=lambda: lag, most_streams=10)
    made.load(b"key", EPOCH, 5)
    return made


async def follow(
    one: Feed, client: Client, start: int, wanted: Selection | None = None, pace: Pace = PACE, seconds: float = 60
) -> None:
    """Run a stream until its deadline. There is no store: what the ring does not have must not be asked for."""
    nowhere = cast(Database, None)
    with one.open(wanted or selection(), lambda _: None) as of:
        stream = Stream(one, of, nowhere, client.write, pace, age=3600, deadline=monotonic() + seconds)
        await stream.run(start)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_stream_that_is_stuck_gets_all_when_it_reads_again() -> None:
    """alone, reliable: while its one message waits, nothing is kept for it; then it goes on where it was."""
    one, client = feed(), Client()
    running = asyncio.create_task(follow(one, client, 5))
    await settle()
    client.reading.clear()
    for number in range(6, 30):
        one.apply(revision(number).events)
        await settle()
    client.reading.set()
    await settle()
    assert [update.revision for message in client.messages for update in message.updates] == list(range(6, 30))
    assert len(client.messages) == 3  # its bookmark, the message that was stuck, all that came meanwhile
    running.cancel()


async def test_a_deadline_ends_a_stream_that_gathers() -> None:
    """batches, resumable: a stream that waits for more to send says goodbye before its deadline all the same."""
    one, client = feed(), Client()
    pace = Pace(PACE.limits, delay=60, bookmarks=60)
    running = asyncio.create_task(follow(one, client, 5, pace=pace, seconds=2.5))
    await settle()
    one.apply(revision(6).events)
    began = monotonic()
    await running
    assert monotonic() - began < 30
    assert [len(message.updates) for message in client.messages] == [0, 1, 0]
    assert client.messages[-1].HasField("going_away")
    assert client.messages[-1].revision == 6


async def test_a_stream_is_handed_over_at_its_age() -> None:
    """resumable: a stream that is old enough brings what is on its way, and then says goodbye with the token that
    continues there."""
    one, client, now, wanted = feed(), Client(), [1000.0], selection()
    with one.open(wanted, lambda _: None) as of:
        nowhere = cast(Database, None)
        stream = Stream(one, of, nowhere, client.write, PACE, age=1500, clock=lambda: now[0])
        running = asyncio.create_task(stream.run(5))
        await settle()
        now[0] += 1499
        one.apply(revision(6).events)
        await settle()
        assert not running.done()
        now[0] += 1
        one.apply(revision(7).events)
        await asyncio.wait_for(running, 30)
    going = client.messages[-1]
    assert "handed over" in going.going_away.reason
    assert [update.revision for message in client.messages for update in message.updates] == [6, 7]
    assert one.tokens.decode(going.resume_token, wanted.hash) == going.revision == 7


async def test_an_idle_stream_is_handed_over_too() -> None:
    """resumable: also where nothing comes, and long before its next bookmark."""
    one, client = feed(), Client()
    with one.open(selection(), lambda _: None) as of:
        stream = Stream(one, of, cast(Database, None), client.write, PACE, age=0.05)
        await asyncio.wait_for(stream.run(5), 30)
    assert [message.HasField("going_away") for message in client.messages] == [False, True]
    assert client.messages[-1].resume_token


async def test_a_full_message_does_not_wait() -> None:
    """batches: what holds as much as it may goes at once."""
    one, client = feed(), Client()
    pace = Pace(Limits(2, 1024 * 1024), delay=5, bookmarks=60)
    running = asyncio.create_task(follow(one, client, 5, pace=pace))
    await settle()
    one.apply(revision(6).events)
    await settle()
    assert len(client.messages) == 1
    one.apply(revision(7).events)
    await settle()
    assert [len(message.updates) for message in client.messages] == [0, 2]
    running.cancel()


async def test_a_server_that_goes_ends_streams_at_once() -> None:
    """clean drain: also those that wait or gather; each with a token."""
    one = feed()
    clients = [Client() for _ in range(3)]
    slow = Pace(PACE.limits, delay=60, bookmarks=60)
    running = [
        asyncio.create_task(follow(one, client, 5, pace=pace))
        for client, pace in zip(clients, (PACE, slow, PACE), strict=True)
    ]
    await settle()
    one.apply(revision(6).events)
    await settle()
    one.go()
    async with asyncio.timeout(30):
        await asyncio.gather(*running)
    for client in clients:
        assert client.messages[-1].HasField("going_away")
        assert client.messages[-1].resume_token
        assert [update.revision for message in client.messages for update in message.updates] == [6]


async def first_bookmark(one: Feed, start: int, wanted: Selection) -> Any:
    client = Client()
    running = asyncio.create_task(follow(one, client, start, wanted))
    await settle()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    return client.messages[0].bookmark


async def test_a_bookmark_says_why_nothing_flows() -> None:
    """bookmarked: nothing was changed, or there is something still to come, or the store is away."""
    one = feed()
    with one.open(selection(named("new")), lambda _: None):
        one.apply(revision(6).events)
        one.apply(revision(7, name="other").events)
    level = await first_bookmark(one, 7, selection(named("new")))
    assert (level.flow_state, level.head_revision) == (api.WATCH_FLOW_STATE_IDLE, 7)
    behind = await first_bookmark(one, 5, selection(named("new")))
    assert (behind.flow_state, behind.head_revision) == (api.WATCH_FLOW_STATE_CATCHING_UP, 7)
    away = await first_bookmark(feed(lag=10), 5, selection())
    assert (away.flow_state, away.lag.seconds) == (api.WATCH_FLOW_STATE_DEGRADED, 10)


async def test_a_bookmark_is_not_ahead_of_what_comes() -> None:
    """bookmarked, reliable: while nothing matches bookmarks follow the head and go no further; what matches then
    comes."""
    one, client = feed(), Client()
    pace = Pace(PACE.limits, delay=0, bookmarks=0.02)
    running = asyncio.create_task(follow(one, client, 5, selection(named("new")), pace))
    expected = []
    for number in range(6, 26):
        matches = number % 5 == 0
        one.apply(revision(number, name="new" if matches else "other").events)
        expected += [number] if matches else []
        async with asyncio.timeout(30):
            while client.messages[-1].revision < number if client.messages else True:
                await asyncio.sleep(0.001)
        assert client.messages[-1].revision == number
    running.cancel()
    assert [update.revision for message in client.messages for update in message.updates] == expected


async def test_a_bookmark_is_never_beyond_the_head_it_tells() -> None:
    """bookmarked: a stream that began ahead of what its replica has in memory says a head that is not below it."""
    bookmark = await first_bookmark(feed(), 9, selection())
    assert bookmark.head_revision == 9
