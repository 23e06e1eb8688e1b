"""The cache of models for tests: as servers have it, with its parts at hand and a clock that the test moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.copies import Copies
from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.floors import Floors
from modeldex_server.cache.memory import Held, Memory
from modeldex_server.cache.models import ModelCache
from modeldex_server.cache.policies import Policies
from modeldex_server.cache.statistics import CacheStatistics
from modeldex_server.cache.tiers import Load, ModelTiers
from modeldex_server.settings.cache import CacheSettings

_BEGIN = 1_700_000_000.0  # seconds since 1970


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def wall(self) -> float:
        """Seconds since 1970."""
        return _BEGIN + self.now


@dataclass(frozen=True)
class Parts:
    """What the rooms of a cache share."""

    clock: Clock
    floors: Floors
    policies: Policies
    statistics: CacheStatistics
    events: CacheEvents
    memory: Memory

    def invalidate(
        self,
        target: pb.InvalidationTarget,
        *,
        namespace: str = "",
        mode: pb.InvalidationMode.ValueType = pb.INVALIDATION_MODE_HARD,
    ) -> None:
        """Have the next invalidation be in force."""
        number = self.floors.number + 1
        self.floors.apply(pb.Invalidation(number=number, namespace=namespace, target=target, mode=mode))

    def held(
        self,
        key: str,
        *,
        namespace: str = "own",
        version: int = 1,
        ttl: float = 600,
        data: bytes = b"data",
        tags: Sequence[str] = (),
        priority: int = 0,
        mark: int | None = None,
    ) -> Held:
        """A copy that is made now, for `memory.put`."""
        now = self.clock()
        return Held(
            namespace=namespace,
            key=key,
            version=version,
            data=data,
            tags=tuple(tags),
            priority=priority,
            mark=self.floors.number if mark is None else mark,
            made_at=self.clock.wall(),
            expires=now + ttl,
            refresh_at=now + ttl,
            checked=now,
        )


def parts(budget: int = 10**7, settings: CacheSettings | None = None) -> Parts:
    """An empty memory of so many bytes, and what it is told by."""
    clock, floors, policies = Clock(), Floors(), Policies(settings or CacheSettings())
    statistics = CacheStatistics()
    events = CacheEvents(statistics, now=lambda: datetime.fromtimestamp(clock.wall(), UTC), replica_id="here")
    memory = Memory(
        budget,
        floors=floors,
        policies=policies,
        statistics=statistics,
        events=events,
        clock=clock,
        wall=clock.wall,
    )
    return Parts(clock, floors, policies, statistics, events, memory)


def models_over(
    load: Load, of: Parts | None = None, *, copies: Copies | None = None, patience: float = 0.3
) -> ModelCache:
    """A cache of models over what gives versions."""
    of = of or parts()
    return ModelCache(
        ModelTiers(load, floors=of.floors, statistics=of.statistics, copies=copies, clock=of.clock),
        of.memory,
        floors=of.floors,
        policies=of.policies,
        statistics=of.statistics,
        events=of.events,
        clock=of.clock,
        wall=of.clock.wall,
        patience=patience,
    )
