"""What the metrics of a process are read from."""

from __future__ import annotations

from modeldex_server.app.rooms import Rooms
from modeldex_server.metrics import Metrics
from modeldex_server.store.breaker import State
from modeldex_server.store.redis import RedisClient


def measure(rooms: Rooms, metrics: Metrics) -> None:
    """Have the metrics read the rooms when Prometheus asks."""
    _measure_store(rooms, metrics)
    _measure_feed(rooms, metrics)
    if rooms.redis is not None:
        _measure_redis(rooms.redis, metrics)


def _measure_store(rooms: Rooms, metrics: Metrics) -> None:
    pool, cache, index, tailer, ledger = rooms.database.statistics, rooms.cache, rooms.index, rooms.tailer, rooms.ledger
    metrics.pool_size.set_function(lambda: pool()[0])
    metrics.pool_idle.set_function(lambda: pool()[0] - pool()[1])
    metrics.pool_waiting.set_function(lambda: pool()[2])
    metrics.index_models.set_function(lambda: len(index.entries))
    metrics.tailer_applied.set_function(lambda: index.revision)
    metrics.tailer_head.set_function(lambda: tailer.head)
    metrics.tailer_lag.set_function(lambda: tailer.lag)
    metrics.cache_bytes.set_function(lambda: cache.bytes_used)
    lost = "Polls that found what no hint had announced."
    metrics.count_from("modeldex_tailer_lost_hints", lost, lambda: tailer.lost_hints)
    metrics.count_from("modeldex_ledger_commits", "Revisions committed here.", lambda: ledger.commits)
    metrics.count_from("modeldex_ledger_retries", "Transactions begun again.", lambda: ledger.retries)
    metrics.count_from("modeldex_cache_hits", "Models found in memory.", lambda: cache.statistics.hits)
    metrics.count_from("modeldex_cache_misses", "Models not found in memory.", lambda: cache.statistics.misses)


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
