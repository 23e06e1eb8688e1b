"""Counts by key."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from modeldex.v1 import update_pb2 as pb
from modeldex_server.feed.statistics.keys import KeyRow, by_type, counted, key_counts, type_name
from modeldex_server.ledger.events import KINDS


@dataclass
class Row:
    kind: int
    type: int
    count: int


@pytest.mark.parametrize(
    ("kind", "type_", "name"),
    [
        ("model", pb.MODEL_UPDATE_TYPE_UPDATED, "model_updated"),
        ("model", pb.MODEL_UPDATE_TYPE_CAPABILITIES_CHANGED, "model_capabilities_changed"),
        ("provider", pb.PROVIDER_UPDATE_TYPE_STATUS_CHANGED, "provider_status_changed"),
        ("capability", pb.CAPABILITY_UPDATE_TYPE_ADDED, "capability_added"),
        ("lifecycle", pb.LIFECYCLE_MILESTONE_RETIREMENT, "lifecycle_retirement"),
        ("operation", pb.OPERATION_UPDATE_TYPE_UPSTREAM_DRIFT, "operation_upstream_drift"),
        ("subscription", pb.SUBSCRIPTION_UPDATE_TYPE_PAUSED, "subscription_paused"),
        ("subscription", 99, "15_99"),
    ],
)
def test_types_have_names(kind: str, type_: int, name: str) -> None:
    """unknown is not false: kind and type in lower case; one of a later release is counted by its numbers."""
    assert type_name(KINDS[kind], type_) == name


def test_parts_of_a_type_add_up() -> None:
    """The most frequent first, equals by their names."""
    rows = [Row(10, 2, 1), Row(10, 1, 3), Row(10, 2, 4), Row(15, 1, 3)]
    counts = by_type(rows)
    assert [(one.key, one.count) for one in counts.top] == [
        ("model_updated", 5), ("model_added", 3), ("subscription_created", 3),
    ]  # fmt: skip
    assert (counts.rest_count, counts.rest_keys) == (0, 0)


def test_a_hundred_are_named_and_the_rest_is_counted() -> None:
    """The 100 most frequent by themselves, all others together."""
    counts = counted({f"key-{number:03}": number for number in range(1, 151)})
    assert [one.key for one in counts.top] == [f"key-{number:03}" for number in range(150, 50, -1)]
    assert (counts.rest_count, counts.rest_keys) == (sum(range(1, 51)), 50)
    assert key_counts([KeyRow("one", 5, 4, 12)]).rest_count == 7
    assert key_counts([]).rest_keys == 0
