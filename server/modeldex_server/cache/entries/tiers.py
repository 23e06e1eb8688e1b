"""The tiers behind memory, for entries: PostgreSQL, which says what there is, and Redis, which may have its bytes."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from modeldex.v1 import cache_pb2 as pb
from modeldex_server.cache.copies import Copies, Copy
from modeldex_server.cache.entries.rows import EntryKey, EntryRow, read
from modeldex_server.cache.entries.sealing import cleared
from modeldex_server.cache.entries.secrets import Secrets
from modeldex_server.cache.entries.touching import Touches
from modeldex_server.cache.floors import Floors
from modeldex_server.cache.memory import Held
from modeldex_server.cache.statistics import CacheStatistics, Tier
from modeldex_server.errors import StoreUnavailable
from modeldex_server.store.database import Database

_MEMORY, _REDIS, _DATABASE = pb.CACHE_TIER_MEMORY, pb.CACHE_TIER_REDIS, pb.CACHE_TIER_DATABASE


@dataclass(slots=True, eq=False, kw_only=True)
class HeldEntry(Held):
    """A copy of an entry of a caller."""

    soft: bool  # its row says that it was invalidated softly
    sealed: bool  # it has secrets, which are not in its bytes


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, and the tier that its bytes came from."""

    held: HeldEntry
    tier: Tier
    stale: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """When the store was asked: by the number of the newest invalidation that was applied, and by the clock."""

    mark: int
    at: float


Loaded = dict[EntryKey, Found | None]
"""Each entry that was asked for; None where there is none."""


class EntryTiers:
    """Loads entries, however many, in one round trip to each tier."""

    def __init__(
        self,
        database: Database,
        *,
        copies: Copies,
        floors: Floors,
        statistics: CacheStatistics,
        touches: Touches,
        secrets: Secrets,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """`clock` tells seconds as time.monotonic does, `wall` those since 1970."""
        self._database = database
        self._copies = copies
        self._floors = floors
        self._statistics = statistics
        self._touches = touches
        self._secrets = secrets
        self._clock = clock
        self._wall = wall

    def now(self) -> Moment:
        """To be taken before the store is asked."""
        return Moment(self._floors.number, self._clock())

    async def load(self, keys: Sequence[EntryKey], held: Mapping[EntryKey, HeldEntry]) -> Loaded:
        """What there is of the entries, whose bytes may be `held`.

        Raises:
            StoreUnavailable.
        """
        moment = self.now()
        known = [held[key].version if key in held else 0 for key in keys]
        rows = await self._ask(keys, known, values=not self._copies.usable)
        loaded: Loaded = dict.fromkeys(keys)
        wanting: dict[EntryKey, EntryRow] = {}
        for key, row in rows.items():
            if key in held and held[key].version == row.entry_version:
                loaded[key] = Found(self._made(row, held[key].data, moment), _MEMORY, row.stale)
            elif row.value is None:
                wanting[key] = row
            else:
                loaded[key] = self.stored(row, moment)
        return loaded | await self._fill(wanting, moment) if wanting else loaded

    async def load_from_database(self, keys: Sequence[EntryKey]) -> Loaded:
        """What there is of the entries, past Redis.

        Raises:
            StoreUnavailable.
        """
        moment = self.now()
        rows = await self._ask(keys, [0] * len(keys), values=True)
        return {key: self.stored(rows[key], moment) if key in rows else None for key in keys}

    def stored(self, row: EntryRow, moment: Moment) -> Found:
        """An entry with its value as PostgreSQL has it; Redis gets a copy."""
        held = self._made(row, row.data, moment)
        self._copies.put({(held.namespace, held.key, held.version): Copy(held.data, held.mark)})
        return Found(held, _DATABASE, row.stale)

    async def _fill(self, wanting: Mapping[EntryKey, EntryRow], moment: Moment) -> Loaded:
        """The bytes from Redis, and from PostgreSQL those that it does not have."""
        names = {key: (*key, row.entry_version) for key, row in wanting.items()}
        copies = await self._copies.get(list(names.values()))
        loaded: Loaded = {}
        for key, row in wanting.items():
            copy = copies.get(names[key])
            if copy is not None and not self._floors.verdict(*key, row.tags, copy.mark).dead:
                loaded[key] = Found(self._made(row, copy.data, moment), _REDIS, row.stale)
        rest = [key for key in wanting if key not in loaded]
        return loaded | await self.load_from_database(rest) if rest else loaded

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
        return rows

    def _made(self, row: EntryRow, data: bytes, moment: Moment) -> HeldEntry:
        data, sealed = cleared(data, self._secrets)
        return HeldEntry(
            namespace=row.namespace,
            key=row.key,
            version=row.entry_version,
            data=data,
            tags=tuple(map(sys.intern, row.tags)),
            priority=row.priority,
            mark=moment.mark,
            made_at=self._wall(),
            # The row is of a later moment, and expires no earlier than if it were of this one.
            expires=moment.at + row.remaining,
            refresh_at=math.inf,  # it is looked at often enough
            checked=moment.at,
            accesses=row.access_count + self._touches.pending(row.name)[0],
            accessed_at=row.accessed_at.timestamp() if row.accessed_at else 0.0,
            stale=row.stale,
            soft=row.stale,
            sealed=sealed or row.secret_key is not None,
        )
