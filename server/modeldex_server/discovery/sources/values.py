"""Single values of a record. Each function gives the value, or nothing where it is missing, of another type or absurd.

Nothing is guessed: what cannot be read exactly is unknown, never zero, never false.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

_LARGEST = 10**15  # no limit of tokens comes near
_PRICE_DIGITS = 18  # on each side of the point, as Price.amount states
_DECIMAL = re.compile(r"\d{1,40}(\.\d{0,40})?([eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
# No model on offer is older. It also keeps 0, -62135596800 and NVIDIA's constant 735790403 out, which mean "unknown".
_EARLIEST = datetime(2010, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_EARLIEST_SECOND, _LATEST_SECOND = int(_EARLIEST.timestamp()), int(_LATEST.timestamp())
_MILLISECONDS_FROM = 10**11  # an epoch this large counts milliseconds


def flag(value: object) -> bool | None:
    """true or false; nothing for 1, "true" or null."""
    return value if isinstance(value, bool) else None


def text(value: object, limit: int) -> str:
    """A name: a text of at most `limit` bytes, else empty."""
    if not isinstance(value, str) or len(value) > limit or (not value.isascii() and len(value.encode()) > limit):
        return ""
    return value


def prose(value: object, limit: int) -> str:
    """A text for people, cut after the last character that fits into `limit` bytes."""
    if not isinstance(value, str):
        return ""
    return value if len(value) * 4 <= limit else value.encode()[:limit].decode(errors="ignore")


def words(value: object, *, limit: int, count: int = 100) -> list[str]:
    """A sorted set of texts of at most `limit` bytes: the first `count` of a list; empty where it is no list."""
    if not isinstance(value, list):
        return []
    return sorted({word for each in value if (word := text(each, limit))})[:count]


def whole(value: object) -> int | None:
    """A positive whole number up to 10^15, such as a count of tokens. 131072.0 is one; 0, true and "131072" are not."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if isinstance(value, Decimal) and (not value.is_finite() or value != value.to_integral_value()):
        return None
    return int(value) if 0 < value <= _LARGEST else None


def amount(value: object) -> str | None:
    """Money as Price.amount writes it, exact. Nothing where it is negative, no number, or has too many digits."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value) if 0 <= value < 10**_PRICE_DIGITS else None
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        value = Decimal(value)
    return _decimal_amount(value) if isinstance(value, Decimal) and value.is_finite() else None


@lru_cache(maxsize=4096)
def _decimal_amount(value: Decimal) -> str | None:
    if value < 0:
        return None
    if not value:
        return "0"
    if not -_PRICE_DIGITS <= value.adjusted() < _PRICE_DIGITS:
        return None
    written = format(value, "f")
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return written if len(written.partition(".")[2]) <= _PRICE_DIGITS else None


def second(value: object) -> int | None:
    """A time between 2010 and 2100 as seconds since 1970: from seconds, milliseconds, a date, a month or RFC 3339."""
    if isinstance(value, str):
        return _second_of_text(value)
    number = whole(value)
    if number is None:
        return None
    if number >= _MILLISECONDS_FROM:
        number //= 1000
    return number if _EARLIEST_SECOND <= number < _LATEST_SECOND else None


@lru_cache(maxsize=4096)
def _second_of_text(value: str) -> int | None:
    date = _DATE.fullmatch(value)
    try:
        if date:
            time = datetime(int(date[1]), int(date[2] or 1), int(date[3] or 1), tzinfo=UTC)
        else:
            time = datetime.fromisoformat(value)
    except ValueError:
        return None
    if time.tzinfo is None:
        return None  # the hour of nobody knows where
    return int(time.timestamp()) if _EARLIEST <= time < _LATEST else None
