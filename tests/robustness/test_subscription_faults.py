"""Subscriptions while replicas are killed, the database is away, the log forgets, and history is rewound."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import grpc
import pytest

from modeldex.v1 import subscriber_service_pb2 as subscriber_api
from modeldex.v1 import subscription_pb2 as pb
from modeldex_server.store.embedded import EmbeddedServer
from support.api import Api, connect, problem_of
from support.checks import Catalogue
from support.deliveries import (
    EXPLICIT,
    acknowledge,
    kept,
    look_at,
    pause,
    rejection,
    resume,
    subscribe,
    watch_of,
)
from support.models import new_id
from support.servers import ServerProcess
from support.waiting import eventually
from support.watching import Recorder, check_unique, open_watch, save, updates_of, watching
from support.watching.subscriptions import check_attempts

DEGRADED = subscriber_api.WATCH_FLOW_STATE_DEGRADED
PAUSED = subscriber_api.WATCH_FLOW_STATE_PAUSED
EXPIRED = ("FAILED_PRECONDITION", "SUBSCRIPTION_EXPIRED")


@dataclass
class Stage:
    """Two servers on one PostgreSQL of their own."""

    first: ServerProcess
    second: ServerProcess
    postgres: EmbeddedServer
    tables: Catalogue


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("subscriptions")
    postgres = EmbeddedServer((folder / "postgres").resolve(), {"fsync": "off"})
    postgres.start()
    servers = [ServerProcess(folder / name, database_url=postgres.url) for name in ("one", "two")]
    with servers[0], servers[1]:
        for server in servers:
            server.start()
            server.listen = server.address
        yield Stage(servers[0], servers[1], postgres, Catalogue(postgres.url))
        for server in servers:
            server.end()
        postgres.stop()
    assert servers[0].left_behind + servers[1].left_behind == []


@pytest.fixture
async def one(stage: Stage) -> AsyncIterator[Api]:
    """A caller of the first server."""
    async with connect(stage.first.address) as api:
        yield api


@pytest.fixture
async def two(stage: Stage) -> AsyncIterator[Api]:
    """A caller of the second server."""
    async with connect(stage.second.address) as api:
        yield api


def brought(recorder: Recorder) -> list[int]:
    return [update.revision for update in recorder.updates]


async def some(caller: Api, provider: str, count: int) -> list[int]:
    """Save models; their revisions."""
    return [await save(caller, new_id(provider)) for _ in range(count)]


async def ends_with(recorder: Recorder) -> tuple[str, str]:
    problem = await recorder.ended()
    assert problem is not None, "the stream ended well"
    return problem.short


async def test_a_killed_replica_loses_no_place(stage: Stage, one: Api, two: Api) -> None:
    """kept place, redelivered: kill -9 of a replica: with its last token a client that does not acknowledge goes
    on exactly there on the other one; what another did not acknowledge comes again with the next attempt, and what it
    did does not; neither waits for long."""
    automatic = await subscribe(two, provider="killed")
    explicit = await subscribe(two, provider="killed", acknowledgement=EXPLICIT)
    async with watching(one, watch_of(automatic)) as first, watching(one, watch_of(explicit)) as careful:
        revisions = await some(two, "killed", 10)
        await first.through(revisions[-1])
        await careful.through(revisions[-1])
        await acknowledge(two, explicit, careful, revisions[3])
        stage.first.kill()
        await first.ended()
        await careful.ended()
    later = await some(two, "killed", 3)
    began = time.monotonic()
    async with watching(two, watch_of(automatic, first.token)) as second:
        await second.through(later[-1])
    assert brought(first) + brought(second) == revisions + later
    async with watching(two, watch_of(explicit)) as again:
        await again.through(later[-1])
        assert brought(again) == revisions[4:] + later
    check_attempts([careful.messages, again.messages])
    assert time.monotonic() - began < 20
    await asyncio.to_thread(stage.first.start)
    async with connect(stage.first.address) as api, watching(api, watch_of(automatic, second.token)) as third:
        (last,) = await some(two, "killed", 1)
        await third.through(last)
        assert brought(third) == [last]


async def test_without_its_token_only_the_newest_may_come_again(stage: Stage, two: Api) -> None:
    """kept place: a client that has lost its token goes on after kill -9 where the store knows that it was: nothing is
    missing, and what it was sent within the last moment may come again."""
    automatic = await subscribe(two, provider="lost")
    async with connect(stage.first.address) as api, watching(api, watch_of(automatic)) as first:
        revisions = await some(two, "lost", 5)
        await first.through(revisions[-1])

        await kept(two, automatic, revisions[-1])
        newer = await some(two, "lost", 3)
        await first.through(newer[-1])
        stage.first.kill()
        await first.ended()
    async with watching(two, watch_of(automatic)) as second:
        (last,) = await some(two, "lost", 1)
        await second.through(last)
    assert set(brought(second)) <= {*newer, last}
    assert set(brought(first)) | set(brought(second)) == {*revisions, *newer, last}
    await asyncio.to_thread(stage.first.start)


async def test_a_database_that_is_away_stops_nobody(stage: Stage, one: Api, two: Api) -> None:
    """reliable, unique: while the database is away streams of subscriptions stay; bookmarks say DEGRADED; an
    acknowledgement is refused as UNAVAILABLE; once it is back they go on, and places are known again."""
    automatic = await subscribe(one, provider="away")
    explicit = await subscribe(one, provider="away", acknowledgement=EXPLICIT)
    async with watching(one, watch_of(automatic)) as level, watching(two, watch_of(explicit)) as careful:
        revisions = await some(one, "away", 4)
        await level.through(revisions[-1])
        await careful.through(revisions[-1])
        await asyncio.to_thread(stage.postgres.stop)
        for recorder in (level, careful):
            await recorder.having(
                lambda some: some.messages[-1].bookmark.flow_state == DEGRADED, "a bookmark that says DEGRADED"
            )
        problem = await problem_of(acknowledge(one, explicit, careful, revisions[-1]))
        assert problem.short == ("UNAVAILABLE", "STORE_UNAVAILABLE")
        await asyncio.to_thread(stage.postgres.start)
        for caller in (one, two):
            await eventually(lambda caller=caller: saves(caller), "writes to be taken again")
        (last,) = await some(two, "away", 1)
        await level.through(last)
        await careful.through(last)
        await acknowledge(one, explicit, careful, last)
        check_unique(level.messages)
        check_unique(careful.messages)
        assert [one for one in brought(level) if one in (*revisions, last)] == [*revisions, last]
        assert [one for one in brought(careful) if one in (*revisions, last)] == [*revisions, last]
        await kept(two, automatic, last)
    async with watching(two, watch_of(automatic)) as after, watching(one, watch_of(explicit)) as again:
        (new,) = await some(two, "away", 1)
        await after.through(new)
        await again.through(new)
        assert brought(after) == brought(again) == [new]


async def saves(caller: Api) -> bool:
    """Whether a save succeeds."""
    try:
        return bool(await save(caller, new_id("away")))
    except grpc.aio.AioRpcError:
        return False


async def test_hints_that_are_lost_cost_time_only(stage: Stage, one: Api, two: Api) -> None:
    """lost hints: with every notification lost, an acknowledgement on the other replica opens a full window, and a
    newer stream ends the older, as soon as replicas look."""
    kill = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = '' AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""
    explicit = await subscribe(
        one, provider="hints", acknowledgement=EXPLICIT, max_unacknowledged=1, max_batch_events=1
    )
    revisions = await some(one, "hints", 5)
    async with watching(two, watch_of(explicit)) as recorder:
        for revision in revisions:
            await recorder.through(revision)
            await asyncio.to_thread(stage.tables.rows, kill)
            began = time.monotonic()
            await acknowledge(one, explicit, recorder, revision)
        await recorder.having(lambda some: some.revision >= revisions[-1], "the rest")
        assert time.monotonic() - began < 20
        assert brought(recorder) == revisions
        await asyncio.to_thread(stage.tables.rows, kill)
        async with watching(one, watch_of(explicit)):
            assert await ends_with(recorder) == ("ABORTED", "SUBSCRIPTION_SUPERSEDED")


async def test_the_log_passes_a_paused_subscription(stage: Stage, one: Api, two: Api) -> None:
    """never silent: where the log has forgotten the place of a paused subscription its stream ends, and whoever watches
    or resumes it is told, with SUBSCRIPTION_EXPIRED; so is a token of a place that is gone."""
    paused = await subscribe(one, provider="passed")
    ahead = await subscribe(one, provider="passed")
    async with watching(two, watch_of(ahead)) as recorder:
        revisions = await some(one, "passed", 3)
        await recorder.through(revisions[-1])
        await kept(two, ahead, revisions[-1])
    old = next(message.resume_token for message in recorder.messages if message.resume_token)
    place = await pause(one, paused)
    async with watching(two, watch_of(paused)) as waiting:
        await waiting.having(
            lambda some: some.messages[-1].bookmark.flow_state == PAUSED, "a bookmark that says PAUSED"
        )
        head = (await some(one, "passed", 5))[-1]
        async with watching(one, watch_of(ahead)) as again:
            await again.through(head)
            await kept(one, ahead, head)
        await asyncio.to_thread(stage.tables.run, "UPDATE ledger_head SET compacted = %s", [place + 1])
        assert await ends_with(waiting) == EXPIRED
    for attempt in (first_message(one, watch_of(paused)), resume(two, paused)):
        assert (await problem_of(attempt)).short == EXPIRED
    problem = await problem_of(first_message(one, watch_of(ahead, old)))
    assert problem.short == ("OUT_OF_RANGE", "REVISION_COMPACTED")
    async with watching(two, watch_of(ahead)) as again:
        (last,) = await some(one, "passed", 1)
        await again.through(last)


async def first_message(caller: Api, request: Any) -> subscriber_api.WatchResponse:
    """What a stream begins with."""
    async for message in open_watch(caller, request, timeout=20):
        return message  # type: ignore[no-any-return] # stubs have no types
    raise AssertionError("the stream brought nothing")


async def test_a_server_that_ends_hands_its_subscriptions_over(stage: Stage, one: Api, two: Api) -> None:
    """clean drain, unique: told to end, a server says goodbye on streams of subscriptions and puts down how far they
    came: without its token, too, a client misses nothing on the other replica and sees nothing twice."""
    many = [await subscribe(two, provider="drained") for _ in range(20)]
    explicit = await subscribe(two, provider="drained", acknowledgement=EXPLICIT)
    streams = [Recorder(open_watch(one, watch_of(each))) for each in (*many, explicit)]
    revisions = await some(two, "drained", 5)
    for recorder in streams:
        await recorder.through(revisions[-1])
    newest = await some(two, "drained", 1)
    await streams[-1].through(newest[-1])
    await acknowledge(two, explicit, streams[-1], newest[-1])
    await asyncio.to_thread(stage.first.end)
    for recorder in streams:
        assert await recorder.ended() is None
        assert recorder.messages[-1].HasField("going_away")
    later = await some(two, "drained", 2)
    for each, recorder in zip((*many, explicit), streams, strict=True):
        assert not (await look_at(two, each)).connected
        async with watching(two, watch_of(each)) as again:
            await again.through(later[-1])
        assert [update.revision for update in updates_of([*recorder.messages, *again.messages])] == (
            revisions + newest + later
        )
    await asyncio.to_thread(stage.first.start)


async def test_a_rewound_history_ends_streams_and_moves_no_place(stage: Stage, one: Api, two: Api) -> None:
    """never silent: where the database is restored from an older backup, streams of subscriptions end with
    HISTORY_REWOUND; what they knew of the history that is no more is not written into the restored one: they go on as
    the backup has them, and bring what is written then."""
    automatic = await subscribe(one, provider="rewound")
    explicit = await subscribe(
        one,
        provider="rewound",
        acknowledgement=EXPLICIT,
        retry=pb.RetryPolicy(base_delay=timedelta(0)),
    )
    known = (await some(one, "rewound", 2))[-1]
    async with watching(two, watch_of(automatic)) as a, watching(one, watch_of(explicit)) as b:
        await a.through(known)
        await b.through(known)
        await kept(one, automatic, known)
        backup = await asyncio.to_thread(stage.tables.rows, _PLACES)
        lost = await some(one, "rewound", 3)
        await a.through(lost[-1])
        await b.through(lost[-1])
        await asyncio.to_thread(rewind, stage, known, backup)
        assert await ends_with(a) == ("ABORTED", "HISTORY_REWOUND")
        assert await ends_with(b) == ("ABORTED", "HISTORY_REWOUND")
    assert (await problem_of(first_message(two, watch_of(automatic, a.token)))).short == ("ABORTED", "HISTORY_REWOUND")
    await eventually(lambda: saves(one), "writes to be taken again")
    (new,) = await some(one, "rewound", 1)
    async with watching(two, watch_of(automatic)) as a, watching(one, watch_of(explicit)) as b:
        await a.through(new)
        await b.through(new)
        assert brought(a) == [new]
        assert brought(b) == [known - 1, known, new]
        assert (await acknowledge(two, explicit, b, new, [rejection(known)])).acknowledged_revision == known - 1


_PLACES = "SELECT id, acknowledged_revision, delivered_revision, sent_revision FROM subscription"
_RESTORE = """
UPDATE subscription SET acknowledged_revision = %s, delivered_revision = %s, sent_revision = %s WHERE id = %s"""


def rewind(stage: Stage, revision: int, backup: list[Any]) -> None:
    """As a restored backup: what came after a revision was never there, and the epoch is another."""
    for statement in (
        "DELETE FROM update_event WHERE revision > %(revision)s",
        "DELETE FROM model_version WHERE revision > %(revision)s",
        "DELETE FROM model WHERE revision > %(revision)s",
        "DELETE FROM revision WHERE revision > %(revision)s",
        "UPDATE ledger_head SET revision = %(revision)s, epoch = gen_random_uuid() WHERE %(revision)s > 0",
    ):
        stage.tables.rewrite(statement, {"revision": revision})  # type: ignore[arg-type] # by name
    for subscription_id, *places in backup:
        stage.tables.run(_RESTORE, [*places, subscription_id])
