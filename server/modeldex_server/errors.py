"""Everything that can go wrong, as one tree: each class is a reason of the contract, none knows gRPC.

    ModeldexError
    |-- InvalidRequest              one violation or more, each naming its field
    |   |-- InvalidPageToken, InvalidResumeToken
    |-- MalformedRequest, MessageTooLarge
    |-- ModelNotFound, ProviderNotFound, MethodNotFound
    |-- VersionMismatch, RequestIdReused
    |-- HistoryRewound, RevisionCompacted, FutureRevision, TooManyStreams
    |-- ManagedBySource, BenchmarksDisabled, ModelNotDeleted, ConfigurationFixed
    |-- Unauthenticated, PermissionDenied
    |-- StoreUnavailable, CommitUnknown, WriteContention, RevisionNotReached, NotReady, Draining
    |-- SourceError
    |   |-- SourceUnavailable, SourceMalformed, SourceRateLimited, SourceUnauthenticated
    |-- DeadlineExceeded, Cancelled, InternalError

Beside the tree stands StartError: what keeps a process from starting, told in one line on its terminal.

Raise what is wrong; `rpc/frame/status.py` maps it once. The message says what to do next; what varies in it stands in
the metadata too, and never names an address, a path, a class or a secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from modeldex.v1 import error_reason_pb2 as pb


class ModeldexError(Exception):
    """The root: a reason, a message for people, metadata for programs, and how long to wait before a retry."""

    reason: ClassVar[pb.ErrorReason.ValueType] = pb.ERROR_REASON_INTERNAL
    retry_after: timedelta | None = None
    retry_by_grpc = True  # False: gRPC's own retries must let it pass, whatever its code

    def __init__(self, message: str, /, **metadata: object) -> None:
        super().__init__(message)
        self.message = message
        self.metadata = {key: str(value) for key, value in metadata.items()}


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: the path of the field as in the contract ("model.prices[input].amount") and what it must be."""

    field: str
    description: str


class InvalidRequest(ModeldexError):
    """Fields break the rules in their comments. The first 20 violations are told, all are counted."""

    reason = pb.ERROR_REASON_INVALID_REQUEST

    def __init__(self, violations: Sequence[Violation]) -> None:
        first = violations[0]
        more = f" (and {len(violations) - 1} more)" if len(violations) > 1 else ""
        super().__init__(f"{first.field}: {first.description}{more}", violations=len(violations))
        self.violations = tuple(violations[:20])


class InvalidPageToken(InvalidRequest):
    """The page token is not one of ours, was changed, or belongs to another query."""

    reason = pb.ERROR_REASON_INVALID_PAGE_TOKEN

    def __init__(self) -> None:
        super().__init__([Violation("page_token", "does not belong to this query; ask for the first page again")])
        self.metadata = {"field": "page_token"}


class InvalidResumeToken(InvalidRequest):
    """The resume token is not one of ours, was changed, or belongs to a watch with other filters."""

    reason = pb.ERROR_REASON_INVALID_RESUME_TOKEN

    def __init__(self) -> None:
        problem = "does not belong to this watch; take a new snapshot, or begin after a revision"
        super().__init__([Violation("options.resume_token", problem)])
        self.metadata = {"field": "options.resume_token"}


class MalformedRequest(ModeldexError):
    """The bytes are no message of the request's type."""

    reason = pb.ERROR_REASON_MALFORMED_REQUEST

    def __init__(self, message_type: str) -> None:
        super().__init__(
            f"The request is not a valid {message_type}: check that every string is UTF-8.", message=message_type
        )


class MessageTooLarge(ModeldexError):
    """A request is larger than the server takes."""

    reason = pb.ERROR_REASON_MESSAGE_TOO_LARGE

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"The request has {size} bytes and at most {limit} are taken; split it.", bytes=size, limit_bytes=limit
        )


class ModelNotFound(ModeldexError):
    """There is no such model, or it was deleted."""

    reason = pb.ERROR_REASON_MODEL_NOT_FOUND

    def __init__(self, model_id: str, *, deleted: bool = False) -> None:
        shown = model_id if len(model_id) <= 200 else model_id[:200] + "..."
        message = (
            f"Model {shown} was deleted; UndeleteModel brings a private model back."
            if deleted
            else f"There is no model {shown}; ListModels with a query finds ids."
        )
        super().__init__(message, model_id=shown, state="deleted" if deleted else "unknown")


