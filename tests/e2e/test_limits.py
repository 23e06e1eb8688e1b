"""How much of a server one caller may take: calls a second, and streams."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from statistics import median

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import subscriber_service_pb2 as subscriber
from modeldex_server.store.embedded import EmbeddedServer
from support.api import Problem, problem_of, read_problem
from support.databases import empty_database
from support.models import plain
from support.principals import Caller, TokensFile, own_channel
from support.servers import ServerProcess
from support.waiting import eventually

RATE, STREAMS = 40, 3
GET = discovery.GetModelRequest(id="acme/one")
WATCH = subscriber.WatchRequest()


@dataclass
class Place:
    """A server that limits everybody, and whom the file of tokens treats otherwise."""

    server: ServerProcess
    principals: TokensFile
    tokens: dict[str, str]

    @asynccontextmanager
    async def caller(self, name: str) -> AsyncIterator[Caller]:
        """A channel of one's own for a principal."""
        async with own_channel(self.server.address, self.tokens[name]) as caller:
            yield caller


@pytest.fixture(scope="module")
def place(postgres: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("limits")
    principals = TokensFile(folder / "tokens.toml")
    free = {"calls_per_second": 0, "max_streams": 0}
    tokens = {
        "root": principals.add("root", "admin", **free),
        "free": principals.add("free", "reader", **free),
        "noisy": principals.add("noisy", "reader"),
        "other": principals.add("other", "reader"),
        "slow": principals.add("slow", "reader", calls_per_second=0.02),
        "watcher": principals.add("watcher", "admin", calls_per_second=0, max_streams=1),
        "refresher": principals.add("refresher", "admin", calls_per_second=0, max_streams=1),
    }
    settings = {
        "MODELDEX_TOKENS_FILE": str(principals.path),
        "MODELDEX_CALLS_PER_SECOND": str(RATE),
        "MODELDEX_MAX_STREAMS_PER_PRINCIPAL": str(STREAMS),
    }
    with (
        empty_database(postgres, template) as url,
        ServerProcess(folder / "server", database_url=url, settings=settings) as server,
    ):
        yield Place(server.start(), principals, tokens)
        assert server.left_behind == []


@pytest.fixture(autouse=True)
async def _model(place: Place) -> None:
    """There is a model to ask for, and an answer at hand."""
    async with place.caller("root") as root:
        await root.ask(discovery.SaveModelRequest(model=plain("acme/one")))
        await root.ask(GET)
        await root.ask(GET)


async def taken(caller: Caller, seconds: float) -> int:
    """How many calls of one that tries all the time are taken."""
    count, ends = 0, time.monotonic() + seconds
    while time.monotonic() < ends:
        count += await refusal(caller) is None
    return count


async def refusal(caller: Caller) -> Problem | None:
    """How a call is refused; None where it is taken."""
    try:
        await caller.ask(GET)
    except grpc.aio.AioRpcError as error:
        return read_problem(error)
    return None


async def refusal_of_many(caller: Caller) -> Problem:
    """How one of many calls at once is refused: one after the other they may be too slow to be too many."""
    while True:
        for refused in await asyncio.gather(*(refusal(caller) for _ in range(2 * RATE))):
            if refused is not None:
                return refused


async def test_no_more_calls_are_taken_than_the_rate_allows(place: Place) -> None:
    """quotas: exactly as many as it says, after one second's worth at once, also of answers that are at hand; the rest
    is told how long to wait."""
    async with place.caller("noisy") as noisy:

        async def all_are_had() -> bool:
            began = time.monotonic()
            count = sum(await asyncio.gather(*(taken(noisy, 4) for _ in range(4))))
            lasted = time.monotonic() - began
            assert count <= RATE + RATE * lasted * 1.05 + 1
            return count >= RATE + RATE * 3 * 0.8

        # Whoever tries too seldom, on a machine that is busy, gets less.
        await eventually(all_are_had, "as many calls as are allowed")
        refused = await refusal_of_many(noisy)
        assert refused.short == ("RESOURCE_EXHAUSTED", "RATE_LIMITED")
        assert refused.metadata == {"limit": str(RATE), "principal": "noisy"}
        assert refused.retry_after is not None
        assert 0 < refused.retry_after <= 1.5 / RATE
        await asyncio.sleep(refused.retry_after)
        again = await refusal(noisy)
        if again is not None:  # another of the many took what was waited for; now nobody else asks
            assert again.retry_after is not None
            await asyncio.sleep(again.retry_after)
            assert await refusal(noisy) is None


async def test_a_call_is_counted_before_anything_of_it_is_read(place: Place) -> None:
    """quotas: reads, writes, openings of streams and bytes that are no message alike; who may not call at all is
    counted by nobody."""
    async with place.caller("slow") as slow:

        async def one_is_taken() -> bool:
            return await refusal(slow) is None

        await eventually(one_is_taken, "a call to be taken")
        raw = slow.channel.unary_unary("/modeldex.v1.DiscoveryService/ListModels")
        metadata = (("authorization", f"Bearer {slow.token}"),)
        for call in (
            raw(b"\xff\xff\xff", metadata=metadata),
            slow.ask(discovery.ListModelsRequest(page_size=-1)),
            anext(aiter(slow.open(WATCH))),
        ):
            refused = await problem_of(call)
            assert (refused.reason, refused.metadata["limit"]) == ("RATE_LIMITED", "0.02")
            assert refused.retry_after is not None
            assert 0 < refused.retry_after <= 50
        denied = await problem_of(slow.ask(discovery.StopDiscoveryRequest()))
        assert denied.reason == "PERMISSION_DENIED"


async def test_health_and_reflection_are_not_counted(place: Place) -> None:
    """quotas: whoever looks after servers looks as often as it likes."""
    async with place.caller("slow") as slow:
        stub = health_pb2_grpc.HealthStub(slow.channel)
        for _ in range(20):
            assert (await stub.Check(health_pb2.HealthCheckRequest())).status == 1
        for _ in range(5):
            stream = reflection_pb2_grpc.ServerReflectionStub(slow.channel).ServerReflectionInfo(
                iter([reflection_pb2.ServerReflectionRequest(list_services="")]),
                metadata=(("authorization", f"Bearer {slow.token}"),),
            )
            assert (await stream.read()).list_services_response.service


async def test_the_file_of_tokens_wins_over_the_settings(place: Place) -> None:
    """quotas: 0 is no limit for who has it there."""
    async with place.caller("free") as free:
        for _ in range(4 * RATE):
            await free.ask(GET)


@pytest.mark.parametrize(("name", "most"), [("other", STREAMS), ("watcher", 1)])
async def test_a_principal_has_no_more_streams_than_it_may(place: Place, name: str, most: int) -> None:
    """quotas: one more is refused, on whichever channel; nobody else notices; and one that ends makes room."""
    async with AsyncExitStack() as stack:
        callers = [await stack.enter_async_context(place.caller(name)) for _ in range(2)]
        free = await stack.enter_async_context(place.caller("free"))
        streams = [await stack.enter_async_context(callers[0].recorded(WATCH)) for _ in range(most)]
        for stream in streams:
            await stream.having(lambda one: one.messages, "a stream to begin")
        for caller in callers:
            refused = await problem_of(anext(aiter(caller.open(WATCH))))
            assert refused.short == ("RESOURCE_EXHAUSTED", "TOO_MANY_STREAMS")
            assert refused.metadata == {"limit": str(most), "principal": name}
            assert refused.retry_after == 5
        for _ in range(STREAMS + 1):
            stream = await stack.enter_async_context(free.recorded(WATCH))
            await stream.having(lambda one: one.messages, "a stream of another")
        await streams[0].leave()

        async def opens() -> bool:
            async with callers[1].recorded(WATCH) as again:
                await again.having(lambda one: one.messages or one.code is not None, "an answer")
                return bool(again.messages)

        await eventually(opens, "room for a stream")


async def test_a_refresh_is_no_watch(place: Place) -> None:
    """quotas: streams that end by themselves are not counted as watches."""
    async with place.caller("refresher") as refresher, refresher.recorded(WATCH) as stream:
        await stream.having(lambda one: one.messages, "a stream to begin")
        assert [answer async for answer in refresher.open(discovery.RefreshProvidersRequest())] == []


async def times(caller: Caller, count: int) -> list[float]:
    """How long calls take, one after the other."""
    lasted = []
    for _ in range(count):
        began = time.perf_counter()
        await caller.ask(GET)
        lasted.append(time.perf_counter() - began)
        await asyncio.sleep(0.005)
    return lasted


async def test_a_noisy_principal_costs_others_little(place: Place) -> None:
    """quotas: while one is refused again and again, the others' calls take about as long as before."""
    async with place.caller("free") as free, place.caller("noisy") as noisy:
        alone = median(await times(free, 200))
        ending = asyncio.Event()

        async def knock() -> int:
            refused = 0
            while not ending.is_set():
                tried = await asyncio.gather(*(refusal(noisy) for _ in range(8)))
                refused += sum(one is not None for one in tried)
                await asyncio.sleep(0.005)
            return refused

        knocking = asyncio.create_task(knock())
        beside = median(await times(free, 200))
        ending.set()
        assert await knocking > 0
        # Of what is usual, for the slowest of them may have waited for this machine.
        assert beside <= 10 * alone + 0.05, f"{alone * 1000:.1f} ms alone, {beside * 1000:.1f} ms beside"
