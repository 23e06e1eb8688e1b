"""Invalidations as they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.ledger.documents import stamp

COLUMNS: LiteralString = """
    i.number, i.created_at, i.principal, i.namespace, i.target, i.reason, i.mode, i.expected_version, i.context,
    i.entry_count, i.duration, i.error_reason, i.rule_id, i.rule_version, i.depth, i.revision"""


@dataclass(frozen=True, slots=True)
class InvalidationRow:
    """One invalidation, of a statement that gives COLUMNS."""

    number: int
    created_at: datetime
    principal: str
    namespace: str
    target: bytes
    reason: int
    mode: int
    expected_version: int | None
    context: bytes
    entry_count: int
    duration: timedelta
    error_reason: str
    rule_id: str
    rule_version: int
    depth: int
    revision: int

    def message(self) -> pb.Invalidation:
        """As callers see it."""
        invalidation = pb.Invalidation(
            number=self.number,
            create_time=stamp(self.created_at),
            principal=self.principal,
            namespace=self.namespace,
            target=pb.InvalidationTarget.FromString(self.target),
            reason=self.reason,  # type: ignore[arg-type] # a number of the enum
            mode=self.mode,  # type: ignore[arg-type] # a number of the enum
            expected_version=self.expected_version,
            entry_count=self.entry_count,
            error_reason=self.error_reason,
            rule_id=self.rule_id,
            rule_version=self.rule_version,
            depth=self.depth,
            revision=self.revision,
        )
        if self.context:
            invalidation.context.MergeFromString(self.context)
        invalidation.duration.FromTimedelta(self.duration)
        return invalidation
