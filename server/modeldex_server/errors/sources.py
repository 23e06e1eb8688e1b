"""What keeps a source from giving a complete listing."""

from __future__ import annotations

from modeldex.v1 import error_reason_pb2 as pb
from modeldex_server.errors.base import ModeldexError


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
