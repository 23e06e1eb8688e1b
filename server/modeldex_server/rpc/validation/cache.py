"""The rules of entries and of what is asked of the cache, as `cache.proto` and `cache_service.proto` state them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from google.protobuf.message import Message

from modeldex.v1 import cache_pb2
from modeldex.v1 import cache_service_pb2 as api
from modeldex_server.cache.tiers import NAMESPACE as CATALOGUE
from modeldex_server.errors import Violation
from modeldex_server.rpc.validation.model import ID_BYTES, PROVIDER_ID_BYTES, model_id_problem, model_rules
from modeldex_server.rpc.validation.rules import (
    Names,
    Rule,
    Violations,
    checked,
    each,
    enums,
    not_negative,
    required,
    some,
    span,
    text,
    texts,
    within,
)
from modeldex_server.rpc.validation.structs import struct

LEVELS = 16  # of a Struct

_KEYS, _TAGS, _WATCHED = 1000, 64, 100
_METADATA_BYTES = 16 * 1024
_LIFE = (timedelta(milliseconds=1), timedelta(days=3650), "1 millisecond to 3,650 days")
_TAGS_OF_ENTRY = texts("tags", _TAGS, 128)
_NAMESPACE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


def table(names: Names, models: Rule) -> dict[type[Message], tuple[Rule, ...]]:
    """The rules of each request about entries, and of the cache as a whole. `names` are the capabilities that there
    are, `models` is the rule of a ModelFilter."""
    namespace, own_key = checked("namespace", namespace_problem), checked("key", model_id_problem)
    # Whoever asks for an entry by a key that none can have is told that there is none; only a writer needs its form.
    any_namespace, any_key = checked("namespace", any_namespace_problem), text("key", ID_BYTES, required=True)
    min_revision, page_size, expected = (not_negative(f) for f in ("min_revision", "page_size", "expected_version"))
    entry = _entry(names)
    chosen = (any_namespace, within("filter", (within("models", (models,)), _no_deleted, _TAGS_OF_ENTRY)), _stale)
    return {
        api.GetEntryRequest: (any_namespace, any_key, min_revision),
        api.BatchGetEntriesRequest: (any_namespace, texts("keys", _KEYS, ID_BYTES, least=1), min_revision),
        api.HasEntryRequest: (any_namespace, any_key, min_revision),
        api.SetEntryRequest: (required("entry"), within("entry", entry), expected),
        api.BatchSetEntriesRequest: (each("entries", _KEYS, entry, least=1), _each_once),
        api.DeleteEntryRequest: (namespace, own_key, expected),
        api.BatchDeleteEntriesRequest: (namespace, some("keys", _KEYS), _own_keys),
        api.ListEntriesRequest: (*chosen, page_size, min_revision),
        api.CountEntriesRequest: (*chosen, min_revision),
        api.GetEntryTtlRequest: (any_namespace, any_key),
        api.SetEntryTtlRequest: (namespace, own_key, required("ttl"), span("ttl", *_LIFE)),
        api.RefreshEntryRequest: (any_namespace, any_key),
        api.RefreshProviderEntriesRequest: (any_namespace, text("provider_id", PROVIDER_ID_BYTES, required=True)),
        api.ClearCacheRequest: (any_namespace,),
        api.CleanupCacheRequest: (),
        api.GetCacheStatsRequest: (),
        api.WatchCacheEventsRequest: (
            enums("kinds", cache_pb2.CacheEventKind.DESCRIPTOR, _WATCHED),
            _namespaces,
            texts("provider_ids", _WATCHED, PROVIDER_ID_BYTES),
            _sample_rate,
        ),
    }


def namespace_problem(value: str) -> str | None:
    """What is wrong with the name of a namespace."""
    if _NAMESPACE.fullmatch(value):
        return None
    return 'must be 1 to 64 of a to z, 0 to 9, "_", "-" and ".", and begin with a letter or a digit'


def any_namespace_problem(value: str) -> str | None:
    """The same where it may be left out."""
    return namespace_problem(value) if value else None


def _entry(names: Names) -> tuple[Rule, ...]:
    return (
        checked("namespace", namespace_problem),
        checked("key", model_id_problem),
        required("value"),
        within("value", model_rules(names)),
        _value_is_of_key,
        span("ttl", *_LIFE),
        _TAGS_OF_ENTRY,
        _tags_once,
        _priority,
        struct("metadata", _METADATA_BYTES, LEVELS),
    )


def _value_is_of_key(entry: cache_pb2.CacheEntry, path: str, out: Violations) -> None:
    if entry.value.id and entry.value.id != entry.key:
        out.append(Violation(path + "value.id", "must be the key"))


def _priority(entry: cache_pb2.CacheEntry, path: str, out: Violations) -> None:
    if not 0 <= entry.priority <= 9:
        out.append(Violation(path + "priority", "must be 0 to 9"))


def _each_once(request: api.BatchSetEntriesRequest, path: str, out: Violations) -> None:
    if len(request.entries) <= _KEYS:
        _no_twice(((one.namespace, one.key) for one in request.entries), path + "entries", out)


def _own_keys(request: api.BatchDeleteEntriesRequest, path: str, out: Violations) -> None:
    for at, key in enumerate(request.keys[:_KEYS]):
        if problem := model_id_problem(key):
            out.append(Violation(f"{path}keys[{at}]", problem))


def _no_deleted(chosen: api.CacheEntryFilter, path: str, out: Violations) -> None:
    if chosen.models.include_deleted:
        out.append(Violation(path + "models.include_deleted", "must not be set: a deleted model has no entry"))


def _stale(request: api.ListEntriesRequest | api.CountEntriesRequest, path: str, out: Violations) -> None:
    if request.filter.HasField("stale") and request.namespace in ("", CATALOGUE):
        out.append(Violation(path + "filter.stale", f'must not be set for the namespace "{CATALOGUE}"'))


def _namespaces(request: api.WatchCacheEventsRequest, path: str, out: Violations) -> None:
    if len(request.namespaces) > _WATCHED:
        too_many = f"must have at most {_WATCHED} entries, not {len(request.namespaces):,}"
        out.append(Violation(path + "namespaces", too_many))
        return
    for at, one in enumerate(request.namespaces):
        if problem := namespace_problem(one):
            out.append(Violation(f"{path}namespaces[{at}]", problem))


def _sample_rate(request: api.WatchCacheEventsRequest, path: str, out: Violations) -> None:
    # So that what is no number is refused, too.
    if request.HasField("sample_rate") and not 0 < request.sample_rate <= 1:
        out.append(Violation(path + "sample_rate", "must be above 0 and at most 1"))


def _tags_once(entry: cache_pb2.CacheEntry, path: str, out: Violations) -> None:
    if len(entry.tags) <= _TAGS:
        _no_twice(entry.tags, f"{path}tags", out)


def _no_twice(values: Iterable[object], path: str, out: Violations) -> None:
    seen = set()
    for at, one in enumerate(values):
        if one in seen:
            out.append(Violation(f"{path}[{at}]", "must not occur twice"))
        seen.add(one)
