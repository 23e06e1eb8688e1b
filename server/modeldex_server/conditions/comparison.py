"""A condition without its field: an operator with what to compare with, and the operators by their groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from google.protobuf.struct_pb2 import Value

from modeldex.v1 import condition_pb2 as pb
from modeldex_server.conditions.patterns import Patterns
from modeldex_server.conditions.refusal import Refusal

EQUALS = pb.CONDITION_OPERATOR_EQUALS
CONTAINS = pb.CONDITION_OPERATOR_CONTAINS
STARTS_WITH = pb.CONDITION_OPERATOR_STARTS_WITH
ENDS_WITH = pb.CONDITION_OPERATOR_ENDS_WITH
GREATER_THAN = pb.CONDITION_OPERATOR_GREATER_THAN
LESS_THAN = pb.CONDITION_OPERATOR_LESS_THAN
IN = pb.CONDITION_OPERATOR_IN
REGEX = pb.CONDITION_OPERATOR_REGEX

# What each negation is the opposite of. They alone are met by a field that is absent.
OPPOSITES: dict[int, int] = {
    pb.CONDITION_OPERATOR_NOT_EQUALS: EQUALS,
    pb.CONDITION_OPERATOR_NOT_CONTAINS: CONTAINS,
    pb.CONDITION_OPERATOR_NOT_IN: IN,
}

EQUALITY = frozenset({EQUALS, IN})
ORDER = frozenset({GREATER_THAN, LESS_THAN})
PARTS = frozenset({STARTS_WITH, ENDS_WITH, REGEX})
MEMBERS = EQUALITY | {CONTAINS}

_MOST_VALUES = 100


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is asked of a field. The operator is never a negation. `exact`: compare texts letter by letter."""

    operator: int
    value: Value
    exact: bool = False
    patterns: Patterns = field(default_factory=Patterns)

    def with_operator(self, operator: int) -> Comparison:
        """The same with another operator."""
        return replace(self, operator=operator)

    @property
    def values(self) -> Iterator[Value]:
        """The values of IN, or the one value of any other operator.

        Raises:
            Refusal: IN has no list, one without values, or one with too many.
        """
        if self.operator != IN:
            return iter((self.value,))
        if self.value.WhichOneof("kind") != "list_value":
            raise Refusal("value", "must be a list of values")
        values = self.value.list_value.values
        if not 1 <= len(values) <= _MOST_VALUES:
            raise Refusal("value", f"must have 1 to {_MOST_VALUES} values, not {len(values):,}")
        return iter(values)
