"""Making invalidations over a real PostgreSQL: what they do to callers' entries, and that none is lost."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from modeldex.v1 import cache_pb2
from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.errors import ProviderDenied, StrategyDisabled
from modeldex_server.settings.cache import CacheSettings
from modeldex_server.store.database import Database
from support.checks import Catalogue
from support.invalidations import ANN, BOB, HARD, SOFT, Replica, Stored, invalidation, replica, store, stored
from support.waiting import eventually

ENTRIES = (
    Stored("ours", "acme/one", ("red", "big"), model_version=1),
    Stored("ours", "acme/two", ("blue",), model_version=2),
    Stored("ours", "zeta/one", ("red",)),
    Stored("theirs", "acme/one", ("green",), model_version=2),
    Stored("theirs", "zeta/two", ("red",)),
    Stored("theirs", "acme/old", ("red",), expired=True),
)
ALL = {(entry.namespace, entry.key) for entry in ENTRIES}
LIVE = {(entry.namespace, entry.key) for entry in ENTRIES if not entry.expired}

_TARGETS: list[tuple[dict[str, Any], set[tuple[str, str]]]] = [
    ({"key": "acme/one"}, {("ours", "acme/one"), ("theirs", "acme/one")}),
    ({"key": "acme/one", "namespace": "ours"}, {("ours", "acme/one")}),
    ({"key": "acme/one", "expected_version": 2}, {("ours", "acme/one")}),
    ({"key": "zeta/one", "expected_version": 2}, {("ours", "zeta/one")}),
    ({"tags": ["red"]}, {("ours", "acme/one"), ("ours", "zeta/one"), ("theirs", "zeta/two")}),
    ({"tags": ["big", "blue", "none"], "namespace": "ours"}, {("ours", "acme/one"), ("ours", "acme/two")}),
    ({"provider": "zeta"}, {("ours", "zeta/one"), ("theirs", "zeta/two")}),
    ({"provider": "acme", "namespace": "theirs"}, {("theirs", "acme/one")}),
    ({"everything": True}, LIVE),
    ({"everything": True, "namespace": "ours"}, {name for name in LIVE if name[0] == "ours"}),
    ({"key": "acme/none"}, set()),
    ({"everything": True, "namespace": "catalogue"}, set()),
]


@pytest.mark.parametrize(("target", "matched"), _TARGETS)
async def test_hard_deletes_what_it_is_about_and_nothing_else(
    one: Replica, target: dict[str, Any], matched: set[tuple[str, str]]
) -> None:
    """whole invalidations: a hard invalidation deletes the entries that match, in its namespace, and counts them."""
    await store(one.database, *ENTRIES)
    answer = await one.invalidate(**target)
    assert answer.invalidation.entry_count == len(matched)
    assert stored_live(await stored(one.database)) == LIVE - matched


@pytest.mark.parametrize(("target", "matched"), _TARGETS)
async def test_soft_marks_what_it_is_about_and_nothing_else(
    one: Replica, target: dict[str, Any], matched: set[tuple[str, str]]
) -> None:
    """A soft invalidation deletes nothing: it marks the entries that match. A second one matches them again."""
    await store(one.database, *ENTRIES)
    for _ in range(2):
        answer = await one.invalidate(**target, mode=SOFT)
        assert answer.invalidation.entry_count == len(matched)
        found = await stored(one.database)
        assert found.keys() == ALL
        assert {name for name, stale in found.items() if stale} & LIVE == matched


@pytest.mark.parametrize("mode", [HARD, SOFT])
async def test_what_has_expired_goes_and_nothing_else(one: Replica, mode: pb.InvalidationMode.ValueType) -> None:
    """Whatever the mode: what has expired frees its place, and what lives is as it was."""
    await store(one.database, *ENTRIES)
    answer = await one.invalidate(expired=True, mode=mode)
    assert answer.invalidation.entry_count == 1
    assert answer.invalidation.reason == pb.INVALIDATION_REASON_TTL_EXPIRED
    assert await stored(one.database) == dict.fromkeys(LIVE, False)


async def test_an_invalidation_is_kept_as_it_was_made(one: Replica, tables: Catalogue) -> None:
    """The answer, and the history, tell who made it, of what, why, how, and how long it took; it is in force here."""
    request = invalidation(namespace="ours", tags=["red"], reason=pb.INVALIDATION_REASON_CONFIGURATION_CHANGE)
    request.context.update({"ticket": "T-1"})
    one.hold("ours", "acme/one", "red")
    one.hold("ours", "acme/two", "blue")
    answer = await one.invalidator.invalidate(request, ANN)
    made = answer.invalidation
    assert (made.number, made.principal, made.namespace, made.mode) == (1, "ann", "ours", HARD)
    assert (made.target, made.reason, made.context) == (request.target, request.reason, request.context)
    assert made.HasField("create_time")
    assert made.duration.ToMicroseconds() > 0
    assert not made.HasField("expected_version")
    assert answer.memory_count == 1
    assert one.applied == [made]
    assert one.follower.number == 1
    assert tables.rows("SELECT number, error_reason FROM invalidation") == [(1, "")]


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ({"key": "acme/one"}, pb.INVALIDATION_REASON_MANUAL_INVALIDATION),
        ({"provider": "acme"}, pb.INVALIDATION_REASON_MANUAL_INVALIDATION),
        ({"everything": True}, pb.INVALIDATION_REASON_MANUAL_INVALIDATION),
        ({"tags": ["red"]}, pb.INVALIDATION_REASON_TAG_INVALIDATION),
        ({"expired": True}, pb.INVALIDATION_REASON_TTL_EXPIRED),
    ],
)
async def test_the_reason_goes_with_the_target(
    one: Replica, target: dict[str, Any], reason: pb.InvalidationReason.ValueType
) -> None:
    """Where a caller gives no reason, the target tells it."""
    assert (await one.invalidate(**target)).invalidation.reason == reason


async def test_fifty_at_a_time_are_all_made(one: Replica, tables: Catalogue) -> None:
    """whole invalidations: fifty invalidations of crossing sets, on two replicas, while callers set the same entries in
    batches, are all made, under numbers without a gap; no two deadlock."""
    keys = [f"acme/{number}" for number in range(40)]
    async with replica(one.database) as other:
        done = asyncio.Event()

        async def keep_setting(seed: int) -> int:
            chance, rounds = random.Random(seed), 0
            while not done.is_set():
                chosen = chance.sample(keys, 10)
                await store(one.database, *(Stored("ours", key, (f"t{chance.randrange(5)}", "all")) for key in chosen))
                rounds += 1
            return rounds

        setting = [asyncio.create_task(keep_setting(seed)) for seed in range(3)]
        targets: list[dict[str, Any]] = [
            {"tags": ["t0", "t1", "t2"]},
            {"tags": ["t2", "t3"], "mode": SOFT},
            {"provider": "acme", "mode": SOFT},
            {"everything": True},
            {"key": keys[7]},
        ]
        answers = await asyncio.gather(
            *((one, other)[number % 2].invalidate(**targets[number % 5]) for number in range(50))
        )
        done.set()
        assert all(await asyncio.gather(*setting))
        numbers = sorted(answer.invalidation.number for answer in answers)
        assert numbers == list(range(1, 51))
        assert tables.rows("SELECT number FROM invalidation WHERE error_reason = '' ORDER BY 1") == [
            (number,) for number in numbers
        ]
        for each in (one, other):
            await each.follower.catch_up(50)
            assert [invalidation.number for invalidation in each.applied] == numbers


async def test_a_deadlock_of_others_is_tried_again(one: Replica, tables: Catalogue) -> None:
    """Where PostgreSQL ends an invalidation because somebody locks rows in another order, it is made again."""
    await store(one.database, *(Stored("ours", f"acme/{name}", ("t",)) for name in "abc"))
    touch = "UPDATE cache_entry SET access_count = access_count + 1 WHERE key = %s"
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

    def wait_for_locks(count: int) -> Callable[[], Awaitable[bool]]:
        async def are_so_many() -> bool:
            return tables.rows(waiting) == [(count,)]

        return are_so_many

    async with one.database.connection() as other, one.database.connection() as first:
        # Whoever waits looks for a deadlock once. It is the invalidation that closes the circle, and looks after that.
        await other.execute("SET deadlock_timeout = '60s'; SET lock_timeout = '60s'")
        async with other.transaction():
            await other.execute(touch, ("acme/c",))
            async with first.transaction():
                await first.execute(touch, ("acme/b",))
                making = asyncio.create_task(one.invalidate(tags=["t"]))  # has a, waits for b
                await eventually(wait_for_locks(1), "the invalidation to wait")
                touching = asyncio.create_task(other.execute(touch, ("acme/a",)))
                await eventually(wait_for_locks(2), "the other to wait for it")
            await touching
        await other.execute("RESET deadlock_timeout; RESET lock_timeout")
    assert (await making).invalidation.entry_count == 3
    assert await stored(one.database) == {}
    assert tables.rows("SELECT number, error_reason FROM invalidation") == [(1, "")]


async def test_one_of_everything_and_one_of_nothing(one: Replica) -> None:
    """Ten thousand entries go in one invalidation, which counts them; the next one finds none and is made as well."""
    await store(one.database, *(Stored("ours", f"acme/{number}", (f"t{number % 100}",)) for number in range(10_000)))
    for number in range(1_000):
        one.hold("ours", f"acme/{number}")
    answer = await one.invalidate(everything=True)
    assert (answer.invalidation.entry_count, answer.memory_count) == (10_000, 1_000)
    assert await stored(one.database) == {}
    again = await one.invalidate(everything=True)
    assert (again.invalidation.number, again.invalidation.entry_count) == (2, 0)


async def test_who_goes_away_leaves_it_whole_or_not_at_all(one: Replica, tables: Catalogue) -> None:
    """whole invalidations: where the caller goes away at any moment, either all entries are gone and it is in the
    history, or none and it is not. Numbers have no gap, and whatever was made is in force."""
    chance, tags = random.Random(7), [f"tag{number}" for number in range(300)]
    await store(one.database, *(Stored("ours", f"acme/{tag}-{number}", (tag,)) for tag in tags for number in range(20)))
    begun = time.monotonic()
    await one.invalidate(key="acme/none")
    most = 3 * (time.monotonic() - begun)

    async def begin_and_go(tag: str) -> None:
        making = asyncio.create_task(one.invalidate(tags=[tag]))
        await asyncio.sleep(chance.uniform(0, most))
        making.cancel()
        await asyncio.gather(making, return_exceptions=True)

    def made() -> set[str]:
        rows = tables.rows("SELECT target FROM invalidation WHERE entry_count = 20 AND error_reason = ''")
        return {pb.InvalidationTarget.FromString(target).tags.tags[0] for (target,) in rows}

    gone = 0
    while gone < 60 or (gone < len(tags) and not 0 < len(made()) < gone):
        await asyncio.gather(*(begin_and_go(tag) for tag in tags[gone : gone + 6]))
        gone += 6
        if not 0 < len(made()) < gone:  # it takes longer, or less long, than it did at first
            most *= 0.5 if made() else 2.0
    numbers = [number for (number,) in tables.rows("SELECT number FROM invalidation ORDER BY 1")]
    assert numbers == list(range(1, len(made()) + 2))
    left = await stored(one.database)
    assert {key.split("/")[1].split("-")[0] for _, key in left} == set(tags) - made()
    assert len(left) == 20 * (len(tags) - len(made()))
    assert 0 < len(made()) < gone
    await one.follower.catch_up(len(numbers))
    assert {each.target.tags.tags[0] for each in one.applied[1:]} == made()


async def test_what_is_switched_off_is_kept_as_failed(database: Database) -> None:
    """An invalidation whose strategy is off fails, changes nothing, and stands in the history with its reason; watchers
    hear of it, and replicas go on past it."""
    settings = CacheSettings.model_validate({"strategies": {"tag_invalidation": {"enabled": False}}})
    async with replica(database, settings) as one, replica(database) as other:
        await store(database, *ENTRIES)
        one.hold("ours", "acme/one", "red")
        with pytest.raises(StrategyDisabled):
            await one.invalidate(tags=["red"])
        assert (await stored(database)).keys() == ALL
        assert (await one.invalidate(key="zeta/two")).invalidation.number == 2
        await other.follower.catch_up(2)
        assert [each.number for each in other.applied] == [2]
        assert one.memory.find("ours", "acme/one") is not None


async def test_who_may_not_see_all_providers_invalidates_nothing(one: Replica, tables: Catalogue) -> None:
    """An admin of some providers is refused, also for a provider of its own."""
    await store(one.database, *ENTRIES)
    with pytest.raises(ProviderDenied):
        await one.invalidate(BOB, provider="acme")
    assert (await stored(one.database)).keys() == ALL
    assert tables.rows("SELECT number FROM invalidation") == []


async def test_clearing_drops_everything(one: Replica) -> None:
    """Clearing all deletes every entry, frees memory at once, and begins the statistics anew; clearing a namespace
    leaves others and the statistics alone."""
    await store(one.database, *ENTRIES)
    one.hold("ours", "acme/one")
    one.hold("catalogue", "acme/one")
    one.statistics.hit(cache_pb2.CACHE_TIER_MEMORY)
    answer = await one.invalidator.clear(api.ClearCacheRequest(namespace="ours"), ANN)
    assert (answer.invalidation.entry_count, answer.memory_count, len(one.memory)) == (3, 1, 1)
    assert one.statistics.hits == 1
    answer = await one.invalidator.clear(api.ClearCacheRequest(), ANN)
    assert (answer.invalidation.entry_count, answer.memory_count, len(one.memory)) == (2, 1, 0)
    assert (one.memory.bytes_used, one.statistics.hits) == (0, 0)
    assert await stored(one.database) == {}


def stored_live(found: dict[tuple[str, str], bool]) -> set[tuple[str, str]]:
    """Those that have not expired: the others are gone to callers either way."""
    return found.keys() & LIVE
