"""What must hold of entries, and of what is asked of the cache, as the comments of the contract state it."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import perf_counter
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct, Value

from modeldex.v1 import cache_pb2, model_pb2
from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1.discovery_service_pb2 import ModelFilter
from modeldex_server.rpc.frame.method import Limits, methods
from support.violations import VALIDATOR, violations


def entry(key: str = "acme/one", **fields: Any) -> cache_pb2.CacheEntry:
    """A good entry, but for what is given."""
    given = {"namespace": "prices", "key": key, "value": model_pb2.Model(id=key)} | fields
    return cache_pb2.CacheEntry(**given)


def setting(**fields: Any) -> api.SetEntryRequest:
    return api.SetEntryRequest(entry=entry(**fields))


def span(seconds: int, nanos: int = 0) -> Duration:
    return Duration(seconds=seconds, nanos=nanos)


def nested(levels: int, *, lists: bool = False) -> Struct:
    """A Struct of so many levels, itself the first; those below are lists, or Structs too."""
    outer = Struct()
    value = outer.fields["a"]
    for _ in range(levels - 1):
        value = value.list_value.values.add() if lists else value.struct_value.fields["a"]
    value.number_value = 1
    return outer


def test_every_request_of_the_service_has_rules() -> None:
    for method in methods(api.DESCRIPTOR.services_by_name["CacheService"], Limits()):
        VALIDATOR.checker(method.request)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"namespace": "a"},
        {"namespace": "0.b_c-d" + "x" * 57},
        {"ttl": span(0, 1_000_000)},
        {"ttl": span(0, 10_000_000)},
        {"ttl": span(3650 * 86_400)},
        {"priority": 9},
        {"tags": [f"tag {number}" for number in range(64)]},
        {"tags": ["é" * 64]},
        {"metadata": nested(16)},
        {"metadata": nested(16, lists=True)},
        {"value": model_pb2.Model(id="acme/one", version=7, revision=9)},
        {"entry_version": -1, "size_bytes": -1, "access_count": -1, "tier": 99},
    ],
)
def test_a_good_entry_is_let_in(fields: dict[str, Any]) -> None:
    """What only the server sets is dropped, whatever it is."""
    assert violations(setting(**fields)) == {}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"namespace": ""}, ["namespace"]),
        ({"namespace": "Prices"}, ["namespace"]),
        ({"namespace": "_a"}, ["namespace"]),
        ({"namespace": "a" * 65}, ["namespace"]),
        ({"namespace": "a\n"}, ["namespace"]),
        ({"namespace": "a/b"}, ["namespace"]),
        ({"namespace": "é"}, ["namespace"]),
        ({"key": "noslash"}, ["key", "value.id"]),
        ({"key": "acme/" + "x" * 1024}, ["key", "value.id"]),
        ({"value": None}, ["value"]),
        ({"value": model_pb2.Model()}, ["value.id"]),
        ({"value": model_pb2.Model(id="acme/two")}, ["value.id"]),
        ({"value": model_pb2.Model(id="acme/one", description="x" * 70_000)}, ["value"]),
        ({"value": model_pb2.Model(id="acme/one", tags=[""])}, ["value.tags[0]"]),
        ({"ttl": span(0)}, ["ttl"]),
        ({"ttl": span(-1)}, ["ttl"]),
        ({"ttl": span(0, 999_999)}, ["ttl"]),
        ({"ttl": span(100 * 365 * 86_400)}, ["ttl"]),
        ({"ttl": span(3650 * 86_400, 1)}, ["ttl"]),
        ({"ttl": span(2**63 - 1, 2**31 - 1)}, ["ttl"]),
        ({"ttl": span(-(2**63), -(2**31))}, ["ttl"]),
        ({"tags": ["t"] * 10_000}, ["tags"]),
        ({"tags": ["a", "b", "a"]}, ["tags[2]"]),
        ({"tags": ["a", ""]}, ["tags[1]"]),
        ({"tags": ["x" * 129]}, ["tags[0]"]),
        ({"tags": ["a\x00b"]}, ["tags[0]"]),
        ({"priority": -1}, ["priority"]),
        ({"priority": 10}, ["priority"]),
        ({"metadata": nested(17)}, ["metadata[a]"]),
        ({"metadata": nested(17, lists=True)}, ["metadata[a]"]),
        ({"metadata": {"a": "x" * 20_000}}, ["metadata"]),
        ({"metadata": Struct(fields={"a": Value()})}, ["metadata[a]"]),
        ({"metadata": {"a": math.nan}}, ["metadata[a]"]),
        ({"metadata": {"a": {"b": [math.inf]}}}, ["metadata[a]"]),
        ({"metadata": {"a": {"b\x00": 1}}}, ["metadata[a]"]),
    ],
)
def test_a_wrong_entry_is_named_at_its_field(fields: dict[str, Any], wrong: list[str]) -> None:
    assert list(violations(setting(**fields))) == [f"entry.{one}" for one in wrong]


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = violations(setting(namespace="A", value=model_pb2.Model(id="acme/two"), ttl=span(0), priority=10))
    assert list(found) == ["entry.namespace", "entry.value.id", "entry.ttl", "entry.priority"]
    assert found["entry.ttl"] == "must be 1 millisecond to 3,650 days"


def _keys(count: int) -> list[str]:
    return [f"acme/{number}" for number in range(count)]


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        (api.GetEntryRequest(), ["key"]),
        (api.GetEntryRequest(key="a/b", namespace="A"), ["namespace"]),
        (api.GetEntryRequest(key="a/b", min_revision=-1), ["min_revision"]),
        (api.HasEntryRequest(key="x" * 1025), ["key"]),
        (api.BatchGetEntriesRequest(), ["keys"]),
        (api.BatchGetEntriesRequest(keys=["a/b", ""]), ["keys[1]"]),
        (api.BatchGetEntriesRequest(keys=_keys(100_000)), ["keys"]),
        (api.SetEntryRequest(), ["entry"]),
        (api.SetEntryRequest(entry=entry(), expected_version=-1), ["expected_version"]),
        (api.BatchSetEntriesRequest(), ["entries"]),
        (api.BatchSetEntriesRequest(entries=[entry(priority=10)] * 1001), ["entries"]),
        (api.BatchSetEntriesRequest(entries=[entry(), entry(priority=10)]), ["entries[1].priority", "entries[1]"]),
        (api.BatchSetEntriesRequest(entries=[entry(), entry("acme/two"), entry()]), ["entries[2]"]),
        (api.DeleteEntryRequest(key="a/b"), ["namespace"]),
        (api.DeleteEntryRequest(namespace="n", key="ab"), ["key"]),
        (api.DeleteEntryRequest(namespace="n", key="a/b", expected_version=-1), ["expected_version"]),
        (api.BatchDeleteEntriesRequest(namespace="n"), ["keys"]),
        (api.BatchDeleteEntriesRequest(namespace="n", keys=["a/b", "c"]), ["keys[1]"]),
        (api.BatchDeleteEntriesRequest(namespace="n", keys=_keys(100_000)), ["keys"]),
        (api.ListEntriesRequest(page_size=-1), ["page_size"]),
        (api.ListEntriesRequest(filter=api.CacheEntryFilter(stale=False)), ["filter.stale"]),
        (api.ListEntriesRequest(filter=api.CacheEntryFilter(tags=["t"] * 65)), ["filter.tags"]),
        (
            api.ListEntriesRequest(filter=api.CacheEntryFilter(models=ModelFilter(include_deleted=True))),
            ["filter.models.include_deleted"],
        ),
        (
            api.CountEntriesRequest(filter=api.CacheEntryFilter(models=ModelFilter(min_context_window=-1))),
            ["filter.models.min_context_window"],
        ),
        (api.GetEntryTtlRequest(), ["key"]),
        (api.SetEntryTtlRequest(namespace="n", key="a/b"), ["ttl"]),
        (api.SetEntryTtlRequest(namespace="n", key="a/b", ttl=span(0)), ["ttl"]),
        (api.SetEntryTtlRequest(key="a/b", ttl=span(1)), ["namespace"]),
        (api.RefreshEntryRequest(), ["key"]),
        (api.RefreshProviderEntriesRequest(), ["provider_id"]),
        (api.ClearCacheRequest(namespace="A"), ["namespace"]),
        (api.WatchCacheEventsRequest(kinds=[0]), ["kinds[0]"]),  # type: ignore[list-item]
        (api.WatchCacheEventsRequest(kinds=[99]), ["kinds[0]"]),  # type: ignore[list-item]
        (api.WatchCacheEventsRequest(namespaces=["n"] * 101), ["namespaces"]),
        (api.WatchCacheEventsRequest(namespaces=["n", "N"]), ["namespaces[1]"]),
        (api.WatchCacheEventsRequest(provider_ids=[""]), ["provider_ids[0]"]),
        (api.WatchCacheEventsRequest(sample_rate=0), ["sample_rate"]),
        (api.WatchCacheEventsRequest(sample_rate=1.5), ["sample_rate"]),
        (api.WatchCacheEventsRequest(sample_rate=math.nan), ["sample_rate"]),
    ],
)
def test_a_wrong_request_is_named_at_its_field(request_: Message, fields: list[str]) -> None:
    assert list(violations(request_)) == fields


@pytest.mark.parametrize(
    "request_",
    [
        api.GetEntryRequest(key="no id of a model"),
        api.BatchGetEntriesRequest(keys=["a/b", "a/b"]),
        api.BatchDeleteEntriesRequest(namespace="n", keys=["a/b", "a/b"]),
        api.ListEntriesRequest(),
        api.ListEntriesRequest(namespace="n", filter=api.CacheEntryFilter(stale=True, in_memory=False)),
        api.SetEntryRequest(entry=entry(), expected_version=0),
        api.BatchSetEntriesRequest(entries=[entry(), entry(namespace="rates")]),
        api.ClearCacheRequest(),
        api.WatchCacheEventsRequest(sample_rate=1e-9),
    ],
)
def test_what_is_odd_and_right_is_let_in(request_: Message) -> None:
    assert violations(request_) == {}


@pytest.mark.parametrize(
    "large",
    [
        lambda: api.BatchSetEntriesRequest(entries=[entry(tags=["t"] * 10_000, priority=-1)] * 100),
        lambda: api.BatchGetEntriesRequest(keys=_keys(100_000)),
        lambda: setting(metadata=Struct(fields={str(number): Value() for number in range(10_000)})),
        lambda: setting(value=model_pb2.Model(id="acme/one", tags=["x"] * 1_000_000)),
    ],
)
def test_what_is_too_large_is_refused_at_once(large: Callable[[], Message]) -> None:
    request = large()
    began = perf_counter()
    assert violations(request)
    assert perf_counter() - began < 10
