"""Validators of copies: what the updates of a stream make of the snapshot before them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from modeldex.v1 import model_pb2
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb
from support.watching.streams import Messages, place, updates_of

_ENTERED, _CHANGED, _LEFT = (
    pb.UPDATE_TRANSITION_ENTERED,
    pb.UPDATE_TRANSITION_CHANGED,
    pb.UPDATE_TRANSITION_LEFT,
)


def check_transitions(messages: Messages) -> None:
    """converging: a model enters where it is not, changes and leaves where it is; one that enters comes whole, one that
    leaves brings what it was in the copy, and nothing else; other updates have no transition. For streams that begin
    with a snapshot, or with nothing, and leave out neither side."""
    inside = {model.id: model for message in messages for model in message.snapshot_models}
    for update in updates_of(messages):
        if not update.HasField("model") or update.external:
            assert not update.transition, f"{place(update)} has a transition"
            continue
        known = update.model.model_id in inside
        expected = (_CHANGED, _LEFT) if known else (_ENTERED,)
        assert update.transition in expected, f"{place(update)} of {sorted(inside)}"
        if update.transition == _ENTERED:
            assert update.model.HasField("after"), f"{place(update)} enters without its model"
        if update.transition == _LEFT:
            assert not update.model.HasField("after"), f"{place(update)} leaves with what it is now"
            left = inside.pop(update.model.model_id)
            assert _as_copied(update.model.before) == _as_copied(left), f"{place(update)} left as something else"
        else:
            inside[update.model.model_id] = update.model.after


def copy_of(messages: Messages) -> dict[str, model_pb2.Model]:
    """The copy that a client keeps: the snapshot with the updates applied."""
    copy: dict[str, model_pb2.Model] = {}
    for message in messages:
        apply(message, copy)
    return copy


def apply(message: api.WatchResponse, copy: dict[str, model_pb2.Model]) -> None:
    """Bring a copy to what a message is through."""
    copy.update((model.id, model) for model in message.snapshot_models)
    for update in message.updates:
        if update.transition in (_ENTERED, _CHANGED):
            copy[update.model.model_id] = update.model.after
        elif update.transition == _LEFT:
            copy.pop(update.model.model_id, None)


def check_converging(messages: Messages, listed: Iterable[model_pb2.Model]) -> None:
    """converging: the copy is what ListModels gives with the same filter at the same revision."""
    copy, wanted = copy_of(messages), {model.id: model for model in listed}
    assert copy.keys() == wanted.keys(), f"differ in {sorted(copy.keys() ^ wanted.keys())[:5]}"
    for model_id, model in wanted.items():
        assert _as_copied(copy[model_id]) == _as_copied(model), model_id


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
    copy: dict[str, model_pb2.Model] = {}
    for at, message in enumerate(messages):
        apply(message, copy)
        assert at < begin or holds(copy), f"broken after message {at}, revision {message.revision}"


def _as_copied(model: model_pb2.Model) -> model_pb2.Model:
    """Without what is joined to an answer when a model is read, and is no part of its versions."""
    plain = model_pb2.Model()
    plain.CopyFrom(model)
    plain.ClearField("availability")
    return plain
