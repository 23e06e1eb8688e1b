"""The conditions of a rule: pure questions about one change of a field."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import Context, Decimal

from google.protobuf.struct_pb2 import Value
from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import update_pb2 as pb

# By how many percent a number must have moved to count; 0 counts every move.
Condition = Callable[[pb.FieldChange, Decimal], bool]

_EXACT = Context(prec=2_000)  # a product of any two of these numbers has fewer digits
_DECIMAL = re.compile(r"[0-9]{1,40}(\.[0-9]{1,40})?")


def _added(change: pb.FieldChange, _: Decimal) -> bool:
    return change.operation == pb.FIELD_CHANGE_OPERATION_ADDED


def _removed(change: pb.FieldChange, _: Decimal) -> bool:
    return change.operation == pb.FIELD_CHANGE_OPERATION_REMOVED


def _replaced(change: pb.FieldChange, _: Decimal) -> bool:
    return change.operation == pb.FIELD_CHANGE_OPERATION_REPLACED


def _lost(change: pb.FieldChange, _: Decimal) -> bool:
    """It was had, and is unknown or false now. What was false and is unknown was never had."""
    had = change.HasField("old_value") and not _is_false(change.old_value)
    return had and (not change.HasField("new_value") or _is_false(change.new_value))


def _lowered(change: pb.FieldChange, percent: Decimal) -> bool:
    old, new = number_of(change.old_value), number_of(change.new_value)
    return old is not None and new is not None and new < old and new < _EXACT.multiply(old, 1 - percent / 100)


def _raised(change: pb.FieldChange, percent: Decimal) -> bool:
    """From free of charge to any price is more than any percentage."""
    old, new = number_of(change.old_value), number_of(change.new_value)
    return old is not None and new is not None and new > old and new > _EXACT.multiply(old, 1 + percent / 100)


def _earlier(change: pb.FieldChange, _: Decimal) -> bool:
    old, new = _moment_of(change.old_value), _moment_of(change.new_value)
    return old is not None and new is not None and new < old


def _narrowed(change: pb.FieldChange, _: Decimal) -> bool:
    """A list lost a word."""
    if not (change.old_value.HasField("list_value") and change.new_value.HasField("list_value")):
        return False
    old, new = (
        {word.string_value for word in value.list_value.values} for value in (change.old_value, change.new_value)
    )
    return not old <= new


CONDITIONS: Mapping[str, Condition] = {
    "added": _added,
    "removed": _removed,
    "replaced": _replaced,
    "lost": _lost,
    "lowered": _lowered,
    "raised": _raised,
    "earlier": _earlier,
    "narrowed": _narrowed,
}


def number_of(value: Value) -> Decimal | None:
    """The number that a value is, exactly; a decimal in words is one, too."""
    if value.HasField("string_value"):
        text = value.string_value
        return Decimal(text) if _DECIMAL.fullmatch(text) else None
    if value.HasField("number_value") and math.isfinite(value.number_value):
        return Decimal(value.number_value)
    return None


def _is_false(value: Value) -> bool:
    return value.HasField("bool_value") and not value.bool_value


def _moment_of(value: Value) -> tuple[int, int] | None:
    """Seconds and nanoseconds."""
    moment = Timestamp()
    try:
        moment.FromJsonString(value.string_value)
    except ValueError:
        return None
    return moment.seconds, moment.nanos
