"""An event of the log, as thin as an index needs it and with all that a stream sends."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from google.protobuf.message import Message

from modeldex.v1 import model_pb2
from modeldex.v1 import update_pb2 as pb
from modeldex_server.ledger.changes import Changed
from modeldex_server.ledger.documents import envelope, stamp
from modeldex_server.ledger.events import KINDS, MODEL, PROVIDER
from modeldex_server.wire import delimited, tag

_TAGS = {number: tag(pb.UpdateEvent, name) for name, number in KINDS.items()}
_MESSAGES: dict[int, type[Message]] = {
    KINDS["model"]: pb.ModelUpdate,
    KINDS["provider"]: pb.ProviderUpdate,
    KINDS["capability"]: pb.CapabilityUpdate,
    KINDS["lifecycle"]: pb.LifecycleUpdate,
    KINDS["operation"]: pb.OperationUpdate,
    KINDS["subscription"]: pb.SubscriptionUpdate,
}
_BEFORE, _AFTER = tag(pb.ModelUpdate, "before"), tag(pb.ModelUpdate, "after")
_OVERHEAD_BYTES = 700  # of an event in memory, beside its bytes


# Rows are not frozen, for that would double the time it takes to read one.
@dataclass(slots=True, eq=False)
class LogRow:
    """An event, with the state of the log when it was read. The row of a page without events never leaves the log."""

    epoch: UUID
    head: int
    compacted: int
    revision: int
    ordinal: int
    kind: int  # the number of its field in UpdateEvent.update
    type: int  # of the enum of its kind; of the life cycle the milestone
    provider_id: str  # '' for none
    model_id: str  # '' for none
    version: int  # 0 where it tells of no version
    external: bool
    body: bytes | None  # the update; None where it is put together from columns and versions
    committed_at: datetime

    @property
    def changed(self) -> Changed:
        """The version that it tells of."""
        live = self.type != pb.MODEL_UPDATE_TYPE_REMOVED
        return Changed(self.model_id, self.provider_id, self.version, self.revision, live)


@dataclass(slots=True, eq=False)
class LoggedEvent(LogRow):
    """An event with the two versions that it lies between.

    Documents are kept as the bytes that are stored. They become part of a message as they are, and are parsed only
    where somebody looks into them.
    """

    previous_version: int
    principal: str
    source_id: str
    reason: str
    after_document: bytes | None
    created_at: datetime | None
    stored_changes: bytes | None  # a ModelUpdate with nothing but changes
    before_document: bytes | None
    before_revision: int | None
    before_created_at: datetime | None
    before_committed_at: datetime | None
    _message: Message | None = field(default=None, init=False)
    _before: model_pb2.Model | None = field(default=None, init=False)
    _after: model_pb2.Model | None = field(default=None, init=False)

    @property
    def before_bytes(self) -> bytes | None:
        """The bytes of the whole `Model` before; None where there was none."""
        if self.external:
            return self._given("before")
        if self.before_document is None:
            return None
        assert self.before_revision and self.before_created_at and self.before_committed_at  # noqa: PT018
        return self.before_document + envelope(
            self.previous_version, self.before_revision, self.before_created_at, self.before_committed_at
        )

    @property
    def after_bytes(self) -> bytes | None:
        """The bytes of the whole `Model` after; None where there is none."""
        if self.external:
            return self._given("after")
        if self.after_document is None:
            return None
        assert self.created_at
        return self.after_document + envelope(self.version, self.revision, self.created_at, self.committed_at)

    def model_before(self) -> model_pb2.Model | None:
        """The model before. Parsed once and shared: not to be changed."""
        if self._before is None and (data := self.before_bytes) is not None:
            self._before = model_pb2.Model.FromString(data)
        return self._before

    def model_after(self) -> model_pb2.Model | None:
        """The model after. Parsed once and shared: not to be changed."""
        if self._after is None and (data := self.after_bytes) is not None:
            self._after = model_pb2.Model.FromString(data)
        return self._after

    def message(self) -> Any:
        """What it tells, as the message of its kind: that of a version has its changes, and neither model. Parsed once
        and shared: not to be changed."""
        if self._message is None:
            data = self.body if self.body is not None else self._header() + (self.stored_changes or b"")
            self._message = _MESSAGES[self.kind].FromString(data)
        return self._message

    def telling(self, update: Message) -> LoggedEvent:
        """The same event with another update of its kind. Not for updates of models."""
        other = copy(self)
        other.body, other._message = update.SerializeToString(), update
        return other

    def forget(self) -> None:
        """Let go of what was parsed; it is parsed again for whoever asks."""
        self._message = self._before = self._after = None

    @property
    def change_kinds(self) -> list[int]:
        """Which parts of a document differ. Where a model came or went there are no two documents, and so none."""
        if self.kind != MODEL or not (self.stored_changes or self.external):
            return []
        return sorted({change.kind for change in self.message().changes})

    @property
    def size(self) -> int:
        """Bytes that it takes in memory while nothing of it is parsed, about."""
        parts = (self.body, self.after_document, self.before_document, self.stored_changes)
        return _OVERHEAD_BYTES + sum(len(part) for part in parts if part is not None)

    def update_event(self, before: bool = True, after: bool = True, changes: bool = True) -> bytes:
        """The bytes of the `UpdateEvent`, with the parts of a model's update that are wanted."""
        update = self._version(before, after, changes) if self.kind == MODEL else self.body or self._header()
        return self._frame() + delimited(_TAGS[self.kind], update)

    def _frame(self) -> bytes:
        """The fields of the event beside its update."""
        event = pb.UpdateEvent(
            revision=self.revision,
            ordinal=self.ordinal,
            time=stamp(self.committed_at),
            principal=self.principal,
            source_id=self.source_id,
            reason=self.reason,
            external=self.external,
            change_kinds=self.change_kinds,  # type: ignore[arg-type] # numbers of the enum
        )
        return event.SerializeToString()

    def _header(self) -> bytes:
        """The fields of an update that stand in columns."""
        if self.kind == PROVIDER:
            update = pb.ProviderUpdate(type=self.type, provider_id=self.provider_id)  # type: ignore[arg-type] # a number
            return update.SerializeToString()
        return pb.ModelUpdate(
            type=self.type,  # type: ignore[arg-type] # a number of the enum
            model_id=self.model_id,
            provider_id=self.provider_id,
            version=self.version,
            previous_version=self.previous_version,
        ).SerializeToString()

    def _version(self, before: bool, after: bool, changes: bool) -> bytes:
        """The bytes of the `ModelUpdate`."""
        if self.external:
            return self._given_version(before, after, changes)
        parts = [self._header()]
        if before and (data := self.before_bytes) is not None:
            parts.append(delimited(_BEFORE, data))
        if after and (data := self.after_bytes) is not None:
            parts.append(delimited(_AFTER, data))
        if changes and self.stored_changes:
            parts.append(self.stored_changes)
        return b"".join(parts)

    def _given_version(self, before: bool, after: bool, changes: bool) -> bytes:
        assert self.body is not None
        if before and after and changes:
            return self.body
        update = pb.ModelUpdate.FromString(self.body)
        for name, wanted in (("before", before), ("after", after), ("changes", changes)):
            if not wanted:
                update.ClearField(name)  # type: ignore[arg-type] # names of its fields
        return update.SerializeToString()

    def _given(self, side: str) -> bytes | None:
        """A model as whoever published the update gave it."""
        if self.kind != MODEL or not self.message().HasField(side):
            return None
        model: model_pb2.Model = getattr(self.message(), side)
        return model.SerializeToString()
