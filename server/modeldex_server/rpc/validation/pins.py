"""The rules of what a caller pins: which parts of a model, and to which values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from google.protobuf.struct_pb2 import Value

from modeldex.v1 import history_service_pb2 as api
from modeldex.v1 import model_pb2, update_pb2
from modeldex_server.catalogue.pinning import is_under
from modeldex_server.errors import Violation
from modeldex_server.ledger.diff import apply, leaves, steps
from modeldex_server.ledger.places import place_of
from modeldex_server.rpc.validation.model import model_problems
from modeldex_server.rpc.validation.paths import path_problem
from modeldex_server.rpc.validation.rules import (
    Names,
    Rule,
    Violations,
    amount_problem,
    meter_problem,
    shown,
    unknown_name,
)
from modeldex_server.rpc.validation.structs import value_problem

_NOT_PINNED = ("id", "provider_id", "provider_model_id", "field_sources", "listed_by", "unlisted")
_MODALITIES = ("input_modalities", "output_modalities")
_ID = "a/b"  # of the model that a value is tried on


def pinned_fields(field: str, most: int, names: Names) -> Rule:
    """A list of at most `most` PinnedField, no path twice. `names` are the capabilities that there are."""
    problems_of = model_problems(names)

    def rule(message: Any, path: str, out: Violations) -> None:
        fields = getattr(message, field)
        if len(fields) > most:
            out.append(Violation(path + field, f"must have at most {most} entries, not {len(fields):,}"))
            return
        seen: set[str] = set()
        for at, one in enumerate(fields):
            here = f"{path}{field}[{at}]."
            if problem := _path_problem(one.path, seen) or _key_problem(one.path, names, out):
                out.append(Violation(here + "path", problem))
            elif one.HasField("value") and (problem := _value_problem(one, problems_of)):
                out.append(Violation(here + "value", problem))
            seen.add(one.path)

    return rule


def _path_problem(path: str, seen: set[str]) -> str | None:
    if problem := path_problem(path):
        return problem
    if next(steps(path)) in _NOT_PINNED:
        return "must not be " + ", ".join(_NOT_PINNED[:-1]) + f" or {_NOT_PINNED[-1]}"
    if path in seen:
        return "must not occur twice"
    other = next((one for one in seen if is_under(path, one) or is_under(one, path)), None)
    return None if other is None else f"must not overlap with {shown(other)}"


def _key_problem(path: str, names: Names, out: Violations) -> str | None:
    """What is wrong with a key that nothing of a model can stand under."""
    name, *keys = steps(path)
    if not keys:
        return None
    if name == "capabilities" and keys[0] not in names:
        return unknown_name(keys[0], names, out)
    if name in _MODALITIES and keys[0] not in model_pb2.Modality.keys()[1:]:
        return "must name one of " + ", ".join(model_pb2.Modality.keys()[1:])
    return meter_problem(keys[0]) if name == "prices" else None


def _value_problem(pinned: api.PinnedField, problems_of: Callable[[model_pb2.Model], Violations]) -> str | None:
    place = place_of(pinned.path)
    if place is None or not place.is_fact:
        return f"must be left out: {pinned.path} is no single fact"
    if problem := value_problem("", pinned.value):
        return problem
    if pinned.value.WhichOneof("kind") == "null_value":
        return None
    if _is_amount(pinned.path) and (problem := amount_problem(pinned.value.string_value)):
        return problem  # before anything calculates with it: few characters can say a number of a billion digits
    model = _with_fact(pinned.path, pinned.value)
    if model is None:
        return f"is no value of {pinned.path}"
    problems = problems_of(model)
    return problems[0].description if problems else None


def _is_amount(path: str) -> bool:
    return path.startswith("prices[") and path.endswith((".amount", "]"))


def _with_fact(path: str, value: Value) -> model_pb2.Model | None:
    """A good model with one fact more; None where the value cannot stand there."""
    model = model_pb2.Model(id=_ID, provider_id="a", provider_model_id="b")
    if path.startswith("prices"):
        model.prices[list(steps(path))[1]].MergeFrom(
            model_pb2.Price(amount="0", unit=model_pb2.PRICE_UNIT_MILLION_TOKENS, currency="USD")
        )
    fact = update_pb2.FieldChange(path=path, operation=update_pb2.FIELD_CHANGE_OPERATION_ADDED, new_value=value)
    try:
        changed = apply(model, [fact])
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None
    return changed if _holds(leaves(changed).get(path), value) else None


def _holds(found: Value | None, value: Value) -> bool:
    """Whether a fact came out as it went in. An amount or a time may be spelled another way."""
    if found is None or found.WhichOneof("kind") != value.WhichOneof("kind"):
        return False
    return not value.HasField("number_value") or found.number_value == value.number_value
