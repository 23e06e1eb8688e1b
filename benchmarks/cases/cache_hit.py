"""A hit in the memory of a process, from the room's API, beside a bare TLRUCache with the same models."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from cachetools import TLRUCache

from benchmarks.cache_rooms import TTL, cache_rooms, copy_of
from benchmarks.case import Bar, Case, Plan
from benchmarks.rounds import Reading, Turn
from modeldex_server.cache.tiers import Key

_MODELS = 5_000
_VALUE_BYTES = 1500
_BATCH = 20_000  # hits between two looks at the clock


async def _load_nothing(_keys: object) -> dict[Key, bytes]:
    return {}


@contextmanager
def _open(plan: Plan) -> Iterator[Mapping[str, Turn]]:
    rooms = cache_rooms(_load_nothing, 2**30)
    bare: TLRUCache[Key, bytes] = TLRUCache(maxsize=2**30, ttu=lambda _key, _value, now: now + TTL, getsizeof=len)
    keys = [(f"provider-{number % 150}/model-{number}", 1) for number in range(_MODELS)]
    for key in keys:
        data = key[0].encode().ljust(_VALUE_BYTES, b"x")
        bare[key] = data
        rooms.memory.put(copy_of(key[0], data))
    wanted = random.Random(1).choices(keys, k=_BATCH)
    yield {
        "TLRUCache.get": _hits(bare.get, wanted, plan.seconds),
        "TLRUCache.__getitem__": _hits(bare.__getitem__, wanted, plan.seconds),
        "modeldex": _hits(rooms.models.peek, wanted, plan.seconds),
    }


def _hits(read: Callable[[Key], bytes | None], wanted: list[Key], seconds: float) -> Turn:
    """A turn of hits; the value is how long one takes."""

    def turn() -> Reading:
        gc.collect()
        begin, count = time.perf_counter(), 0
        while (elapsed := time.perf_counter() - begin) < seconds:
            for key in wanted:
                if read(key) is None:
                    raise LookupError(key)
            count += len(wanted)
        return Reading(elapsed / count * 1e9)

    return turn


CASE = Case(
    name="cache_hit",
    title=f"a hit in memory, from the room's API, one of {_MODELS:,} models at random",
    unit="ns",
    open=_open,
    base="TLRUCache.get",
    bars=(Bar("modeldex", 4, of="ratio"),),
)
