"""Messages put together from bytes that are ready, and taken apart again: the fields of a message stand one behind the
other; and how much of a list fits into one."""

from __future__ import annotations

from collections.abc import Iterable

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

PAGE_BYTES = 2 * 1024 * 1024  # of a page of a list: most callers take messages of 4 MiB
_VARINT, _FIXED64, _DELIMITED, _FIXED32 = 0, 1, 2, 5
_FIXED = {_FIXED64: 8, _FIXED32: 4}  # bytes
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


def fields(data: bytes) -> dict[int, bytes]:
    """The bytes of each field of a message by its number, all values of a repeated one together, tags included.

    Raises:
        ValueError: it is no message, or has a group.
    """
    found: dict[int, bytes] = {}
    at, end = 0, len(data)
    while at < end:
        begin = at
        head, at = (data[at], at + 1) if data[at] < 0x80 else _varint_at(data, at)
        number, kind = head >> 3, head & 7
        if kind == _DELIMITED:
            size, at = _varint_at(data, at)
            at += size
        elif kind == _VARINT:
            _, at = _varint_at(data, at)
        else:
            at += _FIXED.get(kind, end)
        if at > end:
            raise ValueError(f"field {number} is cut off, or a group")
        found[number] = found.get(number, b"") + data[begin:at]
    return found


def _varint_at(data: bytes, at: int) -> tuple[int, int]:
    """The number at a place, and the place after it."""
    number = shift = 0
    for place in range(at, len(data)):
        byte = data[place]
        if byte < 0x80:
            return number | byte << shift, place + 1
        number |= (byte & 0x7F) << shift
        shift += 7
    raise ValueError("a number is cut off")


def fitting(sizes: Iterable[int]) -> int:
    """How many of the first rows, by their bytes, a page has room for: at least one, where there is one."""
    count, room = 0, PAGE_BYTES
    for size in sizes:
        room -= size
        if room < 0 and count:
            break
        count += 1
    return count
