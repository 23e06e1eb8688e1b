"""The window: what was written to a stream and waits for its acknowledgement."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Sent:
    """A message: the revision it goes through, its updates, when it was written."""

    through: int
    count: int
    at: float


class Window:
    """Messages by their revisions. It is full where they hold `most` updates or more: a message is not split for it.
    A message that is acknowledged in part counts whole."""

    def __init__(self, most: int, timeout: float) -> None:
        """`timeout`: seconds that a message may wait."""
        self._most = most
        self._timeout = timeout
        self._sent: deque[_Sent] = deque()
        self._count = 0
        self.acknowledged = 0

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self._sent

    @property
    def full(self) -> bool:
        """Whether nothing more may be written."""
        return self._count >= self._most

    def overdue(self, now: float) -> bool:
        """Whether the oldest has waited for too long."""
        return bool(self._sent) and now - self._sent[0].at > self._timeout

    def wrote(self, through: int, count: int, now: float) -> None:
        """A message was written; its acknowledgement may have come before."""
        self._sent.append(_Sent(through, count, now))
        self._count += count
        self._drop()

    def acknowledge(self, revision: int) -> None:
        """Everything up to a revision is done with."""
        self.acknowledged = max(self.acknowledged, revision)
        self._drop()

    def _drop(self) -> None:
        while self._sent and self._sent[0].through <= self.acknowledged:
            self._count -= self._sent.popleft().count
