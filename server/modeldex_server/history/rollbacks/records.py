"""A rollback as the store holds it, and as callers see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

from psycopg.rows import class_row

from modeldex.v1 import history_pb2 as pb
from modeldex_server.errors import ModeldexError, RollbackExpired, RollbackFinished, RollbackNotFound, RollbackStale
from modeldex_server.ledger.documents import stamp
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Connection, Database

# What makes a RollbackRow. A decision is [principal, approved, comment, time].
COLUMNS: LiteralString = """
    r.id, r.model_id, r.target_version, r.base_version, r.state, r.requester, r.reason, r.diff, r.required_approvals,
    r.pin_seconds, r.break_glass, r.created_at, r.expires_at, r.finished_at, r.executed_version, r.revision,
    COALESCE((SELECT json_agg(json_build_array(d.principal, d.approved, d.comment, d.decided_at)
                              ORDER BY d.decided_at, d.principal)
              FROM rollback_decision d WHERE d.rollback_id = r.id), '[]') AS decisions,
    clock_timestamp() AS now, (SELECT revision FROM ledger_head) AS head"""
_READ: LiteralString = f"""
SELECT {COLUMNS} FROM rollback r
WHERE r.id = %(id)s AND (%(providers)s::text[] IS NULL OR split_part(r.model_id, '/', 1) = ANY(%(providers)s))"""  # noqa: S608 - of a constant of ours
_LOCK: LiteralString = f"SELECT {COLUMNS} FROM rollback r WHERE r.id = %(id)s FOR UPDATE OF r"  # noqa: S608 - as above
_LOCK_PENDING: LiteralString = f"""
SELECT {COLUMNS} FROM rollback r WHERE r.model_id = %(model_id)s AND r.state = 1 FOR UPDATE OF r"""  # noqa: S608 - as above
_INSERT = """
INSERT INTO rollback (id, model_id, target_version, base_version, state, requester, reason, diff, diff_hash,
                      required_approvals, pin_seconds, break_glass, created_at, expires_at, finished_at,
                      executed_version, revision)
SELECT %(id)s, %(model_id)s, %(target_version)s, %(base_version)s, %(state)s, %(requester)s, %(reason)s, %(diff)s,
       %(diff_hash)s, %(required_approvals)s, %(pin_seconds)s, %(break_glass)s, %(created_at)s, %(expires_at)s,
       %(finished_at)s, %(executed_version)s, revision
