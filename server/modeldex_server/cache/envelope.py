"""How a copy lies in Redis: its bytes behind a header that shows whether they are what was put there, whole."""

from __future__ import annotations

from struct import Struct
from zlib import crc32

SCHEMA = 1
"""The version of the header and of what is behind it. Names hold it, so that releases do not overwrite each other."""

_MAGIC = b"mdxc"
_FLAGS = 0  # none has a meaning yet; a copy with one that is not known is left alone
_HEAD = Struct(">4sBBQ")  # magic, schema, flags, mark
_SUM = Struct(">I")  # crc32 of the name, the head and the bytes
_BYTES_AT = _HEAD.size + _SUM.size

# No model and no entry comes near it: who put it there was somebody else.
MOST_BYTES = 1024 * 1024


class UnreadableCopy(Exception):
    """What lies there is no copy of ours under this name. Its text says what is wrong with it."""


def name_of(prefix: str, epoch: str, namespace: str, key: str, version: int) -> bytes:
    """What a copy is called in Redis.

    Neither an epoch nor a namespace has a ":", and a version is a number: whatever is in the key, no other copy is
    called the same.
    """
    return f"{prefix}c:{SCHEMA}:{epoch}:{namespace}:{key}:{version}".encode()


def seal(name: bytes, mark: int, data: bytes) -> bytes:
    """What to put in Redis under the name."""
    head = _HEAD.pack(_MAGIC, SCHEMA, _FLAGS, mark)
    return b"".join((head, _SUM.pack(_sum(name, head, data)), data))


def unseal(name: bytes, envelope: bytes) -> tuple[int, bytes]:
    """The mark and the bytes of what lies in Redis under the name.

    Raises:
        UnreadableCopy: it was put there by another release or by another program, under another name, or is damaged.
    """
    if not _BYTES_AT <= len(envelope) <= _BYTES_AT + MOST_BYTES:
        raise UnreadableCopy("size")
    head, data = envelope[: _HEAD.size], envelope[_BYTES_AT:]
    magic, schema, flags, mark = _HEAD.unpack(head)
    if magic != _MAGIC:
        raise UnreadableCopy("magic")
    if (schema, flags) != (SCHEMA, _FLAGS):
        raise UnreadableCopy("schema")
    if _SUM.unpack_from(envelope, _HEAD.size) != (_sum(name, head, data),):
        raise UnreadableCopy("checksum")
    return mark, data


def _sum(name: bytes, head: bytes, data: bytes) -> int:
    # The name is in it: an answer that is another key's is none.
    return crc32(data, crc32(head, crc32(name)))
