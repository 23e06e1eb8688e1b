"""Which entries a change of the catalogue invalidates by itself, over a real PostgreSQL."""

from __future__ import annotations

import pytest

from modeldex.v1 import cache_service_pb2 as api
from modeldex_server.cache.invalidation.automatic import in_namespaces
from modeldex_server.cache.invalidation.recording import Attempt, affect
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.store.database import Database
from support.invalidations import Stored, invalidation, store, stored
from support.models import plain
from support.writes import save


@pytest.fixture
async def changed(database: Database) -> Database:
    """A catalogue whose model acme/one is in its second version, and entries of it."""
    ledger = Ledger(database, lambda _: None)
    for name in ("first", "second"):
        model = plain("acme/one")
        model.display_name = name
        await save(ledger, model)
    await store(
        database,
        Stored("ours", "acme/one", model_version=1),
        Stored("ours", "acme/two"),
        Stored("theirs", "acme/one", model_version=2),
        Stored("others", "acme/one"),
        Stored("others", "zeta/one"),
    )
    return database


async def placed(database: Database, *requests: api.InvalidateRequest) -> list[api.InvalidateRequest]:
    """For the namespaces in which they are about something."""
    async with database.connection() as connection:
        return await in_namespaces(connection, requests)


async def test_a_model_that_changed_is_about_entries_of_other_versions(changed: Database) -> None:
    """Only namespaces that hold an entry of another version than the current one; in them only such entries."""
    requests = await placed(changed, invalidation(key="acme/one"), invalidation(key="zeta/one"))
    assert [(one.namespace, one.target.key, one.expected_version) for one in requests] == [
        ("others", "acme/one", 2),
        ("ours", "acme/one", 2),
    ]
    async with changed.connection() as connection, connection.transaction():
        assert [await affect(connection, Attempt(request, "cache")) for request in requests] == [1, 1]
    assert ("theirs", "acme/one") in await stored(changed)


async def test_a_provider_that_changed_is_about_the_namespaces_that_hold_some_of_it(changed: Database) -> None:
    """And never about copies of the catalogue's own models, or about everything."""
    requests = await placed(changed, invalidation(provider="acme"), invalidation(provider="nobody"))
    assert [(one.namespace, one.target.provider_id) for one in requests] == [
        ("others", "acme"),
        ("ours", "acme"),
        ("theirs", "acme"),
    ]
    assert await placed(changed) == []
