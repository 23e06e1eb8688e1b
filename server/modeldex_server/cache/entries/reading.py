"""Reading entries: from memory where their versions were seen just now, else as PostgreSQL says.

A copy stands under the version of its entry, which never comes twice. So what a tier holds is right or of no use, and
one statement tells which: the versions of all that is asked for, and the bytes of what is nowhere else.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from modeldex.v1 import cache_pb2 as pb
from modeldex_server.cache.copies import Copies, Copy
from modeldex_server.cache.entries.rows import EntryKey, EntryRow, read
from modeldex_server.cache.entries.sealing import cleared
from modeldex_server.cache.entries.secrets import Secrets
from modeldex_server.cache.entries.touching import Touches
from modeldex_server.cache.entries.under_way import UnderWay, Way
from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.floors import Floors
from modeldex_server.cache.loading import Loading
from modeldex_server.cache.memory import Held, Memory
from modeldex_server.cache.policies import Policies
from modeldex_server.cache.statistics import CacheStatistics
from modeldex_server.errors import StoreUnavailable
from modeldex_server.store.database import Database

# Others may be answered from before a write for a second at most; the rest of it is for the answer's way.
_CHECKED_SECONDS = 0.9
# What was invalidated softly is answered, marked, where nothing better comes within this.
_SOFT_SECONDS = 0.3

_MEMORY, _REDIS, _DATABASE = pb.CACHE_TIER_MEMORY, pb.CACHE_TIER_REDIS, pb.CACHE_TIER_DATABASE
_MANUAL, _SUPERSEDED = pb.CACHE_EVICTION_REASON_MANUAL, pb.CACHE_EVICTION_REASON_SUPERSEDED


@dataclass(slots=True, eq=False, kw_only=True)
class HeldEntry(Held):
    """A copy of an entry of a caller."""

    soft: bool  # its row says that it was invalidated softly
    sealed: bool  # it has secrets, which are not in its bytes


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, and the tier that its bytes came from."""

    held: HeldEntry
    tier: pb.CacheTier.ValueType
    stale: bool


@dataclass(frozen=True, slots=True)
class _Load:
    """When a load was begun: by the number of the newest invalidation, and by the clock."""

    mark: int
    began: float


