"""What the metrics of a process are read from."""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import Any

from modeldex.v1.cache_pb2 import CacheEvictionReason, CacheTier
from modeldex.v1.history_pb2 import RollbackState
from modeldex_server.app.caching import CacheRooms
from modeldex_server.app.rooms import Rooms
from modeldex_server.cache.statistics import CacheStatistics
from modeldex_server.ledger.changes import Operation
from modeldex_server.metrics import Metrics
from modeldex_server.store.breaker import State
from modeldex_server.store.redis import RedisClient

TIER_COUNTS = {
    "hits": "What the tier had of what it was asked for.",
    "misses": "What it did not have.",
    "errors": "What it was to be asked for, and failed.",
    "loads": "Requests to it.",
    "seconds": "The time that they took.",
}


def measure(rooms: Rooms, metrics: Metrics) -> None:
    """Have the metrics read the rooms when Prometheus asks."""
    _measure_store(rooms, metrics)
    _measure_cache(rooms.cache, metrics)
    _measure_feed(rooms, metrics)
    _measure_history(rooms, metrics)
    if rooms.redis is not None:
        _measure_redis(rooms.redis, metrics)


def _measure_store(rooms: Rooms, metrics: Metrics) -> None:
    pool, index, tailer, ledger = rooms.database.statistics, rooms.index, rooms.tailer, rooms.ledger
    metrics.pool_size.set_function(lambda: pool()[0])
    metrics.pool_idle.set_function(lambda: pool()[0] - pool()[1])
    metrics.pool_waiting.set_function(lambda: pool()[2])
    metrics.index_models.set_function(lambda: len(index.entries))
    metrics.tailer_applied.set_function(lambda: index.revision)
    metrics.tailer_head.set_function(lambda: tailer.head)
    metrics.tailer_lag.set_function(lambda: tailer.lag)
    lost = "Polls that found what no hint had announced."
    metrics.count_from("modeldex_tailer_lost_hints", lost, lambda: tailer.lost_hints)
    metrics.count_from("modeldex_ledger_commits", "Revisions committed here.", lambda: ledger.commits)
    metrics.count_from("modeldex_ledger_retries", "Transactions begun again.", lambda: ledger.retries)


def _measure_history(rooms: Rooms, metrics: Metrics) -> None:
    written, states, cleanup = rooms.ledger.versions, rooms.history.writer.states, rooms.history.cleanup
    versions = {operation.name.lower(): partial(written.__getitem__, operation) for operation in Operation}
    metrics.counts_from("modeldex_history_versions", "Versions written here.", "operation", versions)
    metrics.count_from("modeldex_history_purged", "Versions whose document was purged here.", lambda: cleanup.purged)
    rollbacks = {
        _word(RollbackState, state): partial(states.__getitem__, state) for state in RollbackState.values() if state
    }
    metrics.counts_from("modeldex_history_rollbacks", "Rollbacks that came to a state here.", "state", rollbacks)
    metrics.history_pinned.set_function(lambda: rooms.history.pinned.count)


def _measure_cache(cache: CacheRooms, metrics: Metrics) -> None:
    memory, statistics = cache.memory, cache.statistics
    metrics.cache_entries.set_function(lambda: len(memory))
    metrics.cache_bytes.set_function(lambda: memory.bytes_used)
    metrics.cache_budget.set_function(lambda: memory.budget)
    metrics.cache_answer_bytes.set_function(lambda: cache.instant.bytes_used)
    hits, misses = "Reads answered from memory or Redis.", "Reads answered from PostgreSQL, or of what is not there."
    metrics.count_from("modeldex_cache_hits", hits, lambda: statistics.hits)
    metrics.count_from("modeldex_cache_misses", misses, lambda: statistics.misses)
    evictions = {
        _word(CacheEvictionReason, reason): partial(statistics.evictions, reason)
        for reason in CacheEvictionReason.values()
        if reason
    }
    metrics.counts_from("modeldex_cache_evictions", "Copies that left memory.", "reason", evictions)
    metrics.invalidations_lag.set_function(lambda: monotonic() - cache.follower.checked_at)
    copies = cache.copies
    metrics.count_from("modeldex_redis_copies_written", "Copies that Redis took.", lambda: copies.written)
    dropped = "Copies that Redis did not take, or was too slow for."
    metrics.count_from("modeldex_redis_copies_dropped", dropped, lambda: copies.dropped)
    unreadable = "Copies in Redis that were not what was written there."
    metrics.count_from("modeldex_redis_copies_unreadable", unreadable, lambda: copies.unreadable)
    for count, documentation in TIER_COUNTS.items():
        counts = {
            _word(CacheTier, tier): partial(_of_tier, statistics, tier, count) for tier in CacheTier.values() if tier
        }
        metrics.counts_from(f"modeldex_cache_tier_{count}", documentation, "tier", counts)


def _of_tier(statistics: CacheStatistics, tier: CacheTier.ValueType, count: str) -> float:
    value: float = getattr(statistics.tier(tier), count)
    return value


def _word(enum: Any, number: int) -> str:
    """The name of a value: "memory"."""
    prefix: str = enum.Name(0).removesuffix("UNSPECIFIED")
    name: str = enum.Name(number)
    return name.removeprefix(prefix).lower()


def _measure_feed(rooms: Rooms, metrics: Metrics) -> None:
    feed, health = rooms.feed, rooms.health
    metrics.feed_streams.set_function(lambda: feed.streams)
    metrics.feed_classes.set_function(lambda: feed.classes)
    metrics.feed_bytes.set_function(lambda: feed.ring.bytes_used)
    metrics.feed_stalled.set_function(lambda: health.signs.stalled)
    metrics.loop_late.set_function(lambda: health.signs.late)
    metrics.count_from("modeldex_feed_updates", "Updates sent on streams.", lambda: feed.delivered)
    metrics.count_from("modeldex_feed_messages", "Messages sent on streams.", lambda: feed.messages)
    metrics.count_from("modeldex_feed_catch_ups", "Pages of the log read for streams.", lambda: feed.catch_ups)


def _measure_redis(redis: RedisClient, metrics: Metrics) -> None:
    metrics.redis_away.set_function(lambda: redis.state is not State.CLOSED)
    metrics.redis_listening.set_function(lambda: redis.listening)
    metrics.count_from("modeldex_redis_operations", "Commands for Redis.", lambda: redis.operations)
    failed = "Commands for Redis without a good answer."
    metrics.count_from("modeldex_redis_failures", failed, lambda: redis.failures)
    skipped = "Commands that were not tried because Redis does not answer."
    metrics.count_from("modeldex_redis_skipped", skipped, lambda: redis.skipped)
