"""Loading: one load for a key at a time, in its own task, so that who goes away stops nobody else's."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Load = Callable[[Sequence[K]], Awaitable[dict[K, V]]]
Keep = Callable[[Mapping[K, V]], None]


class _Run(Generic[K, V]):
    """One load of some keys. `began`: the newest invalidation that was applied before; `at`: by the clock."""

    def __init__(self, began: int, at: float) -> None:
        self.began = began
        self.at = at
        self.task: asyncio.Task[dict[K, V]]


class Loading(Generic[K, V]):
    """Loads of keys, shared by all who ask for them meanwhile. To be touched from the event loop only.

    Nobody joins a load that was begun before what it must know of: the first such caller begins another one, which the
    next ones join. What a load brings is kept only for those keys that are still its own then.
    """

    def __init__(
        self,
        keep: Keep[K, V],
        *,
        number: Callable[[], int],
        seconds: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`keep` is given what a load brought of the keys that are still its own. `number`: of the newest invalidation
        that is applied. `seconds`: for which a load can be joined."""
        self._keep = keep
        self._number = number
        self._seconds = seconds
        self._clock = clock
        self._running: dict[K, _Run[K, V]] = {}

    async def get(self, keys: Iterable[K], load: Load[K, V], *, since: int = 0) -> dict[K, V]:
        """What there is of the keys: from a load that runs, or by one of those that no load runs for.

        Args:
            keys: what is wanted.
            load: gives what there is of some keys, all at once.
            since: the invalidation that a load must have been begun after, or at, to be joined.

        Raises:
            what `load` raises, to all who wait for it.
        """
        wanted = tuple(dict.fromkeys(keys))
        alone = [key for key in wanted if not self._can_join(key, since)]
        if alone:
            self._begin(alone, load)
        found: dict[K, V] = {}
        for run in {self._running[key]: None for key in wanted}:
            found.update(await asyncio.shield(run.task))
        return {key: found[key] for key in wanted if key in found}

    def disown(self, keys: Iterable[K]) -> None:
        """Have nobody join the loads that run for these keys, and keep nothing of what they bring of them. Who waits
        for it already gets it."""
        for key in keys:
            self._running.pop(key, None)

    def disown_all(self) -> None:
        """The same of all keys."""
        self._running.clear()

    def _can_join(self, key: K, since: int) -> bool:
        run = self._running.get(key)
        return run is not None and run.began >= since and self._clock() - run.at <= self._seconds

    def _begin(self, keys: Sequence[K], load: Load[K, V]) -> None:
        run: _Run[K, V] = _Run(self._number(), self._clock())
        for key in keys:
            self._running[key] = run
        run.task = asyncio.ensure_future(self._load(run, keys, load))
        run.task.add_done_callback(_retrieve)

    async def _load(self, run: _Run[K, V], keys: Sequence[K], load: Load[K, V]) -> dict[K, V]:
        try:
            loaded = await load(keys)
            self._keep({key: value for key, value in loaded.items() if self._running.get(key) is run})
            return loaded
        finally:
            for key in keys:
                if self._running.get(key) is run:
                    del self._running[key]


def _retrieve(task: asyncio.Task[object]) -> None:
    """Everybody who waited may have gone: then nobody else looks at how it ended."""
    if not task.cancelled():
        task.exception()
