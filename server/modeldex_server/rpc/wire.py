"""Answers put together from bytes that are ready: the fields of a message can be written one behind the other."""

from __future__ import annotations

from collections.abc import Iterable

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


_GET_MODEL = _tag(api.GetModelResponse, "model")
_GET_REVISION = _tag(api.GetModelResponse, "revision")
_BATCH_MODELS = _tag(api.BatchGetModelsResponse, "models")
_LIST_MODELS = _tag(api.ListModelsResponse, "models")


def get_model_model(model: bytes) -> bytes:
    """The model of a GetModelResponse."""
    return b"".join((_GET_MODEL, varint(len(model)), model))


def get_model_revision(revision: int) -> bytes:
    """The revision of a GetModelResponse."""
    return _GET_REVISION + varint(revision)


def batch_get_models(models: Iterable[bytes], rest: api.BatchGetModelsResponse) -> bytes:
    """A BatchGetModelsResponse: the models, and what else `rest` says."""
    return _repeated(_BATCH_MODELS, models) + rest.SerializeToString()


def list_models(models: Iterable[bytes], rest: api.ListModelsResponse) -> bytes:
    """A ListModelsResponse: the models, and what else `rest` says."""
    return _repeated(_LIST_MODELS, models) + rest.SerializeToString()


def _repeated(tag: bytes, messages: Iterable[bytes]) -> bytes:
    return b"".join(part for message in messages for part in (tag, varint(len(message)), message))
