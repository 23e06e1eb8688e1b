"""The contract as the reference reads it: services, messages and enums with the comments of their files."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    MethodDescriptorProto,
    MethodOptions,
)

ROOT = Path(__file__).parents[3]
_PACKAGE = ".modeldex.v1."
# Field numbers of descriptor.proto, of which a path to a comment is made.
_MESSAGE, _ENUM, _SERVICE, _FIELD, _METHOD, _VALUE = 4, 5, 6, 2, 2, 2
_SAFETY = {
    MethodOptions.NO_SIDE_EFFECTS: "reads only: may be sent again",
    MethodOptions.IDEMPOTENT: "may be sent again",
    MethodOptions.IDEMPOTENCY_UNKNOWN: "sending it again does it again",
}


@dataclass(frozen=True)
class Field:
    """A field of a message. `type_name` is set where its type has a place in the reference."""

    name: str
    type: str
    type_name: str
    comment: str


@dataclass(frozen=True)
class Message:
    """A message with its fields."""

    name: str
    comment: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Value:
    """A value of an enum."""

    name: str
    number: int
    comment: str


@dataclass(frozen=True)
class Enum:
    """An enum with its values."""

    name: str
    comment: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Method:
    """An RPC. `safety` says whether it may be sent again."""

    name: str
    comment: str
    request: str
    response: str
    streams: bool
    safety: str


@dataclass(frozen=True)
class Service:
    """A service with its RPCs."""

    name: str
    comment: str
    methods: tuple[Method, ...]

    @property
    def path(self) -> str:
        """What stands before "/Method"."""
        return f"modeldex.v1.{self.name}"


@dataclass(frozen=True)
class Contract:
    """All of it, in the order of the files."""

    services: tuple[Service, ...]
    messages: tuple[Message, ...]
    enums: tuple[Enum, ...]


@cache
def read() -> Contract:
    """The contract of this tree."""
    files = [file for file in _compile().file if file.package == "modeldex.v1"]
    return Contract(
        tuple(service for file in files for service in _services(file)),
        tuple(message for file in files for message in _messages(file)),
        tuple(enum for file in files for enum in _enums(file)),
    )


def _compile() -> FileDescriptorSet:
    from grpc_tools import protoc  # type: ignore[import-untyped] # noqa: PLC0415 - has no types; heavy

    protos = ROOT / "protos"
    well_known = Path(protoc.__file__).parent / "_proto"
    with tempfile.NamedTemporaryFile() as out:
        failed = protoc.main(
            [
                "protoc",
                f"-I{protos}",
                f"-I{well_known}",
                "--include_source_info",
                f"--descriptor_set_out={out.name}",
                *sorted(str(file) for file in protos.rglob("*.proto")),
            ]
        )
        if failed:
            raise RuntimeError("protoc does not read the contract")
        return FileDescriptorSet.FromString(Path(out.name).read_bytes())


def _services(file: FileDescriptorProto) -> Iterator[Service]:
    comments = _comments(file)
    for number, service in enumerate(file.service):
        methods = tuple(
            _method(method, comments.get((_SERVICE, number, _METHOD, index), ""))
            for index, method in enumerate(service.method)
        )
        yield Service(service.name, comments.get((_SERVICE, number), ""), methods)


def _method(method: MethodDescriptorProto, comment: str) -> Method:
    request, response = (name.removeprefix(_PACKAGE) for name in (method.input_type, method.output_type))
    safety = _SAFETY[method.options.idempotency_level]
    return Method(method.name, comment, request, response, method.server_streaming, safety)


def _messages(file: FileDescriptorProto) -> Iterator[Message]:
    comments = _comments(file)
    for number, message in enumerate(file.message_type):
        fields = tuple(
            _field(message, field, comments.get((_MESSAGE, number, _FIELD, index), ""))
            for index, field in enumerate(message.field)
        )
        yield Message(message.name, comments.get((_MESSAGE, number), ""), fields)


def _enums(file: FileDescriptorProto) -> Iterator[Enum]:
    comments = _comments(file)
    for number, enum in enumerate(file.enum_type):
        yield Enum(enum.name, comments.get((_ENUM, number), ""), tuple(_values(enum, number, comments)))


def _values(enum: EnumDescriptorProto, number: int, comments: dict[tuple[int, ...], str]) -> Iterator[Value]:
    for index, value in enumerate(enum.value):
        yield Value(value.name, value.number, comments.get((_ENUM, number, _VALUE, index), ""))


def _field(message: DescriptorProto, field: FieldDescriptorProto, comment: str) -> Field:
    entries = {nested.name: nested for nested in message.nested_type if nested.options.map_entry}
    entry = entries.get(field.type_name.rpartition(".")[2])
    if entry is not None:
        key, value = entry.field
        return Field(field.name, f"map of {_type(key)} to {_type(value)}", _linked(value), comment)
    words = _type(field)
    if field.label == FieldDescriptorProto.LABEL_REPEATED:
        words = f"repeated {words}"
    elif field.proto3_optional:
        words = f"optional {words}"
    elif field.HasField("oneof_index"):
        words = f"{words}, one of {message.oneof_decl[field.oneof_index].name}"
    return Field(field.name, words, _linked(field), comment)


def _type(field: FieldDescriptorProto) -> str:
    if field.type_name:
        return field.type_name.rpartition(".")[2]
    return FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()


def _linked(field: FieldDescriptorProto) -> str:
    return field.type_name.removeprefix(_PACKAGE) if field.type_name.startswith(_PACKAGE) else ""


def _comments(file: FileDescriptorProto) -> dict[tuple[int, ...], str]:
    """The comment above each thing of a file, by the path to it."""
    return {
        tuple(place.path): re.sub(r"(?m)^ ", "", place.leading_comments).strip()
        for place in file.source_code_info.location
        if place.leading_comments
    }