class EntryReader:
    """Reads entries, one load for a key at a time. To be touched from the event loop only."""

    def __init__(
        self,
        database: Database,
        *,
        memory: Memory,
        copies: Copies,
        floors: Floors,
        policies: Policies,
        statistics: CacheStatistics,
        events: CacheEvents,
        touches: Touches,
        secrets: Secrets,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """`clock` tells seconds as time.monotonic does, `wall` those since 1970. Both are those of `memory`."""
        self._database = database
        self._memory = memory
        self._copies = copies
        self._floors = floors
        self._policies = policies
        self._statistics = statistics
        self._events = events
        self._touches = touches
        self._secrets = secrets
        self._clock = clock
        self._wall = wall
        self.under_way = UnderWay()
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
        found = await self._loading.get(keys, self._load_stored)
        return {key: one for key, one in found.items() if one is not None}

    def put(self, rows: Sequence[EntryRow], way: Way, mark: int, began: float) -> None:
        """Keep what this replica has written.

        Args:
            rows: with their values.
            way: of the write.
            mark: the newest invalidation that was applied before.
            began: when the store was asked to.
        """
        load = _Load(mark, began)
        for row in rows:
            self._loading.disown([row.name])
            if not way.is_late(row.name, row.entry_version) and row.name not in way.deleted:
                self._keep_one(self._stored(row, load).held)
            # Where it was not kept, a version before it must not be answered any more.
            self.show(row)

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

    def show(self, row: EntryRow) -> None:
        """Somebody is shown an entry as PostgreSQL has it: from then on nobody is answered with a version before."""
        self.under_way.show(row.name, row.entry_version)
        held = self._memory.look(*row.name)
        if held is not None and held.version < row.entry_version:
            self._memory.drop(*row.name, _SUPERSEDED)

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

    async def _join(self, due: Sequence[EntryKey]) -> Mapping[EntryKey, Found | None]:
        if not self._policies.enabled:
            return await self._load_stored(due)
        since = max(self._floors.newest(*key) for key in due)
        return await self._loading.get(due, self._load, since=since)

    async def _load_or_spare(self, due: Sequence[EntryKey]) -> Mapping[EntryKey, Found | None]:
        try:
            async with asyncio.timeout(_SOFT_SECONDS):
                return await self._join(due)
        except (TimeoutError, StoreUnavailable):
            # Meanwhile it may have been invalidated for good, or its time may be over.
            return self._spare(due) or await self._join(due)

    def _spare(self, due: Sequence[EntryKey]) -> dict[EntryKey, Found]:
        """What may be answered, marked, where nothing better comes in time. Nothing where one of the keys has none."""
        spare: dict[EntryKey, Found] = {}
        for key in due:
            held = self._memory.look(*key)
            if not isinstance(held, HeldEntry) or not self._is_checked(held):
                return {}
            spare[key] = Found(held, _MEMORY, held.stale)
        return spare

    async def _load(self, keys: Sequence[EntryKey]) -> dict[EntryKey, Found | None]:
        with self.under_way.of(keys) as way:
            found = await self._load_cheaply(keys)
            return await self._in_time(found, way)

    async def _load_stored(self, keys: Sequence[EntryKey]) -> dict[EntryKey, Found | None]:
        """Past Redis."""
        with self.under_way.of(keys) as way:
            found = await self._load_anew(keys)
            return await self._in_time(found, way)

    async def _in_time(self, found: dict[EntryKey, Found | None], way: Way) -> dict[EntryKey, Found | None]:
        """What was found, read again where somebody was shown a newer version meanwhile."""
        while late := [key for key, one in found.items() if one and way.is_late(key, one.held.version)]:
            found |= await self._load_anew(late)
        return found

    async def _load_cheaply(self, keys: Sequence[EntryKey]) -> dict[EntryKey, Found | None]:
        """No bytes but those that neither memory nor Redis has."""
        load = _Load(self._floors.number, self._clock())
        held = {key: one for key in keys if isinstance(one := self._memory.look(*key), HeldEntry)}
        known = [held[key].version if key in held else 0 for key in keys]
        rows = await self._ask(keys, known, values=not self._copies.usable)
        found: dict[EntryKey, Found | None] = dict.fromkeys(keys)
        wanting: dict[EntryKey, EntryRow] = {}
        for key, row in rows.items():
            if key in held and held[key].version == row.entry_version:
                found[key] = self._found(row, held[key].data, load, _MEMORY)
            elif row.value is None:
                wanting[key] = row
            else:
                found[key] = self._stored(row, load)
        if wanting:
            found |= await self._fill(wanting, load)
        return found

    async def _fill(self, wanting: Mapping[EntryKey, EntryRow], load: _Load) -> dict[EntryKey, Found | None]:
        """The bytes from Redis, and from PostgreSQL those that it does not have."""
        names = {key: (*key, row.entry_version) for key, row in wanting.items()}
        copies = await self._copies.get(list(names.values()))
        found: dict[EntryKey, Found | None] = {}
        for key, row in wanting.items():
            copy = copies.get(names[key])
            if copy is not None and not self._floors.verdict(*key, row.tags, copy.mark).dead:
                found[key] = self._found(row, copy.data, load, _REDIS)
        rest = [key for key in wanting if key not in found]
        return found | await self._load_anew(rest) if rest else found

    async def _load_anew(self, keys: Sequence[EntryKey]) -> dict[EntryKey, Found | None]:
        load = _Load(self._floors.number, self._clock())
        rows = await self._ask(keys, [0] * len(keys), values=True)
        found: dict[EntryKey, Found | None] = dict.fromkeys(keys)
        for key, row in rows.items():
            found[key] = self._stored(row, load)
        return found

    async def _ask(self, keys: Sequence[EntryKey], known: Sequence[int], *, values: bool) -> dict[EntryKey, EntryRow]:
        began = self._clock()
        try:
            rows = await read(self._database, keys, known=known, values=values)
        except StoreUnavailable:
            for _ in keys:
                self._statistics.failed(_DATABASE)
            raise
        self._statistics.loaded(_DATABASE, self._clock() - began)
        for key in keys:
            if key not in rows:
                self._statistics.miss(_DATABASE)
            elif rows[key].value is not None:
                self._statistics.hit(_DATABASE)
        for row in rows.values():
            self.show(row)
        return rows

    def _stored(self, row: EntryRow, load: _Load) -> Found:
        """An entry whose bytes came from PostgreSQL; Redis gets a copy."""
        found = self._found(row, row.data, load, _DATABASE)
        held = found.held
        self._copies.put({(held.namespace, held.key, held.version): Copy(held.data, held.mark)})
        return found

    def _found(self, row: EntryRow, data: bytes, load: _Load, tier: pb.CacheTier.ValueType) -> Found:
        return Found(self._made(row, data, load), tier, row.stale)

    def _made(self, row: EntryRow, data: bytes, load: _Load) -> HeldEntry:
        data, sealed = cleared(data, self._secrets)
        return HeldEntry(
            namespace=row.namespace,
            key=row.key,
            version=row.entry_version,
            data=data,
            tags=tuple(row.tags),
            priority=row.priority,
            mark=load.mark,
            made_at=self._wall(),
            # It is of a moment after the load was begun, and expires no later than if it were of that one.
            expires=load.began + row.remaining,
            refresh_at=math.inf,  # it is looked at often enough
            checked=load.began,
            accesses=self._accesses(row),
            accessed_at=row.accessed_at.timestamp() if row.accessed_at else 0.0,
            stale=row.stale,
            soft=row.stale,
            sealed=sealed or row.secret_key is not None,
        )

    def _accesses(self, row: EntryRow) -> int:
        return row.access_count + self._touches.pending(row.name)[0]

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

    def _count_hit(self, key: EntryKey, tier: pb.CacheTier.ValueType) -> None:
        self._statistics.hit(tier)
        if self._events.wanted:
            self._events.hit(*key, tier)
