"""A server that goes fails no call of a client with gRPC's standard retries."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import discovery_service_pb2_grpc
from support.waiting import eventually
from unit.rpc.frame.conftest import Start
from unit.rpc.frame.test_frame import failure

_RETRY = {
    "maxAttempts": 4,
    "initialBackoff": "0.05s",
    "maxBackoff": "1s",
    "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE"],
}


def _retrying(addresses: list[str], policy: str) -> grpc.aio.Channel:
    service = {"loadBalancingConfig": [{policy: {}}], "methodConfig": [{"name": [{}], "retryPolicy": _RETRY}]}
    return grpc.aio.insecure_channel(
        f"ipv4:{','.join(addresses)}", options=[("grpc.service_config", json.dumps(service))]
    )


@pytest.mark.parametrize("policy", ["pick_first", "round_robin"])
async def test_no_call_under_constant_load_fails_while_a_replica_drains(start: Start, policy: str) -> None:
    going, staying = await start(drain_timeout=30.0), await start()

    async def sometimes_slow(request: Any, call: Any) -> Any:
        if request.id.startswith("slow/"):
            await asyncio.sleep(0.2)
        return pb.GetModelResponse(revision=1)

    going.servicer.get_model = staying.servicer.get_model = sometimes_slow
    failures: list[grpc.aio.AioRpcError] = []
    done = 0
    stopped = False

    async def caller(number: int, stub: Any) -> None:
        nonlocal done
        kind = "slow" if number % 4 == 0 else "fast"
        while not stopped:
            try:
                await stub.GetModel(pb.GetModelRequest(id=f"{kind}/{number}"), timeout=30)
                done += 1
            except grpc.aio.AioRpcError as error:
                failures.append(error)

    def done_beyond(count: int) -> Callable[[], Awaitable[bool]]:
        async def is_so() -> bool:
            return done > count or bool(failures)

        return is_so

    async with _retrying([going.address, staying.address], policy) as channel:
        stub = discovery_service_pb2_grpc.DiscoveryServiceStub(channel)
        callers = [asyncio.create_task(caller(number, stub)) for number in range(16)]
        await eventually(done_beyond(50), "the load to be constant")
        await going.server.drain()
        await eventually(done_beyond(done + 50), "the load to go on elsewhere")
        stopped = True
        await asyncio.gather(*callers)
    assert failures == []


async def test_a_stalled_health_watcher_and_open_reflection_do_not_hold_up_a_drain(start: Start) -> None:
    frame = await start(drain_timeout=60.0)
    watches = [health_pb2_grpc.HealthStub(frame.channel).Watch(health_pb2.HealthCheckRequest()) for _ in range(3)]
    await watches[0].read()  # the others never read
    began = time.monotonic()
    await frame.server.drain()
    assert time.monotonic() - began < 30
    assert (await watches[0].read()).status == health_pb2.HealthCheckResponse.NOT_SERVING


async def test_what_outlasts_the_drain_is_ended_with_its_reason(start: Start) -> None:
    frame = await start(drain_timeout=0.3)
    began, ended = asyncio.Event(), asyncio.Event()

    async def stuck(request: Any, call: Any) -> None:
        await call.write(pb.RefreshProvidersResponse(revision=1))
        began.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    frame.servicer.refresh = stuck
    stream = frame.stub.RefreshProviders(pb.RefreshProvidersRequest())
    await stream.read()
    await began.wait()
    draining = asyncio.create_task(frame.server.drain())
    assert (await failure(stream.read()))[:2] == ("UNAVAILABLE", "DRAINING")
    await asyncio.wait_for(draining, 30)
    assert ended.is_set()


async def test_a_running_call_is_finished_not_cut_off(start: Start) -> None:
    frame = await start(drain_timeout=30.0)
    began = asyncio.Event()

    async def slow(request: Any, call: Any) -> Any:
        began.set()
        await asyncio.sleep(0.8)
        return pb.GetModelResponse(revision=3)

    frame.servicer.get_model = slow
    call = frame.stub.GetModel(pb.GetModelRequest(id="a/b"))
    reading = asyncio.ensure_future(_answer(call))
    await began.wait()
    await frame.server.drain()
    assert (await reading).revision == 3


async def _answer(call: Any) -> Any:
    return await call
