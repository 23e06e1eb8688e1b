"""Fills a cache in a process of its own and says what it took: `python -m benchmarks.cache_filling KIND COUNT`.

KIND is "memory", the first tier of the server; "churned", the same after ten times as many copies came as fit; or
"bare", a TLRUCache with the same values.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sized
from dataclasses import dataclass
from pathlib import Path

from cachetools import TLRUCache

from benchmarks.cache_rooms import TTL, cache_rooms, copy_of
from benchmarks.process import resident_mb
from modeldex_server.cache.memory import Memory
from modeldex_server.cache.tiers import Key

_ROOT = Path(__file__).parents[1]
_VALUE_BYTES = 1500  # as most models have
_PROVIDERS = 150


@dataclass(frozen=True, slots=True)
class Filled:
    """What a process had after it put so many entries. `bookkeeping`: resident bytes of one beyond its value."""

    bookkeeping: float
    resident: float  # bytes, of all entries
    told: float  # the same as the cache itself has it; 0 where it does not say


def filled(kind: str, count: int) -> Filled:
    """Fill a cache in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.cache_filling", kind, str(count)]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True, timeout=300)
    return Filled(**json.loads(done.stdout))


def _entries(count: int) -> Iterator[tuple[str, bytes]]:
    for number in range(count):
        key = f"provider-{number % _PROVIDERS}/model-{number}"
        yield key, key.encode().ljust(_VALUE_BYTES, b"x")


def _fill_memory(count: int, budget: int = 2**40) -> tuple[Memory, float]:
    memory = cache_rooms(_load_nothing, budget).memory
    for key, data in _entries(count):
        memory.put(copy_of(key, data))
    return memory, memory.bytes_used


def _churn_memory(count: int) -> tuple[Memory, float]:
    return _fill_memory(10 * count, count * 2 * _VALUE_BYTES)


def _fill_bare(count: int) -> tuple[Sized, float]:
    cache: TLRUCache[tuple[str, int], bytes] = TLRUCache(
        maxsize=2**40, ttu=lambda _key, _value, now: now + TTL, getsizeof=len
    )
    for key, data in _entries(count):
        cache[key, 1] = data
    return cache, 0.0


async def _load_nothing(_keys: object) -> dict[Key, bytes]:
    return {}


def _main(kind: str, count: int) -> None:
    fills: dict[str, Callable[[int], tuple[Sized, float]]] = {
        "memory": _fill_memory,
        "churned": _churn_memory,
        "bare": _fill_bare,
    }
    fill = fills[kind]
    fill(1000)  # what is loaded and made once is there by then
    gc.collect()
    before = resident_mb(os.getpid())
    cache, told = fill(count)
    gc.collect()
    resident = (resident_mb(os.getpid()) - before) * 1e6
    bookkeeping = resident / len(cache) - _VALUE_BYTES
    print(json.dumps({"bookkeeping": bookkeeping, "resident": resident, "told": told}))


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]))
