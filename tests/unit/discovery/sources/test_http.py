"""Reading JSON over HTTP, against a real server."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import time

import pytest
from provider_server import PAYLOADS, Answer, ProviderServer
from pydantic import SecretStr
from structlog.testing import capture_logs

from modeldex_server.discovery.sources.http import MAX_ANSWER_BYTES, Endpoint, JsonReader
from modeldex_server.discovery.sources.source import FetchLimits
from modeldex_server.errors import (
    SourceError,
    SourceMalformed,
    SourceRateLimited,
    SourceUnauthenticated,
    SourceUnavailable,
)

QUICK = FetchLimits(timeout=20, retry_attempts=2, retry_delay=0.01)
HTML = {"content-type": "text/html; charset=utf-8"}
GOOD = Answer(body=b'{"data":[]}')
KEY = "sk-very-secret"


def endpoint(url: str) -> Endpoint:
    return Endpoint("acme", f"{url}/models?token=hidden", SecretStr(KEY))


async def read(provider: ProviderServer, *answers: Answer, limits: FetchLimits = QUICK) -> object:
    provider.says(*answers)
    return await JsonReader().read(endpoint(provider.url), limits)


async def failure(provider: ProviderServer, *answers: Answer, limits: FetchLimits = QUICK) -> SourceError:
    with pytest.raises(SourceError) as failed:
        await read(provider, *answers, limits=limits)
    return failed.value


async def test_the_key_goes_into_a_header_under_our_own_name(provider: ProviderServer) -> None:
    """Bearer token, JSON asked for, and a User-Agent that names us."""
    assert await read(provider, GOOD) == {"data": []}
    request = provider.requests[0].lower()
    assert f"authorization: bearer {KEY}" in request
    assert "user-agent: modeldex/" in request
    assert "accept: application/json" in request


@pytest.mark.parametrize(
    ("answer", "error", "requests"),
    [
        (Answer(401), SourceUnauthenticated, 1),
        (Answer(403), SourceUnauthenticated, 1),
        (Answer(403, b"<html>", HTML), SourceUnavailable, 1),
        (Answer(404), SourceUnavailable, 1),
        (Answer(410, b"Gone"), SourceUnavailable, 1),
        (Answer(301, headers={"location": "https://example.com/"}), SourceUnavailable, 1),
        (Answer(402), SourceRateLimited, 1),
        (Answer(429, b'{"error":{"code":"insufficient_quota"}}'), SourceRateLimited, 1),
        (Answer(429), SourceRateLimited, 3),
        (Answer(500), SourceUnavailable, 3),
        (Answer(500, headers={"x-should-retry": "false"}), SourceUnavailable, 1),
        (Answer(502, b"<html>", HTML), SourceUnavailable, 3),
        (Answer(200, b"<html>", HTML), SourceMalformed, 1),
        (Answer(200, b"  <!doctype html>"), SourceMalformed, 1),
        (Answer(200, b""), SourceMalformed, 3),
        (Answer(200, (PAYLOADS / "edge.truncated.json.txt").read_bytes()), SourceMalformed, 3),
        (Answer(200, b'{"data":[]}', cut=10), SourceMalformed, 3),
        (Answer(200, b'{"error":{"message":"upstream unavailable","code":503}}'), SourceMalformed, 3),
        (Answer(204), SourceMalformed, 1),
    ],
)
async def test_each_failure_has_its_error_and_only_what_may_pass_is_sent_again(
    provider: ProviderServer, answer: Answer, error: type[SourceError], requests: int
) -> None:
    """The right error after the right number of requests; never a part of a listing."""
    failed = await failure(provider, answer)
    assert type(failed) is error
    assert failed.source_id == "acme"
    assert len(provider.requests) == requests


async def test_a_failure_that_passes_is_not_seen(provider: ProviderServer) -> None:
    """A second request after 503 and a cut answer brings the listing."""
    assert await read(provider, Answer(503), Answer(200, b'{"da', cut=7), GOOD) == {"data": []}


async def test_the_wait_that_a_source_asks_for_is_kept(provider: ProviderServer) -> None:
    """retry-after-ms counts instead of our own delay."""
    before = time.monotonic()
    slow = FetchLimits(timeout=30, retry_attempts=1, retry_delay=25)
    await read(provider, Answer(429, headers={"retry-after-ms": "300"}), GOOD, limits=slow)
    assert 0.3 <= time.monotonic() - before < 10


@pytest.mark.parametrize(("wait", "timeout"), [("61", 300.0), ("30", 5.0)])
async def test_a_long_wait_is_left_to_the_next_refresh(provider: ProviderServer, wait: str, timeout: float) -> None:
    """More than a minute, or more than the time that is left: the error says how long, at once."""
    limits = FetchLimits(timeout=timeout, retry_attempts=5, retry_delay=0.01)
    failed = await failure(provider, Answer(429, headers={"retry-after": wait}), limits=limits)
    assert failed.retry_after is not None
    assert failed.retry_after.total_seconds() == int(wait)
    assert len(provider.requests) == 1


async def test_silence_ends_with_the_time_given(provider: ProviderServer) -> None:
    """A server that takes the request and says nothing costs no more than the timeout."""
    before = time.monotonic()
    failed = await failure(provider, Answer(silent=True), limits=FetchLimits(timeout=0.3))
    assert type(failed) is SourceUnavailable
    assert time.monotonic() - before < 5


async def test_nobody_listens() -> None:
    """A refused connection is unavailable."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # and kept, so that nobody else listens there
        port = free.getsockname()[1]
        with pytest.raises(SourceUnavailable):
            await JsonReader().read(endpoint(f"http://127.0.0.1:{port}"), QUICK)


async def test_too_large_an_answer_is_refused(provider: ProviderServer) -> None:
    """Packed bytes count by what they unpack to."""
    packed = gzip.compress(b" " * (MAX_ANSWER_BYTES + 2))
    failed = await failure(provider, Answer(body=packed, headers={"content-encoding": "gzip"}))
    assert type(failed) is SourceMalformed
    assert len(provider.requests) == 1


async def test_redirects_never_carry_the_key_away(provider: ProviderServer) -> None:
    """Another place is not asked, not even on the same host."""
    await failure(provider, Answer(302, headers={"location": f"{provider.url}/elsewhere"}), GOOD)
    assert len(provider.requests) == 1


async def test_errors_and_logs_hold_no_address_no_key_and_no_body(provider: ProviderServer) -> None:
    """What is told names the source and the status."""
    body = json.dumps({"error": {"message": f"wrong key {KEY}"}}).encode()
    with capture_logs() as logs:
        failed = await failure(provider, Answer(500, body))
    told = f"{failed.message} {failed.metadata} {logs} {endpoint(provider.url)!r} {failed.__cause__}"
    assert len(logs) == 2
    for secret in (KEY, "hidden", "127.0.0.1", "wrong key"):
        assert secret not in told
    assert "500" in told


async def test_cancelling_ends_at_once(provider: ProviderServer) -> None:
    """A cancelled fetch is cancelled, not turned into an error of the source."""
    provider.says(Answer(silent=True))
    fetch = asyncio.create_task(JsonReader().read(endpoint(provider.url), QUICK))
    while not provider.requests:  # the server has no event for it
        await asyncio.sleep(0.01)
    fetch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetch
