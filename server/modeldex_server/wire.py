"""Messages put together from bytes that are ready: the fields of a message can be written one behind the other."""

from __future__ import annotations

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

_DELIMITED, _VARINT = 2, 0
_DELIMITED_TYPES = (FieldDescriptor.TYPE_MESSAGE, FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)


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


def tag(message: type[Message], field: str) -> bytes:
    """What stands before the value of a field."""
    descriptor = message.DESCRIPTOR.fields_by_name[field]
    return varint(descriptor.number << 3 | (_DELIMITED if descriptor.type in _DELIMITED_TYPES else _VARINT))


def delimited(tag: bytes, data: bytes) -> bytes:
    """A field of a message, a string or bytes: its tag, its length, its value."""
    return b"".join((tag, varint(len(data)), data))
