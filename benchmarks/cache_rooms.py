"""The rooms of the cache as a server has them, in this process, over whatever gives versions."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.floors import Floors
from modeldex_server.cache.memory import Held, Memory
from modeldex_server.cache.models import ModelCache
from modeldex_server.cache.policies import Policies
from modeldex_server.cache.statistics import CacheStatistics
from modeldex_server.cache.tiers import Load, ModelTiers
from modeldex_server.settings.cache import CacheSettings

TTL = 600.0  # seconds


@dataclass(frozen=True, slots=True)
class CacheRooms:
    """What a process has of them."""

    models: ModelCache
    memory: Memory
    statistics: CacheStatistics


def cache_rooms(load: Load, budget: int) -> CacheRooms:
    """Empty rooms with so many bytes for copies."""
    floors, policies, statistics = Floors(), Policies(CacheSettings()), CacheStatistics()
    events = CacheEvents(statistics, now=lambda: datetime.now(UTC))
    memory = Memory(budget, floors=floors, policies=policies, statistics=statistics, events=events)
    tiers = ModelTiers(load, floors=floors, statistics=statistics)
    models = ModelCache(tiers, memory, floors=floors, policies=policies, statistics=statistics, events=events)
    return CacheRooms(models, memory, statistics)


def copy_of(key: str, data: bytes) -> Held:
    """A copy of a model, as a load of its own makes it."""
    now = time.monotonic()
    return Held(
        namespace="catalogue",
        key=key,
        version=1,
        data=data,
        tags=(),
        priority=5,
        mark=0,
        made_at=time.time(),
        expires=now + TTL,
        refresh_at=now + 0.8 * TTL,
        checked=math.inf,
    )
