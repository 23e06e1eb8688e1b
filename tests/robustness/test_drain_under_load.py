"""Ending a server under load."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import grpc
import psycopg
import pytest

from modeldex.v1 import discovery_service_pb2 as pb
from support.api import RETRYING, Api, connect
from support.checks import Catalogue
from support.models import plain
from support.providers import fake_provider
from support.servers import ServerProcess
from support.waiting import eventually


class Load:
    """Callers that never stop: each reads, lists and saves in turn, and notes what failed."""

    def __init__(self, apis: list[Api], known_since: int) -> None:
        """`known_since`: the revision that saved the model that is read; a replica may be a moment behind another."""
        self.apis = apis
        self.known_since = known_since
        self.failures: list[str] = []
        self.succeeded = 0
        self.ending = asyncio.Event()
        self._numbers = itertools.count()

    async def run(self) -> None:
        await asyncio.gather(*(self._one(api, number) for number, api in enumerate(self.apis * 8)))

    async def _one(self, api: Api, number: int) -> None:
        model_id = f"load/model-{number}"
        calls: list[Callable[[], Awaitable[object]]] = [
            lambda: api.discovery.SaveModel(
                pb.SaveModelRequest(model=plain(model_id, str(next(self._numbers)))), timeout=20
            ),
            lambda: api.discovery.GetModel(
                pb.GetModelRequest(id="load/known", min_revision=self.known_since), timeout=20
            ),
            lambda: api.discovery.ListModels(pb.ListModelsRequest(page_size=5), timeout=20),
            lambda: api.discovery.BatchGetModels(pb.BatchGetModelsRequest(ids=["load/known"]), timeout=20),
        ]
        while not self.ending.is_set():
            for call in calls:
                try:
                    await call()
                    self.succeeded += 1
                except grpc.aio.AioRpcError as error:
                    self.failures.append(f"{error.code().name}: {error.details()}")
            await asyncio.sleep(0.001)


@pytest.fixture
def tables(database_url: str) -> Catalogue:
    tables = Catalogue(database_url)
    tables.run("UPDATE discovery_state SET running = false")
    return tables


async def test_replicas_that_are_restarted_one_after_the_other_fail_no_call(tables: Catalogue, tmp_path: Path) -> None:
    """clean drain: with two replicas behind one name, SIGTERM to each in turn fails no call of a client that retries,
    loses no acknowledged save, and each process is gone long before it would give up waiting."""
    settings = {"MODELDEX_DRAIN_TIMEOUT": "60"}
    with (
        ServerProcess(tmp_path / "first", database_url=tables.url, settings=settings).launch() as first,
        ServerProcess(tmp_path / "second", database_url=tables.url, settings=settings).launch() as second,
    ):
        first.wait_until_ready()
        second.wait_until_ready()
        # Both keep their addresses, as behind a name.
        first.listen, second.listen = first.address, second.address
        target = "ipv4:" + ",".join(server.listen for server in (first, second))
        balanced = RETRYING[:-1] + ', "loadBalancingConfig": [{"round_robin": {}}]}'
        async with connect(target, service_config=balanced) as one, connect(target, service_config=balanced) as other:
            saved = await one.discovery.SaveModel(pb.SaveModelRequest(model=plain("load/known")))
            load = Load([one, other], saved.revision)
            running = asyncio.create_task(load.run())
            for server in (first, second):
                before = load.succeeded
                await grow(load, before + 200)
                started = time.monotonic()
                assert await asyncio.to_thread(server.end) == 0
                assert time.monotonic() - started < 45
                assert server.left_behind == []
                await grow(load, load.succeeded + 100)
                await asyncio.to_thread(server.start)
                # As whoever restarts replicas in turn does: the next one when callers have found the last again.
                for api in (one, other):
                    await eventually(partial(reaches_both, api), "a client to reach both replicas")
            await grow(load, load.succeeded + 200)
            load.ending.set()
            await running
        assert load.failures == []
    tables.check()


async def reaches_both(api: Api) -> bool:
    """Whether calls go to two replicas: each says when it was started."""
    answers = [await api.discovery.GetStatus(pb.GetStatusRequest(), timeout=20) for _ in range(4)]
    return len({answer.start_time.ToNanoseconds() for answer in answers}) == 2


async def grow(load: Load, most: int) -> None:
    """Wait until so many calls have succeeded."""
    async with asyncio.timeout(60):
        while load.succeeded < most:
            await asyncio.sleep(0.01)


async def test_a_call_that_runs_is_answered_and_a_new_one_is_sent_elsewhere(tables: Catalogue, tmp_path: Path) -> None:
    """clean drain: a save that waits for a lock when SIGTERM comes is finished and answered; the process then ends."""
    with ServerProcess(tmp_path / "one", database_url=tables.url) as server:
        server.start()
        async with connect(server.address) as api:
            await api.discovery.SaveModel(pb.SaveModelRequest(model=plain("acme/one", "One")))
            with psycopg.connect(tables.url) as holder:
                holder.execute("SELECT FROM model WHERE id = 'acme/one' FOR UPDATE")
                saving = asyncio.create_task(_save(api, "Two"))
                await waits_for_lock(tables)
                server.ask_to_end()
                await refuses(api)
                holder.rollback()
            assert (await saving).model.display_name == "Two"
            assert await asyncio.to_thread(server.wait_for_end) == 0
    assert server.left_behind == []
    tables.check()


async def _save(api: Api, name: str) -> pb.SaveModelResponse:
    request = pb.SaveModelRequest(model=plain("acme/one", name))
    answer: pb.SaveModelResponse = await api.discovery.SaveModel(request, timeout=30)
    return answer


async def waits_for_lock(tables: Catalogue) -> None:
    """Until a statement of the server waits for a lock."""
    query = """SELECT 1 FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'modeldex' AND wait_event_type = 'Lock'"""
    async with asyncio.timeout(20):
        while not await asyncio.to_thread(tables.rows, query):
            await asyncio.sleep(0.02)


async def refuses(api: Api) -> None:
    """Until new calls are refused as they should be: UNAVAILABLE, whoever says it."""
    async with asyncio.timeout(20):
        while True:
            try:
                await api.discovery.GetModel(pb.GetModelRequest(id="acme/one"), timeout=10)
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.UNAVAILABLE:
                    raise
                return
            await asyncio.sleep(0.01)


async def test_a_silent_provider_does_not_keep_a_server_alive(tables: Catalogue, tmp_path: Path) -> None:
    """clean drain: a refresh that waits for its provider is ended with the server, with a reason, in time; its models
    stay."""
    with fake_provider() as provider:
        settings = {
            "MODELDEX_SOURCES__ACME__KIND": "openai_compatible",
            "MODELDEX_SOURCES__ACME__URL": provider.url,
            "MODELDEX_DRAIN_TIMEOUT": "1",
            "MODELDEX_DISCOVERY__PROVIDER_TIMEOUT": "60",
        }
        with ServerProcess(tmp_path / "one", database_url=tables.url, settings=settings) as server, provider.held():
            server.start()
            async with connect(server.address) as api:
                request = pb.RefreshProviderRequest(provider_id="acme")
                asking = asyncio.create_task(_refresh(api, request))
                async with asyncio.timeout(20):
                    while not provider.calls:
                        await asyncio.sleep(0.01)
                started = time.monotonic()
                assert await asyncio.to_thread(server.end) == 0
                assert time.monotonic() - started < 45
                with pytest.raises(grpc.aio.AioRpcError) as refused:
                    await asking
                assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
    tables.check()


async def _refresh(api: Api, request: pb.RefreshProviderRequest) -> None:
    await api.discovery.RefreshProvider(request, timeout=60)
