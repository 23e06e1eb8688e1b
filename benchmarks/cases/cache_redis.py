"""Models that memory does not hold: from Redis as the server reads them, beside a bare redis-py, and beside PostgreSQL
by primary key. All on one machine: over a network a round trip costs both the same more.

Everything runs in one loop in this process, one read after the other, as a cold server's first readers find it.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

import psycopg
import uvloop
from redis.asyncio import Redis as BareRedis

from benchmarks.case import Bar, Case, Plan
from benchmarks.catalogue import all_models
from benchmarks.postgres import DATABASE, url_of
from benchmarks.redis import redis
from benchmarks.rounds import Reading, Turn
from benchmarks.service import packaged
from modeldex_server.cache.copies import Copies, Copy, CopyKey
from modeldex_server.cache.envelope import name_of
from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.policies import Policies
from modeldex_server.cache.statistics import CacheStatistics
from modeldex_server.ledger.versions import load_versions
from modeldex_server.settings.cache import CacheSettings
from modeldex_server.store.database import Database
from modeldex_server.store.redis import RedisClient

_MODELS = 2_000
_BATCH = 100
_PREFIX, _EPOCH = "bench:", "bench"
_BARE, _OURS = "bare redis-py", "Copies.get"
_BARE_POSTGRES, _POSTGRES = "bare psycopg, by primary key", "PostgreSQL, as the server reads it"
_ONE = "SELECT document FROM model_version WHERE model_id = %s AND version = %s"
_EACH = """
SELECT document FROM unnest(%s::text[], %s::bigint[]) AS wanted(model_id, version)
  JOIN model_version USING (model_id, version)"""

Read = Callable[[Sequence[CopyKey]], Awaitable[int]]
"""Reads the models of the keys; how many there were."""


@dataclass(frozen=True, slots=True)
class _Tiers:
    """The same models in Redis and in PostgreSQL."""

    keys: list[CopyKey]
    database: Database
    client: RedisClient
    copies: Copies
    bare: BareRedis
    connection: psycopg.AsyncConnection

    async def from_bare_postgres(self, keys: Sequence[CopyKey]) -> int:
        if len(keys) == 1:
            rows = await self.connection.execute(_ONE, keys[0][1:])
        else:
            rows = await self.connection.execute(_EACH, [[key[1] for key in keys], [key[2] for key in keys]])
        return len(await rows.fetchall())

    async def from_postgres(self, keys: Sequence[CopyKey]) -> int:
        return len(await load_versions(self.database, [(model_id, version) for _, model_id, version in keys]))

    async def from_copies(self, keys: Sequence[CopyKey]) -> int:
        return len(await self.copies.get(keys))

    async def from_bare_redis(self, keys: Sequence[CopyKey]) -> int:
        names = [name_of(_PREFIX, _EPOCH, *key) for key in keys]
        values = [await self.bare.get(names[0])] if len(names) == 1 else await self.bare.mget(names)
        return len([value for value in values if value is not None])

    async def fill(self) -> None:
        """Have Redis hold all models."""
        await self.database.open()
        read = await load_versions(self.database, [(model_id, version) for _, model_id, version in self.keys])
        writer = asyncio.create_task(self.copies.run())
        self.copies.put({("catalogue", *key): Copy(data, 1) for key, data in read.items()})
        while self.copies.written < len(self.keys):
            await asyncio.sleep(0.01)
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)

    async def close(self) -> None:
        await self.database.close()
        await self.client.close()
        await self.bare.aclose()
        await self.connection.close()


async def _filled(keys: list[CopyKey], database_url: str, redis_url: str) -> _Tiers:
    client = RedisClient(redis_url)
    connection = await psycopg.AsyncConnection.connect(database_url, autocommit=True)
    database, bare = Database(database_url, size=4), BareRedis.from_url(redis_url)
    tiers = _Tiers(keys, database, client, _copies(client), bare, connection)
    await tiers.fill()
    return tiers


def _copies(client: RedisClient) -> Copies:
    statistics = CacheStatistics()
    return Copies(
        client,
        prefix=_PREFIX,
        ttl=timedelta(hours=1),
        epoch=lambda: _EPOCH,
        policies=Policies(CacheSettings()),
        statistics=statistics,
        events=CacheEvents(statistics, now=lambda: datetime.now(UTC)),
    )


@contextmanager
def _open(plan: Plan, batch: int) -> Iterator[Mapping[str, Turn]]:
    with (
        packaged() as service,
        redis() as server,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        keys = [("catalogue", model.id, model.version) for model in islice(all_models(service), _MODELS)]
        tiers = runner.run(_filled(keys, url_of(service.data, DATABASE), server.url))
        rows: dict[str, Read] = {
            _BARE: tiers.from_bare_redis,
            _OURS: tiers.from_copies,
            _BARE_POSTGRES: tiers.from_bare_postgres,
            _POSTGRES: tiers.from_postgres,
        }
        yield {name: _reads(runner, read, keys, batch, plan.seconds) for name, read in rows.items()}
        runner.run(tiers.close())


def _reads(runner: asyncio.Runner, read: Read, keys: list[CopyKey], batch: int, seconds: float) -> Turn:
    chance = random.Random(0)

    async def measure() -> tuple[list[float], int]:
        taken, lacking, ends = [], 0, time.perf_counter() + seconds
        while time.perf_counter() < ends:
            wanted = chance.sample(keys, batch)
            begin = time.perf_counter()
            lacking += batch - await read(wanted)
            taken.append((time.perf_counter() - begin) * 1e3)
        return taken, lacking

    def turn() -> Reading:
        taken, lacking = runner.run(measure())
        median = statistics.median(taken)
        beside = {
            "p99 ms": statistics.quantiles(taken, n=100)[-1],
            "models/s": batch / median * 1e3,
            "not in time": lacking / len(taken) / batch,  # the share: a read of Redis is given up after 50 ms
        }
        return Reading(median, beside)

    return turn


ONE = Case(
    name="cache_redis",
    title="a model that memory does not hold: from Redis, and from PostgreSQL",
    unit="ms",
    open=lambda plan: _open(plan, 1),
    base=_BARE,
    # 0.3 ms over it is what the limits, the breaker, the checksum and the counting may cost.
    bars=(Bar(_OURS, 0.3, of="excess", to=_BARE, times=1.5),),
)
MANY = Case(
    name="cache_redis_batch",
    title=f"{_BATCH} models that memory does not hold: in one MGET, and in one statement",
    unit="ms",
    open=lambda plan: _open(plan, _BATCH),
    base=_POSTGRES,
    bars=(Bar(_OURS, 1, of="ratio"),),
)
