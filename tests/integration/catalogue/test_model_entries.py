"""The models of the catalogue as entries of the cache."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import partial

import pytest

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import discovery_service_pb2, invalidation_pb2, model_pb2
from modeldex_server.cache.tiers import NAMESPACE
from modeldex_server.catalogue.availability import Availability
from modeldex_server.catalogue.entries import ModelEntries
from modeldex_server.catalogue.listing import Lister
from modeldex_server.catalogue.saving import Saver
from modeldex_server.errors import EntryNotFound, ProviderDenied
from modeldex_server.ledger.versions import load_versions
from modeldex_server.security.secret_paths import SecretPaths
from modeldex_server.store.database import Database
from support.caches import Parts, models_over, parts
from support.entries import STRANGER, WRITER
from support.models import plain
from support.rooms import Rooms, rooms

ALL = api.CacheEntryFilter()
ONE, TWO, OLD = "acme/1", "acme/2", "acme/old"


@dataclass
class Stage:
    """A replica that has saved some models and read none."""

    entries: ModelEntries
    parts: Parts
    rooms: Rooms
    saver: Saver

    async def save(self, model: model_pb2.Model) -> None:
        """Save a model, and wait until the index knows it."""
        committed = await self.saver.save(discovery_service_pb2.SaveModelRequest(model=model), by="a", timeout=None)
        await self.rooms.index.reach(committed.revision, timeout=30)

    async def get(self, key: str) -> pb.CacheEntry:
        return pb.CacheEntry.FromString(await self.entries.get(NAMESPACE, key, WRITER))

    async def keys(self, wanted: api.CacheEntryFilter = ALL, *, size: int = 50) -> list[str]:
        """The keys of all pages."""
        found: list[str] = []
        after: str | None = ""
        while after is not None:
            page = await self.entries.page(NAMESPACE, wanted, after, size, WRITER)
            found += [pb.CacheEntry.FromString(data).key for data in page.entries]
            after = page.next
        return found

    async def count(self, wanted: api.CacheEntryFilter = ALL) -> tuple[int, int]:
        answer = await self.entries.count(NAMESPACE, wanted, WRITER)
        return answer.count, answer.in_memory_count


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    of = parts()
    async with rooms(database) as made:
        cache, availability = models_over(partial(load_versions, database), of), Availability()
        entries = ModelEntries(
            made.index,
            cache,
            Lister(database, availability),
            availability,
            of.policies,
            clock=of.clock,
            wall=of.clock.wall,
        )
        stage = Stage(entries, of, made, Saver(made.ledger, SecretPaths([])))
        for number in (1, 2, 3):
            await stage.save(plain(f"acme/{number}", f"N{number}"))
        old = plain(OLD)
        old.lifecycle.stage = model_pb2.LIFECYCLE_STAGE_RETIRED
        await stage.save(old)
        await stage.save(plain("beta/1"))
        yield stage


async def test_entry_is_the_current_version(stage: Stage) -> None:
    """The value is the model as GetModel gives it, the version is the model's, and what the replica holds is told."""
    read = await stage.get(ONE)
    assert (read.namespace, read.key, read.value.display_name) == (NAMESPACE, ONE, "N1")
    assert read.entry_version == read.value.version == 1
    assert (list(read.tags), read.priority) == (["test"], 5)
    assert read.update_time == read.value.update_time
    assert read.size_bytes == len(read.value.SerializeToString())
    assert (read.in_memory, read.tier, read.stale) == (True, pb.CACHE_TIER_DATABASE, False)
    assert read.ttl.ToTimedelta() == timedelta(minutes=10)
    assert read.expire_time.ToDatetime(UTC) - read.create_time.ToDatetime(UTC) == timedelta(minutes=10)
    assert (await stage.get(ONE)).tier == pb.CACHE_TIER_MEMORY

    await stage.save(plain(ONE, "New"))

    assert (await stage.get(ONE)).entry_version == 2
    assert (await stage.get(ONE)).value.display_name == "New"


async def test_reads_of_the_copy_are_counted(stage: Stage) -> None:
    """By the replica that answers, since it holds its copy."""
    for _ in range(4):
        await stage.get(ONE)
    read = await stage.get(ONE)
    assert read.access_count == 4  # the first one made the copy
    assert read.last_access_time.ToDatetime(UTC).timestamp() == stage.parts.clock.wall()


