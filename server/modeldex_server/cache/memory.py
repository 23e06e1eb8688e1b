"""The first tier: copies in the memory of this process, under one budget of bytes, by priority and recency."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1 import invalidation_pb2
from modeldex_server.cache.classes import PriorityClass
from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.floors import Floors, Verdict
from modeldex_server.cache.policies import Policies
from modeldex_server.cache.statistics import CacheStatistics, Reason
from modeldex_server.cache.tally import PRIORITIES, Tally

# What a copy takes beside its bytes and its key, as measured of CPython 3.11: 610 in a memory that was just filled, and
# up to 900 where copies come and go. See the case cache_memory of the benchmarks.
_COPY_BYTES = 720
_TAG_BYTES = 16
# Copies that one put drops at most while memory is above its low water mark, so that no caller waits for all of them.
_AT_A_PUT = 32
_SLICE = 500  # copies that a cleanup looks at before it lets others have the loop

_EXPIRED, _LRU, _MEMORY, _MANUAL, _TAG, _SUPERSEDED = (
    pb.CACHE_EVICTION_REASON_EXPIRED,
    pb.CACHE_EVICTION_REASON_LRU,
    pb.CACHE_EVICTION_REASON_MEMORY,
    pb.CACHE_EVICTION_REASON_MANUAL,
    pb.CACHE_EVICTION_REASON_TAG_INVALIDATION,
    pb.CACHE_EVICTION_REASON_SUPERSEDED,
)


@dataclass(slots=True, eq=False)
class Held:
    """A copy. Its bytes, its tags and its priority do not change."""

    namespace: str
    key: str
    version: int
    data: bytes
    tags: tuple[str, ...]
    priority: int
    mark: int  # the newest invalidation that it is known to be newer than
    made_at: float  # seconds since 1970
    expires: float  # by the monotonic clock, as the next two
    refresh_at: float  # when a read of it has it read anew in the background
    checked: float  # when its version was last seen in PostgreSQL
    accesses: int = 0
    accessed_at: float = 0.0  # seconds since 1970; 0: never
    stale: bool = False

    @property
    def size(self) -> int:
        """The bytes that it takes, bookkeeping included."""
        tags = sum(len(tag) + _TAG_BYTES for tag in self.tags) if self.tags else 0
        return len(self.data) + len(self.key) + tags + _COPY_BYTES


@dataclass(frozen=True, slots=True)
class Freed:
    """What a cleanup dropped."""

    count: int
    bytes: int


class Memory:
    """Copies by namespace and key. To be touched from the event loop only."""

    def __init__(
        self,
        budget: int,
        *,
        floors: Floors,
        policies: Policies,
        statistics: CacheStatistics,
        events: CacheEvents,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """`budget`: bytes. `wall`: seconds since 1970."""
        self.budget = budget
        self.tally = Tally()
        """The copies by provider, tag and priority."""
        self._floors = floors
        self._policies = policies
        self._statistics = statistics
        self._events = events
        self._clock = clock
        self._wall = wall
        self._held: dict[str, dict[str, Held]] = {}  # by namespace and key, in the order in which they were made
        self._count = 0
        self._copy_bytes = 0
        self._classes = tuple(PriorityClass(clock, self._expired) for _ in range(PRIORITIES))
        self._evicted = self._evicted_bytes = 0  # ever
        self._easing = False  # it was above the high water mark, and is not yet at the low one

    def __len__(self) -> int:
        return self._count

    @property
    def bytes_used(self) -> int:
        """What copies and their bookkeeping take."""
        return self._copy_bytes + self.tally.bytes_used

    @property
    def pressure(self) -> float:
        """The share of the budget that is used."""
        return self.bytes_used / self.budget if self.budget else 0.0

    def find(self, namespace: str, key: str) -> Held | None:
        """The copy, for a read: neither expired nor dead. One that is `stale` is no answer yet."""
        held = self._get(namespace, key)
        if held is None or not self._policies.enabled:
            return None
        try:
            self._classes[held.priority][id(held)]  # which makes it the one that was read last
        except KeyError:
            self._remove(held, _EXPIRED)
            return None
        if held.mark < self._floors.number and not self._stands(held):
            return None
        held.accesses += 1
        held.accessed_at = self._wall()
        return held

    def look(self, namespace: str, key: str) -> Held | None:
        """The same for who does not read it: nothing is counted."""
        held = self._get(namespace, key)
        if held is None or not self._policies.enabled:
            return None
        if held.expires <= self._clock():
            self._remove(held, _EXPIRED)
            return None
        return held if held.mark >= self._floors.number or self._stands(held) else None

    def put(self, held: Held) -> bool:
        """Keep a copy, if it is no older than what is held, may be answered, and fits."""
        known = self._get(held.namespace, held.key)
        if known is not None:
            if known.version > held.version:
                return False
            if known.version == held.version:
                held.accesses, held.accessed_at = known.accesses, known.accessed_at
        kept = (
            self._policies.enabled
            and held.size <= self.budget
            and held.expires > self._clock()
            and not self._floors.verdict(held.namespace, held.key, held.tags, held.mark).dead
        )
        if known is not None and known.version < held.version:
            self._remove(known, _SUPERSEDED)
        elif known is not None and kept:
            self._classes[known.priority].discard(known)
            self._forget(known)
        if not kept:
            return False
        self._take_in(held)
        self._make_room()
        return self._get(held.namespace, held.key) is held

    def drop(self, namespace: str, key: str, reason: Reason) -> bool:
        """Drop a copy, and say whether there was one."""
        held = self._get(namespace, key)
        if held is not None:
            self._remove(held, reason)
        return held is not None

    def of(self, namespace: str) -> list[Held]:
        """The copies of a namespace; dead ones may be among them."""
        return list(self._held.get(namespace, {}).values())

    def clear(self, namespace: str | None, reason: Reason) -> int:
        """Drop all copies, or those of a namespace, and say how many they were."""
        chosen = list(self._all()) if namespace is None else self.of(namespace)
        for held in chosen:
            self._remove(held, reason)
        return len(chosen)

    async def cleanup(self) -> Freed:
        """Drop what will not be answered any more, and what is above the high water mark. Others have the loop
        meanwhile."""
        count, used = self._evicted, self._evicted_bytes
        for number, held in enumerate(list(self._all())):
            if number % _SLICE == _SLICE - 1:
                await asyncio.sleep(0)
            if self._get(held.namespace, held.key) is held:
                self._settle(held)
        while self._easing:
            self._make_room()
            await asyncio.sleep(0)
        self._statistics.cleaned_at = datetime.fromtimestamp(self._wall(), UTC)
        return Freed(self._evicted - count, self._evicted_bytes - used)

    def count(self, target: invalidation_pb2.InvalidationTarget, namespace: str) -> int:
        """How many copies an invalidation of a namespace, or of all where it is empty, is about. One with several of
        the tags counts as often."""
        if target.WhichOneof("target") != "key":
            return self.tally.about(target, namespace)
        namespaces = [namespace] if namespace else self._held
        return sum(self._get(within, target.key) is not None for within in namespaces)

    @property
    def oldest(self) -> float | None:
        """When the oldest copy was made, in seconds since 1970."""
        return min((next(iter(within.values())).made_at for within in self._held.values()), default=None)

    @property
    def newest(self) -> float | None:
        """When the newest one was."""
        return max((next(reversed(within.values())).made_at for within in self._held.values()), default=None)

    def _get(self, namespace: str, key: str) -> Held | None:
        within = self._held.get(namespace)
        return None if within is None else within.get(key)

    def _all(self) -> Iterator[Held]:
        return (held for within in self._held.values() for held in within.values())

    def _stands(self, held: Held) -> bool:
        """Whether a copy may be answered, after what was invalidated since it was last asked so."""
        match self._floors.verdict(held.namespace, held.key, held.tags, held.mark):
            case Verdict.FRESH:
                held.mark = self._floors.number  # it is as good as one that is made now
            case Verdict.STALE:
                held.stale = True
            case Verdict.DEAD_TAG:
                self._remove(held, _TAG)
                return False
            case Verdict.DEAD_MANUAL:
                self._remove(held, _MANUAL)
                return False
        return True

    def _settle(self, held: Held) -> None:
        """Drop a copy that will not be answered any more."""
        if not self._policies.enabled:
            self._remove(held, _MANUAL)
        elif held.expires <= self._clock():
            self._remove(held, _EXPIRED)
        elif held.mark < self._floors.number:
            self._stands(held)

    def _make_room(self) -> None:
        """Bring the level down to the low water mark, a little at each put; and at once to where it is not above the
        budget."""
        if self._policies.below_high_water and self.bytes_used > self.budget * self._policies.high_water_mark:
            self._easing = True
        if self._easing:
            low = self.budget * self._policies.low_water_mark
            for _ in range(_AT_A_PUT):
                if self.bytes_used <= low:
                    self._easing = False
                    break
                self._evict(_MEMORY)
        while self.bytes_used > self.budget:
            self._evict(_LRU)

    def _evict(self, reason: Reason) -> None:
        """Drop the copy that is to go first; or some that have expired."""
        priority = self.tally.lowest
        of_it = self._classes[priority]
        if self._policies.eviction == "ttl":
            held = of_it.pop_soonest(lambda: (held for held in self._all() if held.priority == priority))
        else:
            held = of_it.pop_least_recent()
        if held is not None:
            self._left(held, reason)

    def _remove(self, held: Held, reason: Reason) -> None:
        self._classes[held.priority].discard(held)
        self._left(held, reason)

    def _expired(self, held: Held) -> None:
        self._left(held, _EXPIRED)

    def _left(self, held: Held, reason: Reason) -> None:
        """A copy has left its class."""
        self._forget(held)
        self._told(held, reason)

    def _take_in(self, held: Held) -> None:
        self._held.setdefault(held.namespace, {})[held.key] = held
        self._classes[held.priority].add(held)
        self._count += 1
        self._copy_bytes += held.size
        self.tally.add(held.namespace, held.key, held.tags, held.priority, held.size)

    def _forget(self, held: Held) -> None:
        within = self._held[held.namespace]
        del within[held.key]
        if not within:
            del self._held[held.namespace]
        self._count -= 1
        self._copy_bytes -= held.size
        self.tally.remove(held.namespace, held.key, held.tags, held.priority, held.size)

    def _told(self, held: Held, reason: Reason) -> None:
        self._evicted += 1
        self._evicted_bytes += held.size
        self._statistics.evicted(reason)
        self._events.evicted(held, reason)
