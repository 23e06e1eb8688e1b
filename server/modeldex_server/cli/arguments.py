"""What people type, read once: amounts, spans, dates, revisions, money."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from modeldex_server.cli.problems import UsageFailure

_COUNT = re.compile(r"(\d[\d_,]*)(?:\.(\d+))?\s*(k|m|g|ki|mi)?", re.IGNORECASE)
_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 2**10, "mi": 2**20}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(d|h|min|ms|m|s)?", re.IGNORECASE)
_SECONDS = {"d": 86_400.0, "h": 3_600.0, "min": 60.0, "m": 60.0, "s": 1.0, "ms": 0.001, "": 1.0}
_REVISION = re.compile(r"r?([0-9]{1,18})", re.IGNORECASE)
_AMOUNT = re.compile(r"\d{1,18}(?:\.\d{1,18})?")


def items(values: Iterable[str] | None) -> list[str]:
    """The values of an option that may be given several times, or with commas."""
    return [part for value in values or () for item in value.split(",") if (part := item.strip())]


def tokens(text: str, option: str) -> int:
    """ "128k", "1.5M", "131072" as a number; k is 1,000 and Ki 1,024."""
    found = _COUNT.fullmatch(text.strip())
    if found is None:
        raise UsageFailure(f"{option} takes a number of tokens, for example 128k or 131072, not {text!r}.")
    whole, fraction, letter = found[1].replace("_", "").replace(",", ""), found[2] or "", (found[3] or "").lower()
    scaled = int(whole + fraction) * _FACTORS[letter]
    number, rest = divmod(scaled, int(10 ** len(fraction)))
    if rest:
        raise UsageFailure(f"{option} takes whole tokens, not {text!r}.")
    return number


def span(text: str, option: str) -> float:
    """ "2h", "90s", "1h30m" as seconds; a number without a unit is seconds."""
    compact = text.strip().replace(" ", "")
    parts = [*_SPAN.finditer(compact)]
    whole = "".join(part[0] for part in parts) == compact and (len(parts) == 1 or all(part[2] for part in parts))
    if not compact or not whole:
        raise UsageFailure(f"{option} takes a span of time, for example 30m, 2h or 1d, not {text!r}.")
    return sum(float(part[1]) * _SECONDS[(part[2] or "").lower()] for part in parts)


def moment(text: str, option: str) -> datetime:
    """ "2026-12-31", or a time of ISO 8601; without a zone it is UTC."""
    try:
        time = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageFailure(f"{option} takes a date, for example 2026-12-31, not {text!r}.") from None
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time


def instant(text: str, option: str) -> datetime | int:
    """ "2026-03-01" or a time of ISO 8601, in UTC where it has no zone; "r1234" or "1234" is a revision."""
    if found := _REVISION.fullmatch(text.strip()):
        return int(found[1])
    try:
        return moment(text, option).astimezone(UTC)
    except (UsageFailure, OverflowError):
        raise UsageFailure(
            f"{option} takes a time or a revision, for example 2026-03-01, 2026-03-01T12:30Z or r1234, not {text!r}."
        ) from None


def price_ceiling(text: str, option: str) -> tuple[str, str]:
    """ "input=1.50" as the meter and the exact amount."""
    meter, separator, amount = text.partition("=")
    amount = amount.strip().removeprefix("$")
    if not separator or not meter.strip() or not _AMOUNT.fullmatch(amount):
        raise UsageFailure(
            f"{option} takes METER=USD for a million tokens, for example input=1.50 or output=5, not {text!r}."
        )
    return meter.strip(), amount
