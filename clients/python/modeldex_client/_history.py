"""What both halves of the history share: facts to pin, as the contract has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from google.protobuf.struct_pb2 import Struct, Value
from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1.history_pb2 import Rollback
from modeldex.v1.history_service_pb2 import PinnedField

Fields: TypeAlias = str | Iterable[str | PinnedField] | Mapping[str, Any]


def pinned(fields: Fields) -> Iterator[PinnedField]:
    """Paths, to be held as they are, or paths with the values that they are to have."""
    if isinstance(fields, Mapping):
        yield from (PinnedField(path=path, value=value_of(value)) for path, value in fields.items())
    else:
        words = [fields] if isinstance(fields, str) else fields
        yield from (PinnedField(path=field) if isinstance(field, str) else field for field in words)


def value_of(value: Any) -> Value:
    """A value as it stands in the JSON form of a document: money and times are texts there, None is null."""
    match value:
        case Value():
            return value
        case Decimal():
            value = f"{value:f}"
        case datetime():
            stamp = Timestamp()
            stamp.FromDatetime(value.astimezone(UTC))
            value = stamp.ToJsonString()
        case tuple():
            value = list(value)
    struct = Struct()
    struct.update({"value": value})
    return struct.fields["value"]


def id_of(rollback: Rollback | str) -> str:
    """The id of a rollback, or the id itself."""
    return rollback if isinstance(rollback, str) else rollback.id
