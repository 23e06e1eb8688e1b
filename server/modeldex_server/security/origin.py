"""Origin: where a call came from, for the audit trail.

It belongs to a call and to what the call begins, as the context variables of asyncio do; what the server does by itself
has none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from modeldex.v1 import history_pb2 as pb

Result = TypeVar("Result")


@dataclass(slots=True)
class Origin:
    """Where a call came from, and what became of its row in the audit trail."""

    principal: str
    authentication: pb.Authentication.ValueType = pb.AUTHENTICATION_INTERNAL
    peer: str = ""
    audited: bool = False  # its row is there, for good
    replayed: bool = False  # it was done before, and its first answer is given again
    under_way: asyncio.Future[Any] | None = None  # what goes on when the caller has left, and may write the row


ORIGIN: ContextVar[Origin | None] = ContextVar("origin", default=None)


def origin_of(principal: str) -> Origin:
    """The origin of what a principal does now; the server's own, where the call under way is not that principal's."""
    origin = ORIGIN.get()
    return origin if origin is not None and origin.principal == principal else Origin(principal)


def audited(principal: str) -> None:
    """Whoever wrote the row of a principal's call says so, once it is committed: then nobody else writes one."""
    origin_of(principal).audited = True


def replayed(principal: str) -> None:
    """The call under way was done before, so nothing is written but its row in the audit trail."""
    origin_of(principal).replayed = True


async def carried_through(principal: str, work: Awaitable[Result]) -> Result:
    """Do what writes the row of a principal's call to its end, also where the caller leaves: cancelled while the store
    commits it may have been made, and nobody would know."""
    origin, task = origin_of(principal), asyncio.ensure_future(work)
    origin.under_way = task
    task.add_done_callback(partial(_ended, origin))
    return await asyncio.shield(task)


def _ended(origin: Origin, task: asyncio.Future[Any]) -> None:
    origin.under_way = None
    if not task.cancelled():
        task.exception()  # looked at: whoever went away does not ask for it
