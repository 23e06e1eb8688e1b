"""Reads through a server that has no memory to answer from, while its Redis is killed: what fails, and what waits.
Beside it one that never had a Redis: so fast are reads to be again, from 1 s after the kill.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import islice

import grpc
import uvloop

from benchmarks.case import Bar, Case, Plan
from benchmarks.catalogue import all_models
from benchmarks.redis import Redis, redis
from benchmarks.rounds import Reading, Turn
from benchmarks.service import DISCOVERY, Service, packaged
from modeldex.v1 import discovery_service_pb2 as pb

_ALONE, _KILLED = "without Redis", "its Redis was killed"
_NO_MEMORY = {"MODELDEX_CACHE__BYTES": "0"}
_READERS = 32
_MODELS = 1_000
_DYING = 1.0  # seconds after the kill: the breaker opens with the first calls of these
_SETTLE = 1.0  # seconds of load before anything is measured


@dataclass(slots=True)
class _Calls:
    """How long calls took, in milliseconds, and how many failed."""

    taken: list[float] = field(default_factory=list)
    failed: int = 0

    async def p99_within(self, seconds: float) -> float:
        """The 99th percentile of those that end within so many seconds from now."""
        self.taken = []
        await asyncio.sleep(seconds)
        return statistics.quantiles(self.taken, n=100)[-1]


@contextmanager
def _open(plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with (
        redis() as server,
        packaged({**_NO_MEMORY, "MODELDEX_REDIS_URL": server.url}) as service,
        packaged(_NO_MEMORY) as alone,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        requests = [
            pb.GetModelRequest(id=model.id).SerializeToString() for model in islice(all_models(service), _MODELS)
        ]
        yield {
            _ALONE: lambda: runner.run(_quiet(alone, requests, plan.seconds)),
            _KILLED: lambda: runner.run(_kill(service, server, requests, plan.seconds)),
        }


async def _quiet(service: Service, requests: list[bytes], seconds: float) -> Reading:
    async with _reading(service, requests) as calls:
        p99 = await calls.p99_within(seconds)
        return Reading(p99, {"failed": calls.failed, "calls/s": len(calls.taken) / seconds})


async def _kill(service: Service, server: Redis, requests: list[bytes], seconds: float) -> Reading:
    async with _reading(service, requests) as calls:
        before = await calls.p99_within(seconds)
        rate = len(calls.taken) / seconds
        await asyncio.to_thread(server.kill)
        dying = await calls.p99_within(_DYING)
        after = await calls.p99_within(seconds)
        beside = {"failed": calls.failed, "calls/s": len(calls.taken) / seconds, "calls/s before": rate}
    await asyncio.to_thread(server.start)
    return Reading(after, {**beside, "ms before": before, "ms while it dies": dying})


@asynccontextmanager
async def _reading(service: Service, requests: list[bytes]) -> AsyncIterator[_Calls]:
    """32 readers, until the end of the block."""
    calls = _Calls()
    async with grpc.aio.insecure_channel(service.address) as channel:
        call = channel.unary_unary(DISCOVERY + "GetModel")
        await _fill(call, requests)
        readers = [asyncio.create_task(_read(call, requests, calls, number)) for number in range(_READERS)]
        await asyncio.sleep(_SETTLE)
        try:
            yield calls
        finally:
            for reader in readers:
                reader.cancel()
            await asyncio.gather(*readers, return_exceptions=True)


async def _fill(call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes], requests: list[bytes]) -> None:
    """Read each model once, so that Redis holds it, as it does where a server has run for a while."""
    for at in range(0, len(requests), _READERS):
        await asyncio.gather(*(call(request, timeout=60) for request in requests[at : at + _READERS]))


async def _read(
    call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes], requests: list[bytes], calls: _Calls, number: int
) -> None:
    chance = random.Random(number)
    while True:
        begin = time.perf_counter()
        try:
            await call(chance.choice(requests), timeout=10)
        except grpc.aio.AioRpcError:
            calls.failed += 1
        calls.taken.append((time.perf_counter() - begin) * 1e3)


CASE = Case(
    name="redis_dying",
    title=f"p99 of {_READERS} readers of a server without memory, from 1 s after its Redis was killed",
    unit="ms",
    open=_open,
    base=_ALONE,
    bars=(
        Bar(_KILLED, 1.5, of="ratio"),
        Bar(_KILLED, 0, of="failed"),
        Bar(_KILLED, 1_000, of="ms while it dies"),
    ),
    rounds=5,
)
