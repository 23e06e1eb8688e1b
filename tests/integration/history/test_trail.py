"""Writing the audit trail, on a real PostgreSQL that comes and goes."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql
from structlog.testing import capture_logs

from modeldex.v1 import history_pb2 as pb
from modeldex_server.history import trail as trail_module
from modeldex_server.history.trail import Trail
from modeldex_server.security.attempts import Attempt
from modeldex_server.security.origin import Origin
from modeldex_server.store.database import Database
from modeldex_server.store.embedded import EmbeddedServer
from modeldex_server.store.migrate import migrate
from support.checks import Catalogue
from support.waiting import PATIENCE, eventually

_ANN = Origin("ann", pb.AUTHENTICATION_TOKEN, "ipv4:192.0.2.7:50112")
_LONG_AGO = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
_TERMINATE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow machine is no store that is too slow."""
    monkeypatch.setattr(trail_module, "_PATIENCE_SECONDS", PATIENCE)


@asynccontextmanager
async def _trail(database: Database, *, entries: bool = True) -> AsyncIterator[Trail]:
    """A trail that writes, until the end of the block."""
    trail = Trail(database, entries=entries, now=lambda: _LONG_AGO)
    running = asyncio.create_task(trail.run())
    await asyncio.sleep(0)
    try:
        yield trail
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def _attempt(resource: str, outcome: str = "done", method: str = "SetEntry") -> Attempt:
    return Attempt(_ANN, method, outcome, resource, "acme", "r1", "because")


def _resources(tables: Catalogue) -> Counter[str]:
    return Counter(resource for (resource,) in tables.rows("SELECT resource FROM audit_event"))


async def test_a_row_is_there_when_its_call_is_answered(database: Database, tables: Catalogue) -> None:
    """audit complete: whole, with the time of the store."""
    async with _trail(database) as trail:
        await trail.add(_attempt("notes/acme/one"))
    row = tables.rows(
        """SELECT principal, authentication, peer, method, resource, provider_id, request_id, outcome, reason,
                  before_version, after_version, revision FROM audit_event"""
    )
    peer = "ipv4:192.0.2.7:50112"
    assert row == [("ann", 3, peer, "SetEntry", "notes/acme/one", "acme", "r1", "done", "because", None, None, None)]
    ((at,),) = tables.rows("SELECT at FROM audit_event")
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=5)


async def test_rows_that_come_at_once_are_written_together(database: Database, tables: Catalogue) -> None:
    """audit complete: a thousand at once are a few transactions, and each is there once."""
    async with _trail(database) as trail:
        await asyncio.gather(*(trail.add(_attempt(f"r{number}")) for number in range(1000)))
    assert _resources(tables) == {f"r{number}": 1 for number in range(1000)}
    ((transactions,),) = tables.rows("SELECT count(DISTINCT xmin::text) FROM audit_event")
    assert transactions <= 20


async def test_while_the_store_is_away_rows_wait_and_calls_do_not(
    postgres: EmbeddedServer, database: Database, database_url: str, tables: Catalogue
) -> None:
    """audit complete: an outage costs no row, and once it is known no call a second; what waited says when it was."""
    name = urlsplit(database_url).path[1:]
    async with _trail(database) as trail:
        await trail.add(_attempt("before"))
        with psycopg.connect(postgres.url, autocommit=True) as admin:
            closed = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
            admin.execute(closed.format(sql.Identifier(name), sql.SQL("false")))
            admin.execute(_TERMINATE, [name])
            try:
                await trail.add(_attempt("first"))
                begun = asyncio.get_running_loop().time()
                for number in range(100):
                    await trail.add(_attempt(f"r{number}"))
                assert asyncio.get_running_loop().time() - begun < 30  # were each to wait, it would be minutes
            finally:
                admin.execute(closed.format(sql.Identifier(name), sql.SQL("true")))

        async def all_there() -> bool:
            return len(_resources(tables)) == 102

        await eventually(all_there, "the rows that waited")
        await eventually(trail.flush, "the trail to know that the store is back")
        await trail.add(_attempt("after"))
    assert list(_resources(tables).values()) == [1] * 103
    ((waited,),) = tables.rows("SELECT count(*) FROM audit_event WHERE at = %s", [_LONG_AGO])
    assert waited == 101


async def test_connections_that_break_double_no_row_and_lose_none(
    postgres: EmbeddedServer, database: Database, database_url: str, tables: Catalogue
) -> None:
    """audit complete: whatever statement they break under."""
    name = urlsplit(database_url).path[1:]
    async with _trail(database) as trail:
        for number in range(60):
            adding = asyncio.gather(*(trail.add(_attempt(f"r{number}-{one}")) for one in range(5)))
            if number % 6 == 0:
                with psycopg.connect(postgres.url, autocommit=True) as admin:
                    admin.execute(_TERMINATE, [name])
            await adding

        async def all_there() -> bool:
            return len(_resources(tables)) == 300

        await eventually(all_there, "all rows")
    assert set(_resources(tables).values()) == {1}


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[EmbeddedServer]:
    """A PostgreSQL that a test may set as it likes."""
    server = EmbeddedServer((tmp_path / "postgres").resolve(), {"fsync": "off"})
    server.start()
    yield server
    server.stop()


def _commit_until_cut(url: str) -> None:
    """Commit without end: what PostgreSQL was told to wait for is in force once one of these hangs."""
    with suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE probe (number int)")
        while True:
            connection.execute("INSERT INTO probe VALUES (1)")


