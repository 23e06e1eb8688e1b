"""Origin: where a call came from, for the audit trail.

It belongs to a call and to what the call begins, as the context variables of asyncio do; what the server does by itself
has none.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from modeldex.v1 import history_pb2 as pb


@dataclass(slots=True)
class Origin:
    """Where a call came from. `audited` is set by whoever writes its row of the audit trail."""

    principal: str
    authentication: pb.Authentication.ValueType = pb.AUTHENTICATION_INTERNAL
    peer: str = ""
    audited: bool = False


ORIGIN: ContextVar[Origin | None] = ContextVar("origin", default=None)


def origin_of(principal: str) -> Origin:
    """The origin of what a principal does now; the server's own, where the call under way is not that principal's."""
    origin = ORIGIN.get()
    return origin if origin is not None and origin.principal == principal else Origin(principal)
