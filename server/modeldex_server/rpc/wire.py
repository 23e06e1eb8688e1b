"""Answers put together from bytes that are ready: the fields of a message can be written one behind the other."""

from __future__ import annotations

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from modeldex.v1 import discovery_service_pb2 as api

_DELIMITED, _VARINT = 2, 0


def varint(number: int) -> bytes:
    """A number that is not negative, as protobuf writes it."""
    if number < 0x80:
        return number.to_bytes(1)
    if number < 0x4000:
        return bytes((number & 0x7F | 0x80, number >> 7))
    groups = bytearray()
    while number >= 0x80:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)


def _tag(message: type[Message], field: str) -> bytes:
    descriptor = message.DESCRIPTOR.fields_by_name[field]
    delimited = descriptor.type in (FieldDescriptor.TYPE_MESSAGE, FieldDescriptor.TYPE_STRING)
    return varint(descriptor.number << 3 | (_DELIMITED if delimited else _VARINT))


_MODEL = _tag(api.GetModelResponse, "model")
_GET_REVISION = _tag(api.GetModelResponse, "revision")
# A model stands in the same field of each of these answers, so its field is written once for all of them.
assert _MODEL == _tag(api.BatchGetModelsResponse, "models") == _tag(api.ListModelsResponse, "models")


def model_field(model: bytes) -> bytes:
    """A model as the field of a GetModelResponse, or one of a BatchGetModelsResponse or a ListModelsResponse."""
    return b"".join((_MODEL, varint(len(model)), model))


def revision_field(revision: int) -> bytes:
    """The revision of a GetModelResponse."""
    return _GET_REVISION + varint(revision)
