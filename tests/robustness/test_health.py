"""What grpc.health.v1 says, of the whole server and of each service, whatever happens to it."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import grpc
from grpc_health.v1 import health_pb2 as pb
from grpc_health.v1 import health_pb2_grpc

from modeldex_server.store.embedded import EmbeddedServer
from support.api import Api, connect
from support.models import new_id
from support.servers import ServerProcess
from support.waiting import eventually
from support.watching import from_now, save, watching

SERVICES = ("", "modeldex.v1.DiscoveryService", "modeldex.v1.ProviderService", "modeldex.v1.SubscriberService")
SERVING, NOT_SERVING = pb.HealthCheckResponse.SERVING, pb.HealthCheckResponse.NOT_SERVING
SOON = 3.0  # seconds
DRAIN_SECONDS = 2
STALLED = 5


class Told:
    """What the health of a service was, as a watch of it told."""

    def __init__(self, caller: Api, service: str) -> None:
        self.statuses: list[int] = []
        self.code: grpc.StatusCode | None = None
        self._call: Any = health_pb2_grpc.HealthStub(caller.channel).Watch(pb.HealthCheckRequest(service=service))
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for answer in self._call:
                self.statuses.append(answer.status)
        except grpc.aio.AioRpcError as error:
            self.code = error.code()


async def test_health_tells_what_is_so(tmp_path: Path) -> None:
    """true health: nothing serves before the catalogue is loaded; everything does from then on, also while PostgreSQL
    is away, for reads and streams go on; nothing does once the server is told to end. Whoever watches hears each of it
    within seconds and nothing else, beside watchers that do not read; and these do not hold up the end."""
    postgres = EmbeddedServer((tmp_path / "postgres").resolve(), {"fsync": "off"})
    settings = {"MODELDEX_DRAIN_TIMEOUT": str(DRAIN_SECONDS)}
    server = ServerProcess(tmp_path / "one", database_url=postgres.url, settings=settings).launch()
    with server:
        async with connect(server.address) as caller, connect(server.address) as stalled:
            watched = [Told(caller, service) for service in SERVICES]
            unread = [
                health_pb2_grpc.HealthStub(stalled.channel).Watch(pb.HealthCheckRequest()) for _ in range(STALLED)
            ]
            await all_say(watched, [NOT_SERVING])
            await asyncio.to_thread(postgres.start)
            await asyncio.to_thread(server.wait_until_ready)
            await all_say(watched, [NOT_SERVING, SERVING])
            await save(caller, new_id())
            async with watching(caller, from_now(bookmark_interval=1)) as recorder:
                await asyncio.to_thread(postgres.stop)
                await asyncio.sleep(SOON)
                assert [await checked(caller, service) for service in SERVICES] == [SERVING] * len(SERVICES)
                await asyncio.to_thread(postgres.start)
                await recorder.through(await eventually(lambda: saved(caller), "a save to succeed"))
            began = time.monotonic()
            server.ask_to_end()
            await all_say(watched, [NOT_SERVING, SERVING, NOT_SERVING])
            assert await asyncio.to_thread(server.wait_for_end) == 0
            assert time.monotonic() - began < DRAIN_SECONDS + 30
            await asyncio.gather(*(one.reading for one in watched))
            assert {one.code for one in watched} == {grpc.StatusCode.UNAVAILABLE}
            assert [one.statuses for one in watched] == [[NOT_SERVING, SERVING, NOT_SERVING]] * len(SERVICES)
            del unread
    postgres.stop()
    assert server.left_behind == []


async def all_say(watched: list[Told], statuses: list[int]) -> None:
    """Every watch comes to this, soon."""

    async def told() -> bool:
        return all(one.statuses == statuses for one in watched)

    await eventually(told, f"all to hear {statuses}: {[one.statuses for one in watched]}", patience=10 * SOON)


async def checked(caller: Api, service: str) -> int:
    """The health of a service, asked for."""
    stub = health_pb2_grpc.HealthStub(caller.channel)
    return int((await stub.Check(pb.HealthCheckRequest(service=service), timeout=10 * SOON)).status)


async def saved(caller: Api) -> int:
    """The revision of a save; 0 where it fails."""
    try:
        return await save(caller, new_id())
    except grpc.aio.AioRpcError:
        return 0
