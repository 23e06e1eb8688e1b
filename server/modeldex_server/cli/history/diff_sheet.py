"""What differs, as people read it: what breaks first, each with what it was, what it is, and the rule that says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from modeldex_server.cli.history import words
from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.output import Sheet
from modeldex_server.cli.terminal.styles import Style, styled
from modeldex_server.cli.terminal.tables import Column, draw

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from modeldex.v1.history_pb2 import DiffEntry, ModelDiff


def sheet(units: words.Units) -> Sheet[DiffEntry]:
    """How entries of a diff are written."""
    return Sheet(_columns(units), _FIELDS, lambda entry: entry.change.path)


def lines(diff: ModelDiff, units: words.Units, width: int | None, *, colour: bool) -> Iterator[str]:
    """A diff: what it is of, its figures, and what differs."""
    id = texts.safe(diff.model_id)
    head = f"{styled(id, Style.HEAD) if colour else id}  version {diff.from_version} -> {diff.to_version}"
    yield f"{head}: {summary(diff)}"
    if diff.entries:
        yield from draw(_columns(units), ordered(diff.entries), width, colour=colour)


def summary(diff: ModelDiff) -> str:
    """ "1 breaking and 2 compatible changes, impact high"."""
    counts = diff.summary
    parts = [
        f"{count:,} {name}"
        for count, name in (
            (counts.breaking_count, "breaking"),
            (counts.compatible_count, "compatible"),
            (counts.cosmetic_count, "cosmetic"),
        )
        if count
    ]
    if not parts:
        return "nothing differs"
    noun = "change" if counts.total_count == 1 else "changes"
    return f"{', '.join(parts)} {noun}, impact {words.impact(counts.impact)}"


def ordered(entries: Sequence[DiffEntry]) -> list[DiffEntry]:
    """What breaks first, then what matters most, then by path."""
    return sorted(entries, key=lambda one: (one.change_class or 9, -one.impact, one.change.path))


def _columns(units: words.Units) -> Sequence[Column[DiffEntry]]:
    return [
        Column("class", lambda one: words.change_class(one.change_class), style=_style),
        Column("what", lambda one: words.fact(one.change.path), fold=True),
        Column("before", _before, fold=True),
        Column("after", lambda one: _after(one, units), fold=True),
        Column(
            "impact", lambda one: words.impact(one.impact), drop=2, style=lambda one: words.impact_style(one.impact)
        ),
        Column("rule", lambda one: texts.safe(one.rule_id), drop=1),
    ]


def _style(entry: DiffEntry) -> Style:
    return words.class_style(entry.change_class)


def _before(entry: DiffEntry) -> str:
    change = entry.change
    if words.is_member(change):
        return "yes" if change.HasField("old_value") else "no"
    return words.before(change) if change.path else ""


def _after(entry: DiffEntry, units: words.Units) -> str:
    change = entry.change
    if words.is_member(change):
        return "yes" if change.HasField("new_value") else "no"
    return words.after(change, units) if change.path else "removed"


def _json(entry: DiffEntry, name: str) -> str:
    from google.protobuf.json_format import MessageToJson  # noqa: PLC0415

    if not entry.change.HasField(name):  # type: ignore[arg-type] # one of the two
        return ""
    value: Message = getattr(entry.change, name)
    return MessageToJson(value, indent=None, ensure_ascii=True)


_FIELDS: dict[str, Callable[[DiffEntry], str]] = {
    "path": lambda one: one.change.path,
    "class": lambda one: words.change_class(one.change_class),
    "impact": lambda one: words.impact(one.impact),
    "rule_id": lambda one: one.rule_id,
    "old_value": lambda one: _json(one, "old_value"),
    "new_value": lambda one: _json(one, "new_value"),
}
