"""Sweeping over a real PostgreSQL: what it frees, what it leaves, and what it says of both."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.errors import ProviderDenied
from modeldex_server.settings.cache import CacheSettings
from modeldex_server.store.database import Database
from support.checks import Catalogue
from support.invalidations import ANN, BOB, Replica, Stored, replica, store, stored
from support.waiting import eventually

LIVE = [Stored("ours", f"acme/live{number}") for number in range(3)]
OVER = [Stored("ours", f"acme/over{number}", expired=True) for number in range(5)]


async def test_a_sweep_frees_what_is_over_and_says_so(one: Replica, tables: Catalogue) -> None:
    """What has expired goes, with an invalidation by the server itself; what lives stays, and is counted; dead copies
    leave memory; old history goes."""
    await store(one.database, *LIVE, *OVER)
    for key in ("acme/one", "acme/two"):
        one.hold("ours", key)
        await one.invalidate(key=key)
    one.hold("ours", "acme/three")
    tables.run("UPDATE invalidation SET created_at = created_at - interval '91 days' WHERE number = 1")
    used = one.memory.bytes_used
    answer = await one.sweeper.cleanup(ANN)
    assert (answer.expired_count, answer.memory_count, answer.invalidation_count) == (5, 2, 1)
    assert answer.freed_bytes == used - one.memory.bytes_used > 0
    assert one.memory.look("ours", "acme/three") is not None
    assert (await stored(one.database)).keys() == {("ours", entry.key) for entry in LIVE}
    assert one.statistics.stored_entries == 3
    await one.follower.catch_up(3)
    made = one.applied[-1]
    assert (made.principal, made.reason, made.entry_count) == ("cache", pb.INVALIDATION_REASON_TTL_EXPIRED, 5)
    assert [row[0] for row in tables.rows("SELECT number FROM invalidation ORDER BY 1")] == [2, 3]


async def test_what_rules_answered_to_goes_with_the_history(one: Replica, tables: Catalogue) -> None:
    """It is kept as long as invalidations are."""
    tables.run(
        "INSERT INTO invalidation_firing (rule_id, rule_version, number, revision, entry_count, dry_run, created_at)"
        " SELECT 'r', 1, days, 0, 0, false, now() - interval '1 day' * days FROM unnest('{89,91}'::int[]) days"
    )
    await one.sweeper.cleanup(ANN)
    assert tables.rows("SELECT number FROM invalidation_firing") == [(89,)]


async def test_a_sweep_that_finds_nothing_makes_no_invalidation(one: Replica, tables: Catalogue) -> None:
    """Nor does a second one after the first."""
    await store(one.database, *LIVE, *OVER)
    for count in (5, 0):
        assert (await one.sweeper.cleanup(ANN)).expired_count == count
    assert tables.rows("SELECT number, entry_count FROM invalidation") == [(1, 5)]


async def test_replicas_that_sweep_at_once_count_each_entry_once(one: Replica, tables: Catalogue) -> None:
    """On how many replicas it runs makes no difference: each expired entry is freed, and counted, once."""
    await store(one.database, *LIVE, *(Stored("ours", f"acme/{number}", expired=True) for number in range(500)))
    async with replica(one.database) as two, replica(one.database) as three:
        answers = await asyncio.gather(*(each.sweeper.cleanup(ANN) for each in (one, two, three)))
    assert sum(answer.expired_count for answer in answers) == 500
    assert tables.rows("SELECT sum(entry_count) FROM invalidation") == [(500,)]
    assert len(await stored(one.database)) == 3


async def test_where_the_strategy_is_off_what_has_expired_is_left(database: Database) -> None:
    """It is never answered either way, and memory is still freed."""
    settings = CacheSettings.model_validate({"strategies": {"ttl": {"enabled": False}}})
    async with replica(database, settings) as one:
        await store(database, *LIVE, *OVER)
        one.hold("ours", "acme/one")
        await one.invalidate(key="acme/one")
        answer = await one.sweeper.cleanup(ANN)
        assert (answer.expired_count, answer.memory_count) == (0, 1)
        assert len(await stored(database)) == 8
        assert one.statistics.stored_entries == 3


async def test_it_sweeps_by_itself_at_each_interval(database: Database) -> None:
    """Nobody has to ask for it."""
    async with replica(database, CacheSettings(cleanup_interval=timedelta(seconds=1))) as one:
        await store(database, *LIVE, *OVER)
        sweeping = asyncio.create_task(one.sweeper.run())

        async def swept() -> bool:
            return len(await stored(database)) == 3

        try:
            await eventually(swept, "a sweep")
        finally:
            sweeping.cancel()


async def test_who_may_not_see_all_providers_frees_nothing(one: Replica) -> None:
    """An admin of some providers is refused."""
    await store(one.database, *OVER)
    with pytest.raises(ProviderDenied):
        await one.sweeper.cleanup(BOB)
    assert len(await stored(one.database)) == 5
