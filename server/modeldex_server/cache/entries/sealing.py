"""Where the secrets of an entry part from it, and where they come back for who may see them."""

from __future__ import annotations

from modeldex.v1 import cache_pb2 as pb
from modeldex_server.cache.entries.rows import EntryRow
from modeldex_server.cache.entries.secrets import Secrets


def cleared(data: bytes, secrets: Secrets) -> tuple[bytes, bool]:
    """The bytes of an entry without what is secret, and whether anything was: a path can be secret since after it was
    stored, or copied."""
    if not secrets.paths:
        return data, False
    entry = pb.CacheEntry.FromString(data)
    if secrets.take(entry) is None:
        return data, False
    return entry.SerializeToString(deterministic=True), True


def revealed(row: EntryRow, secrets: Secrets) -> bytes:
    """The bytes of an entry with its secrets. They are to be kept nowhere.

    Raises:
        KeyMissing, SealBroken: what is stored does not open.
    """
    if row.sealed is None:
        return row.data
    entry = pb.CacheEntry.FromString(row.data)
    secrets.reveal(entry, row.sealed)
    return entry.SerializeToString(deterministic=True)


def without_value(data: bytes) -> bytes:
    """The bytes of an entry without its value."""
    entry = pb.CacheEntry.FromString(data)
    entry.ClearField("value")
    return entry.SerializeToString(deterministic=True)
