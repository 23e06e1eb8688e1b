"""A watch and what ends its connections, in both halves; servers that do what no server of modeldex does on demand."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import grpc
import pytest

from modeldex.v1 import subscriber_service_pb2 as pb
from modeldex_client import (
    AsyncClient,
    Client,
    ConnectionFailed,
    DeadlineExceeded,
    Interruption,
    Model,
    ModeldexError,
    ModelUpdate,
    ReplicaChange,
    Unimplemented,
    UpdateEvent,
    UpdateTransition,
    WatchGoingAway,
    WatchResponse,
    _tasks,
    _threads,
)
from support.waiting import until
from unit.client.servers import serving

ENTERED, LEFT = UpdateTransition.UPDATE_TRANSITION_ENTERED, UpdateTransition.UPDATE_TRANSITION_LEFT
Take = Callable[..., Awaitable[list[Any]]]
RETRIED = [
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.UNKNOWN,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
]
RAISED = [
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.UNAUTHENTICATED,
    grpc.StatusCode.PERMISSION_DENIED,
    grpc.StatusCode.UNIMPLEMENTED,
    grpc.StatusCode.OUT_OF_RANGE,
    grpc.StatusCode.ABORTED,
]


def update(revision: int, **fields: Any) -> WatchResponse:
    event = UpdateEvent(revision=revision, model=ModelUpdate(model_id=f"a/{revision}"), **fields)
    return WatchResponse(updates=[event], revision=revision, resume_token=f"token {revision}")


class Script:
    """A server's streams, one after the other: messages, and how each ends. Keeps the requests."""

    def __init__(self, *streams: list[WatchResponse | grpc.StatusCode | None]) -> None:
        """None keeps a stream open until its caller goes; without one it ends with OK."""
        self.requests: list[pb.WatchRequest] = []
        self.left = threading.Event()
        self._streams = streams

    def __call__(self, request: Any, context: grpc.ServicerContext) -> Iterator[WatchResponse]:
        self.requests.append(request)
        steps = self._streams[min(len(self.requests), len(self._streams)) - 1]
        # Before anything is sent: a caller may be gone by the time the last step is reached.
        if None in steps and not context.add_callback(self.left.set):
            self.left.set()
        for step in steps:
            if isinstance(step, grpc.StatusCode):
                context.abort(step, "not now")
            elif step is None:
                self.left.wait(30)
            else:
                yield step

    @property
    def starts(self) -> list[Any]:
        """Where each stream was to begin."""
        options = [request.options for request in self.requests]
        return [getattr(one, one.WhichOneof("start")) if one.WhichOneof("start") else None for one in options]


async def take_sync(target: str, count: int, form: str = "updates", **options: Any) -> list[Any]:
    def run() -> list[Any]:
        with Client(target, token="") as client, client.watch(**options) as watch:
            source = watch if form == "updates" else watch.messages()
            return [next(iter(source)) for _ in range(count)]

    return await asyncio.to_thread(run)


async def take_async(target: str, count: int, form: str = "updates", **options: Any) -> list[Any]:
    async with AsyncClient(target, token="") as client, client.watch(**options) as watch:
        source: Any = watch if form == "updates" else watch.messages()
        return [await anext(aiter(source)) for _ in range(count)]


@pytest.fixture(params=[take_sync, take_async], ids=["sync", "async"])
def take(request: pytest.FixtureRequest) -> Take:
    """So many updates or messages of a watch."""
    return request.param  # type: ignore[no-any-return]


@pytest.mark.parametrize("code", RETRIED, ids=lambda code: code.name)
async def test_a_stream_that_ends_is_continued_by_its_token(take: Take, code: grpc.StatusCode) -> None:
    told: list[Interruption] = []
    script = Script([code], [update(1), update(2), code], [code], [update(3), None])
    with serving(Watch=script) as target:
        came = await take(target, 3, on_interruption=told.append)
    assert [one.revision for one in came] == [1, 2, 3]
    assert script.starts == [None, None, "token 2", "token 2"]
    assert [one.error.code for one in told if one.error] == [code] * 3
    assert all(0 <= one.wait <= 0.4 for one in told)


