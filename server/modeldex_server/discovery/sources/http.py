"""Reading JSON over HTTP from a source: bounded in time and size, retried where that may help, told without secrets."""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata

import httpx
import structlog
from pydantic import SecretStr
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    stop_any,
    stop_before_delay,
)

from modeldex_server.discovery.sources import rows
from modeldex_server.discovery.sources.answers import Refusal, is_html, refusal
from modeldex_server.discovery.sources.source import FetchLimits
from modeldex_server.errors import SourceError, SourceMalformed, SourceUnavailable

MAX_ANSWER_BYTES = 32 * 1024 * 1024  # the largest catalogue known has 4 MB
_MAX_REFUSAL_BYTES = 64 * 1024
_CONNECT_SECONDS = 5.0
_READ_SECONDS = 30.0
_LONGEST_WAIT = 60.0  # seconds; a source that asks for more is asked again at its next refresh

_log = structlog.get_logger()
# httpx logs every address at INFO, and an address may hold a password.
logging.getLogger("httpx").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a source is asked. Neither the address nor the key is ever shown."""

    source_id: str
    url: str = field(repr=False)
    api_key: SecretStr | None = field(default=None, repr=False)


class _RefusedError(Exception):
    """Carries a refusal through the retries."""

    def __init__(self, answer: Refusal) -> None:
        super().__init__(answer.error.message)
        self.answer = answer


class JsonReader:
    """Reads JSON from endpoints. Redirects are not followed: another host would receive the key."""

    def __init__(self, *, clock: Callable[[], float] = time.time, chance: Callable[[], float] = random.random) -> None:
        """`clock` gives seconds since 1970, `chance` numbers from 0 to 1 that spread the retries."""
        self._clock = clock
        self._chance = chance

    async def read(self, endpoint: Endpoint, limits: FetchLimits) -> object:
        """The endpoint's answer, parsed by `rows.parse`. A SourceError where it gives none within the limits."""
        try:
            async with asyncio.timeout(limits.timeout):
                return await self._retried(endpoint, limits)
        except TimeoutError:
            message = f"{endpoint.source_id} gave no complete answer within {limits.timeout:g} s."
            raise SourceUnavailable(endpoint.source_id, message) from None
        except _RefusedError as refused:
            raise refused.answer.error from None

    async def _retried(self, endpoint: Endpoint, limits: FetchLimits) -> object:
        context = await asyncio.to_thread(_tls)
        timeout = httpx.Timeout(min(_READ_SECONDS, limits.timeout), connect=_CONNECT_SECONDS)
        async with httpx.AsyncClient(verify=context, timeout=timeout, follow_redirects=False) as client:
            retrying = AsyncRetrying(
                stop=stop_any(stop_after_attempt(1 + limits.retry_attempts), stop_before_delay(limits.timeout)),
                wait=lambda state: self._wait(state, limits.retry_delay),
                retry=retry_if_exception(_may_pass),
                before_sleep=lambda state: _tell(endpoint.source_id, state),
                reraise=True,
            )
            return await retrying(self._once, client, endpoint)

    def _wait(self, state: RetryCallState, delay: float) -> float:
        asked_for = _asked_wait(_failure(state))
        if asked_for is not None:
            return asked_for
        return min(delay * 2.0 ** (state.attempt_number - 1) * (0.5 + self._chance()), _LONGEST_WAIT)

    async def _once(self, client: httpx.AsyncClient, endpoint: Endpoint) -> object:
        answered = False
        try:
            async with client.stream("GET", endpoint.url, headers=_headers(endpoint)) as response:
                answered = True
                return await self._answer(endpoint.source_id, response)
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _RefusedError(_broken(endpoint.source_id, error, answered)) from None

    async def _answer(self, source_id: str, response: httpx.Response) -> object:
        headers = {name.lower(): value for name, value in response.headers.items()}
        if response.status_code != httpx.codes.OK:
            body, _ = await _read(response, _MAX_REFUSAL_BYTES)
            raise _RefusedError(refusal(source_id, response.status_code, headers, body, self._clock()))
        body, is_whole = await _read(response, MAX_ANSWER_BYTES)
        if not is_whole:
            raise _malformed(source_id, f"answered more than {MAX_ANSWER_BYTES} bytes", may_pass=False)
        if is_html(headers, body):
            raise _malformed(source_id, "answered a page instead of JSON; check its url", may_pass=False)
        try:
            document = await asyncio.to_thread(rows.parse, body)
        except ValueError:
            raise _malformed(source_id, "answered no valid JSON, or a part of it", may_pass=True) from None
        if isinstance(document, dict) and document.get("error") and not isinstance(document.get("data"), list):
            raise _malformed(source_id, "answered an error instead of a listing", may_pass=True)
        return document


async def _read(response: httpx.Response, limit: int) -> tuple[bytes, bool]:
    """The body, and whether it is whole: reading ends at the limit."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > limit:
            return bytes(body[:limit]), False
    return bytes(body), True


def _headers(endpoint: Endpoint) -> dict[str, str]:
    headers = {"accept": "application/json", "user-agent": _user_agent()}
    if endpoint.api_key is not None:
        headers["authorization"] = f"Bearer {endpoint.api_key.get_secret_value()}"
    return headers


@cache
def _user_agent() -> str:
    """Our own name: some gateways refuse the default names of libraries."""
    return f"modeldex/{metadata.version('modeldex')}"


@cache
def _tls() -> ssl.SSLContext:
    """Reading the certificate authorities takes tens of milliseconds, so it is done once."""
    return httpx.create_ssl_context()


def _malformed(source_id: str, what: str, *, may_pass: bool) -> _RefusedError:
    return _RefusedError(Refusal(SourceMalformed(source_id, f"{source_id} {what}."), may_pass))


def _broken(source_id: str, error: httpx.HTTPError, answered: bool) -> Refusal:
    if isinstance(error, httpx.TimeoutException):
        what = "did not answer in time"
    elif answered:
        return Refusal(SourceMalformed(source_id, f"{source_id} broke off in the middle of its answer."), True)
    else:
        what = "cannot be reached"
    return Refusal(SourceUnavailable(source_id, f"{source_id} {what}; check its url and the network."), True)


def _may_pass(error: BaseException) -> bool:
    wait = _asked_wait(error)
    return isinstance(error, _RefusedError) and error.answer.may_pass and (wait is None or wait <= _LONGEST_WAIT)


def _failure(state: RetryCallState) -> BaseException | None:
    return None if state.outcome is None else state.outcome.exception()


def _asked_wait(error: BaseException | None) -> float | None:
    asked: SourceError | None = error.answer.error if isinstance(error, _RefusedError) else None
    return None if asked is None or asked.retry_after is None else asked.retry_after.total_seconds()


def _tell(source_id: str, state: RetryCallState) -> None:
    _log.info(
        "source asked again",
        source_id=source_id,
        attempt=state.attempt_number,
        wait_ms=round(state.upcoming_sleep * 1000),
        problem=str(_failure(state)),
    )
