"""What refusals mean."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeldex_server.discovery.sources.answers import refusal, retry_after
from modeldex_server.errors import SourceMalformed, SourceRateLimited, SourceUnauthenticated, SourceUnavailable

ERRORS = json.loads((Path(__file__).parents[3] / "payloads" / "errors.json").read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC).timestamp()
CLASSES = {
    "auth": SourceUnauthenticated,
    "forbidden": (SourceUnauthenticated, SourceUnavailable),  # a gateway's page says nothing of the key
    "quota_exhausted": SourceRateLimited,
    "rate_limited": SourceRateLimited,
    "server_error": SourceUnavailable,
    "not_found": SourceUnavailable,
    "bad_request": SourceUnavailable,
    "gone": SourceUnavailable,
    "not_modified": SourceUnavailable,
}


def refused(case: dict[str, Any]) -> Any:
    body = case["body"] if isinstance(case["body"], str) else json.dumps(case["body"])
    headers = {name.lower(): value for name, value in case["headers"].items()}
    return refusal("acme", case["status"], headers, body.encode(), NOW)


@pytest.mark.parametrize(
    "case", [each for each in ERRORS if each["status"] != 200], ids=lambda case: f"{case['provider']}: {case['case']}"
)
def test_every_known_refusal_is_read(case: dict[str, Any]) -> None:
    """Each provider's way to refuse gives the right error, is retried only where that may help, and waits as told."""
    answer, expected = refused(case), case["expect"]
    assert isinstance(answer.error, CLASSES[expected["class"]])
    assert answer.may_pass == expected["retryable"]
    if expected["retry_after_seconds"] is not None:
        assert answer.error.retry_after.total_seconds() == pytest.approx(expected["retry_after_seconds"])
    if not answer.may_pass:
        assert answer.error.retry_after is None


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: f"{case['provider']}: {case['case']}")
def test_nothing_of_a_body_reaches_the_message(case: dict[str, Any]) -> None:
    """Bodies may repeat a part of the key, so the message names source and status only."""
    message = refused(case).error.message
    for word in ("Incorrect", "sk-", "****", "xa***", "html", "Unauthorized"):
        assert word not in message
    assert "acme" in message


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after-ms": "2540", "retry-after": "3"}, 2.54),
        ({"retry-after": "17"}, 17),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT", "date": "Sun, 22 Nov 2026 12:00:20 GMT"}, 10),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0),
        ({"ratelimit": '"api";r=0;t=55'}, 55),
        ({"x-ratelimit-reset-requests": "2m59.56s"}, 179.56),
        ({"x-ratelimit-reset-tokens": "300ms"}, 0.3),
        ({"x-ratelimit-reset": str(int(NOW * 1000) + 20_000)}, 20),
        ({"anthropic-ratelimit-requests-reset": "2026-11-22T12:00:17Z"}, 17),
        ({"x-ratelimit-reset-requests": "6m0s", "x-ratelimit-reset-tokens": "1s"}, 1),
        ({"x-ratelimit-reset-requests": "6m0s", "x-ratelimit-remaining-requests": "0"}, 360),
        ({"retry-after": "99999999999"}, 86_400),
        ({}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": ""}, None),
    ],
)
def test_waits_are_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    """Milliseconds, seconds, dates, spans and moments; what says nothing clear is no wait."""
    wait = retry_after(headers, None, NOW)
    assert wait is None if seconds is None else wait == pytest.approx(seconds, abs=0.001)


def test_wait_stands_in_the_body_too() -> None:
    """Google's RetryInfo."""
    document = {"error": {"details": [{"retryDelay": "34s"}]}}
    assert retry_after({}, document, NOW) == 34


@pytest.mark.parametrize("status", [204, 206])
def test_another_success_is_no_listing(status: int) -> None:
    """Only 200 carries a complete listing."""
    assert isinstance(refusal("acme", status, {}, b"", NOW).error, SourceMalformed)


@given(st.text(), st.binary(), st.integers(201, 599))
def test_no_answer_breaks_the_reader(value: str, body: bytes, status: int) -> None:
    """Any header and any body give a refusal."""
    names = ("retry-after-ms", "retry-after", "date", "ratelimit", "x-ratelimit-reset-requests", "content-type")
    refusal("acme", status, dict.fromkeys(names, value), body, NOW)
