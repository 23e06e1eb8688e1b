"""Counts by key: the most frequent by themselves, the others together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from modeldex.v1 import feed_statistics_pb2 as pb
from modeldex.v1 import update_pb2
from modeldex_server.ledger.events import KINDS

MOST_KEYS = 100

_TYPES = {
    "model": update_pb2.ModelUpdateType.DESCRIPTOR,
    "provider": update_pb2.ProviderUpdateType.DESCRIPTOR,
    "capability": update_pb2.CapabilityUpdateType.DESCRIPTOR,
    "lifecycle": update_pb2.LifecycleMilestone.DESCRIPTOR,
    "operation": update_pb2.OperationUpdateType.DESCRIPTOR,
    "subscription": update_pb2.SubscriptionUpdateType.DESCRIPTOR,
}
assert _TYPES.keys() == KINDS.keys()  # a new kind needs its names
_NAMES = {
    (KINDS[kind], value.number): f"{kind}_{value.name.removeprefix(_prefix).lower()}"
    for kind, of in _TYPES.items()
    if (_prefix := of.values_by_number[0].name.removesuffix("UNSPECIFIED"))
    for value in of.values
}


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One of the most frequent keys, beside what there is in all."""

    key: str
    count: int
    keys: int
    total: int


def type_name(kind: int, type_: int) -> str:
    """The name of an event's type: "model_updated". One of a later release goes by its numbers."""
    return _NAMES.get((kind, type_), f"{kind}_{type_}")


def key_counts(rows: Sequence[KeyRow]) -> pb.KeyCounts:
    """What a query gave: the most frequent, with how many there are in all beside each."""
    top = [pb.KeyCount(key=row.key, count=row.count) for row in rows]
    if not rows:
        return pb.KeyCounts()
    rest = rows[0].total - sum(row.count for row in rows)
    return pb.KeyCounts(top=top, rest_count=rest, rest_keys=rows[0].keys - len(rows))


def counted(counts: Mapping[str, int]) -> pb.KeyCounts:
    """All counts that there are."""
    order = sorted(counts, key=lambda key: (-counts[key], key))
    rows = [KeyRow(key, counts[key], len(order), sum(counts.values())) for key in order[:MOST_KEYS]]
    return key_counts(rows)


class TypeRow(Protocol):
    """How many events there are of a type, or one part of them."""

    @property
    def kind(self) -> int: ...
    @property
    def type(self) -> int: ...
    @property
    def count(self) -> int: ...


def by_type(rows: Iterable[TypeRow]) -> pb.KeyCounts:
    """Counts of events, by the names of their types."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts[type_name(row.kind, row.type)] += row.count
    return counted(counts)
