"""Watchers: clients that follow the log by streams of every kind, leave, and go on with their tokens elsewhere."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from modeldex.v1 import condition_pb2
from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb
from support.robustness import writers
from support.robustness.stage import Reading, Stage

_PAUSE = 0.1  # seconds before a stream that failed is asked for again
_METHODS = (api.WatchRequest, api.WatchModelUpdatesRequest)


class Watcher:
    """One client. A steady one stays with its replica and leaves no stream by itself."""

    def __init__(self, stage: Stage, who: str, request: Any, *, home: int | None = None, far: bool = False) -> None:
        """`request`: how it begins. `home`: the replica of a steady one."""
        self.who = who
        self.request = request
        self.chain = stage.number()
        self._stage = stage
        self._chance = stage.chance(who)
        self._home = home
        self._far = far
        self._token = ""
        self._revision = -1

    async def run(self) -> None:
        """Follow until the head is reached that is the last."""
        while not self._done:
            replica = self._chance.randrange(2) if self._home is None else self._home
            request = self._next()
            async with self._stage.stream(self.who, self.chain, replica, request, far=self._far) as reading:
                await self._read(reading)
                problem = reading.problem
            if problem is not None:
                await asyncio.sleep(_PAUSE)
                if problem.reason == "REVISION_COMPACTED":
                    self._begin_anew(int(problem.metadata["compacted_revision"]))

    @property
    def _done(self) -> bool:
        return self._stage.head is not None and self._revision >= self._stage.head

    async def _read(self, reading: Reading) -> None:
        """Some messages, some of them slowly."""
        most = self._chance.choice([1, 5, 50, 500]) if self._home is None else 10**9
        while (most > 0 or self._stage.head is not None) and not self._done:
            most -= 1
            message = await reading.next()
            if message is None:
                return
            if message.resume_token:
                self._token, self._revision = message.resume_token, message.revision
            if self._home is None and self._chance.random() < 0.03:
                await asyncio.sleep(self._chance.uniform(0, 0.3))

    def _next(self) -> Any:
        """The request of the next stream."""
        request = type(self.request)()
        request.CopyFrom(self.request)
        if self._token:
            request.options.resume_token = self._token
        elif self._revision == -1 and self.request.options.initial_snapshot:
            self.chain = self._stage.number()  # a snapshot that was not complete begins anew
        return request

    def _begin_anew(self, edge: int) -> None:
        """The log forgot its place: with a snapshot, or right after the edge."""
        self.chain, self._token, self._revision = self._stage.number(), "", -1
        if not self.request.options.initial_snapshot:
            self.request.options.after_revision = edge


class Sleeper:
    """A client that opens a stream, reads a little, and then nothing for so long that the log may pass it."""

    def __init__(self, stage: Stage, who: str) -> None:
        self.who = who
        self._stage = stage
        self._chance = stage.chance(who)

    async def run(self) -> None:
        """Sleep again and again, while others write."""
        request = api.WatchRequest(options=api.WatchOptions(after_revision=0, max_batch_events=1))
        while not self._stage.ending.is_set():
            chain = self._stage.number()
            async with self._stage.stream(self.who, chain, self._chance.randrange(2), request) as reading:
                await reading.next()
                await asyncio.sleep(self._chance.uniform(0, 10))
                last = None
                while not self._stage.ending.is_set() and (message := await reading.next()) is not None:
                    last = message
                if reading.problem is not None and reading.problem.reason == "REVISION_COMPACTED":
                    request.options.after_revision = int(reading.problem.metadata["compacted_revision"])
                elif last is not None:
                    request.options.after_revision = last.revision


def watchers(stage: Stage, count: int) -> list[Watcher]:
    """Steady ones of each replica, and so many more that want anything."""
    found = []
    nothing = discovery.ModelFilter(tags=["none"])
    for home in range(2):
        steady: list[tuple[str, Any]] = [
            ("whole", api.WatchRequest(options=_begins(0))),
            ("nothing", api.WatchRequest(options=_begins(0), models=nothing)),
            ("copy", api.WatchModelUpdatesRequest(options=api.WatchOptions(initial_snapshot=True))),
        ]
        for name, request in steady:
            request.options.bookmark_interval.FromMilliseconds(1000)
            found.append(Watcher(stage, f"{name} of {home}", request, home=home))
    for at in range(count):
        who = f"watcher {at}"
        chance = stage.chance(f"{who} wants")
        found.append(Watcher(stage, who, _anything(chance), far=chance.random() < 0.5))
    return found


def _begins(revision: int) -> api.WatchOptions:
    return api.WatchOptions(after_revision=revision)


def _anything(chance: random.Random) -> Any:
    """A watch of any kind, with any options."""
    kind = chance.random()
    if kind < 0.1:
        return api.WatchProviderUpdatesRequest(options=_options(chance, snapshots=False))
    if kind < 0.2:
        return api.WatchCapabilityUpdatesRequest(options=_options(chance, snapshots=False))
    request: Any = chance.choice(_METHODS)(options=_options(chance, snapshots=True))
    filtered = chance.random()
    if filtered < 0.4:
        request.models.CopyFrom(_models(chance))
    elif filtered < 0.7:
        request.filters.extend(_filter(chance) for _ in range(chance.randint(1, 2)))
    return request


def _options(chance: random.Random, *, snapshots: bool) -> api.WatchOptions:
    options = api.WatchOptions()
    begins = chance.random()
    if snapshots and begins < 0.5:
        options.initial_snapshot = True
    elif begins < 0.85:
        options.after_revision = 0
    if chance.random() < 0.4:
        options.max_batch_events = chance.choice([1, 3, 20])
    if chance.random() < 0.2:
        options.max_batch_bytes = chance.choice([1024, 8192])
    if chance.random() < 0.3:
        options.max_batch_delay.FromMilliseconds(chance.choice([50, 500, 1500]))
    if chance.random() < 0.7:
        options.bookmark_interval.FromMilliseconds(chance.choice([1000, 3000]))
    if snapshots and chance.random() < 0.3:
        options.coalescing = pb.UPDATE_COALESCING_LATEST_PER_MODEL
    options.omit_changes = chance.random() < 0.3
    options.omit_before = chance.random() < 0.2
    return options


def _models(chance: random.Random) -> discovery.ModelFilter:
    wanted = discovery.ModelFilter()
    if chance.random() < 0.6:
        wanted.provider_ids.append(f"random-{chance.randrange(writers.PROVIDERS)}")
    if chance.random() < 0.5:
        wanted.min_context_window = chance.choice(writers.WINDOWS)
    if chance.random() < 0.5:
        wanted.capabilities_true.append("vision")
    if chance.random() < 0.3:
        wanted.tags.append(chance.choice(writers.TAGS))
    return wanted


def _filter(chance: random.Random) -> condition_pb2.EventFilter:
    made = condition_pb2.EventFilter(type=condition_pb2.EVENT_FILTER_TYPE_MODEL)
    made.join = chance.choice([condition_pb2.CONDITION_JOIN_AND, condition_pb2.CONDITION_JOIN_OR])
    name = made.conditions.add(field="display_name", operator=condition_pb2.CONDITION_OPERATOR_EQUALS)
    name.value.string_value = chance.choice(writers.NAMES)
    if chance.random() < 0.6:
        window = made.conditions.add(field="context_window", operator=condition_pb2.CONDITION_OPERATOR_GREATER_THAN)
        window.value.number_value = chance.choice(writers.WINDOWS) - 1
    return made
