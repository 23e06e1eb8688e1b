"""From an error of gRPC to an error of ours: the only place that reads statuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import grpc
from grpc import StatusCode

from modeldex_client._errors import (
    BY_CODE,
    BY_REASON,
    ConnectionFailed,
    DeadlineExceeded,
    MethodNotFound,
    ModeldexError,
    Unimplemented,
    Violation,
)

if TYPE_CHECKING:
    from modeldex_client._options import Options

_DOMAIN = "modeldex"
_STATUS = "grpc-status-details-bin"

# What gRPC's core says, and what it means for whoever reads it. The first that fits counts.
_SAYINGS_OF_GRPC = (
    (
        r"HTTP proxy returned",
        "the HTTP proxy of this environment did not let the call through ({details}); correct or unset https_proxy "
        "and http_proxy, or add the host to no_proxy",
    ),
    (
        r"DNS resolution failed|[Nn]ame resolution|Domain name not found",
        "its name is not known here; correct the target (MODELDEX_TARGET, HOST:PORT)",
    ),
    (
        r"WRONG_VERSION_NUMBER|HTTP_REQUEST",
        "it does not speak TLS; for a server without TLS leave it out (tls=False, MODELDEX_TLS=0)",
    ),
    (
        r"is not in peer certificate|Hostname Verification|hostname mismatch",
        "its certificate is for another name; use the name that stands in the certificate as the target",
    ),
    (
        r"certificate has expired|CERTIFICATE_VERIFY_FAILED.*expired",
        "its certificate has expired; renew it at the server",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|certificate verify",
        "its certificate is not trusted here; name the file of its authority (ca, MODELDEX_CA)",
    ),
    (r"[Ss]sl handshake failed|TSI_PROTOCOL_FAILURE", "the TLS handshake failed ({details})"),
    (
        r"http1\.x server|Failed parsing HTTP/2|http2 header with status|Stream removed|missing selected ALPN",
        "what answers there is no gRPC server ({details}); correct the target, or the proxy before it",
    ),
    (
        r"Connection refused",
        "the connection was refused; is the server running? Start one with `modeldex serve`, or name another "
        "target (MODELDEX_TARGET)",
    ),
    (r"No route to host|Network is unreachable|Host is unreachable", "there is no route to it from here"),
    (r"[Tt]imed? ?out|Timeout", "it did not answer in time"),
)
_HUNG_UP = r"Socket closed|Connection reset|Broken pipe|Endpoint read|GOAWAY|Connection closed|End of TCP"
_CONNECTING = "failed to connect to all addresses"


def failure(
    error: grpc.RpcError, request: object, options: Options, timeout: float, *, connected: bool
) -> ModeldexError:
    """The error of ours for an error of gRPC.

    Args:
        error: What gRPC raised.
        request: The request of the call; its type names the method.
        options: Whom the client calls, and how.
        timeout: The limit that the call had, in seconds.
        connected: Whether there is a connection; asked only where a deadline passed.
    """
    details = error.details() or ""
    code = error.code()
    if (status := _status(error)) is not None:
        return _told(code, details, status, request, options)
    if code is StatusCode.UNIMPLEMENTED and not _no_grpc(details):
        return Unimplemented(_older(request, options), reason="")
    if code is StatusCode.DEADLINE_EXCEEDED:
        return _late(options, timeout, connected=connected)
    if code is StatusCode.UNAVAILABLE or _no_grpc(details):
        return ConnectionFailed(f"{options.target} cannot be reached: {_meaning(details, options)}.")
    kind = BY_CODE.get(code, ModeldexError)
    return kind(details or f"{options.target} answered {code.name} and nothing more.", code=code, reason="")


def _told(code: StatusCode, message: str, status: bytes, request: object, options: Options) -> ModeldexError:
    """What the server itself says: a google.rpc.Status with its details."""
    # Imported only here: most callers never see an error.
    from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped] # noqa: PLC0415 # has no types

    info, retry, bad = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo(), error_details_pb2.BadRequest()
    for detail in _details(status_pb2.Status, status):
        for known in (info, retry, bad):
            detail.Unpack(known)
    reason = info.reason if info.domain == _DOMAIN else ""
    kind = BY_REASON.get(reason) or BY_CODE.get(code, ModeldexError)
    if kind is MethodNotFound:
        message = _older(request, options)
    return kind(
        message or f"{options.target} answered {code.name} {reason}".rstrip() + ".",
        code=code,
        reason=reason,
        metadata=dict(info.metadata),
        violations=[Violation(one.field, one.description) for one in bad.field_violations],
        retry_after=retry.retry_delay.ToTimedelta() if retry.HasField("retry_delay") else None,
    )


def _details(kind: Any, data: bytes) -> Iterator[Any]:
    """The details of a status; none where its bytes are not one, as something between us and the server may send."""
    from google.protobuf.message import DecodeError  # noqa: PLC0415

    try:
        yield from kind.FromString(data).details
    except DecodeError:
        return


def _status(error: grpc.RpcError) -> bytes | None:
    trailers: Any = error.trailing_metadata() or ()  # pairs in both halves; their types know no iteration
    return next((value for key, value in trailers if key == _STATUS), None)


def _late(options: Options, timeout: float, *, connected: bool) -> ModeldexError:
    if connected:
        return DeadlineExceeded(f"{options.target} did not answer within {timeout:g} s; a longer timeout may help.")
    return ConnectionFailed(
        f"{options.target} cannot be reached: no connection came about within {timeout:g} s; is the target right, and "
        "does a firewall let it through?"
    )


def _meaning(details: str, options: Options) -> str:
    for saying, meaning in _SAYINGS_OF_GRPC:
        if re.search(saying, details):
            return meaning.format(details=_core(details))
    if not re.search(_HUNG_UP, details):
        return _core(details) or "it says nothing more"
    if _CONNECTING not in details:
        return "the connection was lost before the answer came; try again"
    if options.tls:
        return (
            "it hung up in the TLS handshake; if it asks for a client's certificate, name one (certificate and key, "
            "MODELDEX_CERTIFICATE and MODELDEX_KEY)"
        )
    return "it hung up at once; if it speaks TLS, switch that on (tls=True, MODELDEX_TLS=1)"


def _core(details: str) -> str:
    """What gRPC's core says, without what it wraps around it."""
    return re.sub(r"^.*last error: \w+: (?:ipv[46]:\S+|unix:\S+): ", "", details).strip().rstrip(".")


def _no_grpc(details: str) -> bool:
    return details.startswith(("Received http2 header with status", "Stream removed", "Trying to connect an http1"))


def _older(request: object, options: Options) -> str:
    method = type(request).__name__.removesuffix("Request")
    return f"The server at {options.target} does not know {method}; it is older than this client."
