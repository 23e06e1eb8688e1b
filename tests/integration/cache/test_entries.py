"""Entries of callers on one replica: set, read, deleted, counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import model_pb2
from modeldex_server.errors import EntryNotFound, ProviderDenied, StoreUnavailable, TooManyEntries, VersionMismatch
from modeldex_server.security.scope import EVERYTHING
from support.caches import Clock
from support.entries import READER, STRANGER, TEAM, WRITER, Replica, entry, replica, slow_way
from support.waiting import eventually

ONE, TWO = "acme/one", "acme/two"


@pytest.fixture
async def here(database_url: str) -> AsyncIterator[Replica]:
    async with replica(database_url) as made:
        yield made


async def test_what_is_set_is_what_is_read(here: Replica) -> None:
    """An entry comes back whole: its value, tags, priority, TTL and metadata, and what the server knows of it."""
    before = datetime.now(UTC)
    asked = entry(ONE, "First", tags=["b", "a", "b"], priority=7, ttl=timedelta(minutes=3))
    asked.metadata.update({"team": {"name": "blue"}, "size": 3.5})
    told = await here.entries.set(asked, WRITER)
    assert not told.HasField("value")

    read = await here.read(ONE)

    assert read.value.display_name == "First"
    assert (read.namespace, read.key, list(read.tags), read.priority) == (TEAM, ONE, ["a", "b"], 7)
    assert read.metadata == asked.metadata
    assert read.ttl.ToTimedelta() == timedelta(minutes=3)
    assert read.entry_version == told.entry_version > 0
    assert read.size_bytes == len(read.value.SerializeToString(deterministic=True))
    assert before <= read.create_time.ToDatetime(UTC) == read.update_time.ToDatetime(UTC)
    assert read.expire_time.ToDatetime(UTC) == read.update_time.ToDatetime(UTC) + timedelta(minutes=3)
    assert (read.stale, read.in_memory, read.tier) == (False, True, pb.CACHE_TIER_MEMORY)


HARD = ['"', "\\", ",", "{}", "{a,b}", "NULL", " x ", "\u2028", "é𝔘", "'; --", "%s", "\\u0000", 'a"b\\c']


async def test_words_that_something_could_trip_over(here: Replica) -> None:
    """Tags, keys and metadata come back byte for byte."""
    asked = [entry(f"acme/{word}", word, tags=[word, *HARD]) for word in HARD]
    for one, word in zip(asked, HARD, strict=True):
        one.metadata[word] = word
    await here.entries.set_batch(asked, WRITER)
    here.memory.clear(None, pb.CACHE_EVICTION_REASON_MANUAL)
    for one, word in zip(asked, HARD, strict=True):
        read = await here.read(one.key)
        assert (read.value.display_name, list(read.tags), read.metadata) == (word, sorted(HARD), one.metadata)
        page = await here.entries.page(TEAM, api.CacheEntryFilter(tags=[word]), "", 50, WRITER)
        assert len(page.entries) == len(HARD)


async def test_reads_are_told_by_how_they_ended(here: Replica, database_url: str) -> None:
    """counted as it happens: hits and misses, in all and by tier, and as events for who watches."""
    watch = here.events.watch(api.WatchCacheEventsRequest(), EVERYTHING)
    await here.set(ONE)
    await here.read(ONE)
    await here.entries.get_batch(TEAM, [ONE, TWO], WRITER)
    async with replica(database_url) as other:
        await other.set(TWO)
    await here.read(TWO)
    await here.entries.delete(TEAM, ONE, WRITER)
    statistics = here.statistics
    assert (statistics.hits, statistics.misses) == (2, 2)
    memory, store = (statistics.tier(tier) for tier in (pb.CACHE_TIER_MEMORY, pb.CACHE_TIER_DATABASE))
    assert (memory.hits, memory.misses, store.hits, store.misses) == (2, 2, 1, 1)
    events, _ = await watch.next(1)
    kinds = [pb.CacheEventKind.Name(event.kind).removeprefix("CACHE_EVENT_KIND_") for event in events]
    assert kinds == ["SET", "HIT", "HIT", "MISS", "MISS", "EVICTION", "DELETED"]
    assert not any(event.entry.HasField("value") for event in events)


async def test_what_only_the_server_says_of_a_model_is_dropped(here: Replica) -> None:
    """A caller cannot set which sources list a model, nor its version, revision and availability."""
    asked = entry(ONE)
    asked.value.MergeFrom(
        model_pb2.Model(version=7, revision=9, listed_by=["x"], unlisted=True, field_sources={"*": "x"}, availability=1)
    )
    await here.entries.set(asked, WRITER)

    value = (await here.read(ONE)).value

    for name in ("version", "revision", "listed_by", "unlisted", "field_sources", "availability"):
        assert not getattr(value, name), name
    assert (value.provider_id, value.provider_model_id) == ("acme", "one")


async def test_ttl_defaults_to_what_the_policy_says(here: Replica) -> None:
    """An entry that is set without a TTL lives as long as the policy says for what callers set."""
    here.policies.use(enabled=True, ttl=timedelta(seconds=77))
    assert (await here.set(ONE)).ttl.ToTimedelta() == timedelta(seconds=77)


async def test_set_again_keeps_when_it_was_first_set(here: Replica) -> None:
    """Setting an entry within its time moves its version and its update time, and nothing of its history."""
    first = await here.set(ONE, "First")
    await here.read(ONE)
    second = await here.set(ONE, "Second")
    assert second.entry_version > first.entry_version
    assert second.create_time == first.create_time
    assert second.update_time.ToDatetime() > first.update_time.ToDatetime()
    assert (await here.read(ONE)).access_count == 2


async def test_expired_entry_that_is_set_is_new(here: Replica) -> None:
    """Its creation is now, and nobody has read it."""
    first = await here.set(ONE, ttl=timedelta(milliseconds=1))
    await asyncio.sleep(0.01)
    second = await here.set(ONE)
    assert second.create_time.ToDatetime() > first.create_time.ToDatetime()
    assert second.access_count == 0


async def test_versions_grow_over_a_deletion(here: Replica) -> None:
    """read your write: an entry that is deleted and set again has a newer version than ever before."""
    first = await here.set(ONE)
    assert await here.entries.delete(TEAM, ONE, WRITER)
    assert (await here.set(ONE)).entry_version > first.entry_version


async def test_deleted_entry_is_not_there(here: Replica) -> None:
    """To delete it again is no error, and says that there was none."""
    await here.set(ONE)
    assert await here.entries.delete(TEAM, ONE, WRITER)
    with pytest.raises(EntryNotFound):
        await here.entries.get(TEAM, ONE, WRITER)
    assert not (await here.entries.has(TEAM, ONE, WRITER)).exists
    assert not await here.entries.delete(TEAM, ONE, WRITER)


async def test_expected_version_decides(here: Replica) -> None:
    """A set and a deletion with another version than the current one change nothing, and say which it is."""
    with pytest.raises(VersionMismatch):
        await here.set(ONE, expected_version=5)
    first = await here.set(ONE, "First", expected_version=0)
    with pytest.raises(VersionMismatch) as refused:
        await here.set(ONE, "Second", expected_version=0)
    assert refused.value.metadata["current_version"] == str(first.entry_version)
    with pytest.raises(VersionMismatch):
        await here.entries.delete(TEAM, ONE, WRITER, first.entry_version + 1)
    assert await here.name(ONE) == "First"
    second = await here.set(ONE, "Second", expected_version=first.entry_version)
    assert await here.entries.delete(TEAM, ONE, WRITER, second.entry_version)
    assert not await here.entries.delete(TEAM, ONE, WRITER, second.entry_version)


async def test_expired_entry_does_not_exist_for_expected_version(here: Replica) -> None:
    """An expected version of 0 is met by an entry that has expired, and its old version is not."""
    old = await here.set(ONE, ttl=timedelta(milliseconds=1))
    await asyncio.sleep(0.01)
    with pytest.raises(VersionMismatch):
        await here.set(ONE, expected_version=old.entry_version)
    assert (await here.set(ONE, expected_version=0)).entry_version > old.entry_version


async def test_batch_is_all_or_none(here: Replica) -> None:
    """A batch with an entry of a provider that the caller has no right to sets nothing."""
    caller = STRANGER
    with pytest.raises(ProviderDenied):
        await here.entries.set_batch([entry("other/one"), entry(ONE)], caller)
    assert not (await here.entries.has(TEAM, "other/one", WRITER)).exists


async def test_batch_answers_in_the_order_that_it_was_asked_in(here: Replica) -> None:
    """Of entries that are there and of keys that have none; a key that comes twice is answered once."""
    await here.entries.set_batch([entry(f"acme/{number}", f"N{number}") for number in (3, 1, 2)], WRITER)
    batch = await here.entries.get_batch(TEAM, ["acme/2", "x/y", "acme/3", "acme/2", "acme/1", "x/x"], WRITER)
    names = [pb.CacheEntry.FromString(data).value.display_name for data in batch.entries]
    assert (names, batch.missing) == (["N2", "N3", "N1"], ["x/y", "x/x"])


async def test_hundred_misses_are_one_statement(here: Replica, database_url: str) -> None:
    """However many keys a batch asks for, PostgreSQL is asked once."""
    keys = [f"acme/{number}" for number in range(100)]
    await here.entries.set_batch([entry(key) for key in keys], WRITER)
    async with replica(database_url) as cold:
        assert len((await cold.entries.get_batch(TEAM, [*keys, "acme/none"], WRITER)).entries) == 100
        assert cold.statements == 1


async def test_memory_answers_for_less_than_a_second(database_url: str) -> None:
    """What was looked at just now is answered without PostgreSQL; after 0.9 s its version is asked for again, and its
    bytes are not."""
    clock = Clock()
    async with replica(database_url, clock=clock) as here:
        await here.set(ONE)
        clock.now += 0.89
        assert (await here.read(ONE)).tier == pb.CACHE_TIER_MEMORY
        assert here.statements == 0
        clock.now += 0.02
        assert (await here.read(ONE)).tier == pb.CACHE_TIER_MEMORY
        assert here.statements == 1
        assert here.statistics.tier(pb.CACHE_TIER_DATABASE).hits == 0


async def test_not_there_and_then_set_is_there(here: Replica) -> None:
    """That an entry was not found is not remembered."""
    with pytest.raises(EntryNotFound):
        await here.entries.get(TEAM, ONE, WRITER)
    await here.set(ONE, "First")
    assert await here.name(ONE) == "First"


@pytest.mark.parametrize("ttl", [timedelta(milliseconds=10), timedelta(days=3650)], ids=["10 ms", "3,650 days"])
async def test_short_and_long_lives(here: Replica, ttl: timedelta) -> None:
    """The shortest and the longest TTL are kept to."""
    told = await here.set(ONE, ttl=ttl)
    assert told.expire_time.ToDatetime() - told.update_time.ToDatetime() == ttl
    if ttl < timedelta(seconds=1):
        await asyncio.sleep(ttl.total_seconds())
        with pytest.raises(EntryNotFound):
            await here.entries.get(TEAM, ONE, WRITER)
    else:
        assert (await here.entries.ttl(TEAM, ONE, WRITER)).remaining_ttl.ToTimedelta() > timedelta(days=3649)


async def test_expired_is_not_answered_by_any_method(here: Replica) -> None:
    """An entry of 10 ms is gone for reads, lists and counts at once, swept or not."""
    await here.set(ONE, ttl=timedelta(milliseconds=10))
    await asyncio.sleep(0.01)
    assert not (await here.entries.has(TEAM, ONE, WRITER)).exists
    assert (await here.entries.get_batch(TEAM, [ONE], WRITER)).missing == [ONE]
    with pytest.raises(EntryNotFound):
        await here.entries.ttl(TEAM, ONE, WRITER)
    with pytest.raises(EntryNotFound):
        await here.entries.set_ttl(TEAM, ONE, timedelta(hours=1), WRITER)
    assert not await here.entries.delete(TEAM, ONE, WRITER)


async def test_set_ttl_counts_from_now(here: Replica) -> None:
    """It is a change: with a version of its own, which memory holds at once; the value stays."""
    first = await here.set(ONE, "First", ttl=timedelta(minutes=1))
    told = await here.entries.set_ttl(TEAM, ONE, timedelta(hours=1), WRITER)
    assert told.entry_version > first.entry_version
    assert not told.HasField("value")
    read = await here.read(ONE)
    assert (read.value.display_name, read.entry_version) == ("First", told.entry_version)
    remaining = (await here.entries.ttl(TEAM, ONE, WRITER)).remaining_ttl.ToTimedelta()
    assert timedelta(minutes=59) < remaining <= timedelta(hours=1)


async def test_keys_of_other_providers_do_not_exist(here: Replica) -> None:
    """provider rights: to a caller without a right to a provider its entries are as none; it may write none."""
    await here.set(ONE)
    with pytest.raises(EntryNotFound):
        await here.entries.get(TEAM, ONE, STRANGER)
    assert (await here.entries.get_batch(TEAM, [ONE], STRANGER)).missing == [ONE]
    assert not (await here.entries.has(TEAM, ONE, STRANGER)).exists
    with pytest.raises(EntryNotFound):
        await here.entries.ttl(TEAM, ONE, STRANGER)
    for write in (
        here.entries.set(entry(ONE), STRANGER),
        here.entries.delete(TEAM, ONE, STRANGER),
        here.entries.delete_batch(TEAM, ["other/one", ONE], STRANGER),
        here.entries.set_ttl(TEAM, ONE, timedelta(hours=1), STRANGER),
        here.entries.refresh(TEAM, ONE, STRANGER),
    ):
        with pytest.raises(ProviderDenied):
            await write
    assert (await here.read(ONE, READER)).key == ONE


async def test_reads_are_counted_over_all_replicas(here: Replica, database_url: str) -> None:
    """Reads on two replicas add up, and are no change: the version stays."""
    told = await here.set(ONE)
    async with replica(database_url) as other:
        for _ in range(3):
            await here.read(ONE)
            await other.read(ONE)
        await here.entries.flush()
        await other.entries.flush()
    async with replica(database_url) as third:
        read = await third.read(ONE)
    assert (read.access_count, read.entry_version) == (7, told.entry_version)
    assert read.HasField("last_access_time")


async def test_reads_that_the_store_has_not_heard_of_are_told_later(database_url: str) -> None:
    """Counts wait while the store is away, and are neither lost nor added twice."""
    with slow_way(database_url) as (url, between):
        async with replica(url, size=2) as here:
            await here.set(ONE)
            for _ in range(3):
                await here.read(ONE)
            between.interrupt()
            with pytest.raises(StoreUnavailable):
                await here.entries.flush()
            between.restore()
            await eventually(lambda: _flushed(here), "the store")
            await here.entries.flush()
            async with here.database.connection() as connection:
                row = await (await connection.execute("SELECT access_count FROM cache_entry")).fetchone()
    assert row == (3,)


async def _flushed(here: Replica) -> bool:
    with suppress(StoreUnavailable):
        await here.entries.flush()
        return True
    return False


async def test_has_ttl_and_lists_are_no_reads(here: Replica) -> None:
    """Only who gets the entry itself has read it."""
    await here.set(ONE)
    await here.entries.has(TEAM, ONE, WRITER)
    await here.entries.ttl(TEAM, ONE, WRITER)
    assert (await here.read(ONE)).access_count == 1


async def test_one_too_many_is_refused(database_url: str) -> None:
    """limits: of any number of entries that are set at the same time as many are taken as may be, and what is there
    can be set again. Where one goes another may come."""
    async with replica(database_url, most=3, clock=Clock()) as here:  # within the second of one count
        sets = [here.set(f"acme/{number}") for number in range(8)]
        outcomes = await asyncio.gather(*sets, return_exceptions=True)
        assert sum(isinstance(one, pb.CacheEntry) for one in outcomes) == 3
        assert sum(isinstance(one, TooManyEntries) for one in outcomes) == 5
        kept = next(one.key for one in outcomes if isinstance(one, pb.CacheEntry))
        await here.set(kept)
        await here.entries.delete(TEAM, kept, WRITER)
        await here.set("acme/last")
        with pytest.raises(TooManyEntries):
            await here.set("acme/one-more")


async def test_what_has_expired_does_not_count(here: Replica) -> None:
    """Entries are counted as they are: without those that have expired and are not swept yet."""
    for key in (ONE, TWO):
        await here.set(key)
    await here.set("acme/over", ttl=timedelta(milliseconds=1))
    await asyncio.sleep(0.01)
    await here.entries.recount()
    assert here.statistics.stored_entries == 2


async def test_equal_entries_are_equal_bytes(here: Replica) -> None:
    """What is stored does not depend on the order of keys and tags."""
    for namespace, names in (("a", ("x", "y", "z")), ("b", ("z", "y", "x"))):
        made = entry(ONE, namespace=namespace, tags=names)
        for name in names:
            made.metadata[name] = {"of": name}
            made.value.metadata[name] = 1.5
        await here.entries.set(made, WRITER)
    async with here.database.connection() as connection:
        rows = await (await connection.execute("SELECT value, metadata, tags FROM cache_entry")).fetchall()
    assert rows[0] == rows[1]
