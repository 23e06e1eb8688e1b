"""A run: two replicas, writers, watchers and faults at random for so long; then all that must hold of what they saw."""

from __future__ import annotations

import asyncio
import urllib.parse
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc

from modeldex.v1 import discovery_service_pb2 as discovery
from support.checks import Catalogue
from support.principals import Caller
from support.providers import FakeProvider, fake_provider
from support.proxies import Proxy, proxy
from support.redis import RedisServer, redis_server
from support.robustness import history as was
from support.robustness.faults import Faults
from support.robustness.probes import follow
from support.robustness.stage import Replica, Stage, wall_at
from support.robustness.subscribers import Subscriber
from support.robustness.truth import Truth
from support.robustness.watchers import Sleeper, Watcher, watchers
from support.robustness.writers import balance, save_alike, write
from support.servers import LEFT_BEHIND, ServerProcess

_WATCHERS, _SUBSCRIBERS, _WRITERS = 14, 6, 3
_RESUMES = 20
_SETTLE_SECONDS = 60
_SETTINGS = {
    "MODELDEX_DRAIN_TIMEOUT": "3",
    "MODELDEX_SOURCES__FAKE__KIND": "openai_compatible",
    "MODELDEX_DISCOVERY__RETRY_ATTEMPTS": "0",
}
# A client finds a replica that came back soon.
_CHANNEL: list[tuple[str, int]] = [
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.enable_retries", 0),
    ("grpc.max_receive_message_length", -1),
    *((f"grpc.{which}_reconnect_backoff_ms", 300) for which in ("initial", "min", "max")),
]


async def run(folder: Path, database_url: str, *, seed: int, seconds: float) -> Path:
    """Let it run; the file with its history."""
    history = was.History(folder / "history.jsonl")
    try:
        with _setting(folder, database_url) as setting:
            async with _stage(history, seed, setting) as stage:
                history.add(was.Begun(seed, seconds, wall_at(history)))
                await _play(stage, seconds)
                complaints = list(_complaints(folder))
                assert not complaints, "\n".join(complaints)
    finally:
        history.close()
    return history.path


def _complaints(folder: Path) -> Iterator[str]:
    """Lines of the logs of all servers that tell of tasks nobody looked after, and of errors nobody foresaw."""
    for log in folder.glob("replica-*/err.*"):
        for line in log.read_text().splitlines():
            if any(sign in line for sign in (*LEFT_BEHIND, "incident")):
                yield f"{log}: {line[:2000]}"


async def _play(stage: Stage, seconds: float) -> None:
    truth = Truth(stage)
    following: list[Watcher | Subscriber] = [
        *watchers(stage, _WATCHERS),
        *(Subscriber(stage, f"subscriber {at}", explicit=at % 2 == 1) for at in range(_SUBSCRIBERS)),
    ]
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(one.run()) for one in following]
        sleepers = [tasks.create_task(Sleeper(stage, f"sleeper {at}").run()) for at in range(2)]
        writing = [tasks.create_task(write(stage, f"writer {at}", 0.03)) for at in range(_WRITERS)]
        writing.append(tasks.create_task(save_alike(stage, "alike", 0.2)))
        writing.append(tasks.create_task(balance(stage, "balance", 0.2)))
        breaking = tasks.create_task(Faults(stage, truth).run())
        await asyncio.sleep(seconds)
        stage.ending.set()
        await asyncio.gather(*writing, *sleepers, breaking)
        head = await truth.tell()
        stage.history.add(was.Finished(stage.history.now, head))
        stage.head = head
        _, late = await asyncio.wait(running, timeout=_SETTLE_SECONDS)
        names = [one.who for one, task in zip(following, running, strict=True) if task in late]
        for task in late:
            task.cancel()
        assert not names, f"did not reach the head {head}: {names}"
    await truth.tell()  # subscriptions that went on at last
    await _resume_everywhere(stage, head)
    await _list(stage, head, following)
    await asyncio.to_thread(stage.tables.check)


async def _resume_everywhere(stage: Stage, head: int) -> None:
    """From the edge, from the head, and from many a revision between."""
    edge = await asyncio.to_thread(lambda: stage.tables.compacted)
    chance = stage.chance("resumes")
    between = chance.sample(range(edge, head + 1), min(_RESUMES, head - edge))
    for revision in sorted({edge, min(edge + 1, head), head - 1, head, *between}):
        for replica in stage.replicas:
            await follow(stage, f"after {revision} on {replica.number}", replica.number, revision, head)


async def _list(stage: Stage, head: int, following: Sequence[object]) -> None:
    """What copies must be equal to by now."""
    for one in following:
        if isinstance(one, Watcher) and one.request.options.initial_snapshot and not one.request.filters:
            request = discovery.ListModelsRequest(page_size=500, min_revision=head)
            if one.request.HasField("models"):
                request.filter.CopyFrom(one.request.models)
            answer = await stage.ask("list", stage.chance(one.who).randrange(2), request)
            if answer.revision != head:
                continue  # a refresh that outlived its caller came after all
            stage.history.add(was.Listed(one.chain, answer.SerializeToString()))


@dataclass(frozen=True)
class _Setting:
    """All of a stage but its callers."""

    catalogue: Catalogue
    provider: FakeProvider
    redis: RedisServer
    servers: list[ServerProcess]
    stores: list[Proxy]  # between the servers and PostgreSQL
    clients: list[Proxy]  # between clients and the servers


@contextmanager
def _setting(folder: Path, database_url: str) -> Iterator[_Setting]:
    """Two servers behind networks, with all that they need."""
    catalogue = Catalogue(database_url)
    catalogue.run("UPDATE discovery_state SET running = false")
    address = urllib.parse.urlsplit(database_url)
    query = urllib.parse.parse_qs(address.query)
    with ExitStack() as stack:
        provider = stack.enter_context(fake_provider())
        redis = stack.enter_context(redis_server())
        stores = [stack.enter_context(proxy(f"{query['host'][0]}/.s.PGSQL.5432")) for _ in range(2)]
        settings = _SETTINGS | {"MODELDEX_REDIS_URL": redis.url, "MODELDEX_SOURCES__FAKE__URL": provider.url}
        servers = []
        for number, store in enumerate(stores):
            url = f"postgresql://{query['user'][0]}@{store.address}{address.path}"
            server = ServerProcess(folder / f"replica-{number}", database_url=url, settings=settings)
            servers.append(stack.enter_context(server).launch())
        for server in servers:
            server.wait_until_ready()
            server.listen = server.address  # also after a restart
        clients = [stack.enter_context(proxy(server.address)) for server in servers]
        yield _Setting(catalogue, provider, redis, servers, stores, clients)


@asynccontextmanager
async def _stage(history: was.History, seed: int, setting: _Setting) -> AsyncIterator[Stage]:
    """The stage with callers of both replicas."""
    async with AsyncExitStack() as stack:

        async def caller(address: str) -> Caller:
            return Caller(await stack.enter_async_context(grpc.aio.insecure_channel(address, options=_CHANNEL)))

        replicas = [
            Replica(number, server, clients, store, await caller(server.address), await caller(clients.address))
            for number, (server, store, clients) in enumerate(
                zip(setting.servers, setting.stores, setting.clients, strict=True)
            )
        ]
        yield Stage(seed, history, setting.catalogue, setting.provider, setting.redis, replicas)
