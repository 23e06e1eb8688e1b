"""Statistics of the cache of one process, counted as things happen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from resource import getpagesize
from typing import TYPE_CHECKING, TypeAlias

from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import cache_pb2, feed_statistics_pb2
from modeldex.v1 import cache_statistics_pb2 as pb
from modeldex_server.ledger.documents import stamp
from modeldex_server.security.scope import Scope

if TYPE_CHECKING:
    from modeldex_server.cache.memory import Memory

Tier: TypeAlias = "cache_pb2.CacheTier.ValueType"
Reason: TypeAlias = "cache_pb2.CacheEvictionReason.ValueType"

_MEMORY, _REDIS, _DATABASE = (
    cache_pb2.CACHE_TIER_MEMORY,
    cache_pb2.CACHE_TIER_REDIS,
    cache_pb2.CACHE_TIER_DATABASE,
)
REASONS = tuple(number for number in cache_pb2.CacheEvictionReason.values() if number)
_MOST_KEYS = 100
_MEMORY_OF_PROCESS = Path("/proc/self/statm")


@dataclass(slots=True)
class TierCounts:
    """What one tier did."""

    hits: int = 0
    misses: int = 0
    errors: int = 0
    loads: int = 0
    seconds: float = 0.0  # of all loads
    longest: float = 0.0

    def message(self, tier: Tier) -> pb.CacheTierStats:
        """As callers see it."""
        stats = pb.CacheTierStats(
            tier=tier, hit_count=self.hits, miss_count=self.misses, error_count=self.errors, load_count=self.loads
        )
        if self.loads:
            stats.average_load_time.FromNanoseconds(round(self.seconds / self.loads * 1e9))
            stats.longest_load_time.FromNanoseconds(round(self.longest * 1e9))
        return stats


@dataclass(slots=True)
class _Counts:
    """All that begins anew when everything is cleared."""

    tiers: dict[int, TierCounts] = field(default_factory=lambda: {_REDIS: TierCounts(), _DATABASE: TierCounts()})
    memory_misses: int = 0
    from_redis: int = 0
    sets: int = 0
    deletes: int = 0
    evictions: dict[int, int] = field(default_factory=lambda: dict.fromkeys(REASONS, 0))


class CacheStatistics:
    """Counts reads by how they ended, and what each tier did for them.

    Who answers a read says `hit(MEMORY)`; or `miss(MEMORY)`, and at its end `answered`. A load may be for many reads,
    so what the tiers behind memory were asked for is counted beside.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """`now`: the time, in UTC."""
        self.started_at = now()
        """Since when it counts."""
        self._now = now
        self.hits = 0
        """Reads answered from memory or Redis. Who answers from memory may add to it directly."""
        self.misses = 0
        """Reads answered from PostgreSQL, or of what is not there."""
        self.stored_entries = 0
        """Entries of callers, over all replicas, as the last cleanup counted them."""
        self.cleaned_at: datetime | None = None
        """When memory was last gone through."""
        self._reads_before = 0  # the last reset
        self._counts = _Counts()

    @property
    def reads(self) -> int:
        """All reads since the process was started: no reset makes it less."""
        return self._reads_before + self.hits + self.misses

    @property
    def loads(self) -> int:
        """Requests to PostgreSQL."""
        return self._counts.tiers[_DATABASE].loads

    def hit(self, tier: Tier) -> None:
        """Memory answered a read; or another tier had what a load asked it for."""
        if tier == _MEMORY:
            self.hits += 1
        else:
            self._counts.tiers[tier].hits += 1

    def miss(self, tier: Tier) -> None:
        """Memory could not answer a read; or another tier did not have what a load asked it for."""
        if tier == _MEMORY:
            self._counts.memory_misses += 1
        else:
            self._counts.tiers[tier].misses += 1

    def answered(self, tier: Tier | None) -> None:
        """A read that memory could not answer was answered from Redis or PostgreSQL; None: there is no such entry."""
        if tier == _REDIS:
            self.hits += 1
            self._counts.from_redis += 1
        else:
            self.misses += 1

    def failed(self, tier: Tier) -> None:
        """A tier failed, or was not asked because it had, when it was to be asked for an entry."""
        self._counts.tiers[tier].errors += 1

    def loaded(self, tier: Tier, seconds: float) -> None:
        """A tier answered a request, maybe for many entries."""
        counts = self._counts.tiers[tier]
        counts.loads += 1
        counts.seconds += seconds
        counts.longest = max(counts.longest, seconds)

    def evicted(self, reason: Reason) -> None:
        """A copy left memory."""
        self._counts.evictions[reason] += 1

    def set_(self, count: int = 1) -> None:
        """Callers set entries on this replica."""
        self._counts.sets += count

    def deleted(self, count: int = 1) -> None:
        """Callers deleted entries on this replica."""
        self._counts.deletes += count

    def reset(self) -> None:
        """Begin anew."""
        self.started_at = self._now()
        self._reads_before = self.reads
        self.hits = self.misses = 0
        self._counts = _Counts()

    def tier(self, tier: Tier) -> TierCounts:
        """What a tier did up to now."""
        if tier != _MEMORY:
            return self._counts.tiers[tier]
        return TierCounts(hits=self.hits - self._counts.from_redis, misses=self._counts.memory_misses)

    def evictions(self, reason: Reason) -> int:
        """Copies that left memory for a reason."""
        return self._counts.evictions[reason]

    @property
    def hit_rate(self) -> float:
        """The share of reads that were answered from memory or Redis; 0 before the first."""
        return _share(self.hits, self.hits + self.misses)

    def message(self, memory: Memory, scope: Scope) -> pb.CacheStats:
        """As a caller sees them: totals are of everything, providers and tags of what the scope covers."""
        counts, total = self._counts, self.hits + self.misses
        stats = pb.CacheStats(
            entry_count=len(memory),
            memory_bytes=memory.bytes_used,
            budget_bytes=memory.budget,
            request_count=total,
            hit_count=self.hits,
            miss_count=self.misses,
            hit_rate=_share(self.hits, total),
            miss_rate=_share(self.misses, total),
            tiers=[self.tier(tier).message(tier) for tier in (_MEMORY, _REDIS, _DATABASE)],
            eviction_count=sum(counts.evictions.values()),
            evictions=[pb.CacheEvictionCount(reason=_reason(one), count=counts.evictions[one]) for one in REASONS],
            set_count=counts.sets,
            delete_count=counts.deletes,
            last_cleanup_time=_stamp(self.cleaned_at),
            oldest_entry_time=_stamp(_time(memory.oldest)),
            newest_entry_time=_stamp(_time(memory.newest)),
            providers=key_counts(memory.tally.by_provider(scope)),
            tags=key_counts(memory.tally.by_tag(scope)),
            memory_pressure=memory.pressure,
            process_bytes=resident_bytes(),
            stored_entry_count=self.stored_entries,
        )
        for priority, (count, size) in memory.tally.by_priority().items():
            stats.priorities.add(priority=priority, entry_count=count, memory_bytes=size)
        return stats


def resident_bytes() -> int:
    """Resident bytes of the process; 0 where the system does not tell."""
    try:
        return int(_MEMORY_OF_PROCESS.read_text(encoding="ascii").split()[1]) * getpagesize()
    except OSError:
        return 0


def _share(part: int, total: int) -> float:
    return part / total if total else 0.0


def _reason(number: int) -> Reason:
    return cache_pb2.CacheEvictionReason.ValueType(number)


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _stamp(moment: datetime | None) -> Timestamp | None:
    return None if moment is None else stamp(moment)


def key_counts(counts: Mapping[str, int]) -> feed_statistics_pb2.KeyCounts:
    """The most frequent keys by themselves, the others together."""
    order = sorted(counts, key=lambda key: (-counts[key], key))
    top, rest = order[:_MOST_KEYS], order[_MOST_KEYS:]
    return feed_statistics_pb2.KeyCounts(
        top=[feed_statistics_pb2.KeyCount(key=key, count=counts[key]) for key in top],
        rest_count=sum(counts[key] for key in rest),
        rest_keys=len(rest),
    )
