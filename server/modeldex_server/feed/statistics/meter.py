"""The meter: counts what streams write, in memory, where it is written."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

_UNSPECIFIED = "UNSPECIFIED"

Clock = Callable[[], float]  # seconds of Unix time


class Sent(Protocol):
    """What a message brought: `count` updates, committed at `committed` on average, the first of them at `oldest`."""

    @property
    def count(self) -> int: ...
    @property
    def committed(self) -> float: ...
    @property
    def oldest(self) -> float: ...


@dataclass(slots=True)
class Tally:
    """What was written for the subscriptions of one principal, or for streams without one. Spans are in seconds."""

    updates: int = 0
    messages: int = 0
    delivering: float = 0.0  # from commit to written, of all updates together
    longest: float = 0.0  # the most of an update of a stream that was level
    writing: float = 0.0  # of all messages together
    last_updates: int = 0
    last_written: float = 0.0

    def add(self, later: Tally) -> None:
        """Add what was written afterwards."""
        self.updates += later.updates
        self.messages += later.messages
        self.delivering += later.delivering
        self.longest = max(self.longest, later.longest)
        self.writing += later.writing
        self.last_updates, self.last_written = later.last_updates, later.last_written


@dataclass(slots=True)
class Counts:
    """What was counted since it was last taken."""

    tallies: dict[tuple[int, str], Tally] = field(default_factory=dict)  # by minute of Unix time, and principal
    seconds: dict[tuple[int, str], int] = field(default_factory=dict)  # updates to subscriptions, by second
    rejected: dict[tuple[int, str], int] = field(default_factory=dict)  # by minute, and reason

    def __bool__(self) -> bool:
        return bool(self.tallies or self.rejected)


class Meter:
    """Counts of one process. To be touched from the event loop only. Times of commits are the database's, `clock` is
    the machine's: a delivery seems longer or shorter by what the two differ, but never less than nothing."""

    def __init__(self, clock: Clock = time.time) -> None:
        self._clock = clock
        self._counts = Counts()
        self._second = 0  # the one that is being counted
        self._tallies: dict[str, Tally] = {}  # of that second, by principal: few to look in, for each message does

    def sent(self, batch: Sent, principal: str, seconds: float, *, level: bool) -> None:
        """A message was written.

        Args:
            principal: whose subscription it is for; '' for none.
            seconds: how long it took from being put together.
            level: whether the stream had come all the way before.
        """
        now, count = self._clock(), batch.count
        if now >= self._second + 1:
            self._turn(int(now))
        tally = self._tallies.get(principal)
        if tally is None:
            tally = self._tallies[principal] = Tally()
        tally.updates += count
        tally.messages += 1
        late = now - batch.committed
        if late > 0:
            tally.delivering += late * count
        if level and now - batch.oldest > tally.longest:
            tally.longest = now - batch.oldest
        tally.writing += seconds
        tally.last_updates = count
        tally.last_written = now

    def rejected(self, reason: str, count: int = 1) -> None:
        """A client could not do with so many updates, or did not acknowledge them in time."""
        key = (int(self._clock()) // 60, reason or _UNSPECIFIED)
        self._counts.rejected[key] = self._counts.rejected.get(key, 0) + count

    def take(self) -> Counts:
        """What was counted since the last time."""
        self._turn(self._second)
        taken, self._counts = self._counts, Counts()
        return taken

    def _turn(self, second: int) -> None:
        """Put away what was counted in a second, and begin with one."""
        counts, minute = self._counts, self._second // 60
        for principal, tally in self._tallies.items():
            counts.tallies.setdefault((minute, principal), Tally()).add(tally)
            if principal:
                key = (self._second, principal)
                counts.seconds[key] = counts.seconds.get(key, 0) + tally.updates
        self._second, self._tallies = second, {}
