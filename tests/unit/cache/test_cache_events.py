"""Events of the cache: numbered, chosen, sampled, bounded."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import invalidation_pb2, model_pb2
from modeldex_server.cache.events import CacheEvents, CacheEventWatch
from modeldex_server.cache.statistics import CacheStatistics
from modeldex_server.security.scope import EVERYTHING, Scope
from support.caches import Parts, parts

_HIT, _MISS, _SET, _EVICTION = (
    pb.CACHE_EVENT_KIND_HIT,
    pb.CACHE_EVENT_KIND_MISS,
    pb.CACHE_EVENT_KIND_SET,
    pb.CACHE_EVENT_KIND_EVICTION,
)
_MEMORY = pb.CACHE_TIER_MEMORY


@pytest.fixture
def own() -> Parts:
    return parts()


def hit(own: Parts, key: str = "a/1", namespace: str = "team") -> None:
    own.statistics.hit(_MEMORY)
    own.events.hit(namespace, key, _MEMORY)


async def told(watch: CacheEventWatch) -> Sequence[pb.CacheEvent]:
    return (await watch.next(0.01))[0]


async def test_all_that_happens_is_told_in_its_order(own: Parts) -> None:
    """Every kind of event is told, each with a number above the one before, the time and the replica."""
    watch = own.events.watch(api.WatchCacheEventsRequest(), EVERYTHING)
    rule = invalidation_pb2.InvalidationRule(id="rule_1")
    invalidation = invalidation_pb2.Invalidation(number=4)
    hit(own)
    own.statistics.answered(None)
    own.events.miss("team", "a/2")
    own.memory.put(own.held("a/3", namespace="team"))
    own.memory.drop("team", "a/3", pb.CACHE_EVICTION_REASON_MANUAL)
    own.events.set_(pb.CacheEntry(namespace="team", key="a/4", value=model_pb2.Model(id="a/4"), entry_version=9))
    own.events.deleted("team", "a/4")
    own.events.cleared(invalidation)
    own.events.invalidated(invalidation)
    own.events.failed("no")
    own.events.error(pb.CACHE_TIER_REDIS, "away")
    own.events.redis(connected=False)
    own.events.redis(connected=True)
    own.events.rule(pb.CACHE_EVENT_KIND_RULE_FIRED, rule, "look here")
    provider = invalidation_pb2.Invalidation(number=5, target=invalidation_pb2.InvalidationTarget(provider_id="a"))
    own.events.invalidated(provider)
    for kind in (pb.CACHE_EVENT_KIND_RULE_CREATED, pb.CACHE_EVENT_KIND_RULE_UPDATED, pb.CACHE_EVENT_KIND_RULE_DELETED):
        own.events.rule(kind, rule)
    events, lost = await watch.next(1)
    assert lost == 0
    assert {event.kind for event in events} == set(pb.CacheEventKind.values()) - {0}
    numbers = [event.sequence for event in events]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert {(event.replica_id, event.time.seconds) for event in events} == {("here", int(own.clock.wall()))}
    by_kind = {event.kind: event for event in events}
    assert by_kind[_EVICTION].eviction_reason == pb.CACHE_EVICTION_REASON_MANUAL
    assert by_kind[_SET].entry == pb.CacheEntry(namespace="team", key="a/4", entry_version=9)
    assert by_kind[pb.CACHE_EVENT_KIND_PROVIDER_INVALIDATED].invalidation == provider
    assert by_kind[pb.CACHE_EVENT_KIND_RULE_FIRED].message == "look here"


async def test_numbers_grow_though_nobody_watches(own: Parts) -> None:
    """What happens while nobody watches takes numbers, reads among it, and so does what a watcher is not told; a reset
    of the statistics takes none back."""
    assert not own.events.wanted
    for _ in range(10):
        own.statistics.hit(_MEMORY)
    own.memory.put(own.held("a/3"))
    own.memory.drop("own", "a/3", pb.CACHE_EVICTION_REASON_MANUAL)
    own.statistics.reset()
    watch = own.events.watch(api.WatchCacheEventsRequest(kinds=[_MISS]), EVERYTHING)
    assert own.events.wanted
    hit(own)
    own.statistics.answered(None)
    own.events.miss("team", "a/1")
    assert [event.sequence for event in await told(watch)] == [13]
    watch.close()
    assert not own.events.wanted
    hit(own)
    assert await told(watch) == []


async def test_a_watcher_is_told_what_it_asked_for(own: Parts) -> None:
    """By kind, namespace and provider; events of no entry come with any namespaces and providers."""
    requests = [
        api.WatchCacheEventsRequest(kinds=[_HIT]),
        api.WatchCacheEventsRequest(namespaces=["team"]),
        api.WatchCacheEventsRequest(provider_ids=["b"]),
        api.WatchCacheEventsRequest(),
    ]
    watches = [own.events.watch(request, EVERYTHING) for request in requests]
    hit(own, "a/1", "team")
    hit(own, "b/1", "other")
    own.events.redis(connected=False)
    found = [[(event.kind, event.entry.key) for event in await told(watch)] for watch in watches]
    first, second, away = (_HIT, "a/1"), (_HIT, "b/1"), (pb.CACHE_EVENT_KIND_REDIS_LOST, "")
    assert found == [[first, second], [first, away], [second, away], [first, second, away]]


async def test_a_watcher_is_told_of_what_it_may_see(own: Parts) -> None:
    """provider rights: entries, keys and providers of others are not told of, nor what may name them; nor that
    something was left out. How tiers are is no secret."""
    watch = own.events.watch(api.WatchCacheEventsRequest(), Scope(frozenset({"b"})))
    target = invalidation_pb2.InvalidationTarget
    hit(own, "a/1")
    own.events.invalidated(invalidation_pb2.Invalidation(number=1, target=target(key="a/1")))
    own.events.invalidated(invalidation_pb2.Invalidation(number=2, target=target(provider_id="a")))
    own.events.invalidated(invalidation_pb2.Invalidation(number=3, target=target(all=True)))
    own.events.rule(pb.CACHE_EVENT_KIND_RULE_FIRED, invalidation_pb2.InvalidationRule(name="of a"))
    assert await watch.next(0.01) == ([], 0)
    hit(own, "b/1")
    own.events.invalidated(invalidation_pb2.Invalidation(number=4, target=target(key="b/1")))
    own.events.redis(connected=False)
    assert [(event.entry.key, event.invalidation.number) for event in await told(watch)] == [
        ("b/1", 0),
        ("", 4),
        ("", 0),
    ]


async def test_reads_are_sampled_and_nothing_else_is() -> None:
    """A share of hits and misses is told; of the rest everything."""
    chances = iter([0.05, 0.5, 0.1, 0.99])
    statistics = CacheStatistics()
    events = CacheEvents(statistics, now=lambda: datetime.now(UTC), chance=lambda: next(chances))
    watch = events.watch(api.WatchCacheEventsRequest(sample_rate=0.1), EVERYTHING)
    for number in range(4):
        statistics.hit(_MEMORY)
        events.hit("team", f"a/{number}", _MEMORY)
        events.deleted("team", f"a/{number}")
    told_of = [(event.kind, event.entry.key) for event in await told(watch)]
    assert [key for kind, key in told_of if kind == _HIT] == ["a/0"]
    assert len(told_of) == 5


async def test_who_does_not_read_loses_the_oldest_and_is_told_how_many(own: Parts) -> None:
    """no leaks: what waits for a watcher is bounded; what it missed is counted, and only of what it asked for."""
    watch = own.events.watch(api.WatchCacheEventsRequest(kinds=[pb.CACHE_EVENT_KIND_ERROR]), EVERYTHING)
    count = 3000
    for number in range(count):
        own.events.error(pb.CACHE_TIER_REDIS, f"{number} {'x' * 5000}")
        hit(own)
    came, lost = [], 0
    while True:
        events, missed = await watch.next(0.01)
        if not events:
            break
        assert sum(event.ByteSize() for event in events) < 2**20
        came += [int(event.message.split()[0]) for event in events]
        lost += missed
    assert lost > 1000
    assert came == list(range(lost, count))


async def test_a_watcher_hears_at_once(own: Parts) -> None:
    """Who waits is woken by the first event, and not by the clock."""
    watch = own.events.watch(api.WatchCacheEventsRequest(), EVERYTHING)
    waiting = asyncio.create_task(watch.next(60))
    await asyncio.sleep(0)
    hit(own)
    events, _ = await asyncio.wait_for(waiting, 10)
    assert len(events) == 1
