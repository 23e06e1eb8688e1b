"""Quotas: how much of one process a principal may take."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from modeldex_server.errors import RateLimited

# What a limit may be, unless it is 0.
LEAST_RATE = 0.001  # calls a second
MOST = 1_000_000  # calls a second, or streams

_BURST_SECONDS = 1.0
_ROUNDING = 1e-9  # seconds


@dataclass(frozen=True, slots=True)
class Quota:
    """The limits of one principal in each process. 0 is no limit."""

    calls_per_second: float = 0.0
    max_streams: int = 0


UNLIMITED = Quota()


class Rates:
    """Counts calls, by principal: over any time no more than their rate allows, and one second's worth at once."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` is in seconds."""
        self._clock = clock
        # By principal: when all its calls would have been due, had they come evenly.
        self._due: dict[str, float] = {}

    def count(self, principal: str, per_second: float) -> None:
        """Count one call of a principal. One that is refused counts nothing.

        Raises:
            RateLimited: it is one too many.
        """
        now, span = self._clock(), 1 / per_second
        due = max(self._due.get(principal, now), now) + span
        wait = due - now - max(_BURST_SECONDS, span)
        if wait > _ROUNDING:
            raise RateLimited(per_second, principal, timedelta(milliseconds=math.ceil(wait * 1000)))
        self._due[principal] = due
