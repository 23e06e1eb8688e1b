"""The setting of a run: two servers behind networks, with all that they need, and callers of both."""

from __future__ import annotations

import urllib.parse
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc

from support.checks import Catalogue
from support.ports import free_port
from support.principals import Caller
from support.providers import FakeProvider, fake_provider
from support.proxies import Proxy, proxy
from support.redis import RedisServer, redis_server
from support.robustness import history as was
from support.robustness.stage import Replica, Stage
from support.servers import LEFT_BEHIND, ServerProcess

_SETTINGS = {
    "MODELDEX_DRAIN_TIMEOUT": "3",
    "MODELDEX_DISCOVERY__RETRY_ATTEMPTS": "0",
}
# A client finds a replica that came back soon.
_CHANNEL: list[tuple[str, int]] = [
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.enable_retries", 0),
    ("grpc.max_receive_message_length", -1),
    *((f"grpc.{which}_reconnect_backoff_ms", 300) for which in ("initial", "min", "max")),
]


@dataclass(frozen=True)
class Setting:
    """All of a stage but its callers."""

    catalogue: Catalogue
    provider: FakeProvider
    redis: RedisServer
    servers: list[ServerProcess]
    stores: list[Proxy]  # between the servers and PostgreSQL
    clients: list[Proxy]  # between clients and the servers


@contextmanager
def setting(
    folder: Path, database_url: str, *, source: str = "openai_compatible", settings: Mapping[str, str] | None = None
) -> Iterator[Setting]:
    """Two servers behind networks, with all that they need. `source`: the kind of the one that they have, "fake"."""
    catalogue = Catalogue(database_url)
    catalogue.run("UPDATE discovery_state SET running = false")
    address = urllib.parse.urlsplit(database_url)
    query = urllib.parse.parse_qs(address.query)
    with ExitStack() as stack:
        provider = stack.enter_context(fake_provider())
        redis = stack.enter_context(redis_server())
        stores = [stack.enter_context(proxy(f"{query['host'][0]}/.s.PGSQL.5432")) for _ in range(2)]
        made = _SETTINGS | dict(settings or {}) | {"MODELDEX_REDIS_URL": redis.url}
        made |= {"MODELDEX_SOURCES__FAKE__KIND": source, "MODELDEX_SOURCES__FAKE__URL": provider.url}
        servers = []
        for number, store in enumerate(stores):
            url = f"postgresql://{query['user'][0]}@{store.address}{address.path}"
            listen = f"127.0.0.1:{free_port()}"  # also after a restart
            server = ServerProcess(folder / f"replica-{number}", database_url=url, settings=made, listen=listen)
            servers.append(stack.enter_context(server).launch())
        for server in servers:
            server.wait_until_ready()
        clients = [stack.enter_context(proxy(server.address)) for server in servers]
        yield Setting(catalogue, provider, redis, servers, stores, clients)


@asynccontextmanager
async def staged(
    history: was.History, seed: int, made: Setting, tokens: Mapping[str, str] | None = None
) -> AsyncIterator[Stage]:
    """The stage with callers of both replicas. `tokens`: of principals by their names; "" of all others."""
    known = dict(tokens or {})
    async with AsyncExitStack() as stack:

        async def caller(address: str) -> Caller:
            channel = await stack.enter_async_context(grpc.aio.insecure_channel(address, options=_CHANNEL))
            return Caller(channel, known.get("", ""))

        replicas = [
            Replica(number, server, clients, store, await caller(server.address), await caller(clients.address))
            for number, (server, store, clients) in enumerate(zip(made.servers, made.stores, made.clients, strict=True))
        ]
        yield Stage(seed, history, made.catalogue, made.provider, made.redis, replicas, tokens=known)


def assert_no_complaints(folder: Path) -> None:
    """No line of the logs of all servers tells of tasks nobody looked after, or of errors nobody foresaw."""
    complaints = [
        f"{log}: {line[:2000]}"
        for log in folder.glob("replica-*/err.*")
        for line in log.read_text().splitlines()
        if any(sign in line for sign in (*LEFT_BEHIND, "incident"))
    ]
    assert not complaints, "\n".join(complaints)
