"""The rules that fields can have: each function here makes one; the tables in `requests.py` and `model.py`
use them.

A rule takes a message, the path of that message in its request ("", "filter.") and the list of violations so far, and
adds its own. Rules never call themselves, look at long lists only after their length was found right, and hold no
pattern that can run long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Container, Iterable
from datetime import timedelta
from typing import Any, Protocol

from google.protobuf.descriptor import EnumDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from modeldex_server.conditions.models import Capabilities
from modeldex_server.errors import Violation

Violations = list[Violation]
Rule = Callable[[Any, str, Violations], None]

# Finding the name that was meant takes milliseconds, and no more violations than these are told.
HINTED = 20

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_AMOUNT = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_METER = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_METER_BYTES = 64
_SHOWN_KEY = 64
LARGEST_COUNT = 10**15
# Year 1 and the end of year 9999, in seconds of Unix time, as Timestamp's own comment bounds it.
_FIRST_SECOND, _LAST_SECOND = -62135596800, 253402300799


class Names(Capabilities, Protocol):
    """The names that capabilities may have."""

    def problem(self, name: str, value: Any) -> str | None:
        """What is wrong with a value of this name."""
        ...


def text_problem(value: str, most: int, *, least: int = 0, lines: bool = False) -> str | None:
    """What is wrong with a text of `least` to `most` bytes without control characters; `lines`: newlines may be."""
    if not value:
        return "must not be empty" if least else None
    # A character has at most 4 bytes, so most texts need no encoding to be measured.
    if len(value) * 4 > most and len(value.encode()) > most:
        return f"must have at most {most:,} bytes"
    if not value.isprintable() and (_CONTROL_BUT_LINES if lines else _CONTROL).search(value):
        return "must not hold control characters"
    return None


def amount_problem(value: str) -> str | None:
    """What is wrong with an amount of money."""
    if len(value) <= 37 and _AMOUNT.fullmatch(value):
        return None
    return 'must be a decimal number without sign or exponent, at most 18 digits on each side, for example "0.15"'


def currency_problem(value: str) -> str | None:
    """What is wrong with a currency; empty stands for USD."""
    return None if not value or _CURRENCY.fullmatch(value) else 'must be three capital letters, for example "USD"'


def meter_problem(value: str) -> str | None:
    """What is wrong with the name of a meter."""
    if len(value) <= _METER_BYTES and _METER.fullmatch(value):
        return None
    return 'must be snake_case with at most 64 bytes, for example "cache_read"'


def shown(key: str) -> str:
    """A key of the caller's, short enough for a path."""
    return key if len(key) <= _SHOWN_KEY else key[:_SHOWN_KEY] + "..."


def text(field: str, most: int, *, required: bool = False, lines: bool = False) -> Rule:
    """A text of at most `most` bytes."""

    surely_short = most // 4  # a character has at most 4 bytes

    def rule(message: Any, path: str, out: Violations) -> None:
        value = getattr(message, field)
        if 0 < len(value) <= surely_short and value.isprintable():
            return  # nearly all of them
        if problem := text_problem(value, most, least=int(required), lines=lines):
            out.append(Violation(path + field, problem))

    return rule


def checked(field: str, problem_of: Callable[[str], str | None]) -> Rule:
    """A text that a function knows the rule of."""

    def rule(message: Any, path: str, out: Violations) -> None:
        if problem := problem_of(getattr(message, field)):
            out.append(Violation(path + field, problem))

    return rule


def not_negative(field: str) -> Rule:
    """A number that is not negative; absent is right."""

    def rule(message: Any, path: str, out: Violations) -> None:
        if getattr(message, field) < 0:
            out.append(Violation(path + field, "must not be negative"))

    return rule


def count(field: str) -> Rule:
    """An optional number of tokens, at least 1 where it is present."""

    def rule(message: Any, path: str, out: Violations) -> None:
        if message.HasField(field) and not 1 <= getattr(message, field) <= LARGEST_COUNT:
            out.append(Violation(path + field, f"must be 1 to {LARGEST_COUNT:,}; leave it out where it is unknown"))

    return rule


def enum(field: str, kind: EnumDescriptor, *, required: bool = False) -> Rule:
    """A value of an enum that this release knows; the zero only where it is not required."""
    known = _numbers(kind, required=required)
    problem = _enum_problem(kind, required=required)

    def rule(message: Any, path: str, out: Violations) -> None:
        if getattr(message, field) not in known:
            out.append(Violation(path + field, problem))

    return rule


def enums(field: str, kind: EnumDescriptor, most: int, *, zero: bool = False) -> Rule:
    """Values of an enum, each known; the zero only where it says something to look for."""
    known = _numbers(kind, required=not zero)
    problem = _enum_problem(kind, required=not zero)

    def rule(message: Any, path: str, out: Violations) -> None:
        values = getattr(message, field)
        if not _is_short(values, most, path + field, out):
            return
        out.extend(Violation(f"{path}{field}[{at}]", problem) for at, one in enumerate(values) if one not in known)

    return rule


