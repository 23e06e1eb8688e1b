"""The validators of stories: each fails on the fault it is there for, and all pass where every promise is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import model_pb2, subscription_pb2
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb
from support.robustness import history as was
from support.robustness.made_up import AUTOMATIC, EXPLICIT, called, good
from support.robustness.promises import PROMISES, broken_by
from support.robustness.story import Story, Stream

Fault = Callable[[Story], object]


def stream(story: Story, chain: int, at: int = 0) -> Stream:
    return story.chains[chain].streams[at]


def drop_message(story: Story, chain: int, which: int, at: int = 0) -> None:
    del stream(story, chain, at).messages[which], stream(story, chain, at).times[which]


def swap(story: Story) -> None:
    messages = stream(story, 1).messages
    messages[0], messages[1] = messages[1], messages[0]


def repeat(story: Story) -> None:
    one = stream(story, 1, 1)
    one.messages.insert(1, one.messages[0])
    one.times.insert(1, one.times[0])


def split(story: Story) -> None:
    """A revision of two updates in two messages."""
    one = stream(story, 1)
    whole = one.messages[0]
    part = api.WatchResponse(updates=[whole.updates[-1]], revision=2, resume_token="token 2")
    del whole.updates[-1]
    one.messages.insert(1, part)
    one.times.insert(1, one.times[0])


def forget_update(story: Story, chain: int = 2) -> None:
    updates = stream(story, chain).messages[-1].updates or stream(story, chain).messages[0].updates
    del updates[-1]


def other_transition(story: Story) -> None:
    stream(story, 2).messages[0].updates[0].transition = pb.UPDATE_TRANSITION_CHANGED


def answer_of(story: Story, request: type[object]) -> int:
    name = request.DESCRIPTOR.full_name  # type: ignore[attr-defined] # of a message
    return next(at for at, call in enumerate(story.calls) if call.method == name)


def claim(story: Story, **fields: object) -> None:
    """Another answer to the first save."""
    at = answer_of(story, discovery.SaveModelRequest)
    answer = discovery.SaveModelResponse.FromString(story.calls[at].answer)
    answer.MergeFrom(discovery.SaveModelResponse(**fields))  # type: ignore[arg-type] # fields of it
    story.calls[at] = replace(story.calls[at], answer=answer.SerializeToString())


def claimed_by_nobody(story: Story) -> None:
    del story.calls[answer_of(story, discovery.SaveModelRequest)]


def claimed_twice(story: Story) -> None:
    story.calls.append(story.calls[answer_of(story, discovery.SaveModelRequest)])


def noop_that_changed(story: Story) -> None:
    """A save that says that nothing changed, of a version that nobody knows."""
    request = discovery.SaveModelRequest(model=model_pb2.Model(id="same/one"))
    model = model_pb2.Model(id="same/one", version=2)
    story.calls.append(called(0.5, request, discovery.SaveModelResponse(model=model, revision=6)))


def noop_with_version(story: Story) -> None:
    """Saved alike, and a version all the same."""
    story.truth.append(pb.UpdateEvent(revision=99, model=pb.ModelUpdate(model_id="same/one", version=2)))


def of(story: Story, revision: int) -> pb.ModelUpdate:
    return next(update.model for update in story.truth if update.revision == revision)


def other_token(story: Story) -> None:
    """A chain that goes on from its first message, not from its last."""
    stream(story, 1, 1).request.options.resume_token = "token 2"


def one_replica(story: Story) -> None:
    for one in story.streams.values():
        one.opened = replace(one.opened, replica=0)


def end_as(story: Story, chain: int, code: str, reason: str = "", **metadata: str) -> None:
    one = stream(story, chain)
    assert one.ended is not None
    one.ended = replace(one.ended, code=code, reason=reason, metadata=metadata or None)


def be_gone(story: Story, stood: int, begins: int) -> None:
    """Told that its place is gone, where it is not, or where the log is said to begin elsewhere than it does."""
    end_as(story, 51, "OUT_OF_RANGE", "REVISION_COMPACTED", revision=str(stood), compacted_revision=str(begins))


def bring_first(story: Story) -> None:
    """Old data, and then the refusal."""
    refused = stream(story, 50)
    refused.messages.append(stream(story, 1).messages[0])
    refused.times.append(1.0)


def stay_behind(story: Story) -> None:
    """A chain that never comes to the head."""
    one = stream(story, 2, 1)
    del one.messages[2:], one.times[2:]


def fall_silent(story: Story) -> None:
    """Nothing comes on a stream any more, for a minute."""
    story.finished = replace(story.finished, at=60.0)


def be_late(story: Story) -> None:
    """What was acknowledged comes half a minute later."""
    one = stream(story, 1, 1)
    one.times = [at + 40 for at in one.times]


def linger(story: Story) -> None:
    """An update that waits long on a stream that was level, while nothing is broken."""
    one = stream(story, 1)
    one.messages.insert(0, api.WatchResponse(resume_token="token 0", bookmark=api.WatchBookmark(head_revision=0)))
    one.times = [0.0, *(at + 20 for at in one.times)]
    story.faults.clear()


def crowd(story: Story) -> None:
    """More updates in a message than were asked for."""
    first, second = stream(story, 2).messages[:2]
    second.updates.MergeFrom(first.updates)
    for _ in range(3):
        second.updates.add().CopyFrom(second.updates[-1])


def unbalance(story: Story) -> None:
    """Only one of two models that are changed together."""
    for message in stream(story, 3).messages:
        for update in message.updates:
            if update.model.model_id == "fake/first":
                update.model.after.context_window += 1


def age_copy(story: Story) -> None:
    """An older version than what is current there."""
    stream(story, 3).messages[2].updates[0].model.after.version += 7


def list_another(story: Story) -> None:
    listed = discovery.ListModelsResponse.FromString(story.listed[3])
    del listed.models[0]
    story.listed[3] = listed.SerializeToString()


def twice_in_a_message(story: Story) -> None:
    messages = stream(story, 4, 1).messages
    told = next(
        message for message in messages if any(update.model.model_id == "random/a" for update in message.updates)
    )
    told.updates.add().CopyFrom(told.updates[0])


def gap_in_joined(story: Story) -> None:
    for message in stream(story, 4, 1).messages:
        for update in message.updates:
            if update.transition == pb.UPDATE_TRANSITION_CHANGED:
                update.model.previous_version += 1
                update.model.version += 1


def sent_while_paused(story: Story) -> None:
    one = stream(story, 60)
    one.times[2] = 0.45


def begin_later(story: Story) -> None:
    """What came between two streams of a subscription is nobody's."""
    drop_message(story, 60, -1)


