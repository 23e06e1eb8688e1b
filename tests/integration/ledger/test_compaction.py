"""Compaction of the log, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from modeldex.v1 import update_pb2 as pb
from modeldex_server.ledger import compaction
from modeldex_server.ledger.compaction import Compactor, Retention
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.ledger.log import read_after, read_full
from modeldex_server.store.database import Database
from support.checks import Catalogue
from support.models import plain
from support.writes import delete, save

NOW = timedelta(0)
ALWAYS = timedelta(days=1)


async def revisions(ledger: Ledger, count: int) -> None:
    """So many revisions of one model."""
    for number in range(count):
        await save(ledger, plain("acme/one", f"{number}"))


def kept(tables: Catalogue) -> tuple[list[int], list[int]]:
    """The revisions that are there, and those that have events."""
    return (
        [number for (number,) in tables.rows("SELECT revision FROM revision ORDER BY 1")],
        [number for (number,) in tables.rows("SELECT DISTINCT revision FROM update_event ORDER BY 1")],
    )


@pytest.mark.parametrize(
    ("retention", "old", "compacted"),
    [
        (Retention(ALWAYS, 3), 10, 7),  # all are old: three are kept
        (Retention(ALWAYS, 3), 5, 5),  # five are old, seven could go: what is young stays
        (Retention(ALWAYS, 3), 0, 0),
        (Retention(ALWAYS, 10), 10, 0),  # as many are kept as there are
        (Retention(ALWAYS, 100), 10, 0),
        (Retention(NOW, 0), 0, 10),  # nothing is kept
        (Retention(NOW, 1), 0, 9),
    ],
)
async def test_what_is_young_and_what_is_among_the_last_stays(
    database: Database, ledger: Ledger, tables: Catalogue, retention: Retention, old: int, compacted: int
) -> None:
    """compaction: an event goes only where it is older than the span and so many revisions came after it. Models and
    versions stay."""
    await revisions(ledger, 10)
    tables.run("UPDATE revision SET committed_at = committed_at - interval '2 days' WHERE revision <= %s", [old])
    versions = tables.rows("SELECT count(*) FROM model_version")
    compactor = Compactor(database, retention)
    for revisions_deleted in (compacted, 0):
        deleted = await compactor.compact()
        assert tables.compacted == compacted
        assert kept(tables) == (list(range(compacted + 1, 11)),) * 2
        assert (deleted.revisions, deleted.events, deleted.size > 0) == (
            revisions_deleted, revisions_deleted + bool(revisions_deleted), bool(revisions_deleted),
        )  # fmt: skip
    assert tables.rows("SELECT count(*) FROM model_version") == versions
    tables.check()
    assert (await save(ledger, plain("acme/one", "next"))).revision == 11
    tables.check()


async def test_the_edge_with_a_removal_on_it(database: Database, ledger: Ledger, tables: Catalogue) -> None:
    """compaction: a reader at the mark misses nothing and is given what follows; one before it is told so and given
    nothing, also while the events are not deleted yet. A removal exactly on the mark is neither lost nor given twice.
    """
    await save(ledger, plain("acme/one"), plain("acme/two"))  # 1
    await delete(ledger, "acme/one")  # 2: on the mark
    await delete(ledger, "acme/two")  # 3: the first after it
    await save(ledger, plain("acme/three"))  # 4
    compactor = Compactor(database, Retention(NOW, 2))
    await compactor.move_mark()
    for deleted in (False, True):
        if deleted:
            await compactor.compact()
        assert kept(tables)[0] == ([3, 4] if deleted else [1, 2, 3, 4])
        at = await read_full(database, 2)
        assert (at.compacted, [revision.number for revision in at.revisions]) == (2, [3, 4])
        removal = at.revisions[0].events[0]
        assert (removal.type, removal.model_id) == (pb.MODEL_UPDATE_TYPE_REMOVED, "acme/two")
        # What the model was before its removal is read from its versions, which stay.
        assert pb.UpdateEvent.FromString(removal.update_event()).model.before.id == "acme/two"
        for read in (read_full, read_after):
            page = await read(database, 1)
            assert (page.compacted, page.head, list(page.revisions)) == (2, 4, [])
            assert [one.number for one in (await read(database, 2)).revisions] == [3, 4]
            assert [one.number for one in (await read(database, 3)).revisions] == [4]


async def test_several_replicas_compact_while_others_write(
    database: Database, ledger: Ledger, tables: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """compaction: replicas that compact at once, in small batches, while models are written, delete each revision once
    and nothing above the mark."""
    monkeypatch.setattr(compaction, "_BATCH", 3)
    monkeypatch.setattr(compaction, "_PAUSE", 0)
    await revisions(ledger, 40)
    compactors = [Compactor(database, Retention(NOW, 10)) for _ in range(4)]
    rounds = [compactor.compact() for compactor in compactors for _ in range(2)]
    *deleted, _ = await asyncio.gather(*rounds, revisions(ledger, 20))
    deleted += [await compactor.compact() for compactor in compactors]
    assert (tables.head, tables.compacted) == (60, 50)
    assert sum(one.revisions for one in deleted) == 50
    assert kept(tables) == (list(range(51, 61)),) * 2
    tables.check()
