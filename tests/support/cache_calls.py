"""Calls of CacheService for tests: entries to set, and targets to invalidate."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from google.protobuf.duration_pb2 import Duration

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import invalidation_pb2
from support.models import plain

_numbers = itertools.count(1)


def new_namespace() -> str:
    """A namespace that no other test uses."""
    return f"test-{next(_numbers)}"


def span(seconds: float) -> Duration:
    """So many seconds."""
    made = Duration()
    made.FromTimedelta(timedelta(seconds=seconds))
    return made


def entry(namespace: str, key: str = "acme/one", *, ttl: float | None = None, **fields: Any) -> pb.CacheEntry:
    """A small entry of a model of its key."""
    given = {"value": plain(key)} | fields
    return pb.CacheEntry(namespace=namespace, key=key, ttl=None if ttl is None else span(ttl), **given)


def setting(
    namespace: str, key: str = "acme/one", *, expected: int | None = None, **fields: Any
) -> api.SetEntryRequest:
    """To set a small entry."""
    return api.SetEntryRequest(entry=entry(namespace, key, **fields), expected_version=expected)


def invalidating(**given: Any) -> api.InvalidateRequest:
    """To invalidate a target: key=, tags=, provider_id=, expired= or all=; with what else is given."""
    names = invalidation_pb2.InvalidationTarget.DESCRIPTOR.fields_by_name
    target = {name: given.pop(name) for name in list(given) if name in names}
    if "tags" in target:
        target["tags"] = invalidation_pb2.InvalidationTags(tags=target["tags"])
    return api.InvalidateRequest(target=invalidation_pb2.InvalidationTarget(**target), **given)
