"""Reading the log with all that a stream sends, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import random

import pytest

from modeldex.v1 import model_pb2
from modeldex.v1 import update_pb2 as pb
from modeldex_server.ledger import diff, log
from modeldex_server.ledger.documents import canonical
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.ledger.log import read_after, read_full, read_head
from modeldex_server.ledger.logged import LoggedEvent
from modeldex_server.ledger.versions import load_versions
from modeldex_server.store.database import Database
from support.checks import Catalogue
from support.models import plain
from support.writes import delete, save


async def everything(database: Database, after: int = 0) -> list[LoggedEvent]:
    """All events after a revision, page by page."""
    events: list[LoggedEvent] = []
    while (page := await read_full(database, after)).revisions:
        events += [event for revision in page.revisions for event in revision.events]
        after = page.revisions[-1].number
    return events


async def test_each_update_of_a_model_has_both_models_and_what_differs(
    database: Database, ledger: Ledger, tables: Catalogue
) -> None:
    """whole events: the models before and after are those that reads of their versions give, and the changes are the
    difference of the two; a model that comes has nothing before, one that goes nothing after."""
    one = plain("acme/one", "One")
    await save(ledger, one)
    one.display_name, one.context_window = "Uno", 9000
    one.capabilities["vision"].flag = True
    await save(ledger, one)
    await delete(ledger, "acme/one")
    one.tags[:] = ["new"]
    await save(ledger, one)
    events = [event for event in await everything(database) if event.version]
    versions = await load_versions(database, [("acme/one", number) for number in (1, 2, 4)])
    models = {key[1]: model_pb2.Model.FromString(data) for key, data in versions.items()}
    told = [pb.UpdateEvent.FromString(event.update_event()) for event in events]
    added, updated, removed = pb.MODEL_UPDATE_TYPE_ADDED, pb.MODEL_UPDATE_TYPE_UPDATED, pb.MODEL_UPDATE_TYPE_REMOVED
    assert [event.model.type for event in told] == [added, updated, removed, added]
    assert [(event.model.previous_version, event.model.version) for event in told] == [(0, 1), (1, 2), (2, 3), (3, 4)]
    for event, before, after in zip(told, (None, 1, 2, None), (1, 2, None, 4), strict=True):
        update = event.model
        assert update.HasField("before") == (before is not None)
        assert update.HasField("after") == (after is not None)
        assert before is None or update.before == models[before]
        assert after is None or update.after == models[after]
        assert (update.model_id, update.provider_id) == ("acme/one", "acme")
        both = before is not None and after is not None
        assert bool(update.changes) == bool(event.change_kinds) == both
    assert list(told[1].model.changes) == diff.diff(canonical(models[1]), canonical(models[2]))
    assert list(told[1].change_kinds) == [pb.FIELD_CHANGE_KIND_PROPERTY, pb.FIELD_CHANGE_KIND_CAPABILITY]
    stamps = dict(tables.rows("SELECT revision, committed_at FROM revision"))
    assert [event.committed_at for event in events] == [stamps[event.revision] for event in events]
    assert all((event.principal, event.source_id) == ("ann", "") for event in told)


async def test_thin_and_full_tell_of_the_same_events(database: Database, ledger: Ledger) -> None:
    """gap-free log: whichever way a replica reads the log, it reads the same events of the same versions."""
    for number in range(12):
        models = [plain(f"acme/{at}", f"{number}") for at in range(number % 4 + 1)]
        models[0].capabilities["vision"].flag = bool(number % 2)
        await save(ledger, *models)
    await delete(ledger, "acme/0", "acme/3")

    def seen(events: list[log.LogRow]) -> list[tuple[object, ...]]:
        return [
            (e.revision, e.ordinal, e.kind, e.type, e.provider_id, e.model_id, e.version, e.external) for e in events
        ]

    page = await read_after(database, 0)
    thin = [event for revision in page.revisions for event in revision.events]
    full = await everything(database)
    assert seen(thin) == seen([*full])
    assert [event.changed for event in thin if event.version] == [event.changed for event in full if event.version]


async def test_pages_are_whole_revisions_within_bounds(
    database: Database, ledger: Ledger, tables: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """bounded pages: a page is at most so many revisions and about so many bytes, never a part of a revision, and never
    empty where something follows."""
    monkeypatch.setattr(log, "_FULL_REVISIONS", 7)
    monkeypatch.setattr(log, "_FULL_BYTES", 20_000)
    dice = random.Random(1)
    for number in range(40):
        size = 40_000 if number == 20 else dice.choice([10, 3_000])
        models = [plain(f"acme/{at}", description=f"{number}" + "x" * size) for at in range(dice.choice([1, 1, 3]))]
        await save(ledger, *models)
    after, seen, sizes, lengths = 0, 0, [], []
    while (page := await read_full(database, after)).revisions:
        assert [revision.number for revision in page.revisions] == list(
            range(after + 1, after + 1 + len(page.revisions))
        )
        for revision in page.revisions:
            assert [event.ordinal for event in revision.events] == list(range(len(revision.events)))
        seen += sum(len(revision.events) for revision in page.revisions)
        sizes.append([sum(len(event.update_event()) for event in one.events) for one in page.revisions])
        lengths.append(len(page.revisions))
        after = page.revisions[-1].number
    assert seen == tables.rows("SELECT count(*) FROM update_event")[0][0]
    assert max(lengths) == 7
    assert min(lengths) == 1
    # What comes before the last revision of a page leaves room in it, by what was counted when it was written.
    assert all(sum(some[:-1]) < 1.5 * 20_000 for some in sizes)


async def test_a_full_page_of_the_largest_revisions_comes_at_once(database: Database, ledger: Ledger) -> None:
    """bounded pages: a revision that is larger than a page comes by itself and whole."""
    models = [plain(f"acme/{at:03}", description="x" * 6_000) for at in range(300)]
    for _ in range(2):
        await save(ledger, *models)
        for model in models:
            model.description += "y"
    page = await read_full(database, 0)
    assert [revision.number for revision in page.revisions] == [1]
    assert sum(bool(event.version) for event in page.revisions[0].events) == 300


async def test_a_page_after_the_head_says_where_the_log_stands(database: Database, ledger: Ledger) -> None:
    """bookmarks: without events a page still tells of the head, the epoch and the mark."""
    head = await read_head(database)
    for revision in (0, 5):
        page = await read_full(database, revision)
        assert (page.revisions, page.head, page.compacted, page.epoch) == ([], 0, 0, head.epoch)
        thin = await read_after(database, revision)
        assert (thin.revisions, thin.head, thin.compacted, thin.epoch) == ([], 0, 0, head.epoch)
    await save(ledger, plain("acme/one"))
    assert (await read_full(database, 1)).head == 1


async def test_a_page_is_read_again_where_its_connection_had_died(
    database: Database, ledger: Ledger, tables: Catalogue
) -> None:
    """outages: after a restart of the database idle connections of the pool are dead; the next page comes anyway."""
    await save(ledger, plain("acme/one"))
    await asyncio.gather(*(read_full(database, 0) for _ in range(8)))
    tables.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    assert len((await read_full(database, 0)).revisions) == 1
