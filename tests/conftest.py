"""What the tests share: a real PostgreSQL for each run, empty databases on it, and two servers on one of them."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from modeldex_server.store import embedded
from modeldex_server.store.database import Database
from modeldex_server.store.migrate import migrate
from support.api import Api, connect
from support.checks import Catalogue
from support.consumers import outcomes
from support.databases import empty_database
from support.pairs import Pair
from support.providers import fake_provider
from support.redis import redis_server
from support.servers import QUIET, ServerProcess

_FOLDER = pytest.StashKey[str]()

# A slow machine is no fault.
settings.register_profile("modeldex", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("modeldex")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """A folder of this run's own. pytest's usual one is shared with every other run of this user, each of which closes
    it to others, and for root PostgreSQL is another."""
    for name in [name for name in os.environ if name.startswith("MODELDEX_")]:
        del os.environ[name]  # what a developer set for servers and clients of theirs is nothing to a test
    if config.option.basetemp is None:
        config.option.basetemp = config.stash[_FOLDER] = tempfile.mkdtemp(prefix="modeldex-tests-")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """The folder goes with the run."""
    if folder := config.stash.get(_FOLDER, None):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def shared_redis() -> Iterator[None]:
    """With WITH_REDIS=1 a Redis for every server that a test starts: all must hold with one as without."""
    if not os.environ.get("WITH_REDIS"):
        yield
        return
    with redis_server() as redis:
        QUIET["MODELDEX_REDIS_URL"] = redis.url
        yield


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.EmbeddedServer]:
    """A real PostgreSQL, without fsync: tests that kill one start their own."""
    server = embedded.start(Path(tmp_path_factory.mktemp("pg")), {"fsync": "off", "max_connections": "200"})
    yield server
    server.stop()


@pytest.fixture(scope="session")
def template(postgres: embedded.EmbeddedServer) -> str:
    """A migrated database to copy."""
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE template_modeldex")
    asyncio.run(migrate(postgres.url.replace("/postgres?", "/template_modeldex?")))
    return "template_modeldex"


@pytest.fixture
def database_url(postgres: embedded.EmbeddedServer, template: str) -> Iterator[str]:
    """The address of an empty catalogue of its own."""
    with empty_database(postgres, template) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Connections to an empty catalogue."""
    database = Database(database_url, size=10)
    await database.open()
    yield database
    await database.close()


@pytest.fixture(scope="session")
def pair(postgres: embedded.EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two servers for all tests that leave them as they are. Models there have ids of `support.models.new_id`."""
    folder = tmp_path_factory.mktemp("pair")
    with ExitStack() as stack:
        url = stack.enter_context(empty_database(postgres, template))
        provider = stack.enter_context(fake_provider())
        catalogue = Catalogue(url)
        catalogue.run("UPDATE discovery_state SET running = false")
        settings = {
            "MODELDEX_SOURCES__FAKE__KIND": "openai_compatible",
            "MODELDEX_SOURCES__FAKE__URL": provider.url,
            "MODELDEX_DISCOVERY__RETRY_ATTEMPTS": "0",
        }
        first, second = (
            stack.enter_context(ServerProcess(folder / name, database_url=url, settings=settings)).launch()
            for name in ("first", "second")
        )
        yield Pair(first.wait_until_ready(), second.wait_until_ready(), catalogue, provider)
        assert first.left_behind + second.left_behind == []


@pytest.fixture
async def api(pair: Pair) -> AsyncIterator[Api]:
    """A caller of the first server."""
    async with connect(pair.first.address) as api:
        yield api


@pytest.fixture
async def other_api(pair: Pair) -> AsyncIterator[Api]:
    """A caller of the second server."""
    async with connect(pair.second.address) as api:
        yield api


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name each language whose consumer was tested, and what to install for one that was not."""
    if lines := list(outcomes(terminalreporter)):
        terminalreporter.section("consumers")
        for line in lines:
            terminalreporter.line(line)
