"""Models as the cache gives them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from modeldex.v1 import cache_pb2
from modeldex.v1 import invalidation_pb2 as invalidations
from modeldex.v1 import model_pb2 as pb
from modeldex_server.cache.models import Found, ModelCache
from modeldex_server.cache.policies import Operation
from modeldex_server.cache.tiers import Key
from modeldex_server.errors import StoreUnavailable
from modeldex_server.settings.cache import CacheSettings
from support.caches import Parts, models_over, parts


def model(model_id: str, version: int, tags: Sequence[str] = ("tagged",)) -> bytes:
    """A version as the ledger gives it."""
    return pb.Model(id=model_id, version=version, tags=tags).SerializeToString()


async def settle() -> None:
    """Let everybody go on until all wait for something."""
    for _ in range(10):
        await asyncio.sleep(0)


class Store:
    """Loads what it is asked for, when it is let, and counts."""

    def __init__(self) -> None:
        self.calls: list[list[Key]] = []
        self.free = asyncio.Event()
        self.free.set()
        self.missing: set[Key] = set()
        self.broken = False
        self._own: list[asyncio.Event] = []

    def release(self, call: int) -> None:
        """Let one load go on."""
        self._own[call].set()

    async def load(self, keys: Sequence[Key]) -> dict[Key, bytes]:
        self.calls.append(list(keys))
        self._own.append(asyncio.Event())
        waits = [asyncio.ensure_future(event.wait()) for event in (self.free, self._own[-1])]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if self.broken:
            raise StoreUnavailable
        return {key: model(*key) for key in keys if key not in self.missing}


@pytest.fixture
async def store() -> Store:
    return Store()


@pytest.fixture
def own() -> Parts:
    return parts()


@pytest.fixture
async def cache(store: Store, own: Parts) -> ModelCache:
    return models_over(store.load, own)


async def test_what_was_loaded_is_not_loaded_again(cache: ModelCache, store: Store) -> None:
    """read your write: an entry is immutable under its id and version, so it is loaded once."""
    keys = [("a/1", 1), ("a/2", 1)]
    assert await cache.get(keys) == await cache.get(keys) == {("a/1", 1): model("a/1", 1), ("a/2", 1): model("a/2", 1)}
    assert store.calls == [keys]
    assert cache.peek(("a/1", 1)) == model("a/1", 1)
    assert cache.peek(("a/1", 2)) is None
    assert (cache.statistics.loads, cache.statistics.misses, cache.statistics.hits) == (1, 2, 3)


async def test_all_who_ask_at_once_share_one_load(cache: ModelCache, store: Store) -> None:
    """one load: 1,000 readers of one cold key: one load, and everybody has it."""
    store.free.clear()
    reading = [asyncio.create_task(cache.get([("a/1", 1)])) for _ in range(1000)]
    await asyncio.sleep(0)
    store.free.set()
    assert {answer[("a/1", 1)] for answer in await asyncio.gather(*reading)} == {model("a/1", 1)}
    assert len(store.calls) == 1


async def test_who_goes_away_takes_nothing_from_the_others(cache: ModelCache, store: Store) -> None:
    """one load: the first and half of the readers go away meanwhile: still one load, and the others have it."""
    store.free.clear()
    reading = [asyncio.create_task(cache.get([("a/1", 1)])) for _ in range(20)]
    await asyncio.sleep(0)
    for task in reading[::2]:
        task.cancel()
    await asyncio.sleep(0)
    store.free.set()
    answers = await asyncio.gather(*reading, return_exceptions=True)
    assert all(isinstance(answer, asyncio.CancelledError) for answer in answers[::2])
    assert all(answer == {("a/1", 1): model("a/1", 1)} for answer in answers[1::2])
    assert len(store.calls) == 1


async def test_overlapping_reads_load_each_key_once(cache: ModelCache, store: Store) -> None:
    """one load: a batch waits for the keys that others load, and loads the rest."""
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
    assert [type(answer) for answer in answers] == [StoreUnavailable] * 3
    store.broken = False
    assert await cache.get([("a/1", 1)]) == {("a/1", 1): model("a/1", 1)}


async def test_what_does_not_exist_is_not_remembered(cache: ModelCache, store: Store) -> None:
    """read your write: a version that was missing may come."""
    store.missing = {("a/1", 1)}
    assert await cache.get([("a/1", 1)]) == {}
    store.missing = set()
    assert await cache.get([("a/1", 1)]) == {("a/1", 1): model("a/1", 1)}


async def test_the_budget_is_kept(store: Store) -> None:
    """lifetimes: memory holds no more bytes than it may; what is larger than the whole is served and not kept."""
    own = parts(budget=10_000)
    cache = models_over(store.load, own)
    for number in range(200):
        await cache.get([(f"a/{number:03}", 1)])
        assert cache.bytes_used <= 10_000
    assert cache.peek(("a/199", 1)) is not None
    assert cache.peek(("a/000", 1)) is None
    large = ("a/" + "x" * 10_000, 1)
    assert large in await cache.get([large])
    assert cache.peek(large) is None
    nothing = models_over(store.load, parts(budget=0))
    assert await nothing.get([("a/1", 1)]) == {("a/1", 1): model("a/1", 1)}


async def test_forgetting_leaves_what_is_being_loaded_right(cache: ModelCache, store: Store) -> None:
    """min_revision: when history was rewound the cache forgets everything."""
    await cache.get([("a/1", 1)])
    cache.clear()
    assert (cache.peek(("a/1", 1)), cache.bytes_used) == (None, 0)
    assert await cache.get([("a/1", 1)]) == {("a/1", 1): model("a/1", 1)}


_KEY = ("a/1", 1)
_TAG = invalidations.InvalidationTarget(tags=invalidations.InvalidationTags(tags=["tagged"]))
_MEMORY, _DATABASE = cache_pb2.CACHE_TIER_MEMORY, cache_pb2.CACHE_TIER_DATABASE
_SOFT = invalidations.INVALIDATION_MODE_SOFT
_TARGETS = [
    invalidations.InvalidationTarget(key="a/1"),
    _TAG,
    invalidations.InvalidationTarget(provider_id="a"),
    invalidations.InvalidationTarget(all=True),
]


@pytest.mark.parametrize("target", _TARGETS, ids=["key", "tags", "provider", "all"])
async def test_what_was_invalidated_is_read_anew(
    cache: ModelCache, store: Store, own: Parts, target: invalidations.InvalidationTarget
) -> None:
    """soft and hard: after a hard invalidation the copy is answered no more, not even where there is nothing else."""
    await cache.get([_KEY, ("b/1", 1)])
    own.invalidate(target)
    store.broken = True
    with pytest.raises(StoreUnavailable):
        await cache.get([_KEY])
    store.broken = False
    assert await cache.get_held([_KEY]) == {_KEY: Found(model(*_KEY), _DATABASE)}
    assert cache.peek(_KEY) is not None


async def test_an_invalidation_of_others_is_none_of_it(cache: ModelCache, store: Store, own: Parts) -> None:
    """Only what is named is invalidated: another key, provider, tag or namespace leaves a copy as it is."""
    await cache.get([_KEY])
    for target in (
        invalidations.InvalidationTarget(key="a/12"),
        invalidations.InvalidationTarget(provider_id="b"),
        invalidations.InvalidationTarget(tags=invalidations.InvalidationTags(tags=["other"])),
        invalidations.InvalidationTarget(expired=True),
    ):
        own.invalidate(target)
    own.invalidate(invalidations.InvalidationTarget(all=True), namespace="team")
    assert cache.peek(_KEY) is not None
    assert len(store.calls) == 1


@pytest.mark.parametrize("target", _TARGETS, ids=["key", "tags", "provider", "all"])
async def test_nobody_who_asks_after_an_invalidation_gets_what_was_being_read(
    cache: ModelCache, store: Store, own: Parts, target: invalidations.InvalidationTarget
) -> None:
    """late fills: a load that runs is not joined after a hard invalidation, and what it brings is not kept; one more
    load serves all who come then."""
    store.free.clear()
    before = asyncio.create_task(cache.get([_KEY]))
    await settle()
    own.invalidate(target)
    after = [asyncio.create_task(cache.get([_KEY])) for _ in range(10)]
    await settle()
    assert store.calls == [[_KEY], [_KEY]]
    store.release(0)
    assert await before == {_KEY: model(*_KEY)}
    assert cache.peek(_KEY) is None, "what was read before the invalidation was kept"
    assert not any(task.done() for task in after)
    store.free.set()
    await asyncio.gather(*after)
    assert len(store.calls) == 2


async def test_a_stale_copy_is_answered_only_where_nothing_better_comes(
    cache: ModelCache, store: Store, own: Parts
) -> None:
    """soft and hard: after a soft invalidation PostgreSQL is asked; the copy is the answer where that fails, marked,
    and the next read asks again."""
    await cache.get([_KEY])
    own.invalidate(_TAG, mode=_SOFT)
    store.broken = True
    for _ in range(2):
        assert await cache.get_held([_KEY]) == {_KEY: Found(model(*_KEY), _MEMORY, stale=True)}
    assert len(store.calls) == 3
    store.broken = False
    assert await cache.get_held([_KEY]) == {_KEY: Found(model(*_KEY), _DATABASE)}
    assert await cache.get_held([_KEY]) == {_KEY: Found(model(*_KEY), _MEMORY)}


async def test_a_stale_copy_is_answered_where_the_load_is_slow(store: Store, own: Parts) -> None:
    """soft and hard: who could be answered from a stale copy does not wait for long; the load goes on, and what it
    brings is answered next, unmarked."""
    cache = models_over(store.load, own, patience=0.02)
    await cache.get([_KEY])
    own.invalidate(_TAG, mode=_SOFT)
    store.free.clear()
    assert (await cache.get_held([_KEY]))[_KEY].stale
    assert len(store.calls) == 2
    store.free.set()
    while own.memory.look("catalogue", "a/1") is None or cache.peek(_KEY) is None:
        await asyncio.sleep(0)
    assert await cache.get_held([_KEY]) == {_KEY: Found(model(*_KEY), _MEMORY)}
    assert len(store.calls) == 2


async def test_a_stale_copy_that_dies_meanwhile_is_not_answered(store: Store, own: Parts) -> None:
    """soft and hard: what is invalidated hard while a better answer than a stale copy is waited for is no answer."""
    cache = models_over(store.load, own, patience=0.02)
    await cache.get([_KEY])
    own.invalidate(_TAG, mode=_SOFT)
    store.free.clear()
    reading = asyncio.create_task(cache.get_held([_KEY]))
    await asyncio.sleep(0)
    own.invalidate(_TAG)
    await asyncio.sleep(0.1)
    assert not reading.done()
    store.free.set()
    assert (await reading)[_KEY] == Found(model(*_KEY), _DATABASE)


async def test_a_newer_version_takes_the_place_of_an_older_one(cache: ModelCache, store: Store, own: Parts) -> None:
    """never back: one version of a model is held, the newest; older ones are read without taking its place."""
    await cache.get([("a/1", 1)])
    cache.put({("a/1", 2): model("a/1", 2)}, Operation.MANUAL)
    assert len(own.memory) == 1
    assert await cache.get([("a/1", 1)]) == {("a/1", 1): model("a/1", 1)}
    assert cache.peek(("a/1", 2)) == model("a/1", 2)
    assert own.statistics.evictions(cache_pb2.CACHE_EVICTION_REASON_SUPERSEDED) == 1


async def test_a_slow_load_does_not_bring_an_old_version_back(cache: ModelCache, store: Store) -> None:
    """late fills: a load of an old version that ends after a write was kept changes nothing."""
    store.free.clear()
    reading = asyncio.create_task(cache.get([("a/1", 1)]))
    await asyncio.sleep(0)
    cache.put({("a/1", 2): model("a/1", 2)}, Operation.MANUAL)
    store.free.set()
    await reading
    assert cache.peek(("a/1", 2)) == model("a/1", 2)
    assert cache.peek(("a/1", 1)) is None


async def test_what_is_read_when_all_is_forgotten_is_not_kept(cache: ModelCache, store: Store) -> None:
    """another history: what was read from the history before is of no use in the one after."""
    store.free.clear()
    readings = [asyncio.create_task(cache.get([_KEY])), asyncio.create_task(cache.scan([_KEY]))]
    await asyncio.sleep(0)
    cache.clear()
    store.free.set()
    await asyncio.gather(*readings)
    assert cache.peek(_KEY) is None


async def test_a_copy_that_is_read_is_read_anew_before_it_expires(store: Store, own: Parts) -> None:
    """lifetimes: after four fifths of its time a read has it read anew in the background, once, and goes on without
    waiting; a copy that nobody reads expires."""
    cache = models_over(store.load, own)
    await cache.get([_KEY, ("a/2", 1)])
    own.clock.now += 479
    assert cache.peek(_KEY) is not None
    assert len(store.calls) == 1
    own.clock.now += 2
    assert cache.peek(_KEY) is not None
    assert cache.peek(_KEY) is not None
    await settle()
    assert store.calls[1:] == [[_KEY]]
    own.clock.now += 120
    assert cache.peek(_KEY) is not None
    assert cache.peek(("a/2", 1)) is None
    assert own.statistics.evictions(cache_pb2.CACHE_EVICTION_REASON_EXPIRED) == 1


async def test_an_early_refresh_that_fails_costs_nobody_anything(store: Store, own: Parts) -> None:
    """The copy is answered until its time is over, and then PostgreSQL is asked."""
    cache = models_over(store.load, own)
    await cache.get([_KEY])
    own.clock.now += 500
    store.broken = True
    assert cache.peek(_KEY) is not None
    await settle()
    assert cache.peek(_KEY) is not None
    own.clock.now += 101
    store.broken = False
    assert await cache.get_held([_KEY]) == {_KEY: Found(model(*_KEY), _DATABASE)}


async def test_a_reload_goes_past_what_is_held(cache: ModelCache, store: Store) -> None:
    """A reload asks PostgreSQL, once for all who want one at a time, and what it brings is held."""
    await cache.get([_KEY])
    found = await asyncio.gather(*(cache.reload([_KEY]) for _ in range(100)))
    assert found == [{_KEY: Found(model(*_KEY), _DATABASE)}] * 100
    assert len(store.calls) == 2
    store.missing = {_KEY}
    assert await cache.reload([_KEY]) == {}


async def test_a_scan_is_no_read_and_displaces_nothing(store: Store) -> None:
    """lifetimes: who goes through the whole catalogue once takes the room that is free, and no more."""
    own = parts(budget=20_000)
    cache = models_over(store.load, own)
    await cache.get([_KEY])
    keys = [(f"a/{number:03}", 1) for number in range(100)]
    for begin in range(0, 100, 5):
        assert len(await cache.scan(keys[begin : begin + 5])) == 5
    assert cache.peek(_KEY) is not None
    assert 0.5 < own.memory.pressure < 0.95
    assert (own.statistics.misses, own.statistics.hits) == (1, 1)


async def test_without_a_cache_every_read_asks_postgresql(cache: ModelCache, store: Store, own: Parts) -> None:
    """switched off: nothing is kept, nothing is answered from what was, and no load is shared."""
    await cache.get([_KEY])
    own.policies.use(enabled=False, ttl=timedelta(minutes=10))
    assert cache.peek(_KEY) is None
    await asyncio.gather(*(cache.get([_KEY]) for _ in range(5)))
    cache.put({_KEY: model(*_KEY)}, Operation.MANUAL)
    assert cache.peek(_KEY) is None
    assert len(store.calls) == 6


async def test_ttls_are_chosen_by_what_brought_a_copy(store: Store) -> None:
    """lifetimes: a copy lives as long as the policy of what brought it says."""
    own = parts(settings=CacheSettings(discovery_ttl=timedelta(seconds=10), refresh_ttl=20.0, manual_ttl=30.0))
    cache = models_over(store.load, own)
    await cache.get([("a/1", 1)])
    await cache.reload([("a/2", 1)])
    cache.put({("a/3", 1): model("a/3", 1)}, Operation.MANUAL)
    expires = [held.expires - own.clock() for n in (1, 2, 3) if (held := own.memory.look("catalogue", f"a/{n}"))]
    assert expires == [10, 20, 30]
