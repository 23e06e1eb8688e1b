"""Reading entries: from memory where their versions were seen just now, else as PostgreSQL says.

A copy stands under the version of its entry, which never comes twice. So what a tier holds is right or of no use, and
one statement tells which: the versions of all that is asked for, and the bytes of what is nowhere else.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from modeldex.v1 import cache_pb2 as pb
from modeldex_server.cache.entries.rows import EntryKey, EntryRow
from modeldex_server.cache.entries.tiers import EntryTiers, Found, HeldEntry, Loaded, Moment
from modeldex_server.cache.entries.touching import Touches
from modeldex_server.cache.entries.under_way import UnderWay, Way
from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.floors import Floors
from modeldex_server.cache.loading import Loading
from modeldex_server.cache.memory import Held, Memory
from modeldex_server.cache.policies import Policies
from modeldex_server.cache.statistics import CacheStatistics, Tier
from modeldex_server.errors import StoreUnavailable

# Others may be answered from before a write for a second at most; the rest of it is for the answer's way.
_CHECKED_SECONDS = 0.9
# What was invalidated softly is answered, marked, where nothing better comes within this.
_SOFT_SECONDS = 0.3

_MEMORY, _REDIS = pb.CACHE_TIER_MEMORY, pb.CACHE_TIER_REDIS
_MANUAL, _SUPERSEDED = pb.CACHE_EVICTION_REASON_MANUAL, pb.CACHE_EVICTION_REASON_SUPERSEDED


class EntryReader:
    """Reads entries, one load for a key at a time. To be touched from the event loop only."""

    def __init__(
        self,
        tiers: EntryTiers,
        *,
        memory: Memory,
        floors: Floors,
        policies: Policies,
        statistics: CacheStatistics,
        events: CacheEvents,
        touches: Touches,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """`clock` and `wall`: those of the tiers and of the memory."""
        self.under_way = UnderWay()
        self._tiers = tiers
        self._memory = memory
        self._floors = floors
        self._policies = policies
        self._statistics = statistics
        self._events = events
        self._touches = touches
        self._clock = clock
        self._wall = wall
        self._loading: Loading[EntryKey, Found | None] = Loading(
            self._keep, number=lambda: floors.number, clock=clock, seconds=_CHECKED_SECONDS
        )

    async def read(self, keys: Iterable[EntryKey]) -> dict[EntryKey, Found]:
        """Those of the entries that there are; each counts as read.

        Raises:
            StoreUnavailable.
        """
        found, due = self._held(keys, self._memory.find)
        for key in found:
            self._count_hit(key, _MEMORY)
        if due:
            loaded = await self._load_due(due)
            for key in due:
                self._count(key, loaded.get(key))
            for one in loaded.values():
                one.held.accesses += 1  # who finds one in memory has counted it
                one.held.accessed_at = self._wall()
            found |= loaded
        for key in found:
            self._touches.add(key, self._wall())
        return found

    async def look(self, keys: Iterable[EntryKey]) -> dict[EntryKey, Found]:
        """The same for who does not read them: nothing is counted."""
        found, due = self._held(keys, self._memory.look)
        return found | await self._load_due(due) if due else found

    async def refresh(self, keys: Sequence[EntryKey]) -> dict[EntryKey, Found]:
        """Those of the entries that there are, from PostgreSQL, and from now on in memory and in Redis.

        Raises:
            StoreUnavailable.
        """
        self._loading.disown(keys)
        found = await self._loading.get(keys, self._load_from_database)
        return {key: one for key, one in found.items() if one is not None}

    def put(self, rows: Sequence[EntryRow], way: Way, moment: Moment) -> None:
        """Keep what this replica has written.

        Args:
            rows: with their values.
            way: of the write.
            moment: before it.
        """
        for row in rows:
            self._loading.disown([row.name])
            if not way.is_late(row.name, row.entry_version) and row.name not in way.deleted:
                self._keep_one(self._tiers.stored(row, moment).held)
            # Where it was not kept, a version before it must not be answered any more.
            self.show(row.name, row.entry_version)

    def forget(self, keys: Sequence[EntryKey]) -> None:
        """Keep nothing of entries that this replica has deleted, or perhaps changed."""
        self._loading.disown(keys)
        for key in keys:
            self.under_way.delete(key)
            self._memory.drop(*key, _MANUAL)

    def clear(self) -> None:
        """Keep nothing: it is another history, in which versions may come again."""
        self._loading.disown_all()
        self._memory.clear(None, _MANUAL)

    def show(self, key: EntryKey, version: int) -> None:
        """Somebody is shown this version: from then on nobody is answered with one before it."""
        self.under_way.show(key, version)
        held = self._memory.look(*key)
        if held is not None and held.version < version:
            self._memory.drop(*key, _SUPERSEDED)

    def holds(self, key: EntryKey, version: int) -> bool:
        """Whether an entry is in memory, in this version."""
        held = self._memory.look(*key)
        return held is not None and held.version == version

    def _held(
        self, keys: Iterable[EntryKey], find: Callable[[str, str], Held | None]
    ) -> tuple[dict[EntryKey, Found], list[EntryKey]]:
        """What memory can answer, and the keys of the rest."""
        found: dict[EntryKey, Found] = {}
        due: list[EntryKey] = []
        for key in dict.fromkeys(keys):
            held = find(*key)
            if isinstance(held, HeldEntry) and self._is_checked(held) and (held.soft or not held.stale):
                found[key] = Found(held, _MEMORY, held.soft)
            else:
                due.append(key)
        return found, due

    def _is_checked(self, held: Held) -> bool:
        return self._clock() - held.checked <= _CHECKED_SECONDS

    async def _load_due(self, due: Sequence[EntryKey]) -> dict[EntryKey, Found]:
        arrived = self._clock()
        found = await (self._load_or_spare(due) if self._spare(due) else self._join(due))
        # What was looked at before somebody came may have expired before somebody came.
        return {key: one for key, one in found.items() if one is not None and one.held.expires > arrived}

    async def _join(self, due: Sequence[EntryKey]) -> Loaded:
        if not self._policies.enabled:
            return await self._load_from_database(due)
        since = max(self._floors.newest(*key) for key in due)
        return await self._loading.get(due, self._load, since=since)

    async def _load_or_spare(self, due: Sequence[EntryKey]) -> Loaded:
        try:
            async with asyncio.timeout(_SOFT_SECONDS):
                return await self._join(due)
        except (TimeoutError, StoreUnavailable):
            # Meanwhile it may have been invalidated for good, or its time may be over.
            return self._spare(due) or await self._join(due)

    def _spare(self, due: Sequence[EntryKey]) -> Loaded:
        """What may be answered, marked, where nothing better comes in time. Nothing where one of the keys has none."""
        spare: Loaded = {}
        for key in due:
            held = self._memory.look(*key)
            if not isinstance(held, HeldEntry) or not self._is_checked(held):
                return {}
            spare[key] = Found(held, _MEMORY, held.stale)
        return spare

    async def _load(self, keys: Sequence[EntryKey]) -> Loaded:
        held = {key: one for key in keys if isinstance(one := self._memory.look(*key), HeldEntry)}
        with self.under_way.of(keys) as way:
            return await self._in_time(await self._tiers.load(keys, held), way)

    async def _load_from_database(self, keys: Sequence[EntryKey]) -> Loaded:
        with self.under_way.of(keys) as way:
            return await self._in_time(await self._tiers.load_from_database(keys), way)

    async def _in_time(self, loaded: Loaded, way: Way) -> Loaded:
        """What was loaded, and again where somebody was shown a newer version meanwhile."""
        while late := [key for key, one in loaded.items() if one and way.is_late(key, one.held.version)]:
            loaded |= await self._tiers.load_from_database(late)
        for key, one in loaded.items():
            if one is not None:
                self.show(key, one.held.version)
        return loaded

    def _keep(self, loaded: Mapping[EntryKey, Found | None]) -> None:
        for key, one in loaded.items():
            if one is not None:
                self._keep_one(one.held)
            elif self._memory.look(*key) is not None:
                self._memory.drop(*key, _MANUAL)

    def _keep_one(self, held: HeldEntry) -> None:
        accesses, accessed_at = held.accesses, held.accessed_at
        if self._memory.put(held):  # which takes over what was counted of the copy before: other replicas count, too
            held.accesses, held.accessed_at = accesses, accessed_at

    def _count(self, key: EntryKey, found: Found | None) -> None:
        """A read that needed PostgreSQL, if only to be told that what is in memory is right."""
        if found is not None and found.tier == _MEMORY:
            self._count_hit(key, _MEMORY)
            return
        tier = None if found is None else found.tier
        self._statistics.miss(_MEMORY)
        self._statistics.answered(tier)
        if self._events.wanted:
            if tier == _REDIS:
                self._events.hit(*key, _REDIS)
            else:
                self._events.miss(*key)

    def _count_hit(self, key: EntryKey, tier: Tier) -> None:
        self._statistics.hit(tier)
        if self._events.wanted:
            self._events.hit(*key, tier)
