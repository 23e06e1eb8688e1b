"""Calls at a steady rate, whether or not earlier ones were answered: a slow server is not spared by it."""

from __future__ import annotations

import time
from collections.abc import Callable

import grpc


def paced(
    call: grpc.UnaryUnaryMultiCallable[bytes, bytes], request: Callable[[], bytes], *, rate: float, seconds: float
) -> int:
    """Makes `rate` calls a second and waits for their answers; how many it made. Raises the first error."""
    calls = []
    begin = time.monotonic()
    for number in range(round(rate * seconds)):
        time.sleep(max(0.0, begin + number / rate - time.monotonic()))
        calls.append(call.future(request(), timeout=30))
    for one in calls:
        one.result()
    return len(calls)
