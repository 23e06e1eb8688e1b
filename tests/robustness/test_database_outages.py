"""A PostgreSQL that is away, dies, is full, or takes no writes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import provider_service_pb2
from modeldex_server.store.embedded import EmbeddedServer
from support.api import Api, connect, problem_of
from support.checks import Catalogue
from support.models import new_id, plain
from support.providers import FakeProvider, fake_provider
from support.servers import ServerProcess
from support.waiting import eventually

AWAY = ("UNAVAILABLE", "STORE_UNAVAILABLE")
MODEL = "acme/known"


@dataclass
class Stage:
    """A server, its PostgreSQL and a provider."""

    server: ServerProcess
    postgres: EmbeddedServer
    tables: Catalogue
    provider: FakeProvider


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A server that was started before its PostgreSQL was there."""
    folder = tmp_path_factory.mktemp("stage")
    postgres = EmbeddedServer((folder / "postgres").resolve(), {"fsync": "off"})
    with fake_provider() as provider:
        settings = {
            "MODELDEX_SOURCES__FAKE__KIND": "openai_compatible",
            "MODELDEX_SOURCES__FAKE__URL": provider.url,
            "MODELDEX_DISCOVERY__RETRY_ATTEMPTS": "0",
        }
        with ServerProcess(folder / "server", database_url=postgres.url, settings=settings).launch() as server:
            yield Stage(server, postgres, Catalogue(postgres.url), provider)
            postgres.stop()
        assert server.left_behind == []


@pytest.fixture
async def api(stage: Stage) -> AsyncIterator[Api]:
    async with connect(stage.server.address) as api:
        yield api


async def health(api: Api) -> int:
    """What grpc.health.v1 says."""
    stub = health_pb2_grpc.HealthStub(api.channel)
    return int((await stub.Check(health_pb2.HealthCheckRequest(), timeout=5)).status)


async def test_a_server_without_its_database_says_so_and_waits(stage: Stage, api: Api) -> None:
    """typed errors: down at the start: NOT_READY to every call but GetStatus, not serving; as soon as the database
    appears, empty as it is, the server serves."""
    for call in (
        api.discovery.GetModel(pb.GetModelRequest(id=MODEL), timeout=10),
        api.discovery.ListModels(pb.ListModelsRequest(), timeout=10),
        api.discovery.SaveModel(pb.SaveModelRequest(model=plain(MODEL)), timeout=10),
        api.discovery.RefreshProvider(pb.RefreshProviderRequest(provider_id="fake"), timeout=10),
        api.discovery.GetConfiguration(pb.GetConfigurationRequest(), timeout=10),
        api.providers.ListProviders(provider_service_pb2.ListProvidersRequest(), timeout=10),
    ):
        problem = await problem_of(call)
        assert problem.short == ("UNAVAILABLE", "NOT_READY")
        assert problem.retry_after is not None
    status = await api.discovery.GetStatus(pb.GetStatusRequest(), timeout=15)
    assert status.storage.healthy is False
    assert status.storage.error
    assert "/" not in status.storage.error
    assert status.state in (pb.DISCOVERY_STATE_STARTING, pb.DISCOVERY_STATE_ERROR)
    assert await health(api) == health_pb2.HealthCheckResponse.NOT_SERVING
    assert stage.server.exit_code is None
    await asyncio.to_thread(stage.postgres.start)
    await asyncio.to_thread(stage.server.wait_until_ready)
    assert await health(api) == health_pb2.HealthCheckResponse.SERVING
    await eventually(lambda: refreshed(api), "the first refresh to end")
    await api.discovery.StopDiscovery(pb.StopDiscoveryRequest())
    saved = await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(MODEL, "Known")))
    assert saved.model.version == 1


async def refreshed(api: Api) -> bool:
    """Whether the provider was asked, and nobody asks it now."""
    source = (await api.discovery.GetStatus(pb.GetStatusRequest())).sources[0]
    return source.HasField("last_success_time") and not source.refreshing


async def test_a_database_that_dies_takes_the_writes_and_not_the_reads_from_memory(stage: Stage, api: Api) -> None:
    """typed errors, nothing acknowledged is lost: it dies: what is in memory is read on, all else is
    STORE_UNAVAILABLE within its deadline; it comes back: all is well without a restart."""
    await api.discovery.GetModel(pb.GetModelRequest(id=MODEL))
    head = stage.tables.head
    await asyncio.to_thread(stage.postgres.stop)
    for _ in range(3):
        assert (await api.discovery.GetModel(pb.GetModelRequest(id=MODEL), timeout=5)).model.display_name == "Known"
    batch = await api.discovery.BatchGetModels(pb.BatchGetModelsRequest(ids=[MODEL, "a/none"]), timeout=5)
    assert (len(batch.models), list(batch.missing_ids)) == (1, ["a/none"])
    started = time.monotonic()
    calls = (
        api.discovery.ListModels(pb.ListModelsRequest(), timeout=20),
        api.discovery.SaveModel(pb.SaveModelRequest(model=plain(new_id())), timeout=20),
        api.discovery.DeleteModel(pb.DeleteModelRequest(id=MODEL), timeout=20),
        api.discovery.GetModelStats(pb.GetModelStatsRequest(), timeout=20),
        api.discovery.GetModel(pb.GetModelRequest(id=MODEL, include_raw_records=True), timeout=20),
        api.discovery.RefreshProvider(pb.RefreshProviderRequest(provider_id="fake"), timeout=20),
        api.discovery.StartDiscovery(pb.StartDiscoveryRequest(), timeout=20),
        api.discovery.UpdateConfiguration(
            pb.UpdateConfigurationRequest(configuration=pb.DiscoveryConfiguration(removal_threshold=3)), timeout=20
        ),
        api.providers.GetProvider(provider_service_pb2.GetProviderRequest(id="acme"), timeout=20),
    )
    problems = await asyncio.gather(*(problem_of(call) for call in calls))
    assert {problem.short for problem in problems} == {AWAY}
    assert all(problem.retry_after is not None for problem in problems)
    assert time.monotonic() - started < 25
    status = await api.discovery.GetStatus(pb.GetStatusRequest(), timeout=15)
    assert (status.state, status.storage.healthy) == (pb.DISCOVERY_STATE_ERROR, False)
    impatient = await problem_of(api.discovery.ListModels(pb.ListModelsRequest(), timeout=0.5))
    assert impatient.code.name in {"DEADLINE_EXCEEDED", "UNAVAILABLE"}
    await asyncio.to_thread(stage.postgres.start)
    assert stage.tables.head == head
    await eventually(lambda: writable(api), "writes to be taken again")
    await eventually(lambda: current(api, stage), "the server to be current")
    stage.tables.check()


