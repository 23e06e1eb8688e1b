"""Purging while others write: several replicas, pins, rollbacks and saves at the same moment, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import psycopg
import pytest

from modeldex.v1 import history_pb2
from modeldex.v1 import history_service_pb2 as api
from modeldex_server.errors import VersionPurged
from modeldex_server.history.cleanup import HistoryCleanup
from modeldex_server.history.retention import Retention
from modeldex_server.ledger.changes import Decision, Head, ModelChange, Operation, Write
from modeldex_server.ledger.documents import decode
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.principals import LOCAL
from modeldex_server.store.database import Connection, Database
from support.ages import age, forget_log
from support.checks import Catalogue
from support.models import plain
from support.rollbacks import desk
from support.waiting import eventually
from support.writes import delete, save

ALL = api.CleanupHistoryRequest()
ONE = "acme/one"
_PURGED = "SELECT version FROM model_version WHERE model_id = %s AND purged_at IS NOT NULL ORDER BY version"
_PENDING = """
INSERT INTO rollback (id, model_id, target_version, base_version, state, requester, reason, diff, diff_hash,
                      required_approvals, break_glass, expires_at)
VALUES ('rb_1', 'acme/one', 2, 4, 1, 'ann', '', '', '', 1, false, clock_timestamp())"""
_WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FOR NO KEY UPDATE%'"""


@pytest.fixture
async def cleanup(database: Database, ledger: Ledger, tables: Catalogue) -> HistoryCleanup:
    """Where versions 1 to 3 of a model are due."""
    for number in range(4):
        await save(ledger, plain(ONE, str(number)))
    age(tables, timedelta(days=365))
    await forget_log(database)
    return HistoryCleanup(database, Retention(1, 1))


def purged(tables: Catalogue) -> list[int]:
    """The versions of the model that were purged."""
    return [version for (version,) in tables.rows(_PURGED, [ONE])]


class _Slow:
    """What another room does beside a write, as long as it likes to."""

    def __init__(self) -> None:
        self.under_way = asyncio.Event()
        self.may_end = asyncio.Event()

    async def read(self, connection: Connection) -> None:
        """Under the locks of the models."""

    async def write(self, connection: Connection) -> None:
        """A rollback that waits for approval."""
        await connection.execute(_PENDING)
        self.under_way.set()
        await self.may_end.wait()

    async def put_revision(self, connection: Connection) -> None:
        """Nobody asks for it."""


async def waits_for_the_lock(cleaning: asyncio.Task[api.CleanupHistoryResponse], tables: Catalogue) -> None:
    """Until a cleanup has found what is due, and waits for the lock of its model."""

    async def waits() -> bool:
        assert not cleaning.done(), "the cleanup judged without the lock of the model"
        return bool(tables.rows(_WAITING)[0][0])

    await eventually(waits, "the cleanup to wait for the lock of the model")


def _pinned(heads: Mapping[str, Head]) -> Decision:
    head = heads[ONE]
    change = ModelChange(ONE, Operation.PIN, decode(head.document or b""), pins=[history_pb2.ModelPin()])
    return Decision(models=[change])


async def test_what_a_rollback_is_asked_for_at_the_same_moment_is_kept(
    cleanup: HistoryCleanup, ledger: Ledger, tables: Catalogue
) -> None:
    """protected versions: the target of a rollback that is requested while the cleanup looks at it stays, as does its
    base; the rest goes."""
    slow = _Slow()
    writing = asyncio.create_task(ledger.write(Write("ann", "RequestRollback", ONE, [ONE], _pinned, beside=slow)))
    await asyncio.wait_for(slow.under_way.wait(), 20)
    cleaning = asyncio.create_task(cleanup.clean(ALL, LOCAL))
    await waits_for_the_lock(cleaning, tables)
    slow.may_end.set()
    await writing
    done = await cleaning
    assert purged(tables) == [1, 3]
    assert [one.version for one in done.examples] == [1, 3]
    tables.check()