async def test_absent_is_not_found(stage: Stage) -> None:
    """Also what is another provider's, and what was deleted."""
    for by, key in ((WRITER, "acme/none"), (STRANGER, ONE)):
        with pytest.raises(EntryNotFound):
            await stage.entries.get(NAMESPACE, key, by)
        with pytest.raises(EntryNotFound):
            await stage.entries.ttl(NAMESPACE, key, by)
        assert not (await stage.entries.has(NAMESPACE, key, by)).exists
    batch = await stage.entries.get_batch(NAMESPACE, [TWO, "acme/none", ONE, TWO], WRITER)
    assert [pb.CacheEntry.FromString(data).key for data in batch.entries] == [TWO, ONE]
    assert batch.missing == ["acme/none"]
    with pytest.raises(ProviderDenied):
        await stage.entries.refresh(NAMESPACE, ONE, STRANGER)


async def test_has_and_ttl_tell_of_the_copy(stage: Stage) -> None:
    """Where there is none the model is there all the same, and does not expire."""
    has = await stage.entries.has(NAMESPACE, ONE, WRITER)
    assert (has.exists, has.in_memory, has.entry_version) == (True, False, 1)
    ttl = await stage.entries.ttl(NAMESPACE, ONE, WRITER)
    assert not ttl.HasField("remaining_ttl")
    assert not ttl.HasField("expire_time")
    await stage.get(ONE)
    stage.parts.clock.now += 60
    assert (await stage.entries.has(NAMESPACE, ONE, WRITER)).in_memory
    ttl = await stage.entries.ttl(NAMESPACE, ONE, WRITER)
    assert (ttl.remaining_ttl.ToTimedelta(), ttl.ttl.ToTimedelta()) == (timedelta(minutes=9), timedelta(minutes=10))


@pytest.mark.parametrize("size", [1, 2, 50])
async def test_lists_tell_what_memory_holds(stage: Stage, size: int) -> None:
    """Without a filter of models every model is listed, the retired, too; with one, as ListModels does."""
    await stage.get(TWO)
    held, not_held = (api.CacheEntryFilter(in_memory=value) for value in (True, False))
    as_listed = api.CacheEntryFilter(models=discovery_service_pb2.ModelFilter(provider_ids=["acme"]))
    every = [ONE, TWO, "acme/3", OLD, "beta/1"]
    for wanted, found, numbers in (
        (ALL, every, (5, 1)),
        (held, [TWO], (1, 1)),
        (not_held, [key for key in every if key != TWO], (4, 0)),
        (as_listed, every[:3], (3, 1)),
        (api.CacheEntryFilter(tags=["test"]), every, (5, 1)),
        (api.CacheEntryFilter(tags=["none"]), [], (0, 0)),
    ):
        assert await stage.keys(wanted, size=size) == found
        assert await stage.count(wanted) == numbers


async def test_copy_of_an_older_version_is_not_the_entry(stage: Stage) -> None:
    """Memory holds the version before: the entry is not in memory."""
    await stage.get(ONE)
    await stage.save(plain(ONE, "New"))
    assert not (await stage.entries.has(NAMESPACE, ONE, WRITER)).in_memory
    assert await stage.keys(api.CacheEntryFilter(in_memory=True)) == []


async def test_values_can_be_left_out(stage: Stage) -> None:
    """Everything else is told."""
    page = await stage.entries.page(NAMESPACE, ALL, "", 1, WRITER, omit_values=True)
    listed = pb.CacheEntry.FromString(page.entries[0])
    assert not listed.HasField("value")
    assert (listed.key, listed.entry_version) == (ONE, 1)


async def test_refresh_reads_past_memory(stage: Stage) -> None:
    """One entry, or all of a provider, from PostgreSQL; copies that were invalidated softly are no more stale then."""
    await stage.get(ONE)
    stage.parts.invalidate(invalidation_pb2.InvalidationTarget(all=True), mode=invalidation_pb2.INVALIDATION_MODE_SOFT)
    page = await stage.entries.page(NAMESPACE, ALL, "", 1, WRITER)
    assert pb.CacheEntry.FromString(page.entries[0]).stale
    refreshed = pb.CacheEntry.FromString(await stage.entries.refresh(NAMESPACE, ONE, WRITER))
    assert (refreshed.tier, refreshed.stale) == (pb.CACHE_TIER_DATABASE, False)
    assert (await stage.get(ONE)).tier == pb.CACHE_TIER_MEMORY
    assert await stage.entries.refresh_provider(NAMESPACE, "acme") == 4
    assert await stage.count() == (5, 4)
