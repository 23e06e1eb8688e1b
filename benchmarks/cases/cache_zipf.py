"""Reads of the packaged models as callers make them, few models often and most seldom, where memory holds a tenth.

The rooms are in this process, over the PostgreSQL of a server with the packaged models. There is nothing bare to put
beside it: the bars are the specification's own.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import uvloop

from benchmarks.cache_rooms import cache_rooms
from benchmarks.case import Bar, Case, Plan
from benchmarks.postgres import DATABASE, url_of
from benchmarks.rounds import Reading, Turn
from benchmarks.service import packaged
from modeldex_server.cache.tiers import Key
from modeldex_server.ledger.log import read_entries
from modeldex_server.ledger.versions import load_versions
from modeldex_server.store.database import Database

_EXPONENT = 1.2  # of Zipf's law: what is read of names, pages and files lies between 0.8 and 1.3
_SHARE = 0.1  # of the models that fit
_READERS = 16
_CHOICES = 1000  # of models at a time


async def _measure(database: Database, seconds: float) -> Reading:
    """The value is the share of hits, in percent, after memory was filled."""
    entries = await read_entries(database)
    keys = [(model_id, entry.version) for model_id, entry in entries.items() if entry.live]
    chance = random.Random(7)
    chance.shuffle(keys)
    weights = list(itertools.accumulate(1 / rank**_EXPONENT for rank in range(1, len(keys) + 1)))
    queries: list[float] = []

    async def load(wanted: Sequence[Key]) -> dict[Key, bytes]:
        begin = time.perf_counter()
        found = await load_versions(database, wanted)
        queries.append((time.perf_counter() - begin) * 1e3)
        return found

    sample = cache_rooms(load, 2**30)
    await sample.models.get(keys[:500])
    rooms = cache_rooms(load, round(sample.memory.bytes_used / 500 * len(keys) * _SHARE))
    answers: list[float] = []

    async def read(end: float) -> None:
        while time.perf_counter() < end:
            for key in chance.choices(keys, cum_weights=weights, k=_CHOICES):
                begin = time.perf_counter()
                if key not in await rooms.models.get([key]):
                    raise LookupError(key)
                answers.append((time.perf_counter() - begin) * 1e3)
            await asyncio.sleep(0)

    async def read_for(span: float) -> None:
        end = time.perf_counter() + span
        await asyncio.gather(*(read(end) for _ in range(_READERS)))

    await read_for(seconds / 2)
    rooms.statistics.reset()
    answers.clear()
    queries.clear()
    await read_for(seconds)
    return Reading(
        rooms.statistics.hit_rate * 100,
        {
            "average answer ms": sum(answers) / len(answers),
            "average query ms": sum(queries) / len(queries),
            "longest query ms": max(queries),
            "models held": len(rooms.memory),
        },
    )


@contextmanager
def _open(plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with packaged() as service, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        database = Database(url_of(service.data, DATABASE), size=8)
        runner.run(database.open())
        try:
            yield {"modeldex": lambda: runner.run(_measure(database, plan.seconds))}
        finally:
            runner.run(database.close())


CASE = Case(
    name="cache_zipf",
    title="reads of the packaged models by Zipf's law, where memory holds a tenth of them: hits",
    unit="%",
    open=_open,
    bars=(
        Bar("modeldex", 80, at_least=True),
        Bar("modeldex", 10, of="average answer ms"),
        Bar("modeldex", 100, of="longest query ms"),
    ),
    rounds=3,
)
