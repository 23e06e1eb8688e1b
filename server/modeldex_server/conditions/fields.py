"""Fields: what a condition can name of a subject, each with its type and the way to its value."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from modeldex_server.conditions import kinds
from modeldex_server.conditions.kinds import Kind
from modeldex_server.conditions.refusal import Refusal

S = TypeVar("S")
V = TypeVar("V")

_SCALARS: dict[int, Kind[Any]] = {
    FieldDescriptor.CPPTYPE_STRING: kinds.NAME,
    FieldDescriptor.CPPTYPE_BOOL: kinds.FLAG,
    FieldDescriptor.CPPTYPE_INT32: kinds.NUMBER,
    FieldDescriptor.CPPTYPE_INT64: kinds.NUMBER,
}
_LONGEST_NAME = 100  # nothing that long resembles a field, and comparing it would take time


@dataclass(frozen=True, slots=True)
class Field(Generic[S]):
    """A field of subjects S. `get` gives its value, None where it is absent, which means unknown."""

    kind: Kind[Any]
    get: Callable[[S], Any]


def field_of(kind: Kind[V], get: Callable[[S], V | None]) -> Field[S]:
    """A field whose values are of its kind."""
    return Field(kind, get)


# From the rest of a path, after the name of the map and a point, to a field; None: there is no such entry. The flag
# says whether to look for the one that was meant.
Entries = Callable[[str, bool], Field[S] | None]


@dataclass(frozen=True, slots=True)
class Fields(Generic[S]):
    """All fields of a subject.

    Args:
        subject: it, as a message names it.
        fixed: the fields by their paths.
        maps: the fields of maps by the name of the map.
        elsewhere: what to say of a path that is none but that somebody may try.
        every: the field of any other path, where there is no list of them.
    """

    subject: str
    fixed: Mapping[str, Field[S]]
    maps: Mapping[str, Entries[S]] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    every: Callable[[str], Field[S]] | None = None

    def find(self, path: str, *, hint: bool = True) -> Field[S]:
        """The field of a path. `hint`: where there is none, look for the one that was meant, which takes a while.

        Raises:
            Refusal: there is none.
        """
        name, _, rest = path.partition(".")
        found = self.maps[name](rest, hint) if rest and name in self.maps else self.fixed.get(path)
        if found is None and self.every is not None:
            return self.every(path)
        if found is None:
            raise Refusal(
                "field", self.elsewhere.get(path) or f"is no field of {self.subject}{self._meant(path, hint)}"
            )
        return found

    def _meant(self, path: str, hint: bool) -> str:
        if not hint or len(path) > _LONGEST_NAME:
            return ""
        near = difflib.get_close_matches(path, self.fixed, n=1)
        return f'; did you mean "{near[0]}"?' if near else ""


def words_of(kind: EnumDescriptor) -> dict[str, int]:
    """The names of an enum's values. Its zero is none of them: it stands for unknown."""
    return {value.name: value.number for value in kind.values if value.number}


def of_message(message: type[Message], names: Iterable[str]) -> Iterator[tuple[str, Field[Any]]]:
    """Fields of a message by their names, with the types that the message says they have."""
    for name in names:
        yield name, _of_descriptor(message.DESCRIPTOR.fields_by_name[name])  # type: ignore[arg-type] # one class in two stubs


def within(
    path: str, get: Callable[[S], Any], fields: Iterable[tuple[str, Field[Any]]]
) -> Iterator[tuple[str, Field[S]]]:
    """The fields of a part, as fields of the whole: `get` gives the part."""
    for name, inner in fields:
        yield f"{path}.{name}", Field(inner.kind, _through(get, inner.get))


def _through(outer: Callable[[S], Any], inner: Callable[[Any], Any]) -> Callable[[S], Any]:
    return lambda subject: inner(outer(subject))


def _time(stamp: Timestamp) -> int:
    """In nanoseconds of Unix time."""
    return stamp.seconds * 10**9 + stamp.nanos


def _of_descriptor(descriptor: FieldDescriptor) -> Field[Any]:
    name, kind = descriptor.name, _kind(descriptor)
    if kind is kinds.TIME:
        return Field(kind, lambda subject: _time(getattr(subject, name)) if subject.HasField(name) else None)
    if descriptor.has_presence:
        return Field(kind, lambda subject: getattr(subject, name) if subject.HasField(name) else None)
    if kind is kinds.FLAG:
        return Field(kind, lambda subject: getattr(subject, name))
    # What is empty or zero is unknown, as the contract says of each of these.
    return Field(kind, lambda subject: getattr(subject, name) or None)


def _kind(descriptor: FieldDescriptor) -> Kind[Any]:
    kind = _one(descriptor)
    if not descriptor.is_repeated:
        return kind
    return kinds.TEXTS if kind is kinds.NAME else kinds.Members(kind)


def _one(descriptor: FieldDescriptor) -> Kind[Any]:
    if descriptor.message_type is not None and descriptor.message_type.full_name == "google.protobuf.Timestamp":
        return kinds.TIME
    if descriptor.enum_type is not None:
        return kinds.word(words_of(descriptor.enum_type))
    return _SCALARS[descriptor.cpp_type]
