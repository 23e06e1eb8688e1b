"""What the tests of the cache share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import partial

import pytest
from psycopg.conninfo import conninfo_to_dict

from modeldex_server.store.database import Database
from modeldex_server.store.redis import RedisClient
from support.checks import Catalogue
from support.copies import PATIENT
from support.invalidations import Replica, replica
from support.proxies import Proxy, proxy
from support.redis import RedisServer, redis_server


@pytest.fixture
def tables(database_url: str) -> Catalogue:
    """The tables."""
    return Catalogue(database_url)


@pytest.fixture
def network(database_url: str) -> Iterator[Proxy]:
    """A network between replicas and the store."""
    with proxy(f"{conninfo_to_dict(database_url)['host']}/.s.PGSQL.5432") as network:
        yield network


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    """A Redis that every test leaves running."""
    with redis_server() as redis:
        yield redis


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replicas with entries wait for Redis: what Redis has not taken within 50 ms is dropped for good otherwise."""
    client = partial(RedisClient, connect_seconds=PATIENT, operation_seconds=PATIENT)
    monkeypatch.setattr("support.entries.RedisClient", client)


@pytest.fixture
async def one(database: Database) -> AsyncIterator[Replica]:
    """A replica, the one that invalidates."""
    async with replica(database) as one:
        yield one
