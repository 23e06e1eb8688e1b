"""Statistics of the cache: as it counts them, and as callers see them."""

from __future__ import annotations

from datetime import timedelta

from modeldex.v1 import cache_pb2
from modeldex.v1.discovery_service_pb2 import (
    CACHE_HEALTH_DEGRADED,
    CACHE_HEALTH_HEALTHY,
    CACHE_HEALTH_OFF,
    GetStatusResponse,
)
from modeldex_server.cache.statistics import resident_bytes
from modeldex_server.cache.status import CacheReporter
from modeldex_server.security.scope import EVERYTHING, Scope
from modeldex_server.store.redis import RedisClient
from support.caches import Parts, parts

_MEMORY, _REDIS, _DATABASE = (
    cache_pb2.CACHE_TIER_MEMORY,
    cache_pb2.CACHE_TIER_REDIS,
    cache_pb2.CACHE_TIER_DATABASE,
)


def _read_some(own: Parts) -> None:
    """Five reads from memory, three from Redis, one from PostgreSQL, and one of what is not there."""
    counted = own.statistics
    for _ in range(5):
        counted.hit(_MEMORY)
    for tier in (_REDIS, _REDIS, _REDIS, _DATABASE, None):
        counted.miss(_MEMORY)
        counted.answered(tier)
    for seconds in (0.1, 0.3):
        counted.loaded(_DATABASE, seconds)
    counted.hit(_REDIS)
    counted.miss(_REDIS)
    counted.failed(_REDIS)


def test_reads_are_counted_by_how_they_ended() -> None:
    """Every read is a hit or a miss: from memory or Redis, or from PostgreSQL or not there at all."""
    own = parts()
    assert own.statistics.message(own.memory, EVERYTHING).hit_rate == 0
    _read_some(own)
    stats = own.statistics.message(own.memory, EVERYTHING)
    assert (stats.request_count, stats.hit_count, stats.miss_count) == (10, 8, 2)
    assert (stats.hit_rate, stats.miss_rate) == (0.8, 0.2)
    memory, redis, database = stats.tiers
    assert [tier.tier for tier in stats.tiers] == [_MEMORY, _REDIS, _DATABASE]
    assert (memory.hit_count, memory.miss_count, memory.load_count) == (5, 5, 0)
    assert (redis.hit_count, redis.miss_count, redis.error_count) == (1, 1, 1)
    assert database.load_count == 2
    assert database.average_load_time.ToTimedelta() == timedelta(seconds=0.2)
    assert database.longest_load_time.ToTimedelta() == timedelta(seconds=0.3)
    assert not memory.HasField("average_load_time")


def test_what_is_held_is_told_as_it_is() -> None:
    """Entries, bytes, evictions, the oldest and the newest are those of memory; providers and tags are those that a
    caller may see."""
    own = parts(budget=50_000)
    own.memory.put(own.held("a/1", tags=["red", "blue"], priority=2))
    own.clock.now += 5
    own.memory.put(own.held("b/1", tags=["red"]))
    own.memory.put(own.held("b/2"))
    own.memory.drop("own", "b/2", cache_pb2.CACHE_EVICTION_REASON_MANUAL)
    stats = own.statistics.message(own.memory, EVERYTHING)
    assert (stats.entry_count, stats.budget_bytes) == (2, 50_000)
    assert stats.memory_bytes == own.memory.bytes_used > sum(one.memory_bytes for one in stats.priorities) > 0
    assert stats.memory_pressure == stats.memory_bytes / 50_000
    assert stats.oldest_entry_time.seconds == stats.newest_entry_time.seconds - 5
    assert [(one.key, one.count) for one in stats.tags.top] == [("red", 2), ("blue", 1)]
    assert [(one.key, one.count) for one in stats.providers.top] == [("a", 1), ("b", 1)]
    assert [(one.priority, one.entry_count) for one in stats.priorities] == [(2, 1), (0, 1)]
    told = {one.reason: one.count for one in stats.evictions}
    assert (stats.eviction_count, told[cache_pb2.CACHE_EVICTION_REASON_MANUAL], len(told)) == (1, 1, 6)
    seen = own.statistics.message(own.memory, Scope(frozenset({"b"})))
    assert [one.key for one in seen.tags.top] == ["red"]
    assert [(one.key, one.count) for one in seen.providers.top] == [("b", 1)]
    assert seen.entry_count == 2


def test_tags_beyond_the_hundred_most_frequent_come_together() -> None:
    """The 100 most frequent tags are told by themselves, equals by name, and the rest as a sum."""
    own = parts()
    for number in range(130):
        tags = [f"tag-{number:03}"] + (["often"] if number < 9 else [])
        own.memory.put(own.held(f"a/{number}", tags=tags))
    tags = own.statistics.message(own.memory, EVERYTHING).tags
    assert [(one.key, one.count) for one in tags.top[:2]] == [("often", 9), ("tag-000", 1)]
    assert (len(tags.top), tags.rest_count, tags.rest_keys) == (100, 31, 31)


def test_counting_begins_anew_and_reads_go_on_growing() -> None:
    """What ClearCache resets is counted from zero; the number that orders events never goes back."""
    own = parts()
    _read_some(own)
    own.statistics.set_(3)
    own.statistics.deleted()
    stats = own.statistics.message(own.memory, EVERYTHING)
    assert (stats.set_count, stats.delete_count) == (3, 1)
    own.statistics.reset()
    stats = own.statistics.message(own.memory, EVERYTHING)
    assert (stats.request_count, stats.set_count, stats.delete_count, stats.tiers[2].load_count) == (0, 0, 0, 0)
    assert own.statistics.reads == 10
    own.statistics.hit(_MEMORY)
    assert own.statistics.reads == 11


def test_the_size_of_the_process_is_told() -> None:
    """In bytes: more than the interpreter alone, less than the machine."""
    assert 10 * 2**20 < resident_bytes() < 2**40


async def test_the_cache_says_how_it_does() -> None:
    """Healthy; degraded above the high water mark and where Redis is set up and does not answer; off where it is."""
    own = parts(budget=10_000)
    nowhere = RedisClient("redis://localhost:1/0")  # nothing was asked of it, so nothing was answered

    async def told(redis: RedisClient | None = None) -> GetStatusResponse:
        status = GetStatusResponse()
        await CacheReporter(own.memory, own.policies, own.statistics, redis).report(status)
        return status

    assert (await told()).cache.status == CACHE_HEALTH_HEALTHY
    assert (await told(nowhere)).cache.status == CACHE_HEALTH_DEGRADED
    own.memory.put(own.held("a/1", data=b"x" * 8000))
    own.memory.put(own.held("a/2", data=b"x" * 10))
    _read_some(own)
    cache = (await told()).cache
    assert (cache.total_entries, cache.memory_bytes, cache.hit_rate) == (
        len(own.memory),
        own.memory.bytes_used,
        0.8,
    )
    own.policies.use(enabled=False, ttl=timedelta(minutes=10))
    assert (await told()).cache.status == CACHE_HEALTH_OFF
    await nowhere.close()
