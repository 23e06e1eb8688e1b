"""A filter of conditions: what is wrong with it, and whether a subject meets it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from modeldex.v1 import condition_pb2 as pb
from modeldex_server.conditions.comparison import OPPOSITES, Comparison
from modeldex_server.conditions.events import CAPABILITY_FIELDS, PROVIDER_FIELDS, UPDATE_FIELDS
from modeldex_server.conditions.fields import Field, Fields
from modeldex_server.conditions.models import Capabilities, model_fields
from modeldex_server.conditions.patterns import Patterns
from modeldex_server.conditions.refusal import Refusal

S = TypeVar("S")
Test = Callable[[S], bool]

MOST_CONDITIONS = 100
_MOST_TOGETHER = (20, 500)  # filters, and conditions in all of them
_FIELD_BYTES, _VALUE_BYTES = 256, 4096
HINTED = 5  # problems of a filter, with the field that was probably meant: finding it takes a while

_TYPES = ", ".join(value.name for value in pb.EventFilterType.DESCRIPTOR.values if value.number)
_OPERATORS = {value.number: value.name for value in pb.ConditionOperator.DESCRIPTOR.values if value.number}
_JOINS = frozenset(pb.ConditionJoin.values())


def problems(
    wanted: pb.EventFilter, capabilities: Capabilities | None = None, patterns: Patterns | None = None
) -> list[tuple[str, str]]:
    """The rules that a filter breaks, all together: (path within the filter, what it must be).

    Args:
        wanted: what a caller sent, whether it is enabled or not.
        capabilities: the vocabulary, for what is wrong with the names and the types of capabilities.
        patterns: the allowance of regular expressions that it shares with other filters of its request.
    """
    found: list[tuple[str, str]] = []
    if wanted.join not in _JOINS:
        found.append(("join", "must be CONDITION_JOIN_AND or CONDITION_JOIN_OR"))
    fields = fields_of(wanted.type, capabilities)
    if fields is None:
        found.append(("type", f"must be one of {_TYPES}"))
    if not 1 <= len(wanted.conditions) <= MOST_CONDITIONS:
        text = f"must have 1 to {MOST_CONDITIONS} entries, not {len(wanted.conditions):,}"
        found.append(("conditions", text))
    elif fields is not None:
        found += _compiled(fields, wanted, patterns or Patterns())[1]
    return found


def problems_together(
    wanted: Sequence[pb.EventFilter], capabilities: Capabilities | None = None
) -> list[tuple[str, str]]:
    """The rules that filters break which are taken together; all their regular expressions share one allowance. Paths
    begin with "filters"."""
    most, most_conditions = _MOST_TOGETHER
    if len(wanted) > most:
        return [("filters", f"must have at most {most} entries, not {len(wanted):,}")]
    if (count := sum(len(one.conditions) for one in wanted)) > most_conditions:
        return [("filters", f"must have at most {most_conditions} conditions in all, not {count:,}")]
    patterns = Patterns()
    return [
        (f"filters[{at}].{where}", text)
        for at, one in enumerate(wanted)
        for where, text in problems(one, capabilities, patterns)
    ]


def test_of(fields: Fields[S], wanted: pb.EventFilter) -> Test[S]:
    """Whether a subject meets a filter that has no problems.

    Raises:
        ValueError: it has.
    """
    tests, found = _compiled(fields, wanted, Patterns())
    if found or not tests:
        raise ValueError(f"a filter with problems: {found}")
    return either(tests) if wanted.join == pb.CONDITION_JOIN_OR else _all(tests)


def fields_of(type_: int, capabilities: Capabilities | None = None) -> Fields[Any] | None:
    """The fields that filters of a type have; None: there is no such type."""
    if type_ == pb.EVENT_FILTER_TYPE_MODEL:
        return model_fields(capabilities)
    return _FIELDS.get(type_)


_FIELDS: dict[int, Fields[Any]] = {
    pb.EVENT_FILTER_TYPE_PROVIDER: PROVIDER_FIELDS,
    pb.EVENT_FILTER_TYPE_CAPABILITY: CAPABILITY_FIELDS,
    pb.EVENT_FILTER_TYPE_CUSTOM: UPDATE_FIELDS,
}


def _compiled(
    fields: Fields[S], wanted: pb.EventFilter, patterns: Patterns
) -> tuple[list[Test[S]], list[tuple[str, str]]]:
    tests: list[Test[S]] = []
    found: list[tuple[str, str]] = []
    for at, condition in enumerate(wanted.conditions):
        try:
            tests.append(condition_test(fields, condition, patterns, hint=len(found) < HINTED))
        except Refusal as refusal:
            found.append((f"conditions[{at}].{refusal.part}", refusal.text))
    return tests, found


def condition_test(fields: Fields[S], condition: pb.Condition, patterns: Patterns, *, hint: bool = False) -> Test[S]:
    """Whether a subject meets a condition. `hint`: of a field that there is not, say which was probably meant.

    Raises:
        Refusal: the condition cannot be.
    """
    _check_size(condition)
    field = fields.find(condition.field, hint=hint)
    operator = OPPOSITES.get(condition.operator, condition.operator)
    _check_operator(condition.operator, operator, field)
    if condition.value.WhichOneof("kind") is None:
        raise Refusal("value", "must be set")
    asks = field.kind.asks(Comparison(operator, condition.value, condition.case_sensitive, patterns))
    return _met(field.get, asks) if operator == condition.operator else _not_met(field.get, asks)


def _check_size(condition: pb.Condition) -> None:
    if not 1 <= len(condition.field.encode()) <= _FIELD_BYTES:
        raise Refusal("field", f"must have 1 to {_FIELD_BYTES} bytes")
    if condition.value.ByteSize() > _VALUE_BYTES:
        raise Refusal("value", f"must have at most {_VALUE_BYTES:,} bytes")


def _check_operator(asked: int, operator: int, field: Field[S]) -> None:
    if operator in field.kind.operators:
        return
    fitting = [name for number, name in _OPERATORS.items() if OPPOSITES.get(number, number) in field.kind.operators]
    fit = ", ".join(name.removeprefix("CONDITION_OPERATOR_") for name in fitting)
    problem = f"does not fit a field that is {field.kind.name}" if asked in _OPERATORS else "is none"
    raise Refusal("operator", f"{problem}; {fit} do")


def _met(get: Callable[[S], Any], asks: Callable[[Any], bool]) -> Test[S]:
    return lambda subject: (value := get(subject)) is not None and asks(value)


def _not_met(get: Callable[[S], Any], asks: Callable[[Any], bool]) -> Test[S]:
    return lambda subject: (value := get(subject)) is None or not asks(value)


def _all(tests: list[Test[S]]) -> Test[S]:
    def test(subject: S) -> bool:
        for one in tests:  # noqa: SIM110 - a generator takes longer than most tests
            if not one(subject):
                return False
        return True

    return tests[0] if len(tests) == 1 else test


def either(tests: list[Test[S]]) -> Test[S]:
    """Whether a subject meets any of some tests, of which there is at least one."""

    def test(subject: S) -> bool:
        for one in tests:  # noqa: SIM110 - as above
            if one(subject):
                return True
        return False

    return tests[0] if len(tests) == 1 else test
