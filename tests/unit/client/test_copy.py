"""The copy that a replica keeps."""

from __future__ import annotations

from datetime import timedelta

import pytest

from modeldex.v1 import subscriber_service_pb2 as pb
from modeldex_client import Model, ModelUpdate, UpdateEvent, UpdateTransition
from modeldex_client._copy import Copy, ReplicaChange

ENTERED, CHANGED, LEFT = (
    UpdateTransition.UPDATE_TRANSITION_ENTERED,
    UpdateTransition.UPDATE_TRANSITION_CHANGED,
    UpdateTransition.UPDATE_TRANSITION_LEFT,
)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def copy(clock: Clock) -> Copy:
    """With a snapshot as of revision 5: a/one and a/two, version 1."""
    copy = Copy(clock)
    copy.take_in(snapshot(5, Model(id="a/one", version=1), Model(id="a/two", version=1)))
    return copy


def snapshot(revision: int, *models: Model) -> pb.WatchResponse:
    return pb.WatchResponse(snapshot_models=models, snapshot_complete=True, revision=revision, resume_token="t")


def updates(revision: int, *told: tuple[UpdateTransition.ValueType, str, int]) -> pb.WatchResponse:
    events = [
        UpdateEvent(
            revision=revision,
            ordinal=number,
            transition=transition,
            model=ModelUpdate(model_id=id, after=Model(id=id, version=version) if transition != LEFT else None),
        )
        for number, (transition, id, version) in enumerate(told)
    ]
    return pb.WatchResponse(updates=events, revision=revision, resume_token="t")


def bookmark(revision: int, head: int, lag: float = 0.0) -> pb.WatchResponse:
    message = pb.WatchResponse(bookmark=pb.WatchBookmark(head_revision=head), revision=revision, resume_token="t")
    message.bookmark.lag.FromTimedelta(timedelta(seconds=lag))
    return message


def short(changes: list[ReplicaChange]) -> list[tuple[str, int | None, int | None]]:
    return [
        (one.id, one.before.version if one.before else None, one.after.version if one.after else None)
        for one in changes
    ]


def test_updates_enter_change_and_leave(copy: Copy) -> None:
    changes = copy.take_in(updates(6, (ENTERED, "a/three", 1), (CHANGED, "a/one", 2), (LEFT, "a/two", 0)))
    assert short(changes) == [("a/three", None, 1), ("a/one", 1, 2), ("a/two", 1, None)]
    assert {id: model.version for id, model in copy.models.items()} == {"a/three": 1, "a/one": 2}
    assert (copy.revision, {change.revision for change in changes}) == (6, {6})


def test_updates_of_one_model_in_one_message_build_on_each_other(copy: Copy) -> None:
    """Revisions come together where there are many: each change begins where the one before ended."""
    changes = copy.take_in(updates(6, (CHANGED, "a/one", 2), (LEFT, "a/one", 0), (ENTERED, "a/one", 4)))
    assert short(changes) == [("a/one", 1, 2), ("a/one", 2, None), ("a/one", None, 4)]
    assert copy.models["a/one"].version == 4


def test_what_was_published_from_outside_changes_nothing(copy: Copy) -> None:
    told = ModelUpdate(model_id="a/one", after=Model(id="a/one", version=9))
    assert copy.take_in(pb.WatchResponse(updates=[UpdateEvent(external=True, model=told)], revision=6)) == []
    assert (copy.models["a/one"].version, copy.revision) == (1, 6)


def test_a_further_snapshot_is_compared_with_what_is_held(copy: Copy) -> None:
    """Also where the versions are the same, as after a history that was rewound."""
    copy.take_in(updates(6, (ENTERED, "a/three", 1)))
    models = [Model(id="a/one", version=1), Model(id="a/two", version=1, display_name="Two"), Model(id="a/four")]
    assert copy.take_in(pb.WatchResponse(snapshot_models=models[:1])) == []
    changes = copy.take_in(snapshot(4, *models[1:]))
    assert short(changes) == [("a/three", 1, None), ("a/two", 1, 1), ("a/four", None, 0)]
    assert (list(copy.models), copy.revision) == (["a/one", "a/two", "a/four"], 4)


def test_the_models_that_are_shown_are_those_of_one_moment(copy: Copy) -> None:
    before = copy.models
    assert copy.models is before
    copy.take_in(bookmark(6, 6))
    assert copy.models is before
    copy.take_in(updates(7, (LEFT, "a/one", 0)))
    assert (list(before), list(copy.models)) == (["a/one", "a/two"], ["a/two"])
    with pytest.raises(TypeError):
        before["a/one"] = Model()  # type: ignore[index]


def test_an_empty_catalogue_is_complete() -> None:
    copy = Copy()
    assert not copy.complete
    copy.take_in(snapshot(0))
    assert (copy.complete, copy.models) == (True, {})


def test_staleness_counts_from_when_nothing_was_missing(clock: Clock) -> None:
    copy = Copy(clock)
    assert copy.staleness == float("inf")
    copy.take_in(snapshot(5))
    clock.now += 3
    assert copy.staleness == 3
    copy.take_in(bookmark(5, 5, lag=0.5))
    assert copy.staleness == 0.5
    copy.take_in(bookmark(5, 5, lag=60))  # the server lost its store: nothing newer is known
    assert copy.staleness == 0.5
    clock.now += 10
    copy.take_in(bookmark(5, 8))  # behind: what was committed up to 8 is still to come
    assert copy.staleness == 10.5
    copy.take_in(updates(7, (ENTERED, "a/one", 1)))
    assert copy.staleness == 10.5
    copy.take_in(updates(8, (CHANGED, "a/one", 2)))
    assert copy.staleness == 0
