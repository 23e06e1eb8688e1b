"""The fields of a model."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Protocol

from google.protobuf.struct_pb2 import Struct, Value

from modeldex.v1 import model_pb2 as pb
from modeldex_server.conditions import kinds
from modeldex_server.conditions.fields import Entries, Field, Fields, field_of, of_message, within, words_of
from modeldex_server.conditions.kinds import Fact, Kind
from modeldex_server.conditions.refusal import Refusal

_NAMES = (
    *("id", "provider_id", "provider_model_id", "canonical_id", "display_name", "family"),
    *("context_window", "max_input_tokens", "max_output_tokens", "input_modalities", "output_modalities"),
    *("tags", "alternatives", "listed_by", "unlisted", "version", "revision", "create_time", "update_time"),
)
_LIFECYCLE = ("stage", "release_time", "deprecation_time", "retirement_time", "replacement_id")
_ELSEWHERE = {
    "availability": "is no part of a model's versions; an update of its provider tells of it (type PROVIDER)",
    "capabilities": 'needs the name of a capability, for example "capabilities.function_calling"',
    "prices": 'needs a meter and a part of the price, for example "prices.input.amount"',
    "lifecycle": 'needs a part, for example "lifecycle.stage"',
    "metadata": 'needs a key, for example "metadata.license"',
    "field_sources": 'needs the path of a fact, for example "field_sources.context_window"',
}
# Capabilities that a model has fields for; they never stand among its capabilities.
_OWN_FIELD = frozenset(
    {"context_window", "max_input_tokens", "max_output_tokens", "input_modalities", "output_modalities"}
)
_METER = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_FACT_TYPES: dict[str, tuple[type, Kind[Any]]] = {
    "flag": (bool, kinds.FLAG),
    "number": (float, kinds.NUMBER),
    "text": (str, kinds.WORDS),  # as where nothing is known of it but its value
    "list": (tuple, kinds.TEXTS),
}


class Definition(Protocol):
    """What the vocabulary says of a capability."""

    @property
    def kind(self) -> str:
        """Which field of CapabilityValue holds its value."""
        ...


class Capabilities(Protocol):
    """The vocabulary of capabilities."""

    def __contains__(self, name: object) -> bool: ...
    def __hash__(self) -> int: ...
    def definition(self, name: str) -> Definition: ...
    def closest(self, name: str) -> str | None: ...


@lru_cache(maxsize=8)
def model_fields(capabilities: Capabilities | None = None) -> Fields[pb.Model]:
    """The fields of a model. With the vocabulary only its capabilities are fields, each of its kind; without it every
    name is, of whatever kind the model has it."""
    fixed: dict[str, Field[pb.Model]] = dict(of_message(pb.Model, _NAMES))
    fixed["description"] = field_of(kinds.TEXT, lambda model: model.description or None)
    fixed |= within("lifecycle", lambda model: model.lifecycle, of_message(pb.Lifecycle, _LIFECYCLE))
    maps: dict[str, Entries[pb.Model]] = {
        "capabilities": lambda name, hint: _capability(name, capabilities, hint=hint),
        "prices": lambda rest, _: _price(rest),
        "metadata": lambda key, _: field_of(kinds.FACT, lambda model: fact_at(model.metadata, key)),
        "field_sources": lambda path, _: field_of(kinds.NAME, lambda model: model.field_sources.get(path)),
    }
    return Fields("a model", fixed, maps, _ELSEWHERE)


def _capability(name: str, capabilities: Capabilities | None, *, hint: bool) -> Field[pb.Model]:
    if name in _OWN_FIELD:
        raise Refusal("field", f'is a field of its own, "{name}"')
    if capabilities is None:
        return field_of(kinds.FACT, lambda model: _known(model, name))
    if name not in capabilities:
        near = capabilities.closest(name) if hint else None
        meant = f'; did you mean "capabilities.{near}"?' if near else ""
        raise Refusal("field", f"is no capability of the vocabulary{meant}")
    type_, kind = _FACT_TYPES[capabilities.definition(name).kind]

    def get(model: pb.Model) -> Fact | None:
        fact = _known(model, name)
        return fact if isinstance(fact, type_) else None

    return field_of(kind, get)


def _known(model: pb.Model, name: str) -> Fact | None:
    value = model.capabilities.get(name)
    if value is None:
        return None
    kind = value.WhichOneof("value")
    if kind == "flag":
        return value.flag
    if kind == "number":
        return value.number
    if kind == "text":
        return value.text
    return tuple(value.list.values) if kind == "list" else None


def _price(rest: str) -> Field[pb.Model] | None:
    meter, _, part = rest.rpartition(".")
    if part not in _PRICE_PARTS or not _METER.fullmatch(meter):
        return None
    kind, of_price = _PRICE_PARTS[part]

    def get(model: pb.Model) -> object:
        price = model.prices.get(meter)
        return None if price is None else of_price(price)

    return field_of(kind, get)


def _amount(price: pb.Price) -> Decimal | None:
    try:
        amount = Decimal(price.amount)
    except InvalidOperation:  # of an external update, which nobody checked
        return None
    return amount if amount.is_finite() else None


_PRICE_PARTS: dict[str, tuple[Kind[Any], Callable[[pb.Price], object]]] = {
    "amount": (kinds.AMOUNT, _amount),
    "unit": (kinds.word(words_of(pb.PriceUnit.DESCRIPTOR)), lambda price: price.unit or None),
    "currency": (kinds.NAME, lambda price: price.currency or None),
}


def fact_at(metadata: Struct, key: str) -> Fact | None:
    """What stands under a key, as something to compare with; None where there is nothing, or nothing of that kind."""
    value = metadata.fields.get(key)
    if value is None:
        return None
    if value.WhichOneof("kind") != "list_value":
        return _scalar(value)
    return tuple(fact for member in value.list_value.values if (fact := _scalar(member)) is not None)


def _scalar(value: Value) -> str | float | bool | None:
    """A string, number or flag; a struct, a list in a list and null are nothing to compare with."""
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "number_value":
        return value.number_value
    return value.bool_value if kind == "bool_value" else None
