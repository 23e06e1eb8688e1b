"""Marks in events: each event of a benchmark carries one, so that a receiver counts events without decoding them."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

MARK = b"stamp="
_DIGITS = 20
_STAMP = re.compile(rb"stamp=(\d{20})")


def stamp(nanoseconds: int | None = None) -> str:
    """A mark with an instant of the monotonic clock, which all processes of a machine share; now by default."""
    return f"stamp={time.monotonic_ns() if nanoseconds is None else nanoseconds:0{_DIGITS}}"


class Marks:
    """Finds the marks in the bytes of one stream, however they were cut."""

    def __init__(self) -> None:
        self._tail = b""

    def count(self, data: bytes) -> int:
        """How many marks begin to be whole with these bytes."""
        text = self._tail + data
        self._tail = text[-(len(MARK) - 1) :]
        return text.count(MARK)

    def stamps(self, data: bytes) -> list[int]:
        """The instants of the stamps that are whole with these bytes."""
        text = self._tail + data
        self._tail = text[-(len(MARK) + _DIGITS - 1) :]
        return [int(digits) for digits in _STAMP.findall(text)]


def percentile(ordered: Sequence[float], part: float) -> float:
    """The value that this part of the others does not exceed; `ordered` is sorted and not empty."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
