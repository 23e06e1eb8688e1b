"""What does not work now."""

from __future__ import annotations

from datetime import timedelta

from modeldex.v1 import error_reason_pb2 as pb
from modeldex_server.errors.base import ModeldexError


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
            "The connection was lost while committing: send the same request again, with its request_id if it has one."
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
