"""The types that a field can have: which operators fit each, and what a comparison asks of a value of it."""

from __future__ import annotations

import operator as order
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.struct_pb2 import ListValue, Value

from modeldex_server.conditions import operands
from modeldex_server.conditions.comparison import (
    CONTAINS,
    ENDS_WITH,
    EQUALITY,
    EQUALS,
    GREATER_THAN,
    IN,
    LESS_THAN,
    MEMBERS,
    ORDER,
    PARTS,
    REGEX,
    STARTS_WITH,
    Comparison,
)
from modeldex_server.conditions.refusal import Refusal

V = TypeVar("V", bound=Hashable)
W_contra = TypeVar("W_contra", contravariant=True)

# What is asked of (the value of the condition, the value of the field).
_COMPARED: dict[int, Callable[[Any, Any], bool]] = {EQUALS: order.eq, GREATER_THAN: order.lt, LESS_THAN: order.gt}

# A value that is a string, a number, a flag, or several of them: of a capability, or of metadata.
Fact = str | float | bool | tuple[str | float | bool, ...]


class Kind(Protocol[W_contra]):
    """A type of fields. `operators` are those that fit, without the negations."""

    @property
    def name(self) -> str:
        """It, as a message names it: "a number"."""
        ...

    @property
    def operators(self) -> frozenset[int]: ...

    def asks(self, comparison: Comparison, /) -> Callable[[W_contra], bool]:
        """What the comparison asks of a value that is there.

        Raises:
            Refusal: what is compared with is of another type.
        """
        ...


@dataclass(frozen=True, slots=True)
class Plain(Generic[V]):
    """One value that equals another or not, and where it has an order is more or less than it."""

    name: str
    operators: frozenset[int]
    operand: Callable[[Value, bool], V]

    def asks(self, comparison: Comparison) -> Callable[[V], bool]:
        wanted = [self.operand(value, comparison.exact) for value in comparison.values]
        if comparison.operator == IN:
            return frozenset(wanted).__contains__
        return partial(_COMPARED[comparison.operator], wanted[0])


class Text:
    """A string. Expressions look at so many KiB of it; of a list each of its strings is one of several `texts`."""

    name = "a string"
    operators = MEMBERS | PARTS

    def __init__(self, size: int, texts: int = 1) -> None:
        self._size = size
        self._texts = texts

    def asks(self, comparison: Comparison) -> Callable[[str], bool]:
        if comparison.operator == REGEX:
            # Unfolded: the expression itself knows about case.
            pattern = operands.text(comparison.value, True)
            return comparison.patterns.test(pattern, exact=comparison.exact, size=self._size, texts=self._texts)
        wanted = [operands.text(value, comparison.exact) for value in comparison.values]
        test = _text_test(comparison.operator, wanted)
        return test if comparison.exact else lambda value: test(value.casefold())


def _text_test(operator: int, wanted: Sequence[str]) -> Callable[[str], bool]:
    first = wanted[0]
    if operator == CONTAINS:
        return lambda value: first in value
    if operator == STARTS_WITH:
        return lambda value: value.startswith(first)
    if operator == ENDS_WITH:
        return lambda value: value.endswith(first)
    return frozenset(wanted).__contains__


class Members(Generic[V]):
    """Several values of one type. One of them has to meet what is asked; CONTAINS asks for one that is equal."""

    name = "a list"

    def __init__(self, member: Kind[V]) -> None:
        self.operators = member.operators | {CONTAINS}
        self._member = member

    def asks(self, comparison: Comparison) -> Callable[[Sequence[V]], bool]:
        test = self._member.asks(_of_member(comparison))
        return lambda values: any(map(test, values))


class AnyFact:
    """A value of which only the data say what it is. The value of the condition says of which type it has to be."""

    name = "a string, a number, a flag or a list"
    operators = MEMBERS | PARTS | ORDER

    def asks(self, comparison: Comparison) -> Callable[[Fact], bool]:
        whole = _by_type(comparison)
        member = whole if comparison.operator != CONTAINS else _by_type(_of_member(comparison))

        def test(fact: Fact) -> bool:
            if isinstance(fact, tuple):
                return any((ask := member.get(type(one))) is not None and ask(one) for one in fact)
            return (ask := whole.get(type(fact))) is not None and ask(fact)

        return test


def _of_member(comparison: Comparison) -> Comparison:
    return comparison.with_operator(EQUALS) if comparison.operator == CONTAINS else comparison


def _by_type(comparison: Comparison) -> dict[type, Callable[[Any], bool]]:
    """What is asked of facts of each type: the values of a list can be of several."""
    groups: dict[str, list[Value]] = {}
    for value in comparison.values:
        groups.setdefault(value.WhichOneof("kind") or "", []).append(value)
    tests: dict[type, Callable[[Any], bool]] = {}
    for kind, values in groups.items():
        if kind not in _FACTS:
            raise Refusal("value", "must be a string, a number, true or false")
        type_, one = _FACTS[kind]
        if comparison.operator not in one.operators | {CONTAINS}:
            raise Refusal("value", "must be a string" if comparison.operator in PARTS else "must be a number")
        of_kind = values[0] if comparison.operator != IN else Value(list_value=ListValue(values=values))
        asked = Comparison(comparison.operator, of_kind, comparison.exact, comparison.patterns)
        if comparison.operator in one.operators:
            tests[type_] = one.asks(asked)
    return tests


TEXT = Text(8)
NAME = Text(1)
WORDS = Text(8, texts=2)  # a text, or many short ones
NUMBER: Plain[float] = Plain("a number", EQUALITY | ORDER, operands.number)
AMOUNT: Plain[Decimal] = Plain("an amount of money", EQUALITY | ORDER, operands.amount)
TIME: Plain[int] = Plain("a time", EQUALITY | ORDER, operands.time)
FLAG: Plain[bool] = Plain("true or false", EQUALITY, operands.flag)
TEXTS: Members[str] = Members(WORDS)
FACT = AnyFact()

_FACTS: dict[str, tuple[type, Kind[Any]]] = {
    "string_value": (str, WORDS),
    "number_value": (float, NUMBER),
    "bool_value": (bool, FLAG),
}


def word(words: Mapping[str, V]) -> Plain[V]:
    """One of some words, each with the value that it stands for."""
    return Plain("one of some words", EQUALITY, operands.word_of(words))
