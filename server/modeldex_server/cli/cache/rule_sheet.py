"""Rules of invalidation as people read them: a row each, or one whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from modeldex_server.cli.cache import words
from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.cards import Card
from modeldex_server.cli.terminal.output import Sheet
from modeldex_server.cli.terminal.styles import Style
from modeldex_server.cli.terminal.tables import Column

if TYPE_CHECKING:
    from modeldex.v1.cache_service_pb2 import EvaluateInvalidationRuleResponse
    from modeldex.v1.invalidation_pb2 import InvalidationAction, InvalidationCondition, InvalidationRule


def sheet(now: datetime) -> Sheet[InvalidationRule]:
    """How a list of rules is written."""
    return Sheet(_columns(now), _FIELDS, lambda rule: rule.id)


def lines(rule: InvalidationRule, now: datetime, width: int | None, *, colour: bool) -> Iterator[str]:
    """One rule."""
    card = Card(width, colour)
    card.add("id", texts.safe(rule.id))
    card.add("name", texts.safe(rule.name))
    card.add("state", state(rule), _style(rule))
    card.add("when", _when(rule))
    card.add_all("if", map(condition, rule.conditions))
    card.add_all("then", map(action, rule.actions))
    card.add("priority", str(rule.priority))
    card.add("version", f"{rule.version}, {texts.age(rule.update_time, now)} by {texts.safe(rule.principal)}")
    last = f", last {texts.age(rule.last_fire_time, now)}" if rule.HasField("last_fire_time") else ""
    card.add("fired", f"{texts.plural(rule.fire_count, 'time')}{last}")
    return card.lines()


def tried(answer: EvaluateInvalidationRuleResponse) -> Iterator[str]:
    """What a rule would do."""
    if not answer.triggered:
        yield "It would not fire."
        return
    count = texts.plural(answer.entry_count, "entry", "entries")
    yield f"It would fire, and be about {count}{':' if answer.entries else '.'}"
    for entry in answer.entries:
        yield f"  {texts.safe(entry.namespace)}  {texts.safe(entry.key)}"
    if answer.entry_count > len(answer.entries):
        yield f"  and {answer.entry_count - len(answer.entries):,} more"


def state(rule: InvalidationRule) -> str:
    """ "enabled"; of a dry run, that it does nothing."""
    if rule.HasField("enabled") and not rule.enabled:
        return "disabled"
    return "dry run: only counts" if rule.dry_run else "enabled"


def condition(one: InvalidationCondition) -> str:
    """ "metadata team equals "search" "."""
    from google.protobuf.json_format import MessageToJson  # noqa: PLC0415

    from modeldex.v1.condition_pb2 import ConditionOperator  # noqa: PLC0415
    from modeldex.v1.invalidation_pb2 import InvalidationSubject  # noqa: PLC0415

    subject = texts.word(InvalidationSubject.Name, one.subject, "INVALIDATION_SUBJECT_")
    operator = texts.word(ConditionOperator.Name, one.condition.operator, "CONDITION_OPERATOR_")
    value = one.condition.value
    shown = f"{value.number_value:.15g}" if value.HasField("number_value") else MessageToJson(value, indent=None)
    return f"{subject} {texts.safe(one.condition.field)} {operator} {texts.safe(shown)}"


def action(one: InvalidationAction) -> str:
    """ "invalidate, soft"."""
    match one.WhichOneof("action"):
        case "invalidate":
            mode = words.mode(one.invalidate.mode) if one.invalidate.mode else "hard"
            return f"invalidate, {mode}"
        case "refresh":
            return "refresh"
        case "extend_ttl":
            return f"let them live {texts.span(texts.seconds(one.extend_ttl))} from then"
        case "tag":
            return f"tag them {texts.words(one.tag.tags)}"
        case _:
            return f"notify: {texts.safe(one.notify)}"


def _when(rule: InvalidationRule) -> str:
    strategy = texts.safe(rule.strategy).replace("_", " ")
    return f"{strategy} happens" if rule.strategy else "anything is invalidated, or the catalogue changes"


def _style(rule: InvalidationRule) -> Style:
    return Style.GOOD if state(rule) == "enabled" else Style.CAUTION


def _columns(now: datetime) -> Sequence[Column[InvalidationRule]]:
    return [
        Column("id", lambda one: texts.safe(one.id), fold=True),
        Column("name", lambda one: texts.safe(one.name), fold=True),
        Column("state", lambda one: state(one).partition(":")[0], style=_style),
        Column("when", lambda one: texts.safe(one.strategy).replace("_", " ") or "anything", drop=3),
        Column("then", lambda one: "; ".join(map(action, one.actions)), drop=2, fold=True),
        Column("priority", lambda one: str(one.priority), drop=5, right=True),
        Column("fired", lambda one: texts.count(one.fire_count), drop=1, right=True),
        Column("last", lambda one: _last(one, now), drop=4),
    ]


def _last(rule: InvalidationRule, now: datetime) -> str:
    return texts.age(rule.last_fire_time, now) if rule.HasField("last_fire_time") else "never"


_FIELDS: dict[str, Callable[[InvalidationRule], str]] = {
    "id": lambda one: one.id,
    "name": lambda one: one.name,
    "strategy": lambda one: one.strategy,
    "state": lambda one: state(one).partition(":")[0],
    "priority": lambda one: str(one.priority),
    "version": lambda one: str(one.version),
    "fire_count": lambda one: str(one.fire_count),
    "last_fire_time": lambda one: one.last_fire_time.ToJsonString() if one.HasField("last_fire_time") else "",
}
