"""The tiers behind memory, for models: Redis, and PostgreSQL for what is not there, or no more counts."""

from __future__ import annotations

import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from modeldex.v1 import cache_pb2, model_pb2
from modeldex_server.cache.copies import Copies, Copy, CopyKey
from modeldex_server.cache.floors import Floors, Verdict
from modeldex_server.cache.statistics import CacheStatistics, Tier
from modeldex_server.errors import ModeldexError

NAMESPACE = "catalogue"

_REDIS, _DATABASE = cache_pb2.CACHE_TIER_REDIS, cache_pb2.CACHE_TIER_DATABASE

Key: TypeAlias = tuple[str, int]
"""A model's id and version."""
Load: TypeAlias = Callable[[Sequence[Key]], Awaitable[dict[Key, bytes]]]


class Loaded(NamedTuple):
    """What a load brought. `mark`: the newest invalidation that was applied before it began; `stale`: it was
    invalidated softly, and PostgreSQL could not be asked for another."""

    data: bytes
    tags: tuple[str, ...]
    mark: int
    tier: Tier
    stale: bool = False

    @classmethod
    def of(cls, data: bytes, mark: int, tier: Tier, *, stale: bool = False) -> Loaded:
        """With the model's own tags. Many models have the same ones, so each is in memory once."""
        return cls(data, tuple(map(sys.intern, model_pb2.Model.FromString(data).tags)), mark, tier, stale)


class ModelTiers:
    """Loads models by (id, version)."""

    def __init__(
        self,
        read: Load,
        *,
        floors: Floors,
        statistics: CacheStatistics,
        copies: Copies | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`read` asks PostgreSQL."""
        self._read = read
        self._floors = floors
        self._statistics = statistics
        self._copies = copies
        self._clock = clock

    async def load(self, keys: Sequence[Key]) -> dict[Key, Loaded]:
        """Those that exist, from Redis and then from PostgreSQL, each asked once.

        Raises:
            ModeldexError: PostgreSQL did not answer, and there is not even a stale copy of each.
        """
        copies = await self._from_redis(keys)
        loaded = {key: one for key, one in copies.items() if not one.stale}
        if missing := [key for key in keys if key not in loaded]:
            try:
                loaded.update(await self.load_from_database(missing))
            except ModeldexError:
                if not copies.keys() >= set(missing):
                    raise
                return copies
        return loaded

    async def load_from_database(self, keys: Sequence[Key]) -> dict[Key, Loaded]:
        """Those that exist, from PostgreSQL.

        Raises:
            ModeldexError: it did not answer.
        """
        mark, began = self._floors.number, self._clock()
        try:
            models = await self._read(keys)
        except ModeldexError:
            for _ in keys:
                self._statistics.failed(_DATABASE)
            raise
        self._statistics.loaded(_DATABASE, self._clock() - began)
        for key in keys:
            (self._statistics.hit if key in models else self._statistics.miss)(_DATABASE)
        return {key: Loaded.of(data, mark, _DATABASE) for key, data in models.items()}

    def copy(self, loaded: Mapping[Key, Loaded]) -> None:
        """Have Redis hold what did not come from there."""
        if self._copies is not None:
            read = {key: one for key, one in loaded.items() if one.tier == _DATABASE}
            self._copies.put({_copy_key(key): Copy(one.data, one.mark) for key, one in read.items()})

    async def _from_redis(self, keys: Sequence[Key]) -> dict[Key, Loaded]:
        """What it has that is not dead."""
        if self._copies is None:
            return {}
        loaded: dict[Key, Loaded] = {}
        for (_, model_id, version), copy in (await self._copies.get(map(_copy_key, keys))).items():
            one = Loaded.of(copy.data, copy.mark, _REDIS)
            verdict = self._floors.verdict(NAMESPACE, model_id, one.tags, copy.mark)
            if not verdict.dead:
                loaded[model_id, version] = one._replace(stale=verdict is Verdict.STALE)
        return loaded


def _copy_key(key: Key) -> CopyKey:
    return NAMESPACE, *key
