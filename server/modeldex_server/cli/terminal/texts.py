"""Words for people: numbers, times, money and text that came from outside.

What providers wrote is shown as text and nothing else: control characters could move the cursor, recolour or rename
the terminal, and marks of direction could make one id look like another.
"""

from __future__ import annotations

import shlex
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from google.protobuf.duration_pb2 import Duration
    from google.protobuf.timestamp_pb2 import Timestamp

    from modeldex.v1.feed_statistics_pb2 import KeyCounts
    from modeldex.v1.model_pb2 import Price

UNKNOWN = "-"
# Categories of Unicode: control, format (marks of direction among them), surrogate, line and paragraph separator.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_UNITS = {1: "million tokens", 2: "image", 3: "second", 4: "request", 5: "million characters"}
_NAMED = 5  # keys that a line names
_SPANS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def safe(text: str) -> str:
    """The text without what a terminal would obey: such a character is shown as its code, a line break as a space."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_safe_character, text))


def _safe_character(character: str) -> str:
    if character in "\n\r\t":
        return " "
    return f"<U+{ord(character):04X}>" if unicodedata.category(character) in _UNSAFE else character


def quoted(text: str) -> str:
    """The text as one word of a shell, for advice that can be copied."""
    return shlex.quote(safe(text))


def count(number: int) -> str:
    """12345 as "12,345"."""
    return f"{number:,}"


def compact(number: int) -> str:
    """Tokens in a narrow column: 128000 as "128k", 1048576 as "1.05M"; at most three digits that count."""
    for size, letter in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{number / size:.3g}{letter}" if number / size < 999.5 else f"{number // size}{letter}"
    return str(number)


def size(number: int) -> str:
    """Bytes: "512 B", "1.5 KiB", "100 MiB"; three digits that count."""
    for power, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB")):
        if number >= 1 << power:
            amount = number / (1 << power)
            return f"{amount:.3g} {unit}" if amount < 999.5 else f"{amount:.0f} {unit}"
    return f"{number} B"


def plural(number: int, noun: str, many: str = "") -> str:
    """ "1 model", "2 models"; `many` where an s does not make it: "2 copies"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {many or f'{noun}s'}"


def word(name_of: Callable[[Any], str], number: int, prefix: str) -> str:
    """The name of an enum's value in small letters; of a value that this release does not know, its number."""
    try:
        name = name_of(number)
    except ValueError:
        return str(number)
    short = name.removeprefix(prefix).lower().replace("_", " ")
    return "unknown" if short == "unspecified" else short


def words(values: Iterable[str]) -> str:
    """ "a, b, c"."""
    return ", ".join(map(safe, values))


def keys(counts: KeyCounts) -> str:
    """The most frequent keys: "openai 120, google 80 and 3 more"."""
    named = [f"{safe(one.key)} {one.count:,}" for one in counts.top[:_NAMED]]
    others = len(counts.top[_NAMED:]) + counts.rest_keys
    return ", ".join(named) + (f" and {others:,} more" if others else "")


def moment(time: Timestamp) -> datetime:
    """As a time of Python; a nanosecond more or less is no matter to people."""
    return datetime.fromtimestamp(time.seconds, UTC)


def date(time: Timestamp) -> str:
    """ "2026-12-31"."""
    return f"{moment(time):%Y-%m-%d}"


def minute(time: Timestamp) -> str:
    """ "2026-12-31 23:59 UTC"."""
    return f"{moment(time):%Y-%m-%d %H:%M} UTC"


def age(time: Timestamp, now: datetime) -> str:
    """ "3 min ago", or "in 3 min" for what is to come."""
    seconds = (now - moment(time)).total_seconds()
    return f"{_roughly(seconds)} ago" if seconds >= 0 else f"in {_roughly(-seconds)}"


def _roughly(seconds: float) -> str:
    """The largest unit alone."""
    size, unit = next(((size, unit) for size, unit in _SPANS if seconds >= size), (1, "s"))
    return f"{int(seconds // size)} {unit}"


def span(seconds: float) -> str:
    """The two largest units of a span that count: "2 h 5 min"; under a second, milliseconds."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    left, parts = round(seconds), []
    for size, unit in _SPANS:
        amount, left = divmod(left, size)
        if amount:
            parts.append(f"{amount} {unit}")
        elif parts:
            break
    return " ".join(parts[:2])


def brief(seconds: float) -> str:
    """A span that may be very short: "0.14 ms", "12 ms", "1.5 s"."""
    if seconds < 1:
        return f"{seconds * 1000:.3g} ms" if seconds else "0 ms"
    return f"{seconds:.2g} s" if seconds < 10 else span(seconds)


def typed(seconds: float) -> str:
    """A span as the options take it: "2h"."""
    size, unit = next(((size, unit) for size, unit in _SPANS if seconds >= size and seconds % size == 0), (1, "s"))
    return f"{int(seconds // size)}{unit}"


def seconds(duration: Duration) -> float:
    """A span of the contract in seconds."""
    return float(duration.seconds) + duration.nanos / 1e9


def dollars(price: Price | None) -> str:
    """A price in a column of USD for a million tokens; one in another unit or currency says so, an unknown one is
    empty. The amount is the exact text of the contract."""
    if price is None:
        return ""
    currency, unit = price.currency or "USD", _UNITS.get(price.unit, "?")
    notes = [] if currency == "USD" else [safe(currency)]
    if price.unit != 1:
        notes.append(f"/{unit.replace('million ', 'M ')}")
    return " ".join([safe(price.amount), *notes])


def price_unit(price: Price) -> str:
    """ "USD per million tokens"."""
    return f"{safe(price.currency or 'USD')} per {_UNITS.get(price.unit, 'unknown unit')}"
