"""The history in words: facts and what changed in them, classes, impacts, operations, pins."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.styles import Style

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Value

    from modeldex.v1.history_pb2 import ModelPin
    from modeldex.v1.model_pb2 import Model
    from modeldex.v1.update_pb2 import FieldChange

WHOLE = "the whole model"
_UNKNOWN = "unknown"
_SOURCES = "field_sources["  # a fact whose source is not named has that of the rest
_LIMITS = ("context_window", "max_input_tokens", "max_output_tokens")
_NAMES = {
    "display_name": "name",
    "lifecycle.stage": "stage",
    "lifecycle.release_time": "release",
    "lifecycle.deprecation_time": "deprecation",
    "lifecycle.retirement_time": "retirement",
    "lifecycle.replacement_id": "replacement",
}
_KEYED = {"capabilities": "", "metadata": "metadata ", "field_sources": "source of "}
_MEMBERS = {
    "tags": "tag ",
    "input_modalities": "input of ",
    "output_modalities": "output of ",
    "alternatives": "alternative ",
    "listed_by": "listing by ",
}
_PREFIXES = ("MODALITY_", "LIFECYCLE_STAGE_", "PRICE_UNIT_")
_STEP = re.compile(r'\.?([a-z0-9_]+)|\[("(?:[^"\\]|\\.)*")\]')
_LONGEST = 60  # characters of a value
_CLASS_STYLES = {"breaking": Style.BAD, "compatible": Style.GOOD, "cosmetic": Style.FAINT}
_IMPACT_STYLES = {"critical": Style.BAD, "high": Style.BAD, "medium": Style.CAUTION}
_STATE_STYLES = {"pending": Style.CAUTION, "executed": Style.GOOD}

Units = Mapping[str, str]


def units(model: Model | None) -> Units:
    """What each meter's price is in: {"input": "USD per million tokens"}."""
    return {} if model is None else {meter: texts.price_unit(price) for meter, price in model.prices.items()}


def fact(path: str) -> str:
    """What a path is: "context window", "price of input", "tool_calling"."""
    head, *rest = [name or json.loads(key) for name, key in _STEP.findall(path)] or [""]
    if not head:
        return WHOLE
    if head == "prices" and rest:
        return _price(*rest)
    if rest and (prefix := (_KEYED | _MEMBERS).get(head)) is not None:
        return texts.safe(f"{prefix}{_short(rest[0])}")
    return _NAMES.get(path) or texts.safe(path.replace("_", " "))


def before(change: FieldChange) -> str:
    """The value that was; "unknown" where there was none."""
    return _value(change.path, change.old_value) if change.HasField("old_value") else _absent(change.path)


def after(change: FieldChange, units: Units) -> str:
    """The value that is, with what a price is in; "unknown" where there is none."""
    if not change.HasField("new_value"):
        return _absent(change.path)
    value, unit = _value(change.path, change.new_value), _unit(change.path, units)
    return f"{value} {unit}" if unit else value


def is_member(change: FieldChange) -> bool:
    """Whether it is about a member of a set, which only comes and goes."""
    return change.path.partition("[")[0] in _MEMBERS


def told(changes: Sequence[FieldChange], units: Units) -> Iterator[str]:
    """Each change as a sentence: "price of input 2.5 -> 3 USD per million tokens". Where facts come from is told only
    where nothing else changed."""
    paths, units = {change.path for change in changes}, {**units, **_units_of(changes)}
    for change in [change for change in changes if not change.path.startswith(_SOURCES)] or changes:
        if is_member(change):
            yield f"{fact(change.path)} {'added' if change.HasField('new_value') else 'removed'}"
        elif not change.path:
            yield "the model was removed"
        elif not _goes_with_an_amount(change, paths):
            yield f"{fact(change.path)} {before(change)} -> {after(change, units)}"


def pin(one: ModelPin) -> str:
    """What a pin holds: "context window 200,000", "the whole model", "prices (4 facts)"."""
    name = fact(one.path)
    match one.facts:
        case _ if not one.path:
            return name
        case []:
            return f"{name} {_UNKNOWN}"
        case [held] if held.path == one.path:
            return name if is_member(held) else f"{name} {after(held, {})}"
        case held:
            amounts = [fact for fact in held if fact.path == f"{one.path}.amount"]
            told = after(amounts[0], _units_of(held)) if amounts else f"({texts.plural(len(held), 'fact')})"
            return f"{name} {told}"


def until(one: ModelPin) -> str:
    """ "until 2026-11-29 12:00 UTC", or nothing for a pin without an end."""
    return f"until {texts.minute(one.expire_time)}" if one.HasField("expire_time") else ""