class ProviderNotFound(ModeldexError):
    """No source knows such a provider."""

    reason = pb.ERROR_REASON_PROVIDER_NOT_FOUND

    def __init__(self, provider_id: str) -> None:
        super().__init__(
            f"No source knows a provider {provider_id}; ListProviders names those known.", provider_id=provider_id
        )


class MethodNotFound(ModeldexError):
    """No service has such a method."""

    reason = pb.ERROR_REASON_METHOD_NOT_FOUND

    def __init__(self, method: str) -> None:
        shown = method[:200]
        super().__init__(f"There is no method {shown}; server reflection lists the methods.", method=shown)


class VersionMismatch(ModeldexError):
    """expected_version is not the current version."""

    reason = pb.ERROR_REASON_VERSION_MISMATCH

    def __init__(self, subject: str, *, expected: int, current: int) -> None:
        super().__init__(
            f"{subject} is at version {current}, not {expected}: read it again and decide anew.",
            subject=subject,
            expected_version=expected,
            current_version=current,
        )


class RequestIdReused(ModeldexError):
    """The request_id came before with another request."""

    reason = pb.ERROR_REASON_REQUEST_ID_REUSED

    def __init__(self, request_id: str) -> None:
        super().__init__(
            f"The request_id {request_id} was used before with another request; a new request needs a new one.",
            request_id=request_id,
        )


class ManagedBySource(ModeldexError):
    """A source lists the model, so no caller may write it."""

    reason = pb.ERROR_REASON_MANAGED_BY_SOURCE

    def __init__(self, model_id: str, source_ids: Sequence[str]) -> None:
        names = ", ".join(source_ids)
        super().__init__(
            f"Model {model_id} is listed by {names} and cannot be written; save under an id that no source lists.",
            model_id=model_id,
            source_ids=",".join(source_ids),
        )


class BenchmarksDisabled(ModeldexError):
    """Benchmarks are switched off."""

    reason = pb.ERROR_REASON_BENCHMARKS_DISABLED

    def __init__(self, model_id: str) -> None:
        super().__init__("This server has benchmarks switched off.", model_id=model_id)


class ModelNotDeleted(ModeldexError):
    """There is nothing to undelete."""

    reason = pb.ERROR_REASON_MODEL_NOT_DELETED

    def __init__(self, model_id: str, version: int) -> None:
        super().__init__(
            f"Model {model_id} is not deleted: it is served at version {version}.", model_id=model_id, version=version
        )


class ConfigurationFixed(ModeldexError):
    """The environment or a file sets the value."""

    reason = pb.ERROR_REASON_CONFIGURATION_FIXED

    def __init__(self, fields: Sequence[str]) -> None:
        names = ", ".join(fields)
        super().__init__(
            f"The server's environment or file sets {names}; change it there, or take it out there first.",
            fields=",".join(fields),
        )


class HistoryRewound(ModeldexError):
    """The history of the catalogue was rewound, as by restoring an older backup."""

    reason = pb.ERROR_REASON_HISTORY_REWOUND

    def __init__(self) -> None:
        super().__init__("The history of the catalogue was rewound, as by restoring a backup: take a new snapshot.")


class RevisionCompacted(ModeldexError):
    """The log does not keep what came after a revision any more."""

    reason = pb.ERROR_REASON_REVISION_COMPACTED

    def __init__(self, revision: int, compacted: int) -> None:
        super().__init__(
            f"The log begins after revision {compacted}, so what came after {revision} is not whole: take a new"
            " snapshot.",
            revision=revision,
            compacted_revision=compacted,
        )


class FutureRevision(ModeldexError):
    """There is no such revision yet."""

    reason = pb.ERROR_REASON_FUTURE_REVISION

    def __init__(self, revision: int, head: int) -> None:
        super().__init__(
            f"There is no revision {revision} yet; the last one is {head}.", revision=revision, head_revision=head
        )


class TooManyStreams(ModeldexError):
    """As many streams are open as may be."""

    reason = pb.ERROR_REASON_TOO_MANY_STREAMS
    retry_after = timedelta(seconds=5)

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"This server has {limit} open streams, which is the most; watch on another replica, or later.", limit=limit
        )


class Unauthenticated(ModeldexError):
    """No valid credential came with the call."""

    reason = pb.ERROR_REASON_UNAUTHENTICATED

    def __init__(self) -> None:
        super().__init__('No valid token or certificate came with the call: send "authorization: Bearer <token>".')


