"""Writers at random, streams that are left and continued at random, and killed servers: all promises of the feed over
what was recorded."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import subscriber_service_pb2 as subscriber
from modeldex.v1 import update_pb2 as pb
from modeldex.v1.subscriber_service_pb2_grpc import SubscriberServiceStub
from support.api import Api, connect
from support.checks import Catalogue
from support.models import plain
from support.servers import ServerProcess
from support.watching import (
    after,
    check_batched,
    check_converging,
    check_reaches,
    check_snapshot,
    check_stream,
    check_transitions,
    check_versions,
    delete,
    from_snapshot,
    history,
    listed,
    open_watch,
    place,
)

# How long writers write. ROBUSTNESS_SECONDS makes it longer.
SECONDS = float(os.environ.get("ROBUSTNESS_SECONDS", "12"))
SEED = int(os.environ.get("ROBUSTNESS_SEED", "1"))
WRITERS, MODELS = 6, 8
# What a caller is told when a server ends, is killed, or is not back yet.
_PASSING = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED, grpc.StatusCode.DEADLINE_EXCEEDED}
_LATEST = subscriber.WATCH_COALESCING_LATEST_PER_MODEL


@dataclass
class Follower:
    """A client that reads a stream for a while, leaves, and continues with its token on either replica."""

    name: str
    callers: list[Api]
    chance: random.Random
    begins: Callable[[], subscriber.WatchRequest]
    wants: Callable[[pb.UpdateEvent], bool] = lambda _: True
    messages: list[subscriber.WatchResponse] = field(default_factory=list)
    streams: int = 0
    head: int | None = None  # to be reached, once that is known

    async def run(self) -> None:
        while not self._is_done():
            self.streams += 1
            caller = self.chance.choice(self.callers)
            try:
                await self._follow(open_watch(caller, self._request()))
            except grpc.aio.AioRpcError as error:
                if error.code() not in _PASSING:
                    raise
                await asyncio.sleep(0.05)

    async def _follow(self, stream: Any) -> None:
        """Read some messages, some of them slowly, and leave without a word."""
        most = self.chance.choice([1, 5, 50, 500]) if self.head is None else 10**9
        try:
            for _ in range(most):
                message = await stream.read()
                if message == grpc.aio.EOF:
                    return
                self.messages.append(message)
                if self._is_done():
                    return
                if self.chance.random() < 0.05:
                    await asyncio.sleep(self.chance.uniform(0, 0.2))
        finally:
            stream.cancel()

    def _request(self) -> subscriber.WatchRequest:
        token = self.messages[-1].resume_token if self.messages else ""
        if not token:
            # A snapshot that was not complete begins anew.
            self.messages.clear()
            return self.begins()
        request = self.begins()
        request.options.resume_token = token
        return request

    def _is_done(self) -> bool:
        return self.head is not None and bool(self.messages) and self.messages[-1].revision >= self.head


class Writer:
    """Saves, deletes, brings back and publishes at random, on either replica."""

    def __init__(self, number: int, callers: list[Api], chance: random.Random) -> None:
        self._number = number
        self._callers = callers
        self._chance = chance
        self.acknowledged: list[int] = []

    async def run(self, ending: asyncio.Event) -> None:
        while not ending.is_set():
            try:
                self.acknowledged.append(await self._write(self._chance.choice(self._callers)))
            except grpc.aio.AioRpcError as error:
                if error.code() not in {*_PASSING, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.FAILED_PRECONDITION}:
                    raise
            await asyncio.sleep(self._chance.choice([0, 0, 0.002, 0.02]))

    async def _write(self, caller: Api) -> int:
        chance, provider = self._chance, f"random-{self._chance.randrange(3)}"
        model_id = f"{provider}/model-{chance.randrange(MODELS)}"
        kind = chance.random()
        if kind < 0.7:
            model = plain(model_id, chance.choice(["a", "b", "c"]))
            model.context_window = chance.choice([4000, 8000, 16000])
            model.capabilities["vision"].flag = chance.random() < 0.5
            answer = await caller.discovery.SaveModel(discovery.SaveModelRequest(model=model), timeout=10)
            return int(answer.revision)
        if kind < 0.82:
            return await delete(caller, model_id)
        if kind < 0.9:
            return int((await caller.discovery.UndeleteModel(discovery.UndeleteModelRequest(id=model_id))).revision)
        told = pb.ModelUpdate(model_id=model_id, type=pb.MODEL_UPDATE_TYPE_UPDATED, after=plain(model_id, "told"))
        request = subscriber.PublishUpdatesRequest(updates=[pb.UpdateEvent(model=told)] * 3)
        return int((await SubscriberServiceStub(caller.channel).PublishUpdates(request, timeout=10)).revision)


def followers(callers: list[Api], chance: random.Random) -> list[Follower]:
    """Streams of many kinds."""
    some = discovery.ModelFilter(provider_ids=["random-1"])
    wide = discovery.ModelFilter(min_context_window=8000, capabilities_true=["vision"])

    def of_one(update: pb.UpdateEvent) -> bool:
        return update.model.model_id.startswith("random-1/")

    kinds: list[tuple[str, Callable[[], subscriber.WatchRequest], Callable[[pb.UpdateEvent], bool]]] = [
        ("whole", lambda: after(0), lambda _: True),
        ("small", lambda: after(0, max_batch_events=2), lambda _: True),
        ("delayed", lambda: after(0, max_batch_delay=0.3, omit_before=True), lambda _: True),
        ("one provider", lambda: after(0, models=some), of_one),
        (
            "nothing",
            lambda: after(0, models=discovery.ModelFilter(tags=["none"]), bookmark_interval=1),
            lambda _: False,
        ),
        ("copy", lambda: from_snapshot(models=discovery.ModelFilter()), lambda update: update.HasField("model")),
        ("copy of one", lambda: from_snapshot(models=some), of_one),
        ("wide copy", lambda: from_snapshot(models=wide, bookmark_interval=1), lambda _: True),
        ("latest", lambda: from_snapshot(models=wide, coalescing=_LATEST, bookmark_interval=1), lambda _: True),
        ("latest, slow", lambda: from_snapshot(coalescing=_LATEST, max_batch_delay=0.5), lambda _: True),
    ]
    return [
        Follower(f"{name} {at}", callers, random.Random(chance.random()), begins, wants)
        for name, begins, wants in kinds
        for at in range(2)
    ]


@pytest.mark.timeout(SECONDS * 3 + 90)
async def test_all_promises_hold_whatever_happens(database_url: str, tmp_path: Path) -> None:
    """ordered, unique, atomic, reliable, resumable, bookmarked, converging: with six writers and twenty streams over
    two replicas, of which one is killed and one is restarted meanwhile, every stream with all that continued it keeps
    every promise, and every acknowledged change is on it."""
    chance = random.Random(SEED)
    tables = Catalogue(database_url)
    tables.run("UPDATE discovery_state SET running = false")
    async with AsyncExitStack() as stack:
        servers = [
            stack.enter_context(ServerProcess(tmp_path / name, database_url=database_url, settings=SETTINGS)).launch()
            for name in ("one", "two")
        ]
        for server in servers:
            server.wait_until_ready()
            server.listen = server.address
        callers = [await stack.enter_async_context(connect(server.address)) for server in servers]
        apart = [await stack.enter_async_context(connect(server.address)) for server in servers]
        writers = [Writer(at, apart, random.Random(chance.random())) for at in range(WRITERS)]
        following = followers(callers, chance)
        ending = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            for one in following:
                tasks.create_task(one.run())
            writing = [tasks.create_task(writer.run(ending)) for writer in writers]
            await asyncio.sleep(SECONDS / 3)
            servers[0].kill()
            await asyncio.sleep(SECONDS / 10)
            await asyncio.to_thread(servers[0].start)
            await asyncio.sleep(SECONDS / 3)
            await asyncio.to_thread(servers[1].end)
            await asyncio.to_thread(servers[1].start)
            await asyncio.sleep(SECONDS / 5)
            ending.set()
            await asyncio.gather(*writing)
            head = tables.head
            for one in following:
                one.head = head
        acknowledged = [revision for writer in writers for revision in writer.acknowledged]
        print(f"{head} revisions, {sum(one.streams for one in following)} streams")
        assert head > 100
        assert max(acknowledged) <= head
        everything = await history(callers[0], head)
        rows = tables.rows("SELECT revision, ordinal FROM update_event ORDER BY 1, 2")
        assert [place(update) for update in everything] == rows
        for one in following:
            check(one, everything, head)
        for one in following:
            if "copy" in one.name or "latest" in one.name:
                request = one.begins()
                wanted = request.models if request.HasField("models") else discovery.ModelFilter()
                check_converging(one.messages, await listed(callers[1], wanted))
        assert [line for server in servers for line in server.left_behind] == []
    tables.check()


SETTINGS = {"MODELDEX_DRAIN_TIMEOUT": "3"}


def check(one: Follower, everything: list[pb.UpdateEvent], head: int) -> None:
    """All that was promised to one stream."""
    messages = one.messages
    check_reaches(messages, head)
    if one.begins().options.initial_snapshot:
        check_snapshot(messages)
        check_transitions(messages)
    if "latest" in one.name or "wide" in one.name:
        # What matches is told by the copy: which of the changes are joined is not promised.
        expected = {place(update) for message in messages for update in message.updates}
        assert expected <= {place(update) for update in everything}
        start = 0
    else:
        start = next((message.revision for message in messages if message.snapshot_complete), 0)
        expected = {place(update) for update in everything if one.wants(update)}
    check_stream(messages, expected, start)
    if one.name.startswith(("whole", "small", "delayed")):
        check_versions(messages)
        size = one.begins().options.max_batch_events if one.name.startswith("small") else 500
        check_batched(messages, events=size, size=1024 * 1024)