async def test_what_is_pinned_at_the_same_moment_is_kept(cleanup: HistoryCleanup, tables: Catalogue) -> None:
    """protected versions: a version that is pinned while the cleanup looks at it stays."""
    async with await psycopg.AsyncConnection.connect(tables.url) as other:
        await other.execute("SELECT FROM model WHERE id = %s FOR UPDATE", [ONE])
        await other.execute("UPDATE model SET pin_version = 3 WHERE id = %s", [ONE])
        cleaning = asyncio.create_task(cleanup.clean(ALL, LOCAL))
        await waits_for_the_lock(cleaning, tables)
        await other.commit()
        done = await cleaning
    assert purged(tables) == [1, 2]
    assert done.purged_versions == 2


async def test_what_is_deleted_at_the_same_moment_can_be_brought_back(
    database: Database, ledger: Ledger, cleanup: HistoryCleanup, tables: Catalogue
) -> None:
    """protected versions: saves, deletions and undeletions between replicas that purge leave each version that one of
    them needs; each is purged once, and the chain stays whole."""
    ids = [f"acme/{number}" for number in range(5)]
    for number in range(30):
        await save(ledger, *(plain(model_id, str(number)) for model_id in ids))
    age(tables, timedelta(days=365))
    await forget_log(database)
    replicas = [HistoryCleanup(database, Retention(2, 1)) for _ in range(4)]

    async def write() -> None:
        for number in range(10):
            for model_id in ids:
                await (save(ledger, plain(model_id, f"new {number}")) if number % 3 else delete(ledger, model_id))

    *done, _ = await asyncio.gather(*(replica.clean(ALL, LOCAL) for replica in replicas for _ in range(2)), write())
    done.append(await cleanup.clean(ALL, LOCAL))
    ((count, distinct),) = tables.rows(
        "SELECT count(*), count(DISTINCT model_id) FROM model_version WHERE purged_at IS NOT NULL"
    )
    assert sum(one.purged_versions for one in done) == count
    assert (count, distinct) == (5 * 29 + 3, 6)
    tables.check()


async def test_a_rollback_that_was_asked_for_can_be_executed(
    database: Database, ledger: Ledger, tables: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """protected versions: of rollbacks that are requested while replicas purge each is refused, as its target is gone,
    or waits for approval and is executed by it, with the document of its target."""
    monkeypatch.setattr("modeldex_server.history.cleanup._BATCH", 5)
    monkeypatch.setattr("modeldex_server.history.cleanup._MODELS", 4)
    ids = [f"acme/{number:02}" for number in range(40)]
    for number in range(6):
        await save(ledger, *(plain(model_id, str(number)) for model_id in ids))
    age(tables, timedelta(days=365))
    await forget_log(database)
    rollbacks = desk(database, ledger, approval="always")

    async def ask(model_id: str) -> history_pb2.Rollback | None:
        try:
            return await rollbacks.request(model_id, 3)
        except VersionPurged:
            return None

    async def first_is_purged() -> bool:
        return (3,) in tables.rows(_PURGED, [ids[0]])

    async def ask_for_the_rest() -> list[history_pb2.Rollback | None]:
        asked = [await ask(model_id) for model_id in reversed(ids[1:-1])]
        await eventually(first_is_purged, "a replica to purge")
        return [*asked, await ask(ids[0])]

    replicas = [HistoryCleanup(database, Retention(1, 1)) for _ in range(2)]
    early = await ask(ids[-1])
    asked, *_ = await asyncio.gather(ask_for_the_rest(), *(replica.clean(ALL, LOCAL) for replica in replicas))
    waiting = [rollback for rollback in (early, *asked) if rollback is not None]
    assert 0 < len(waiting) < len(ids)  # the replicas came from one end, the requests from the other
    for rollback in waiting:
        done = await rollbacks.approve(rollback)
        documents = tables.documents(rollback.model_id)
        assert documents[done.executed_version] == documents[3] is not None
    ((kept,),) = tables.rows("SELECT count(*) FROM model_version WHERE version = 3 AND document IS NOT NULL")
    assert kept == len(waiting)
    tables.check()