def begin_elsewhere(story: Story) -> None:
    stream(story, 62).request.options.resume_token = "token 4"


def begin_earlier(story: Story) -> None:
    """A newer stream brings what the older one brought."""
    one, older = stream(story, 61), stream(story, 60)
    one.messages[0].revision = 4
    one.messages.insert(1, older.messages[-1])
    one.times.insert(1, one.times[0])
    story.faults.clear()


def number_again(story: Story) -> None:
    for message in stream(story, 61).messages:
        message.stream = 1


def acknowledge_the_older(story: Story) -> None:
    request = api.AcknowledgeUpdatesRequest(subscription_id=EXPLICIT, stream=1, through_revision=6)
    answer = api.AcknowledgeUpdatesResponse(acknowledged_revision=6)
    story.calls.append(called(1.0, request, answer))


def sent_again(story: Story) -> None:
    """What was acknowledged comes again."""
    one, first = stream(story, 71), stream(story, 70)
    one.messages.append(first.messages[1])
    one.times.append(one.times[-1] + 10)


def attempt_one(story: Story) -> None:
    stream(story, 71).messages[1].attempt = 1


def given_up(story: Story, **letter: object) -> None:
    dead = subscription_pb2.DeadLetter(**letter)  # type: ignore[arg-type] # fields of it
    answer = api.ListDeadLettersResponse(dead_letters=[dead])
    story.kept[EXPLICIT] = replace(story.kept[EXPLICIT], dead_letters=answer.SerializeToString())


