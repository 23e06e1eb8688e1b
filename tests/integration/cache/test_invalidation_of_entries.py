"""What an invalidation does to callers' entries, as replicas answer them from memory, a real Redis and PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from modeldex.v1 import cache_pb2
from modeldex_server.cache.copies import Copies
from modeldex_server.cache.entries.entries import Entries
from modeldex_server.cache.entries.secrets import Secrets
from modeldex_server.cache.policies import Policies
from modeldex_server.errors import EntryNotFound
from modeldex_server.security.secret_paths import SecretPaths
from modeldex_server.store.database import Database
from support.copies import EPOCH, PATIENT, client_of
from support.invalidations import ANN, SOFT, Replica, replica
from support.models import plain
from support.proxies import Proxy, proxy
from support.redis import RedisServer
from support.waiting import eventually

KEY = "acme/one"
TARGETS: list[dict[str, Any]] = [
    {"key": KEY},
    {"tags": ["none", "red"]},
    {"provider": "acme"},
    {"everything": True, "namespace": "ours"},
    {"everything": True},
]
_NAMES = ["key", "tag", "provider", "namespace", "all"]


@dataclass
class Tiers:
    """The entries of one replica, in all tiers. `network` is what they are read over: to invalidate takes another."""

    replica: Replica
    entries: Entries
    copies: Copies
    network: Proxy

    async def read(self) -> cache_pb2.CacheEntry | None:
        """Read the entry; None where there is none."""
        try:
            return cache_pb2.CacheEntry.FromString(await self.entries.get("ours", KEY, ANN))
        except EntryNotFound:
            return None

    async def set(self, note: str, *tags: str) -> cache_pb2.CacheEntry:
        """Set it."""
        made = cache_pb2.CacheEntry(namespace="ours", key=KEY, value=plain(KEY), tags=tags or ["red"])
        made.value.display_name = note
        return await self.entries.set(made, ANN)

    async def in_memory(self) -> None:
        """Have it in memory, and in Redis."""
        found = await self.read()
        assert found is not None
        assert found.in_memory


@pytest.fixture
async def one(database: Database, redis: RedisServer) -> AsyncIterator[Tiers]:
    """The replica that invalidates. It does not poll: only its own acknowledgements make it current."""
    redis.run("FLUSHALL")
    async with tiers(database, redis, follow=False) as one:
        yield one


@asynccontextmanager
async def tiers(near: Database, redis: RedisServer, *, follow: bool = True) -> AsyncIterator[Tiers]:
    """One replica, with its entries in all tiers."""
    async with AsyncExitStack() as stack:
        its = await stack.enter_async_context(replica(near, follow=follow))
        network = stack.enter_context(proxy(f"{conninfo_to_dict(near.url)['host']}/.s.PGSQL.5432"))
        far = await stack.enter_async_context(database_over(network, near.url))
        client = await stack.enter_async_context(client_of(redis.url, seconds=PATIENT))
        policies = Policies(its.settings)
        copies = Copies(
            client,
            prefix="test:",
            ttl=its.settings.redis_ttl,
            epoch=lambda: EPOCH,
            policies=policies,
            statistics=its.statistics,
            events=its.events,
        )
        entries = Entries(
            far,
            memory=its.memory,
            copies=copies,
            floors=its.floors,
            policies=policies,
            statistics=its.statistics,
            events=its.events,
            matcher=lambda _filter: lambda _model: True,
            secrets=Secrets(SecretPaths([]), None),
            most=100,
        )
        writing = asyncio.create_task(copies.run())
        try:
            yield Tiers(its, entries, copies, network)
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)


@asynccontextmanager
async def database_over(network: Proxy, url: str) -> AsyncIterator[Database]:
    """The store, over a network."""
    host, _, port = network.address.rpartition(":")
    database = Database(psycopg.conninfo.make_conninfo(url, host=host, port=port, sslmode="disable"), size=4)
    await database.open()
    yield database
    await database.close()


@pytest.mark.parametrize("target", TARGETS, ids=_NAMES)
async def test_nothing_from_before_is_answered_where_it_was_acknowledged(one: Tiers, target: dict[str, Any]) -> None:
    """soft and hard: though memory and Redis hold the entry, and it was checked a moment ago, it does not exist any
    more; what is set then is answered, as one that was never invalidated."""
    await one.set("before")
    await one.in_memory()
    await one.replica.invalidate(**target)
    assert await one.read() is None
    await one.set("after")
    found = await one.read()
    assert found is not None
    assert (found.value.display_name, found.stale) == ("after", False)


@pytest.mark.parametrize("target", TARGETS, ids=_NAMES)
@pytest.mark.parametrize("held", [False, True])
async def test_who_comes_after_it_does_not_join_a_load_from_before(
    one: Tiers, target: dict[str, Any], *, held: bool
) -> None:
    """late fills: while PostgreSQL's answer to an older reading is on its way over a
    slow network the entry is invalidated; who comes then does not get it, nor does anybody once it has arrived."""
    await one.set("before")
    if held:
        await one.in_memory()
        await asyncio.sleep(1)  # it has to be checked again
    else:
        one.replica.memory.clear(None, cache_pb2.CACHE_EVICTION_REASON_MANUAL)
    one.network.delay = 0.4
    waiting = asyncio.create_task(one.read())
    await asyncio.sleep(0.15)
    await one.replica.invalidate(**target)
    assert await one.read() is None
    await waiting
    one.network.delay = 0
    assert await one.read() is None


@pytest.mark.parametrize("target", TARGETS, ids=_NAMES)
async def test_nothing_from_before_is_answered_elsewhere(
    one: Tiers, redis: RedisServer, target: dict[str, Any]
) -> None:
    """read your set: a replica that nobody tells answers it no more once it has heard of it, nor one
    that is started only then; and a reading that was on its way brings it back on neither."""
    async with tiers(one.replica.database, redis) as other:
        await one.set("before")
        await other.in_memory()
        other.network.delay = 0.4
        await asyncio.sleep(1)
        waiting = asyncio.create_task(other.read())
        await asyncio.sleep(0.15)
        await one.replica.invalidate(**target)
        other.network.delay = 0

        async def applied() -> bool:
            return other.replica.follower.number >= 1

        await eventually(applied, "an invalidation to be in force")
        assert await other.read() is None
        await waiting
        assert await other.read() is None
        async with tiers(one.replica.database, redis) as late:
            assert await late.read() is None


@pytest.mark.parametrize("target", TARGETS, ids=_NAMES)
async def test_what_is_soft_is_marked_until_it_is_set_anew(
    one: Tiers, redis: RedisServer, target: dict[str, Any]
) -> None:
    """soft and hard: the entry stays, on every replica, marked as stale; to set it takes the mark away."""
    async with tiers(one.replica.database, redis) as other:
        await one.set("before")
        await other.in_memory()
        await one.replica.invalidate(**target, mode=SOFT)
        found = await one.read()
        assert found is not None
        assert (found.value.display_name, found.stale) == ("before", True)

        async def marked() -> bool:
            elsewhere = await other.read()
            assert elsewhere is not None
            return elsewhere.stale

        await eventually(marked, "the entry to be stale elsewhere")
        await one.set("after")
        found = await one.read()
        assert found is not None
        assert (found.value.display_name, found.stale) == ("after", False)


async def test_entries_of_others_are_left_alone(one: Tiers) -> None:
    """What is not invalidated is answered as before: of another key, tag, provider or namespace."""
    await one.set("before")
    for target in (
        {"key": "acme/two"},
        {"tags": ["blue"]},
        {"provider": "zeta"},
        {"everything": True, "namespace": "theirs"},
        {"key": KEY, "namespace": "catalogue"},
        {"expired": True},
    ):
        await one.replica.invalidate(**target)
    found = await one.read()
    assert found is not None
    assert (found.value.display_name, found.stale) == ("before", False)
