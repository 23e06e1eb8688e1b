"""Two servers that hear of each other's commits over PostgreSQL and over Redis, while one of these or both are gone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import pytest

from modeldex_server.store.embedded import EmbeddedServer
from support.api import Api, connect
from support.checks import Catalogue
from support.databases import empty_database
from support.models import new_id
from support.ports import free_port
from support.redis import RedisServer, redis_server
from support.servers import ServerProcess
from support.waiting import eventually, until
from support.watching import Recorder, check_stream, from_now, metric, save, watching

WRITES = 20
LATE = 10.0  # seconds: far beyond a poll, also on a machine that is slow
# Those that listen. They come back after a second, and are seen again soon.
KILL = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND (query LIKE 'LISTEN%' OR query = 'SELECT 1')"""


@dataclass
class Stage:
    """Two servers on one catalogue and one Redis."""

    first: ServerProcess
    second: ServerProcess
    tables: Catalogue
    redis: RedisServer

    def figure(self, server: ServerProcess, name: str) -> float:
        """A number of a server's metrics."""
        return metric(f"http://{server.settings['MODELDEX_METRICS_LISTEN']}/metrics", f"modeldex_{name}")

    def both_listen(self) -> bool:
        """Whether hints can come over Redis."""
        return all(self.figure(server, "redis_listening") == 1 for server in (self.first, self.second))


@pytest.fixture(scope="module")
def stage(postgres: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("hints")
    with redis_server() as redis, empty_database(postgres, template) as url:
        first, second = (
            ServerProcess(
                folder / name,
                database_url=url,
                settings={
                    "MODELDEX_REDIS_URL": redis.url,
                    "MODELDEX_METRICS_LISTEN": f"127.0.0.1:{free_port()}",
                },
            )
            for name in ("one", "two")
        )
        redis.stop()  # it is away when they start
        with first.start(), second.start():
            redis.start()
            yield Stage(first, second, Catalogue(url), redis)
            assert [server.end() for server in (first, second)] == [0, 0]
        assert first.left_behind + second.left_behind == []


@pytest.fixture
def listening(stage: Stage) -> None:
    """Hints come over Redis from the start of the test."""
    until(stage.both_listen, "both servers to listen")


@pytest.fixture
async def writer(stage: Stage) -> AsyncIterator[Api]:
    """A caller of the first server."""
    async with connect(stage.first.address) as api:
        yield api


@asynccontextmanager
async def watched(stage: Stage) -> AsyncIterator[Recorder]:
    """A stream of the second server. At its end it has brought all there is, once and in order."""
    async with connect(stage.second.address) as api, watching(api, from_now()) as recorder:
        start = recorder.revision
        yield recorder
        await recorder.through(stage.tables.head)
    places = {(one[0], one[1]) for one in stage.tables.rows("SELECT revision, ordinal FROM update_event")}
    check_stream(recorder.messages, places, start)


@asynccontextmanager
async def without_notify(stage: Stage) -> AsyncIterator[None]:
    """Who listens to PostgreSQL is killed again and again."""

    async def kill() -> None:
        while True:
            await asyncio.to_thread(stage.tables.rows, KILL)
            await asyncio.sleep(0.05)

    task = asyncio.create_task(kill())
    await asyncio.sleep(0.3)
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def delays(writer: Api, recorder: Recorder, writes: int = WRITES) -> list[float]:
    """How long each of some writes takes, from its request until it is on the stream of the other server."""
    found = []
    for _ in range(writes):
        began = time.monotonic()
        await recorder.through(await save(writer, new_id()))
        found.append(time.monotonic() - began)
    return found


async def test_redis_tells_what_notify_does_not(stage: Stage, writer: Api, listening: None) -> None:
    """lost hints: with every listener of PostgreSQL killed, hints come over Redis; with Redis hung too, writes succeed
    as before, and polls find all of it."""
    async with watched(stage) as recorder, without_notify(stage):
        before = stage.figure(stage.second, "tailer_lost_hints_total")
        over_redis = await delays(writer, recorder)
        between = stage.figure(stage.second, "tailer_lost_hints_total")
        stage.redis.hold()
        try:
            by_polls = await delays(writer, recorder)
            after = stage.figure(stage.second, "tailer_lost_hints_total")
        finally:
            stage.redis.release()
    assert between - before < WRITES / 2, "polls found what Redis should have told"
    assert after - between > WRITES / 2, "something told of what should have been silent"
    assert max(*over_redis, *by_polls) < LATE


async def test_without_redis_writes_and_watches_go_on_and_hints_come_back(
    stage: Stage, writer: Api, listening: None
) -> None:
    """lost hints: Redis killed, ended, empty after its return: no call fails, no update is lost, and a line of the log
    tells of each change, not of each attempt."""
    lines = len(told(stage.first))
    async with watched(stage) as recorder:
        found = await delays(writer, recorder, 5)
        for end in (stage.redis.kill, stage.redis.stop):
            await asyncio.to_thread(end)
            found += await delays(writer, recorder)
            await asyncio.to_thread(stage.redis.start)
            await eventually(partial(asyncio.to_thread, stage.both_listen), "hints to come back")
            found += await delays(writer, recorder, 5)
        stage.redis.run("FLUSHALL")
        found += await delays(writer, recorder, 5)
    assert max(found) < LATE
    # Away and back, of commands and of the listener, twice; and what was still to be told of before.
    assert 4 <= len(told(stage.first)) - lines < WRITES, told(stage.first)


def told(server: ServerProcess) -> list[str]:
    """What its log says of Redis."""
    return [line for line in server.errors.splitlines() if "redis_" in line]


async def test_nonsense_over_redis_changes_nothing(stage: Stage, writer: Api, listening: None) -> None:
    """lost hints: whoever can publish can make servers look at the log, and do no more: neither a call nor a stream
    notices."""

    channel = f"{stage.first.settings['MODELDEX_REDIS_PREFIX']}ledger"
    until(lambda: stage.redis.run("PUBLISH", channel, b"") == 2, "both servers to hear of it")

    async def shout() -> None:
        for number in range(10_000):
            for payload in (b"", b"nonsense", b"999999999999999999", str(number % 50).encode(), b"\xff" * 1000):
                await asyncio.to_thread(stage.redis.run, "PUBLISH", channel, payload)

    shouting = asyncio.create_task(shout())
    async with watched(stage) as recorder:
        found = await delays(writer, recorder)
    shouting.cancel()
    await asyncio.gather(shouting, return_exceptions=True)
    assert max(found) < LATE
    assert stage.both_listen()
