"""Reading models by id."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from modeldex_server.cache.models import Key, ModelCache
from modeldex_server.catalogue.availability import Availability
from modeldex_server.catalogue.reading import Reader
from modeldex_server.errors import CommitUnknown, ModelNotFound, NotReady, StoreUnavailable
from modeldex_server.ledger.changes import Changed
from modeldex_server.ledger.index import Index
from modeldex_server.security.scope import EVERYTHING
from modeldex_server.store.database import Database


class Versions:
    """Versions as a store gives them, while it can."""

    def __init__(self) -> None:
        self.away = False

    async def load(self, keys: Sequence[Key]) -> dict[Key, bytes]:
        if self.away:
            raise StoreUnavailable
        return dict.fromkeys(keys, b"model")


@pytest.fixture
def versions() -> Versions:
    return Versions()


@pytest.fixture
def index() -> Index:
    return Index()


@pytest.fixture
def reader(versions: Versions, index: Index) -> Reader:
    nowhere = Database("postgresql:///nowhere", size=1)  # never opened
    return Reader(index, ModelCache(versions.load, budget=1000), Availability(), nowhere)


async def test_a_write_that_cannot_be_read_back_is_not_denied(reader: Reader, versions: Versions) -> None:
    """nothing acknowledged is lost: where the store goes away after a commit nobody may say that nothing was
    changed."""
    versions.away = True
    with pytest.raises(CommitUnknown):
        await reader.get_version("a/1", 1)
    versions.away = False
    assert await reader.get_version("a/1", 1) == b"model"


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
    assert await reader.get("a/1", EVERYTHING) == b"model"
    index.unload()
    with pytest.raises(NotReady):
        await reader.get("a/1", EVERYTHING)


async def test_an_older_change_that_comes_late_changes_nothing(index: Index) -> None:
    """read your write: the index only goes forward, in whichever order it hears of changes."""
    index.load("epoch", 0, {})
    for change in (Changed("a/1", "a", 2, 7, False), Changed("a/1", "a", 1, 5, True), Changed("a/2", "a", 1, 6, True)):
        index.put([change])
    assert (index.entries["a/1"].version, index.entries["a/1"].live, index.count_live()) == (2, False, 1)
