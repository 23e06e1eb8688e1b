"""Changes of models as people read them: a row a version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from modeldex_server.cli.history import diff_sheet, words
from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.output import Sheet
from modeldex_server.cli.terminal.tables import Column

if TYPE_CHECKING:
    from modeldex.v1.history_pb2 import ModelChange

_SHOWN = 4  # changes of a version; `diff` shows all


def sheet() -> Sheet[ModelChange]:
    """How changes are written."""
    return Sheet(_COLUMNS, _FIELDS, lambda change: f"{change.model_id}@{change.version}")


def _told(change: ModelChange) -> str:
    """What changed, what breaks first; of a change without any, what it did."""
    entries = [entry.change for entry in diff_sheet.ordered(change.entries)]
    told = [*words.told(entries, {})]
    more = f"; and {len(told) - _SHOWN:,} more" if len(told) > _SHOWN else ""
    return "; ".join(told[:_SHOWN]) + more


def _worst(change: ModelChange) -> int:
    """The worst class of its entries; 0 where it has none."""
    return min((entry.change_class for entry in change.entries if entry.change_class), default=0)


def _class(change: ModelChange) -> str:
    return words.change_class(_worst(change))


_COLUMNS: Sequence[Column[ModelChange]] = [
    Column("when (UTC)", lambda one: f"{texts.moment(one.time):%Y-%m-%d %H:%M}"),
    Column("model", lambda one: texts.safe(one.model_id), fold=True),
    Column("version", lambda one: str(one.version), drop=5, right=True),
    Column("did", lambda one: words.operation(one.operation), drop=6),
    Column("class", _class, drop=4, style=lambda one: words.class_style(_worst(one))),
    Column("impact", lambda one: words.impact(one.impact), drop=3, style=lambda one: words.impact_style(one.impact)),
    Column("by", lambda one: words.by(one.principal, one.source_id), drop=2, fold=True),
    Column("what", _told, drop=1, fold=True),
]
_FIELDS: dict[str, Callable[[ModelChange], str]] = {
    "model_id": lambda one: one.model_id,
    "version": lambda one: str(one.version),
    "revision": lambda one: str(one.revision),
    "time": lambda one: one.time.ToJsonString(),
    "operation": lambda one: words.operation(one.operation),
    "principal": lambda one: one.principal,
    "source_id": lambda one: one.source_id,
    "reason": lambda one: one.reason,
    "class": _class,
    "impact": lambda one: words.impact(one.impact),
    "paths": lambda one: " ".join(entry.change.path or "*" for entry in one.entries),
}
