"""Lists and counts of callers' entries."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import discovery_service_pb2
from modeldex_server.security.principals import Principal
from support.entries import READER, STRANGER, TEAM, WRITER, Replica, entry, replica

ALL = api.CacheEntryFilter()


@pytest.fixture
async def here(database_url: str) -> AsyncIterator[Replica]:
    async with replica(database_url) as made:
        yield made


async def keys(
    here: Replica, wanted: api.CacheEntryFilter = ALL, *, size: int = 50, by: Principal = WRITER, namespace: str = TEAM
) -> list[str]:
    """The keys of all pages, in their order."""
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        page = await here.entries.page(namespace, wanted, after, size, by)
        assert len(page.entries) <= size
        found += [pb.CacheEntry.FromString(data).key for data in page.entries]
        after = page.next
    return found


async def count(here: Replica, wanted: api.CacheEntryFilter = ALL, by: Principal = WRITER) -> tuple[int, int]:
    """All, and those in memory."""
    answer = await here.entries.count(TEAM, wanted, by)
    return answer.count, answer.in_memory_count


def names(*numbers: int) -> list[str]:
    return [f"acme/{number:03}" for number in numbers]


@pytest.mark.parametrize("size", [1, 7, 100, 500])
async def test_pages_show_each_entry_once(here: Replica, size: int) -> None:
    """stable pages: by key, each once, whatever the size of the pages; those of other namespaces and those that have
    expired are not among them."""
    await here.entries.set_batch([entry(key) for key in names(*range(100))], WRITER)
    await here.set("acme/gone", ttl=timedelta(milliseconds=1))
    await here.entries.set(entry("acme/else", namespace="other"), WRITER)
    assert await keys(here, size=size) == names(*range(100))
    assert await count(here) == (100, 100)


async def test_filters_choose(here: Replica) -> None:
    """By tags, all of them; by what models are like; by staleness; by provider; and all of it together."""
    small, large = entry("acme/001", tags=["a", "b"]), entry("acme/002", tags=["a"])
    large.value.context_window = 100_000
    await here.entries.set_batch([small, large, entry("beta/003", tags=["b"])], WRITER)
    async with here.database.connection() as connection:
        await connection.execute("UPDATE cache_entry SET stale = true WHERE key = 'acme/002'")
    wide = discovery_service_pb2.ModelFilter(min_context_window=50_000)
    for wanted, found in (
        (api.CacheEntryFilter(tags=["a"]), ["acme/001", "acme/002"]),
        (api.CacheEntryFilter(tags=["b", "a"]), ["acme/001"]),
        (api.CacheEntryFilter(models=wide), ["acme/002"]),
        (api.CacheEntryFilter(models=wide, tags=["b"]), []),
        (api.CacheEntryFilter(stale=True), ["acme/002"]),
        (api.CacheEntryFilter(stale=False), ["acme/001", "beta/003"]),
        (api.CacheEntryFilter(models=discovery_service_pb2.ModelFilter(provider_ids=["beta", "x"])), ["beta/003"]),
    ):
        assert await keys(here, wanted) == found, wanted
        assert (await count(here, wanted))[0] == len(found), wanted


async def test_what_memory_holds(here: Replica, database_url: str) -> None:
    """Lists and counts tell what this process holds, in the version that is stored, and can be asked for either."""
    await here.entries.set_batch([entry(key) for key in names(1, 2, 3)], WRITER)
    here.memory.drop(TEAM, "acme/002", pb.CACHE_EVICTION_REASON_MANUAL)
    async with replica(database_url) as other:
        await other.set("acme/003")
    held, not_held = (api.CacheEntryFilter(in_memory=value) for value in (True, False))
    assert await count(here) == (3, 1)
    assert await keys(here, held) == names(1)
    assert await keys(here, not_held) == names(2, 3)
    assert await count(here, held) == (1, 1)
    assert await count(here, not_held) == (2, 0)


async def test_other_providers_are_not_listed(here: Replica) -> None:
    """provider rights: neither in lists nor in counts, nor where they are asked for by name."""
    await here.entries.set_batch([entry("acme/001"), entry("other/001")], WRITER)
    asked = api.CacheEntryFilter(models=discovery_service_pb2.ModelFilter(provider_ids=["acme"]))
    assert await keys(here, by=STRANGER) == ["other/001"]
    assert await keys(here, asked, by=STRANGER) == []
    assert await count(here, by=STRANGER) == (1, 1)
    assert await count(here, asked, by=STRANGER) == (0, 0)


async def test_values_can_be_left_out(here: Replica) -> None:
    """Everything else is told, the size of the value, too."""
    told = await here.set("acme/001", "First", tags=["a"])
    page = await here.entries.page(TEAM, ALL, "", 10, READER, omit_values=True)
    (listed,) = map(pb.CacheEntry.FromString, page.entries)
    assert not listed.HasField("value")
    assert (listed.entry_version, listed.size_bytes, list(listed.tags)) == (told.entry_version, told.size_bytes, ["a"])
    assert listed.size_bytes > 0


async def test_large_entries_make_short_pages(here: Replica) -> None:
    """A page stays small enough for a caller that takes 4 MiB, and nothing is left out."""
    large = [entry(key, "x" * 8000) for key in names(*range(60))]
    for one in large:
        one.value.description = "y" * 50_000
    await here.entries.set_batch(large, WRITER)
    page = await here.entries.page(TEAM, ALL, "", 500, WRITER)
    assert sum(map(len, page.entries)) < 4 * 1024 * 1024
    assert page.next is not None
    assert await keys(here, size=500) == names(*range(60))


async def test_rare_matches_come_over_pages(here: Replica) -> None:
    """A filter that few of many entries match costs a page a bounded number of rows: fewer may come though there are
    more."""
    many = [entry(f"acme/{number:05}") for number in range(5000)]
    many[4500].value.context_window = 100_000
    for at in range(0, 5000, 1000):
        await here.entries.set_batch(many[at : at + 1000], WRITER)
    wanted = api.CacheEntryFilter(models=discovery_service_pb2.ModelFilter(min_context_window=50_000))
    first = await here.entries.page(TEAM, wanted, "", 10, WRITER)
    assert (first.entries, first.next) == ([], "acme/03999")
    assert await keys(here, wanted) == ["acme/04500"]


async def test_list_is_as_current_as_the_store(here: Replica, database_url: str) -> None:
    """What another replica set is listed at once, and no read after that gives what was before it."""
    await here.set("acme/001", "First")
    async with replica(database_url) as other:
        await other.set("acme/001", "Second")
    (listed,) = map(pb.CacheEntry.FromString, (await here.entries.page(TEAM, ALL, "", 10, WRITER)).entries)
    assert (listed.value.display_name, listed.tier) == ("Second", pb.CACHE_TIER_DATABASE)
    assert await here.name("acme/001") == "Second"


async def test_refresh_of_a_provider(here: Replica, database_url: str) -> None:
    """All its entries of the namespace are read anew, and held from then on."""
    batch = [entry(key) for key in names(*range(450))]
    await here.entries.set_batch([*batch, entry("beta/001"), entry("acme/x", namespace="other")], WRITER)
    async with replica(database_url) as cold:
        assert await cold.entries.refresh_provider(TEAM, "acme") == 450
        assert len(cold.memory) == 450
        assert await cold.entries.refresh_provider(TEAM, "nobody") == 0
