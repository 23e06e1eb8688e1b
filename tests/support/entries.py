"""The entries of callers on one replica, in the loop of a test, over a real PostgreSQL and maybe a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1 import invalidation_pb2
from modeldex_server.cache.copies import Copies
from modeldex_server.cache.entries.entries import Entries
from modeldex_server.cache.entries.secrets import Secrets
from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.floors import Floors
from modeldex_server.cache.memory import Memory
from modeldex_server.cache.policies import Policies
from modeldex_server.cache.statistics import CacheStatistics
from modeldex_server.catalogue.matching import model_matcher
from modeldex_server.security.principals import LOCAL, Principal
from modeldex_server.security.roles import Role
from modeldex_server.security.scope import Scope
from modeldex_server.security.secret_paths import SecretPaths
from modeldex_server.settings.cache import CacheSettings
from modeldex_server.store.database import Database
from modeldex_server.store.redis import RedisClient
from support.caches import Clock
from support.models import plain
from support.proxies import Proxy, proxy
from support.waiting import eventually

TEAM = "team"
WRITER = LOCAL
READER = Principal("reader", frozenset({Role.READER}))
STRANGER = Principal("stranger", frozenset({Role.WRITER}), Scope(frozenset({"other"})))


@dataclass
class Replica:
    """One replica."""

    entries: Entries
    memory: Memory
    floors: Floors
    policies: Policies
    statistics: CacheStatistics
    events: CacheEvents
    copies: Copies
    database: Database

    async def name(self, key: str, by: Principal = WRITER) -> str:
        """What the model of an entry is called."""
        return pb.CacheEntry.FromString(await self.entries.get(TEAM, key, by)).value.display_name

    async def read(self, key: str, by: Principal = WRITER) -> pb.CacheEntry:
        """An entry."""
        return pb.CacheEntry.FromString(await self.entries.get(TEAM, key, by))

    async def set(self, key: str, name: str = "", **fields: Any) -> pb.CacheEntry:
        """Set an entry, by a writer."""
        expected = fields.pop("expected_version", None)
        return await self.entries.set(entry(key, name, **fields), WRITER, expected)

    def invalidate(self, **fields: Any) -> None:
        """Have the next invalidation be in force here; the store hears nothing of it."""
        self.floors.apply(invalidation_pb2.Invalidation(number=self.floors.number + 1, **fields))

    @property
    def statements(self) -> int:
        """Statements that read from PostgreSQL so far."""
        return self.statistics.loads


def entry(
    key: str, name: str = "", namespace: str = TEAM, ttl: timedelta | None = None, **fields: Any
) -> pb.CacheEntry:
    """A small entry."""
    made = pb.CacheEntry(namespace=namespace, key=key, value=plain(key, name), **fields)
    if ttl is not None:
        made.ttl.FromTimedelta(ttl)
    return made


@asynccontextmanager
async def replica(
    url: str,
    *,
    redis: str = "",
    budget: int = 10**7,
    most: int = 10**6,
    size: int = 10,
    clock: Clock | None = None,
    secrets: Secrets | None = None,
) -> AsyncIterator[Replica]:
    """A replica over the database of an address, until the end of the block."""
    database, client = Database(url, size=size), RedisClient(redis) if redis else None
    settings = CacheSettings()
    floors, policies, statistics = Floors(), Policies(settings, redis=bool(redis)), CacheStatistics()
    events = CacheEvents(statistics, now=lambda: datetime.now(UTC))
    clocks: dict[str, Any] = {} if clock is None else {"clock": clock, "wall": clock.wall}
    memory = Memory(budget, floors=floors, policies=policies, statistics=statistics, events=events, **clocks)
    copies = Copies(
        client,
        prefix="modeldex:",
        ttl=timedelta(hours=1),
        epoch=lambda: "epoch",
        policies=policies,
        statistics=statistics,
        events=events,
    )
    entries = Entries(
        database,
        memory=memory,
        copies=copies,
        floors=floors,
        policies=policies,
        statistics=statistics,
        events=events,
        matcher=model_matcher,
        secrets=secrets or Secrets(SecretPaths([]), None),
        most=most,
        **clocks,
    )
    await database.open()
    writing = asyncio.create_task(copies.run())
    try:
        yield Replica(entries, memory, floors, policies, statistics, events, copies, database)
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        await entries.settle()
        await database.close()
        if client is not None:
            await client.close()


async def connected(database: Database) -> None:
    """Wait until the connections that its pool has begun are ready: a test may make the way to it slow."""

    async def are_ready() -> bool:
        _, busy, _ = database.statistics()  # those that are not made yet among them
        return busy == 0

    await eventually(are_ready, "connections that are begun to be ready")


@contextmanager
def slow_way(url: str) -> Iterator[tuple[str, Proxy]]:
    """Another address of a database that is on a socket, and the proxy that it leads through."""
    parts = urlsplit(url)
    folder = parse_qs(parts.query)["host"][0]
    with proxy(f"{folder}/.s.PGSQL.5432") as between:
        yield f"postgresql://postgres@{between.address}{parts.path}", between
