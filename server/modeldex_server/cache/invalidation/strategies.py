"""The built-in ways that entries are invalidated, as settings switch and tune them. Everything here is pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.errors import StrategyDisabled
from modeldex_server.settings.cache import CacheSettings, StrategySettings

TTL, MEMORY_PRESSURE, PROVIDER_UPDATE, TAG_INVALIDATION, VERSION_CHANGE = (
    "ttl",
    "memory_pressure",
    "provider_update",
    "tag_invalidation",
    "version_change",
)

# Of the reasons that are not here none belongs to a strategy.
STRATEGY_OF: Mapping[pb.InvalidationReason.ValueType, str] = {
    pb.INVALIDATION_REASON_TTL_EXPIRED: TTL,
    pb.INVALIDATION_REASON_MEMORY_PRESSURE: MEMORY_PRESSURE,
    pb.INVALIDATION_REASON_PROVIDER_UPDATE: PROVIDER_UPDATE,
    pb.INVALIDATION_REASON_TAG_INVALIDATION: TAG_INVALIDATION,
    pb.INVALIDATION_REASON_MODEL_UPDATE: VERSION_CHANGE,
    pb.INVALIDATION_REASON_VERSION_CHANGE: VERSION_CHANGE,
    pb.INVALIDATION_REASON_CAPABILITY_CHANGE: VERSION_CHANGE,
}
_STRATEGY_OF_TARGET = {"expired": TTL, "provider_id": PROVIDER_UPDATE, "tags": TAG_INVALIDATION}
_DESCRIPTIONS = {
    TTL: "Removes entries that have expired at each cleanup. They are never answered either way.",
    MEMORY_PRESSURE: "Drops copies from memory above the high water mark, by priority, until the low one.",
    PROVIDER_UPDATE: "Invalidates the entries of a provider: on a call, and by itself where its models change.",
    TAG_INVALIDATION: "Invalidates the entries that have a tag.",
    VERSION_CHANGE: "Invalidates entries whose model has another version: on a call, and by itself where it changes.",
}


class Strategies:
    """The strategies of a server."""

    def __init__(self, settings: CacheSettings) -> None:
        self._settings = settings

    def list(self) -> list[pb.InvalidationStrategy]:
        """All of them, by name."""
        return [self._strategy(name) for name in sorted(_DESCRIPTIONS)]

    def enabled(self, name: str) -> bool:
        """Whether one is in force."""
        return self._switch(name).enabled

    def require(self, request: api.InvalidateRequest) -> None:
        """Raises StrategyDisabled where an invalidation belongs to one that is not in force."""
        for name in _strategies_of(request):
            if not self.enabled(name):
                raise StrategyDisabled(name)

    def _switch(self, name: str) -> StrategySettings:
        switch: StrategySettings = getattr(self._settings.strategies, name)
        return switch

    def _strategy(self, name: str) -> pb.InvalidationStrategy:
        strategy = pb.InvalidationStrategy(
            name=name,
            description=_DESCRIPTIONS[name],
            enabled=self.enabled(name),
            local=name == MEMORY_PRESSURE,
            reasons=[reason for reason, of in STRATEGY_OF.items() if of == name],
        )
        strategy.parameters.update(self._parameters(name))
        return strategy

    def _parameters(self, name: str) -> dict[str, Any]:
        settings = self._settings
        own = self._switch(name).model_dump(mode="json", exclude={"enabled"})
        parameters = {f"cache.strategies.{name}.{key}": value for key, value in own.items()}
        if name == TTL:
            parameters["cache.cleanup_interval"] = settings.cleanup_interval.total_seconds()
        if name == MEMORY_PRESSURE:
            for key in ("bytes", "eviction", "high_water_mark", "low_water_mark"):
                parameters[f"cache.{key}"] = getattr(settings, key)
        return parameters


def default_reason(target: pb.InvalidationTarget) -> pb.InvalidationReason.ValueType:
    """The reason that goes with a target."""
    match target.WhichOneof("target"):
        case "tags":
            return pb.INVALIDATION_REASON_TAG_INVALIDATION
        case "expired":
            return pb.INVALIDATION_REASON_TTL_EXPIRED
        case _:
            return pb.INVALIDATION_REASON_MANUAL_INVALIDATION


def _strategies_of(request: api.InvalidateRequest) -> Iterator[str]:
    if (name := _STRATEGY_OF_TARGET.get(request.target.WhichOneof("target") or "")) is not None:
        yield name
    if (name := STRATEGY_OF.get(request.reason)) is not None:
        yield name
    if request.HasField("expected_version"):
        yield VERSION_CHANGE
