"""How the cache of a process does, for GetStatus."""

from __future__ import annotations

from modeldex.v1 import discovery_service_pb2 as api
from modeldex_server.cache.memory import Memory
from modeldex_server.cache.policies import Policies
from modeldex_server.cache.statistics import CacheStatistics
from modeldex_server.ledger.documents import stamp
from modeldex_server.store.redis import RedisClient


class CacheReporter:
    """Says how the cache does."""

    def __init__(
        self, memory: Memory, policies: Policies, statistics: CacheStatistics, redis: RedisClient | None = None
    ) -> None:
        self._memory = memory
        self._policies = policies
        self._statistics = statistics
        self._redis = redis

    async def report(self, status: api.GetStatusResponse) -> None:
        """Fill in what is known of it, without asking anybody."""
        cleaned_at = self._statistics.cleaned_at
        status.cache.CopyFrom(
            api.CacheStatus(
                status=self._health(),
                total_entries=len(self._memory),
                hit_rate=self._statistics.hit_rate,
                last_cleanup_time=stamp(cleaned_at) if cleaned_at is not None else None,
                memory_bytes=self._memory.bytes_used,
            )
        )

    def _health(self) -> api.CacheHealth.ValueType:
        if not self._policies.enabled:
            return api.CACHE_HEALTH_OFF
        redis_away = self._redis is not None and not self._redis.healthy
        if redis_away or self._memory.pressure > self._policies.high_water_mark:
            return api.CACHE_HEALTH_DEGRADED
        return api.CACHE_HEALTH_HEALTHY
