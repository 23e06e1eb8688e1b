"""Requests that are wrong, whatever the state of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence

from modeldex.v1 import error_reason_pb2 as pb
from modeldex_server.errors.base import ModeldexError, Violation


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
            f"The request is not a valid {message_type}: check that every string is UTF-8, and that nothing is nested"
            " more than 100 messages deep.",
            message=message_type,
        )


class MessageTooLarge(ModeldexError):
    """A request is larger than the server takes."""

    reason = pb.ERROR_REASON_MESSAGE_TOO_LARGE

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"The request has {size} bytes and at most {limit} are taken; split it.", bytes=size, limit_bytes=limit
        )


class MethodNotFound(ModeldexError):
    """No service has such a method."""

    reason = pb.ERROR_REASON_METHOD_NOT_FOUND

    def __init__(self, method: str) -> None:
        shown = method[:200]
        super().__init__(f"There is no method {shown}; server reflection lists the methods.", method=shown)
