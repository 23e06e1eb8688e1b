"""Answers: what is told of an entry beside what is stored of it, appended to the bytes that are ready."""

from __future__ import annotations

from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import cache_pb2 as pb
from modeldex_server.cache.statistics import Tier


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
