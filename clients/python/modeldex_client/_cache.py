"""What both halves of the cache share: entries and invalidations as the contract has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from google.protobuf.struct_pb2 import Struct

from modeldex.v1 import cache_service_pb2 as pb
from modeldex.v1.cache_pb2 import CacheEntry, CacheEventKind
from modeldex.v1.invalidation_pb2 import (
    INVALIDATION_MODE_HARD,
    INVALIDATION_MODE_SOFT,
    InvalidationReason,
    InvalidationTags,
    InvalidationTarget,
)
from modeldex_client import _requests

if TYPE_CHECKING:
    from modeldex.v1.model_pb2 import Model

CATALOGUE = "catalogue"  # the namespace of the catalogue's models
SILENCE = 30.0  # seconds without a message after which a connection counts as dead; one comes every 10
EVENTS = f"/{pb.DESCRIPTOR.services_by_name['CacheService'].full_name}/WatchCacheEvents"
Fields: TypeAlias = Mapping[str, Any] | Struct


def entry(
    namespace: str,
    key: str,
    model: Model,
    *,
    ttl: timedelta | None,
    tags: str | Iterable[str],
    priority: int,
    metadata: Fields | None,
) -> CacheEntry:
    """An entry to be set."""
    return CacheEntry(
        namespace=namespace,
        key=key,
        value=model,
        ttl=_requests.span(ttl),
        tags=_requests.words(tags),
        priority=priority,
        metadata=_struct(metadata),
    )


def invalidation(
    *,
    key: str | None,
    tags: str | Iterable[str] | None,
    provider_id: str | None,
    expired: bool,
    everything: bool,
    namespace: str,
    soft: bool,
    reason: InvalidationReason.ValueType,
    expected_version: int | None,
    context: Fields | None,
) -> pb.InvalidateRequest:
    """What is to be invalidated. Raises ValueError unless there is one target."""
    targets: dict[str, Any] = {
        "key": key,
        "tags": None if tags is None else InvalidationTags(tags=_requests.words(tags)),
        "provider_id": provider_id,
        "expired": expired or None,
        "all": everything or None,
    }
    if sum(value is not None for value in targets.values()) != 1:
        raise ValueError("Give one of key, tags, provider_id, expired and all.")
    return pb.InvalidateRequest(
        namespace=namespace,
        target=InvalidationTarget(**targets),
        mode=INVALIDATION_MODE_SOFT if soft else INVALIDATION_MODE_HARD,
        reason=reason,
        expected_version=expected_version,
        context=_struct(context),
    )


def watching(
    kinds: Iterable[CacheEventKind.ValueType],
    namespaces: str | Iterable[str],
    provider_ids: str | Iterable[str],
    sample_rate: float | None,
) -> pb.WatchCacheEventsRequest:
    """Which events are to come."""
    return pb.WatchCacheEventsRequest(
        kinds=kinds,
        namespaces=_requests.words(namespaces),
        provider_ids=_requests.words(provider_ids),
        sample_rate=sample_rate,
    )


def _struct(fields: Fields | None) -> Struct | None:
    if fields is None or isinstance(fields, Struct):
        return fields
    struct = Struct()
    struct.update(fields)
    return struct
