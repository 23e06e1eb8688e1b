"""A made-up story in which every promise is kept: what a run could have seen of two models."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_pb2, model_pb2
from modeldex.v1 import history_service_pb2 as history
from modeldex.v1 import update_pb2 as pb
from modeldex_server.ledger import diff
from modeldex_server.ledger.documents import canonical
from support.history_story.promises.past import KEPT
from support.history_story.story import Call, Story, facts
from support.robustness import history as was

OWN, LISTED = "own/one", "random/one"
_WALL = 1_700_000_000.0
_STEP = 10.0  # seconds from revision to revision
_OPERATION = history_pb2.ModelVersionOperation
_TYPES = {1: pb.MODEL_UPDATE_TYPE_ADDED, 3: pb.MODEL_UPDATE_TYPE_REMOVED, 4: pb.MODEL_UPDATE_TYPE_ADDED}


class Made:
    """The story as it grows. Each of its methods is one revision, or one call."""

    def __init__(self) -> None:
        self.story = Story(begun=was.Begun(1, 1, _WALL))
        self.head = 0

    @property
    def now(self) -> float:
        """Seconds since the run began."""
        return self.head * _STEP

    def document(self, model_id: str, window: int = 0) -> model_pb2.Model:
        """A model with a context window."""
        return canonical(model_pb2.Model(id=model_id, context_window=window or None))

    def version(
        self,
        model_id: str,
        operation: str,
        document: model_pb2.Model | None,
        who: str,
        reason: str = "",
        *,
        pins: Sequence[history_pb2.ModelPin] = (),
        restored: int = 0,
        source: str = "",
    ) -> history_pb2.ModelVersion:
        """A version in a revision of its own, told as it is."""
        chain = self.story.versions[model_id]
        self.head += 1
        number = len(chain) + 1
        before = self.story.document(model_id, number - 1) if chain else None
        version = history_pb2.ModelVersion(
            model_id=model_id,
            version=number,
            revision=self.head,
            operation=_OPERATION.Value(f"MODEL_VERSION_OPERATION_{operation}"),
            principal=who,
            source_id=source,
            reason=reason,
            changes=diff.diff(canonical(before), document) if before and document else (),
            pins=pins,
            restored_version=restored,
            document_hash=sha256(facts(document) or b"").digest() if document is not None else b"",
        )
        told = pb.ModelUpdate(model_id=model_id, version=number, previous_version=number - 1, before=before)
        told.type = _TYPES.get(version.operation, pb.MODEL_UPDATE_TYPE_UPDATED)
        if document is not None:
            model = model_pb2.Model()
            model.CopyFrom(document)
            model.version, model.revision = number, self.head
            told.after.CopyFrom(model)
            version.model.CopyFrom(model)
        self._tell(who, source, reason, model=told)
        chain.append(version)
        return version

    def step(self, rollback: history_pb2.Rollback, *, alone: bool) -> None:
        """A step of a rollback: in a revision of its own, or in that of the version that it made."""
        self.head += alone
        metadata = {"rollback_id": rollback.id, "state": history_pb2.RollbackState.Name(rollback.state)[15:]}
        told = pb.OperationUpdate(type=pb.OPERATION_UPDATE_TYPE_ROLLBACK, model_id=rollback.model_id, metadata=metadata)
        self._tell(rollback.requester, "", rollback.reason, ordinal=0 if alone else 1, operation=told)
        rollback.revision = self.head
        self.story.rollbacks[rollback.id] = rollback

    def call(self, who: str, request: Any, answer: Any = None, *, reason: str = "", outcome: str = "changed") -> Call:
        """A call, and its row in the trail. `reason`: why it failed."""
        code = "FAILED_PRECONDITION" if reason else ""
        call = Call(who, self.now, self.now + 0.1, request, answer, reason, code)
        self.story.calls.append(call)
        made = answer.model.version if answer is not None and hasattr(answer, "model") else 0
        row = history_pb2.AuditEvent(
            number=len(self.story.audit) + 1, principal=who, method=call.method, outcome=reason or outcome
        )
        row.resource = getattr(request, "model_id", "") or getattr(request, "id", "")
        if "model" in request.DESCRIPTOR.fields_by_name:
            row.resource = request.model.id
        row.after_version = made or getattr(answer, "version", 0)
        row.revision = getattr(answer, "revision", 0)
        self.story.audit.append(row)
        return call

    def read(self, request: Any, answer: Any = None, *, reason: str = "") -> Call:
        """A call that changes nothing."""
        call = Call("reader", self.now, self.now + 0.1, request, answer, reason, "NOT_FOUND" if reason else "")
        self.story.calls.append(call)
        return call

    def save(self, window: int, reason: str, *, operation: str = "UPDATE", expected: int | None = None) -> Call:
        """A save of the model of callers."""
        request = discovery.SaveModelRequest(
            model=self.document(OWN, window), reason=reason, request_id=reason, expected_version=expected
        )
        version = self.version(OWN, operation, request.model, "writer", reason)
        answer = discovery.SaveModelResponse(model=version.model, revision=self.head, changed=True)
        return self.call("writer", request, answer)

    def _tell(self, who: str, source: str, reason: str, *, ordinal: int = 0, **told: Any) -> None:
        update = pb.UpdateEvent(
            revision=self.head, ordinal=ordinal, principal=who, source_id=source, reason=reason, **told
        )
        update.time.FromNanoseconds(round((_WALL + self.now) * 1e9))
        self.story.updates.append(update)
        for name in ("told", "_by_model", "_times", "_committed"):
            self.story.__dict__.pop(name, None)  # they are worked out again


def good() -> Story:
    """The story: saves, of which two expected the same version and one was sent again; a rollback that one asked for
    and another approved, which a refresh does not undo; pins that end; and versions that were purged."""
    made = Made()
    first = made.save(8000, "first", operation="CREATE")
    made.call("writer", first.request, first.answer, outcome="unchanged")  # sent again
    _expect(made)
    deleted = made.version(OWN, "DELETE", None, "writer", "gone")
    answer = discovery.DeleteModelResponse(version=deleted.version, revision=made.head)
    made.call("writer", discovery.DeleteModelRequest(id=OWN, reason="gone"), answer)
    made.save(4000, "back", operation="UNDELETE")
    for number in range(KEPT + 1):
        made.save(4001 + number, f"more {number}")
    _roll_back(made)
    _pin(made)
    _purge(made)
    _read(made)
    return made.story


def _expect(made: Made) -> None:
    made.save(9000, "winner", expected=1)
    loser = discovery.SaveModelRequest(model=made.document(OWN, 9001), reason="loser", expected_version=1)
    made.call("writer", loser, reason="VERSION_MISMATCH")


def _roll_back(made: Made) -> None:
    """Listed with 100, then with 50; put back to 100, and listed with 50 again."""
    for window, operation in ((100, "CREATE"), (50, "UPDATE")):
        made.version(LISTED, operation, made.document(LISTED, window), "discovery", source="fake")
    shown = history_pb2.ModelDiff(model_id=LISTED, from_version=2, to_version=1, hash=b"h" * 32)
    shown.summary.breaking_count = 1
    one = history_pb2.Rollback(
        id="rb_1",
        model_id=LISTED,
        target_version=1,
        base_version=2,
        state=history_pb2.ROLLBACK_STATE_PENDING,
        requester="writer",
        reason="put back",
        diff=shown,
        required_approvals=1,
    )
    made.step(one, alone=True)
    one.create_time.FromNanoseconds(round((_WALL + made.now) * 1e9))
    request = history.RequestRollbackRequest(model_id=LISTED, target_version=1, reason="put back")
    made.call("writer", request, history.RequestRollbackResponse(rollback=one, revision=made.head))
    own = history.ApproveRollbackRequest(rollback_id=one.id, diff_hash=shown.hash)
    made.call("writer", own, reason="SELF_APPROVAL")
    pin = history_pb2.ModelPin(principal="writer", version=3, rollback_id=one.id)
    made.version(LISTED, "ROLLBACK", made.document(LISTED, 100), "approver", "put back", pins=[pin], restored=1)
    one.state, one.executed_version = history_pb2.ROLLBACK_STATE_EXECUTED, 3
    one.decisions.add(principal="approver", approved=True)
    one.finish_time.FromNanoseconds(round((_WALL + made.now) * 1e9))
    made.step(one, alone=False)
    answer = history.ApproveRollbackResponse(rollback=one, revision=made.head)
    made.call("approver", history.ApproveRollbackRequest(rollback_id=one.id, diff_hash=shown.hash), answer)


def _pin(made: Made) -> None:
    """One fact is pinned, which a refresh leaves alone; the pin expires."""
    fact = pb.FieldChange(path="context_window", operation=pb.FIELD_CHANGE_OPERATION_ADDED)
    fact.new_value.number_value = 100
    pin = history_pb2.ModelPin(path="context_window", facts=[fact], principal="writer", version=4)
    pin.expire_time.FromNanoseconds(round((_WALL + made.now + 2.5 * _STEP) * 1e9))
    version = made.version(LISTED, "PIN", made.document(LISTED, 100), "writer", "hold", pins=[pin])
    answer = history.PinModelResponse(model=version.model, pins=[pin], revision=made.head)
    made.call("writer", history.PinModelRequest(model_id=LISTED, reason="hold"), answer)
    renamed = made.document(LISTED, 100)
    renamed.display_name = "Renamed"
    made.version(LISTED, "UPDATE", renamed, "discovery", source="fake", pins=[pin])
    made.version(LISTED, "UNPIN", made.document(LISTED, 50), "history", "The pin expired.")


def _purge(made: Made) -> None:
    made.head += 1
    made.story.aged.append(was.Compacted(made.now, made.story.versions[OWN][2].revision))
    for version in made.story.versions[OWN][:2]:
        version.purge_time.FromNanoseconds(round((_WALL + made.now + 1) * 1e9))
        version.ClearField("model")
        version.ClearField("changes")
    made.call("admin", history.CleanupHistoryRequest(), history.CleanupHistoryResponse(), outcome="done")
    made.head += 1


def _read(made: Made) -> None:
    """As of revisions and times: there, deleted, purged; and a list on two pages."""
    story = made.story
    made.read(discovery.GetModelRequest(id=OWN, as_of_revision=1), reason="VERSION_PURGED")
    made.read(discovery.GetModelRequest(id=OWN, as_of_revision=3), reason="MODEL_NOT_FOUND")
    now = discovery.GetModelRequest(id=LISTED)
    now.as_of_time.FromNanoseconds(round((_WALL + made.now - 0.5) * 1e9))
    made.read(now, discovery.GetModelResponse(model=story.as_of(LISTED, made.head), as_of_revision=made.head - 2))
    models = [model for _, model in sorted(story.all_as_of(made.head).items())]
    pages = [
        discovery.ListModelsResponse(models=[model], as_of_revision=made.head, next_page_token=token)
        for model, token in zip(models, ("more", ""), strict=True)
    ]
    for token, page in zip(("", "more"), pages, strict=True):
        made.read(discovery.ListModelsRequest(as_of_revision=made.head, page_token=token), page)
    read = history.GetModelVersionRequest(model_id=LISTED, version=1)
    made.read(read, history.GetModelVersionResponse(version=story.versions[LISTED][0]))
