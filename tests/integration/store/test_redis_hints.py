"""Hints over a real Redis: they make a follower look sooner, and can do nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from modeldex_server.ledger.hints import Heard, Hint, Notifier, PostgresHint, RedisHint, revision_in
from modeldex_server.ledger.index import Index
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.ledger.log import versions_in
from modeldex_server.ledger.logged import LogRow
from modeldex_server.ledger.tailer import Tailer
from modeldex_server.store.database import Database
from modeldex_server.store.redis import RedisClient
from support.models import plain
from support.redis import RedisServer, redis_server
from support.waiting import eventually
from support.writes import save

CHANNEL = "test:ledger"


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """A Redis that every test leaves running."""
    with redis_server() as server:
        yield server


@pytest.fixture
async def redis(server: RedisServer) -> AsyncIterator[RedisClient]:
    """A client without haste: a slow machine is no outage."""
    client = RedisClient(server.url, connect_seconds=20, operation_seconds=20)
    yield client
    await client.close()


@asynccontextmanager
async def hearing(hint: Hint) -> AsyncIterator[list[int | None]]:
    """What a hint says while the block runs."""
    heard: list[int | None] = []
    task = asyncio.create_task(hint.hear(heard.append))
    yield heard
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def says(hint: Hint, heard: list[int | None], revision: int) -> bool:
    """Tell it until it is heard: who begins to listen misses what is told before."""
    await hint.tell(revision)
    await asyncio.sleep(0.02)
    return revision in heard


async def test_what_is_told_is_heard_by_everybody(database: Database, redis: RedisClient) -> None:
    for hint in (PostgresHint(database), RedisHint(redis, "test:")):
        async with hearing(hint) as one, hearing(hint) as other:
            for heard in (one, other):
                await eventually(lambda hint=hint, heard=heard: says(hint, heard, 7), "the hint")  # type: ignore[misc]
            assert {*one, *other} == {7}


@pytest.mark.parametrize(
    "payload", [b"", b"x", b"-1", b"1.5", b"1e9", "²".encode(), b" 1", b"9" * 19, b"9" * 100_000, b"\x00", b"\xff"]
)
def test_a_hint_that_names_no_revision_is_one_all_the_same(payload: bytes) -> None:
    assert revision_in(payload) is None
    assert revision_in(b"12") == 12


class Slow:
    """A hint that takes its time to tell."""

    def __init__(self) -> None:
        self.told: list[int] = []
        self.go_on = asyncio.Event()

    async def tell(self, revision: int) -> None:
        self.told.append(revision)
        await self.go_on.wait()

    async def hear(self, heard: Heard) -> None:
        await asyncio.Event().wait()


async def told(hint: Slow, revision: int) -> bool:
    return revision in hint.told


async def test_many_commits_are_told_at_once_and_no_hint_waits_for_another() -> None:
    slow, fast = Slow(), Slow()
    fast.go_on.set()
    notifier = Notifier([slow, fast])
    task = asyncio.create_task(notifier.run())
    notifier.nudge(1)
    for hint in (slow, fast):
        await eventually(lambda hint=hint: told(hint, 1), "the first to be told")  # type: ignore[misc]
    for revision in (*range(2, 500), 3):
        notifier.nudge(revision)
    await eventually(lambda: told(fast, 499), "the newest to be told")
    assert slow.told == [1]
    slow.go_on.set()
    await eventually(lambda: told(slow, 499), "the newest to be told")
    assert slow.told == fast.told == [1, 499]
    notifier.nudge(2)  # history was rewound
    await eventually(lambda: told(slow, 2), "a smaller number to be told")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class Follower:
    """A replica that follows by hints over Redis and by polls."""

    def __init__(self, database: Database, *hints: Hint) -> None:
        self.index = Index()
        self.heard: list[int] = []
        self.looks = 0  # at the log
        self.tailer = Tailer(
            database, self.index, [self._hear], on_rewind=self._forget, hints=hints, detailed=self._look
        )

    def _hear(self, events: list[LogRow]) -> None:
        self.index.put(versions_in(events))
        self.heard.append(events[0].revision)

    def _look(self) -> bool:
        self.looks += 1
        return False

    async def _forget(self) -> None:
        self.heard.append(-1)


@asynccontextmanager
async def following(database: Database, *hints: Hint) -> AsyncIterator[Follower]:
    follower = Follower(database, *hints)
    await follower.tailer.load()
    task = asyncio.create_task(follower.tailer.run())
    yield follower
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_nonsense_on_the_channel_changes_nothing(
    database: Database, server: RedisServer, redis: RedisClient
) -> None:
    """lost hints: whatever is published, by whomever, every revision is heard once and in order."""
    ledger = Ledger(database, lambda _: None)
    nonsense = (b"", b"what?", b"-1", b"0", b"999999999999", b"2", b"2", b"\xff" * 100, b"1" * 10_000)
    async with following(database, RedisHint(redis, "test:")) as follower:
        for number in range(20):
            for payload in nonsense:
                server.run("PUBLISH", CHANNEL, payload)
            await save(ledger, plain(f"acme/{number}"))
        await follower.index.reach(20, timeout=30)
        assert follower.heard == list(range(1, 21))


async def test_a_hint_of_what_is_applied_costs_no_look_at_the_store(database: Database) -> None:
    """one query a revision: the same commit is told by NOTIFY and by Redis, and looked at once."""
    await save(Ledger(database, lambda _: None), plain("acme/one"))
    async with following(database) as follower:
        await eventually(lambda: has_looked(follower, 1), "a poll")
        before = follower.looks
        for _ in range(50):
            follower.tailer.nudge(1)
            await asyncio.sleep(0.002)
        assert follower.looks - before < 25


async def has_looked(follower: Follower, times: int) -> bool:
    return follower.looks >= times


async def test_hints_come_back_by_themselves_and_the_log_is_told_once() -> None:
    """A Redis that is away at the start, comes, and goes and comes again: who listens tries on, and says only what
    changed."""
    with redis_server() as mortal:
        mortal.stop()
        client = RedisClient(mortal.url, connect_seconds=20, operation_seconds=20)
        hint = RedisHint(client, "test:")
        with capture_logs() as lines:
            async with hearing(hint) as heard:
                for revision in (1, 2):
                    await asyncio.sleep(2.5)  # some attempts
                    assert not client.listening
                    mortal.start()
                    await eventually(lambda revision=revision: says(hint, heard, revision), "the hint")  # type: ignore[misc]
                    mortal.stop()
        await client.close()
    events = [(line["event"], line["what"]) for line in lines if line["what"] == "listening"]
    assert events[:4] == [("redis_away", "listening"), ("redis_back", "listening")] * 2
    assert len(lines) < 12
