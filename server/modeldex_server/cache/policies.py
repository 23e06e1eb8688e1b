"""Policies: how long copies live, when they are read anew, and which go first. Everything here is pure."""

from __future__ import annotations

import math
from datetime import timedelta
from enum import Enum
from typing import Literal, Protocol

from modeldex.v1 import cache_statistics_pb2 as pb
from modeldex_server.settings.cache import CacheSettings

_DEFAULT_TTL = timedelta(minutes=10)  # until the configuration is read


class Operation(Enum):
    """What brought a copy."""

    DISCOVERY = "discovery"
    """A read."""
    REFRESH = "refresh"
    """A refresh of a source."""
    MANUAL = "manual"
    """A caller, who saved or set it."""


class TtlStrategy(Protocol):
    """Chooses how long a copy lives."""

    def __call__(self, ttl: float, pressure: float) -> float: ...


def fixed(ttl: float, pressure: float) -> float:
    """As long as it is set."""
    return ttl


def by_pressure(ttl: float, pressure: float) -> float:
    """The shorter the fuller memory is: half as long where it is full."""
    return ttl * (1 - min(pressure, 1) / 2)


_TTL_STRATEGIES: dict[Literal["fixed", "pressure"], TtlStrategy] = {"fixed": fixed, "pressure": by_pressure}


class Policies:
    """The policies in force: what settings say, and what the configuration does where they leave it open."""

    def __init__(self, settings: CacheSettings, *, redis: bool = False) -> None:
        """`redis`: whether one is set up."""
        self.enabled = True
        """Whether anything is kept in memory and in Redis at all."""
        self.eviction: Literal["lru", "ttl"] = settings.eviction
        """Which copy goes first of those of the lowest priority."""
        self.high_water_mark = settings.high_water_mark
        self.low_water_mark = settings.low_water_mark
        self.below_high_water = settings.strategies.memory_pressure.enabled
        """Whether memory is kept below its high water mark, and not only below its budget."""
        self._settings = settings
        self._redis = redis
        self._choose = _TTL_STRATEGIES[settings.ttl]
        self._ttl: dict[Operation, timedelta] = {}
        self.use(enabled=True, ttl=_DEFAULT_TTL)

    def use(self, *, enabled: bool, ttl: timedelta) -> None:
        """Take in what the configuration says. `ttl`: of what the settings set none for."""
        self.enabled = enabled
        set_ttl = self._settings
        self._ttl = {
            Operation.DISCOVERY: set_ttl.discovery_ttl or ttl,
            Operation.REFRESH: set_ttl.refresh_ttl or ttl,
            Operation.MANUAL: set_ttl.manual_ttl or ttl,
        }

    @property
    def manual_ttl(self) -> timedelta:
        """The TTL of an entry that a caller sets without one."""
        return self._ttl[Operation.MANUAL]

    def ttl(self, operation: Operation, pressure: float) -> float:
        """How long a copy lives, in seconds.

        Args:
            operation: what brought it.
            pressure: the share of the budget that is used.
        """
        return self._choose(self._ttl[operation].total_seconds(), pressure)

    def refresh_after(self, ttl: float) -> float:
        """The seconds after which a copy that lives so long, and is read, is read anew; inf for never."""
        share = self._settings.early_refresh
        return ttl * share if share < 1 else math.inf

    def message(self) -> pb.CachePolicies:
        """As callers see them."""
        policies = pb.CachePolicies(
            cache_enabled=self.enabled,
            eviction=self.eviction,
            ttl=self._settings.ttl,
            early_refresh=self._settings.early_refresh,
            high_water_mark=self.high_water_mark,
            low_water_mark=self.low_water_mark,
        )
        policies.discovery_ttl.FromTimedelta(self._ttl[Operation.DISCOVERY])
        policies.refresh_ttl.FromTimedelta(self._ttl[Operation.REFRESH])
        policies.manual_ttl.FromTimedelta(self._ttl[Operation.MANUAL])
        policies.cleanup_interval.FromTimedelta(self._settings.cleanup_interval)
        if self._redis:
            policies.redis_ttl.FromTimedelta(self._settings.redis_ttl)
        return policies