def texts(field: str, most: int, most_bytes: int, *, least: int = 0) -> Rule:
    """A list of `least` to `most` texts, each of 1 to `most_bytes` bytes."""

    surely_short = most_bytes // 4

    def rule(message: Any, path: str, out: Violations) -> None:
        values = getattr(message, field)
        if len(values) < least:
            out.append(Violation(path + field, "must not be empty"))
        if not _is_short(values, most, path + field, out):
            return
        for at, value in enumerate(values):
            if 0 < len(value) <= surely_short and value.isprintable():
                continue  # nearly all of them
            if problem := text_problem(value, most_bytes, least=1):
                out.append(Violation(f"{path}{field}[{at}]", problem))

    return rule


def capability_names(field: str, names: Names, most: int, *, least: int = 0) -> Rule:
    """A list of names of the vocabulary."""

    def rule(message: Any, path: str, out: Violations) -> None:
        values = getattr(message, field)
        if len(values) < least:
            out.append(Violation(path + field, "must not be empty"))
        if not _is_short(values, most, path + field, out):
            return
        for at, name in enumerate(values):
            if name not in names:
                out.append(Violation(f"{path}{field}[{at}]", unknown_name(name, names, out)))

    return rule


def unknown_name(name: str, names: Names, out: Collection[Violation]) -> str:
    """That a name is not of the vocabulary, with the one that was meant as long as anybody will read it."""
    near = names.closest(name) if len(out) < HINTED else None
    return "is no capability of the vocabulary" + (f'; did you mean "{near}"?' if near else "")


def required(field: str) -> Rule:
    """A message that must be present."""

    def rule(message: Any, path: str, out: Violations) -> None:
        if not message.HasField(field):
            out.append(Violation(path + field, "must be set"))

    return rule


def some(field: str, most: int) -> Rule:
    """A list of 1 to `most` entries."""

    def rule(message: Any, path: str, out: Violations) -> None:
        count = len(getattr(message, field))
        if not 1 <= count <= most:
            out.append(Violation(path + field, f"must have 1 to {most:,} entries, not {count:,}"))

    return rule


def number(field: str, least: int, most: int) -> Rule:
    """An optional number within bounds."""

    def rule(message: Any, path: str, out: Violations) -> None:
        if message.HasField(field) and not least <= getattr(message, field) <= most:
            out.append(Violation(path + field, f"must be {least:,} to {most:,}"))

    return rule


def span(field: str, least: timedelta, most: timedelta, words: str) -> Rule:
    """An optional span within bounds, which `words` name."""

    def rule(message: Any, path: str, out: Violations) -> None:
        if message.HasField(field) and (problem := duration_problem(getattr(message, field), least, most, words)):
            out.append(Violation(path + field, problem))

    return rule


def within(field: str, rules: Iterable[Rule]) -> Rule:
    """The rules of the message in a field, where it is present."""
    inner = tuple(rules)

    def rule(message: Any, path: str, out: Violations) -> None:
        if message.HasField(field):
            value = getattr(message, field)
            for one in inner:
                one(value, f"{path}{field}.", out)

    return rule


def each(field: str, most: int, rules: Iterable[Rule], *, least: int = 0) -> Rule:
    """The rules of each message of a list of `least` to `most`."""
    inner = tuple(rules)

    def rule(message: Any, path: str, out: Violations) -> None:
        values = getattr(message, field)
        if len(values) < least:
            out.append(Violation(path + field, "must not be empty"))
        if not _is_short(values, most, path + field, out):
            return
        for at, value in enumerate(values):
            for one in inner:
                one(value, f"{path}{field}[{at}].", out)

    return rule


def timestamp(field: str) -> Rule:
    """A Timestamp of the years 1 to 9999, where it is present."""

    def rule(message: Any, path: str, out: Violations) -> None:
        if message.HasField(field) and not _is_timestamp(getattr(message, field)):
            out.append(Violation(path + field, "must be a time of the years 1 to 9999"))

    return rule


def duration_problem(value: Duration, least: timedelta, most: timedelta, words: str) -> str | None:
    """What is wrong with a Duration that must lie between two others."""
    nanos = value.seconds * 10**9 + value.nanos
    if abs(value.nanos) < 10**9 and _nanoseconds(least) <= nanos <= _nanoseconds(most):
        return None
    return f"must be {words}"


def _nanoseconds(span: timedelta) -> int:
    return span // timedelta(microseconds=1) * 1000


def _is_timestamp(value: Timestamp) -> bool:
    return _FIRST_SECOND <= value.seconds <= _LAST_SECOND and 0 <= value.nanos < 10**9


def _is_short(values: Collection[object], most: int, path: str, out: Violations) -> bool:
    if len(values) <= most:
        return True
    out.append(Violation(path, f"must have at most {most:,} entries, not {len(values):,}"))
    return False


def _numbers(kind: EnumDescriptor, *, required: bool) -> Container[int]:
    return frozenset(value.number for value in kind.values if value.number or not required)


def _enum_problem(kind: EnumDescriptor, *, required: bool) -> str:
    names = ", ".join(value.name for value in kind.values if value.number or not required)
    return f"must be one of {names}"
