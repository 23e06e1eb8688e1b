"""What a call came to: its line in the log, its count, and where it failed its status."""

from __future__ import annotations

import asyncio
import secrets
from time import monotonic

import grpc
import structlog
from google.protobuf.message import Message
from grpc._cython import cygrpc  # type: ignore[attr-defined] # its types leave it out

from modeldex_server.errors import Cancelled, Draining, InternalError, ModeldexError, RateLimited
from modeldex_server.metrics import MethodMetrics
from modeldex_server.rpc.frame.call import Call
from modeldex_server.rpc.frame.method import Method, subjects
from modeldex_server.rpc.frame.status import Refusal, reason_name, refusal

# What gRPC raises from a write to a caller that has gone; grpc.aio gives it no public name.
_GONE = (cygrpc.ExecuteBatchError, cygrpc.UsageError)

log = structlog.get_logger()


class Outcomes:
    """The outcomes of one method's calls."""

    def __init__(self, method: Method, metrics: MethodMetrics) -> None:
        self._method = method.label
        self._streaming = method.streaming
        self._metrics = metrics
        self._subjects = subjects(method.request)

    def log_opened(self, call: Call, request: Message) -> None:
        """A stream began."""
        log.info("opened", **self._what(call, request))

    def log_success(self, seconds: float, call: Call | None, request: Message | None) -> None:
        """A call ended well that is worth a line: a write, a slow read, a stream."""
        event = "closed" if self._streaming else "call"
        log.info(event, **self._what(call, request), code="OK", ms=_milliseconds(seconds))

    def failed(
        self, error: BaseException, started: float, call: Call | None, request: Message | None
    ) -> Refusal | None:
        """Counts and logs what went wrong, and gives the status to end the call with.

        None for a cancellation that came from the caller: it must pass. There is nobody to answer, and gRPC leaks
        memory where a handler swallows it.
        """
        told = self._translate(error, call)
        seconds = monotonic() - started
        if told is None:
            code = given_up(call)
            self._metrics.fail(code, seconds)
            log.info("cancelled", **self._what(call, request), code=code, ms=_milliseconds(seconds))
            return None
        sent = refusal(told)
        self._metrics.fail(sent.code.name, seconds)
        self._log_failure(told, sent.code, seconds, self._what(call, request))
        return sent

    def _translate(self, error: BaseException, call: Call | None) -> ModeldexError | None:
        """The error to answer with; None where the caller has gone or the process ends."""
        task = asyncio.current_task()
        cancelled = task is not None and task.cancelling() > 0
        if call is not None and call.ended_by is not None and task is not None and cancelled:
            # We ended it ourselves; whatever the handler made of that, this is why.
            return call.ended_by if task.uncancel() == 0 else None
        if isinstance(error, asyncio.CancelledError):
            # One that nobody asked for would end the call without any status: the caller would wait for ever.
            return None if cancelled else self._incident(error)
        if isinstance(error, ModeldexError):
            return error
        if isinstance(error, _GONE):
            return Cancelled()
        return self._incident(error) if isinstance(error, Exception) else None

    def _incident(self, error: BaseException) -> InternalError:
        incident = secrets.token_hex(4)
        log.error("incident", method=self._method, incident=incident, exc_info=error)
        return InternalError(incident)

    def _log_failure(self, error: ModeldexError, code: grpc.StatusCode, seconds: float, what: dict[str, str]) -> None:
        write = log.warning if code in _OUR_FAULT else log.info
        if isinstance(error, Draining | RateLimited):
            # Every caller of a server that goes is sent elsewhere, and that it goes is one line; who calls too often
            # must not be able to fill the log.
            write = log.debug
        event = "closed" if self._streaming else "call"
        write(event, **what, code=code.name, reason=reason_name(error), ms=_milliseconds(seconds))

    def _what(self, call: Call | None, request: Message | None) -> dict[str, str]:
        what = {"method": self._method}
        if call is not None:
            what["principal"] = call.principal.name
        if request is not None:
            what.update(self._subjects(request))
        return what


def given_up(call: Call | None) -> str:
    """Why the caller did not wait. gRPC cancels a call whose deadline passed just as one whose caller went away."""
    return "DEADLINE_EXCEEDED" if call is not None and call.remaining() == 0 else "CANCELLED"


_OUR_FAULT = frozenset({grpc.StatusCode.INTERNAL, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED})


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)
