"""What a provider's refusal means: which error it is, whether the same request may work later, and how much later."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from modeldex_server.errors import (
    SourceError,
    SourceMalformed,
    SourceRateLimited,
    SourceUnauthenticated,
    SourceUnavailable,
)

# The account is empty or capped: no wait helps.
_SPENT = frozenset(
    {
        "insufficient_quota",
        "credit_balance_exhausted",
        "enforced_spend_limit_reached",
        "billing_hard_limit_reached",
        "billing_error",
    }
)
_MAY_PASS = frozenset({408, 409, 429})
_ASKS_TO_WAIT = frozenset({429, 503, 529})  # limits that others report beside another failure are no advice
_CODE_KEYS = frozenset({"code", "type", "status", "reason", "error_code"})
_SPAN = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?", re.ASCII)
_RESET = re.compile(r"(?:^|;)\s*t=(\d+)", re.ASCII)
_LONGEST_WAIT = 86400.0
_EPOCH_MILLISECONDS, _EPOCH_SECONDS = 1e11, 1e9


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer without a listing. `error` carries the wait that the provider asked for, if it did."""

    error: SourceError
    may_pass: bool


def refusal(source_id: str, status: int, headers: Mapping[str, str], body: bytes, now: float) -> Refusal:
    """Reads an answer whose status is not 200. `now` is in seconds since 1970; header names are in lower case.

    The message names the status and nothing of the body, which may repeat a part of the key.
    """
    document = _document(body)
    error, may_pass = _classified(source_id, status, headers, body, document)
    wait = retry_after(headers, document, now)
    if may_pass and wait is not None and status in _ASKS_TO_WAIT:
        error.retry_after = timedelta(seconds=wait)
    told = headers.get("x-should-retry")  # counts more than the status
    return Refusal(error, may_pass if told not in {"true", "false"} else told == "true")


def _classified(
    source_id: str, status: int, headers: Mapping[str, str], body: bytes, document: object
) -> tuple[SourceError, bool]:
    codes = set(_codes(document))
    if status == 402 or (status == 429 and codes & _SPENT):
        return SourceRateLimited(source_id, f"{source_id} has no credit left; top it up.", http_status=status), False
    if status == 429:
        return SourceRateLimited(source_id, f"{source_id} limits our requests; wait.", http_status=status), True
    if _is_about_the_key(status, headers, body, codes):
        message = f"{source_id} refused our credential with status {status}; check its api_key."
        return SourceUnauthenticated(source_id, message, http_status=status), False
    if 300 <= status < 400:
        message = f"{source_id} redirects (status {status}), which is not followed; correct its url."
        return SourceUnavailable(source_id, message, http_status=status), False
    if status < 300:
        message = f"{source_id} answered with status {status} instead of a listing."
        return SourceMalformed(source_id, message, http_status=status), False
    may_pass = status in _MAY_PASS or status >= 500
    advice = "it may pass" if may_pass else "check its url and what its api_key may read"
    message = f"{source_id} answered with status {status}; {advice}."
    return SourceUnavailable(source_id, message, http_status=status), may_pass


def _is_about_the_key(status: int, headers: Mapping[str, str], body: bytes, codes: set[str]) -> bool:
    if status in {401, 498}:
        return True
    if status == 403:
        return not is_html(headers, body)  # a gateway's page says nothing of our key
    # Gemini and xAI refuse a key with 400.
    return status == 400 and ("API_KEY_INVALID" in codes or b"api key" in body.lower())


def is_html(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether an answer is a page for people."""
    return "text/html" in headers.get("content-type", "").lower() or body[:64].lstrip().startswith(b"<")


def _document(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _codes(document: object, depth: int = 5) -> Iterator[str]:
    """Every code that an error's body names, wherever it stands."""
    if isinstance(document, dict) and depth:
        for key, value in document.items():
            if key in _CODE_KEYS and isinstance(value, str):
                yield value
            yield from _codes(value, depth - 1)
    elif isinstance(document, list) and depth:
        for each in document[:20]:
            yield from _codes(each, depth - 1)


def retry_after(headers: Mapping[str, str], document: object, now: float) -> float | None:
    """Seconds to wait, at most a day, from the first that says so: headers, body, limits that are used up."""
    for wait in (
        _milliseconds(headers.get("retry-after-ms")),
        _seconds_or_date(headers.get("retry-after"), headers.get("date"), now),
        _retry_info(document),
        _rate_limit(headers.get("ratelimit")),
        _resets(headers, now),
    ):
        if wait is not None:
            return min(max(wait, 0.0), _LONGEST_WAIT)
    return None


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if abs(number) < 1e15 else None  # neither NaN nor Infinity is


def _milliseconds(value: str | None) -> float | None:
    number = _number(value)
    return None if number is None else number / 1000


def _seconds_or_date(value: str | None, date: str | None, now: float) -> float | None:
    number = _number(value)
    if number is not None or not value:
        return number
    until, since = _http_date(value), _http_date(date or "")
    return None if until is None else until - (now if since is None else since)


def _http_date(value: str) -> float | None:
    try:
        return parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError):
        return None


def _retry_info(document: object) -> float | None:
    error = document.get("error") if isinstance(document, dict) else None
    details = error.get("details") if isinstance(error, dict) else None
    for detail in details if isinstance(details, list) else ():
        delay = detail.get("retryDelay") if isinstance(detail, dict) else None
        if isinstance(delay, str):
            return _span(delay)
    return None


def _rate_limit(value: str | None) -> float | None:
    match = _RESET.search(value or "")
    return None if match is None else float(match[1])


def _resets(headers: Mapping[str, str], now: float) -> float | None:
    """The longest wait of the limits that are used up; where none says so, the shortest of all."""
    waits: list[tuple[bool, float]] = []
    for name, value in headers.items():
        if "ratelimit" in name and "reset" in name:
            wait = _reset(value, now)
            if wait is not None:
                waits.append((headers.get(name.replace("reset", "remaining")) == "0", wait))
    used_up = [wait for is_used_up, wait in waits if is_used_up]
    return max(used_up) if used_up else min((wait for _, wait in waits), default=None)


def _reset(value: str, now: float) -> float | None:
    number = _number(value)
    if number is None:
        return _span(value) if _SPAN.fullmatch(value) and value else _until(value, now)
    if number >= _EPOCH_MILLISECONDS:
        return number / 1000 - now
    return number - now if number >= _EPOCH_SECONDS else number


def _span(value: str) -> float | None:
    """Seconds of "2m59.56s", "300ms" or "34s"."""
    match = _SPAN.fullmatch(value)
    if match is None or not any(match.groups()):
        return None
    hours, minutes, seconds, milliseconds = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000


def _until(value: str, now: float) -> float | None:
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() - now
