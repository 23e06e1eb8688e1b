"""The rules of free structures: what JSON can say, no larger and no deeper than the contract states."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from google.protobuf.struct_pb2 import Value

from modeldex_server.errors import Violation
from modeldex_server.rpc.validation.rules import Rule, Violations, shown

_NUL = "must not hold NUL characters"


def struct(field: str, most_bytes: int, most_levels: int) -> Rule:
    """A Struct of at most so many bytes and levels, itself the first of them, where it is present."""

    def rule(message: Any, path: str, out: Violations) -> None:
        if not message.HasField(field):
            return
        value = getattr(message, field)
        if (size := value.ByteSize()) > most_bytes:
            out.append(Violation(path + field, f"must have at most {most_bytes:,} bytes, not {size:,}"))
            return
        for key in sorted(value.fields):
            if problem := value_problem(key, value.fields[key], most_levels):
                out.append(Violation(f"{path}{field}[{shown(key)}]", problem))

    return rule


def value_problem(key: str, value: Value, most_levels: float = math.inf) -> str | None:
    """What keeps a value under a key of a Struct from being JSON that PostgreSQL takes, or is too deep in it. It goes
    down level by level: no recursion, though the depth of a message is bounded before this."""
    if "\0" in key:
        return _NUL
    waiting: list[Iterable[Value]] = [(value,)]
    level = 1
    while waiting:
        if level > most_levels:
            return f"must be at most {most_levels} levels deep"
        below: list[Iterable[Value]] = []
        for values in waiting:
            if problem := _problem(values, below):
                return problem
        waiting, level = below, level + 1
    return None


def _problem(values: Iterable[Value], below: list[Iterable[Value]]) -> str | None:
    """What is wrong with some values; those that they hold are added to `below`. A batch may have a million: little is
    done for each."""
    for one in values:
        kind = one.WhichOneof("kind")
        if kind == "string_value":
            if "\0" in one.string_value:
                return _NUL
        elif kind == "number_value":
            if not math.isfinite(one.number_value):
                return "must hold finite numbers only"
        elif kind == "list_value":
            below.append(one.list_value.values)
        elif kind == "struct_value":
            fields = one.struct_value.fields
            if any("\0" in name for name in fields):
                return _NUL
            below.append(fields.values())
        elif kind is None:
            return "must hold a value in every place; null is null_value"
    return None
