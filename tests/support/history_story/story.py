"""A story: what callers asked and were answered, what the log told, and what HistoryService said at the end."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import history_pb2, model_pb2
from modeldex.v1 import history_service_pb2 as history
from modeldex.v1 import update_pb2 as pb
from support.principals import METHODS, message_of
from support.robustness import history as was

END = "end"  # who asks at the end, when nothing changes any more
# What says that nothing was changed, and needs no row in the audit trail: the store could not be written.
DENIED = {"STORE_UNAVAILABLE", "WRITE_CONTENTION", "NOT_READY", "DRAINING"}
# What says nothing of what became of it; "": no server spoke.
_UNKNOWN = {"", "COMMIT_UNKNOWN", "DEADLINE_EXCEEDED", "CANCELLED", "INTERNAL"}
_ENVELOPE = ("version", "revision", "create_time", "update_time", "availability")


@dataclass(frozen=True)
class Call:
    """A call that is over. Times are seconds since the run began."""

    who: str
    at: float
    ended: float
    request: Any
    answer: Any = None  # None where it failed
    reason: str = ""
    code: str = ""

    @property
    def method(self) -> str:
        """The name of the method."""
        return str(METHODS[self.request.DESCRIPTOR.full_name].name)

    @property
    def answered(self) -> bool:
        return not self.code

    @property
    def unknown(self) -> bool:
        """Whether nobody knows what it did."""
        return bool(self.code) and self.reason in _UNKNOWN

    @property
    def refused(self) -> bool:
        """Whether the server said that it did nothing, for a reason that lies in the request."""
        return bool(self.code) and self.reason not in _UNKNOWN and self.reason not in DENIED


@dataclass
class Story:
    """What happened. Versions, rollbacks and the audit trail are those of the end."""

    begun: was.Begun = field(default_factory=lambda: was.Begun(0, 0, 0))
    calls: list[Call] = field(default_factory=list)
    updates: list[pb.UpdateEvent] = field(default_factory=list)  # the log, whole and in order
    faults: list[was.Broke] = field(default_factory=list)
    aged: list[was.Compacted] = field(default_factory=list)  # from when on what is up to a revision counts as old
    versions: dict[str, list[history_pb2.ModelVersion]] = field(default_factory=lambda: defaultdict(list))
    rollbacks: dict[str, history_pb2.Rollback] = field(default_factory=dict)
    audit: list[history_pb2.AuditEvent] = field(default_factory=list)

    def of(self, *requests: type[Any]) -> Iterator[Call]:
        """Calls of some methods, whatever became of them; not those of the end."""
        wanted = {one.DESCRIPTOR.full_name for one in requests}
        return (call for call in self.calls if call.who != END and call.request.DESCRIPTOR.full_name in wanted)

    def answered(self, *requests: type[Any]) -> Iterator[Call]:
        """Those that were answered, those of the end among them."""
        wanted = {one.DESCRIPTOR.full_name for one in requests}
        return (call for call in self.calls if call.answered and call.request.DESCRIPTOR.full_name in wanted)

    def all_versions(self) -> Iterator[tuple[str, history_pb2.ModelVersion]]:
        """Every version, of each model in order."""
        for model_id, chain in self.versions.items():
            yield from ((model_id, version) for version in chain)

    def wall(self, at: float) -> float:
        """The time of day of a moment, in seconds of Unix time."""
        return self.begun.wall + at

    @cached_property
    def told(self) -> dict[tuple[str, int], list[pb.UpdateEvent]]:
        """What the log tells of each version."""
        found: dict[tuple[str, int], list[pb.UpdateEvent]] = defaultdict(list)
        for update in self.updates:
            if update.HasField("model") and not update.external:
                found[update.model.model_id, update.model.version].append(update)
        return found

    @cached_property
    def _by_model(self) -> dict[str, list[pb.UpdateEvent]]:
        found: dict[str, list[pb.UpdateEvent]] = defaultdict(list)
        for (model_id, _), updates in self.told.items():
            found[model_id] += updates
        return found

    @cached_property
    def _times(self) -> list[tuple[float, int]]:
        return [(update.time.ToNanoseconds() / 1e9, update.revision) for update in self.updates]

    def document(self, model_id: str, version: int) -> model_pb2.Model | None:
        """The model of a version, as the log told it; None for a deletion."""
        updates = self.told.get((model_id, version))
        return updates[0].model.after if updates and updates[0].model.HasField("after") else None

    def time_of(self, revision: int) -> float:
        """When a revision was committed, by the log: histories are made older meanwhile."""
        return self._committed[revision]

    @cached_property
    def _committed(self) -> dict[int, float]:
        return {revision: time for time, revision in self._times}

    def revision_at(self, moment: Timestamp) -> int:
        """The last revision that was committed until a moment."""
        at = bisect_right(self._times, (moment.ToNanoseconds() / 1e9, float("inf")))
        return self._times[at - 1][1] if at else 0

    def as_of(self, model_id: str, revision: int) -> model_pb2.Model | None:
        """A model after a revision, by what the log told up to it."""
        updates = self._by_model.get(model_id, [])
        at = bisect_right(updates, revision, key=lambda update: update.revision)
        return updates[at - 1].model.after if at and updates[at - 1].model.HasField("after") else None

    def all_as_of(self, revision: int) -> dict[str, model_pb2.Model]:
        """All models after a revision."""
        found = {model_id: self.as_of(model_id, revision) for model_id in self._by_model}
        return {model_id: model for model_id, model in found.items() if model is not None}

    def summary(self) -> str:
        """What it is about, in a few lines."""
        calls = Counter(f"{call.method} {call.reason or call.code or 'OK'}" for call in self.calls if call.who != END)
        states = Counter(history_pb2.RollbackState.Name(one.state)[15:] for one in self.rollbacks.values())
        purged = sum(version.HasField("purge_time") for _, version in self.all_versions())
        operations = Counter(
            history_pb2.ModelVersionOperation.Name(version.operation)[24:] for _, version in self.all_versions()
        )
        faults = Counter(fault.what for fault in self.faults)
        return "\n".join(
            f"{name}: {', '.join(f'{count} x {key}' for key, count in sorted(counted.items()))}"
            for name, counted in (
                ("calls", calls),
                ("versions", operations + Counter({"purged": purged})),
                ("rollbacks", states),
                ("faults", faults),
            )
        )


def facts(model: model_pb2.Model | None) -> bytes | None:
    """What a model says, without what belongs to the version that says it, in the form that equal ones share."""
    if model is None:
        return None
    document = model_pb2.Model()
    document.CopyFrom(model)
    for name in _ENVELOPE:
        document.ClearField(name)  # type: ignore[arg-type] # the name of a field
    return document.SerializeToString(deterministic=True)


def seconds(moment: Timestamp) -> float:
    """A moment in seconds of Unix time."""
    return moment.ToNanoseconds() / 1e9


def story_of(entries: Iterable[was.Entry]) -> Story:
    """Puts a history together."""
    story = Story()
    for entry in entries:
        match entry:
            case was.Begun():
                story.begun = entry
            case was.Called():
                story.calls.append(_call(entry))
            case was.Told():
                story.updates.append(pb.UpdateEvent.FromString(entry.data))
            case was.Broke():
                story.faults.append(entry)
            case was.Compacted():
                story.aged.append(entry)
    _end(story)
    return story


def _call(entry: was.Called) -> Call:
    method = METHODS[entry.method]
    answer = None if entry.code else message_of(method.output_type, entry.answer)
    request = message_of(method.input_type, entry.request)
    return Call(entry.who, entry.at, entry.ended, request, answer, entry.reason, entry.code)


def _end(story: Story) -> None:
    for call in story.calls:
        if call.who != END or not call.answered:
            continue
        match call.request:
            case history.ListModelVersionsRequest():
                _put_first(story.versions[call.request.model_id], call.answer.versions)
            case history.ListRollbacksRequest():
                story.rollbacks |= {one.id: one for one in call.answer.rollbacks}
            case history.ListAuditEventsRequest():
                _put_first(story.audit, call.answer.events)


def _put_first(known: list[Any], newest_first: Sequence[Any]) -> None:
    """A page of older ones, newest first, before what is known."""
    known[:0] = reversed(newest_first)
