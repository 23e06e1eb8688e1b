"""Answers: what is told of an entry beside what is stored of it, appended to the bytes that are ready."""

from __future__ import annotations

from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import cache_pb2 as pb
from modeldex_server.cache.entries.reading import EntryReader
from modeldex_server.cache.entries.rows import EntryRow
from modeldex_server.cache.entries.sealing import cleared, revealed, without_value
from modeldex_server.cache.entries.secrets import Secrets
from modeldex_server.cache.entries.tiers import Found
from modeldex_server.cache.entries.touching import Touches
from modeldex_server.cache.statistics import Tier
from modeldex_server.security.principals import Principal


class Answers:
    """Entries of callers as bytes of `CacheEntry`."""

    def __init__(self, reader: EntryReader, touches: Touches, secrets: Secrets) -> None:
        self._reader = reader
        self._touches = touches
        self._secrets = secrets

    def of(self, found: Found) -> bytes:
        """One that was read, without its secrets."""
        held = found.held
        return held.data + told(
            accesses=held.accesses,
            accessed_at=held.accessed_at,
            stale=found.stale,
            in_memory=self._reader.holds((held.namespace, held.key), held.version),
            tier=found.tier,
        )

    def of_row(self, row: EntryRow, by: Principal, *, omit_value: bool = False) -> bytes:
        """One as the store has it, with its secrets for who may see them."""
        data = revealed(row, self._secrets) if self._secrets.visible_to(by) else cleared(row.data, self._secrets)[0]
        return (without_value(data) if omit_value else data) + self._told(row)

    def outline(self, row: EntryRow) -> pb.CacheEntry:
        """One that was set, without its value and its secrets."""
        return pb.CacheEntry.FromString(row.outline + self._told(row))

    def _told(self, row: EntryRow) -> bytes:
        pending, last = self._touches.pending(row.name)
        stored = row.accessed_at.timestamp() if row.accessed_at else 0.0
        return told(
            accesses=row.access_count + pending,
            accessed_at=max(stored, last),
            stale=row.stale,
            in_memory=self._reader.holds(row.name, row.entry_version),
            tier=pb.CACHE_TIER_DATABASE,
        )


def told(*, accesses: int, accessed_at: float, stale: bool, in_memory: bool, tier: Tier) -> bytes:
    """What comes and goes of an entry, as bytes of `CacheEntry`.

    Args:
        accesses: how often it was read.
        accessed_at: when it was last, in seconds since 1970; 0 for never.
        stale: whether it was invalidated softly since it was set, or copied.
        in_memory: whether this process holds it.
        tier: where its bytes came from.
    """
    return pb.CacheEntry(
        access_count=accesses,
        last_access_time=time_of(accessed_at) if accessed_at else None,
        stale=stale,
        in_memory=in_memory,
        tier=tier,
    ).SerializeToString()


def time_of(seconds: float) -> Timestamp:
    """Seconds since 1970 as a Timestamp, to the microsecond."""
    whole, micros = divmod(round(seconds * 1_000_000), 1_000_000)
    return Timestamp(seconds=whole, nanos=micros * 1_000)