FROM ledger_head"""
_UPDATE = """
UPDATE rollback r
SET state = %(state)s, finished_at = %(finished_at)s, executed_version = %(executed_version)s, revision = h.revision
FROM ledger_head h
WHERE r.id = %(id)s"""
_DECIDE = """
INSERT INTO rollback_decision (rollback_id, principal, approved, comment, decided_at)
VALUES (%(id)s, %(principal)s, %(approved)s, %(comment)s, %(decided_at)s)
ON CONFLICT (rollback_id, principal) DO UPDATE
SET approved = EXCLUDED.approved, comment = EXCLUDED.comment, decided_at = EXCLUDED.decided_at"""


@dataclass(frozen=True, slots=True)
class RollbackRow:
    """A row of `rollback` with its decisions, as of a moment. Times are those of the database."""

    id: str
    model_id: str
    target_version: int
    base_version: int
    state: int  # RollbackState
    requester: str
    reason: str
    diff: bytes  # ModelDiff
    required_approvals: int
    pin_seconds: float | None
    break_glass: bool
    created_at: datetime
    expires_at: datetime
    finished_at: datetime | None
    executed_version: int | None
    revision: int
    decisions: Sequence[Sequence[Any]]
    now: datetime
    head: int

    @property
    def pending(self) -> bool:
        """Whether it waits for approvals."""
        return self.state == pb.ROLLBACK_STATE_PENDING

    @property
    def approvals(self) -> int:
        """How many approved it."""
        return sum(approved for _, approved, *_ in self.decisions)

    @property
    def impact(self) -> pb.ChangeImpact.ValueType:
        """How much it would change, or did."""
        return pb.ModelDiff.FromString(self.diff).summary.impact

    def approved_by(self, principal: str) -> bool:
        """Whether a principal approved it."""
        return any(name == principal and approved for name, approved, *_ in self.decisions)

    def lapsed(self, version: int) -> int | None:
        """The state that it is in by itself, whoever has told so: EXPIRED, or STALE where its model is at another
        version; None where it waits, or is finished."""
        if not self.pending:
            return None
        if self.expires_at <= self.now:
            return pb.ROLLBACK_STATE_EXPIRED
        return pb.ROLLBACK_STATE_STALE if version != self.base_version else None

    def decided(self, principal: str, comment: str, *, approved: bool) -> RollbackRow:
        """It with what a principal decides now, in the place of what that one decided before."""
        others = [one for one in self.decisions if one[0] != principal]
        return replace(self, decisions=[*others, (principal, approved, comment, self.now.isoformat())])

    def finished(self, state: int, executed_version: int | None = None) -> RollbackRow:
        """It once it ended now in a state."""
        return replace(self, state=state, finished_at=self.now, executed_version=executed_version)

    def message(self) -> pb.Rollback:
        """It as callers see it."""
        message = pb.Rollback(
            id=self.id,
            model_id=self.model_id,
            target_version=self.target_version,
            base_version=self.base_version,
            state=self.state,  # type: ignore[arg-type] # a number of the enum
            requester=self.requester,
            reason=self.reason,
            diff=pb.ModelDiff.FromString(self.diff),
            required_approvals=self.required_approvals,
            decisions=[_decision(*one) for one in self.decisions],
            create_time=stamp(self.created_at),
            expire_time=stamp(self.expires_at),
            finish_time=stamp(self.finished_at) if self.finished_at else None,
            executed_version=self.executed_version or 0,
            break_glass=self.break_glass,
            revision=self.revision,
        )
        if self.pin_seconds is not None:
            message.pin_duration.FromTimedelta(timedelta(seconds=self.pin_seconds))
        return message


def state_name(state: int) -> str:
    """A RollbackState as metadata name it: "REJECTED"."""
    return pb.RollbackState.Name(state).removeprefix("ROLLBACK_STATE_")  # type: ignore[arg-type] # a number of the enum


def refusal(rollback: pb.Rollback, version: int) -> ModeldexError:
    """What whoever decides is told of one that is finished, while its model is at a version."""
    if rollback.state == pb.ROLLBACK_STATE_STALE:
        return RollbackStale(rollback.id, base=rollback.base_version, current=version)
    if rollback.state == pb.ROLLBACK_STATE_EXPIRED:
        return RollbackExpired(rollback.id, rollback.expire_time.ToDatetime(UTC))
    return RollbackFinished(rollback.id, state_name(rollback.state))


async def read(database: Database, rollback_id: str, scope: Scope) -> RollbackRow:
    """A rollback as it is now.

    Raises:
        RollbackNotFound: there is none, or its model is out of the scope.
        StoreUnavailable.
    """
    rows = await database.rows(RollbackRow, _READ, {"id": rollback_id, "providers": scope.listed})
    if not rows:
        raise RollbackNotFound(rollback_id)
    return rows[0]


async def lock(connection: Connection, rollback_id: str) -> RollbackRow | None:
    """A rollback, locked until the end of the transaction. Whoever asks has locked its model before, as all who change
    it do: so its decisions are as current as its row."""
    return await _one(connection, _LOCK, {"id": rollback_id})


async def lock_pending(connection: Connection, model_id: str) -> RollbackRow | None:
    """The rollback of a model that waits for approval, locked in the same way."""
    return await _one(connection, _LOCK_PENDING, {"model_id": model_id})


async def insert(connection: Connection, row: RollbackRow) -> None:
    """Write a new one, with the revision that was taken."""
    diff = pb.ModelDiff.FromString(row.diff)
    await connection.execute(_INSERT, {name: getattr(row, name) for name in _STORED} | {"diff_hash": diff.hash})


async def update(connection: Connection, row: RollbackRow) -> None:
    """Write what became of one that is locked, with the revision that was taken."""
    await connection.execute(_UPDATE, {name: getattr(row, name) for name in _MOVING})


async def decide(connection: Connection, row: RollbackRow) -> None:
    """Write its newest decision."""
    principal, approved, comment, decided_at = row.decisions[-1]
    decision = {"principal": principal, "approved": approved, "comment": comment, "decided_at": decided_at}
    await connection.execute(_DECIDE, {"id": row.id} | decision)


_MOVING = ("id", "state", "finished_at", "executed_version")
_STORED = (
    *_MOVING,
    "model_id",
    "target_version",
    "base_version",
    "requester",
    "reason",
    "diff",
    "required_approvals",
    "pin_seconds",
    "break_glass",
    "created_at",
    "expires_at",
)


async def _one(connection: Connection, query: LiteralString, parameters: dict[str, str]) -> RollbackRow | None:
    cursor = connection.cursor(row_factory=class_row(RollbackRow))
    return await (await cursor.execute(query, parameters)).fetchone()


def _decision(principal: str, approved: bool, comment: str, time: str) -> pb.RollbackDecision:
    return pb.RollbackDecision(
        principal=principal, approved=approved, comment=comment, time=stamp(datetime.fromisoformat(time))
    )
