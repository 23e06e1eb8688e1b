"""Migrations, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from modeldex_server.errors import StartError
from modeldex_server.store.embedded import EmbeddedServer
from modeldex_server.store.migrate import Migration, migrate, packaged
from support.checks import Catalogue
from support.servers import ServerProcess
from support.waiting import until


@pytest.fixture
def bare_url(postgres: EmbeddedServer) -> Iterator[str]:
    """A database with nothing in it."""
    name = f"bare_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield postgres.url.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def test_of_several_that_migrate_at_once_one_does_it(bare_url: str) -> None:
    """one transaction: several replicas start at once on an empty database: each migration runs once, and all begin
    with all of them."""
    applied = await asyncio.gather(*(migrate(bare_url) for _ in range(8)))
    names = [migration.name for migration in packaged()]
    assert sorted(len(one) for one in applied) == [0] * 7 + [len(names)]
    assert await migrate(bare_url) == []
    recorded = Catalogue(bare_url).rows("SELECT name FROM schema_migration ORDER BY name")
    assert [name for (name,) in recorded] == names


async def test_a_migration_that_was_changed_is_refused(bare_url: str) -> None:
    """one transaction: what a database has applied must be what the release brings."""
    await migrate(bare_url)
    changed = [Migration(one.name, one.sql + "\n-- another word") for one in packaged()]
    with pytest.raises(StartError, match=re.escape(packaged()[0].name)):
        await migrate(bare_url, changed)


async def test_a_database_of_a_newer_release_is_refused(bare_url: str) -> None:
    """one transaction: an older release does not touch what it does not know."""
    await migrate(bare_url, [*packaged(), Migration("9999_future.sql", "CREATE TABLE future ()")])
    with pytest.raises(StartError, match="newer release"):
        await migrate(bare_url)


async def test_a_migration_that_fails_leaves_nothing(bare_url: str) -> None:
    """one transaction: a migration is applied whole or not at all, and can be applied once it is right."""
    broken = Migration("0009_broken.sql", "CREATE TABLE half (); SELECT 1/0")
    with pytest.raises(psycopg.errors.DivisionByZero):
        await migrate(bare_url, [*packaged(), broken])
    assert Catalogue(bare_url).rows("SELECT 1 FROM pg_class WHERE relname = 'half'") == []
    assert await migrate(bare_url, [*packaged(), Migration("0009_broken.sql", "CREATE TABLE half ()")])


def test_a_server_on_a_newer_database_says_so_and_ends(bare_url: str, tmp_path: Path) -> None:
    """typed errors: whoever starts an older release on a newer database is told in one line."""
    asyncio.run(migrate(bare_url, [*packaged(), Migration("9999_future.sql", "CREATE TABLE future ()")]))
    server = ServerProcess(tmp_path, database_url=bare_url).launch()
    until(lambda: server.exit_code is not None, "the server to give up")
    assert server.exit_code != 0
    assert "newer release (9999_future.sql)" in server.errors
    assert "Traceback" not in server.errors


def test_servers_that_start_at_once_on_an_empty_database_all_serve(bare_url: str, tmp_path: Path) -> None:
    """works offline: three replicas at once on a database that has nothing."""
    servers = [ServerProcess(tmp_path / str(number), database_url=bare_url) for number in range(3)]
    try:
        for server in servers:
            server.launch()
        for server in servers:
            server.wait_until_ready()
    finally:
        for server in servers:
            server.__exit__()
    assert [server.left_behind for server in servers] == [[], [], []]
