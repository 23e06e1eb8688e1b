"""What the feed is told of rollbacks: every step, in one sentence for people and in words for programs."""

from __future__ import annotations

from collections.abc import Mapping

from modeldex.v1 import history_pb2 as pb
from modeldex.v1 import update_pb2
from modeldex_server.history.rollbacks.records import RollbackRow, state_name

_LAPSED: Mapping[int, tuple[str, str]] = {
    pb.ROLLBACK_STATE_EXPIRED: ("expired", "Nobody decided in time."),
    pb.ROLLBACK_STATE_STALE: ("is stale", "The model got another version."),
}


def requested(row: RollbackRow) -> update_pb2.UpdateEvent:
    """It waits for approval."""
    return _step(row, row.requester, f"{row.requester} asks to {_words(row)}; {row.required_approvals} must approve.")


def approved(row: RollbackRow, by: str) -> update_pb2.UpdateEvent:
    """One approved, and more must."""
    missing = row.required_approvals - row.approvals
    return _step(row, by, f"{by} approves to {_words(row)}; {missing} more must approve.")


def executed(row: RollbackRow, by: str) -> update_pb2.UpdateEvent:
    """The model was rolled back."""
    return _step(row, by, f"{row.model_id} was rolled back to version {row.target_version}.")


def rejected(row: RollbackRow, by: str) -> update_pb2.UpdateEvent:
    """Somebody said no."""
    return _step(row, by, f"{by} refuses to {_words(row)}.")


def cancelled(row: RollbackRow, by: str) -> update_pb2.UpdateEvent:
    """It was taken back."""
    return _step(row, by, f"{by} takes the request back to {_words(row)}.")


def lapsed(row: RollbackRow, by: str) -> update_pb2.UpdateEvent:
    """It expired or became stale; `by` came upon it, or made it so."""
    became, why = _LAPSED[row.state]
    return _step(row, by, f"The request to {_words(row)} {became}.", why)


def alert(row: RollbackRow, by: str) -> update_pb2.UpdateEvent:
    """It was executed without approval."""
    event = _step(row, by, f"{by} rolled {row.model_id} back to version {row.target_version} without approval.")
    event.operation.type = update_pb2.OPERATION_UPDATE_TYPE_ALERT
    return event


def _step(row: RollbackRow, by: str, message: str, reason: str = "") -> update_pb2.UpdateEvent:
    metadata = {
        "rollback_id": row.id,
        "state": state_name(row.state),
        "requester": row.requester,
        "target_version": str(row.target_version),
        "base_version": str(row.base_version),
        "principal": by,
        "required_approvals": str(row.required_approvals),
        "approvals": str(row.approvals),
        "impact": pb.ChangeImpact.Name(row.impact).removeprefix("CHANGE_IMPACT_"),
    }
    update = update_pb2.OperationUpdate(
        type=update_pb2.OPERATION_UPDATE_TYPE_ROLLBACK,
        model_id=row.model_id,
        provider_id=row.model_id.partition("/")[0],
        message=message,
        metadata=metadata,
    )
    return update_pb2.UpdateEvent(operation=update, reason=reason)


def _words(row: RollbackRow) -> str:
    return f"roll {row.model_id} back to version {row.target_version}"
