"""From the error tree to google.rpc.Status: one table, one function.

Details travel in trailers, which clients limit to 8 KB: whatever an error holds, the status stays under 4 KB.
"""

from __future__ import annotations

from typing import NamedTuple

import grpc
from google.protobuf import any_pb2
from google.protobuf.message import Message
from google.rpc import code_pb2, error_details_pb2, status_pb2  # type: ignore[import-untyped] # has no types

from modeldex.v1 import error_reason_pb2 as pb
from modeldex_server.errors import InvalidRequest, ModeldexError

DOMAIN = "modeldex"

_CODE = grpc.StatusCode
CODES = {
    pb.ERROR_REASON_INVALID_REQUEST: _CODE.INVALID_ARGUMENT,
    pb.ERROR_REASON_MALFORMED_REQUEST: _CODE.INVALID_ARGUMENT,
    pb.ERROR_REASON_INVALID_PAGE_TOKEN: _CODE.INVALID_ARGUMENT,
    pb.ERROR_REASON_MESSAGE_TOO_LARGE: _CODE.INVALID_ARGUMENT,
    pb.ERROR_REASON_INVALID_RESUME_TOKEN: _CODE.INVALID_ARGUMENT,
    pb.ERROR_REASON_MODEL_NOT_FOUND: _CODE.NOT_FOUND,
    pb.ERROR_REASON_PROVIDER_NOT_FOUND: _CODE.NOT_FOUND,
    pb.ERROR_REASON_SUBSCRIPTION_NOT_FOUND: _CODE.NOT_FOUND,
    pb.ERROR_REASON_SUBSCRIPTION_FILTER_NOT_FOUND: _CODE.NOT_FOUND,
    pb.ERROR_REASON_ENTRY_NOT_FOUND: _CODE.NOT_FOUND,
    pb.ERROR_REASON_RULE_NOT_FOUND: _CODE.NOT_FOUND,
    pb.ERROR_REASON_VERSION_NOT_FOUND: _CODE.NOT_FOUND,
    pb.ERROR_REASON_ROLLBACK_NOT_FOUND: _CODE.NOT_FOUND,
    pb.ERROR_REASON_METHOD_NOT_FOUND: _CODE.UNIMPLEMENTED,
    pb.ERROR_REASON_VERSION_MISMATCH: _CODE.ABORTED,
    pb.ERROR_REASON_REQUEST_ID_REUSED: _CODE.ALREADY_EXISTS,
    pb.ERROR_REASON_HISTORY_REWOUND: _CODE.ABORTED,
    pb.ERROR_REASON_REVISION_COMPACTED: _CODE.OUT_OF_RANGE,
    pb.ERROR_REASON_FUTURE_REVISION: _CODE.OUT_OF_RANGE,
    pb.ERROR_REASON_SUBSCRIPTION_SUPERSEDED: _CODE.ABORTED,
    pb.ERROR_REASON_SUBSCRIPTION_CHANGED: _CODE.ABORTED,
    pb.ERROR_REASON_REDELIVERY: _CODE.ABORTED,
    pb.ERROR_REASON_ACCESS_CHANGED: _CODE.ABORTED,
    pb.ERROR_REASON_ACKNOWLEDGEMENT_BEYOND_SENT: _CODE.OUT_OF_RANGE,
    pb.ERROR_REASON_MANAGED_BY_SOURCE: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_BENCHMARKS_DISABLED: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_MODEL_NOT_DELETED: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_CONFIGURATION_FIXED: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_SUBSCRIPTION_EXPIRED: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_ACKNOWLEDGEMENT_AUTOMATIC: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_NAMESPACE_READ_ONLY: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_STRATEGY_DISABLED: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_NOTIFICATIONS_DISABLED: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_DISCOVERY_STOPPED: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_UNAUTHENTICATED: _CODE.UNAUTHENTICATED,
    pb.ERROR_REASON_PERMISSION_DENIED: _CODE.PERMISSION_DENIED,
    pb.ERROR_REASON_TOO_MANY_STREAMS: _CODE.RESOURCE_EXHAUSTED,
    pb.ERROR_REASON_PROVIDER_DENIED: _CODE.PERMISSION_DENIED,
    pb.ERROR_REASON_RATE_LIMITED: _CODE.RESOURCE_EXHAUSTED,
    pb.ERROR_REASON_TOO_MANY_SUBSCRIPTIONS: _CODE.RESOURCE_EXHAUSTED,
    pb.ERROR_REASON_TOO_MANY_ENTRIES: _CODE.RESOURCE_EXHAUSTED,
    pb.ERROR_REASON_TOO_MANY_RULES: _CODE.RESOURCE_EXHAUSTED,
    pb.ERROR_REASON_SELF_APPROVAL: _CODE.PERMISSION_DENIED,
    pb.ERROR_REASON_NOT_REQUESTER: _CODE.PERMISSION_DENIED,
    pb.ERROR_REASON_FUTURE_TIME: _CODE.OUT_OF_RANGE,
    pb.ERROR_REASON_VERSION_PURGED: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_VERSION_IS_DELETION: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_ROLLBACK_CHANGES_NOTHING: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_ROLLBACK_PENDING: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_ROLLBACK_FINISHED: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_ROLLBACK_STALE: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_ROLLBACK_EXPIRED: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_ROLLBACK_DIFF_MISMATCH: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_ROLLBACK_DISABLED: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_NOT_LISTED: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_NOT_PINNED: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_STORE_UNAVAILABLE: _CODE.UNAVAILABLE,
    pb.ERROR_REASON_COMMIT_UNKNOWN: _CODE.UNAVAILABLE,
    pb.ERROR_REASON_REVISION_NOT_REACHED: _CODE.UNAVAILABLE,
    pb.ERROR_REASON_NOT_READY: _CODE.UNAVAILABLE,
    pb.ERROR_REASON_DRAINING: _CODE.UNAVAILABLE,
    pb.ERROR_REASON_WRITE_CONTENTION: _CODE.UNAVAILABLE,
    pb.ERROR_REASON_SOURCE_UNAVAILABLE: _CODE.UNAVAILABLE,
    pb.ERROR_REASON_SOURCE_MALFORMED: _CODE.UNAVAILABLE,
    pb.ERROR_REASON_SOURCE_RATE_LIMITED: _CODE.UNAVAILABLE,
    pb.ERROR_REASON_SOURCE_UNAUTHENTICATED: _CODE.FAILED_PRECONDITION,
    pb.ERROR_REASON_DEADLINE_EXCEEDED: _CODE.DEADLINE_EXCEEDED,
    pb.ERROR_REASON_CANCELLED: _CODE.CANCELLED,
    pb.ERROR_REASON_INTERNAL: _CODE.INTERNAL,
}

