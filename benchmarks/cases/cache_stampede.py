"""1,000 reads of one cold model at the same time, through the rooms of a process, beside a single cold read.

The rooms are in this process, over the PostgreSQL of a server with the packaged models.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import uvloop

from benchmarks.cache_rooms import CacheRooms, cache_rooms
from benchmarks.case import Bar, Case, Plan
from benchmarks.marks import percentile
from benchmarks.postgres import DATABASE, url_of
from benchmarks.rounds import Reading, Turn
from benchmarks.service import packaged
from modeldex_server.cache.tiers import Key
from modeldex_server.ledger.log import read_entries
from modeldex_server.ledger.versions import load_versions
from modeldex_server.store.database import Database

_READERS = 1000
_SINGLES = 30


class _Reads:
    """Reads of models that were not read before, until all were: then memory begins anew."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rooms: CacheRooms | None = None

    async def connect(self) -> None:
        """Find the models."""
        await self._database.open()
        entries = await read_entries(self._database)
        self._keys = itertools.cycle([(model_id, entry.version) for model_id, entry in entries.items() if entry.live])

    async def single(self) -> Reading:
        """The value is the 99th percentile of single cold reads, one after another."""
        rooms = self._fresh()
        return Reading(percentile(sorted([await _read(rooms, next(self._keys)) for _ in range(_SINGLES)]), 0.99))

    async def stampede(self) -> Reading:
        """The same of many reads of one model at the same time."""
        rooms, key = self._fresh(), next(self._keys)
        taken = await asyncio.gather(*(_read(rooms, key) for _ in range(_READERS)))
        return Reading(percentile(sorted(taken), 0.99), {"loads": rooms.statistics.loads})

    def _fresh(self) -> CacheRooms:
        async def load(keys: Sequence[Key]) -> dict[Key, bytes]:
            return await load_versions(self._database, keys)

        return cache_rooms(load, 2**26)


async def _read(rooms: CacheRooms, key: Key) -> float:
    """Milliseconds."""
    begin = time.perf_counter()
    found = await rooms.models.get([key])
    if key not in found:
        raise LookupError(key)
    return (time.perf_counter() - begin) * 1e3


@contextmanager
def _open(_plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with packaged() as service, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        database = Database(url_of(service.data, DATABASE), size=4)
        reads = _Reads(database)
        runner.run(reads.connect())
        try:
            yield {
                "one reader": lambda: runner.run(reads.single()),
                f"{_READERS:,} readers": lambda: runner.run(reads.stampede()),
            }
        finally:
            runner.run(database.close())


CASE = Case(
    name="cache_stampede",
    title=f"{_READERS:,} reads of one cold model at the same time: p99 of a read",
    unit="ms",
    open=_open,
    base="one reader",
    bars=(
        Bar(f"{_READERS:,} readers", 50, of="excess", to="one reader", times=2),
        Bar(f"{_READERS:,} readers", 1, of="loads"),
    ),
)
