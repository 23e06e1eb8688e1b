"""Bytes of messages that no program of ours would write."""

from __future__ import annotations


def field(number: int, data: bytes) -> bytes:
    """A field that holds bytes."""
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def nested(levels: int) -> bytes:
    """A Struct of so many levels, itself the first, each with one key."""
    value = b"\x20\x01"  # the boolean true
    for _ in range(levels - 1):
        value = field(5, field(1, _KEY + field(2, value)))
    return field(1, _KEY + field(2, value))


_KEY = b"\x0a\x01a"


def _varint(number: int) -> bytes:
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*made, number))
