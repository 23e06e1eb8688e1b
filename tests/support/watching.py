"""A recorder of streams, and validators of what it recorded: one function a promise of the feed.

Validators are pure. They take the messages of one stream, or of several that continued each other, in their order.
"""

from __future__ import annotations

import asyncio
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import grpc

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import model_pb2
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb
from modeldex.v1.subscriber_service_pb2_grpc import SubscriberServiceStub
from support.api import Api, Problem, read_problem
from support.models import plain
from support.waiting import eventually

Messages = Sequence[api.WatchResponse]
Place = tuple[int, int]  # (revision, ordinal)

_ENTERED, _CHANGED, _LEFT = (
    pb.UPDATE_TRANSITION_ENTERED,
    pb.UPDATE_TRANSITION_CHANGED,
    pb.UPDATE_TRANSITION_LEFT,
)


class Recorder:
    """What one stream brings, read as it comes."""

    def __init__(self, call: Any) -> None:
        self.messages: list[api.WatchResponse] = []
        self.times: list[float] = []
        self.code: grpc.StatusCode | None = None  # once the stream has ended
        self.problem: Problem | None = None
        self._call = call
        self._reading = asyncio.create_task(self._read())

    @property
    def token(self) -> str:
        """Continues after what was recorded. Empty for nothing."""
        return next((one.resume_token for one in reversed(self.messages) if one.resume_token), "")

    @property
    def revision(self) -> int:
        """What the stream is through; -1 before its first message."""
        return self.messages[-1].revision if self.messages else -1

    @property
    def updates(self) -> list[pb.UpdateEvent]:
        """All updates, in order."""
        return updates_of(self.messages)

    async def through(self, revision: int) -> None:
        """Wait until the stream is through a revision."""

        async def is_through() -> bool:
            assert self.code is None, f"the stream ended with {self.code}: {self.problem}"
            return self.revision >= revision

        await eventually(is_through, f"a stream to be through revision {revision}, it is at {self.revision}")

    async def having(self, condition: Callable[[Recorder], object], what: str) -> None:
        """Wait until what was recorded is so."""

        async def has() -> object:
            return condition(self)

        await eventually(has, what)

    async def ended(self) -> Problem | None:
        """Wait for the end of the stream; what it ended with, None for OK."""
        async with asyncio.timeout(60):
            await self._reading
        return self.problem

    async def leave(self) -> None:
        """Cancel the call, as a client that goes."""
        self._call.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        try:
            async for message in self._call:
                self.messages.append(message)
                self.times.append(asyncio.get_running_loop().time())
        except grpc.aio.AioRpcError as error:
            self.code, self.problem = error.code(), read_problem(error)
        except asyncio.CancelledError:
            if not self._call.cancelled():
                raise
            self.code = grpc.StatusCode.CANCELLED
        else:
            self.code = await self._call.code()


def open_watch(caller: Api, request: Any, *, timeout: float | None = None, method: str = "") -> Any:
    """The call of a watch, which nobody reads yet. The request says which method it is."""
    name = method or type(request).__name__.removesuffix("Request")
    return getattr(SubscriberServiceStub(caller.channel), name)(request, timeout=timeout)


@asynccontextmanager
async def watching(caller: Api, request: Any = None, *, timeout: float | None = None) -> AsyncIterator[Recorder]:
    """Record a stream until the end of the block. It has begun where the block does."""
    recorder = Recorder(open_watch(caller, api.WatchRequest() if request is None else request, timeout=timeout))
    try:
        await recorder.having(lambda one: one.messages or one.code is not None, "a stream to begin")
        yield recorder
    finally:
        await recorder.leave()


def after(revision: int, **fields: Any) -> api.WatchRequest:
    """A watch that begins after a revision. `fields`: of the request, and of its options."""
    return _request(api.WatchOptions(after_revision=revision), fields)


def resuming(token: str, **fields: Any) -> api.WatchRequest:
    """A watch that continues."""
    return _request(api.WatchOptions(resume_token=token), fields)


def from_snapshot(**fields: Any) -> api.WatchRequest:
    """A watch that begins with a snapshot."""
    return _request(api.WatchOptions(initial_snapshot=True), fields)


def from_now(**fields: Any) -> api.WatchRequest:
    """A watch that begins with what comes."""
    return _request(api.WatchOptions(), fields)


def _request(options: api.WatchOptions, fields: dict[str, Any]) -> api.WatchRequest:
    own = {name: fields.pop(name) for name in ("filters", "models") if name in fields}
    for name, value in fields.items():
        if name in ("max_batch_delay", "bookmark_interval"):
            getattr(options, name).FromMilliseconds(round(value * 1000))
        else:
            setattr(options, name, value)
    return api.WatchRequest(options=options, **own)


