"""The cache while PostgreSQL is away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import grpc
import psycopg
import pytest
from google.protobuf.message import Message
from psycopg.conninfo import conninfo_to_dict

from modeldex.v1 import cache_service_pb2 as cache
from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1.invalidation_pb2 import INVALIDATION_MODE_SOFT
from support.api import connect, read_problem
from support.cache_calls import invalidating, setting, span
from support.models import plain
from support.principals import Caller
from support.proxies import Proxy, proxy
from support.servers import ServerProcess
from support.waiting import eventually

AWAY = ("UNAVAILABLE", "STORE_UNAVAILABLE")


@pytest.fixture
def network(database_url: str) -> Iterator[Proxy]:
    """A network between a server and its store."""
    with proxy(f"{conninfo_to_dict(database_url)['host']}/.s.PGSQL.5432") as network:
        yield network


@pytest.fixture
def server(database_url: str, network: Proxy, tmp_path: Path) -> Iterator[ServerProcess]:
    """A server behind that network, to be started."""
    host, _, port = network.address.rpartition(":")
    given = psycopg.conninfo.make_conninfo(database_url, host=host, port=port, sslmode="disable")
    parts = conninfo_to_dict(given)
    url = f"postgresql://{parts['user']}@{host}:{port}/{parts['dbname']}?sslmode=disable"
    with ServerProcess(tmp_path / "server", database_url=url) as server:
        yield server
        network.restore()
    assert server.left_behind == []


async def ending(caller: Caller, request: Message) -> tuple[str, str] | None:
    """What a call ends with; None for an answer."""
    try:
        await caller.ask(request)
    except grpc.aio.AioRpcError as error:
        return read_problem(error).short
    return None


async def test_what_may_be_answered_is_answered_and_the_rest_says_why(server: ServerProcess, network: Proxy) -> None:
    """read your set: an entry that cannot be checked is not answered for longer than a second; models that are held,
    and statistics, are; nothing is set, deleted or invalidated, and all of it works again."""
    async with connect(server.start().address) as api:
        caller = Caller(api.channel)
        made = await caller.ask(discovery.SaveModelRequest(model=plain("acme/held")))
        await caller.ask(cache.GetEntryRequest(key="acme/held"))
        first = (await caller.ask(setting("n"))).entry
        reading = cache.GetEntryRequest(namespace="n", key="acme/one")
        network.interrupt()

        async def refused() -> bool:
            return await ending(caller, reading) == AWAY

        await eventually(refused, "an entry that cannot be checked to be refused")
        assert (await caller.ask(cache.GetEntryRequest(key="acme/held"))).entry.value == made.model
        assert (await caller.ask(cache.GetCacheStatsRequest())).stats.set_count == 1
        for request in (
            setting("n", priority=9),
            cache.DeleteEntryRequest(namespace="n", key="acme/one"),
            cache.SetEntryTtlRequest(namespace="n", key="acme/one", ttl=span(9)),
            cache.RefreshEntryRequest(namespace="n", key="acme/one"),
            cache.ListEntriesRequest(namespace="n"),
            cache.CountEntriesRequest(namespace="n"),
            cache.HasEntryRequest(namespace="n", key="acme/one"),
            cache.ListInvalidationsRequest(),
            cache.ListInvalidationRulesRequest(),
            invalidating(all=True),
            cache.ClearCacheRequest(),
            cache.CleanupCacheRequest(),
        ):
            assert await ending(caller, request) == AWAY, request
        network.restore()

        async def answered() -> bool:
            return await ending(caller, reading) is None

        await eventually(answered, "the entry to be answered again")
        found = (await caller.ask(reading)).entry
        assert (found.entry_version, found.priority) == (first.entry_version, 0)
        assert (await caller.ask(cache.DeleteEntryRequest(namespace="n", key="acme/one"))).deleted


async def test_before_the_catalogue_is_loaded_only_statistics_are_told(server: ServerProcess, network: Proxy) -> None:
    """NOT_READY: a server that was started before its store says so, and that it holds nothing."""
    network.interrupt()
    async with connect(server.launch().address) as api:
        caller = Caller(api.channel)
        told = await caller.ask(cache.GetCacheStatsRequest())
        assert (told.stats.entry_count, told.revision, told.policies.cache_enabled) == (0, 0, True)
        for request in (cache.GetEntryRequest(key="acme/one"), setting("n"), invalidating(all=True)):
            assert await ending(caller, request) == ("UNAVAILABLE", "NOT_READY"), request
        network.restore()
        server.wait_until_ready()
        assert (await caller.ask(setting("n"))).entry.entry_version


async def test_a_stale_model_is_said_to_be_stale(server: ServerProcess, network: Proxy) -> None:
    """soft and hard: a model whose copy was invalidated softly is answered, marked, while PostgreSQL cannot be asked
    for another, and unmarked once it can; one that was invalidated hard is not answered from before."""
    async with connect(server.start().address) as api:
        caller = Caller(api.channel)
        await caller.ask(discovery.SaveModelRequest(model=plain("acme/held")))
        reading = discovery.GetModelRequest(id="acme/held")
        for _ in range(2):
            assert not (await caller.ask(reading)).stale
        await caller.ask(invalidating(key="acme/held", mode=INVALIDATION_MODE_SOFT))
        network.interrupt()
        for _ in range(2):
            answer = await caller.ask(reading)
            assert (answer.model.id, answer.stale) == ("acme/held", True)
        batch = await caller.ask(discovery.BatchGetModelsRequest(ids=["acme/held", "acme/none"]))
        assert (batch.stale_ids, batch.missing_ids, len(batch.models)) == (["acme/held"], ["acme/none"], 1)
        assert (await caller.ask(discovery.GetStatusRequest())).cache.total_entries == 1
        network.restore()

        async def fresh() -> bool:
            return not (await caller.ask(reading)).stale

        await eventually(fresh, "PostgreSQL to be asked for the model again")
        assert not (await caller.ask(discovery.BatchGetModelsRequest(ids=["acme/held"]))).stale_ids
        await caller.ask(invalidating(key="acme/held"))
        network.interrupt()
        assert await ending(caller, reading) == AWAY
        network.restore()
