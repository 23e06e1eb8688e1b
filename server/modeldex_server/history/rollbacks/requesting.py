"""Requests of rollbacks: shown with what they would change, and executed at once where nobody has to approve."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from modeldex.v1 import history_pb2 as pb
from modeldex.v1 import history_service_pb2 as api
from modeldex.v1 import update_pb2
from modeldex_server.catalogue.saving import request_key
from modeldex_server.catalogue.upstream import Sources, Upstream
from modeldex_server.errors import (
    ModelNotFound,
    PermissionDenied,
    RollbackChangesNothing,
    RollbackPending,
    VersionMismatch,
)
from modeldex_server.history.classification import Rules
from modeldex_server.history.comparing import compare
from modeldex_server.history.rollbacks import records, telling
from modeldex_server.history.rollbacks.execution import Execution, Target, read_target
from modeldex_server.history.rollbacks.policy import Policy
from modeldex_server.history.rollbacks.records import RollbackRow
from modeldex_server.history.rollbacks.writing import Step, Writer, Writing
from modeldex_server.ledger.changes import Decision, Head, Write
from modeldex_server.ledger.documents import decode
from modeldex_server.security.principals import Principal
from modeldex_server.security.roles import Role
from modeldex_server.store.database import Connection

_METHOD = "RequestRollback"
_GROUND = "SELECT clock_timestamp() AS now, revision FROM ledger_head"


class Requester:
    """Takes requests of rollbacks."""

    def __init__(
        self,
        writer: Writer,
        policy: Policy,
        rules: Rules,
        upstream: Upstream,
        new_id: Callable[[], str] = lambda: f"rb_{uuid.uuid4().hex}",
    ) -> None:
        """`rules` say what breaks; `upstream` knows what sources there are."""
        self._writer = writer
        self._policy = policy
        self._rules = rules
        self._upstream = upstream
        self._new_id = new_id

    async def request(
        self, request: api.RequestRollbackRequest, by: Principal, timeout: float | None
    ) -> api.RequestRollbackResponse:
        """Ask for a rollback, which is executed at once where the policy asks for no approval, or the request says so.

        Raises:
            ProviderDenied, ModelNotFound, VersionNotFound, VersionPurged, VersionIsDeletion, VersionMismatch,
            RollbackChangesNothing, RollbackPending, RollbackDisabled.
            PermissionDenied: it is to be executed without approval, by a principal without the role break_glass.
            What Ledger.write raises.
        """
        by.require_model(request.model_id)
        if request.break_glass and Role.BREAK_GLASS not in by.permissions:
            raise PermissionDenied(_METHOD, by.name, sorted(by.roles), Role.BREAK_GLASS)
        sources = await self._upstream.sources()
        asking = _Asking(request, by.name, self._new_id(), self._policy, self._rules, sources)
        write = Write(
            principal=by.name,
            method=_METHOD,
            resource=request.model_id,
            model_ids=[request.model_id],
            decide=asking.decide,
            reason=request.reason,
            request=request_key(request, request.request_id),
            with_listings=True,
            beside=asking,
            timeout=timeout,
        )
        committed = await self._writer.write(write, asking)
        answer = api.RequestRollbackResponse.FromString(committed.answer)
        answer.revision = answer.rollback.revision = committed.revision
        return answer


@dataclass
class _Asking(Writing):
    """A request, and what it finds."""

    request: api.RequestRollbackRequest
    by: str
    id: str
    policy: Policy
    rules: Rules
    sources: Sources
    _target: Target = field(init=False)
    _pending: RollbackRow | None = field(init=False)
    _now: datetime = field(init=False)
    _head: int = field(init=False)

    async def read(self, connection: Connection) -> None:
        """Look at the target, and at what waits for approval."""
        self._target = await read_target(connection, self.request.model_id, self.request.target_version)
        self._pending = await records.lock_pending(connection, self.request.model_id)
        cursor = await connection.execute(_GROUND)
        ((self._now, self._head),) = await cursor.fetchall()

    def decide(self, heads: Mapping[str, Head]) -> Decision:
        """Whether it may be asked for, and whether it is executed."""
        head, target = self._checked(heads)
        over = self._over(head)
        row = self._row(head, target)
        if row.required_approvals:
            self.step = Step(row, over, events=[*self._told(over), telling.requested(row)])
        else:
            self.step = self._executed(row, head, target, over)
        answer = api.RequestRollbackResponse(rollback=self.step.new.message() if self.step.new else None)
        return Decision(models=self.step.models, events=self.step.events, answer=answer)

    def _checked(self, heads: Mapping[str, Head]) -> tuple[Head, bytes]:
        self.policy.require_enabled()
        request, head = self.request, heads.get(self.request.model_id)
        if head is None or head.version == 0:
            raise ModelNotFound(request.model_id)
        if request.HasField("expected_version") and request.expected_version != head.version:
            raise VersionMismatch(f"Model {head.id}", expected=request.expected_version, current=head.version)
        target = self._target.kept(head.version)
        if head.live and target == head.document:
            raise RollbackChangesNothing(head.id, target=request.target_version, current=head.version)
        return head, target

    def _over(self, head: Head) -> list[RollbackRow]:
        """What waits and is over by now, or with this one. Raises RollbackPending where it goes on waiting."""
        if self._pending is None:
            return []
        state = self._pending.lapsed(head.version)
        if state is None and not self.request.break_glass:
            raise RollbackPending(head.id, self._pending.id)
        return [self._pending.finished(state or pb.ROLLBACK_STATE_STALE)]

    def _row(self, head: Head, target: bytes) -> RollbackRow:
        """It as it begins."""
        request, now = self.request, self._now
        before = decode(head.document or b"") if head.live else None
        document = decode(target)
        diff = compare(head.id, head.version, before, request.target_version, document, self.rules)
        return RollbackRow(
            id=self.id,
            model_id=head.id,
            target_version=request.target_version,
            base_version=head.version,
            state=pb.ROLLBACK_STATE_PENDING,
            requester=self.by,
            reason=request.reason,
            diff=diff.SerializeToString(),
            required_approvals=0 if request.break_glass else self.policy.approvals(diff),
            pin_seconds=self._pin_duration.total_seconds(),
            break_glass=request.break_glass,
            created_at=now,
            expires_at=now + self.policy.expires_after,
            finished_at=None,
            executed_version=None,
            revision=0,
            decisions=(),
            now=now,
            head=self._head,
        )

    @property
    def _pin_duration(self) -> timedelta:
        """How long it pins the model."""
        given = self.request.HasField("pin_duration")
        return self.request.pin_duration.ToTimedelta() if given else self.policy.pin_duration

    def _executed(self, row: RollbackRow, head: Head, target: bytes, over: list[RollbackRow]) -> Step:
        execution = Execution(row, head, target, self.sources)
        done = row.finished(pb.ROLLBACK_STATE_EXECUTED, execution.version)
        alerts = [telling.alert(done, self.by)] if row.break_glass else []
        events = [*self._told(over), telling.executed(done, self.by), *alerts, *execution.drifts()]
        return Step(done, over, models=[execution.change()], events=events)

    def _told(self, over: list[RollbackRow]) -> Iterator[update_pb2.UpdateEvent]:
        return (telling.lapsed(row, self.by) for row in over)