FAULTS: list[tuple[str, Fault]] = [
    ("gap_free", lambda story: story.truth.pop(3)),
    ("gap_free", lambda story: (story.truth.pop(0), story.places.pop(0))),
    ("gap_free", lambda story: story.places.append((99, 0))),
    ("acknowledged", lambda story: claim(story, revision=3)),
    ("acknowledged", claimed_by_nobody),
    ("acknowledged", claimed_twice),
    ("silent", noop_that_changed),
    ("silent", noop_with_version),
    ("versions", lambda story: setattr(of(story, 1), "version", 2)),
    ("versions", lambda story: of(story, 5).ClearField("before")),
    ("versions", lambda story: setattr(of(story, 5), "type", pb.MODEL_UPDATE_TYPE_ADDED)),
    ("versions", lambda story: story.truth.pop(next(at for at, one in enumerate(story.truth) if one.revision == 9))),
    ("ordered", swap),
    ("unique", repeat),
    ("atomic", split),
    ("reliable", forget_update),
    ("reliable", other_transition),
    ("reliable", lambda story: drop_message(story, 1, 1)),
    ("resumable", other_token),
    ("resumable", one_replica),
    ("resumable", lambda story: stream(story, 2).messages[0].ClearField("resume_token")),
    ("never_silent", lambda story: end_as(story, 1, "INTERNAL", "INTERNAL")),
    ("never_silent", lambda story: end_as(story, 50, "OK")),
    ("never_silent", lambda story: end_as(story, 50, "UNAVAILABLE")),
    ("never_silent", bring_first),
    (
        "never_silent",
        lambda story: be_gone(story, 5, 9),
    ),
    (
        "never_silent",
        lambda story: be_gone(story, 3, 3),
    ),
    ("bookmarked", stay_behind),
    ("bookmarked", fall_silent),
    ("bookmarked", lambda story: setattr(stream(story, 1).messages[0], "revision", 4)),
    ("covered", be_late),
    ("batches", linger),
    ("batches", crowd),
    ("balanced", unbalance),
    ("converging", age_copy),
    ("converging", list_another),
    ("converging", lambda story: stream(story, 5).messages[0].snapshot_models.pop()),
    ("coalescing", twice_in_a_message),
    ("coalescing", gap_in_joined),
    ("lasting", begin_later),
    ("lasting", begin_elsewhere),
    ("lasting", begin_earlier),
    ("lasting", lambda story: stream(story, 61).messages[1].updates.pop()),
    ("lasting", lambda story: drop_message(story, 62, -1)),
    ("paused", sent_while_paused),
    ("one_stream", number_again),
    ("one_stream", acknowledge_the_older),
    ("redelivered", sent_again),
    ("redelivered", attempt_one),
    ("redelivered", lambda story: given_up(story, revision=6, update=pb.UpdateEvent(revision=6))),
    ("redelivered", lambda story: given_up(story, revision=99, update=pb.UpdateEvent(revision=99))),
]


def test_a_good_story_passes_all() -> None:
    """The validators find nothing wrong where nothing is."""
    assert broken_by(good()) == []
    assert AUTOMATIC in good().kept


@pytest.mark.parametrize(("promise", "fault"), FAULTS, ids=[f"{name}-{at}" for at, (name, _) in enumerate(FAULTS)])
def test_a_fault_is_found(promise: str, fault: Fault) -> None:
    """Each validator fails on the fault it is there for."""
    story = good()
    fault(story)
    with pytest.raises(AssertionError):
        PROMISES[promise](story)


def test_every_validator_was_seen_to_fail() -> None:
    """There is a fault for each."""
    assert PROMISES.keys() == {promise for promise, _ in FAULTS}


def test_a_history_is_read_as_it_was_written(tmp_path: Path) -> None:
    """A stored history is the story it was."""
    entries: list[was.Entry] = [
        was.Begun(1, 60.0, 1.5),
        was.Called(0.1, 0.2, "one", 0, "modeldex.v1.GetModelRequest", b"\x00\xff", code="NOT_FOUND", reason="GONE"),
        was.Ended(0.3, 7, "OK", metadata={"revision": "3"}),
        was.Stored([(1, 0), (1, 1)]),
        was.Broke(0.1, 0.4, "frozen", [1]),
    ]
    written = was.History(tmp_path / "history.jsonl")
    for entry in entries:
        written.add(entry)
    written.close()
    entries[3] = was.Stored([[1, 0], [1, 1]])  # type: ignore[list-item] # JSON knows no tuples
    assert list(was.read(written.path)) == entries