@pytest.mark.parametrize("code", RAISED, ids=lambda code: code.name)
async def test_what_another_attempt_would_not_mend_is_raised(take: Take, code: grpc.StatusCode) -> None:
    script = Script([update(1), code])
    with serving(Watch=script) as target, pytest.raises(ModeldexError) as caught:
        await take(target, 2)
    assert (caught.value.code, len(script.requests)) == (code, 1)


async def test_a_place_that_is_gone_becomes_a_snapshot_where_that_was_asked_for(take: Take) -> None:
    snapshot = WatchResponse(
        snapshot_models=[Model(id="a/b", revision=7)], snapshot_complete=True, revision=9, resume_token="token 9"
    )
    script = Script([update(1), grpc.StatusCode.OUT_OF_RANGE], [snapshot, update(10), None])
    with serving(Watch=script) as target:
        came = await take(target, 3, since=0, snapshot=True)
    assert script.starts == [0, True]
    assert [one.revision for one in came] == [1, 7, 10]
    assert (came[1].transition, came[1].model.after.id) == (ENTERED, "a/b")


async def test_a_snapshot_is_given_whole_or_not_at_all(take: Take) -> None:
    """One that is cut begins anew, and what came of it is not given."""
    half = [WatchResponse(snapshot_models=[Model(id=id)]) for id in ("a/1", "a/2")]
    done = WatchResponse(snapshot_complete=True, revision=5, resume_token="token 5")
    script = Script([half[0], grpc.StatusCode.UNAVAILABLE], [*half, done, None])
    with serving(Watch=script) as target:
        came = await take(target, 3, "messages", snapshot=True)
    assert script.starts == [True, True]
    assert [[model.id for model in one.snapshot_models] for one in came] == [["a/1"], ["a/2"], []]


async def test_a_server_that_goes_says_when_to_come_back(take: Take) -> None:
    going = WatchResponse(going_away=WatchGoingAway(reason="Lunch."), revision=1, resume_token="token 1")
    going.going_away.retry_after.FromMilliseconds(300)
    told: list[Interruption] = []
    began = time.monotonic()
    with serving(Watch=Script([going], [update(2), None])) as target:
        came = await take(target, 1, on_interruption=told.append)
    assert time.monotonic() - began > 0.3
    assert (came[0].revision, told[0].reason, told[0].error) == (2, "Lunch.", None)
    assert 0.3 <= told[0].wait <= 0.4


async def test_what_the_listener_raises_ends_the_watch(take: Take) -> None:
    def give_up(interruption: Interruption) -> None:
        raise LookupError(interruption.reason)

    script = Script([grpc.StatusCode.UNAVAILABLE])
    with serving(Watch=script) as target, pytest.raises(LookupError, match="not now"):
        await take(target, 1, on_interruption=give_up)
    assert len(script.requests) == 1  # gRPC itself did not try again


async def test_an_older_server_is_named_as_one(take: Take) -> None:
    with serving() as target, pytest.raises(Unimplemented, match="does not know Watch; it is older than this client"):
        await take(target, 1)