async def history(caller: Api, through: int) -> list[pb.UpdateEvent]:
    """Every update from the first to a revision, read by a stream without filters."""
    async with watching(caller, after(0)) as recorder:
        await recorder.through(through)
    return [update for update in recorder.updates if update.revision <= through]


async def save(caller: Api, model_id: str, name: str = "", **fields: Any) -> int:
    """Save a model; the revision."""
    request = discovery.SaveModelRequest(model=plain(model_id, name, **fields))
    return int((await caller.discovery.SaveModel(request, timeout=20)).revision)


async def delete(caller: Api, model_id: str) -> int:
    """Delete a model; the revision."""
    return int((await caller.discovery.DeleteModel(discovery.DeleteModelRequest(id=model_id), timeout=20)).revision)


async def listed(caller: Api, wanted: discovery.ModelFilter | None = None) -> list[model_pb2.Model]:
    """What ListModels gives, all pages."""
    found: list[model_pb2.Model] = []
    token = ""
    while True:
        request = discovery.ListModelsRequest(filter=wanted, page_size=500, page_token=token)
        answer = await caller.discovery.ListModels(request, timeout=20)
        found += answer.models
        token = answer.next_page_token
        if not token:
            return found


def metric(url: str, name: str) -> float:
    """A number that a server tells of itself."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} "))


def updates_of(messages: Messages) -> list[pb.UpdateEvent]:
    """All updates of some messages."""
    return [update for message in messages for update in message.updates]


def place(update: pb.UpdateEvent) -> Place:
    """Where an update stands in the log."""
    return (update.revision, update.ordinal)


def check_ordered(messages: Messages) -> None:
    """ordered: places grow from update to update, and revisions from message to message; no update is beyond what its
    message says it is through."""
    places = [place(update) for update in updates_of(messages)]
    assert places == sorted(places), "updates out of order"
    revisions = [message.revision for message in messages if not _is_of_snapshot(message)]
    assert revisions == sorted(revisions), f"revisions out of order: {revisions}"
    for message in messages:
        assert all(update.revision <= message.revision for update in message.updates), "an update beyond its message"


def check_unique(messages: Messages) -> None:
    """unique: no update twice."""
    seen: set[Place] = set()
    for update in updates_of(messages):
        assert place(update) not in seen, f"{place(update)} came twice"
        seen.add(place(update))


def check_atomic(messages: Messages) -> None:
    """atomic: no revision in two messages."""
    done: set[int] = set()
    for message in messages:
        revisions = {update.revision for update in message.updates}
        assert not revisions & done, f"revisions {revisions & done} were split"
        done |= revisions


def check_reliable(messages: Messages, expected: Iterable[Place], start: int) -> None:
    """reliable: from after the start to what the last message is through, what came is what is expected."""
    through = max((message.revision for message in messages), default=start)
    came = {place(update) for update in updates_of(messages)}
    wanted = {one for one in expected if start < one[0] <= through}
    assert came == wanted, f"missing {sorted(wanted - came)[:5]}, too many {sorted(came - wanted)[:5]}"


def check_bookmarked(messages: Messages) -> None:
    """bookmarked: once a message said that the stream is through a revision, nothing up to it comes; and no bookmark is
    beyond the head that it tells."""
    through = -1
    for message in messages:
        late = [place(update) for update in message.updates if update.revision <= through]
        assert not late, f"{late[:5]} came after the stream was through {through}"
        if not _is_of_snapshot(message):
            through = max(through, message.revision)
        if message.HasField("bookmark"):
            head = message.bookmark.head_revision
            assert message.revision <= head, f"a bookmark at {message.revision}, beyond the head {head}"


def check_reaches(messages: Messages, head: int) -> None:
    """bookmarked: a stream gets to the head, also where nothing of what was changed matches."""
    assert messages[-1].revision >= head, f"the stream stays at {messages[-1].revision}, the head is {head}"


def check_resumable(messages: Messages) -> None:
    """resumable: every message outside of a snapshot, and no message within one, has a token."""
    for message in messages:
        assert bool(message.resume_token) is not _is_of_snapshot(message), message


def check_versions(messages: Messages) -> None:
    """version chain: on a stream without filters the versions of each model follow each other."""
    versions: dict[str, int] = {}
    for update in updates_of(messages):
        if update.HasField("model") and not update.external:
            told = update.model
            known = versions.get(told.model_id, told.previous_version)
            assert told.previous_version == known, f"{told.model_id}: {known}, then after {told.previous_version}"
            assert told.version > told.previous_version
            versions[told.model_id] = told.version


def check_transitions(messages: Messages) -> None:
    """converging: a model enters where it is not, changes and leaves where it is; one that enters comes whole, one that
    leaves brings nothing; other updates have no transition. For streams that begin with a snapshot, or with nothing."""
    inside = {model.id for message in messages for model in message.snapshot_models}
    for update in updates_of(messages):
        if not update.HasField("model") or update.external:
            assert not update.transition, f"{place(update)} has a transition"
            continue
        known = update.model.model_id in inside
        assert update.transition in ((_CHANGED, _LEFT) if known else (_ENTERED,)), f"{place(update)} of {inside}"
        if update.transition == _ENTERED:
            assert update.model.HasField("after"), f"{place(update)} enters without its model"
            inside.add(update.model.model_id)
        elif update.transition == _LEFT:
            both = update.model.HasField("before") or update.model.HasField("after")
            assert not both, f"{place(update)} leaves with its model"
            inside.remove(update.model.model_id)


def copy_of(messages: Messages) -> dict[str, model_pb2.Model]:
    """The copy that a client keeps: the snapshot with the updates applied."""
    copy = {model.id: model for message in messages for model in message.snapshot_models}
    for update in updates_of(messages):
        if update.transition in (_ENTERED, _CHANGED):
            copy[update.model.model_id] = update.model.after
        elif update.transition == _LEFT:
            copy.pop(update.model.model_id, None)
    return copy


def check_converging(messages: Messages, listed: Iterable[model_pb2.Model]) -> None:
    """converging: the copy is what ListModels gives with the same filter at the same revision."""
    copy, wanted = copy_of(messages), {model.id: model for model in listed}
    assert copy.keys() == wanted.keys(), f"differ in {sorted(copy.keys() ^ wanted.keys())[:5]}"
    for model_id, model in wanted.items():
        assert _as_copied(copy[model_id]) == _as_copied(model), model_id


def check_batched(messages: Messages, *, events: int, size: int) -> None:
    """batches: no message has more updates or bytes than asked for, but for one that brings a single revision."""
    for message in messages:
        if len({update.revision for update in message.updates}) > 1:
            assert len(message.updates) <= events, f"{len(message.updates)} updates in one message"
            taken = sum(update.ByteSize() for update in message.updates)
            assert taken <= size, f"{taken} bytes of updates in one message"


def check_coalesced(messages: Messages) -> None:
    """coalescing: no model twice in a message; versions grow, and each update begins where the last one ended."""
    check_versions(messages)
    for message in messages:
        ids = [one.model.model_id for one in message.updates if one.HasField("model") and not one.external]
        assert len(ids) == len(set(ids)), "a model twice in a message"


def check_snapshot(messages: Messages) -> None:
    """converging: a snapshot comes by id, once, before any update, and its last message says that it is."""
    ids = [model.id for message in messages for model in message.snapshot_models]
    assert ids == sorted(set(ids)), "the snapshot is not ordered, or has a model twice"
    last = [at for at, message in enumerate(messages) if message.snapshot_complete]
    assert len(last) == 1, f"{len(last)} ends of the snapshot"
    early = messages[: last[0] + 1]
    assert not updates_of(early), "an update within the snapshot"
    assert not any(message.snapshot_models for message in messages[last[0] + 1 :]), "models after the snapshot"


def check_consistent(messages: Messages, holds: Callable[[dict[str, model_pb2.Model]], bool]) -> None:
    """atomic: what whoever writes keeps true of several models is true of the copy after every message."""
    begin = next((at for at, message in enumerate(messages) if message.snapshot_complete), 0)
    for at in range(begin, len(messages)):
        assert holds(copy_of(messages[: at + 1])), f"broken after message {at}, revision {messages[at].revision}"


def check_stream(messages: Messages, expected: Iterable[Place], start: int) -> None:
    """All that holds of every stream, and of streams that continued each other."""
    check_ordered(messages)
    check_unique(messages)
    check_atomic(messages)
    check_bookmarked(messages)
    check_resumable(messages)
    check_reliable(messages, expected, start)


def _is_of_snapshot(message: api.WatchResponse) -> bool:
    return bool(message.snapshot_models) and not message.snapshot_complete


def _as_copied(model: model_pb2.Model) -> model_pb2.Model:
    """Without what is joined to an answer when a model is read, and is no part of its versions."""
    plain = model_pb2.Model()
    plain.CopyFrom(model)
    plain.ClearField("availability")
    return plain
