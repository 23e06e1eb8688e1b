"""Events: what happens in the cache of one process, for whoever watches. While nobody does, nothing is built."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import invalidation_pb2
from modeldex_server.cache.statistics import CacheStatistics, Reason, Tier
from modeldex_server.ledger.documents import stamp
from modeldex_server.security.scope import Scope

if TYPE_CHECKING:
    from modeldex_server.cache.memory import Held

_MOST_BYTES = 4 * 1024 * 1024  # that wait for one watcher; past it the oldest are forgotten
_MESSAGE_BYTES = 512 * 1024  # of the events that are given at once

_Kind: TypeAlias = "pb.CacheEventKind.ValueType"
_SAMPLED = frozenset({pb.CACHE_EVENT_KIND_HIT, pb.CACHE_EVENT_KIND_MISS})
_OF_TIERS = frozenset({pb.CACHE_EVENT_KIND_ERROR, pb.CACHE_EVENT_KIND_REDIS_CONNECTED, pb.CACHE_EVENT_KIND_REDIS_LOST})


class CacheEvents:
    """Numbers what happens, and hands it to those who watch. To be touched from the event loop only."""

    def __init__(
        self,
        statistics: CacheStatistics,
        *,
        now: Callable[[], datetime],
        replica_id: str = "",
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`now`: the time, in UTC. `chance` gives numbers from 0 to 1."""
        self.wanted = False
        """Whether anybody watches. Who reads asks it before it tells of hits."""
        self._statistics = statistics
        self._now = now
        self._replica_id = replica_id
        self._chance = chance
        self._others = 0  # what happened beside reads, which the statistics count
        self._watches: list[CacheEventWatch] = []

    def watch(self, request: api.WatchCacheEventsRequest, scope: Scope) -> CacheEventWatch:
        """What happens from now on, as far as a caller asks for it and may see it. To be closed."""
        watch = CacheEventWatch(self, request, scope, self._chance)
        self._watches.append(watch)
        self.wanted = True
        return watch

    def leave(self, watch: CacheEventWatch) -> None:
        """Somebody watches no more."""
        if watch in self._watches:
            self._watches.remove(watch)
        self.wanted = bool(self._watches)

    def hit(self, namespace: str, key: str, tier: Tier) -> None:
        """A read was answered from memory or Redis. It is counted before."""
        self._tell(pb.CACHE_EVENT_KIND_HIT, entry=pb.CacheEntry(namespace=namespace, key=key), tier=tier)

    def miss(self, namespace: str, key: str) -> None:
        """A read was answered from PostgreSQL, or there is no such entry. It is counted before."""
        self._tell(pb.CACHE_EVENT_KIND_MISS, entry=pb.CacheEntry(namespace=namespace, key=key))

    def evicted(self, held: Held, reason: Reason) -> None:
        """A copy left memory."""
        self._others += 1
        if self.wanted:
            entry = pb.CacheEntry(
                namespace=held.namespace,
                key=held.key,
                entry_version=held.version,
                tags=held.tags,
                priority=held.priority,
                access_count=held.accesses,
                size_bytes=len(held.data),
                stale=held.stale,
            )
            self._tell(pb.CACHE_EVENT_KIND_EVICTION, entry=entry, eviction_reason=reason)

    def set_(self, entry: pb.CacheEntry) -> None:
        """A caller set an entry, or its TTL."""
        self._others += 1
        if self.wanted:
            shown = pb.CacheEntry()
            shown.CopyFrom(entry)
            for name in ("value", "metadata"):
                shown.ClearField(name)
            self._tell(pb.CACHE_EVENT_KIND_SET, entry=shown)

    def deleted(self, namespace: str, key: str) -> None:
        """A caller deleted an entry."""
        self._others += 1
        self._tell(pb.CACHE_EVENT_KIND_DELETED, entry=pb.CacheEntry(namespace=namespace, key=key))

    def cleared(self, invalidation: invalidation_pb2.Invalidation) -> None:
        """A namespace, or everything, was cleared."""
        self._others += 1
        self._tell(pb.CACHE_EVENT_KIND_CLEARED, invalidation=invalidation)

    def invalidated(self, invalidation: invalidation_pb2.Invalidation) -> None:
        """An invalidation is in force here."""
        if invalidation.target.WhichOneof("target") == "provider_id":
            self._others += 1
            self._tell(pb.CACHE_EVENT_KIND_PROVIDER_INVALIDATED, invalidation=invalidation)
        self._others += 1
        self._tell(pb.CACHE_EVENT_KIND_INVALIDATION_COMPLETED, invalidation=invalidation)

    def failed(self, message: str, invalidation: invalidation_pb2.Invalidation | None = None) -> None:
        """An invalidation failed."""
        self._others += 1
        self._tell(pb.CACHE_EVENT_KIND_INVALIDATION_FAILED, message=message, invalidation=invalidation)

    def error(self, tier: Tier, message: str) -> None:
        """A tier failed."""
        self._others += 1
        self._tell(pb.CACHE_EVENT_KIND_ERROR, tier=tier, message=message)

    def redis(self, connected: bool) -> None:
        """Redis answers, or does not answer any more."""
        self._others += 1
        self._tell(pb.CACHE_EVENT_KIND_REDIS_CONNECTED if connected else pb.CACHE_EVENT_KIND_REDIS_LOST)

    def rule(self, kind: _Kind, rule: invalidation_pb2.InvalidationRule, message: str = "") -> None:
        """A rule was created, changed or deleted, or fired."""
        self._others += 1
        self._tell(kind, rule=rule, message=message)

    def _tell(
        self,
        kind: _Kind,
        *,
        entry: pb.CacheEntry | None = None,
        eviction_reason: Reason = pb.CACHE_EVICTION_REASON_UNSPECIFIED,
        tier: Tier = pb.CACHE_TIER_UNSPECIFIED,
        invalidation: invalidation_pb2.Invalidation | None = None,
        rule: invalidation_pb2.InvalidationRule | None = None,
        message: str = "",
    ) -> None:
        """Build an event, once for all who want it."""
        watches = [watch for watch in self._watches if watch.wants(kind, entry, invalidation)]
        if not watches:
            return
        event = pb.CacheEvent(
            kind=kind,
            time=stamp(self._now()),
            sequence=self._others + self._statistics.reads,
            entry=entry,
            eviction_reason=eviction_reason,
            tier=tier,
            invalidation=invalidation,
            rule=rule,
            message=message,
            replica_id=self._replica_id,
        )
        size = event.ByteSize()
        for watch in watches:
            watch.put(event, size)


