"""The open streams of one server: how many each principal has, and whether each may still be open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from modeldex_server.errors import AccessChanged, ModeldexError, TooManyStreams
from modeldex_server.rpc.frame.call import Call
from modeldex_server.rpc.frame.credentials import Context
from modeldex_server.security.principals import Principal

# Who calls, if that one may call the method. Raises Unauthenticated or PermissionDenied.
Admission = Callable[[Context], Principal]


class Streams:
    """Streams from `enter` to `leave`. Those that live until their caller ends them count for the quota of its
    principal."""

    def __init__(self) -> None:
        self._open: dict[Call, Admission] = {}
        self._endless: Counter[str] = Counter()  # by the names of their principals

    def enter(self, call: Call, admission: Admission, *, endless: bool) -> None:
        """A stream begins. Raises TooManyStreams where it would be one too many."""
        if endless:
            self._count(call.principal)
        self._open[call] = admission

    def leave(self, call: Call, *, endless: bool) -> None:
        """A stream that began has ended."""
        del self._open[call]
        if endless:
            self._endless[call.principal.name] -= 1

    def review(self) -> None:
        """Principals changed: end the streams that would not be opened now, or would show other providers."""
        for call, admission in tuple(self._open.items()):
            try:
                principal = call.admitted_by(admission)
            except ModeldexError as error:
                call.end(error.with_traceback(None))  # which would keep the call
            else:
                if principal.scope != call.principal.scope:
                    call.end(AccessChanged())

    def _count(self, principal: Principal) -> None:
        limit = principal.quota.max_streams
        if limit and self._endless[principal.name] >= limit:
            raise TooManyStreams(limit, principal.name)
        self._endless[principal.name] += 1