async def test_typed_watches_bring_the_same_messages(take: Take) -> None:
    def updates(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        yield pb.WatchProviderUpdatesResponse.FromString(update(3).SerializeToString())

    with serving(WatchProviderUpdates=updates) as target:
        assert await take(target, 1, "messages", kinds="provider") == [update(3)]


async def test_a_watch_carries_the_token_and_no_deadline() -> None:
    seen: list[Any] = []

    def watch(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        seen.append((dict(context.invocation_metadata())["authorization"], context.time_remaining()))
        yield update(1)

    def run(target: str) -> None:
        with Client(target, token="t0", timeout=1) as client:
            next(client.watch())

    with serving(Watch=watch) as target:
        await asyncio.to_thread(run, target)
        async with AsyncClient(target, token="t0", timeout=1) as client, client.watch() as watching:
            await anext(watching)
            assert client.revision == 1
    for authorization, remaining in seen:
        assert authorization == "Bearer t0"
        assert remaining is None or remaining > 10**6


def test_closing_a_watch_ends_its_call_at_once() -> None:
    """From another thread, while it waits for a message."""
    script = Script([update(1), None])
    came: list[Any] = []
    with serving(Watch=script) as target, Client(target, token="") as client:
        watch = client.watch()
        reader = threading.Thread(target=lambda: came.extend(watch))
        reader.start()
        until(lambda: came, "an update")
        watch.close()
        reader.join(20)
        assert not reader.is_alive()
        assert script.left.wait(20)
        assert list(watch) == []


async def test_closing_an_async_watch_ends_its_call_at_once() -> None:
    script = Script([update(1), None])
    with serving(Watch=script) as target:
        async with AsyncClient(target, token="") as client:
            watch = client.watch()
            await anext(watch)
            waiting = asyncio.create_task(_rest(watch))
            await asyncio.sleep(0.05)
            await watch.close()
            assert await asyncio.wait_for(waiting, 20) == []
            assert await asyncio.to_thread(script.left.wait, 20)


async def _rest(watch: Any) -> list[Any]:
    return [one async for one in watch]


def test_closing_while_it_waits_between_attempts() -> None:
    going = WatchResponse(going_away=WatchGoingAway(), revision=1, resume_token="token 1")
    going.going_away.retry_after.FromSeconds(3600)
    told: list[Interruption] = []
    with serving(Watch=Script([going])) as target, Client(target, token="") as client:
        watch = client.watch(on_interruption=told.append)
        reader = threading.Thread(target=lambda: list(watch))
        reader.start()
        until(lambda: told, "the wait")
        watch.close()
        reader.join(20)
        assert not reader.is_alive()


async def test_closing_the_client_ends_its_watches() -> None:
    script = Script([update(1), None])
    with serving(Watch=script) as target:
        client = Client(target, token="")
        came: list[Any] = []
        reader = threading.Thread(target=lambda: came.extend(client.watch()))
        reader.start()
        until(lambda: came, "an update")
        client.close()
        await asyncio.to_thread(reader.join, 20)
        assert not reader.is_alive()
    script = Script([update(1), None])
    with serving(Watch=script) as target:
        other = AsyncClient(target, token="")
        watch = other.watch()
        await anext(watch)
        rest = asyncio.create_task(_rest(watch))
        await asyncio.sleep(0.05)
        await other.close()
        assert await asyncio.wait_for(rest, 20) == []
        with pytest.raises(RuntimeError, match="closed"):
            await anext(other.watch())


def test_a_watch_that_nobody_holds_ends_its_call() -> None:
    script = Script([update(1), None])
    with serving(Watch=script) as target, Client(target, token="") as client:
        for _ in client.watch():
            break
        gc.collect()
        assert script.left.wait(20)


class Slow:
    """A call whose second answer takes its time; `cancel` ends it."""

    def __init__(self) -> None:
        self._ending = threading.Event()
        self._answers = 0

    def __next__(self) -> int:
        self._answers += 1
        if self._answers > 2:
            self._ending.wait(10)
            raise grpc.RpcError
        return self._answers

    def cancel(self) -> None:
        self._ending.set()


def test_only_waiting_counts_as_silence() -> None:
    """Whoever takes long over a message is not cut off for it; an answer that does not come is given up."""
    stream = _threads.Stream(Slow(), silence=1)
    assert stream.read() == 1
    time.sleep(1.5)
    assert stream.read() == 2
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        stream.read()
    assert 0.9 < time.monotonic() - began < 8


async def test_a_signal_waits_as_long_as_it_may() -> None:
    for signal in (_tasks.Signal(), _threads.Signal()):
        waits: Any = signal.wait(0.01)
        assert (await waits if asyncio.iscoroutine(waits) else waits) is False
        signal.set()
        waits = signal.wait(0.01)
        assert (await waits if asyncio.iscoroutine(waits) else waits) is True


def snapshot(revision: int, *ids: str) -> WatchResponse:
    models = [Model(id=id, version=1) for id in ids]
    return WatchResponse(snapshot_models=models, snapshot_complete=True, revision=revision, resume_token="t")


def change(revision: int, transition: UpdateTransition.ValueType, id: str, version: int = 1) -> WatchResponse:
    after = None if transition == LEFT else Model(id=id, version=version)
    event = UpdateEvent(
        revision=revision, transition=transition, model=ModelUpdate(model_id=id, version=version, after=after)
    )
    return WatchResponse(updates=[event], revision=revision, resume_token="t")


async def test_whoever_waits_for_a_replica_is_told_why_it_does_not_come() -> None:
    with serving(WatchModelUpdates=Script([grpc.StatusCode.PERMISSION_DENIED])) as target:
        with Client(target, token="") as client, client.replica() as replica:
            with pytest.raises(ModeldexError, match="not now"):
                replica.ready(30)
            assert isinstance(replica.trouble, ModeldexError)
            assert replica.ended
            with pytest.raises(ModeldexError, match="not now"):
                next(replica.changes())
        async with AsyncClient(target, token="") as other, other.replica() as copy:
            with pytest.raises(ModeldexError, match="not now"):
                await copy.ready(30)
    late = pytest.raises(DeadlineExceeded, match=r"gave no whole snapshot within 0\.1 s")
    with (
        serving(WatchModelUpdates=Script([None])) as target,
        Client(target, token="") as client,
        client.replica() as replica,
        late,
    ):
        replica.ready(0.1)
    with Client("localhost:1", token="") as client, client.replica() as replica:
        until(lambda: replica.trouble, "the refusal")
        with pytest.raises(ConnectionFailed, match="refused"):
            replica.ready(0.1)
        assert (replica.get("a/b"), replica.revision, replica.staleness) == (None, 0, float("inf"))


def test_changes_are_told_in_order_and_a_callback_that_fails_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    steps = [snapshot(5, "a/one"), change(6, ENTERED, "a/two"), change(7, LEFT, "a/one"), None]
    told: list[ReplicaChange] = []

    def fail(change: ReplicaChange) -> None:
        raise LookupError

    with serving(WatchModelUpdates=Script(steps)) as target, Client(target, token="") as client:
        replica = client.replica()
        forget = replica.on_change(fail)
        replica.on_change(told.append)
        changes = replica.changes()
        with caplog.at_level(logging.ERROR, "modeldex_client"), replica:
            until(lambda: replica.revision == 7, "all")
            until(lambda: len(told) == 3, "all changes")
        forget()
        forget()
    assert [(one.id, one.after is None, one.revision) for one in told] == [
        ("a/one", False, 5),
        ("a/two", False, 6),
        ("a/one", True, 7),
    ]
    assert "A callback of a client replica failed at a/one" in caplog.text
    # Read late, what came and went again is no change, and the end of the replica ends the iteration.
    assert [one.id for one in changes] == ["a/two"]
    assert (replica.get("a/two") is not None, replica.ended, replica.trouble) == (True, True, None)


async def test_changes_of_an_async_replica_are_iterated_as_they_come() -> None:
    steps = [snapshot(5, "a/one"), change(6, ENTERED, "a/two"), None]
    with serving(WatchModelUpdates=Script(steps)) as target:
        async with AsyncClient(target, token="") as client, client.replica() as replica:
            changes = replica.changes()
            assert [(await anext(changes)).id for _ in range(2)] == ["a/one", "a/two"]
            waiting = asyncio.create_task(anext(changes, None))  # type: ignore[arg-type]
            await asyncio.sleep(0.05)
            await replica.close()
            assert await asyncio.wait_for(waiting, 20) is None


def test_a_replica_may_be_closed_by_its_own_callback() -> None:
    with serving(WatchModelUpdates=Script([snapshot(5, "a/one"), None])) as target, Client(target, token="") as client:
        replica = client.replica()
        replica.on_change(lambda change: replica.close())
        with replica:
            until(lambda: replica.ended, "the end")
        assert replica.get("a/one") is not None


def test_threads_read_while_it_follows() -> None:
    """What is shown is whole: two models that change together are never seen apart."""

    def stream(request: Any, context: grpc.ServicerContext) -> Iterator[WatchResponse]:
        yield snapshot(1, "a/one", "a/two")
        for revision in range(2, 600):
            message = change(revision, UpdateTransition.UPDATE_TRANSITION_CHANGED, "a/one", revision)
            message.updates.append(
                change(revision, UpdateTransition.UPDATE_TRANSITION_CHANGED, "a/two", revision).updates[0]
            )
            yield message
        ended.wait(30)

    ended = threading.Event()
    apart: list[Any] = []
    with serving(WatchModelUpdates=stream) as target, Client(target, token="") as client, client.replica() as replica:
        replica.ready()

        def read() -> None:
            while replica.revision < 599 and not ended.is_set():
                models = replica.models
                if models["a/one"].version != models["a/two"].version:
                    apart.append(models)
                time.sleep(0)  # or the stream comes to nothing beside three that never let go

        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        ended.set()
    assert not apart
