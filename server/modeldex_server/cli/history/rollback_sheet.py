"""Rollbacks as people read them: a row each, or one whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from modeldex_server.cli.history import diff_sheet, words
from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.cards import Card
from modeldex_server.cli.terminal.output import Sheet
from modeldex_server.cli.terminal.styles import Style
from modeldex_server.cli.terminal.tables import Column

if TYPE_CHECKING:
    from modeldex.v1.history_pb2 import Rollback, RollbackDecision


def sheet() -> Sheet[Rollback]:
    """How a list of rollbacks is written."""
    return Sheet(_COLUMNS, _FIELDS, lambda rollback: rollback.id)


def lines(rollback: Rollback, now: datetime, width: int | None, *, colour: bool) -> Iterator[str]:
    """One rollback, without its diff."""
    card = Card(width, colour)
    card.add("id", texts.safe(rollback.id))
    card.add("model", texts.safe(rollback.model_id))
    card.add("puts back", f"version {rollback.target_version}, in the place of version {rollback.base_version}")
    card.add("state", words.state(rollback.state), words.state_style(rollback.state))
    card.add("requested", f"{texts.age(rollback.create_time, now)} by {texts.safe(rollback.requester)}")
    card.add("reason", texts.safe(rollback.reason))
    card.add("approval", _approval(rollback), Style.CAUTION if rollback.break_glass else Style.PLAIN)
    card.add_all("decided", (_decision(one, now) for one in rollback.decisions))
    pending = words.state(rollback.state) == "pending"
    card.add("expires", texts.age(rollback.expire_time, now) if pending else "")
    card.add("finished", texts.age(rollback.finish_time, now) if rollback.HasField("finish_time") else "")
    card.add("made", f"version {rollback.executed_version}" if rollback.executed_version else "")
    card.add("pins for", _pin(rollback))
    card.add("diff hash", rollback.diff.hash.hex())
    return card.lines()


def told(rollback: Rollback) -> str:
    """What became of it, and what to do next."""
    model, id = texts.quoted(rollback.model_id), texts.quoted(rollback.id)
    match words.state(rollback.state):
        case "executed":
            return (
                f"Rolled back: {model} is as version {rollback.target_version} says again, "
                f"in version {rollback.executed_version}."
            )
        case "pending":
            return (
                f"{model} to version {rollback.target_version}: {diff_sheet.summary(rollback.diff)}. It waits for "
                f"{texts.plural(_missing(rollback), 'approval')}: modeldex rollback approve {id}"
            )
        case state:
            return f"{state.capitalize()}: {id}; {model} stays as it is."


def _missing(rollback: Rollback) -> int:
    return rollback.required_approvals - sum(decision.approved for decision in rollback.decisions)


def _approval(rollback: Rollback) -> str:
    if rollback.break_glass:
        return "none: the glass was broken"
    if not rollback.required_approvals:
        return "none was needed"
    return f"{rollback.required_approvals - _missing(rollback)} of {rollback.required_approvals}"


def _decision(decision: RollbackDecision, now: datetime) -> str:
    verb = "approved" if decision.approved else "rejected"
    comment = f": {texts.safe(decision.comment)}" if decision.comment else ""
    return f"{verb} {texts.age(decision.time, now)} by {texts.safe(decision.principal)}{comment}"


def _pin(rollback: Rollback) -> str:
    return texts.span(texts.seconds(rollback.pin_duration)) if rollback.HasField("pin_duration") else "good"


_COLUMNS: Sequence[Column[Rollback]] = [
    Column("id", lambda one: texts.safe(one.id), drop=1),
    Column("state", lambda one: words.state(one.state), style=lambda one: words.state_style(one.state)),
    Column("model", lambda one: texts.safe(one.model_id), fold=True),
    Column("version", lambda one: f"{one.base_version} -> {one.target_version}", drop=4),
    Column("impact", lambda one: words.impact(one.diff.summary.impact), drop=5),
    Column("approvals", _approval, drop=6),
    Column("requested (UTC)", lambda one: f"{texts.moment(one.create_time):%Y-%m-%d %H:%M}", drop=3),
    Column("by", lambda one: texts.safe(one.requester), drop=2, fold=True),
    Column("reason", lambda one: texts.safe(one.reason), drop=7, fold=True),
]
_FIELDS: dict[str, Callable[[Rollback], str]] = {
    "id": lambda one: one.id,
    "model_id": lambda one: one.model_id,
    "state": lambda one: words.state(one.state),
    "base_version": lambda one: str(one.base_version),
    "target_version": lambda one: str(one.target_version),
    "executed_version": lambda one: str(one.executed_version or ""),
    "requester": lambda one: one.requester,
    "reason": lambda one: one.reason,
    "impact": lambda one: words.impact(one.diff.summary.impact),
    "required_approvals": lambda one: str(one.required_approvals),
    "approvers": lambda one: " ".join(decision.principal for decision in one.decisions if decision.approved),
    "create_time": lambda one: one.create_time.ToJsonString(),
    "finish_time": lambda one: one.finish_time.ToJsonString() if one.HasField("finish_time") else "",
    "break_glass": lambda one: str(one.break_glass).lower(),
    "diff_hash": lambda one: one.diff.hash.hex(),
}
