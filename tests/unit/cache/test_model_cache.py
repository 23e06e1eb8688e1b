"""The first tier of the cache."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from modeldex_server.cache.models import Key, ModelCache


class Store:
    """Loads what it is asked for, when it is let, and counts."""

    def __init__(self) -> None:
        self.calls: list[list[Key]] = []
        self.free = asyncio.Event()
        self.free.set()
        self.missing: set[Key] = set()
        self.broken = False

    async def load(self, keys: Sequence[Key]) -> dict[Key, bytes]:
        self.calls.append(list(keys))
        await self.free.wait()
        if self.broken:
            raise RuntimeError("away")
        return {key: f"{key[0]}@{key[1]}".encode() for key in keys if key not in self.missing}


@pytest.fixture
async def store() -> Store:
    return Store()


@pytest.fixture
async def cache(store: Store) -> ModelCache:
    return ModelCache(store.load, budget=1000)


async def test_what_was_loaded_is_not_loaded_again(cache: ModelCache, store: Store) -> None:
    """read your write: an entry is immutable under its id and version, so it is loaded once."""
    keys = [("a/1", 1), ("a/2", 1)]
    assert await cache.get(keys) == await cache.get(keys) == {("a/1", 1): b"a/1@1", ("a/2", 1): b"a/2@1"}
    assert store.calls == [keys]
    assert cache.peek(("a/1", 1)) == b"a/1@1"
    assert cache.peek(("a/1", 2)) is None
    assert (cache.statistics.loads, cache.statistics.misses) == (1, 2)


async def test_all_who_ask_at_once_share_one_load(cache: ModelCache, store: Store) -> None:
    """read your write: 1,000 readers of one cold key: one load, and everybody has it."""
    store.free.clear()
    reading = [asyncio.create_task(cache.get([("a/1", 1)])) for _ in range(1000)]
    await asyncio.sleep(0)
    store.free.set()
    assert {answer[("a/1", 1)] for answer in await asyncio.gather(*reading)} == {b"a/1@1"}
    assert len(store.calls) == 1


async def test_who_goes_away_takes_nothing_from_the_others(cache: ModelCache, store: Store) -> None:
    """read your write: the first and half of the readers go away meanwhile: still one load, and the others have it."""
    store.free.clear()
    reading = [asyncio.create_task(cache.get([("a/1", 1)])) for _ in range(20)]
    await asyncio.sleep(0)
    for task in reading[::2]:
        task.cancel()
    await asyncio.sleep(0)
    store.free.set()
    answers = await asyncio.gather(*reading, return_exceptions=True)
    assert all(isinstance(answer, asyncio.CancelledError) for answer in answers[::2])
    assert all(answer == {("a/1", 1): b"a/1@1"} for answer in answers[1::2])
    assert len(store.calls) == 1


async def test_overlapping_reads_load_each_key_once(cache: ModelCache, store: Store) -> None:
    """read your write: a batch waits for the keys that others load, and loads the rest."""
    store.free.clear()
    first = asyncio.create_task(cache.get([("a/1", 1), ("a/2", 1)]))
    await asyncio.sleep(0)
    second = asyncio.create_task(cache.get([("a/2", 1), ("a/3", 1), ("a/3", 1)]))
    await asyncio.sleep(0)
    store.free.set()
    await first
    assert set(await second) == {("a/2", 1), ("a/3", 1)}
    assert store.calls == [[("a/1", 1), ("a/2", 1)], [("a/3", 1)]]


async def test_a_failed_load_is_told_to_all_and_tried_again(cache: ModelCache, store: Store) -> None:
    """typed errors: a load that failed is not remembered."""
    store.broken = True
    answers = await asyncio.gather(*(cache.get([("a/1", 1)]) for _ in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [RuntimeError] * 3
    store.broken = False
    assert await cache.get([("a/1", 1)]) == {("a/1", 1): b"a/1@1"}


async def test_what_does_not_exist_is_not_remembered(cache: ModelCache, store: Store) -> None:
    """read your write: a version that was missing may come."""
    store.missing = {("a/1", 1)}
    assert await cache.get([("a/1", 1)]) == {}
    store.missing = set()
    assert await cache.get([("a/1", 1)]) == {("a/1", 1): b"a/1@1"}


async def test_the_budget_is_kept(store: Store) -> None:
    """works offline: a cache holds no more bytes than it may; what is larger than the whole is served and not kept."""
    cache = ModelCache(store.load, budget=100)
    for number in range(200):
        await cache.get([(f"a/{number:03}", 1)])
        assert cache.bytes_used <= 100
    assert cache.peek(("a/199", 1)) is not None
    assert cache.peek(("a/000", 1)) is None
    large = ("a/" + "x" * 200, 1)
    assert large in await cache.get([large])
    assert cache.peek(large) is None
    nothing = ModelCache(store.load, budget=0)
    assert await nothing.get([("a/1", 1)]) == {("a/1", 1): b"a/1@1"}


async def test_forgetting_leaves_what_is_being_loaded_right(cache: ModelCache, store: Store) -> None:
    """min_revision: when history was rewound the cache forgets everything."""
    await cache.get([("a/1", 1)])
    cache.clear()
    assert (cache.peek(("a/1", 1)), cache.bytes_used) == (None, 0)
    assert await cache.get([("a/1", 1)]) == {("a/1", 1): b"a/1@1"}
