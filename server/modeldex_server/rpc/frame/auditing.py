"""Auditing: the row in the audit trail of each call that changes something, or tries to.

Whoever writes the change writes the row with it and says so to the call's origin. For what has none when the call ends,
done or refused, the frame adds one before it answers. Calls of methods that only read never come here.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from google.protobuf.message import DecodeError, Message

from modeldex_server.errors import ModeldexError
from modeldex_server.rpc.frame.credentials import Context, origin_of
from modeldex_server.rpc.frame.method import Method
from modeldex_server.rpc.frame.resources import About, about
from modeldex_server.rpc.frame.status import reason_name
from modeldex_server.security.attempts import DONE, UNCHANGED, Attempt
from modeldex_server.security.identity import Identity
from modeldex_server.security.origin import ORIGIN, Origin

# Of what is larger, and was refused before it was read, only the method is told: it could be anybody's.
_READ_BYTES = 64 * 1024


class AuditTrail(Protocol):
    """Where attempts are kept."""

    def admits(self, method: str, principal: str, outcome: str) -> bool:
        """Whether such an attempt gets a row of its own now."""
        ...

    async def add(self, attempt: Attempt) -> None:
        """Keep an attempt. Returns once its row is durable, or once the store is known to be away: then the row comes
        when it is back. Raises nothing."""
        ...


class Auditing:
    """The rows of one server's calls."""

    def __init__(self, trail: AuditTrail, identity: Identity) -> None:
        self.trail = trail
        self.identity = identity
        self._later: set[asyncio.Task[None]] = set()

    def of(self, method: Method) -> MethodAuditing:
        """Those of one method's calls."""
        return MethodAuditing(self, method)

    def later(self, task: asyncio.Task[None]) -> None:
        """Look after a row that nobody waits for."""
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def settle(self, timeout: float) -> None:
        """Wait for the rows that nobody waits for, for so many seconds at most."""
        if self._later:
            await asyncio.wait(self._later, timeout=timeout)


class MethodAuditing:
    """The rows of one method's calls."""

    def __init__(self, auditing: Auditing, method: Method) -> None:
        self._auditing = auditing
        self._method = method.name
        self._parse = method.request.FromString
        self._about = about(method.name, method.request)

    def begin(self, context: Context) -> Origin:
        """A call begins: what it does is known from now on to be of its caller."""
        origin = origin_of(context, self._auditing.identity)
        ORIGIN.set(origin)
        return origin

    async def done(self, origin: Origin, request: Message) -> None:
        """A call went well."""
        if not origin.audited:
            await self._add(origin, _done(origin), request)

    async def refused(self, origin: Origin, outcome: str, request: Message | None, data: bytes) -> None:
        """A call failed, and its caller is about to be told."""
        if origin.under_way is None:
            await self._refused(origin, outcome, request, data)
        else:
            self.left(origin, outcome, request, data)

    def left(self, origin: Origin, outcome: str, request: Message | None, data: bytes) -> None:
        """A call ended without its caller, or before what it began: that ends first, and may well write the row."""
        self._auditing.later(asyncio.ensure_future(self._left(origin, outcome, request, data)))

    async def _left(self, origin: Origin, outcome: str, request: Message | None, data: bytes) -> None:
        if (work := origin.under_way) is not None:
            await asyncio.wait([work])
            outcome = _came_of(work, origin) or outcome
        await self._refused(origin, outcome, request, data)

    async def _refused(self, origin: Origin, outcome: str, request: Message | None, data: bytes) -> None:
        if not origin.audited:
            await self._add(origin, outcome, request, data)

    async def _add(self, origin: Origin, outcome: str, request: Message | None, data: bytes = b"") -> None:
        trail = self._auditing.trail
        if trail.admits(self._method, origin.principal, outcome):
            told = self._tell(request or self._read(data))
            attempt = Attempt(
                origin, self._method, outcome, told.resource, told.provider_id, told.request_id, told.reason
            )
            await trail.add(attempt)

    def _read(self, data: bytes) -> Message | None:
        """The request of a call that was refused before it was read; None where it cannot be."""
        if len(data) > _READ_BYTES:
            return None
        try:
            return self._parse(data)
        except DecodeError:
            return None

    def _tell(self, request: Message | None) -> About:
        return About() if request is None else self._about(request)


def _came_of(work: asyncio.Future[Any], origin: Origin) -> str:
    """What came of what has ended without its caller; nothing where that cannot be told."""
    if work.cancelled():
        return ""
    error = work.exception()
    if error is None:
        return _done(origin)
    return reason_name(error) if isinstance(error, ModeldexError) else ""


def _done(origin: Origin) -> str:
    return UNCHANGED if origin.replayed else DONE
