"""Streams and connections that are handed over now and then: hours in seconds, by settings."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import grpc
import pytest

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import subscriber_service_pb2 as subscriber
from modeldex_server.store.embedded import EmbeddedServer
from support.api import Api, connect
from support.checks import Catalogue
from support.databases import empty_database
from support.models import new_id
from support.pairs import Pair
from support.principals import Caller
from support.servers import ServerProcess
from support.watching import Recorder, after, check_stream, from_now, open_watch, resuming, save, updates_of, watching

AGE = 1.5
IDLE_SECONDS = 120
# How long clients watch. ROBUSTNESS_SECONDS makes it longer.
SECONDS = max(12.0, float(os.environ.get("ROBUSTNESS_SECONDS", "0")) / 2)


@pytest.fixture
def pair_of_short_lives(
    postgres: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[list[ServerProcess], Catalogue]]:
    """Two servers that hand streams over after a moment, and connections soon after."""
    folder = tmp_path_factory.mktemp("short")
    settings = {"MODELDEX_STREAM_AGE": str(AGE)}
    with empty_database(postgres, template) as url:
        tables = Catalogue(url)
        tables.run("UPDATE discovery_state SET running = false")
        servers = [ServerProcess(folder / name, database_url=url, settings=settings) for name in ("one", "two")]
        with servers[0], servers[1]:
            for server in servers:
                server.launch()
            yield [server.wait_until_ready() for server in servers], tables
        assert servers[0].left_behind + servers[1].left_behind == []


@pytest.fixture
async def callers(pair_of_short_lives: tuple[list[ServerProcess], Catalogue]) -> AsyncIterator[list[Api]]:
    """A caller of each, who tries nothing again but what gRPC does by itself: what no server has seen, for its
    connection was about to go."""
    async with AsyncExitStack() as stack:
        connected = (connect(server.address, service_config="{}") for server in pair_of_short_lives[0])
        yield [await stack.enter_async_context(one) for one in connected]


@pytest.mark.timeout(SECONDS + 90)
async def test_a_long_watch_is_handed_over_cleanly(
    pair_of_short_lives: tuple[list[ServerProcess], Catalogue], callers: list[Api]
) -> None:
    """resumable: a client that watches for many times the age of a stream, and of a connection, sees nothing but
    goodbyes with a token and OK, and misses nothing, while calls beside it, on the same connections, never fail."""
    chance, ending, tables = random.Random(1), asyncio.Event(), pair_of_short_lives[1]
    saved: list[int] = []

    async def write() -> None:
        while not ending.is_set():
            saved.append(await save(chance.choice(callers), new_id()))
            await asyncio.sleep(0.01)

    async def read(caller: Api) -> None:
        while not ending.is_set():
            await caller.discovery.GetStatus(discovery.GetStatusRequest(), timeout=20)

    async with asyncio.TaskGroup() as tasks:
        for work in (write(), *(read(caller) for caller in callers)):
            tasks.create_task(work)
        recorders = await handed_over(callers, chance)
        ending.set()
    messages = [message for recorder in recorders for message in recorder.messages]
    places = {(revision, ordinal) for revision, ordinal in tables.rows("SELECT revision, ordinal FROM update_event")}
    assert len(saved) > len(recorders)
    check_stream(messages, places, messages[0].revision)


async def handed_over(callers: list[Api], chance: random.Random) -> list[Recorder]:
    """A watch of one client for its time, stream after stream."""
    recorders: list[Recorder] = []
    request: subscriber.WatchRequest = from_now()
    until = asyncio.get_running_loop().time() + SECONDS
    while asyncio.get_running_loop().time() < until or len(recorders) <= SECONDS / AGE / 2:
        async with watching(chance.choice(callers), request) as recorder:
            assert await recorder.ended() is None
        assert recorder.messages[-1].HasField("going_away")
        assert recorder.messages[-1].resume_token
        recorders.append(recorder)
        request = resuming(recorder.token)
    return recorders


@pytest.mark.skipif(SECONDS < IDLE_SECONDS, reason="takes minutes: make robustness")
@pytest.mark.timeout(SECONDS + 90)
async def test_an_idle_stream_lives_for_as_long_as_its_client_likes(pair: Pair) -> None:
    """idle connections: of a client that pings every 20 seconds, while nothing comes but a bookmark a minute."""
    options = [("grpc.keepalive_time_ms", 20_000), ("grpc.http2.max_pings_without_data", 0)]
    async with grpc.aio.insecure_channel(pair.first.address, options=options) as channel:
        nothing = from_now(bookmark_interval=60, models=discovery.ModelFilter(tags=["none"]))
        async with Caller(channel).recorded(nothing) as recorder:
            await asyncio.sleep(SECONDS)
            assert recorder.code is None
            assert len(recorder.messages) >= SECONDS // 60


async def test_a_stream_that_is_not_read_is_handed_over_when_it_is(callers: list[Api]) -> None:
    """alone, resumable: a stream whose client does not read for longer than its age ends in good order, too, once it
    is read: with all that was on its way, and what was not comes on those that continue it."""
    start = await save(callers[0], new_id())
    stream = open_watch(callers[0], after(start))
    messages = [await stream.read()]
    saved = [await save(callers[1], new_id()) for _ in range(5)]
    await asyncio.sleep(2 * AGE)
    while not messages[-1].HasField("going_away"):
        messages.append(await stream.read())
    while messages[-1].revision < saved[-1]:  # where its time was over before all of them were saved
        async with watching(callers[0], resuming(messages[-1].resume_token)) as rest:
            assert await rest.ended() is None
        messages += rest.messages
    assert [update.revision for update in updates_of(messages)] == saved
