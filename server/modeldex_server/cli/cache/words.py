"""Words of the cache: tiers, reasons, targets and kinds of events, as people say them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from modeldex_server.cli.terminal import texts

if TYPE_CHECKING:
    from modeldex.v1.cache_pb2 import CacheEventKind, CacheEvictionReason, CacheTier
    from modeldex.v1.invalidation_pb2 import Invalidation, InvalidationMode, InvalidationReason, InvalidationTarget


class Why(StrEnum):
    """Why entries were invalidated, as it is typed."""

    TTL_EXPIRED = "ttl-expired"
    MEMORY_PRESSURE = "memory-pressure"
    PROVIDER_UPDATE = "provider-update"
    MODEL_UPDATE = "model-update"
    TAG_INVALIDATION = "tag-invalidation"
    MANUAL_INVALIDATION = "manual-invalidation"
    VERSION_CHANGE = "version-change"
    CAPABILITY_CHANGE = "capability-change"
    CONFIGURATION_CHANGE = "configuration-change"


def reason_of(why: Why | None) -> InvalidationReason.ValueType:
    """A reason as the contract has it."""
    from modeldex.v1.invalidation_pb2 import InvalidationReason  # noqa: PLC0415

    return InvalidationReason.Value(f"INVALIDATION_REASON_{why.name if why is not None else 'UNSPECIFIED'}")


def tier(number: CacheTier.ValueType) -> str:
    """ "memory"."""
    from modeldex.v1.cache_pb2 import CacheTier  # noqa: PLC0415

    return texts.word(CacheTier.Name, number, "CACHE_TIER_")


def eviction(number: CacheEvictionReason.ValueType) -> str:
    """ "tag invalidation"."""
    from modeldex.v1.cache_pb2 import CacheEvictionReason  # noqa: PLC0415

    return texts.word(CacheEvictionReason.Name, number, "CACHE_EVICTION_REASON_")


def kind(number: CacheEventKind.ValueType) -> str:
    """ "redis lost"."""
    from modeldex.v1.cache_pb2 import CacheEventKind  # noqa: PLC0415

    return texts.word(CacheEventKind.Name, number, "CACHE_EVENT_KIND_")


def reason(number: InvalidationReason.ValueType) -> str:
    """ "provider update"."""
    from modeldex.v1.invalidation_pb2 import InvalidationReason  # noqa: PLC0415

    return texts.word(InvalidationReason.Name, number, "INVALIDATION_REASON_")


def mode(number: InvalidationMode.ValueType) -> str:
    """ "hard"."""
    from modeldex.v1.invalidation_pb2 import InvalidationMode  # noqa: PLC0415

    return texts.word(InvalidationMode.Name, number, "INVALIDATION_MODE_")


def target(one: InvalidationTarget) -> str:
    """What an invalidation is about."""
    match one.WhichOneof("target"):
        case "key":
            return texts.safe(one.key)
        case "tags":
            return f"{'tag' if len(one.tags.tags) == 1 else 'tags'} {texts.words(one.tags.tags)}"
        case "provider_id":
            return f"provider {texts.safe(one.provider_id)}"
        case "expired":
            return "what has expired"
        case _:
            return "everything"


def about(invalidation: Invalidation) -> str:
    """What it is about, and where: "tag large in gateway"."""
    where = f" in {texts.safe(invalidation.namespace)}" if invalidation.namespace else ""
    return f"{target(invalidation.target)}{where}"
