"""Seconds as the contract tells them."""

from __future__ import annotations

from google.protobuf.duration_pb2 import Duration


def span(seconds: float) -> Duration:
    """A span of seconds, to the microsecond."""
    duration = Duration()
    duration.FromMicroseconds(round(seconds * 1e6))
    return duration
