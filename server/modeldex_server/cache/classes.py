"""Copies of one priority, by recency and by when they expire."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from cachetools import TLRUCache

if TYPE_CHECKING:
    from modeldex_server.cache.memory import Held


class PriorityClass(TLRUCache[int, "Held"]):
    """Copies by their `id`: the library keeps the keys of what left it for a while, so they are to be small.

    What has expired goes by itself, whatever is done, and is told of.
    """

    def __init__(self, clock: Callable[[], float], on_expired: Callable[[Held], None]) -> None:
        # The budget is of all classes together, so none has one of its own.
        super().__init__(maxsize=float("inf"), ttu=lambda _id, held, _now: held.expires, timer=clock)
        self._on_expired = on_expired
        self._soonest: list[int] = []  # to expire, the very first last

    def expire(self, time: float | None = None) -> list[tuple[int, Held]]:
        expired = list(super().expire(time))
        for _, held in expired:
            self._on_expired(held)
        return expired

    def add(self, held: Held) -> None:
        """Take a copy in that has not expired."""
        self[id(held)] = held

    def discard(self, held: Held) -> None:
        """Let go of a copy."""
        with suppress(KeyError):  # which it raises of what has expired, too, after it let go of it
            del self[id(held)]

    def pop_least_recent(self) -> Held | None:
        """Let go of the copy that was read least recently. None: the last ones had just expired."""
        with suppress(KeyError):
            return self.popitem()[1]
        return None

    def pop_soonest(self, held: Callable[[], Iterable[Held]]) -> Held | None:
        """Let go of the copy that expires first, of those that there were when `held`, which gives all of the class,
        was asked last: that is once for every tenth of them that goes."""
        if not self._soonest:
            there = list(held())
            first = heapq.nsmallest(len(there) // 10 + 1, there, key=lambda one: one.expires)
            self._soonest = [id(one) for one in reversed(first)]
        with suppress(KeyError):  # it has gone meanwhile
            return self.pop(self._soonest.pop())
        return None
