"""Secrets in metadata of entries: who is shown them, and where they are not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1 import cache_service_pb2 as api
from modeldex_server.cache.entries.secrets import Secrets
from modeldex_server.security.encryption import KeyRing
from modeldex_server.security.principals import Principal
from modeldex_server.security.secret_paths import SecretPaths
from support.entries import READER, TEAM, WRITER, Replica, entry, replica
from support.redis import RedisServer, redis_server
from support.waiting import eventually

ONE = "acme/one"
SECRETS = Secrets(SecretPaths(["token", "deep.key"]), KeyRing({"k1": b"1" * 32}))
HIDDEN = "do-not-show"
ALL = api.CacheEntryFilter()


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


def secret() -> pb.CacheEntry:
    """An entry with secrets, its own and its model's."""
    made = entry(ONE, "First")
    made.metadata.update({"token": HIDDEN, "team": "blue"})
    made.value.metadata.update({"deep": {"key": HIDDEN, "other": 1}})
    return made


def shown(data: bytes) -> tuple[dict[str, object], dict[str, object]]:
    """The metadata of an entry and of its model."""
    read = pb.CacheEntry.FromString(data)
    return dict(read.metadata.items()), dict(read.value.metadata.items())


async def every_way(here: Replica, by: Principal) -> list[bytes]:
    """The entry by each method that gives one."""
    return [
        await here.entries.get(TEAM, ONE, by),
        *(await here.entries.get_batch(TEAM, [ONE], by)).entries,
        *(await here.entries.page(TEAM, ALL, "", 10, by)).entries,
        *(await here.entries.page(TEAM, ALL, "", 10, by, omit_values=True)).entries,
    ]


@pytest.mark.usefixtures("patient")
async def test_secrets_are_shown_to_writers_only(database_url: str, redis: RedisServer) -> None:
    """secrets at rest: a writer reads what was set; a reader reads the rest. Neither PostgreSQL nor Redis nor memory
    holds a secret in the clear, and the answer to the set does not repeat it."""
    async with replica(database_url, redis=redis.url, secrets=SECRETS) as here:
        told = await here.entries.set(secret(), WRITER)
        assert HIDDEN not in str(told)
        for data in await every_way(here, READER):
            assert HIDDEN.encode() not in data
            assert b"team" in data
        *whole, omitted = await every_way(here, WRITER)
        for data in whole:
            own, models = shown(data)
            assert own == {"token": HIDDEN, "team": "blue"}
            assert dict(models["deep"].items()) == {"key": HIDDEN, "other": 1}  # type: ignore[attr-defined] # a Struct
        assert shown(omitted) == ({"token": HIDDEN, "team": "blue"}, {})
        held = here.memory.look(TEAM, ONE)
        assert held is not None
        assert HIDDEN.encode() not in held.data
        await eventually(lambda: _written(here), "the copy in Redis")
        async with here.database.connection() as connection:
            row = await (await connection.execute("SELECT value, metadata, secrets FROM cache_entry")).fetchone()
        assert HIDDEN.encode() not in b"".join(row or ())
    assert all(HIDDEN.encode() not in redis.run("GET", name) for name in redis.run("KEYS", "*"))


@pytest.mark.usefixtures("patient")
async def test_path_that_is_secret_since_later(database_url: str, redis: RedisServer) -> None:
    """What was set before its path was declared secret is not shown to readers either, from whichever tier it comes."""
    redis.run("FLUSHALL")
    async with replica(database_url, redis=redis.url) as before:
        await before.entries.set(secret(), WRITER)
        await eventually(lambda: _written(before), "the copy in Redis")
    async with replica(database_url, redis=redis.url, secrets=SECRETS) as here:
        assert (await here.read(ONE, READER)).tier == pb.CACHE_TIER_REDIS
        for data in await every_way(here, READER):
            assert HIDDEN.encode() not in data
        for data in await every_way(here, WRITER):
            assert shown(data)[0] == {"token": HIDDEN, "team": "blue"}


async def _written(here: Replica) -> bool:
    return here.copies.written > 0
