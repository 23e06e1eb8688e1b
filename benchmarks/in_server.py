"""The time that an answer takes in the server: that of a client with one call at a time, less that of a bare call (the
health service) made between any two on the same connection."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial

from google.protobuf.message import Message

from benchmarks.rounds import Reading, Turn
from benchmarks.service import HEALTH, Service

_HISTORY = "/modeldex.v1.HistoryService/"


def history(service: Service, method: str, requests: Iterator[Message], seconds: float) -> Turn:
    """Calls of a method of HistoryService, for a while; the median. What the client saw stands beside it."""

    def turn() -> Reading:
        calls, bare = [], []
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            request = next(requests).SerializeToString()
            calls.append(milliseconds(partial(service.raw, _HISTORY + method, request, 60)))
            bare.append(milliseconds(partial(service.raw, HEALTH, b"", 5)))
        call, way = statistics.median(calls), statistics.median(bare)
        beside = {"client p50 ms": call, "client p99 ms": percentile(calls, 0.99), "bare call ms": way}
        return Reading(call - way, beside)

    return turn


def milliseconds(work: Callable[[], object]) -> float:
    """How long it took."""
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1e3


def percentile(values: list[float], part: float) -> float:
    """The value below which this part of them lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]
