"""The copy that a client replica keeps: pure, so that it is the same in both halves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from threading import Lock
from time import monotonic
from types import MappingProxyType
from typing import NamedTuple

from modeldex.v1 import subscriber_service_pb2 as pb
from modeldex.v1.model_pb2 import Model
from modeldex.v1.update_pb2 import UPDATE_TRANSITION_LEFT, UPDATE_TRANSITION_UNSPECIFIED, UpdateEvent


class ReplicaChange(NamedTuple):
    """What changed in a client replica.

    Attributes:
        id: The model.
        before: What the replica held; None where the model came in.
        after: What it holds now; None where the model left, or does not match the filter any more.
        revision: The revision that the replica reached with it.
        event: The update that says so; None where a new snapshot differs from what was held.
    """

    id: str
    before: Model | None
    after: Model | None
    revision: int
    event: UpdateEvent | None


class Copy:
    """Models by id, kept current by the messages of a watch. One thread feeds it; any may read."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.revision = 0
        self.complete = False  # whether there was a whole snapshot
        self._clock = clock
        self._lock = Lock()
        self._models: dict[str, Model] = {}
        self._shown: Mapping[str, Model] | None = None
        self._snapshot: list[Model] = []
        self._current_at = -inf  # when it was last known to miss nothing
        self._head = 0  # the revision that it has to reach to be current again
        # Of the dictionary itself: a lookup is nothing but a lookup.
        self.get = self._models.get

    @property
    def models(self) -> Mapping[str, Model]:
        """All models, as of the end of one revision. What is given changes no more."""
        shown = self._shown
        if shown is None:
            with self._lock:
                shown = self._shown = MappingProxyType(self._models.copy())
        return shown

    @property
    def staleness(self) -> float:
        """Seconds since it was last known to miss nothing; infinite before the first snapshot."""
        return self._clock() - self._current_at

    def take_in(self, message: pb.WatchResponse) -> list[ReplicaChange]:
        """Apply a message. What changed by it."""
        if message.snapshot_models or message.snapshot_complete:
            self._snapshot += map(_own, message.snapshot_models)
            if not message.snapshot_complete:
                return []
            changes = self._replaced(message.revision)
        else:
            changes = self._updated(message)
        with self._lock:
            for change in changes:
                if change.after is None:
                    self._models.pop(change.id, None)
                else:
                    self._models[change.id] = change.after
            if changes:
                self._shown = None
            self.revision = message.revision
        self.complete = True
        self._look_at_time(message)
        return changes

    def _updated(self, message: pb.WatchResponse) -> list[ReplicaChange]:
        changes = []
        held: dict[str, Model | None] = {}  # by the changes before, of this message
        for event in message.updates:
            if event.transition == UPDATE_TRANSITION_UNSPECIFIED:
                continue  # published from outside: it changed no model
            update = event.model
            before = held[update.model_id] if update.model_id in held else self._models.get(update.model_id)
            after = None if event.transition == UPDATE_TRANSITION_LEFT else _own(update.after)
            held[update.model_id] = after
            if before is not None or after is not None:
                changes.append(ReplicaChange(update.model_id, before, after, event.revision, event))
        return changes

    def _replaced(self, revision: int) -> list[ReplicaChange]:
        """What a whole snapshot changes in what is held."""
        now, self._snapshot = {model.id: model for model in self._snapshot}, []
        gone = [ReplicaChange(id, before, None, revision, None) for id, before in self._models.items() if id not in now]
        return gone + [
            ReplicaChange(id, self._models.get(id), after, revision, None)
            for id, after in now.items()
            if self._models.get(id) != after
        ]

    def _look_at_time(self, message: pb.WatchResponse) -> None:
        lag = 0.0
        if message.HasField("bookmark"):
            lag = message.bookmark.lag.ToTimedelta().total_seconds()
            self._head = message.bookmark.head_revision
        if message.revision >= self._head:
            self._current_at = max(self._current_at, self._clock() - lag)


def _own(model: Model) -> Model:
    """A model of its own: as part of a message it would keep all of it in memory."""
    own = Model()
    own.CopyFrom(model)
    return own