def change_class(number: int) -> str:
    """ "breaking"."""
    from modeldex.v1.history_pb2 import ChangeClass  # noqa: PLC0415

    return texts.word(ChangeClass.Name, number, "CHANGE_CLASS_") if number else ""


def class_style(number: int) -> Style:
    """Red for what breaks."""
    return _CLASS_STYLES.get(change_class(number), Style.PLAIN)


def impact(number: int) -> str:
    """ "high"; nothing where nothing differs."""
    from modeldex.v1.history_pb2 import ChangeImpact  # noqa: PLC0415

    return texts.word(ChangeImpact.Name, number, "CHANGE_IMPACT_") if number else ""


def impact_style(number: int) -> Style:
    """The redder the worse."""
    return _IMPACT_STYLES.get(impact(number), Style.PLAIN)


def operation(number: int) -> str:
    """ "rollback"."""
    from modeldex.v1.history_pb2 import ModelVersionOperation  # noqa: PLC0415

    return texts.word(ModelVersionOperation.Name, number, "MODEL_VERSION_OPERATION_")


def state(number: int) -> str:
    """ "pending"."""
    from modeldex.v1.history_pb2 import RollbackState  # noqa: PLC0415

    return texts.word(RollbackState.Name, number, "ROLLBACK_STATE_")


def state_style(number: int) -> Style:
    """Yellow while it waits, green once it is done, red for what came to nothing."""
    return _STATE_STYLES.get(state(number), Style.BAD)


def by(principal: str, source_id: str) -> str:
    """Who: "dana", or "discovery from models_dev"."""
    return texts.safe(f"{principal} from {source_id}" if source_id else principal)


def _price(meter: str, *rest: str) -> str:
    of = f"price of {texts.safe(meter)}"
    match rest:
        case [] | ["amount"]:
            return of
        case ["tiers", tokens]:
            return f"{of} above {texts.count(int(tokens)) if tokens.isdigit() else texts.safe(tokens)} tokens"
        case [field, *_]:
            return f"{field} of the {of}"
    return of


def _units_of(changes: Iterable[FieldChange]) -> Units:
    """What prices are in, of meters whose unit stands among these facts."""
    from modeldex.v1.model_pb2 import Price, PriceUnit  # noqa: PLC0415

    given = {change.path: change.new_value.string_value for change in changes if change.path.startswith("prices[")}
    found = {}
    for path, unit in given.items():
        if path.endswith(".unit") and unit in PriceUnit.keys():  # noqa: SIM118 # no mapping
            price = Price(unit=PriceUnit.Value(unit), currency=given.get(f"{path.removesuffix('unit')}currency", ""))
            found[_meter(path)] = texts.price_unit(price)
    return found


def _meter(path: str) -> str:
    meter: str = json.loads(_STEP.findall(path)[1][1])
    return meter


def _absent(path: str) -> str:
    return "as the rest" if path.startswith(_SOURCES) else _UNKNOWN


def _goes_with_an_amount(change: FieldChange, paths: set[str]) -> bool:
    """The unit and the currency of a price that came or went with it tell nothing more."""
    head, _, field = change.path.rpartition(".")
    whole = not (change.HasField("old_value") and change.HasField("new_value"))
    return whole and head.startswith("prices[") and field in ("unit", "currency") and f"{head}.amount" in paths


def _unit(path: str, units: Units) -> str:
    if not path.startswith("prices[") or not (path.endswith(".amount") or ".tiers[" in path):
        return ""
    return units.get(_meter(path), "")


def _value(path: str, value: Value) -> str:
    match value.WhichOneof("kind"):
        case "number_value":
            number = value.number_value
            return texts.count(int(number)) if path in _LIMITS else f"{number:,.15g}"
        case "bool_value":
            return "yes" if value.bool_value else "no"
        case "string_value":
            text = value.string_value
            return _short(text.removesuffix("T00:00:00Z") if path.endswith("_time") else text) or "empty"
        case "list_value" if all(one.HasField("string_value") for one in value.list_value.values):
            return ", ".join(_short(one.string_value) for one in value.list_value.values) or "none"
        case "list_value" | "struct_value":
            from google.protobuf.json_format import MessageToJson  # noqa: PLC0415

            return _short(MessageToJson(value, indent=None))
        case _:
            return _UNKNOWN


def _short(text: str) -> str:
    for prefix in _PREFIXES:
        if text.startswith(prefix):
            return text.removeprefix(prefix).lower().replace("_", " ")
    return texts.safe(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
