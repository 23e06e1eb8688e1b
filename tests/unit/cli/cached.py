"""What a cache tells, made up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from google.protobuf.json_format import ParseDict

from modeldex.v1.cache_pb2 import CacheEvent, CacheEventKind
from modeldex.v1.cache_service_pb2 import GetCacheStatsResponse

NOW = datetime(2026, 11, 22, 12, 1, tzinfo=UTC)
STATS = {
    "replicaId": "r-1",
    "startTime": "2026-11-22T10:00:00Z",
    "revision": "12",
    "stats": {
        "entryCount": "4803",
        "memoryBytes": str(18 << 20),
        "budgetBytes": str(100 << 20),
        "answerBytes": str(1 << 20),
        "requestCount": "12345",
        "hitCount": "11500",
        "missCount": "845",
        "tiers": [
            {"tier": "CACHE_TIER_MEMORY", "hitCount": "11000", "missCount": "1345"},
            {
                "tier": "CACHE_TIER_REDIS",
                "hitCount": "500",
                "missCount": "845",
                "errorCount": "3",
                "loadCount": "400",
                "averageLoadTime": "0.000312s",
                "longestLoadTime": "0.0412s",
            },
        ],
        "evictionCount": "12",
        "evictions": [
            {"reason": "CACHE_EVICTION_REASON_EXPIRED", "count": "3"},
            {"reason": "CACHE_EVICTION_REASON_SUPERSEDED", "count": "9"},
        ],
        "setCount": "3",
        "deleteCount": "1",
        "storedEntryCount": "12",
        "lastCleanupTime": "2026-11-22T12:00:00Z",
        "oldestEntryTime": "2026-11-22T11:00:00Z",
        "newestEntryTime": "2026-11-22T12:00:00Z",
        "providers": {"top": [{"key": "openai", "count": "1200"}], "restKeys": "3"},
        "priorities": [{"priority": 5, "entryCount": "4803", "memoryBytes": str(18 << 20)}],
        "memoryPressure": 0.18,
        "processBytes": str(120 << 20),
    },
    "policies": {
        "cacheEnabled": True,
        "eviction": "lru",
        "ttl": "fixed",
        "discoveryTtl": "600s",
        "refreshTtl": "600s",
        "manualTtl": "3600s",
        "earlyRefresh": 0.8,
        "highWaterMark": 0.9,
        "lowWaterMark": 0.8,
        "cleanupInterval": "60s",
        "redisTtl": "3600s",
    },
}


def stats(replica: str = "r-1", **counters: Any) -> GetCacheStatsResponse:
    """Those of a replica, with other counters."""
    answer: GetCacheStatsResponse = ParseDict(STATS, GetCacheStatsResponse())
    answer.replica_id = replica
    for name, value in counters.items():
        setattr(answer.stats, name, value)
    return answer


def event(kind: str, **fields: Any) -> CacheEvent:
    """An event, for example of the kind "HIT"."""
    made = CacheEvent(kind=CacheEventKind.Value(f"CACHE_EVENT_KIND_{kind}"), **fields)
    made.time.FromDatetime(NOW)
    return made
