"""Streams while the log forgets, history is rewound, hints are lost, the database is away, and servers end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import grpc
import pytest

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import model_pb2
from modeldex.v1 import subscriber_service_pb2 as subscriber
from modeldex_server.store.embedded import EmbeddedServer
from support.api import Api, connect, problem_of
from support.checks import Catalogue
from support.models import new_id
from support.servers import ServerProcess
from support.waiting import eventually
from support.watching import (
    Place,
    Recorder,
    after,
    check_atomic,
    check_bookmarked,
    check_converging,
    check_ordered,
    check_stream,
    check_unique,
    check_versions,
    from_now,
    from_snapshot,
    listed,
    open_watch,
    resuming,
    save,
    watching,
)

DRAIN_SECONDS = 3
DEGRADED = subscriber.WATCH_FLOW_STATE_DEGRADED
COMPACTED = ("OUT_OF_RANGE", "REVISION_COMPACTED")
REWOUND = ("ABORTED", "HISTORY_REWOUND")


@dataclass
class Stage:
    """Two servers on one PostgreSQL of their own."""

    first: ServerProcess
    second: ServerProcess
    postgres: EmbeddedServer
    tables: Catalogue


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("feed")
    postgres = EmbeddedServer((folder / "postgres").resolve(), {"fsync": "off"})
    postgres.start()
    settings = {"MODELDEX_DRAIN_TIMEOUT": str(DRAIN_SECONDS)}
    servers = [ServerProcess(folder / name, database_url=postgres.url, settings=settings) for name in ("one", "two")]
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


async def ends_with(recorder: Recorder) -> tuple[str, str]:
    problem = await recorder.ended()
    assert problem is not None, "the stream ended well"
    return problem.short


async def bulky(caller: Api, count: int) -> int:
    """Save a large model so many times; the last revision."""
    model = model_pb2.Model(id=new_id("bulky"), description="x" * 3900)
    for number in range(12):
        model.metadata[f"field {number}"] = "y" * 3900
    for turn in range(count):
        model.display_name = f"bulky {turn} {time.monotonic()}"
        head = (await caller.discovery.SaveModel(discovery.SaveModelRequest(model=model), timeout=20)).revision
    return int(head)


async def compact(stage: Stage, revision: int) -> None:
    """Forget what is up to a revision."""
    await asyncio.to_thread(stage.tables.run, "UPDATE ledger_head SET compacted = %s", [revision])
    for table in ("update_event", "revision"):
        statement: Any = f"DELETE FROM {table} WHERE revision <= %s"
        await asyncio.to_thread(stage.tables.run, statement, [revision])


async def test_nothing_is_silently_missing_at_the_edge_of_the_log(stage: Stage, one: Api, two: Api) -> None:
    """never silent: after the compacted revision comes all that follows, also a deletion right at the edge; before it
    the stream ends with REVISION_COMPACTED, which says where the log begins; so does a stream that stood still while
    the log passed it; a stream that was ahead of the edge notices nothing."""
    victim = new_id()
    revisions = [await save(one, new_id()) for _ in range(5)] + [await save(one, victim)]
    edge = revisions[-1]
    await one.discovery.DeleteModel(discovery.DeleteModelRequest(id=victim))
    head = await save(one, new_id())
    # A replica that reads of them only while somebody watches has them in memory, where the edge is further back.
    await eventually(lambda: is_current(two, head), "the second server to be current")
    stalled = open_watch(two, after(head))
    first = await stalled.read()
    head = await bulky(one, 40)
    await eventually(lambda: is_current(two, head), "the second server to be current")
    expected = truth(stage)
    await compact(stage, edge)
    for caller in (one, two):
        async with watching(caller, after(edge)) as recorder:
            await recorder.through(head)
        check_stream(recorder.messages, expected, edge)
        assert [update.model.model_id for update in recorder.updates if update.revision == edge + 1] == [victim]
        for start in (0, edge - 1):
            problem = await problem_of(read_all(caller, after(start)))
            assert problem.short == COMPACTED
            assert problem.metadata == {"revision": str(start), "compacted_revision": str(edge)}
    # The stalled stream is within what the log keeps: it goes on where it stood, from memory or from the store.
    messages = [first]
    while messages[-1].revision < head:
        messages.append(await stalled.read())
    stalled.cancel()
    check_stream(messages, expected, first.revision)


async def test_a_stream_that_stood_still_while_the_log_passed_it_is_told(stage: Stage, one: Api) -> None:
    """never silent: a stream that catches up from the store, is not read for a while, and is passed by the edge of the
    log, brings what was on its way, whole, and then REVISION_COMPACTED."""
    start = stage.tables.head
    head = await bulky(one, 250)
    stream = open_watch(one, after(start))
    messages = [await stream.read()]
    await asyncio.sleep(0.5)
    await compact(stage, head)
    assert (await problem_of(drained(stream, messages))).short == COMPACTED
    check_ordered(messages)
    check_atomic(messages)
    brought = [update.revision for message in messages for update in message.updates]
    assert brought == list(range(start + 1, brought[-1] + 1))
    assert brought[-1] < head


def truth(stage: Stage) -> set[Place]:
    """What the log holds."""
    rows = stage.tables.rows("SELECT revision, ordinal FROM update_event")
    return {(revision, ordinal) for revision, ordinal in rows}


async def is_current(caller: Api, revision: int) -> bool:
    """Whether a server knows a revision."""
    return bool((await caller.discovery.GetStatus(discovery.GetStatusRequest())).revision >= revision)


async def read_all(caller: Api, request: Any) -> None:
    """Read a stream to its end."""
    async for _ in open_watch(caller, request, timeout=20):
        pass


async def test_lost_hints_cost_time_and_no_update(stage: Stage, one: Api, two: Api) -> None:
    """lost hints: while nobody gets a notification, a change on one replica is on the streams of the other as soon as
    that polls."""
    # Those that listen have no name.
    kill = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = '' AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""
    async with watching(two, from_now()) as recorder:
        start = recorder.revision
        delays = []
        for _ in range(8):
            await asyncio.to_thread(stage.tables.rows, kill)
            began = time.monotonic()
            head = await save(one, new_id())
            await recorder.through(head)
            delays.append(time.monotonic() - began)
    check_stream(recorder.messages, truth(stage), start)
    assert max(delays) < 10, delays  # a poll takes a quarter of a second; machines may be slow


async def test_a_rewound_history_ends_every_stream(stage: Stage, one: Api, two: Api) -> None:
    """never silent: where the database is restored from an older backup, every stream of every replica ends with
    HISTORY_REWOUND, also one that nobody reads; older tokens end so too; a new snapshot shows nothing of what was lost,
    and what is written then comes."""
    known = await save(one, new_id())
    async with watching(one, from_now()) as a, watching(two, from_now(bookmark_interval=1)) as b:
        stalled = open_watch(one, from_now())
        await stalled.read()
        lost = new_id()
        head = await save(one, lost)
        await a.through(head)
        await b.through(head)
        await asyncio.to_thread(rewind, stage, known)
        assert await ends_with(a) == REWOUND
        assert await ends_with(b) == REWOUND
        assert (await problem_of(drained(stalled))).short == REWOUND
        old = [a.token, b.token]
    for caller in (one, two):
        await eventually(lambda caller=caller: begins(caller), "a stream to begin")
        for token in old:
            assert (await problem_of(read_all(caller, resuming(token)))).short == REWOUND
        async with watching(caller, from_snapshot(models=discovery.ModelFilter())) as recorder:
            head = await save(one, new_id())
            await recorder.through(head)
        check_converging(recorder.messages, await listed(caller, discovery.ModelFilter()))
        assert lost not in {model.id for message in recorder.messages for model in message.snapshot_models}
        assert recorder.messages[-1].revision == head


def rewind(stage: Stage, revision: int) -> None:
    """As a restored backup: what came after a revision was never there, and the epoch is what it was."""
    for statement in (
        "DELETE FROM update_event WHERE revision > %(revision)s",
        "DELETE FROM model_version WHERE revision > %(revision)s",
        "DELETE FROM model WHERE revision > %(revision)s",
        "DELETE FROM revision WHERE revision > %(revision)s",
        """UPDATE ledger_head h SET revision = r.revision, committed_at = r.committed_at
        FROM revision r WHERE r.revision = %(revision)s""",
    ):
        stage.tables.rewrite(statement, {"revision": revision})  # type: ignore[arg-type] # by name


async def drained(stream: Any, messages: list[subscriber.WatchResponse] | None = None) -> None:
    """Read a stream to its end."""
    async with asyncio.timeout(30):
        while (message := await stream.read()) != grpc.aio.EOF:
            if messages is not None:
                messages.append(message)


async def begins(caller: Api) -> bool:
    """Whether a stream begins."""
    try:
        return bool(await open_watch(caller, from_now(), timeout=5).read())
    except grpc.aio.AioRpcError:
        return False


async def test_a_database_that_is_away_leaves_no_gap(stage: Stage, one: Api, two: Api) -> None:
    """reliable, bookmarked: while the database is away streams stay, and their bookmarks say DEGRADED; once it is back
    they go on, those that were behind as those that were level, without a gap or a repetition."""
    start = await save(one, new_id())
    head = await bulky(one, 30)
    expected = truth(stage)
    async with (
        watching(one, from_now(bookmark_interval=1)) as level,
        watching(two, from_now(bookmark_interval=1, models=discovery.ModelFilter(provider_ids=["nobody"]))) as idle,
    ):
        behind = open_watch(two, after(start, max_batch_events=1))
        messages = [await behind.read(), await behind.read()]
        await asyncio.to_thread(stage.postgres.stop)
        for recorder in (level, idle):
            await recorder.having(says_degraded, "a bookmark that says DEGRADED")
        assert level.messages[-1].bookmark.lag.ToMilliseconds() > 2000
        await asyncio.to_thread(stage.postgres.start)
        for caller in (one, two):
            await eventually(lambda caller=caller: saves(caller), "writes to be taken again")
        last = await save(two, new_id())
        await level.through(last)
        await idle.through(last)
        while messages[-1].revision < last:
            messages.append(await behind.read())
        behind.cancel()
        assert not idle.updates
        await idle.having(lambda some: not says_degraded(some), "a bookmark that does not say DEGRADED any more")
        for recorder in (level, idle):
            assert recorder.code is None
    expected |= truth(stage)
    check_stream(messages, expected, start)
    check_stream(level.messages, expected, head)


def says_degraded(recorder: Recorder) -> bool:
    return recorder.messages[-1].bookmark.flow_state == DEGRADED


async def saves(caller: Api) -> bool:
    """Whether a save succeeds."""
    try:
        return bool(await save(caller, new_id()))
    except grpc.aio.AioRpcError:
        return False


async def test_a_server_that_ends_hands_its_streams_over(stage: Stage, one: Api, two: Api) -> None:
    """resumable, clean drain: told to end, a server says goodbye on every stream, with a token, and ends it with OK; a
    stream that nobody reads holds it up no longer than the drain may take; the other replica goes on after the tokens,
    and so does the restarted server, of which memory nothing is left."""
    start = await save(two, new_id())
    head = await bulky(two, 250)
    async with watching(one, after(start)) as busy, watching(one, from_now()) as idle:
        stalled = open_watch(one, after(start))
        await stalled.read()
        await busy.through(head)
        await idle.through(head)
        began = time.monotonic()
        await asyncio.to_thread(stage.first.end)
        assert time.monotonic() - began < DRAIN_SECONDS + 30
        assert stage.first.left_behind == []
        for recorder in (busy, idle):
            assert await recorder.ended() is None
            last = recorder.messages[-1]
            assert last.HasField("going_away")
            assert last.going_away.reason
            assert last.going_away.HasField("retry_after")
            assert last.resume_token
        problem = await problem_of(drained(stalled))
        assert problem.code.name == "UNAVAILABLE"
    missed = [await save(two, new_id()) for _ in range(5)]
    await asyncio.to_thread(stage.first.start)
    expected = truth(stage)
    for recorder in (busy, idle):
        for caller in (one, two):
            async with watching(caller, resuming(recorder.token)) as again:
                await again.through(missed[-1])
            assert [update.revision for update in again.updates] == missed
    messages = [*busy.messages, *again.messages]
    check_stream(messages, expected, start)


async def test_a_killed_server_loses_no_stream_a_change(stage: Stage, one: Api, two: Api) -> None:
    """resumable: kill -9 of a replica in the middle of writes: its streams go on with their last token, on the other
    replica and, once it is back, on itself, without a loss or a repetition."""
    start = await save(two, new_id())
    await one.discovery.ListModels(discovery.ListModelsRequest(page_size=1, min_revision=start), timeout=20)
    async with watching(one, from_now()) as recorder:
        for _ in range(10):
            head = await save(two, new_id())
        await recorder.having(lambda some: some.updates, "an update")
        stage.first.kill()
        assert (await recorder.ended()) is not None
        assert recorder.code is grpc.StatusCode.UNAVAILABLE
    async with watching(two, resuming(recorder.token)) as second:
        head = await save(two, new_id())
        await second.through(head)
    await asyncio.to_thread(stage.first.start)
    head = await save(two, new_id())

    async def resumes() -> Recorder | None:
        try:
            async with watching(one, resuming(second.token)) as third:
                await third.through(head)
                return third
        except AssertionError:
            return None

    third = await eventually(resumes, "the killed server to serve the stream again")
    assert third is not None
    messages = [*recorder.messages, *second.messages, *third.messages]
    expected = truth(stage)
    check_stream(messages, expected, recorder.messages[0].revision)
    check_versions(messages)
    check_unique(messages)
    check_bookmarked(messages)
    assert start <= recorder.messages[0].revision
