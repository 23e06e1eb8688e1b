"""How streams bring their updates: batches, delays, bookmarks, deadlines, and how many streams there may be."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import pytest

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import model_pb2
from support.api import Api, connect, problem_of
from support.models import new_id
from support.pairs import Pair
from support.ports import free_port
from support.servers import ServerProcess
from support.waiting import eventually
from support.watching import (
    Place,
    Recorder,
    after,
    check_batched,
    check_stream,
    from_now,
    from_snapshot,
    history,
    metric,
    open_watch,
    place,
    resuming,
    save,
    watching,
)

MOST_STREAMS = 220  # two waves of a hundred: the server may begin one that nobody waited for late


async def _batched(api: Api, start: int, head: int, expected: set[Place], events: int, size: int, delay: float) -> bool:
    """Check how a backlog comes in messages of so much. Whether they are few, where updates wait for each other: of a
    server that is busy one goes before it is full, for it looks at no more than it can in a moment."""
    options = {"max_batch_events": events, "max_batch_bytes": size, "max_batch_delay": delay}
    async with watching(api, after(start, **options)) as recorder:
        await recorder.through(head)
    kept = [message for message in recorder.messages if message.revision <= head]
    check_stream(kept, expected, start)
    check_batched(kept, events=events, size=size)
    full = [message for message in kept if message.updates]
    return not delay or len(full) <= 30 // events + 5


async def test_a_message_holds_no_more_than_was_asked_for(pair: Pair, api: Api) -> None:
    """batches: at most so many updates and so many bytes in one message, of a backlog as of what comes. Who lets
    updates wait for each other gets them as full as they may be."""
    model = model_pb2.Model(id=new_id("bulky"), description="x" * 3000)
    start = pair.catalogue.head
    for turn in range(30):
        model.display_name = str(turn)
        head = (await api.discovery.SaveModel(discovery.SaveModelRequest(model=model), timeout=20)).revision
    expected = {place(update) for update in await history(api, head)}
    whole = 1024 * 1024
    for events, size, delay in ((1, 1024, 0), (1, whole, 0), (7, whole, 0.1), (1000, 20_000, 0), (500, whole, 0.1)):
        await eventually(partial(_batched, api, start, head, expected, events, size, delay), "full messages")
    async with watching(api, after(start)) as recorder:
        await recorder.through(head)
    sizes = [message.ByteSize() for message in recorder.messages if message.updates and message.revision <= head]
    assert max(sizes[:4]) < 16 * 1024  # one that was not seen to read much yet has little under way


async def test_updates_wait_for_others_no_longer_than_asked(api: Api) -> None:
    """batches: with a delay of seconds, changes that come one after the other come in one message, and none waits
    much longer than that; one that fills the message does not wait."""
    request = from_now(max_batch_delay=4.0, max_batch_events=5, models=discovery.ModelFilter(provider_ids=["waits"]))
    async with watching(api, request) as recorder:

        async def told(count: int) -> tuple[list[int], float]:
            """So many changes: the sizes of the messages that tell of them, and after how long the first came."""
            known, started = len(recorder.messages), asyncio.get_running_loop().time()
            for _ in range(count):
                head = await save(api, new_id("waits"))
            await recorder.through(head)
            came = [at for at, message in enumerate(recorder.messages) if at >= known and message.updates]
            return [len(recorder.messages[at].updates) for at in came], recorder.times[came[0]] - started

        async def together() -> bool:
            sizes, took = await told(3)
            assert 3.9 < took < 15
            return sizes == [3]

        async def at_once() -> bool:
            sizes, took = await told(5)
            return sizes == [5] and took < 3.9

        # On a machine that is busy the changes may take longer than one of them may wait.
        await eventually(together, "three changes in one message")
        await eventually(at_once, "a full message that does not wait")


async def test_bookmarks_come_as_often_as_asked(api: Api) -> None:
    """bookmarked: while nothing comes, a bookmark comes every second, and none where updates come."""
    request = from_now(bookmark_interval=1, models=discovery.ModelFilter(provider_ids=["nobody"]))
    async with watching(api, request) as recorder:
        await recorder.having(lambda one: len(one.messages) > 5, "five bookmarks after the first")
    first, last = (recorder.messages[at].bookmark.server_time.ToDatetime() for at in (0, 5))
    assert 4 < (last - first).total_seconds() < 20  # five, each of which may be late
    assert all(message.HasField("bookmark") for message in recorder.messages)


async def _ended_by_the_server(api: Api, request: Any, seconds: float) -> Recorder | None:
    """A stream with a deadline. None where the client's own clock came first: on a machine that is busy that may be,
    however early the server wanted to go."""
    async with watching(api, request, timeout=seconds) as recorder:
        await recorder.ended()
    return None if recorder.code is grpc.StatusCode.DEADLINE_EXCEEDED else recorder


async def test_a_deadline_ends_a_stream_in_good_order(api: Api) -> None:
    """resumable: a watch with a deadline says goodbye before it, with a token, and ends with OK: idle, busy, while it
    gathers, and where the deadline is very near."""
    busy = asyncio.Event()

    async def write() -> None:
        while not busy.is_set():
            await save(api, new_id("deadline"))

    writing = asyncio.create_task(write())
    try:
        for seconds, request in (
            (1.5, from_now(models=discovery.ModelFilter(provider_ids=["nobody"]))),
            (1.5, from_now()),
            (1.5, from_now(max_batch_delay=5.0)),
            (1.5, after(0, max_batch_events=1)),
            (0.4, from_now()),
        ):
            recorder = await eventually(partial(_ended_by_the_server, api, request, seconds), "a goodbye")
            assert recorder.problem is None
            assert recorder.code is grpc.StatusCode.OK
            last = recorder.messages[-1]
            assert last.HasField("going_away")
            assert "deadline" in last.going_away.reason
            async with watching(
                api,
                resuming(last.resume_token, models=request.models)
                if request.HasField("models")
                else resuming(last.resume_token),
            ) as again:
                assert again.revision >= last.revision
    finally:
        busy.set()
        await writing


@dataclass(frozen=True)
class Small:
    """A server and where it tells its metrics."""

    server: ServerProcess
    metrics: str


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, pair: Pair) -> Iterator[Small]:
    """A third server on the catalogue of the pair, which allows few streams and tells its metrics."""
    port = free_port()
    settings = {"MODELDEX_MAX_STREAMS": str(MOST_STREAMS), "MODELDEX_METRICS_LISTEN": f"127.0.0.1:{port}"}
    folder = Path(tmp_path_factory.mktemp("small"))
    with ServerProcess(folder, database_url=pair.catalogue.url, settings=settings) as server:
        server.start()
        yield Small(server, f"http://127.0.0.1:{port}/metrics")
    assert server.left_behind == []


async def test_no_more_streams_than_are_allowed(small: Small) -> None:
    """alone: one stream too many is refused as such; where one ends, another may begin."""
    async with connect(small.server.address) as caller:
        streams = [open_watch(caller, from_now()) for _ in range(MOST_STREAMS)]
        await asyncio.gather(*(stream.read() for stream in streams))
        problem = await problem_of(open_watch(caller, from_now()).read())
        assert problem.short == ("RESOURCE_EXHAUSTED", "TOO_MANY_STREAMS")
        assert problem.metadata == {"limit": str(MOST_STREAMS)}
        assert problem.retry_after
        streams.pop().cancel()

        async def fits() -> bool:
            stream = open_watch(caller, from_now())
            streams.append(stream)
            try:
                return bool(await stream.read())
            except Exception:
                streams.pop()
                return False

        await eventually(fits, "a stream to be let in")
        for stream in streams:
            stream.cancel()
        assert (await problem_of(open_watch(caller, after(-1)).read())).reason == "INVALID_REQUEST"


async def test_nothing_is_left_of_streams_whose_clients_have_gone(small: Small) -> None:
    """alone: of a thousand streams that were opened and left, by a cancellation or with their connection, at their
    beginning, within a snapshot or later, none counts any more, and no class of filters is kept for them."""
    for wave in range(10):
        async with connect(small.server.address) as caller:
            requests = [
                from_now(models=discovery.ModelFilter(tags=[f"{wave} {number}"])) if number % 2 else from_snapshot()
                for number in range(100)
            ]
            streams = [open_watch(caller, request) for request in requests]
            if wave % 3:
                await asyncio.gather(*(stream.read() for stream in streams))
            if wave % 2:
                for stream in streams:
                    stream.cancel()
        # A call that somebody still holds keeps the connection of a channel that was closed.
        streams.clear()

        async def gone() -> bool:
            names = ("modeldex_feed_streams", "modeldex_feed_classes")
            return not any([await asyncio.to_thread(metric, small.metrics, name) for name in names])

        await eventually(gone, "all streams, and their classes, to be gone")
    assert small.server.left_behind == []
    assert "incident" not in small.server.errors