async def writable(api: Api) -> bool:
    """Whether a save succeeds; as long as it does not, its error is the right one."""
    try:
        await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(new_id())), timeout=20)
    except Exception:
        return False
    return True


async def current(api: Api, stage: Stage) -> bool:
    """Whether the server knows the last revision."""
    return bool((await api.discovery.GetStatus(pb.GetStatusRequest())).revision == stage.tables.head)


@contextmanager
def full_disk(tables: Catalogue, table: str) -> Iterator[None]:
    """As if there were no room for another row of a table."""
    tables.run(f"""
        CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'could not extend file "base/1/2": No space left' USING ERRCODE = '53100'; END $$;
        CREATE TRIGGER full_disk BEFORE INSERT ON {table} EXECUTE FUNCTION full_disk()""")
    try:
        yield
    finally:
        tables.run("DROP FUNCTION full_disk() CASCADE")


@pytest.mark.parametrize("table", ["model_version", "audit_event", "revision", "model"])
async def test_a_full_disk_refuses_writes_whole(stage: Stage, api: Api, table: str) -> None:
    """one transaction, typed errors: with no room for one of its rows a write is STORE_UNAVAILABLE, says that it is
    the disk, and leaves nothing; reads go on."""
    stage.provider.lists(new_id().replace("/", "-"))
    before = stage.tables.traces()
    with full_disk(stage.tables, table):
        saved = await problem_of(api.discovery.SaveModel(pb.SaveModelRequest(model=plain(new_id())), timeout=20))
        assert saved.short == AWAY
        assert "full" in saved.message
        if table != "audit_event":  # a refresh has no row there
            request = pb.RefreshProviderRequest(provider_id="fake")
            assert (await problem_of(api.discovery.RefreshProvider(request, timeout=20))).short == AWAY
        assert stage.tables.traces() == before
        assert (await api.discovery.GetModel(pb.GetModelRequest(id=MODEL), timeout=5)).model.id == MODEL
        assert (await api.discovery.ListModels(pb.ListModelsRequest(), timeout=10)).models
    assert await writable(api)
    assert (await api.discovery.RefreshProvider(pb.RefreshProviderRequest(provider_id="fake"), timeout=20)).result
    stage.tables.check()


async def test_a_full_disk_ends_a_stream_with_its_reason(stage: Stage, api: Api) -> None:
    """typed errors: the same of a refresh of all."""
    stage.provider.lists(new_id().replace("/", "-"))

    async def refresh_all() -> list[object]:
        request = pb.RefreshProvidersRequest(provider_ids=["fake"])
        return [answer async for answer in api.discovery.RefreshProviders(request, timeout=20)]

    with full_disk(stage.tables, "model_version"):
        assert (await problem_of(refresh_all())).short == AWAY
    assert len(await refresh_all()) == 1


async def test_a_database_that_takes_no_writes_is_still_read(stage: Stage, api: Api) -> None:
    """typed errors: read-only, as after a failover: writes are STORE_UNAVAILABLE and change nothing, reads go on;
    once it takes writes, so does the server."""
    end_all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'modeldex'"
    before = stage.tables.traces()
    stage.tables.run("ALTER DATABASE postgres SET default_transaction_read_only = on")
    stage.tables.run(end_all)

    async def read() -> bool:
        try:
            return bool((await api.discovery.ListModels(pb.ListModelsRequest(), timeout=20)).models)
        except Exception:
            return False

    try:
        await eventually(read, "lists to be answered")
        for _ in range(3):
            problem = await problem_of(api.discovery.SaveModel(pb.SaveModelRequest(model=plain(new_id())), timeout=20))
            assert problem.short == AWAY
        assert (await api.discovery.GetModel(pb.GetModelRequest(id=MODEL), timeout=5)).model.id == MODEL
        assert stage.tables.traces() == before
    finally:
        stage.tables.run("BEGIN READ WRITE; ALTER DATABASE postgres RESET default_transaction_read_only; COMMIT")
        stage.tables.run(end_all)
    await eventually(lambda: writable(api), "writes to be taken again")
    stage.tables.check()


async def test_a_server_ends_well_while_its_database_is_away(stage: Stage, tmp_path: Path) -> None:
    """clean drain: SIGTERM before the database was ever there ends the process, in time and without a trace."""
    nowhere = EmbeddedServer((tmp_path / "nowhere").resolve())
    server = ServerProcess(tmp_path / "server", database_url=nowhere.url).launch()
    assert server.address
    started = time.monotonic()
    assert await asyncio.to_thread(server.end) == 0
    assert time.monotonic() - started < 45
    assert server.left_behind == []
