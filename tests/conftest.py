"""What the tests share: a real PostgreSQL for each run, and an empty database for each test that asks for one."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from modeldex_server.store import embedded
from modeldex_server.store.database import Database
from modeldex_server.store.migrate import migrate


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.EmbeddedServer]:
    """A real PostgreSQL, without fsync: tests that kill one start their own."""
    server = embedded.start(Path(tmp_path_factory.mktemp("pg")), {"fsync": "off", "max_connections": "200"})
    yield server
    server.stop()


@pytest.fixture(scope="session")
def template(postgres: embedded.EmbeddedServer) -> str:
    """A migrated database to copy."""
    import asyncio

    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE template_modeldex")
    asyncio.run(migrate(postgres.url.replace("/postgres?", "/template_modeldex?")))
    return "template_modeldex"


@pytest.fixture
def database_url(postgres: embedded.EmbeddedServer, template: str) -> Iterator[str]:
    """The address of an empty catalogue of its own."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # type: ignore[arg-type]
        yield postgres.url.replace("/postgres?", f"/{name}?")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Connections to an empty catalogue."""
    database = Database(database_url, size=10)
    await database.open()
    yield database
    await database.close()
