"""Callers of a server: channels, stubs, and errors taken apart."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped] # has no types

from modeldex.v1 import error_reason_pb2 as reasons
from modeldex.v1.discovery_service_pb2_grpc import DiscoveryServiceStub
from modeldex.v1.provider_service_pb2_grpc import ProviderServiceStub

# As the contract says: UNAVAILABLE may be tried again.
RETRYING = json.dumps(
    {
        "methodConfig": [
            {
                "name": [{}],
                "retryPolicy": {
                    "maxAttempts": 5,
                    "initialBackoff": "0.05s",
                    "maxBackoff": "1s",
                    "backoffMultiplier": 2,
                    "retryableStatusCodes": ["UNAVAILABLE"],
                },
            }
        ]
    }
)
# A client finds a replica that came back within this time, however long it was away.
RECONNECT_SECONDS = 0.5
_RECONNECT = tuple(
    (f"grpc.{which}_reconnect_backoff_ms", int(RECONNECT_SECONDS * 1000)) for which in ("initial", "min", "max")
)
_NO_RETRIES = (("grpc.enable_retries", 0), ("grpc.use_local_subchannel_pool", 1))
# What only the inside of a server would write.
_INTERNALS = re.compile(
    r"Traceback|psycopg|sqlstate|asyncio|grpc\._|modeldex_server|\.py\b|Error\(|Exception"
    r"|\b(?:SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|relation|column|constraint)\b|/(?:tmp|home|work|usr|root)/"
)


@dataclass(frozen=True)
class Api:
    """A server as a caller sees it."""

    channel: grpc.aio.Channel
    discovery: Any
    providers: Any

    async def raw(self, path: str, data: bytes, *, timeout: float = 20) -> bytes:
        """Call a method with bytes that need not be a message."""
        call = self.channel.unary_unary(path, request_serializer=bytes, response_deserializer=bytes)
        return await call(data, timeout=timeout)


@asynccontextmanager
async def connect(address: str, *, service_config: str = "") -> AsyncIterator[Api]:
    """A channel of its own to an address. Without a service config nothing is tried again."""
    config = (("grpc.service_config", service_config), ("grpc.enable_retries", 1)) if service_config else _NO_RETRIES
    async with grpc.aio.insecure_channel(
        address, options=[*config, *_RECONNECT, ("grpc.max_receive_message_length", -1)]
    ) as channel:
        yield Api(channel, DiscoveryServiceStub(channel), ProviderServiceStub(channel))


@dataclass(frozen=True)
class Problem:
    """An error as a program reads it."""

    code: grpc.StatusCode
    reason: str
    message: str
    metadata: dict[str, str] = field(default_factory=dict)
    violations: dict[str, str] = field(default_factory=dict)
    retry_after: float | None = None

    @property
    def short(self) -> tuple[str, str]:
        """("NOT_FOUND", "MODEL_NOT_FOUND")"""
        return self.code.name, self.reason


async def problem_of(call: Awaitable[object]) -> Problem:
    """The error that a call ends with. Fails where it succeeds, and where the error breaks a promise:

    typed errors: a reason of the contract, details under 4 KB, nothing of the server's insides.
    """
    try:
        answer = await call
    except grpc.aio.AioRpcError as error:
        return read_problem(error)
    raise AssertionError(f"the call succeeded: {str(answer)[:500]}")


def read_problem(error: grpc.aio.AioRpcError) -> Problem:
    """Takes an error apart; see `problem_of`."""
    trailers = {key: value for key, value in error.trailing_metadata() or ()}  # noqa: C416 - dict() of it asks for keys
    details = trailers.get("grpc-status-details-bin")
    if details is None:
        # The caller's own grpc ended the call: no server spoke.
        return Problem(error.code(), "", error.details() or "")
    assert isinstance(details, bytes)
    assert len(details) < 4096
    status = status_pb2.Status.FromString(details)
    assert status.message == error.details()
    text = str(status)
    assert not _INTERNALS.search(text), text
    info, violations, retry = error_details_pb2.ErrorInfo(), {}, None
    for detail in status.details:
        if detail.Is(error_details_pb2.BadRequest.DESCRIPTOR):
            bad = error_details_pb2.BadRequest.FromString(detail.value)
            violations = {one.field: one.description for one in bad.field_violations}
        elif detail.Is(error_details_pb2.RetryInfo.DESCRIPTOR):
            retry = error_details_pb2.RetryInfo.FromString(detail.value).retry_delay.ToTimedelta().total_seconds()
        else:
            assert detail.Unpack(info)
    assert info.domain == "modeldex"
    assert reasons.ErrorReason.Value(f"ERROR_REASON_{info.reason}")
    return Problem(error.code(), info.reason, status.message, dict(info.metadata), violations, retry)
