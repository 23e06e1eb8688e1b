"""Call: what a servicer's method knows of the call beside its request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

from google.protobuf.message import Message

from modeldex_server.errors import ModeldexError
from modeldex_server.rpc.frame.credentials import Context
from modeldex_server.security.principals import Principal
from modeldex_server.security.scope import Scope


class Call:
    """One call: its method ("DiscoveryService.GetModel"), who calls, and until when.

    `deadline` is an instant of the monotonic clock, which is also that of the event loop; None for a stream that may
    stay open.
    """

    __slots__ = ("_context", "deadline", "ended_by", "method", "principal", "task")

    def __init__(self, method: str, principal: Principal, deadline: float | None, context: Context) -> None:
        self.method = method
        self.principal = principal
        self.deadline = deadline
        self.ended_by: ModeldexError | None = None
        self.task: asyncio.Task[object] | None = None
        self._context = context

    @property
    def scope(self) -> Scope:
        """What the caller may see."""
        return self.principal.scope

    def admitted_by(self, admission: Callable[[Context], Principal]) -> Principal:
        """Who it would be that calls, were it to begin now. Raises what `admission` raises."""
        return admission(self._context)

    def remaining(self) -> float | None:
        """Seconds until the deadline, not below 0; None where there is none."""
        return None if self.deadline is None else max(0.0, self.deadline - monotonic())

    async def write(self, message: Message | bytes) -> None:
        """Sends one message of a stream. Waits while the caller does not read; Cancelled where the caller went away."""
        await self._context.write(message if isinstance(message, bytes) else message.SerializeToString())

    def end(self, error: ModeldexError) -> None:
        """Ends the call from outside with an error. Only the first counts."""
        if self.ended_by is None and self.task is not None:
            self.ended_by = error
            self.task.cancel()