class CacheEventWatch:
    """What one watcher is to be told. What it does not take in time is forgotten, the oldest first, and counted."""

    def __init__(
        self,
        events: CacheEvents,
        request: api.WatchCacheEventsRequest,
        scope: Scope,
        chance: Callable[[], float],
    ) -> None:
        self._events = events
        self._kinds = frozenset(request.kinds)
        self._namespaces = frozenset(request.namespaces)
        self._providers = frozenset(request.provider_ids)
        self._share = request.sample_rate if request.HasField("sample_rate") else 1.0
        self._scope = scope
        self._chance = chance
        self._waiting: deque[tuple[pb.CacheEvent, int]] = deque()
        self._bytes = 0
        self._lost = 0
        self._filled = asyncio.Event()

    def wants(
        self, kind: _Kind, entry: pb.CacheEntry | None, invalidation: invalidation_pb2.Invalidation | None
    ) -> bool:
        """Whether it is to be told of an event."""
        if self._kinds and kind not in self._kinds:
            return False
        if kind in _SAMPLED and self._share < 1 and self._chance() >= self._share:
            return False
        if entry is not None:
            provider_id = entry.key.partition("/")[0]
            return (
                self._scope.covers(provider_id)
                and (not self._namespaces or entry.namespace in self._namespaces)
                and (not self._providers or provider_id in self._providers)
            )
        return self._sees(invalidation) or kind in _OF_TIERS

    def put(self, event: pb.CacheEvent, size: int) -> None:
        """Have it be told of an event."""
        self._waiting.append((event, size))
        self._bytes += size
        while self._bytes > _MOST_BYTES:
            self._bytes -= self._waiting.popleft()[1]
            self._lost += 1
        self._filled.set()

    async def next(self, timeout: float) -> tuple[list[pb.CacheEvent], int]:
        """What happened since the last call, as soon as anything did, and how many events were forgotten meanwhile.
        Nothing, where nothing happens for `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                await self._filled.wait()
        except TimeoutError:
            return [], 0
        events: list[pb.CacheEvent] = []
        room = _MESSAGE_BYTES
        while self._waiting and room > 0:
            event, size = self._waiting.popleft()
            events.append(event)
            room -= size
            self._bytes -= size
        if not self._waiting:
            self._filled.clear()
        lost, self._lost = self._lost, 0
        return events, lost

    def close(self) -> None:
        """Watch no more."""
        self._events.leave(self)

    def _sees(self, invalidation: invalidation_pb2.Invalidation | None) -> bool:
        """Who does not see all providers is told of an invalidation that is about one it sees, and of no other: tags,
        and what a rule says, may name any."""
        if self._scope.providers is None:
            return True
        target = invalidation.target if invalidation is not None else invalidation_pb2.InvalidationTarget()
        provider_id = target.provider_id or target.key.partition("/")[0]
        return self._scope.covers(provider_id)
