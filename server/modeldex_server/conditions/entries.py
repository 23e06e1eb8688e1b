"""The fields that rules of the cache look at: of an entry, of its metadata, and of what made a rule look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Protocol

from google.protobuf.descriptor import EnumDescriptor
from google.protobuf.struct_pb2 import Struct

from modeldex.v1 import invalidation_pb2 as pb
from modeldex.v1 import model_pb2
from modeldex_server.conditions import kinds
from modeldex_server.conditions.fields import Field, Fields, field_of
from modeldex_server.conditions.kinds import Fact
from modeldex_server.conditions.models import Capabilities, fact_at, model_fields


class Entry(Protocol):
    """An entry of a caller, as of a moment. Spans are in seconds."""

    @property
    def namespace(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def provider_id(self) -> str: ...
    @property
    def tags(self) -> Sequence[str]: ...
    @property
    def priority(self) -> int: ...
    @property
    def ttl_seconds(self) -> float: ...
    @property
    def age_seconds(self) -> float:
        """Since it was set or changed."""
        ...

    @property
    def expires_in_seconds(self) -> float: ...
    @property
    def idle_seconds(self) -> float:
        """Since it was read; where nobody has, since it was set first."""
        ...

    @property
    def access_count(self) -> int: ...
    @property
    def size_bytes(self) -> int: ...
    @property
    def stale(self) -> bool: ...
    @property
    def metadata(self) -> Struct:
        """Without what stands under secret paths."""
        ...

    @property
    def model(self) -> model_pb2.Model:
        """Its value."""
        ...


class Cause(Protocol):
    """What made rules look. Texts are empty where there is nothing to tell."""

    @property
    def reasons(self) -> Iterable[int]:
        """Of the invalidation; of a change of the catalogue all that fit it."""
        ...

    @property
    def mode(self) -> int:
        """0 for a change of the catalogue."""
        ...

    @property
    def namespace(self) -> str: ...
    @property
    def provider_id(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def tags(self) -> Sequence[str]: ...
    @property
    def principal(self) -> str: ...
    @property
    def depth(self) -> int: ...
    @property
    def context(self) -> Struct: ...


@lru_cache(maxsize=8)
def entry_fields(capabilities: Capabilities | None = None) -> Fields[Entry]:
    """The fields of an entry. Of its model, those of `model_fields`."""
    of_model = model_fields(capabilities)

    def value(path: str, hint: bool) -> Field[Entry]:
        field = of_model.find(path, hint=hint)
        return Field(field.kind, lambda entry: field.get(entry.model))

    return Fields("an entry", _ENTRY, {"value": value}, _ELSEWHERE)


def _number(get: Callable[[Entry], float]) -> Field[Entry]:
    return field_of(kinds.NUMBER, get)


_ENTRY: dict[str, Field[Entry]] = {
    "namespace": field_of(kinds.NAME, lambda entry: entry.namespace),
    "key": field_of(kinds.NAME, lambda entry: entry.key),
    "provider_id": field_of(kinds.NAME, lambda entry: entry.provider_id),
    "tags": field_of(kinds.TEXTS, lambda entry: entry.tags or None),
    "priority": _number(lambda entry: entry.priority),
    "ttl_seconds": _number(lambda entry: entry.ttl_seconds),
    "age_seconds": _number(lambda entry: entry.age_seconds),
    "expires_in_seconds": _number(lambda entry: entry.expires_in_seconds),
    "idle_seconds": _number(lambda entry: entry.idle_seconds),
    "access_count": _number(lambda entry: entry.access_count),
    "size_bytes": _number(lambda entry: entry.size_bytes),
    "stale": field_of(kinds.FLAG, lambda entry: entry.stale),
}
_ELSEWHERE = {
    "value": 'needs a field of its model, for example "value.context_window"',
    "metadata": "is looked at by the subject INVALIDATION_SUBJECT_METADATA",
}


def _metadata_field(path: str) -> Field[Entry]:
    return field_of(kinds.FACT, lambda entry: _fact(entry.metadata, path))


METADATA_FIELDS: Fields[Entry] = Fields("metadata", {}, every=_metadata_field)


def _words(kind: EnumDescriptor, prefix: str) -> dict[str, int]:
    """The short names of an enum's values."""
    return {value.name.removeprefix(prefix).lower(): value.number for value in kind.values if value.number}


REASONS = _words(pb.InvalidationReason.DESCRIPTOR, "INVALIDATION_REASON_")
_MODES = _words(pb.InvalidationMode.DESCRIPTOR, "INVALIDATION_MODE_")


def _text(get: Callable[[Cause], str]) -> Field[Cause]:
    return field_of(kinds.NAME, lambda cause: get(cause) or None)


def _context(path: str, _hint: bool) -> Field[Cause]:
    return field_of(kinds.FACT, lambda cause: _fact(cause.context, path))


CAUSE_FIELDS: Fields[Cause] = Fields(
    "what makes a rule look",
    {
        "reason": field_of(kinds.Members(kinds.word(REASONS)), lambda cause: tuple(cause.reasons)),
        "mode": field_of(kinds.word(_MODES), lambda cause: cause.mode or None),
        "namespace": _text(lambda cause: cause.namespace),
        "provider_id": _text(lambda cause: cause.provider_id),
        "key": _text(lambda cause: cause.key),
        "tags": field_of(kinds.TEXTS, lambda cause: cause.tags or None),
        "principal": _text(lambda cause: cause.principal),
        "depth": field_of(kinds.NUMBER, lambda cause: cause.depth),
    },
    {"context": _context},
    {"context": 'needs a path in it, for example "context.ticket"'},
)


def _fact(struct: Struct, path: str) -> Fact | None:
    """What stands at a path: a key, or keys with points between. A key that has points itself comes first."""
    if path in struct.fields:
        return fact_at(struct, path)
    key, _, rest = path.partition(".")
    if not rest or key not in struct.fields or not struct.fields[key].HasField("struct_value"):
        return None
    return _fact(struct.fields[key].struct_value, rest)
