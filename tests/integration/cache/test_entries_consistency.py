"""What callers may rely on while others write, tiers are slow, and loads are late."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import timedelta

import pytest

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import invalidation_pb2
from modeldex_server.errors import CommitUnknown, EntryNotFound, StoreUnavailable, VersionMismatch
from support.caches import Clock
from support.entries import TEAM, WRITER, Replica, connected, entry, replica, slow_way
from support.proxies import Proxy, proxy
from support.redis import RedisServer, redis_server
from support.waiting import eventually

ONE = "acme/one"
ALL = api.CacheEntryFilter()


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
async def here(database_url: str) -> AsyncIterator[Replica]:
    async with replica(database_url) as made:
        yield made


@pytest.fixture
async def there(database_url: str) -> AsyncIterator[Replica]:
    """Another replica over the same database."""
    async with replica(database_url) as made:
        yield made


@pytest.mark.parametrize("slow", ["", "postgres", "redis"])
async def test_read_your_write(database_url: str, redis: RedisServer, slow: str) -> None:
    """read your write: whoever begins to read after a set was acknowledged gets it, or a newer one, on that replica,
    while others read and write, another replica writes, and a tier is slow."""
    redis.run("FLUSHALL")
    acknowledged = seen = 0
    with slow_way(database_url) as (url, to_store), proxy(redis.address) as to_redis:
        (to_store if slow == "postgres" else to_redis).delay = 0.02 if slow else 0.0
        async with replica(url, redis=f"redis://{to_redis.address}") as here:
            await here.set(ONE, "0")
            ends = time.monotonic() + 2

            def goes_on() -> bool:
                return time.monotonic() < ends or acknowledged <= 5 or seen <= 50

            async def write() -> None:
                nonlocal acknowledged
                number = 0
                while goes_on():
                    number += 1
                    await here.set(ONE, str(number))
                    acknowledged = number
                    await asyncio.sleep(random.uniform(0, 0.01))

            async def read() -> None:
                nonlocal seen
                while goes_on():
                    least = acknowledged
                    assert int(await here.name(ONE)) >= least
                    seen += 1
                    await asyncio.sleep(random.uniform(0, 0.002))
                    if random.random() < 0.02:
                        here.memory.clear(None, pb.CACHE_EVICTION_REASON_MANUAL)  # so that there are loads

            await asyncio.gather(write(), *(read() for _ in range(8)))


async def test_other_replicas_follow_within_a_second(database_url: str, there: Replica) -> None:
    """What was set or deleted elsewhere is answered from before for less than a second after."""
    clock = Clock()
    async with replica(database_url, clock=clock) as here:
        await there.set(ONE, "First")
        assert await here.name(ONE) == "First"
        await there.set(ONE, "Second")
        clock.now += 1.0
        assert await here.name(ONE) == "Second"
        await there.entries.delete(TEAM, ONE, WRITER)
        clock.now += 1.0
        with pytest.raises(EntryNotFound):
            await here.entries.get(TEAM, ONE, WRITER)


Write = Callable[[Replica], Awaitable[object]]


async def _set(here: Replica) -> None:
    await here.set(ONE, "New")


async def _delete(here: Replica) -> None:
    await here.entries.delete(TEAM, ONE, WRITER)


async def _delete_and_set(here: Replica) -> None:
    await _delete(here)
    await _set(here)


async def _batch(here: Replica) -> None:
    await here.entries.set_batch([entry("acme/other"), entry(ONE, "New")], WRITER)


async def _invalidate(here: Replica) -> None:
    """As an invalidation does: its rows go with it, and it is in force here before it is acknowledged."""
    async with here.database.connection() as connection:
        await connection.execute("DELETE FROM cache_entry")
    here.invalidate(
        target=invalidation_pb2.InvalidationTarget(provider_id="acme"), mode=invalidation_pb2.INVALIDATION_MODE_HARD
    )


async def _read(here: Replica) -> str | None:
    """What the model is called; None where there is no entry."""
    try:
        return await here.name(ONE)
    except EntryNotFound:
        return None


async def _connect(here: Replica) -> None:
    """Have connections to the store that are ready: a new one would be as slow as the rest."""
    await asyncio.gather(*(here.entries.has(TEAM, f"x/{number}", WRITER) for number in range(3)))

    await connected(here.database)


# How long an answer of the store takes, in seconds: the first is enough but where the machine stands still meanwhile.
_DELAYS = (0.5, 2.0, 8.0)


@pytest.mark.parametrize("load", ["read", "refresh", "expired"])
@pytest.mark.parametrize(
    ("write", "then"),
    [(_set, "New"), (_batch, "New"), (_delete, None), (_delete_and_set, "New"), (_invalidate, None)],
    ids=["set", "batch", "delete", "delete and set", "invalidate"],
)
async def test_late_load_never_brings_the_old_back(
    database_url: str, there: Replica, load: str, write: Write, then: str | None
) -> None:
    """late fills: a load that looked before a write, and whose answer comes half a second after it was
    acknowledged, is given to nobody who came after that, and is not kept."""
    for delay in _DELAYS:
        clock = Clock()
        with slow_way(database_url) as (url, between):
            async with replica(url, clock=clock) as here:
                if load == "expired":  # what memory holds has to be looked at again
                    await here.set(ONE, "Old")
                    clock.now += 5
                else:
                    await there.set(ONE, "Old")
                await _connect(here)
                between.delay = delay
                late = asyncio.create_task(
                    here.entries.refresh(TEAM, ONE, WRITER)
                    if load == "refresh"
                    else here.entries.get(TEAM, ONE, WRITER)
                )
                await asyncio.sleep(0.4 * delay)  # it has looked, and its answer is on its way
                between.delay = 0.0
                await write(here)
                reads = [await _read(here) for _ in range(3)]
                was_late = not late.done()
                await asyncio.gather(late, return_exceptions=True)
                assert [*reads, await _read(here)] == [then] * 4
                clock.now += 5
                assert await _read(here) == then
        if was_late:
            return
    raise AssertionError("the load was never late")


async def _is_late(between: Proxy) -> None:
    """Wait until what was asked is answered, and the answer on its way."""

    async def is_so() -> bool:
        return between.late > 0

    await asyncio.sleep(0.2)  # it may be asked in several steps
    await eventually(is_so, "an answer to be late")


async def test_late_load_gives_nothing_older_than_others_were_shown(database_url: str, there: Replica) -> None:
    """Who joins a load is not given what it saw where somebody on the replica was shown a newer version meanwhile."""
    with slow_way(database_url) as (url, between):
        async with replica(url, clock=Clock()) as here:
            await there.set(ONE, "Old")
            await _connect(here)
            between.delay = 5.0
            late = asyncio.create_task(here.name(ONE))
            await _is_late(between)
            between.delay = 0.0
            await there.set(ONE, "New")
            assert await _stored_name(here, "New")()
            assert not late.done(), "the load was not late"
            assert await here.name(ONE) == "New"
            await late
            assert await here.name(ONE) == "New"


async def test_versions_never_go_back(database_url: str, there: Replica) -> None:
    """never back: who asks a replica again, by whatever method, is never shown a version before one that it was shown,
    while two replicas write and answers of PostgreSQL take now long, now not."""
    with slow_way(database_url) as (url, between):
        async with replica(url) as here:
            await here.set(ONE)
            ends = time.monotonic() + 3
            shown = 0

            def goes_on() -> bool:
                return time.monotonic() < ends or shown <= 30

            async def write(replica: Replica) -> None:
                while goes_on():
                    await replica.set(ONE)
                    await asyncio.sleep(random.uniform(0, 0.1))

            async def slow_down() -> None:
                while goes_on():
                    between.delay = random.choice([0.0, 0.0, 0.05, 0.2])
                    await asyncio.sleep(0.03)

            async def look() -> None:
                nonlocal shown
                newest = 0
                while goes_on():
                    version = await random.choice(_WAYS)(here)
                    assert version >= newest
                    newest, shown = version, shown + 1

            await asyncio.gather(write(here), write(there), slow_down(), *(look() for _ in range(6)))


async def _by_get(here: Replica) -> int:
    return (await here.read(ONE)).entry_version


async def _by_has(here: Replica) -> int:
    return (await here.entries.has(TEAM, ONE, WRITER)).entry_version


async def _by_page(here: Replica) -> int:
    page = await here.entries.page(TEAM, ALL, "", 10, WRITER)
    return pb.CacheEntry.FromString(page.entries[0]).entry_version


async def _by_refresh(here: Replica) -> int:
    return pb.CacheEntry.FromString(await here.entries.refresh(TEAM, ONE, WRITER)).entry_version


_WAYS = (_by_get, _by_get, _by_has, _by_page, _by_refresh)


@pytest.mark.parametrize("leaving", [0, 500])
async def test_stampede_is_one_statement(database_url: str, there: Replica, leaving: int) -> None:
    """one load: a thousand reads of one cold entry at the same time are one statement, also where half of the callers,
    the first among them, go away; the others get their answers."""
    await there.set(ONE, "First")
    with slow_way(database_url) as (url, between):
        async with replica(url, clock=Clock()) as here:  # they are at the same time, however long they take to begin
            await here.entries.has(TEAM, "x/y", WRITER)
            before = here.statements
            between.delay = 0.2
            reads = [asyncio.create_task(here.name(ONE)) for _ in range(1000)]
            await asyncio.sleep(0)
            for one in [reads[0], *random.sample(reads[1:], max(0, leaving - 1))][:leaving]:
                one.cancel()
            names = await asyncio.gather(*reads, return_exceptions=True)
            assert here.statements - before == 1
            assert names.count("First") == 1000 - leaving


async def test_load_that_hangs_is_not_joined_for_ever(database_url: str, there: Replica) -> None:
    """Who comes a second after a load was begun does not get what that saw, however long its answer is on its way."""
    with slow_way(database_url) as (url, between):
        async with replica(url) as here:
            await there.set(ONE, "Old")
            await _connect(here)
            between.delay = 6.0
            late = asyncio.create_task(here.name(ONE))
            await _is_late(between)
            between.delay = 0.0
            await there.set(ONE, "New")
            await asyncio.sleep(1)
            assert await here.name(ONE) == "New"
            assert not late.done()
            await late
            assert await here.name(ONE) == "New"


@pytest.mark.parametrize("there_is_one", [True, False])
async def test_one_writer_wins(here: Replica, there: Replica, there_is_one: bool) -> None:
    """one winner: of 64 sets with the same expected version, on two replicas, exactly one succeeds."""
    expected = (await here.set(ONE)).entry_version if there_is_one else 0

    async def attempt(number: int) -> pb.CacheEntry:
        while True:
            with suppress(StoreUnavailable):  # for so many no connection may be free in time
                return await (here, there)[number % 2].set(ONE, f"N{number}", expected_version=expected)

    outcomes = await asyncio.gather(*map(attempt, range(64)), return_exceptions=True)
    won = [number for number, one in enumerate(outcomes) if isinstance(one, pb.CacheEntry)]
    assert len(won) == 1
    assert sum(isinstance(one, VersionMismatch) for one in outcomes) == 63
    assert await (here, there)[won[0] % 2].name(ONE) == f"N{won[0]}"


async def test_crossing_batches_do_not_wait_in_a_circle(here: Replica, there: Replica) -> None:
    """Batches of the same keys in different orders, deletions and counts among them, all come through."""
    keys = [f"acme/{number}" for number in range(100)]

    async def write(replica: Replica) -> None:
        for _ in range(8):
            mixed = random.sample(keys, len(keys))
            await replica.entries.set_batch([entry(key) for key in mixed], WRITER)
            await replica.entries.get_batch(TEAM, mixed, WRITER)
            await asyncio.gather(
                replica.entries.flush(), replica.entries.delete_batch(TEAM, random.sample(keys, 50), WRITER)
            )

    await asyncio.gather(*(write(replica) for replica in (here, there) for _ in range(3)))


async def test_versions_of_a_key_only_grow(here: Replica, there: Replica) -> None:
    """A set that begins after another one was acknowledged has a newer version, while others set and delete."""
    acknowledged = 0

    async def write(replica: Replica) -> None:
        nonlocal acknowledged
        for _ in range(60):
            newest = acknowledged
            version = (await replica.set(ONE)).entry_version
            assert version > newest
            acknowledged = max(acknowledged, version)
            if random.random() < 0.5:
                await replica.entries.delete(TEAM, ONE, WRITER)

    await asyncio.gather(*(write(replica) for replica in (here, there) for _ in range(4)))


async def test_connection_that_breaks_at_the_commit(database_url: str, there: Replica) -> None:
    """Nobody knows what became of a set whose connection broke while it was committed: its caller is told so, and
    nobody is answered from before it."""
    with slow_way(database_url) as (url, between):
        async with replica(url, clock=Clock()) as here:
            await here.set(ONE, "Old")
            await _connect(here)
            between.delay = 3.0
            setting = asyncio.create_task(here.set(ONE, "New"))
            await eventually(_stored_name(there, "New"), "the commit")
            between.cut()
            between.delay = 0.0
            with pytest.raises(CommitUnknown):
                await setting
            assert await here.name(ONE) == "New"


def _stored_name(replica: Replica, name: str) -> Callable[[], Awaitable[bool]]:
    async def is_stored() -> bool:
        page = await replica.entries.page(TEAM, ALL, "", 10, WRITER)
        return [pb.CacheEntry.FromString(data).value.display_name for data in page.entries] == [name]

    return is_stored


@pytest.mark.parametrize("meanwhile", ["set there and listed here", "deleted here"])
async def test_late_acknowledgement_never_brings_the_old_back(
    database_url: str, there: Replica, meanwhile: str
) -> None:
    """A set whose commit takes long to be acknowledged does not undo, on its replica, what others were shown or told
    since it was made."""
    with slow_way(database_url) as (url, between):
        async with replica(url, clock=Clock()) as here:
            await _connect(here)
            await here.set(ONE, "Old")
            between.delay = 2.5
            setting = asyncio.create_task(here.set(ONE, "First"))
            await eventually(_stored_name(there, "First"), "the commit")
            between.delay = 0.0
            if meanwhile == "deleted here":
                assert await here.entries.delete(TEAM, ONE, WRITER)
            else:
                await there.set(ONE, "Second")
                assert await _stored_name(here, "Second")()
            assert not setting.done(), "the set was not late"
            await setting
            assert await _read(here) == (None if meanwhile == "deleted here" else "Second")


async def test_caller_that_goes_away_stops_no_write(database_url: str) -> None:
    """A set whose caller is cancelled is ended, and read on this replica from then on."""
    with slow_way(database_url) as (url, between):
        async with replica(url) as here:
            await here.set(ONE, "Old")
            between.delay = 0.2
            setting = asyncio.create_task(here.set(ONE, "New"))
            await asyncio.sleep(0.1)
            setting.cancel()
            await here.entries.settle()
            assert await here.name(ONE) == "New"


async def test_store_that_is_away(database_url: str) -> None:
    """What was looked at just now is answered for the rest of its second; then reads and writes say that the store
    is away, and work again once it is back."""
    clock = Clock()
    with slow_way(database_url) as (url, between):
        async with replica(url, clock=clock, size=2) as here:
            await here.set(ONE, "First")
            between.interrupt()
            clock.now += 0.8
            assert await here.name(ONE) == "First"
            clock.now += 0.2
            for refused in (
                here.entries.get(TEAM, ONE, WRITER),
                here.set(ONE, "Second"),
                here.entries.delete(TEAM, ONE, WRITER),
            ):
                with pytest.raises(StoreUnavailable):
                    await refused
            between.restore()
            assert await eventually(lambda: _answered(here), "the store") == "First"


async def _answered(here: Replica) -> str | None:
    try:
        return await here.name(ONE)
    except StoreUnavailable:
        return None


async def test_invalidated_for_good_is_answered_by_nothing(database_url: str, there: Replica) -> None:
    """A copy from before a hard invalidation is not answered, though it was looked at just now and the store is
    away."""
    with slow_way(database_url) as (url, between):
        async with replica(url, size=2) as here:
            await here.set(ONE, "First", tags=["blue"])
            await _invalidate(here)
            between.interrupt()
            with pytest.raises(StoreUnavailable):
                await here.name(ONE)


@pytest.mark.parametrize("store", ["there", "slow", "away"])
async def test_invalidated_softly_is_marked(database_url: str, store: str) -> None:
    """An entry from before a soft invalidation is answered, marked as stale, until it is set, also where the store does
    not tell in time; one that was set since is not marked."""
    clock = Clock()
    with slow_way(database_url) as (url, between):
        async with replica(url, clock=clock, size=2) as here:
            await here.set(ONE, "First")
            async with here.database.connection() as connection:
                await connection.execute("UPDATE cache_entry SET stale = true")
            here.invalidate(
                target=invalidation_pb2.InvalidationTarget(key=ONE), mode=invalidation_pb2.INVALIDATION_MODE_SOFT
            )
            if store == "away":
                between.interrupt()
            between.delay = 6.0 if store == "slow" else 0.0
            began = time.monotonic()
            read = await here.read(ONE)
            assert (read.value.display_name, read.stale) == ("First", True)
            if store == "slow":
                assert time.monotonic() - began < 4
            if store == "there":
                assert (await here.read(ONE)).stale
                await here.set(ONE, "Second")
                assert not (await here.read(ONE)).stale


async def test_soft_invalidation_that_is_older_than_the_entry(database_url: str, there: Replica) -> None:
    """An entry that was set since is not marked where this replica hears of the invalidation later."""
    async with replica(database_url) as here:
        await there.set(ONE, "First")
        await here.read(ONE)
        here.invalidate(
            target=invalidation_pb2.InvalidationTarget(all=True), mode=invalidation_pb2.INVALIDATION_MODE_SOFT
        )

        async def is_fresh() -> bool:
            return not (await here.read(ONE)).stale

        await eventually(is_fresh, "the store to tell, which may take longer than a read waits")


async def test_another_history(database_url: str, there: Replica) -> None:
    """After a restore a version may come again that means something else: nothing from before is answered."""
    async with replica(database_url, clock=Clock()) as here:
        told = await here.set(ONE, "Before")
        async with here.database.connection() as connection:
            await connection.execute("DELETE FROM cache_entry")
            await connection.execute("ALTER SEQUENCE cache_entry_version RESTART")
        assert (await there.set(ONE, "After")).entry_version == told.entry_version
        here.entries.clear()
        assert await here.name(ONE) == "After"


@pytest.mark.usefixtures("patient")
async def test_entry_comes_from_redis(database_url: str, redis: RedisServer) -> None:
    """A replica that does not hold an entry asks PostgreSQL for its version and Redis for its bytes; what is gone or
    wrong there comes from PostgreSQL."""
    redis.run("FLUSHALL")
    async with replica(database_url, redis=redis.url) as first:
        told = await first.set(ONE, "First", tags=["blue"], priority=3)
        await eventually(lambda: _written(first), "the copy in Redis")
    for tier, meanwhile in (
        (pb.CACHE_TIER_REDIS, None),
        (pb.CACHE_TIER_DATABASE, _spoil),
        (pb.CACHE_TIER_DATABASE, lambda redis: redis.run("FLUSHALL")),
    ):
        if meanwhile is not None:
            meanwhile(redis)
        async with replica(database_url, redis=redis.url) as cold:
            read = await cold.read(ONE)
            assert (read.value.display_name, read.tier, read.entry_version) == ("First", tier, told.entry_version)
            assert (list(read.tags), read.priority) == (["blue"], 3)


async def _written(replica: Replica) -> bool:
    return replica.copies.written > 0


def _spoil(redis: RedisServer) -> None:
    for name in redis.run("KEYS", "*"):
        redis.run("SETRANGE", name, 40, "garbage")


@pytest.mark.usefixtures("patient")
async def test_copy_in_redis_from_before_an_invalidation_is_not_used(database_url: str, redis: RedisServer) -> None:
    """A hard invalidation is about copies in Redis, too, also of an entry that is still there."""
    redis.run("FLUSHALL")
    async with replica(database_url, redis=redis.url) as first:
        await first.set(ONE, "First")
        await eventually(lambda: _written(first), "the copy in Redis")
    async with replica(database_url, redis=redis.url) as cold:
        cold.invalidate(target=invalidation_pb2.InvalidationTarget(key=ONE))
        assert (await cold.read(ONE)).tier == pb.CACHE_TIER_DATABASE


async def test_without_a_cache_every_read_asks_the_store(database_url: str, redis: RedisServer, there: Replica) -> None:
    """cache_enabled = false: nothing is kept, and others' writes are seen at once."""
    async with replica(database_url, redis=redis.url) as here:
        here.policies.use(enabled=False, ttl=timedelta(minutes=10))
        for name in ("First", "Second", "Third"):
            await there.set(ONE, name)
            read = await here.read(ONE)
            assert (read.value.display_name, read.in_memory, read.tier) == (name, False, pb.CACHE_TIER_DATABASE)
        assert len(here.memory) == 0
