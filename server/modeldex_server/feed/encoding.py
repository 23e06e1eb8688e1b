"""Events as the updates of a stream: what of them is sent, and how the change of a model stands to the filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from modeldex.v1 import model_pb2
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb
from modeldex_server.conditions.updates import UpdateFilter
from modeldex_server.feed.ring import Revision
from modeldex_server.feed.sight import seen
from modeldex_server.ledger import diff
from modeldex_server.ledger.documents import canonical
from modeldex_server.ledger.events import MODEL
from modeldex_server.ledger.logged import LoggedEvent
from modeldex_server.security.scope import Scope
from modeldex_server.wire import delimited, tag

_UPDATES = tag(api.WatchResponse, "updates")
_TRANSITIONS: dict[int, bytes] = {
    number: pb.UpdateEvent(transition=number).SerializeToString() for number in pb.UpdateTransition.values()
}
_ENTERED, _CHANGED, _LEFT = (
    pb.UPDATE_TRANSITION_ENTERED,
    pb.UPDATE_TRANSITION_CHANGED,
    pb.UPDATE_TRANSITION_LEFT,
)


@dataclass(frozen=True, slots=True)
class Selection:
    """What a stream wants: which kinds of updates (field numbers of UpdateEvent.update), which of them, and how much
    of each; and what it may have, its scope. Streams with equal selections share a class."""

    kinds: frozenset[int]
    filter: UpdateFilter
    scope: Scope
    before: bool = True
    after: bool = True
    changes: bool = True
    coalesced: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for selections that are."""
        return (self.hash, self.scope.key, self.before, self.after, self.changes, self.coalesced)

    @property
    def hash(self) -> bytes:
        """Of what is asked for: resume tokens are bound to it, and to the scope."""
        return bytes(sorted(self.kinds)) + self.filter.hash

    def latest(self, revisions: Sequence[Revision]) -> list[bytes]:
        """The updates of some revisions, of each model only the last, as the difference to what it was before them."""
        first: dict[str, LoggedEvent] = {}
        last: dict[str, LoggedEvent] = {}
        others: list[tuple[tuple[int, int], bytes]] = []
        for revision in revisions:
            for event in revision.events:
                if event.kind == MODEL and MODEL in self.kinds and not event.external:
                    # Only those that would be sent: what an update is, too, may decide that.
                    if seen(event, self.scope) and _transition(event, event, self.filter) is not None:
                        first.setdefault(event.model_id, event)
                        last[event.model_id] = event
                elif data := encode(event, self):
                    others.append(((event.revision, event.ordinal), data))
        for model_id, event in last.items():
            if data := _joined(first[model_id], event, self):
                others.append(((event.revision, event.ordinal), data))
        return [data for _, data in sorted(others, key=lambda one: one[0])]


def encode(event: LoggedEvent, selection: Selection) -> bytes:
    """The event as a field of the answer; empty where the stream does not want it, or may not have it."""
    told = seen(event, selection.scope) if event.kind in selection.kinds else None
    if told is None:
        return b""
    if told.kind != MODEL or told.external:
        if not selection.filter.matches(told):
            return b""
        return delimited(_UPDATES, told.update_event(selection.before, selection.after, selection.changes))
    transition = _transition(told, told, selection.filter)
    if transition is None:
        return b""
    before, after = _sides(transition, selection)
    return delimited(_UPDATES, told.update_event(before, after, selection.changes) + _TRANSITIONS[transition])


def _transition(first: LoggedEvent, last: LoggedEvent, filter: UpdateFilter) -> int | None:
    matched = filter.matches_before(first)
    if filter.matches_after(last):
        return _CHANGED if matched else _ENTERED
    return _LEFT if matched else None


def _sides(transition: int, selection: Selection) -> tuple[bool, bool]:
    """Whether the models before and after are sent."""
    return selection.before, transition == _ENTERED or (selection.after and transition != _LEFT)


def _joined(first: LoggedEvent, last: LoggedEvent, selection: Selection) -> bytes:
    if first is last:
        return encode(last, selection)
    transition = _transition(first, last, selection.filter)
    if transition is None:
        return b""
    event = pb.UpdateEvent.FromString(last.update_event(before=False, after=True, changes=False))
    before, after = first.model_before(), last.model_after()
    event.model.previous_version = first.previous_version
    event.model.ClearField("after")
    with_before, with_after = _sides(transition, selection)
    if before is not None and with_before:
        event.model.before.CopyFrom(before)
    if after is not None and with_after:
        event.model.after.CopyFrom(after)
    changes = _differences(before, after) if before is not None and after is not None else []
    event.model.type = _type(before is not None, after is not None, changes)
    if selection.changes:
        event.model.changes.extend(changes)
    del event.change_kinds[:]
    event.change_kinds.extend(sorted({change.kind for change in changes}))
    event.transition = transition  # type: ignore[assignment] # one of the enum's numbers
    return delimited(_UPDATES, event.SerializeToString())


def _differences(before: model_pb2.Model, after: model_pb2.Model) -> list[pb.FieldChange]:
    """Between the documents: the envelopes of two versions differ always."""
    return diff.diff(canonical(before), canonical(after))


def _type(before: bool, after: bool, changes: Sequence[pb.FieldChange]) -> pb.ModelUpdateType.ValueType:
    if not after:
        return pb.MODEL_UPDATE_TYPE_REMOVED
    if not before:
        return pb.MODEL_UPDATE_TYPE_ADDED
    if changes and all(change.kind == pb.FIELD_CHANGE_KIND_CAPABILITY for change in changes):
        return pb.MODEL_UPDATE_TYPE_CAPABILITIES_CHANGED
    return pb.MODEL_UPDATE_TYPE_UPDATED
