"""What is promised of the audit trail."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_pb2
from modeldex.v1 import history_service_pb2 as history
from support.history_story.story import END, Call, Story

# Every method of a run that changes something, or tries to.
CHANGING = (
    discovery.SaveModelRequest,
    discovery.DeleteModelRequest,
    discovery.UndeleteModelRequest,
    discovery.RefreshProviderRequest,
    history.PinModelRequest,
    history.UnpinModelRequest,
    history.RequestRollbackRequest,
    history.ApproveRollbackRequest,
    history.RejectRollbackRequest,
    history.CancelRollbackRequest,
    history.CleanupHistoryRequest,
)
_DONE = {"changed", "unchanged", "done"}


def audit_complete(story: Story) -> Iterator[str]:
    """The trail has a row for each attempt to change something: as many of each principal, method and outcome as were
    asked for; only of calls that nobody knows the fate of there may be one or none."""
    attempts: dict[tuple[str, str], list[Call]] = defaultdict(list)
    for call in story.of(*CHANGING):
        attempts[call.who, call.method].append(call)
    rows: dict[tuple[str, str], list[history_pb2.AuditEvent]] = defaultdict(list)
    for row in story.audit:
        rows[row.principal, row.method].append(row)
        if not row.principal or not row.outcome or not row.method:
            yield f"row {row.number} does not say who did what with which outcome"
    for (who, method), calls in attempts.items():
        yield from _counted(who, method, calls, rows[who, method])
    numbers = [row.number for row in story.audit]
    if numbers != sorted(set(numbers)):
        yield "rows are not in the order of their numbers"
    ours = {method for _, method in attempts}
    for (who, method), found in rows.items():
        if method in ours and (who, method) not in attempts and who not in ("discovery", "history", END):
            yield f"there are {len(found)} rows of {method} by {who}, who never asked for it"


def _counted(who: str, method: str, calls: list[Call], rows: list[history_pb2.AuditEvent]) -> Iterator[str]:
    least = Counter(_outcome(call) for call in calls if call.answered or call.refused)
    open_ = sum(not (call.answered or call.refused) for call in calls)
    found = Counter("done" if row.outcome in _DONE else row.outcome for row in rows)
    for outcome in least.keys() | found.keys():
        if not least[outcome] <= found[outcome] <= least[outcome] + open_:
            told = f"{least[outcome]} to {least[outcome] + open_}"
            yield f"{method} by {who} has {found[outcome]} rows with {outcome}, and was asked for {told} times"
    total = least.total()
    if not total <= len(rows) <= total + open_:
        yield f"{method} by {who} has {len(rows)} rows, and was asked for {total} to {total + open_} times"


def _outcome(call: Call) -> str:
    return "done" if call.answered else call.reason