_DETAILS_BYTES = 4000
_MESSAGE_BYTES = 512
_METADATA_VALUE_BYTES = 256
_METADATA_ENTRIES = 8
_VIOLATION_FIELD_BYTES = 200
_VIOLATION_TEXT_BYTES = 300


class Refusal(NamedTuple):
    """An error as gRPC sends it."""

    code: grpc.StatusCode
    message: str
    trailers: tuple[tuple[str, str | bytes], ...]
    reason: str


def reason_name(error: ModeldexError) -> str:
    """The reason as it stands in ErrorInfo, for example "MODEL_NOT_FOUND"."""
    return pb.ErrorReason.Name(error.reason).removeprefix("ERROR_REASON_")


def refusal(error: ModeldexError) -> Refusal:
    """What gRPC sends for an error."""
    code = CODES[error.reason]
    message = clip(error.message, _MESSAGE_BYTES)
    status = status_pb2.Status(code=code_pb2.Code.Value(code.name), message=message)
    status.details.append(_packed(_info(error)))
    trailers: list[tuple[str, str | bytes]] = []
    if error.retry_after is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromTimedelta(error.retry_after)
        status.details.append(_packed(retry))
    # gRPC's own retries read this trailer, not RetryInfo.
    if not error.retry_by_grpc:
        trailers.append(("grpc-retry-pushback-ms", "-1"))
    elif error.retry_after is not None:
        trailers.append(("grpc-retry-pushback-ms", str(round(error.retry_after.total_seconds() * 1000))))
    if isinstance(error, InvalidRequest):
        status.details.append(_packed(_bad_request(error, _DETAILS_BYTES - status.ByteSize() - 64)))
    trailers.append(("grpc-status-details-bin", status.SerializeToString()))
    return Refusal(code, message, tuple(trailers), reason_name(error))


def clip(text: str, limit: int) -> str:
    """The text in at most `limit` bytes of UTF-8, with "..." where it was cut."""
    data = text.encode("utf-8", "replace")
    if len(data) <= limit:
        return data.decode()
    return data[: limit - 3].decode("utf-8", "ignore") + "..."


def _info(error: ModeldexError) -> error_details_pb2.ErrorInfo:
    first = list(error.metadata.items())[:_METADATA_ENTRIES]
    metadata = {key: clip(value, _METADATA_VALUE_BYTES) for key, value in first}
    return error_details_pb2.ErrorInfo(reason=reason_name(error), domain=DOMAIN, metadata=metadata)


def _bad_request(error: InvalidRequest, budget: int) -> error_details_pb2.BadRequest:
    """As many of the violations, in order, as fit into the budget."""
    told = error_details_pb2.BadRequest()
    for violation in error.violations:
        told.field_violations.add(
            field=clip(violation.field, _VIOLATION_FIELD_BYTES),
            description=clip(violation.description, _VIOLATION_TEXT_BYTES),
        )
        if told.ByteSize() > budget:
            del told.field_violations[-1]
            break
    return told


def _packed(detail: Message) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(detail)
    return packed
