"""Servers that share a Redis: what one has read or written the others need not ask PostgreSQL for; and a Redis that
dies under load is missed by nobody."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import grpc
import psycopg
import pytest

from modeldex.v1 import cache_pb2, cache_service_pb2, cache_statistics_pb2, discovery_service_pb2
from modeldex.v1.cache_service_pb2_grpc import CacheServiceStub
from support.api import Api, connect
from support.models import new_id
from support.redis import RedisServer, redis_server
from support.servers import ServerProcess
from support.waiting import eventually
from support.watching import save

READERS = 32
# Beyond what a busy machine does to a call. Reads come from PostgreSQL then, which on one machine takes longer.
SLOWER = 5
SLACK = 0.5  # seconds


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    """A Redis of the test's own."""
    with redis_server() as redis:
        yield redis


@contextmanager
def replica(folder: Path, url: str, redis: RedisServer, **settings: str) -> Iterator[ServerProcess]:
    """A server on a catalogue and a Redis. It ends well."""
    settings = {"MODELDEX_REDIS_URL": redis.url, **settings}
    with ServerProcess(folder, database_url=url, settings=settings).start() as server:
        yield server
        assert server.end() == 0
    assert server.left_behind == []


async def read(api: Api, model_id: str, *, timeout: float = 20) -> str:
    """The name of a model."""
    request = discovery_service_pb2.GetModelRequest(id=model_id)
    return str((await api.discovery.GetModel(request, timeout=timeout)).model.display_name)


async def stats(api: Api) -> cache_statistics_pb2.CacheStats:
    """What the cache of a server counted."""
    answer = await CacheServiceStub(api.channel).GetCacheStats(cache_service_pb2.GetCacheStatsRequest(), timeout=20)
    counted: cache_statistics_pb2.CacheStats = answer.stats
    return counted


async def tier(api: Api, which: cache_pb2.CacheTier.ValueType) -> cache_statistics_pb2.CacheTierStats:
    """The same of one tier."""
    return next(one for one in (await stats(api)).tiers if one.tier == which)


async def questions(api: Api) -> int:
    """Commands that Redis was sent, or was to be."""
    answer = await api.discovery.GetStatus(discovery_service_pb2.GetStatusRequest(), timeout=20)
    return int(answer.redis.operations)


async def save_all(api: Api, ids: list[str]) -> None:
    """Save a model under each id, named after it, some at once."""
    room = asyncio.Semaphore(8)

    async def one(model_id: str) -> None:
        async with room:
            await save(api, model_id, f"name of {model_id}", description="d" * 1000)

    await asyncio.gather(*map(one, ids))


async def holds(redis: RedisServer, api: Api, ids: list[str]) -> None:
    """Wait until Redis holds a copy of each, of a server without memory. What it did not take in its 50 ms, on a busy
    machine, it is given by a read."""

    async def does() -> bool:
        held = int(redis.run("DBSIZE")) >= len(ids)
        if not held and (await stats(api)).dropped_fill_count:
            for one in ids:
                await read(api, one)
        return held

    await eventually(does, f"{len(ids)} copies in Redis")


async def is_left_alone(server: ServerProcess) -> bool:
    """Whether a server asks Redis now and then only."""
    return any("redis_away" in line and '"commands"' in line for line in server.errors.splitlines())


async def test_a_cold_server_answers_from_redis_without_asking_for_documents(
    tmp_path: Path, database_url: str, redis: RedisServer
) -> None:
    """While nobody can read a document from PostgreSQL, a server that was just started answers each model that another
    one wrote. Where Redis takes longer than its 50 ms, on a busy machine, that one is not answered."""
    ids, late = [new_id() for _ in range(60)], 0
    with replica(tmp_path / "first", database_url, redis, MODELDEX_CACHE__BYTES="0") as first:
        async with connect(first.address) as writer:
            await save_all(writer, ids)
            await holds(redis, writer, ids)
    with replica(tmp_path / "second", database_url, redis) as second, psycopg.connect(database_url) as locking:
        async with connect(second.address) as reader:
            locking.execute("LOCK TABLE model_version IN ACCESS EXCLUSIVE MODE")
            for one in ids:
                try:
                    assert await read(reader, one, timeout=10) == f"name of {one}"
                except grpc.aio.AioRpcError:
                    late += 1
            assert late < len(ids) / 4
            redis_tier = await tier(reader, cache_pb2.CACHE_TIER_REDIS)
            database_tier = await tier(reader, cache_pb2.CACHE_TIER_DATABASE)
            answered = len(ids) - late
            assert (redis_tier.hit_count, redis_tier.miss_count, redis_tier.error_count) == (answered, 0, late)
            assert (database_tier.hit_count, database_tier.load_count) == (0, 0)
            counted = await stats(reader)
            assert (counted.hit_count, counted.miss_count) == (answered, 0)
            locking.rollback()


