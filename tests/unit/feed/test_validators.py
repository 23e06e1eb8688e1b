"""The validators of streams: each fails on the fault it is there for, and all pass without one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from modeldex.v1 import model_pb2
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb
from support import watching

MODELS = ("acme/one", "acme/two")
Messages = list[api.WatchResponse]
Fault = Callable[[Messages], object]


def update(revision: int, ordinal: int, model_id: str, version: int, transition: int) -> pb.UpdateEvent:
    model = model_pb2.Model(id=model_id, version=version, revision=revision, context_window=version)
    told = pb.ModelUpdate(model_id=model_id, version=version, previous_version=version - 1)
    if transition == pb.UPDATE_TRANSITION_LEFT:
        told.before.CopyFrom(model_pb2.Model(id=model_id, version=version - 1, context_window=version - 1))
        told.before.revision = revision - 1
    else:
        told.after.CopyFrom(model)
    return pb.UpdateEvent(revision=revision, ordinal=ordinal, transition=transition, model=told)  # type: ignore[arg-type]


def message(revision: int, *updates: pb.UpdateEvent) -> api.WatchResponse:
    return api.WatchResponse(updates=updates, revision=revision, resume_token=f"token {revision}")


def good() -> Messages:
    """A stream that keeps every promise: a snapshot of one model, then both are changed with each revision."""
    snapshot = [model_pb2.Model(id=MODELS[0], version=1, context_window=1), model_pb2.Model(id="acme/three", version=1)]
    messages = [api.WatchResponse(snapshot_models=snapshot)]
    messages.append(api.WatchResponse(snapshot_complete=True, revision=1, resume_token="token 1"))
    messages.append(message(2, update(2, 0, MODELS[0], 2, 2), update(2, 1, MODELS[1], 2, 1)))
    bookmark = message(3)
    bookmark.bookmark.head_revision = 3
    messages.append(bookmark)
    for revision in (4, 6):
        pairs = [(revision + at, model_id) for at in (0, 1) for model_id in MODELS]
        messages.append(
            message(
                revision + 1,
                *(update(number, MODELS.index(model_id), model_id, number - 1, 2) for number, model_id in pairs),
            )
        )
    messages.append(message(8, update(8, 0, MODELS[0], 7, 3), update(8, 1, MODELS[1], 7, 2)))
    return messages


EXPECTED = [(revision, ordinal) for revision in (2, 4, 5, 6, 7, 8) for ordinal in (0, 1)]
LISTED = [
    model_pb2.Model(id=MODELS[1], version=7, revision=8, context_window=7),
    model_pb2.Model(id="acme/three", version=1),
]


def balanced(copy: dict[str, model_pb2.Model]) -> bool:
    """Both models have the same number, where both are there."""
    first, second = copy.get(MODELS[0]), copy.get(MODELS[1])
    return first is None or second is None or first.context_window == second.context_window


CHECKS: dict[str, Callable[[Messages], None]] = {
    "ordered": watching.check_ordered,
    "unique": watching.check_unique,
    "atomic": watching.check_atomic,
    "reliable": lambda messages: watching.check_reliable(messages, EXPECTED, 1),
    "bookmarked": watching.check_bookmarked,
    "reaches": lambda messages: watching.check_reaches(messages, 8),
    "resumable": watching.check_resumable,
    "versions": watching.check_versions,
    "transitions": watching.check_transitions,
    "converging": lambda messages: watching.check_converging(messages, LISTED),
    "batched": lambda messages: watching.check_batched(messages, events=4, size=1000),
    "snapshot": watching.check_snapshot,
    "consistent": lambda messages: watching.check_consistent(messages, balanced),
}


def split(messages: Messages) -> None:
    """The last message in two."""
    whole = messages.pop()
    messages += [message(8, whole.updates[0]), message(8, whole.updates[1])]


def reorder(messages: Messages) -> None:
    messages[4], messages[5] = messages[5], messages[4]


def reverse(messages: Messages) -> None:
    updates = list(messages[2].updates)
    del messages[2].updates[:]
    messages[2].updates.extend(reversed(updates))


def bookmark_early(messages: Messages) -> None:
    """A bookmark one revision ahead of what was sent."""
    messages[3].revision = 4


def boast(messages: Messages) -> None:
    """A message that is through less than it brings."""
    messages[4].revision = 4


def forget_last(messages: Messages) -> None:
    """An update that was still to come when the stream said it is through it."""
    del messages[6].updates[:]


def leave_whole(messages: Messages) -> None:
    messages[6].updates[0].model.after.id = MODELS[0]


def leave_bare(messages: Messages) -> None:
    messages[6].updates[0].model.ClearField("before")


def leave_as_another(messages: Messages) -> None:
    messages[6].updates[0].model.before.context_window = 1


def enter_twice(messages: Messages) -> None:
    messages[4].updates[0].transition = pb.UPDATE_TRANSITION_ENTERED


def enter_bare(messages: Messages) -> None:
    messages[2].updates[1].model.ClearField("after")


def mark_external(messages: Messages) -> None:
    """An external update with a transition."""
    messages[4].updates[0].external = True


def age(messages: Messages) -> None:
    """An update that brings an old model."""
    messages[6].updates[1].model.after.context_window = 1


def tear(messages: Messages) -> None:
    """A change of two models in two messages, as if it were of two revisions."""
    whole = messages.pop()
    messages.append(message(8, whole.updates[1]))


def swell(messages: Messages) -> None:
    messages[4].updates[0].reason = "x" * 2000


def crowd(messages: Messages) -> None:
    messages[4].updates.extend([update(5, 2, "acme/four", 1, 1), update(5, 3, "acme/five", 1, 1)])


def stop_early(messages: Messages) -> None:
    del messages[6:]


def drop_token(messages: Messages) -> None:
    messages[3].resume_token = ""


def token_in_snapshot(messages: Messages) -> None:
    messages[0].resume_token = "too early"


def end_twice(messages: Messages) -> None:
    messages.insert(2, api.WatchResponse(snapshot_complete=True, revision=1, resume_token="token"))


def update_in_snapshot(messages: Messages) -> None:
    messages[0], messages[2] = messages[2], messages[0]


def disorder_snapshot(messages: Messages) -> None:
    messages[0].snapshot_models.reverse()


FAULTS: list[tuple[str, Fault]] = [
    ("ordered", reorder),
    ("ordered", reverse),
    ("ordered", boast),
    ("unique", lambda messages: messages.append(messages[6])),
    ("unique", lambda messages: messages[4].updates.append(messages[4].updates[3])),
    ("atomic", split),
    ("reliable", lambda messages: messages.pop(4)),
    ("reliable", lambda messages: messages[2].updates.pop()),
    ("reliable", forget_last),
    ("reliable", lambda messages: messages[6].updates.append(update(8, 7, "acme/nobody", 1, 1))),
    ("bookmarked", bookmark_early),
    ("bookmarked", lambda messages: messages.append(messages[2])),
    ("bookmarked", lambda messages: setattr(messages[3].bookmark, "head_revision", 2)),
    ("reaches", stop_early),
    ("resumable", drop_token),
    ("resumable", token_in_snapshot),
    ("versions", lambda messages: messages.pop(4)),
    ("versions", reorder),
    ("transitions", leave_whole),
    ("transitions", leave_bare),
    ("transitions", leave_as_another),
    ("transitions", enter_twice),
    ("transitions", enter_bare),
    ("transitions", mark_external),
    ("transitions", lambda messages: messages.pop(2)),
    ("converging", age),
    ("converging", lambda messages: messages.pop()),
    ("converging", lambda messages: messages[0].snapshot_models.pop()),
    ("batched", swell),
    ("batched", crowd),
    ("snapshot", end_twice),
    ("snapshot", update_in_snapshot),
    ("snapshot", disorder_snapshot),
    ("snapshot", lambda messages: messages.append(messages[0])),
    ("consistent", lambda messages: messages[4].updates.pop()),
    ("consistent", tear),
]


def test_a_good_stream_passes_all() -> None:
    """The validators find nothing wrong where nothing is."""
    for check in CHECKS.values():
        check(good())
    watching.check_stream(good(), EXPECTED, 1)


@pytest.mark.parametrize(("promise", "fault"), FAULTS, ids=[f"{p}-{at}" for at, (p, _) in enumerate(FAULTS)])
def test_a_fault_is_found(promise: str, fault: Fault) -> None:
    """Each validator fails on the fault it is there for."""
    messages = good()
    fault(messages)
    with pytest.raises(AssertionError):
        CHECKS[promise](messages)


def test_every_validator_was_seen_to_fail() -> None:
    """There is a fault for each."""
    assert CHECKS.keys() == {promise for promise, _ in FAULTS}


def test_joined_updates_are_checked() -> None:
    """coalescing: a model twice in a message, or a gap between two updates of it, is found."""
    joined = [message(3, update(3, 0, MODELS[0], 3, 2)), message(5, update(5, 0, MODELS[0], 5, 2))]
    joined[1].updates[0].model.previous_version = 3
    watching.check_coalesced(joined)
    joined[1].updates[0].model.previous_version = 4
    with pytest.raises(AssertionError):
        watching.check_coalesced(joined)
    with pytest.raises(AssertionError, match="twice"):
        watching.check_coalesced([message(3, update(2, 0, MODELS[0], 2, 2), update(3, 0, MODELS[0], 3, 2))])
