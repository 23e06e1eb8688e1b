"""The first tier: serialised models in memory, immutable under (model id, version)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cachetools import TLRUCache

Key = tuple[str, int]
Load = Callable[[Sequence[Key]], Awaitable[dict[Key, bytes]]]

_SECONDS = 3600.0  # an entry never turns false; it goes so that what nobody reads takes no memory


@dataclass(slots=True)
class CacheStatistics:
    """Counted as things happen."""

    hits: int = 0
    misses: int = 0
    loads: int = 0


class ModelCache:
    """Bytes of `Model` by (id, version), in a budget of bytes. To be touched from the event loop only.

    One load for a key at a time: who asks meanwhile waits for it, and who goes away cancels nothing.
    """

    def __init__(self, load: Load, *, budget: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._load = load
        self._entries: TLRUCache[Key, bytes] = TLRUCache(
            maxsize=budget, ttu=lambda _key, _value, now: now + _SECONDS, timer=clock, getsizeof=len
        )
        self._loading: dict[Key, asyncio.Task[dict[Key, bytes]]] = {}
        self.statistics = CacheStatistics()

    def peek(self, key: Key) -> bytes | None:
        """The entry, if it is in memory."""
        try:
            entry = self._entries[key]
        except KeyError:
            return None
        self.statistics.hits += 1
        return entry

    def put(self, models: Mapping[Key, bytes]) -> None:
        """Keep what was just written, for whoever wrote it reads it next."""
        for key, data in models.items():
            if len(data) <= self._entries.maxsize:
                self._entries[key] = data

    def clear(self) -> None:
        """Forget all entries."""
        self._entries.clear()

    @property
    def bytes_used(self) -> int:
        """The bytes of all entries."""
        return int(self._entries.currsize)

    async def get(self, keys: Iterable[Key]) -> dict[Key, bytes]:
        """The entries of those keys that exist, from memory or loaded in one go."""
        found: dict[Key, bytes] = {}
        missing = []
        for key in keys:
            entry = self.peek(key)
            if entry is None:
                missing.append(key)
            else:
                found[key] = entry
        if missing:
            found.update(await self._load_missing(missing))
        return found

    async def _load_missing(self, missing: Sequence[Key]) -> dict[Key, bytes]:
        self.statistics.misses += len(missing)
        wanted = [key for key in dict.fromkeys(missing) if key not in self._loading]
        if wanted:
            task = asyncio.ensure_future(self._load_and_keep(wanted))
            for key in wanted:
                self._loading[key] = task
        found: dict[Key, bytes] = {}
        for task in {self._loading[key] for key in missing if key in self._loading}:
            found.update(await asyncio.shield(task))
        return {key: found[key] for key in missing if key in found}

    async def _load_and_keep(self, keys: Sequence[Key]) -> dict[Key, bytes]:
        try:
            self.statistics.loads += 1
            loaded = await self._load(keys)
            self.put(loaded)
            return loaded
        finally:
            for key in keys:
                del self._loading[key]
