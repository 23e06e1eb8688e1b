"""Reading models by id."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from modeldex.v1 import model_pb2 as pb
from modeldex_server.cache.models import ModelCache
from modeldex_server.cache.tiers import Key
from modeldex_server.catalogue.availability import Availability
from modeldex_server.catalogue.reading import Reader
from modeldex_server.errors import CommitUnknown, ModelNotFound, NotReady, StoreUnavailable
from modeldex_server.ledger.changes import Changed
from modeldex_server.ledger.index import Entry, Index
from modeldex_server.security.scope import EVERYTHING
from modeldex_server.store.database import Database
from support.caches import models_over

_MODEL = pb.Model(id="a/1").SerializeToString()


class Versions:
    """Versions as a store gives them, while it can."""

    def __init__(self) -> None:
        self.away = False

    async def load(self, keys: Sequence[Key]) -> dict[Key, bytes]:
        if self.away:
            raise StoreUnavailable
        return dict.fromkeys(keys, _MODEL)


@pytest.fixture
def versions() -> Versions:
    return Versions()


@pytest.fixture
def index() -> Index:
    return Index()


@pytest.fixture
def cache(versions: Versions) -> ModelCache:
    return models_over(versions.load)


@pytest.fixture
def reader(cache: ModelCache, index: Index) -> Reader:
    nowhere = Database("postgresql:///nowhere", size=1)  # never opened
    return Reader(index, cache, Availability(), nowhere)


async def test_a_write_that_cannot_be_read_back_is_not_denied(reader: Reader, versions: Versions) -> None:
    """nothing acknowledged is lost: where the store goes away after a commit nobody may say that nothing was
    changed."""
    versions.away = True
    with pytest.raises(CommitUnknown):
        await reader.get_version("a/1", 1)
    versions.away = False
    assert await reader.get_version("a/1", 1) == _MODEL


async def test_nothing_is_known_before_the_index_is_loaded(reader: Reader, index: Index) -> None:
    """typed errors: before it is loaded a catalogue says so, instead of that a model does not exist."""
    with pytest.raises(NotReady):
        await reader.get("a/1", EVERYTHING)
    with pytest.raises(NotReady):
        await reader.get_batch(["a/1"], EVERYTHING)
    index.load("epoch", 0, {})
    with pytest.raises(ModelNotFound):
        await reader.get("a/1", EVERYTHING)
    index.put([Changed("a/1", "a", 1, 1, True)])
    assert await reader.get("a/1", EVERYTHING) == _MODEL
    index.unload()
    with pytest.raises(NotReady):
        await reader.get("a/1", EVERYTHING)


async def test_an_older_change_that_comes_late_changes_nothing(index: Index) -> None:
    """read your write: the index only goes forward, in whichever order it hears of changes."""
    index.load("epoch", 0, {})
    for change in (Changed("a/1", "a", 2, 7, False), Changed("a/1", "a", 1, 5, True), Changed("a/2", "a", 1, 6, True)):
        index.put([change])
    assert (index.entries["a/1"].version, index.entries["a/1"].live, index.count_live()) == (2, False, 1)


async def test_reads_of_what_does_not_exist_are_counted_as_misses(
    reader: Reader, index: Index, cache: ModelCache
) -> None:
    """A read of a model that the index does not know asks nobody, and is a read all the same."""
    index.load("epoch", 1, {"a/1": Entry(1, 1, True), "a/2": Entry(2, 1, False)})
    for model_id in ("a/2", "a/3"):
        with pytest.raises(ModelNotFound):
            await reader.get(model_id, EVERYTHING)
    await reader.get_batch(["a/1", "a/3", "a/3"], EVERYTHING)
    await reader.get("a/1", EVERYTHING)
    counted = cache.statistics
    assert (counted.hits, counted.misses, counted.loads) == (1, 4, 1)