async def _hang(admin: psycopg.Connection[Any], commits: int) -> bool:
    return len(admin.execute("SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep'").fetchall()) == commits


async def test_a_commit_that_nobody_heard_of_is_not_made_again(own_postgres: EmbeddedServer) -> None:
    """audit complete: a connection that breaks after the commit and before its answer leaves one row."""
    url = own_postgres.url
    await migrate(url)
    database, tables = Database(url, size=2), Catalogue(url)
    await database.open()
    try:
        async with _trail(database) as trail:
            await trail.add(_attempt("before"))
            with psycopg.connect(url, autocommit=True) as admin:
                # Commits are made, and then wait for a standby that does not exist.
                admin.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
                admin.execute("SELECT pg_reload_conf()")
                probing = asyncio.ensure_future(asyncio.to_thread(_commit_until_cut, url))
                await eventually(partial(_hang, admin, 1), "commits to hang")
                adding = asyncio.ensure_future(trail.add(_attempt("unheard")))
                await eventually(partial(_hang, admin, 2), "a commit that hangs")
                admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
                admin.execute("ALTER SYSTEM RESET synchronous_standby_names")
                admin.execute("SELECT pg_reload_conf()")
                await asyncio.gather(adding, probing)
            await eventually(trail.flush, "the store to be back")
            await trail.add(_attempt("after"))
    finally:
        await database.close()
    assert _resources(tables) == {"before": 1, "unheard": 1, "after": 1}


async def test_what_is_left_out_and_what_is_limited(database: Database, tables: Catalogue) -> None:
    """audit complete: acknowledgements that went well have no row, nor have entries where settings say so; refused
    ones always have. Of nobody in particular and of the wrong time so many a second have one; others are counted."""
    async with _trail(database) as trail, _trail(database, entries=False) as without:
        assert not trail.admits("AcknowledgeUpdates", "ann", "done")
        assert trail.admits("AcknowledgeUpdates", "ann", "SUBSCRIPTION_NOT_FOUND")
        assert trail.admits("SetEntry", "ann", "done")
        assert not without.admits("SetEntry", "ann", "done")
        assert without.admits("SetEntry", "ann", "VERSION_MISMATCH")
        assert without.admits("Invalidate", "ann", "done")
        assert all(trail.admits("SetEntry", "ann", "PERMISSION_DENIED") for _ in range(10_000))
        crowd = [("", "UNAUTHENTICATED"), ("ann", "RATE_LIMITED"), ("ann", "DRAINING")] * 1000
        admitted = sum(trail.admits("SetEntry", principal, outcome) for principal, outcome in crowd)
        assert 0 < admitted <= 50 * 10
        await trail.leave()
    counted = tables.rows("SELECT principal, authentication, outcome, reason FROM audit_event")
    assert {row[:2] for row in counted} == {("history", 1)}
    assert {row[2] for row in counted} == {"UNAUTHENTICATED", "RATE_LIMITED", "DRAINING"}
    assert sum(int(row[3].split()[0].replace(",", "")) for row in counted) == 3000 - admitted


async def test_what_waits_is_bounded(database: Database, tables: Catalogue) -> None:
    """audit complete: an outage of any length takes so much memory and no more; how many rows it cost is told."""
    trail = Trail(database, entries=True, now=lambda: _LONG_AGO)
    for number in range(10_000):
        assert trail.admits("SetEntry", "ann", "done")
        await trail.add(_attempt(f"r{number}"))
    assert not any(trail.admits("SetEntry", "ann", "done") for _ in range(7))
    await trail.leave()
    assert len(_resources(tables)) == 10_001
    assert tables.rows("SELECT reason FROM audit_event WHERE method = 'RefusedCalls'") == [
        ("7 more calls ended like this.",)
    ]


async def test_an_outage_of_any_length_keeps_no_more_rows(database: Database, tables: Catalogue) -> None:
    """audit complete: what is only counted takes no memory with time, and is told in one row at its end."""
    trail = Trail(database, entries=True, now=lambda: _LONG_AGO)
    for number in range(10_000):
        await trail.add(_attempt(f"r{number}"))
    for _ in range(3):
        assert not trail.admits("SetEntry", "ann", "STORE_UNAVAILABLE")
        await asyncio.sleep(1.1)
    await trail.leave()
    assert tables.rows("SELECT reason FROM audit_event WHERE method = 'RefusedCalls'") == [
        ("3 more calls ended like this.",)
    ]


async def test_a_crowd_during_an_outage_pushes_out_nobody(database: Database) -> None:
    """audit complete: what anybody can make any number of leaves room for the rows of those who are known."""
    trail = Trail(database, entries=True, now=lambda: _LONG_AGO)
    for number in range(1000):
        await trail.add(_attempt(f"r{number}", "UNAUTHENTICATED"))
    assert not trail.admits("SetEntry", "", "UNAUTHENTICATED")
    assert trail.admits("SetEntry", "ann", "done")


async def test_rows_that_a_server_loses_at_its_end_are_told(own_postgres: EmbeddedServer) -> None:
    """audit complete: no row is lost without a word, where the store is away when the server goes."""
    database = Database(own_postgres.url, size=1)
    await database.open()
    try:
        trail = Trail(database, entries=True, now=lambda: _LONG_AGO)
        for number in range(3):
            await trail.add(_attempt(f"r{number}"))
        own_postgres.stop()
        with capture_logs() as lines:
            await trail.leave()
    finally:
        await database.close()
    assert [line["rows"] for line in lines if line["event"] == "audit_lost"] == [3]
