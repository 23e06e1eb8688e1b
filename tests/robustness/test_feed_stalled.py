"""Subscribers that stop reading: nobody else notices, and they go on where they stood."""

from __future__ import annotations

import asyncio
import statistics
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import psutil

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import model_pb2
from modeldex.v1 import subscriber_service_pb2 as subscriber
from support.api import Api, connect
from support.checks import Catalogue
from support.servers import ServerProcess
from support.watching import Place, after, check_stream, from_now, open_watch, save, watching

SETTINGS = {"MODELDEX_DRAIN_TIMEOUT": "2"}
STALLED = 200
CONNECTIONS = 20
SAVES = 150
# Wide, for machines that are slow and busy: what must not happen is that the others wait for who does not read.
MOST_SECONDS = 2.0
MOST_BYTES_A_STREAM = 1024 * 1024


def large(turn: int) -> discovery.SaveModelRequest:
    """A model of 50 KB, so that an update of it has 100."""
    model = model_pb2.Model(id="stalled/large", description=f"{turn} " + "x" * 3900)
    for number in range(12):
        model.metadata[f"field {number}"] = "y" * 3900
    return discovery.SaveModelRequest(model=model)


async def test_those_that_do_not_read_harm_nobody(database_url: str, tmp_path: Path) -> None:
    """alone: 200 streams that nobody reads while some 15 MB of updates are written: a save and its way to a healthy
    subscriber take as long as without them, the server's memory stays within bounds, and a stream that is read again
    has everything, once and in order, without having been ended."""
    tables = Catalogue(database_url)
    tables.run("UPDATE discovery_state SET running = false")
    async with AsyncExitStack() as stack:
        server = stack.enter_context(ServerProcess(tmp_path / "one", database_url=database_url, settings=SETTINGS))
        server.start()
        process = psutil.Process(server.pid)
        writer = await stack.enter_async_context(connect(server.address))
        witness = await stack.enter_async_context(connect(server.address))
        await save(writer, "stalled/large")
        before = await latencies(writer, witness)
        resting = process.memory_info().rss
        start = tables.head
        streams: list[Any] = []
        for number in range(CONNECTIONS):
            caller = await stack.enter_async_context(connect(server.address))
            # Some are level, some far behind, some with a filter of their own.
            for of in range(STALLED // CONNECTIONS):
                models = discovery.ModelFilter(provider_ids=["stalled", f"p{number}"]) if of % 3 == 2 else None
                request = after(start, models=models) if of % 2 else after(start, models=models, omit_before=True)
                streams.append(open_watch(caller, request))
        first = await asyncio.gather(*(stream.read() for stream in streams))
        for stream in streams:
            stack.callback(stream.cancel)
        during = await latencies(writer, witness)
        grown = process.memory_info().rss - resting
        report = (
            f"p90 {quantile(before):.4f} s, then {quantile(during):.4f} s; {grown / STALLED / 1024:.0f} KiB a stream"
        )
        print(report)
        assert quantile(during) < quantile(before) * 5 + MOST_SECONDS, report
        assert grown < STALLED * MOST_BYTES_A_STREAM, report
        head = tables.head
        truth = {(revision, ordinal) for revision, ordinal in tables.rows("SELECT revision, ordinal FROM update_event")}
        for at in (0, 1, 2, STALLED - 1):
            await goes_on(streams[at], first[at], head, truth, start)
        server.ask_to_end()
        await asyncio.to_thread(server.wait_for_end, 60)
        assert server.left_behind == []


async def goes_on(stream: Any, first: subscriber.WatchResponse, head: int, truth: set[Place], start: int) -> None:
    """What was not read comes on the same stream."""
    messages = [first]
    async with asyncio.timeout(60):
        while messages[-1].revision < head:
            messages.append(await stream.read())
    check_stream(messages, truth, start)


async def latencies(writer: Api, witness: Api) -> list[float]:
    """How long saves take until a healthy subscriber has them, in seconds."""
    times: list[float] = []
    async with watching(witness, from_now()) as recorder:
        for turn in range(SAVES):
            began = time.monotonic()
            head = (await writer.discovery.SaveModel(large(turn + len(times)), timeout=30)).revision
            while recorder.revision < head:
                await asyncio.sleep(0.001)
                assert time.monotonic() - began < 30
            times.append(time.monotonic() - began)
    return times


def quantile(times: list[float]) -> float:
    return statistics.quantiles(times, n=10)[-1]  # the slowest few may have waited for this machine
