"""The hash of filters: equal where they say the same in another order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from google.protobuf.message import Message

from modeldex.v1 import condition_pb2 as pb

_LISTS = frozenset({pb.CONDITION_OPERATOR_IN, pb.CONDITION_OPERATOR_NOT_IN})
_BYTES = 16


def hash_of(filters: Iterable[pb.EventFilter] | None, models: bytes | None) -> bytes:
    """16 bytes, the same in every process.

    Args:
        filters: those that are enabled; None for no condition, which is not the same as no filters.
        models: equal for filters of models that mean the same; None for no such filter.
    """
    digest = hashlib.blake2b(digest_size=_BYTES)
    parts = [b"any"] if filters is None else [b"of", *sorted({_filter(one) for one in filters})]
    for part in (*parts, b"all models" if models is None else b"models" + models):
        digest.update(len(part).to_bytes(4) + part)
    return digest.digest()


def _filter(wanted: pb.EventFilter) -> bytes:
    conditions = sorted({_condition(condition) for condition in wanted.conditions})
    joined_by_or = wanted.join == pb.CONDITION_JOIN_OR and len(conditions) > 1
    plain = pb.EventFilter(type=wanted.type, join=pb.CONDITION_JOIN_OR if joined_by_or else pb.CONDITION_JOIN_AND)
    plain.conditions.extend(pb.Condition.FromString(condition) for condition in conditions)
    return _bytes(plain)


def _condition(condition: pb.Condition) -> bytes:
    if condition.operator not in _LISTS:
        return _bytes(condition)
    plain = pb.Condition()
    plain.CopyFrom(condition)
    values = {_bytes(value): value for value in condition.value.list_value.values}
    del plain.value.list_value.values[:]
    plain.value.list_value.values.extend(values[key] for key in sorted(values))
    return _bytes(plain)


def _bytes(message: Message) -> bytes:
    return message.SerializeToString(deterministic=True)
