"""What invalidates on one replica, in the loop of a test, over a real PostgreSQL; and entries for it, in the store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.entries.population import Population
from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.floors import Floors
from modeldex_server.cache.invalidation.following import Follower
from modeldex_server.cache.invalidation.making import Invalidator
from modeldex_server.cache.invalidation.strategies import Strategies
from modeldex_server.cache.invalidation.sweeping import Sweeper
from modeldex_server.cache.memory import Held, Memory
from modeldex_server.cache.policies import Policies
from modeldex_server.cache.statistics import CacheStatistics
from modeldex_server.security.principals import Principal
from modeldex_server.security.roles import Role
from modeldex_server.security.scope import Scope
from modeldex_server.settings.cache import CacheSettings
from modeldex_server.store.database import Database

ANN = Principal("ann", frozenset({Role.ADMIN}))
BOB = Principal("bob", frozenset({Role.ADMIN}), Scope(frozenset({"acme"})))
HARD, SOFT = pb.INVALIDATION_MODE_HARD, pb.INVALIDATION_MODE_SOFT
_HOUR = timedelta(hours=1)

_SET = """
INSERT INTO cache_entry (namespace, key, value, model_version, tags, priority, metadata, ttl, principal, expires_at)
SELECT namespace, key, '', model_version, string_to_array(tags, ','), 0, '', %(ttl)s, 'ann',
       clock_timestamp() + %(ttl)s
FROM unnest(%(namespaces)s::text[], %(keys)s::text[], %(versions)s::bigint[], %(tags)s::text[])
    AS entry (namespace, key, model_version, tags)
ORDER BY namespace, key
ON CONFLICT (namespace, key) DO UPDATE
SET entry_version = nextval('cache_entry_version'), stale = false, tags = EXCLUDED.tags,
    model_version = EXCLUDED.model_version, expires_at = EXCLUDED.expires_at"""
_STORED = "SELECT namespace, key, stale FROM cache_entry ORDER BY namespace, key"


@dataclass(frozen=True)
class Stored:
    """An entry of a caller, as far as invalidations know it. Its time may be over already."""

    namespace: str
    key: str
    tags: tuple[str, ...] = ()
    model_version: int = 0
    expired: bool = False


@dataclass(frozen=True)
class _Row:
    namespace: str
    key: str
    stale: bool


@dataclass
class Replica:
    """What one process has. It hears of what others invalidate by its polls."""

    database: Database
    settings: CacheSettings
    follower: Follower
    floors: Floors
    memory: Memory
    statistics: CacheStatistics
    events: CacheEvents
    strategies: Strategies
    invalidator: Invalidator
    sweeper: Sweeper
    applied: list[pb.Invalidation] = field(default_factory=list)
    rewound: list[int] = field(default_factory=list)

    async def invalidate(self, by: Principal = ANN, **request: Any) -> api.InvalidateResponse:
        """Invalidate as an RPC does."""
        return await self.invalidator.invalidate(invalidation(**request), by)

    def hold(self, namespace: str, key: str, *tags: str, mark: int | None = None, version: int = 1) -> None:
        """Put a copy into memory, as a load does that began when `mark` was the newest invalidation."""
        held = Held(
            namespace=namespace,
            key=key,
            version=version,
            data=b"a model",
            tags=tags,
            priority=0,
            mark=self.floors.number if mark is None else mark,
            made_at=0.0,
            expires=float("inf"),
            refresh_at=float("inf"),
            checked=0.0,
        )
        self.memory.put(held)


@asynccontextmanager
async def replica(
    database: Database, settings: CacheSettings | None = None, *, follow: bool = True
) -> AsyncIterator[Replica]:
    """One replica that is loaded, until the end of the block. `follow`: whether it polls."""
    settings = settings or CacheSettings()
    floors, policies, statistics = Floors(), Policies(settings), CacheStatistics()
    events = CacheEvents(statistics, now=lambda: datetime.now(UTC))
    memory = Memory(10**8, floors=floors, policies=policies, statistics=statistics, events=events)
    applied: list[pb.Invalidation] = []
    rewound: list[int] = []
    follower = Follower(
        database,
        floors,
        memory,
        events,
        redis_ttl=settings.redis_ttl,
        on_applied=[applied.append],
        on_rewind=[lambda: rewound.append(floors.number)],
    )
    strategies = Strategies(settings)
    invalidator = Invalidator(database, follower, memory, strategies, statistics, events)
    population = Population(database, statistics, most=settings.max_entries)
    sweeper = Sweeper(
        database, follower, memory, strategies, recount=population.recount, interval=settings.cleanup_interval
    )
    await follower.load()
    following = asyncio.create_task(follower.run()) if follow else None
    try:
        yield Replica(
            database,
            settings,
            follower,
            floors,
            memory,
            statistics,
            events,
            strategies,
            invalidator,
            sweeper,
            applied,
            rewound,
        )
    finally:
        if following is not None:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


def invalidation(
    *,
    namespace: str = "",
    key: str = "",
    tags: Iterable[str] = (),
    provider: str = "",
    expired: bool = False,
    everything: bool = False,
    **rest: Any,
) -> api.InvalidateRequest:
    """A request, by its only target."""
    target = pb.InvalidationTarget()
    if key:
        target.key = key
    elif tags:
        target.tags.tags.extend(tags)
    elif provider:
        target.provider_id = provider
    elif expired:
        target.expired = True
    elif everything:
        target.all = True
    return api.InvalidateRequest(namespace=namespace, target=target, **rest)


async def store(database: Database, *entries: Stored, ttl: timedelta = _HOUR) -> None:
    """Set entries, in one statement for those that live and one for those that do not."""
    for expired in (False, True):
        chosen = [entry for entry in entries if entry.expired is expired]
        if chosen:
            parameters = {
                "namespaces": [entry.namespace for entry in chosen],
                "keys": [entry.key for entry in chosen],
                "versions": [entry.model_version for entry in chosen],
                "tags": [",".join(entry.tags) for entry in chosen],
                "ttl": -ttl if expired else ttl,
            }
            await database.execute(_SET, parameters)


async def stored(database: Database) -> dict[tuple[str, str], bool]:
    """Which entries there are in the store, and whether each is stale."""
    return {(row.namespace, row.key): row.stale for row in await database.rows(_Row, _STORED)}
