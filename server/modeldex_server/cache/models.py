"""Models of the catalogue as bytes: from memory, else from Redis, else from PostgreSQL."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from modeldex.v1 import cache_pb2
from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.floors import Floors
from modeldex_server.cache.loading import Loading
from modeldex_server.cache.memory import Held, Memory
from modeldex_server.cache.policies import Operation, Policies
from modeldex_server.cache.statistics import CacheStatistics, Tier
from modeldex_server.cache.tiers import NAMESPACE, Key, Loaded, ModelTiers
from modeldex_server.errors import ModeldexError

PRIORITY = 5

# Who could be answered from a stale copy waits so long for a better one.
_PATIENCE = 0.3  # seconds

_MEMORY, _REDIS, _DATABASE = (
    cache_pb2.CACHE_TIER_MEMORY,
    cache_pb2.CACHE_TIER_REDIS,
    cache_pb2.CACHE_TIER_DATABASE,
)


class Found(NamedTuple):
    """A model as it was found. `stale`: it was invalidated softly, and there was nothing better in time."""

    data: bytes
    tier: Tier
    stale: bool = False


class ModelCache:
    """Bytes of `Model` by (id, version). To be touched from the event loop only.

    Such a version never changes, so no load, however late, can bring an old model back: the index says which version is
    current. Invalidations are about the bytes that were copied: those from before are read from PostgreSQL anew.
    """

    def __init__(
        self,
        tiers: ModelTiers,
        memory: Memory,
        *,
        floors: Floors,
        policies: Policies,
        statistics: CacheStatistics,
        events: CacheEvents,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        patience: float = _PATIENCE,
    ) -> None:
        """`clock` and `wall`: those of the memory. `patience`: how long something better than a stale copy is waited
        for, in seconds."""
        self.statistics = statistics
        self.memory = memory
        self._tiers = tiers
        self._floors = floors
        self._policies = policies
        self._events = events
        self._clock = clock
        self._wall = wall
        self._patience = patience
        self._loading: Loading[Key, Loaded] = Loading(self._keep, number=lambda: floors.number)
        self._reloading: Loading[Key, Loaded] = Loading(self._keep_refreshed, number=lambda: floors.number)
        self._scanning: Loading[Key, Loaded] = Loading(self._keep_if_room, number=lambda: floors.number)
        self._early: set[asyncio.Task[None]] = set()

    def peek(self, key: Key) -> bytes | None:
        """The model, for a read, if memory can answer it. It counts as a read where it does."""
        held = self.memory.find(NAMESPACE, key[0])
        if held is None or held.version != key[1] or held.stale:
            return None
        self.statistics.hits += 1
        if self._events.wanted:
            self._events.hit(NAMESPACE, key[0], _MEMORY)
        if held.refresh_at <= self._clock():
            self._refresh_early(held)
        return held.data

    async def get(self, keys: Iterable[Key]) -> dict[Key, bytes]:
        """Those models that exist, all that memory does not hold in one go."""
        return {key: found.data for key, found in (await self.get_held(keys)).items()}

    async def get_held(self, keys: Iterable[Key]) -> dict[Key, Found]:
        """The same, with where they were found."""
        found: dict[Key, Found] = {}
        missing = []
        for key in dict.fromkeys(keys):
            data = self.peek(key)
            if data is None:
                missing.append(key)
            else:
                found[key] = Found(data, _MEMORY)
        if missing:
            found.update(await self._get_missing(missing))
        return found

    async def reload(self, keys: Iterable[Key]) -> dict[Key, Found]:
        """Those models that exist, from PostgreSQL, past memory and Redis; both are given what it brings."""
        wanted = tuple(dict.fromkeys(keys))
        self._loading.disown(wanted)  # what runs there may have asked Redis
        loaded = await self._reloading.get(wanted, self._tiers.load_from_database, since=self._since(wanted))
        return {key: Found(one.data, one.tier) for key, one in loaded.items()}

    async def scan(self, keys: Sequence[Key]) -> dict[Key, bytes]:
        """Those models that exist, for who goes through many of them once: nothing is counted as a read, and nothing
        that others read has to go for it."""
        held = ((key, self.memory.look(NAMESPACE, key[0])) for key in keys)
        found = {key: one.data for key, one in held if one is not None and one.version == key[1] and not one.stale}
        if missing := [key for key in keys if key not in found]:
            loaded = await self._scanning.get(missing, self._tiers.load_from_database, since=self._since(missing))
            found.update({key: one.data for key, one in loaded.items()})
        return found

    def put(self, models: Mapping[Key, bytes], operation: Operation) -> None:
        """Keep what was just written, for whoever wrote it reads it next."""
        mark = self._floors.number
        self._keep({key: Loaded.of(data, mark, _DATABASE) for key, data in models.items()}, operation)

    def missed(self, model_id: str) -> None:
        """Somebody read a model that the index says does not exist."""
        self.statistics.misses += 1
        if self._events.wanted:
            self._events.miss(NAMESPACE, model_id)

    def clear(self) -> None:
        """Forget all models, those that are being read among them."""
        for loading in (self._loading, self._reloading, self._scanning):
            loading.disown_all()
        self.memory.clear(NAMESPACE, cache_pb2.CACHE_EVICTION_REASON_MANUAL)

    @property
    def bytes_used(self) -> int:
        """Bytes of memory that are used, by models and by whatever else is held."""
        return self.memory.bytes_used

    async def _get_missing(self, keys: Sequence[Key]) -> dict[Key, Found]:
        """What memory cannot answer, or could only from stale copies: those are the answer where nothing better comes
        in time."""
        stale = [held for key in keys if (held := self._stale(key)) is not None]
        if len(stale) < len(keys):
            return await self._get_loaded(keys)
        with suppress(TimeoutError, ModeldexError):
            async with asyncio.timeout(self._patience):
                return await self._get_loaded(keys)
        if any(self._floors.verdict(NAMESPACE, held.key, held.tags, held.mark).dead for held in stale):
            return await self._get_loaded(keys)  # they were invalidated for good meanwhile
        return {(held.key, held.version): self._give_stale(held) for held in stale}

    async def _get_loaded(self, keys: Sequence[Key]) -> dict[Key, Found]:
        if self._policies.enabled:
            loaded = await self._loading.get(keys, self._tiers.load, since=self._since(keys))
        else:
            loaded = await self._tiers.load_from_database(keys)
        for key in keys:
            self._count(key[0], loaded.get(key))
        return {key: Found(one.data, one.tier, one.stale) for key, one in loaded.items()}

    def _stale(self, key: Key) -> Held | None:
        held = self.memory.look(NAMESPACE, key[0])
        return held if held is not None and held.version == key[1] and held.stale else None

    def _give_stale(self, held: Held) -> Found:
        self.statistics.hit(_MEMORY)
        if self._events.wanted:
            self._events.hit(NAMESPACE, held.key, _MEMORY)
        return Found(held.data, _MEMORY, stale=True)

    def _count(self, model_id: str, loaded: Loaded | None) -> None:
        tier = None if loaded is None else loaded.tier
        self.statistics.miss(_MEMORY)
        self.statistics.answered(tier)
        if not self._events.wanted:
            return
        if tier == _REDIS:
            self._events.hit(NAMESPACE, model_id, _REDIS)
        else:
            self._events.miss(NAMESPACE, model_id)

    def _since(self, keys: Iterable[Key]) -> int:
        return max((self._floors.newest(NAMESPACE, model_id) for model_id, _ in keys), default=0)

    def _keep(self, loaded: Mapping[Key, Loaded], operation: Operation = Operation.DISCOVERY) -> None:
        """Put into memory what was loaded, and into Redis what did not come from there."""
        ttl = self._policies.ttl(operation, self.memory.pressure)
        now, made_at = self._clock(), self._wall()
        expires, refresh_at = now + ttl, now + self._policies.refresh_after(ttl)
        for (model_id, version), one in loaded.items():
            self.memory.put(
                Held(
                    namespace=NAMESPACE,
                    key=model_id,
                    version=version,
                    data=one.data,
                    tags=one.tags,
                    priority=PRIORITY,
                    mark=one.mark,
                    made_at=made_at,
                    expires=expires,
                    refresh_at=refresh_at,
                    checked=math.inf,  # a version never changes
                )
            )
        self._tiers.copy(loaded)

    def _keep_refreshed(self, loaded: Mapping[Key, Loaded]) -> None:
        self._keep(loaded, Operation.REFRESH)

    def _keep_if_room(self, loaded: Mapping[Key, Loaded]) -> None:
        if self.memory.pressure < self._policies.low_water_mark:
            self._keep(loaded)

    def _refresh_early(self, held: Held) -> None:
        """Read a copy anew before it expires, so that nobody who reads it has to wait for that."""
        held.refresh_at = math.inf  # once: where it fails, the copy expires in its time
        task = asyncio.ensure_future(self._refresh((held.key, held.version)))
        self._early.add(task)
        task.add_done_callback(self._early.discard)

    async def _refresh(self, key: Key) -> None:
        with suppress(ModeldexError):
            await self._reloading.get([key], self._tiers.load_from_database)
