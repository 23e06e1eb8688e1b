"""Following invalidations on replicas that share a PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import psycopg
import pytest

from modeldex.v1 import cache_pb2
from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.floors import Verdict
from modeldex_server.errors import StoreUnavailable
from modeldex_server.security.scope import EVERYTHING
from modeldex_server.settings.cache import CacheSettings
from modeldex_server.store.database import Database
from support.checks import Catalogue
from support.invalidations import SOFT, Replica, Stored, replica, store, stored
from support.proxies import Proxy
from support.waiting import eventually

# Far above the poll, for machines that are slow; the promise is a second, and the bench tells the figure.
PATIENCE = 20.0


@pytest.fixture
async def far(database_url: str, network: Proxy) -> AsyncIterator[Database]:
    """The store behind that network."""
    host, _, port = network.address.rpartition(":")
    database = Database(psycopg.conninfo.make_conninfo(database_url, host=host, port=port, sslmode="disable"), size=2)
    await database.open()
    yield database
    await database.close()


async def is_through(replica: Replica, number: int) -> None:
    """Wait until one is in force, by nothing but the polls."""

    async def through() -> bool:
        return replica.follower.number >= number

    await eventually(through, f"a replica to be through {number}", patience=PATIENCE)


async def test_it_is_in_force_here_when_it_is_acknowledged(database: Database) -> None:
    """soft and hard: on the replica that acknowledged no copy from before is found, though it does not poll."""
    async with replica(database, follow=False) as one:
        for key in ("acme/one", "acme/two", "zeta/one"):
            one.hold("ours", key, key)
        await one.invalidate(key="acme/one")
        assert one.memory.find("ours", "acme/one") is None
        await one.invalidate(tags=["acme/two"])
        assert one.memory.find("ours", "acme/two") is None
        await one.invalidate(provider="zeta", namespace="ours")
        assert one.memory.find("ours", "zeta/one") is None


async def test_others_hear_of_it_by_their_polls(one: Replica) -> None:
    """read your set: nobody tells the other replica, and its copies are dead all the same; what was
    not invalidated stays, and a soft one only marks."""
    async with replica(one.database) as other:
        other.hold("ours", "acme/one")
        other.hold("ours", "acme/two", "red")
        other.hold("ours", "zeta/one")
        await one.invalidate(key="acme/one")
        await one.invalidate(tags=["red"], mode=SOFT)
        await is_through(other, 2)
        assert other.memory.find("ours", "acme/one") is None
        marked, kept = other.memory.find("ours", "acme/two"), other.memory.find("ours", "zeta/one")
        assert marked is not None
        assert marked.stale
        assert kept is not None
        assert not kept.stale
        assert [each.number for each in other.applied] == [1, 2]


async def test_it_says_how_current_it_is(one: Replica) -> None:
    """`checked_at` moves with each poll, and is never later than what was looked at."""
    before = time.monotonic()
    first = one.follower.checked_at
    assert first <= before

    async def moved() -> bool:
        return one.follower.checked_at > before

    await eventually(moved, "a poll", patience=PATIENCE)
    assert one.follower.checked_at <= time.monotonic()


async def test_watchers_are_told_on_every_replica(one: Replica) -> None:
    """Each replica tells its watchers of each that is in force: of a provider, and of clearing, also by their own
    kinds; of one that failed nobody else hears."""
    async with replica(one.database) as other:
        watch = other.events.watch(api.WatchCacheEventsRequest(), EVERYTHING)
        await one.invalidate(provider="acme")
        await one.invalidate(everything=True, mode=SOFT)
        await one.invalidate(everything=True, namespace="ours")
        await is_through(other, 3)
        events, lost = await watch.next(1)
        watch.close()
        assert lost == 0
        assert [(event.kind, event.invalidation.number) for event in events] == [
            (cache_pb2.CACHE_EVENT_KIND_PROVIDER_INVALIDATED, 1),
            (cache_pb2.CACHE_EVENT_KIND_INVALIDATION_COMPLETED, 1),
            (cache_pb2.CACHE_EVENT_KIND_INVALIDATION_COMPLETED, 2),
            (cache_pb2.CACHE_EVENT_KIND_CLEARED, 3),
            (cache_pb2.CACHE_EVENT_KIND_INVALIDATION_COMPLETED, 3),
        ]


async def test_a_replica_that_starts_later_knows_earlier_floors(one: Replica) -> None:
    """soft and hard: what lies in Redis from before an invalidation is dead to a replica that was started after it."""
    await one.invalidate(key="acme/one")
    await one.invalidate(tags=["red"], mode=SOFT)
    async with replica(one.database) as late:
        assert late.follower.number == 2
        assert late.floors.verdict("ours", "acme/one", (), 0).dead
        assert late.floors.verdict("ours", "acme/two", ("red",), 1) is Verdict.STALE
        assert late.floors.verdict("ours", "acme/two", ("blue",), 0) is Verdict.FRESH
        assert late.floors.verdict("ours", "acme/one", (), 1) is Verdict.FRESH


async def test_floors_that_no_copy_can_be_below_are_forgotten(one: Replica, tables: Catalogue) -> None:
    """What is older than any copy in Redis is not loaded, and forgotten where it was: then a copy that is older than
    that is dead altogether, so that forgetting cannot bring it back."""
    for key in ("acme/one", "acme/two", "acme/three"):
        await one.invalidate(key=key)
    tables.run("UPDATE invalidation SET created_at = created_at - interval '67 minutes' WHERE number <= 2")
    await one.follower.forget()
    async with replica(one.database, CacheSettings(redis_ttl=timedelta(hours=1))) as late:
        for each in (one, late):
            assert each.floors.horizon == 2
            assert each.floors.verdict("ours", "zeta/any", (), 1).dead
            assert each.floors.verdict("ours", "zeta/any", (), 2) is Verdict.FRESH
            assert each.floors.verdict("ours", "acme/three", (), 2).dead
            assert each.follower.number == 3


async def test_all_that_was_missed_is_made_up_for(one: Replica, far: Database, network: Proxy) -> None:
    """A replica whose store was away for a while applies what it missed, in its order, once, and says meanwhile how
    long ago it was current."""
    async with replica(far) as other:
        other.hold("ours", "acme/3")
        network.interrupt()
        for number in range(1, 1201):
            await one.database.execute(
                "WITH head AS (UPDATE cache_head SET number = number + 1 RETURNING number)"
                " INSERT INTO invalidation (number, principal, namespace, target, provider_id, reason, mode, context,"
                " entry_count, duration)"
                " SELECT number, 'ann', '', %(target)s, '', 6, 1, '', 0, '1 ms' FROM head",
                {"target": target_of(f"acme/{number}")},
            )
        away = other.follower.checked_at
        await asyncio.sleep(0.6)
        assert other.follower.checked_at == away
        assert other.memory.find("ours", "acme/3") is not None
        network.restore()
        await is_through(other, 1200)
        assert [each.number for each in other.applied] == list(range(1, 1201))
        assert other.memory.find("ours", "acme/3") is None


async def test_nobody_is_told_that_it_is_in_force_before_it_is(one: Replica, far: Database, network: Proxy) -> None:
    """Where the store is lost after the commit, to wait for its being in force fails; once the store is back it is."""
    async with replica(far, follow=False) as other:
        other.hold("ours", "acme/one")
        await one.invalidate(key="acme/one")
        network.interrupt()
        with pytest.raises(StoreUnavailable):
            await other.follower.catch_up(1)
        assert other.follower.number == 0
        network.restore()
        await other.follower.catch_up(1)
        assert other.memory.find("ours", "acme/one") is None


@pytest.mark.parametrize("passed", [False, True])
async def test_another_history_drops_everything(one: Replica, tables: Catalogue, *, passed: bool) -> None:
    """another history: where the store was restored from a backup, whether its numbers went back or have passed those
    that were seen, everything in memory goes, its catalogue gets another epoch, for copies in Redis lie under it, and
    the new numbers are in force."""
    await one.invalidate(key="acme/one")
    await one.invalidate(key="acme/one")
    one.hold("ours", "acme/two")
    (epoch,) = tables.rows("SELECT epoch FROM ledger_head")[0]
    with psycopg.connect(tables.url) as restoring:
        restoring.execute("DELETE FROM invalidation WHERE number = 2")
        restoring.execute("UPDATE cache_head SET number = 1")
        if passed:
            restoring.execute("UPDATE cache_head SET number = 3")
            restoring.execute(
                "INSERT INTO invalidation (number, principal, namespace, target, provider_id, reason, mode, context,"
                " entry_count, duration) SELECT n, 'eve', '', %s, '', 6, 1, '', 0, '1 ms' FROM generate_series(2, 3) n",
                [target_of("acme/three")],
            )

    async def begun_anew() -> bool:
        return one.follower.rewinds > 0

    await eventually(begun_anew, "the follower to begin anew", patience=PATIENCE)
    assert len(one.memory) == 0
    assert one.rewound == [one.follower.number] == [3 if passed else 1]
    assert tables.rows("SELECT epoch FROM ledger_head")[0] != (epoch,)
    one.hold("ours", "acme/two")
    await one.invalidate(key="acme/two")
    assert one.memory.find("ours", "acme/two") is None
    assert one.follower.rewinds == 1


async def test_another_epoch_drops_everything(one: Replica, tables: Catalogue) -> None:
    """The same where it is the catalogue that is seen to be another."""
    one.hold("ours", "acme/two")
    tables.run("UPDATE ledger_head SET epoch = gen_random_uuid()")
    epochs = tables.rows("SELECT epoch FROM ledger_head")

    async def begun_anew() -> bool:
        return one.follower.rewinds > 0

    await eventually(begun_anew, "the follower to begin anew", patience=PATIENCE)
    assert len(one.memory) == 0
    assert tables.rows("SELECT epoch FROM ledger_head") == epochs


async def test_a_failed_one_is_passed_over(one: Replica, tables: Catalogue) -> None:
    """One that failed has a number, and does nothing."""
    tables.run(
        "WITH head AS (UPDATE cache_head SET number = number + 1 RETURNING number)"
        " INSERT INTO invalidation (number, principal, namespace, target, provider_id, reason, mode, context,"
        " entry_count, duration, error_reason)"
        " SELECT number, 'ann', '', %s, '', 6, 1, '', 0, '1 ms', 'WRITE_CONTENTION' FROM head",
        [target_of("acme/one")],
    )
    one.hold("ours", "acme/one", mark=0)
    await is_through(one, 1)
    assert one.memory.find("ours", "acme/one") is not None
    assert one.applied == []


async def test_copies_of_the_catalogue_are_invalidated_without_rows(one: Replica) -> None:
    """In the namespace "catalogue" it is about copies: those of no other namespace, and no caller's entry."""
    await store(one.database, Stored("ours", "acme/one"))
    one.hold("catalogue", "acme/one")
    one.hold("ours", "acme/one")
    answer = await one.invalidate(key="acme/one", namespace="catalogue")
    assert (answer.invalidation.entry_count, answer.memory_count) == (0, 1)
    assert one.memory.find("catalogue", "acme/one") is None
    assert one.memory.find("ours", "acme/one") is not None
    assert await stored(one.database) == {("ours", "acme/one"): False}


def target_of(key: str) -> bytes:
    """A key as it is stored."""
    return pb.InvalidationTarget(key=key).SerializeToString()
