"""A breaker: what fails again and again is left alone for a while, and then probed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import Enum

_FAILURES = 5
_WITHIN = 2.0  # seconds
_PAUSE = 1.0  # seconds


class State(Enum):
    """What a breaker lets through."""

    CLOSED = "closed"
    """Everything."""
    OPEN = "open"
    """Nothing, until the pause is over."""
    HALF_OPEN = "half_open"
    """Nothing but the probe that is out."""


class Breaker:
    """Opens after 5 failures within 2 seconds. Then one probe a second is let through, and the first that succeeds
    closes it. It asks nothing itself: who asks says how it went, or says nothing where nobody waited for the answer."""

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        failures: int = _FAILURES,
        within: float = _WITHIN,
        pause: float = _PAUSE,
    ) -> None:
        """`clock` tells seconds, as time.monotonic does."""
        self._clock = clock
        self._within = within
        self._pause = pause
        self._failed_at: deque[float] = deque(maxlen=failures)
        self._probe_at = 0.0
        self.state = State.CLOSED

    def admits(self) -> bool:
        """Whether to ask now. One that is let through while it is not closed is the probe."""
        if self.state is State.CLOSED:
            return True
        now = self._clock()
        if now < self._probe_at:
            return False
        self.state = State.HALF_OPEN
        self._probe_at = now + self._pause  # a probe that nobody waited for is followed by another
        return True

    def succeed(self) -> None:
        """What was asked answered."""
        if self.state is State.HALF_OPEN:
            self.state = State.CLOSED
            self._failed_at.clear()

    def fail(self) -> None:
        """What was asked did not answer."""
        now = self._clock()
        if self.state is State.HALF_OPEN:
            self._open(now)
        elif self.state is State.CLOSED:
            self._failed_at.append(now)
            if len(self._failed_at) == self._failed_at.maxlen and now - self._failed_at[0] <= self._within:
                self._open(now)

    def _open(self, now: float) -> None:
        self.state = State.OPEN
        self._probe_at = now + self._pause
