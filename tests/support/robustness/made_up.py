"""A made-up story in which every promise is kept: what a run of two replicas could have seen in a few seconds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import model_pb2, subscription_pb2
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb
from support.robustness import history as was
from support.robustness.promises.copies import SUM
from support.robustness.reading import holds, wanted
from support.robustness.story import Story, story_of
from support.watching import apply

AUTOMATIC, EXPLICIT = "automatic", "explicit"
_LATEST = pb.UPDATE_COALESCING_LATEST_PER_MODEL
_WALL = 1_700_000_000.0
_STEP = 0.1  # seconds from revision to revision


class _Writing:
    """The log as it grows, and the calls that make it grow."""

    def __init__(self) -> None:
        self.updates: list[pb.UpdateEvent] = []
        self.calls: list[was.Called] = []
        self._models: dict[str, model_pb2.Model] = {}
        self._versions: dict[str, int] = {}
        self.head = 0

    @property
    def now(self) -> float:
        """When the newest revision was committed."""
        return self.head * _STEP

    def save(self, **windows: int) -> None:
        """Save models in one revision, each with its context window; 0 deletes one."""
        self.head += 1
        for ordinal, (name, window) in enumerate(windows.items()):
            model_id = name.replace("_", "/")
            before, version = self._models.pop(model_id, None), self._versions.get(model_id, 0)
            told = pb.ModelUpdate(model_id=model_id, version=version + 1, previous_version=version, before=before)
            told.type = pb.MODEL_UPDATE_TYPE_UPDATED if before else pb.MODEL_UPDATE_TYPE_ADDED
            if window:
                told.after.CopyFrom(model_pb2.Model(id=model_id, version=version + 1, context_window=window))
                self._models[model_id] = told.after
            else:
                told.type = pb.MODEL_UPDATE_TYPE_REMOVED
            self._versions[model_id] = version + 1
            self._tell(ordinal, model=told)
            if not model_id.startswith("fake/"):
                self._answer(model_id, window)

    def publish(self) -> None:
        """An update from outside."""
        self.head += 1
        self._tell(0, model=pb.ModelUpdate(model_id="far/away"), external=True)

    def save_alike(self, model_id: str) -> None:
        """Save what is there already."""
        model = self._models[model_id]
        answer = discovery.SaveModelResponse(model=model, revision=self.head, changed=False)
        self._call(discovery.SaveModelRequest(model=model_pb2.Model(id=model_id)), answer)

    def _answer(self, model_id: str, window: int) -> None:
        if window:
            saved = discovery.SaveModelResponse(model=self._models[model_id], revision=self.head, changed=True)
            self._call(discovery.SaveModelRequest(model=model_pb2.Model(id=model_id)), saved)
        else:
            deleted = discovery.DeleteModelResponse(version=self._versions[model_id], revision=self.head)
            self._call(discovery.DeleteModelRequest(id=model_id), deleted)

    def _tell(self, ordinal: int, **told: Any) -> None:
        update = pb.UpdateEvent(revision=self.head, ordinal=ordinal, **told)
        update.time.FromNanoseconds(round((_WALL + self.now) * 1e9))
        self.updates.append(update)

    def _call(self, request: Any, answer: Any) -> None:
        self.calls.append(called(self.now, request, answer))


def called(at: float, request: Any, answer: Any) -> was.Called:
    """A call that was answered at once."""
    name = request.DESCRIPTOR.full_name
    return was.Called(at, at + 0.01, "writer", 0, name, request.SerializeToString(), answer.SerializeToString())


def good() -> Story:
    """The story. Chains 1 to 5: everything, what matches, a copy, the latest, and a copy of what matches."""
    writing = _Writing()
    writing.save(random_a=8000)
    writing.save(random_b=16000, random_c=4000)
    writing.save(fake_first=SUM - 1, fake_second=1)
    writing.save(same_one=8000)
    writing.save_alike("same/one")
    writing.save(random_a=4000)
    writing.save(fake_first=30, fake_second=SUM - 30)
    writing.publish()
    writing.save(random_b=0)
    writing.save(random_a=16000)
    writing.save(random_a=8000)
    writing.save(random_b=16000)
    writing.save(fake_first=SUM - 7, fake_second=7)
    writing.save(random_c=8000)
    writing.save_alike("random/c")
    return story_of(_told(writing))


def _told(writing: _Writing) -> Iterator[was.Entry]:
    numbers = count(1)
    large = discovery.ModelFilter(min_context_window=8000)
    yield was.Begun(1, 1, _WALL)
    yield from writing.calls
    yield from (was.Told(update.SerializeToString()) for update in writing.updates)
    yield was.Stored([(update.revision, update.ordinal) for update in writing.updates])
    yield was.Compacted(0.55, 3)
    yield was.Broke(0.8, 0.9, "nothing much", [0])
    watches = [
        api.WatchRequest(options=api.WatchOptions(after_revision=0)),
        api.WatchRequest(options=api.WatchOptions(after_revision=0, max_batch_events=4), models=large),
        api.WatchRequest(options=api.WatchOptions(initial_snapshot=True)),
        api.WatchRequest(options=api.WatchOptions(after_revision=0, coalescing=_LATEST)),
        api.WatchRequest(options=api.WatchOptions(initial_snapshot=True), models=large),
    ]
    for chain, request in enumerate(watches, start=1):
        yield from _chain(writing, numbers, chain, request)
    yield from _refused(numbers, writing.head)
    yield from _automatic(writing, numbers)
    yield from _explicit(writing, numbers)
    yield was.Finished((writing.head + 1) * _STEP, writing.head)


def _chain(writing: _Writing, numbers: Iterator[int], chain: int, request: Any) -> Iterator[was.Entry]:
    """Two streams, which change replicas after revision 6; the other way round for every second chain."""
    messages = list(_messages(writing, request))
    first = [message for message in messages if message.revision <= 6]
    rest = [message for message in messages if message.revision > 6]
    again = type(request)()
    again.CopyFrom(request)
    again.options.resume_token = first[-1].resume_token
    for at, (some, wanted_) in enumerate([(first, request), (rest, again)]):
        replica = (chain + at) % 2
        yield from _stream(next(numbers), f"watcher {chain}", chain, replica, wanted_, some, end=not at)
    if request.options.initial_snapshot:
        copy: dict[str, model_pb2.Model] = {}
        for message in messages:
            apply(message, copy)
        yield was.Listed(chain, discovery.ListModelsResponse(models=copy.values()).SerializeToString())


def _messages(writing: _Writing, request: Any) -> Iterator[api.WatchResponse]:
    """What a stream brings: two revisions a message, and a bookmark at the end."""
    options = request.options
    start = 0
    if options.initial_snapshot:
        start = 2
        models = {one.model.model_id: one.model.after for one in writing.updates if one.revision <= start}
        matching = [model for _, model in sorted(models.items()) if holds(request, model)]
        yield api.WatchResponse(snapshot_models=matching)
        yield _message(start, snapshot_complete=True)
    for through in range(start + 2, writing.head + 2, 2):
        updates = [update for update in writing.updates if through - 2 < update.revision <= through]
        yield _message(min(through, writing.head), _selected(request, updates))
    yield _message(writing.head, bookmark=api.WatchBookmark(head_revision=writing.head))


def _selected(request: Any, updates: list[pb.UpdateEvent]) -> list[pb.UpdateEvent]:
    found = []
    for update in updates:
        if (transition := wanted(request, update)) is not None:
            copy = pb.UpdateEvent()
            copy.CopyFrom(update)
            copy.transition = transition  # type: ignore[assignment] # a number of the enum
            if transition == pb.UPDATE_TRANSITION_LEFT:
                copy.model.ClearField("after")
            found.append(copy)
    if getattr(request.options, "coalescing", 0) == _LATEST:
        return _joined(found)
    return found


def _joined(updates: list[pb.UpdateEvent]) -> list[pb.UpdateEvent]:
    last: dict[str, pb.UpdateEvent] = {}
    for update in updates:
        if not update.external:
            if update.model.model_id in last:
                update.model.previous_version = last[update.model.model_id].model.previous_version
            last[update.model.model_id] = update
    return [update for update in updates if update.external or last[update.model.model_id] is update]


def _message(revision: int, updates: list[pb.UpdateEvent] | None = None, **fields: Any) -> api.WatchResponse:
    return api.WatchResponse(revision=revision, resume_token=f"token {revision}", updates=updates, **fields)


def _stream(
    number: int,
    who: str,
    chain: int,
    replica: int,
    request: Any,
    messages: list[api.WatchResponse],
    *,
    since: float = 0.0,
    end: bool | was.Ended = False,
    expected: str = "",
) -> Iterator[was.Entry]:
    at = max(since, messages[0].revision * _STEP if messages else 1.0)
    name = request.DESCRIPTOR.full_name
    yield was.Opened(at, who, chain, number, replica, name, request.SerializeToString(), expected)
    for message in messages:
        at = max(at, message.revision * _STEP) + 0.001
        yield was.Came(at, number, message.SerializeToString())
    if end:
        yield end if isinstance(end, was.Ended) else was.Ended(at + 0.001, number, "LEFT")


def _refused(numbers: Iterator[int], head: int) -> Iterator[was.Entry]:
    """Streams that are refused: one that must be, and one whose place is gone."""
    future = api.WatchRequest(options=api.WatchOptions(after_revision=head + 1000))
    number = next(numbers)
    over = was.Ended(1.1, number, "OUT_OF_RANGE", "FUTURE_REVISION")
    yield from _stream(number, "future", 50, 0, future, [], end=over, expected="FUTURE_REVISION")
    gone = api.WatchRequest(options=api.WatchOptions(after_revision=2))
    number = next(numbers)
    where = {"revision": "2", "compacted_revision": "3"}
    over = was.Ended(1.1, number, "OUT_OF_RANGE", "REVISION_COMPACTED", where)
    yield from _stream(number, "gone", 51, 0, gone, [], end=over)


def _subscription(id_: str, **options: Any) -> tuple[subscription_pb2.Subscription, was.Called]:
    made = subscription_pb2.Subscription(id=id_, type=subscription_pb2.SUBSCRIPTION_TYPE_ALL_UPDATES)
    made.options.CopyFrom(subscription_pb2.SubscriptionOptions(**options))
    request = api.CreateSubscriptionRequest(subscription=made)
    return made, called(0.0, request, api.CreateSubscriptionResponse(subscription=made))


def _sent(
    writing: _Writing, made: subscription_pb2.Subscription, stream: int, begins: int, *pieces: tuple[int, int]
) -> list[api.WatchResponse]:
    """A bookmark, and messages through revisions, each with the attempt that it says to be."""
    messages = [_message(begins, bookmark=api.WatchBookmark(head_revision=max(begins, writing.head)), stream=stream)]
    for through, attempt in pieces:
        updates = [update for update in writing.updates if begins < update.revision <= through]
        messages.append(_message(through, _selected(made, updates), stream=stream, attempt=attempt))
        begins = through
    return messages


def _automatic(writing: _Writing, numbers: Iterator[int]) -> Iterator[was.Entry]:
    """Paused at 4 and resumed, then superseded, then left and continued with its token."""
    made, created = _subscription(AUTOMATIC)
    yield created
    watch = api.WatchRequest(subscription_id=AUTOMATIC)
    number = next(numbers)
    superseded = was.Ended(0.8, number, "ABORTED", "SUBSCRIPTION_SUPERSEDED")
    yield from _stream(number, "one", 60, 0, watch, _sent(writing, made, 1, 0, (4, 1), (6, 1)), end=superseded)
    paused = api.PauseSubscriptionRequest(subscription_id=AUTOMATIC)
    yield called(0.41, paused, api.PauseSubscriptionResponse(revision=4))
    resumed = api.ResumeSubscriptionRequest(subscription_id=AUTOMATIC)
    yield called(0.5, resumed, api.ResumeSubscriptionResponse(revision=5))
    yield from _stream(next(numbers), "one", 61, 1, watch, _sent(writing, made, 2, 6, (8, 1)), end=True)
    again = api.WatchRequest(subscription_id=AUTOMATIC, options=api.WatchOptions(resume_token="token 8"))
    yield from _stream(next(numbers), "one", 62, 0, again, _sent(writing, made, 3, 8, (writing.head, 1)))
    yield _kept(made)


def _explicit(writing: _Writing, numbers: Iterator[int]) -> Iterator[was.Entry]:
    """Sent up to 6, of which 4 were acknowledged; the rest came again, and one update was given up."""
    made, created = _subscription(EXPLICIT, acknowledgement=subscription_pb2.ACKNOWLEDGEMENT_MODE_EXPLICIT)
    yield created
    watch = api.WatchRequest(subscription_id=EXPLICIT)
    yield from _stream(next(numbers), "two", 70, 0, watch, _sent(writing, made, 1, 0, (4, 1), (6, 1)), end=True)
    yield _acknowledged(0.65, 1, 4)
    pieces = ((6, 2), (8, 1), (writing.head, 1))
    yield from _stream(next(numbers), "two", 71, 1, watch, _sent(writing, made, 2, 4, *pieces), since=0.7)
    yield _acknowledged(writing.now + 0.05, 2, writing.head, subscription_pb2.UpdateRejection(revision=8))
    letter = subscription_pb2.DeadLetter(revision=8, update=pb.UpdateEvent(revision=8), reason="NO")
    yield _kept(made, letter)


def _acknowledged(at: float, stream: int, revision: int, *rejected: subscription_pb2.UpdateRejection) -> was.Called:
    request = api.AcknowledgeUpdatesRequest(
        subscription_id=EXPLICIT, stream=stream, through_revision=revision, rejected=rejected
    )
    return called(at, request, api.AcknowledgeUpdatesResponse(acknowledged_revision=revision))


def _kept(made: subscription_pb2.Subscription, *letters: subscription_pb2.DeadLetter) -> was.Kept:
    answer = api.GetSubscriptionResponse(subscription=made)
    dead = api.ListDeadLettersResponse(dead_letters=letters)
    return was.Kept(made.id, answer.SerializeToString(), dead.SerializeToString())
