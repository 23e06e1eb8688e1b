"""Snapshots of a catalogue that is written meanwhile, over a real database."""

from __future__ import annotations

from functools import partial

from modeldex.v1 import model_pb2
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex_server.feed.snapshot import Snapshots
from modeldex_server.ledger.index import Index
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.ledger.log import read_entries
from modeldex_server.ledger.versions import load_versions
from modeldex_server.security.scope import EVERYTHING
from modeldex_server.store.database import Database
from support.caches import models_over
from support.models import plain
from support.writes import delete, save


async def models_of(snapshots: Snapshots, size: int = 10**6) -> tuple[int, list[model_pb2.Model], int]:
    """The revision, the models, and in how many messages."""
    messages, revision = [], -1
    async for revision, fields in snapshots.pages(None, size, EVERYTHING):  # noqa: B007 - the last one counts
        if fields:
            messages.append(api.WatchResponse.FromString(fields))
    return revision, [model for message in messages for model in message.snapshot_models], len(messages)


async def test_a_snapshot_is_of_one_revision(database: Database) -> None:
    """converging: where the index knows of later versions than the log has brought, as of this replica's own writes,
    the snapshot shows what was current at its revision: older versions, models that were deleted since, and none that
    came since."""
    ledger = Ledger(database, lambda _: None)
    first = await save(ledger, plain("acme/same", "1"), plain("acme/changed", "1"), plain("acme/gone", "1"))
    await delete(ledger, "acme/gone")
    await save(ledger, plain("acme/gone", "2"))
    as_of = await save(ledger, plain("acme/changed", "2"))
    await save(ledger, plain("acme/changed", "3"), plain("acme/new", "1"))
    await delete(ledger, "acme/gone")
    index = Index()
    index.load("epoch", as_of.revision, await read_entries(database))
    snapshots = Snapshots(index, models_over(partial(load_versions, database)), database)
    revision, models, _ = await models_of(snapshots)
    assert revision == as_of.revision > first.revision
    found = [(model.id, model.version, model.display_name) for model in models]
    assert found == [("acme/changed", 2, "2"), ("acme/gone", 3, "2"), ("acme/same", 1, "1")]


async def test_a_large_snapshot_comes_in_messages(database: Database) -> None:
    """converging: more models than one page has come by id, each once, in messages of about the size asked for."""
    ledger = Ledger(database, lambda _: None)
    ids = [f"acme/model-{number:04}" for number in range(700)]
    for begin in (0, 350):
        await save(ledger, *(plain(model_id) for model_id in ids[begin : begin + 350]))
    index = Index()
    index.load("epoch", 2, await read_entries(database))
    snapshots = Snapshots(index, models_over(partial(load_versions, database)), database)
    _, models, messages = await models_of(snapshots, 10_000)
    assert [model.id for model in models] == ids
    assert messages > 5


async def test_each_snapshot_is_of_its_own_revision(database: Database) -> None:
    """converging: what was found for one snapshot serves others of the same revision of the same history only."""
    ledger = Ledger(database, lambda _: None)
    first = await save(ledger, plain("acme/one", "1"))
    index = Index()
    index.load("epoch", first.revision, await read_entries(database))
    snapshots = Snapshots(index, models_over(partial(load_versions, database)), database)
    for _ in range(2):
        assert [model.display_name for model in (await models_of(snapshots))[1]] == ["1"]
    second = await save(ledger, plain("acme/one", "2"), plain("acme/two", "1"))
    index.put(second.changed)
    assert [model.display_name for model in (await models_of(snapshots))[1]] == ["1"]
    index.advance(second.revision)
    assert [model.display_name for model in (await models_of(snapshots))[1]] == ["2", "1"]
    index.unload()
    index.load("another", second.revision, {})
    assert (await models_of(snapshots))[1] == []
