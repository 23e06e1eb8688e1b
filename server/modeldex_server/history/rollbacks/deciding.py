"""Decisions on rollbacks: approvals, of which the last one executes, rejections and cancellations."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from modeldex.v1 import history_pb2 as pb
from modeldex.v1 import history_service_pb2 as api
from modeldex.v1.error_reason_pb2 import ErrorReason
from modeldex_server.catalogue.saving import request_key
from modeldex_server.catalogue.upstream import Sources, Upstream
from modeldex_server.errors import NotRequester, RollbackDiffMismatch, RollbackNotFound
from modeldex_server.history.rollbacks import records, telling
from modeldex_server.history.rollbacks.execution import Execution, Target, read_target
from modeldex_server.history.rollbacks.policy import Policy
from modeldex_server.history.rollbacks.records import RollbackRow
from modeldex_server.history.rollbacks.writing import Step, Writer, Writing
from modeldex_server.ledger.changes import Decision, Head, Write
from modeldex_server.security.principals import Principal
from modeldex_server.security.roles import Role
from modeldex_server.store.database import Connection, Database

Answer = TypeVar("Answer", api.ApproveRollbackResponse, api.RejectRollbackResponse, api.CancelRollbackResponse)
_APPROVED = (pb.ROLLBACK_STATE_PENDING, pb.ROLLBACK_STATE_EXECUTED)
_LAPSED = (pb.ROLLBACK_STATE_EXPIRED, pb.ROLLBACK_STATE_STALE)


class Decider:
    """Takes decisions on rollbacks. Who decides is the principal of the call. Each method raises RollbackNotFound, also
    for one of a provider that the principal has no right to, RollbackFinished, what Ledger.write raises, and
    RollbackExpired or RollbackStale once it is written that it is over."""

    def __init__(self, database: Database, writer: Writer, policy: Policy, upstream: Upstream) -> None:
        """`upstream` knows what sources there are."""
        self._database = database
        self._writer = writer
        self._policy = policy
        self._upstream = upstream

    async def approve(
        self, request: api.ApproveRollbackRequest, by: Principal, timeout: float | None
    ) -> api.ApproveRollbackResponse:
        """Approve what was seen, and execute it where nobody else must.

        Raises:
            SelfApproval, RollbackDiffMismatch, RollbackDisabled.
        """
        row = await records.read(self._database, request.rollback_id, by.scope)
        sources = await self._upstream.sources()
        approval = _Approval(
            api.ApproveRollbackResponse, row, by, request.comment, request.diff_hash, self._policy, sources
        )
        return await self._write(approval, request, timeout)

    async def reject(
        self, request: api.RejectRollbackRequest, by: Principal, timeout: float | None
    ) -> api.RejectRollbackResponse:
        """Say no, for good."""
        row = await records.read(self._database, request.rollback_id, by.scope)
        rejection = _Rejection(api.RejectRollbackResponse, row, by, request.reason)
        return await self._write(rejection, request, timeout)

    async def cancel(
        self, request: api.CancelRollbackRequest, by: Principal, timeout: float | None
    ) -> api.CancelRollbackResponse:
        """Take it back.

        Raises:
            NotRequester: it is another's, and the caller is no admin.
        """
        row = await records.read(self._database, request.rollback_id, by.scope)
        cancellation = _Cancellation(api.CancelRollbackResponse, row, by, request.reason)
        return await self._write(cancellation, request, timeout)

    async def _write(self, deciding: _Deciding[Answer], request: Any, timeout: float | None) -> Answer:
        write = Write(
            principal=deciding.by.name,
            method=type(request).__name__.removesuffix("Request"),
            resource=deciding.seen.model_id,
            model_ids=[deciding.seen.model_id],
            decide=deciding.decide,
            reason=deciding.comment,
            request=request_key(request, request.request_id),
            with_listings=True,
            beside=deciding,
            timeout=timeout,
        )
        committed = await self._writer.write(write, deciding)
        answer = deciding.answer.FromString(committed.answer)
        if not answer.revision:
            answer.revision = answer.rollback.revision = committed.revision
        if answer.rollback.state in _LAPSED:
            assert committed.answer_model is not None  # the write is of one model
            raise records.refusal(answer.rollback, committed.answer_model[1])
        return answer


@dataclass
class _Deciding(Writing, ABC, Generic[Answer]):
    """What one principal decides on one rollback."""

    answer: type[Answer]
    seen: RollbackRow  # as it was before it was locked
    by: Principal
    comment: str
    _row: RollbackRow | None = field(init=False)

    def check(self, row: RollbackRow) -> None:
        """Raises where the principal may not, whatever the state."""

    @abstractmethod
    def decided(self, row: RollbackRow, head: Head) -> Step:
        """What becomes of one that has not lapsed; nothing where all is as wanted. Raises where it is finished."""

    async def read(self, connection: Connection) -> None:
        """Lock it."""
        self._row = await records.lock(connection, self.seen.id)

    def decide(self, heads: Mapping[str, Head]) -> Decision:
        """What becomes of it."""
        row, head = self._row, heads[self.seen.model_id]
        if row is None:
            raise RollbackNotFound(self.seen.id)
        self.check(row)
        state = row.lapsed(head.version)
        if state is not None:
            return self._lapsed(row.finished(state), head)
        self.step = self.decided(row, head)
        if not self.step.changed:
            return Decision(answer=self.answer(rollback=row.message(), revision=row.head))
        (row,) = self.step.changed
        reason = row.reason if self.step.models else None
        answer = self.answer(rollback=row.message())
        return Decision(models=self.step.models, events=self.step.events, answer=answer, reason=reason)

    def _lapsed(self, row: RollbackRow, head: Head) -> Decision:
        """That it is over is written, and what the caller is told."""
        self.step = Step(changed=[row], events=[telling.lapsed(row, self.by.name)])
        message = row.message()
        outcome = ErrorReason.Name(records.refusal(message, head.version).reason).removeprefix("ERROR_REASON_")
        return Decision(events=self.step.events, answer=self.answer(rollback=message), outcome=outcome)


@dataclass
class _Approval(_Deciding[api.ApproveRollbackResponse]):
    """An approval of a diff, by its hash."""

    diff_hash: bytes
    policy: Policy
    sources: Sources
    _target: Target = field(init=False)

    async def read(self, connection: Connection) -> None:
        await super().read(connection)
        self._target = await read_target(connection, self.seen.model_id, self.seen.target_version)

    def check(self, row: RollbackRow) -> None:
        self.policy.require_enabled()
        self.policy.require_other(row.id, row.requester, self.by.name)

    def decided(self, row: RollbackRow, head: Head) -> Step:
        again = row.state in _APPROVED and row.approved_by(self.by.name)
        if not row.pending and not again:
            raise records.refusal(row.message(), head.version)
        if pb.ModelDiff.FromString(row.diff).hash != self.diff_hash:
            raise RollbackDiffMismatch(row.id)
        if again:
            return Step()
        row = row.decided(self.by.name, self.comment, approved=True)
        if row.approvals < row.required_approvals:
            return Step(changed=[row], decided=row, events=[telling.approved(row, self.by.name)])
        execution = Execution(row, head, self._target.kept(head.version), self.sources)
        done = row.finished(pb.ROLLBACK_STATE_EXECUTED, execution.version)
        events = [telling.executed(done, self.by.name), *execution.drifts()]
        return Step(changed=[done], decided=done, models=[execution.change()], events=events)


@dataclass
class _Rejection(_Deciding[api.RejectRollbackResponse]):
    """A rejection."""

    def decided(self, row: RollbackRow, head: Head) -> Step:
        if not row.pending:
            raise records.refusal(row.message(), head.version)
        row = row.decided(self.by.name, self.comment, approved=False).finished(pb.ROLLBACK_STATE_REJECTED)
        return Step(changed=[row], decided=row, events=[telling.rejected(row, self.by.name)])


@dataclass
class _Cancellation(_Deciding[api.CancelRollbackResponse]):
    """A cancellation."""

    def check(self, row: RollbackRow) -> None:
        if self.by.name != row.requester and Role.ADMIN not in self.by.permissions:
            raise NotRequester(row.id, self.by.name, row.requester)

    def decided(self, row: RollbackRow, head: Head) -> Step:
        if not row.pending:
            raise records.refusal(row.message(), head.version)
        row = row.finished(pb.ROLLBACK_STATE_CANCELLED)
        return Step(changed=[row], events=[telling.cancelled(row, self.by.name)])
