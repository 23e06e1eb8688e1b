"""The root of the tree, and what stands beside it."""

from __future__ import annotations

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


class StartError(Exception):
    """The server, or a command, cannot start. The message is one line for whoever started it; no caller sees it."""