async def test_what_a_server_reads_from_postgresql_the_next_reads_from_redis(
    tmp_path: Path, database_url: str, redis: RedisServer
) -> None:
    """After Redis was flushed the first reader pays, and fills it again."""
    ids = [new_id() for _ in range(20)]
    with replica(tmp_path / "first", database_url, redis, MODELDEX_CACHE__BYTES="0") as first:
        async with connect(first.address) as api:
            await save_all(api, ids)
            await holds(redis, api, ids)
            redis.run("FLUSHALL")
            assert await read_all(api, ids) == (len(ids), 0)
            await holds(redis, api, ids)
            by_database, by_redis = await read_all(api, ids)
            assert by_database + by_redis == len(ids)
            assert by_redis > len(ids) / 2  # all, but on a busy machine: what is not there in 50 ms is not waited for


async def read_all(api: Api, ids: list[str]) -> tuple[int, int]:
    """Read each model; how many PostgreSQL gave, and how many Redis."""
    tiers = (cache_pb2.CACHE_TIER_DATABASE, cache_pb2.CACHE_TIER_REDIS)
    before = [(await tier(api, one)).hit_count for one in tiers]
    assert [await read(api, one) for one in ids] == [f"name of {one}" for one in ids]
    by_database, by_redis = [(await tier(api, one)).hit_count - was for one, was in zip(tiers, before, strict=True)]
    return by_database, by_redis


class Readers:
    """Callers who read at random, one call after the other, and how long each took. One that fails fails the test."""

    def __init__(self, api: Api, ids: list[str]) -> None:
        self._api = api
        self._ids = ids
        self.took: list[float] = []

    async def p90(self, seconds: float) -> float:
        """The 90th percentile of the calls that end within the next seconds: the slowest may have waited for this
        machine."""
        self.took = []
        await asyncio.sleep(seconds)
        return statistics.quantiles(self.took, n=10)[-1]

    async def without_redis(self, seconds: float) -> float:
        """The same while Redis does not answer: it is asked now and then, and not by every call."""
        before = await questions(self._api)
        p90 = await self.p90(seconds)
        assert await questions(self._api) - before < len(self.took) / 10
        return p90

    async def read(self, number: int) -> None:
        """Until cancelled."""
        chance = random.Random(number)
        while True:
            model_id = chance.choice(self._ids)
            began = time.monotonic()
            assert await read(self._api, model_id) == f"name of {model_id}"
            self.took.append(time.monotonic() - began)


@asynccontextmanager
async def reading(api: Api, ids: list[str]) -> AsyncIterator[Readers]:
    """32 of them, until the end of the block."""
    readers = Readers(api, ids)
    tasks = [asyncio.create_task(readers.read(number)) for number in range(READERS)]
    try:
        yield readers
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [one for one in outcomes if not isinstance(one, asyncio.CancelledError)] == []


async def test_a_redis_that_is_killed_under_load_is_missed_by_nobody(
    tmp_path: Path, database_url: str, redis: RedisServer
) -> None:
    """Redis is a helper: 32 callers, and no memory, so that every read asks Redis: none fails, and once Redis is left
    alone calls are as fast as before. When it is back it is asked again, without a restart."""
    ids = [new_id() for _ in range(100)]
    with replica(tmp_path / "server", database_url, redis, MODELDEX_CACHE__BYTES="0") as server:
        async with connect(server.address) as api:
            await save_all(api, ids)
            async with reading(api, ids) as readers:
                before = await readers.p90(2)
                assert (await tier(api, cache_pb2.CACHE_TIER_REDIS)).hit_count > 0
                redis.kill()
                await eventually(lambda: is_left_alone(server), "Redis to be left alone")
                after = await readers.without_redis(2)
                assert after < SLOWER * before + SLACK
                assert (await tier(api, cache_pb2.CACHE_TIER_REDIS)).error_count > 0
                await asyncio.to_thread(redis.start)
                answered = (await tier(api, cache_pb2.CACHE_TIER_REDIS)).hit_count

                async def answers_again() -> bool:
                    return (await tier(api, cache_pb2.CACHE_TIER_REDIS)).hit_count > answered + 100

                await eventually(answers_again, "Redis to be asked again")


async def test_a_redis_that_hangs_under_load_is_missed_by_nobody(
    tmp_path: Path, database_url: str, redis: RedisServer
) -> None:
    """Redis is a helper: connections are open, and nothing is answered: the worst that it can do."""
    ids = [new_id() for _ in range(100)]
    with replica(tmp_path / "server", database_url, redis, MODELDEX_CACHE__BYTES="0") as server:
        async with connect(server.address) as api:
            await save_all(api, ids)
            async with reading(api, ids) as readers:
                before = await readers.p90(1)
                redis.hold()
                await eventually(lambda: is_left_alone(server), "Redis to be left alone")
                after = await readers.without_redis(2)
                redis.release()
                assert after < SLOWER * before + SLACK
