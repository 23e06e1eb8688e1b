"""What stays in a server of calls and streams that are over: nothing."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from modeldex.v1 import discovery_service_pb2 as discovery
from support.api import Api, connect
from support.models import new_id
from support.ports import free_port
from support.servers import ServerProcess
from support.waiting import eventually
from support.watching import from_now, from_snapshot, metric, open_watch, save

# How long it goes on: ROBUSTNESS_SECONDS makes it longer.
ROUNDS = max(3, int(float(os.environ.get("ROBUSTNESS_SECONDS", "0")) / 20))
WATCHES, CALLS, AT_ONCE = 4000, 8000, 50
# What grows by as much with every watch, or with every call, is a leak. Wide: allocators keep what they like.
MOST_BYTES_A_WATCH, MOST_BYTES_A_CALL = 1000, 200


@dataclass
class Subject:
    """A server, its process, and where it tells its numbers."""

    caller: Api
    process: psutil.Process
    metrics: str
    model_id: str

    async def none_open(self) -> bool:
        """Whether no stream is left."""
        return await asyncio.to_thread(metric, self.metrics, "modeldex_feed_streams") == 0


@pytest.fixture
async def subject(database_url: str, tmp_path: Path) -> AsyncIterator[Subject]:
    listen = f"127.0.0.1:{free_port()}"
    settings = {"MODELDEX_METRICS_LISTEN": listen, "MODELDEX_LOG_LEVEL": "warning"}
    with ServerProcess(tmp_path / "one", database_url=database_url, settings=settings) as server:
        server.start()
        async with connect(server.address) as caller:
            model_id = new_id()
            await save(caller, model_id)
            yield Subject(caller, psutil.Process(server.pid), f"http://{listen}/metrics", model_id)
    assert server.left_behind == []


async def watches(subject: Subject) -> None:
    """Streams that are opened, and left before, at or after their first message."""

    async def some(number: int) -> None:
        for turn in range(WATCHES // AT_ONCE):
            kind = number + turn
            wanted = discovery.ModelFilter(tags=[f"{kind % 7}"])
            stream = open_watch(subject.caller, from_snapshot() if kind % 2 else from_now(models=wanted))
            if kind % 3:
                await stream.read()
            if kind % 5 == 0:
                await asyncio.sleep(0)
            stream.cancel()

    await asyncio.gather(*(some(number) for number in range(AT_ONCE)))
    await eventually(subject.none_open, "all streams to be gone")


async def calls(subject: Subject) -> None:
    """Calls that are answered, and calls that fail."""

    async def some(number: int) -> None:
        for turn in range(CALLS // AT_ONCE):
            model_id = subject.model_id if (number + turn) % 4 else "acme/none"
            try:
                await subject.caller.discovery.GetModel(discovery.GetModelRequest(id=model_id), timeout=20)
            except Exception:
                assert model_id == "acme/none"

    await asyncio.gather(*(some(number) for number in range(AT_ONCE)))


@pytest.mark.timeout(ROUNDS * 40 + 90)
@pytest.mark.parametrize(
    ("work", "count", "most"), [(watches, WATCHES, MOST_BYTES_A_WATCH), (calls, CALLS, MOST_BYTES_A_CALL)]
)
async def test_nothing_stays_of_what_is_over(
    subject: Subject, work: Callable[[Subject], Awaitable[None]], count: int, most: int
) -> None:
    """no leaks: thousands of streams that were opened and cancelled, and thousands of calls, leave memory where it was
    once the first of them are over."""
    await work(subject)
    sizes = [subject.process.memory_info().rss]
    for _ in range(ROUNDS):
        await work(subject)
        sizes.append(subject.process.memory_info().rss)
    grown = [(after - before) / count for before, after in pairwise(sizes)]
    report = f"{work.__name__}: bytes each, round by round: {[round(one) for one in grown]}"
    print(report)
    assert (sizes[-1] - sizes[0]) / (count * ROUNDS) < most, report
