"""The values of conditions, each as the type of the field it is compared with."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeVar

from google.protobuf.struct_pb2 import Value

from modeldex_server.conditions.refusal import Refusal

Key = TypeVar("Key", bound=Hashable)

_AMOUNT = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18})?")
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def text(value: Value, exact: bool) -> str:
    """A text, without the difference of upper and lower case where that does not count."""
    if value.WhichOneof("kind") != "string_value":
        raise Refusal("value", "must be a string")
    return value.string_value if exact else value.string_value.casefold()


def number(value: Value, _exact: bool) -> float:
    """A finite number."""
    if value.WhichOneof("kind") != "number_value" or not math.isfinite(value.number_value):
        raise Refusal("value", "must be a finite number")
    return value.number_value


def amount(value: Value, exact: bool) -> Decimal:
    """An amount of money, as a decimal: 0.1 is one tenth."""
    if value.WhichOneof("kind") == "number_value":
        return Decimal(repr(number(value, exact)))
    written = value.string_value
    if value.WhichOneof("kind") != "string_value" or len(written) > 37 or not _AMOUNT.fullmatch(written):
        raise Refusal("value", 'must be a number, or a decimal as a string without sign and exponent such as "0.15"')
    return Decimal(written)


def flag(value: Value, _exact: bool) -> bool:
    """True or false."""
    if value.WhichOneof("kind") != "bool_value":
        raise Refusal("value", "must be true or false")
    return value.bool_value


def time(value: Value, _exact: bool) -> int:
    """A time, in nanoseconds of Unix time."""
    found = _TIME.fullmatch(value.string_value) if value.WhichOneof("kind") == "string_value" else None
    moment = _nanoseconds(found) if found else None
    if moment is None:
        raise Refusal("value", 'must be a time of RFC 3339, for example "2026-01-31T00:00:00Z"')
    return moment


def word_of(words: Mapping[str, Key]) -> Callable[[Value, bool], Key]:
    """One of some words, as what it stands for."""
    folded = {word.casefold(): meant for word, meant in words.items()}
    problem = f"must be one of {', '.join(words)}"

    def word(value: Value, exact: bool) -> Key:
        # A value that is no string has the string "", which is no word.
        known = words.get(value.string_value) if exact else folded.get(value.string_value.casefold())
        if known is None:
            raise Refusal("value", problem)
        return known

    return word


def _nanoseconds(found: re.Match[str]) -> int | None:
    *parts, fraction, sign, hours, minutes = found.groups()
    try:
        moment = datetime(*map(int, parts), tzinfo=UTC)  # type: ignore[misc,arg-type] # year to second
    except ValueError:
        return None
    since = moment - _EPOCH
    offset = (int(hours) * 60 + int(minutes)) * (-60 if sign == "-" else 60) if sign else 0
    return (since.days * 86_400 + since.seconds - offset) * 10**9 + int((fraction or "").ljust(9, "0"))