class PermissionDenied(ModeldexError):
    """None of the caller's roles may call the method."""

    reason = pb.ERROR_REASON_PERMISSION_DENIED

    def __init__(self, method: str, principal: str, roles: Sequence[str], required: str) -> None:
        super().__init__(
            f"{principal} may not call {method}: it needs the role {required}.",
            method=method,
            principal=principal,
            roles=",".join(roles),
            required_role=required,
        )


class StoreUnavailable(ModeldexError):
    """PostgreSQL cannot be reached, or cannot write now. Nothing was changed."""

    reason = pb.ERROR_REASON_STORE_UNAVAILABLE
    retry_after = timedelta(seconds=1)

    def __init__(self, message: str = "The store cannot be reached; nothing was changed, try again soon.") -> None:
        super().__init__(message)


class CommitUnknown(ModeldexError):
    """The connection was lost while committing."""

    reason = pb.ERROR_REASON_COMMIT_UNKNOWN
    retry_after = timedelta(seconds=1)

    def __init__(self) -> None:
        super().__init__(
            "The connection was lost while committing: send the same request again with the same request_id."
        )


class WriteContention(ModeldexError):
    """Another writer held a lock for too long. Nothing was changed."""

    reason = pb.ERROR_REASON_WRITE_CONTENTION
    retry_after = timedelta(seconds=1)

    def __init__(self) -> None:
        super().__init__("Other writers held the same models for too long; nothing was changed, try again.")


class RevisionNotReached(ModeldexError):
    """This replica is not yet current through min_revision."""

    reason = pb.ERROR_REASON_REVISION_NOT_REACHED
    retry_after = timedelta(seconds=1)
    retry_by_grpc = False  # most of the caller's time was waited for it already

    def __init__(self, min_revision: int, revision: int) -> None:
        super().__init__(
            f"This replica is current through revision {revision}, not yet {min_revision}; try again or ask another.",
            min_revision=min_revision,
            revision=revision,
        )


class NotReady(ModeldexError):
    """The catalogue is not loaded yet."""

    reason = pb.ERROR_REASON_NOT_READY
    retry_after = timedelta(seconds=1)

    def __init__(self) -> None:
        super().__init__("The server has not loaded the catalogue yet; try again soon.")


class Draining(ModeldexError):
    """The server is shutting down."""

    reason = pb.ERROR_REASON_DRAINING
    # Long enough that the connection has ended by then, and the next attempt goes elsewhere.
    retry_after = timedelta(milliseconds=500)

    def __init__(self) -> None:
        super().__init__("The server is shutting down; connect again.")


class SourceError(ModeldexError):
    """A source gave no complete listing; nothing was removed. `source_id` joins the metadata."""

    retry_by_grpc = False  # the refresh has tried again already, as often as its configuration says

    def __init__(self, source_id: str, message: str, **metadata: object) -> None:
        super().__init__(message, source_id=source_id, **metadata)
        self.source_id = source_id


class SourceUnavailable(SourceError):
    """A source cannot be reached or answers with an error of its own."""

    reason = pb.ERROR_REASON_SOURCE_UNAVAILABLE


class SourceMalformed(SourceError):
    """A source answered something that is no complete listing."""

    reason = pb.ERROR_REASON_SOURCE_MALFORMED


class SourceRateLimited(SourceError):
    """A source limits our requests; `retry_after` is what it asked for."""

    reason = pb.ERROR_REASON_SOURCE_RATE_LIMITED


class SourceUnauthenticated(SourceError):
    """A source refuses our credential."""

    reason = pb.ERROR_REASON_SOURCE_UNAUTHENTICATED


class DeadlineExceeded(ModeldexError):
    """The call took longer than it may."""

    reason = pb.ERROR_REASON_DEADLINE_EXCEEDED

    def __init__(self, limit: timedelta) -> None:
        milliseconds = round(limit.total_seconds() * 1000)
        super().__init__(f"The call did not end within {milliseconds} ms.", limit_ms=milliseconds)


class Cancelled(ModeldexError):
    """The caller went away."""

    reason = pb.ERROR_REASON_CANCELLED

    def __init__(self) -> None:
        super().__init__("The call was cancelled.")


class InternalError(ModeldexError):
    """A fault of ours; the incident stands in the log."""

    reason = pb.ERROR_REASON_INTERNAL

    def __init__(self, incident: str) -> None:
        super().__init__(f"The server failed; its log has more under incident {incident}.", incident=incident)


class StartError(Exception):
    """The server, or a command, cannot start. The message is one line for whoever started it; no caller sees it."""
