"""The first tier: what it holds, for how long, and what goes first."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest

from modeldex.v1 import cache_pb2
from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.memory import Memory
from modeldex_server.security.scope import EVERYTHING, Scope
from modeldex_server.settings.cache import CacheSettings, StrategiesSettings, StrategySettings
from support.caches import Parts, parts

_EXPIRED, _LRU, _MEMORY, _MANUAL, _TAG, _SUPERSEDED = (
    cache_pb2.CACHE_EVICTION_REASON_EXPIRED,
    cache_pb2.CACHE_EVICTION_REASON_LRU,
    cache_pb2.CACHE_EVICTION_REASON_MEMORY,
    cache_pb2.CACHE_EVICTION_REASON_MANUAL,
    cache_pb2.CACHE_EVICTION_REASON_TAG_INVALIDATION,
    cache_pb2.CACHE_EVICTION_REASON_SUPERSEDED,
)
_AT_THE_BUDGET = StrategiesSettings(memory_pressure=StrategySettings(enabled=False))


@pytest.fixture
def own() -> Parts:
    return parts()


@pytest.fixture
def memory(own: Parts) -> Memory:
    return own.memory


def evictions(own: Parts) -> dict[int, int]:
    """By reason, those that occurred."""
    reasons = cache_pb2.CacheEvictionReason.values()
    return {reason: count for reason in reasons if reason and (count := own.statistics.evictions(reason))}


def recount(own: Parts, keys: list[str]) -> None:
    """What memory counts as copies come and go is what there is."""
    there = [held for key in keys if (held := own.memory.look("own", key)) is not None]
    assert len(own.memory) == len(there)
    assert own.memory.bytes_used - own.memory.tally.bytes_used == sum(held.size for held in there)
    assert (own.memory.tally.bytes_used > 0) == bool(there)
    assert own.memory.tally.by_provider(EVERYTHING) == Counter(held.key.partition("/")[0] for held in there)
    assert own.memory.tally.by_tag(EVERYTHING) == Counter(tag for held in there for tag in held.tags)
    by_priority = {priority: (count, size) for priority, (count, size) in own.memory.tally.by_priority().items()}
    assert by_priority == {
        priority: (count, sum(held.size for held in there if held.priority == priority))
        for priority, count in Counter(held.priority for held in there).items()
    }


def test_a_copy_lives_for_its_time_and_not_longer(own: Parts, memory: Memory) -> None:
    """lifetimes: also where it is a fraction of a second, and each copy has its own."""
    for key, ttl in (("a/1", 0.05), ("a/2", 0.5), ("a/3", 3650 * 86400.0)):
        assert memory.put(own.held(key, ttl=ttl))
    own.clock.now += 0.049
    assert memory.find("own", "a/1") is not None
    own.clock.now += 0.001
    assert memory.find("own", "a/1") is None
    assert memory.look("own", "a/2") is not None
    own.clock.now += 0.45
    assert memory.look("own", "a/2") is None
    own.clock.now += 3649 * 86400
    assert memory.find("own", "a/3") is not None
    assert evictions(own) == {_EXPIRED: 2}
    assert not memory.put(own.held("a/4", ttl=0))
    recount(own, ["a/1", "a/2", "a/3", "a/4"])


def test_what_expires_is_counted_whoever_notices(own: Parts, memory: Memory) -> None:
    """lifetimes: what goes because something else comes is an eviction as any other."""
    for number in range(5):
        memory.put(own.held(f"a/{number}", ttl=1, tags=["red"]))
    own.clock.now += 2
    memory.put(own.held("a/9"))
    assert (len(memory), evictions(own)) == (1, {_EXPIRED: 5})
    recount(own, [f"a/{number}" for number in range(10)])


def test_versions_only_go_up(own: Parts, memory: Memory) -> None:
    """never back: an older version never takes the place of a newer one; a newer one does, also where it cannot be kept
    itself."""
    assert memory.put(own.held("a/1", version=5, data=b"5"))
    assert not memory.put(own.held("a/1", version=4, data=b"4"))
    assert memory.put(own.held("a/1", version=6, data=b"6"))
    held = memory.find("own", "a/1")
    assert held is not None
    assert held.data == b"6"
    assert not memory.put(own.held("a/1", version=7, data=b"x" * 10**8))
    assert memory.find("own", "a/1") is None
    assert evictions(own) == {_SUPERSEDED: 2}
    recount(own, ["a/1"])


def test_the_same_version_anew_is_no_eviction(own: Parts, memory: Memory) -> None:
    """A copy that is read anew lives anew, and what was counted of it stays."""
    memory.put(own.held("a/1", ttl=10))
    memory.find("own", "a/1")
    read_at = own.clock.wall()
    own.clock.now += 9
    memory.put(own.held("a/1", ttl=10))
    own.clock.now += 9
    held = memory.look("own", "a/1")
    assert held is not None
    assert (held.accesses, held.accessed_at, len(memory), evictions(own)) == (1, read_at, 1, {})
    recount(own, ["a/1"])


def test_a_look_is_no_read(own: Parts, memory: Memory) -> None:
    """lifetimes: who only looks neither counts as a reader nor keeps a copy from being the least recently read."""
    own = parts(budget=10_000, settings=CacheSettings(strategies=_AT_THE_BUDGET))
    own.memory.put(own.held("a/1", data=b"x" * 4000))
    own.memory.put(own.held("a/2", data=b"x" * 4000))
    held = own.memory.look("own", "a/1")
    assert held is not None
    assert (held.accesses, held.accessed_at) == (0, 0)
    own.memory.put(own.held("a/3", data=b"x" * 4000))
    assert own.memory.look("own", "a/1") is None
    assert own.memory.look("own", "a/2") is not None


@pytest.mark.parametrize("eviction", ["lru", "ttl"])
@pytest.mark.parametrize("below_high_water", [True, False])
def test_the_budget_is_kept_with_ten_times_as_much(eviction: str, below_high_water: bool) -> None:
    """lifetimes: ten times as many copies as fit never take more than the budget, nor much less."""
    strategies = StrategiesSettings(memory_pressure=StrategySettings(enabled=below_high_water))
    settings = CacheSettings.model_validate({"eviction": eviction, "strategies": strategies})
    own, chance = parts(budget=1_000_000, settings=settings), random.Random(3)
    levels = []
    for number in range(6000):
        data = b"x" * chance.randint(0, 2000)
        own.memory.put(own.held(f"a/{number}", data=data, priority=chance.randrange(10), ttl=chance.uniform(50, 500)))
        assert own.memory.bytes_used <= 1_000_000
        levels.append(own.memory.pressure)
    low, high = (0.79, 0.92) if below_high_water else (0.98, 1)
    assert low < min(levels[3000:])
    assert max(levels[3000:]) <= high
    assert evictions(own).keys() == {_MEMORY if below_high_water else _LRU}
    recount(own, [f"a/{number}" for number in range(6000)])


@pytest.mark.parametrize("eviction", ["lru", "ttl"])
def test_what_has_a_low_priority_goes_first(eviction: str) -> None:
    """lifetimes: as long as there is a copy of a lower priority none of a higher one goes."""
    own = parts(budget=1_000_000, settings=CacheSettings.model_validate({"eviction": eviction}))
    chance = random.Random(4)
    priorities = [number % 10 for number in range(1000)]
    chance.shuffle(priorities)
    there: dict[str, int] = {}
    for number, priority in enumerate(priorities):
        key = f"a/{number}"
        own.memory.put(own.held(key, data=b"x" * 2000, priority=priority, ttl=chance.uniform(50, 500)))
        before = {**there, key: priority}
        there = {one: of for one, of in before.items() if own.memory.look("own", one) is not None}
        gone = [before[one] for one in before.keys() - there.keys()]
        assert max(gone, default=0) <= min(there.values()), "a copy went before one of a lower priority"
    assert 250 < len(there) < 400


def test_what_was_read_least_recently_goes_first() -> None:
    """lifetimes: among equals of priority the policy "lru" lets go what nobody read for longest."""
    own, chance = parts(budget=100_000), random.Random(5)
    order: list[str] = []
    for number in range(400):
        key = f"a/{number}"
        own.memory.put(own.held(key, data=b"x" * 1000))
        order.append(key)
        for read in chance.choices(order, k=3):
            if own.memory.find("own", read) is not None:
                order.remove(read)
                order.append(read)
        there = [one for one in order if own.memory.look("own", one) is not None]
        assert there == order[-len(there) :]
        order = there


def test_what_expires_first_goes_first_under_its_policy() -> None:
    """The policy "ttl" lets go what expires soonest of those that there were when room was last looked for."""
    settings = CacheSettings(eviction="ttl", strategies=_AT_THE_BUDGET)
    own, chance = parts(budget=400_000, settings=settings), random.Random(6)
    ttls = {f"a/{number}": float(ttl) for number, ttl in enumerate(chance.sample(range(1000, 9000), 300))}
    for key, ttl in ttls.items():
        own.memory.put(own.held(key, data=b"x" * 1000, ttl=ttl))
        own.memory.find("own", key)
    gone = [key for key in ttls if own.memory.look("own", key) is None]
    by_ttl = sorted(ttls, key=lambda key: ttls[key])
    assert len(gone) >= 5
    assert set(gone) <= set(by_ttl[: 3 * len(gone)])
    assert evictions(own) == {_LRU: len(gone)}


def test_what_is_invalidated_is_dropped_when_it_is_asked_for(own: Parts, memory: Memory) -> None:
    """soft and hard: what is dead is gone by its reason, what is stale says so; a copy from after lives."""
    for key in ("a/1", "a/2", "b/1"):
        memory.put(own.held(key, tags=["red"] if key == "a/2" else []))
    own.invalidate(pb.InvalidationTarget(key="a/1"))
    own.invalidate(pb.InvalidationTarget(tags=pb.InvalidationTags(tags=["red"])))
    own.invalidate(pb.InvalidationTarget(provider_id="b"), mode=pb.INVALIDATION_MODE_SOFT)
    assert memory.find("own", "a/1") is None
    assert memory.look("own", "a/2") is None
    held = memory.find("own", "b/1")
    assert held is not None
    assert held.stale
    assert evictions(own) == {_MANUAL: 1, _TAG: 1}
    assert not memory.put(own.held("a/1", mark=0)), "a late fill was kept"
    assert memory.put(own.held("a/1"))
    assert memory.put(own.held("b/1", mark=2))
    late = memory.find("own", "b/1")
    assert late is not None
    assert late.stale, "a fill from before a soft invalidation was kept as a fresh one"
    memory.put(own.held("b/1"))
    fresh = memory.find("own", "b/1")
    assert fresh is not None
    assert not fresh.stale


def test_a_copy_that_stands_is_not_asked_again(own: Parts, memory: Memory) -> None:
    """What an invalidation is not about is compared with it once, and is as good as new then, also when floors are
    forgotten."""
    memory.put(own.held("a/1"))
    for _ in range(5):
        own.invalidate(pb.InvalidationTarget(key="a/2"))
    held = memory.find("own", "a/1")
    assert held is not None
    assert held.mark == 5
    own.floors.forget_before(5)
    assert memory.find("own", "a/1") is held


def test_drop_and_clear_say_what_they_did(own: Parts, memory: Memory) -> None:
    """Copies are dropped by name, by namespace or altogether, for the reason that is given."""
    for namespace in ("own", "other"):
        for number in range(3):
            memory.put(own.held(f"a/{number}", namespace=namespace))
    assert memory.drop("own", "a/0", _MANUAL)
    assert not memory.drop("own", "a/0", _MANUAL)
    assert memory.clear("other", _TAG) == 3
    assert memory.clear(None, _MANUAL) == 2
    assert (len(memory), memory.bytes_used, evictions(own)) == (0, 0, {_MANUAL: 3, _TAG: 3})


async def test_a_cleanup_frees_what_is_not_needed_any_more(own: Parts, memory: Memory) -> None:
    """lifetimes: what has expired, or is dead, goes without being asked for; the rest stays."""
    for number in range(1000):
        memory.put(own.held(f"a/{number}", ttl=1 if number % 2 else 100, tags=["red"] if number % 4 == 0 else []))
    before = memory.bytes_used
    own.clock.now += 2
    own.invalidate(pb.InvalidationTarget(tags=pb.InvalidationTags(tags=["red"])))
    freed = await memory.cleanup()
    assert freed.count == 750
    assert 0 < freed.bytes <= before - memory.bytes_used
    assert evictions(own) == {_EXPIRED: 500, _TAG: 250}
    assert own.statistics.cleaned_at is not None
    assert own.statistics.cleaned_at.timestamp() == own.clock.wall()
    recount(own, [f"a/{number}" for number in range(1000)])


async def test_a_cleanup_goes_below_the_water_mark() -> None:
    """lifetimes: what puts have left above the low water mark a cleanup drops."""
    own = parts(budget=1_000_000)
    number = 0
    while own.memory.pressure < 0.9 - 0.003:
        own.memory.put(own.held(f"a/{number}", data=b"x" * 2000))
        number += 1
    assert (await own.memory.cleanup()).count == 0
    own.memory.put(own.held("a/large", data=b"x" * 100_000))
    assert own.memory.pressure > 0.8
    await own.memory.cleanup()
    assert 0.78 < own.memory.pressure <= 0.8


async def test_nothing_is_held_while_the_cache_is_off(own: Parts, memory: Memory) -> None:
    """switched off: nothing is answered and nothing kept, and a cleanup gives the room back."""
    memory.put(own.held("a/1"))
    own.policies.use(enabled=False, ttl=timedelta(minutes=10))
    assert memory.find("own", "a/1") is None
    assert memory.look("own", "a/1") is None
    assert not memory.put(own.held("a/2"))
    assert (await memory.cleanup()).count == 1
    assert (len(memory), memory.bytes_used) == (0, 0)


def test_copies_are_counted_by_what_they_are(own: Parts, memory: Memory) -> None:
    """What an invalidation is about is told from counters, by namespace and altogether; providers and tags are told as
    far as a caller may see them."""
    memory.put(own.held("a/1", tags=["red", "blue"]))
    memory.put(own.held("a/2", tags=["red"], priority=3))
    memory.put(own.held("b/1", tags=["blue"]))
    memory.put(own.held("a/1", namespace="other", tags=["red"]))

    def about(namespace: str, **target: object) -> int:
        return memory.count(pb.InvalidationTarget(**target), namespace)  # type: ignore[arg-type] # a field a case

    tags = pb.InvalidationTags(tags=["red", "blue"])
    assert [about("", key="a/1"), about("own", key="a/1"), about("none", key="a/1")] == [2, 1, 0]
    assert [about("", tags=tags), about("own", tags=tags), about("other", tags=tags)] == [5, 4, 1]
    assert [about("", provider_id="a"), about("own", provider_id="a"), about("own", provider_id="c")] == [3, 2, 0]
    assert [about("", all=True), about("own", all=True), about("", expired=True)] == [4, 3, 0]
    only_b = Scope(frozenset({"b"}))
    assert memory.tally.by_provider(only_b) == {"b": 1}
    assert memory.tally.by_tag(only_b) == {"blue": 1}
    assert list(memory.tally.by_priority()) == [3, 0]


def test_the_oldest_and_the_newest_are_known(own: Parts, memory: Memory) -> None:
    """By when copies were made, whatever was made again or dropped meanwhile."""
    assert (memory.oldest, memory.newest) == (None, None)
    for key in ("a/1", "a/2", "a/3", "a/1"):
        own.clock.now += 1
        memory.put(own.held(key, ttl=10))
    assert (memory.oldest, memory.newest) == (own.clock.wall() - 2, own.clock.wall())
    memory.drop("own", "a/2", _MANUAL)
    memory.drop("own", "a/1", _MANUAL)
    assert memory.oldest == memory.newest == own.clock.wall() - 1
