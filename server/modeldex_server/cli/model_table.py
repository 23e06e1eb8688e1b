"""Models as rows: what a list shows of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from modeldex_server.cli.filters import Sort
from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.output import Sheet
from modeldex_server.cli.terminal.styles import Style
from modeldex_server.cli.terminal.tables import Column

if TYPE_CHECKING:
    from google.protobuf.timestamp_pb2 import Timestamp

    from modeldex.v1.model_pb2 import Model, Price

_DEPRECATED, _RETIRED = 4, 5
# A column that the list is ordered by stays as long as the prices do.
_SORTED_BY = {Sort.RELEASE: "released", Sort.RETIREMENT: "retires", Sort.CONTEXT: "context", Sort.MAX_OUTPUT: "max out"}


def sheet(sort: Sort = Sort.ID) -> Sheet[Model]:
    """How a list of models is written."""
    return Sheet(_columns(_SORTED_BY.get(sort, "")), _FIELDS, lambda model: model.id)


def _columns(asked_for: str) -> Sequence[Column[Model]]:
    all_columns: list[Column[Model]] = [
        Column("id", lambda model: texts.safe(model.id), fold=True),
        Column("context", _limit("context_window"), drop=3, right=True),
        Column("max out", _limit("max_output_tokens"), drop=6, right=True),
        Column("in $/M", _price("input"), right=True),
        Column("out $/M", _price("output"), right=True),
        Column("vision", _flag("vision"), drop=4),
        Column("tools", _flag("function_calling"), drop=4),
        Column("reasoning", _flag("reasoning"), drop=5),
        Column("stage", stage, drop=7, quiet=True, style=stage_style),
        Column("retires", _date("retirement_time"), drop=8, quiet=True),
    ]
    if asked_for == "released":
        all_columns.append(Column("released", _date("release_time"), drop=1))
    return [
        Column(one.title, one.value, 1, one.right, one.fold, False, one.style) if one.title == asked_for else one
        for one in all_columns
    ]


def stage(model: Model) -> str:
    """What is worth a word: nothing for a model that is active, or of which nothing is said."""
    from modeldex.v1.model_pb2 import LifecycleStage  # noqa: PLC0415

    if model.unlisted:
        return "unlisted"
    name = texts.word(LifecycleStage.Name, model.lifecycle.stage, "LIFECYCLE_STAGE_")
    return "" if name in ("active", "unknown") else name


def stage_style(model: Model) -> Style:
    """What ends is coloured."""
    if model.lifecycle.stage == _RETIRED:
        return Style.BAD
    return Style.CAUTION if model.lifecycle.stage == _DEPRECATED else Style.PLAIN


def _limit(name: str) -> Callable[[Model], str]:
    return lambda model: texts.compact(getattr(model, name)) if model.HasField(name) else ""  # type: ignore[arg-type]


def _price(meter: str) -> Callable[[Model], str]:
    return lambda model: texts.dollars(_known_price(model, meter))


def _known_price(model: Model, meter: str) -> Price | None:
    # get() of a map of messages would give an empty price for None.
    if meter in model.prices:
        return model.prices[meter]
    return None


def _flag(name: str) -> Callable[[Model], str]:
    """Three states: yes, no, and nothing for unknown."""
    return lambda model: _yes_or_no(model, name, "yes", "no")


def _yes_or_no(model: Model, name: str, yes: str, no: str) -> str:
    if name not in model.capabilities:
        return ""
    value = model.capabilities[name]
    return no if value.WhichOneof("value") == "flag" and not value.flag else yes


def _date(name: str) -> Callable[[Model], str]:
    return lambda model: texts.date(getattr(model.lifecycle, name)) if model.lifecycle.HasField(name) else ""  # type: ignore[arg-type]


def _time(time: Timestamp) -> str:
    return str(time.ToJsonString())


def _exact(name: str) -> Callable[[Model], str]:
    return lambda model: str(getattr(model, name)) if model.HasField(name) else ""  # type: ignore[arg-type]


def _dollars_exact(meter: str) -> Callable[[Model], str]:
    """Empty where the price is unknown or not in USD for a million tokens."""

    def exact(model: Model) -> str:
        price = _known_price(model, meter)
        return price.amount if price and price.unit == 1 and price.currency in ("", "USD") else ""

    return exact


def _truth(name: str) -> Callable[[Model], str]:
    return lambda model: _yes_or_no(model, name, "true", "false")


def _stage_exact(model: Model) -> str:
    from modeldex.v1.model_pb2 import LifecycleStage  # noqa: PLC0415

    return texts.word(LifecycleStage.Name, model.lifecycle.stage, "LIFECYCLE_STAGE_") if model.lifecycle.stage else ""


# Columns of CSV. Programs count on them: new ones are added at the end.
_FIELDS: dict[str, Callable[[Model], str]] = {
    "id": lambda model: model.id,
    "provider_id": lambda model: model.provider_id,
    "canonical_id": lambda model: model.canonical_id,
    "display_name": lambda model: model.display_name,
    "context_window": _exact("context_window"),
    "max_input_tokens": _exact("max_input_tokens"),
    "max_output_tokens": _exact("max_output_tokens"),
    "input_usd_per_million_tokens": _dollars_exact("input"),
    "output_usd_per_million_tokens": _dollars_exact("output"),
    "vision": _truth("vision"),
    "function_calling": _truth("function_calling"),
    "reasoning": _truth("reasoning"),
    "stage": _stage_exact,
    "release_time": lambda model: (
        _time(model.lifecycle.release_time) if model.lifecycle.HasField("release_time") else ""
    ),
    "retirement_time": lambda model: (
        _time(model.lifecycle.retirement_time) if model.lifecycle.HasField("retirement_time") else ""
    ),
    "version": lambda model: str(model.version),
}
