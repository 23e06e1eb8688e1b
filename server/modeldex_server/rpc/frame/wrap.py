"""The wrapper around a servicer's method: bytes in, bytes out.

Built once for each method at start-up, with everything bound that a call needs. In order: size, identity, role, rate,
gate, parsing, validation, deadline, the method itself, then its answer or its error, audited where the method writes,
counted and, where it is worth a line, logged. Nothing beyond this file and its neighbours sees gRPC's context.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any

from google.protobuf.message import DecodeError, Message

from modeldex_server.errors import DeadlineExceeded, MalformedRequest, MessageTooLarge, ModeldexError, PermissionDenied
from modeldex_server.metrics import Metrics
from modeldex_server.rpc.frame.auditing import Auditing
from modeldex_server.rpc.frame.call import Call
from modeldex_server.rpc.frame.credentials import Context, principal_of
from modeldex_server.rpc.frame.ending import end
from modeldex_server.rpc.frame.gate import Gate
from modeldex_server.rpc.frame.method import Method
from modeldex_server.rpc.frame.outcome import Outcomes, given_up
from modeldex_server.rpc.frame.running import Running
from modeldex_server.rpc.frame.streams import Admission, Streams
from modeldex_server.rpc.validation.requests import Validator
from modeldex_server.security.identity import Identity
from modeldex_server.security.principals import Principal
from modeldex_server.security.quotas import Rates
from modeldex_server.security.scope import Scope

_SLOW_SECONDS = 0.1
# Less than this is not worth beginning.
_LEAST_SECONDS = 0.005

# The answer to the bytes of a request of somebody who may see so much, if it is at hand.
Instant = Callable[[bytes, Scope], bytes | None]
UnaryMethod = Callable[[Any, Call], Coroutine[Any, Any, Message | bytes]]
StreamingMethod = Callable[[Any, Call], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Frame:
    """What all wrappers of one server share."""

    identity: Identity
    validator: Validator
    gate: Gate
    running: Running
    streams: Streams
    rates: Rates
    metrics: Metrics
    auditing: Auditing
    max_request_bytes: int


def wrap_unary(
    method: Method, handler: UnaryMethod, frame: Frame, instant: Instant | None = None
) -> Callable[[bytes, Context], Awaitable[bytes]]:
    """The handler that gRPC calls for a method with one answer that only reads.

    `instant` is asked first, once it is known that the caller may come in. Whose calls are counted goes the usual way.
    """
    identity, gate, admitted = frame.identity, frame.gate, _admitted(method, frame.identity)
    local = identity.local
    admit = _admission(method, frame)
    metrics = frame.metrics.method(method.service, method.name)
    succeed, outcomes, resume = metrics.succeed, Outcomes(method, metrics), frame.running.resume

    async def handle(data: bytes, context: Context) -> bytes:
        started = monotonic()
        if instant is not None and gate.open:
            principal = admitted(context) if identity.required else local
            if principal is not None and not principal.quota.calls_per_second:
                ready = instant(data, principal.scope)
                if ready is not None:
                    metrics.instant += 1
                    metrics.seconds += monotonic() - started
                    return ready
        call = request = None
        try:
            call, request = admit(data, context, started)
            running = handler(request, call)
            # Running.run, unrolled: most reads end here, and each call that is not made is a microsecond of them.
            try:
                awaited = running.send(None)
            except StopIteration as stop:
                answer = stop.value
            else:
                answer = await resume(running, awaited, call, metrics)
            answered = answer if isinstance(answer, bytes) else answer.SerializeToString()
        except BaseException as error:
            sent = outcomes.failed(error, started, call, request)
            if sent is None:
                raise
            aborting = context.abort(sent.code, sent.message, sent.trailers)
            del call, request, context  # why: see `end`
            await end(aborting)
        seconds = monotonic() - started
        succeed(seconds)
        if seconds >= _SLOW_SECONDS:
            outcomes.log_success(seconds, call, request)
        return answered

    return handle


def wrap_writing(method: Method, handler: UnaryMethod, frame: Frame) -> Callable[[bytes, Context], Awaitable[bytes]]:
    """The handler that gRPC calls for a method with one answer that changes something."""
    admit, audit = _admission(method, frame), frame.auditing.of(method)
    metrics = frame.metrics.method(method.service, method.name)
    outcomes = Outcomes(method, metrics)

    async def handle(data: bytes, context: Context) -> bytes:
        started = monotonic()
        call = request = None
        origin = audit.begin(context)
        try:
            call, request = admit(data, context, started)
            answer = await frame.running.run(handler(request, call), call, metrics)
            answered = answer if isinstance(answer, bytes) else answer.SerializeToString()
        except BaseException as error:
            sent = outcomes.failed(error, started, call, request)
            if sent is None:
                audit.left(origin, given_up(call), request, data)
                raise
            await audit.refused(origin, sent.reason, request, data)
            aborting = context.abort(sent.code, sent.message, sent.trailers)
            del call, request, context  # why: see `end`
            await end(aborting)
        await audit.done(origin, request)
        seconds = monotonic() - started
        metrics.succeed(seconds)
        outcomes.log_success(seconds, call, request)
        return answered

    return handle


def wrap_streaming(
    method: Method, handler: StreamingMethod, frame: Frame
) -> Callable[[bytes, Context], Awaitable[None]]:
    """The handler that gRPC calls for a method with a stream of answers."""
    admit, admission, endless = _admission(method, frame), _principal(method, frame.identity), method.limit is None
    metrics = frame.metrics.method(method.service, method.name)
    outcomes, streams = Outcomes(method, metrics), frame.streams
    audit = frame.auditing.of(method) if method.writes else None

    async def handle(data: bytes, context: Context) -> None:
        started = monotonic()
        call = request = None
        origin = audit.begin(context) if audit else None
        try:
            call, request = admit(data, context, started)
            streams.enter(call, admission, endless=endless)
            try:
                outcomes.log_opened(call, request)
                await frame.running.run(handler(request, call), call, metrics)
            finally:
                streams.leave(call, endless=endless)
        except BaseException as error:
            sent = outcomes.failed(error, started, call, request)
            if sent is None:
                if audit and origin:
                    audit.left(origin, given_up(call), request, data)
                raise
            if audit and origin:
                await audit.refused(origin, sent.reason, request, data)
            aborting = context.abort(sent.code, sent.message, sent.trailers)
            del call, request, context  # why: see `end`
            await end(aborting)
        if audit and origin:
            await audit.done(origin, request)
        seconds = monotonic() - started
        metrics.succeed(seconds)
        outcomes.log_success(seconds, call, request)

    return handle


def _admission(method: Method, frame: Frame) -> Callable[[bytes, Context, float], tuple[Call, Message]]:
    """Everything between the bytes of a request and its handler. Raises what the call is refused with."""
    gate, limit_bytes, principal_of_call = frame.gate, frame.max_request_bytes, _principal(method, frame.identity)
    count = frame.rates.count
    always, long, label, limit = method.always, method.long, method.label, method.limit
    parse = method.request.FromString
    message_type = method.request.DESCRIPTOR.full_name
    validate = frame.validator.checker(method.request)

    def admit(data: bytes, context: Context, now: float) -> tuple[Call, Message]:
        if len(data) > limit_bytes:
            raise MessageTooLarge(len(data), limit_bytes)
        principal = principal_of_call(context)
        if rate := principal.quota.calls_per_second:
            count(principal.name, rate)
        if not gate.open:
            gate.check(always=always, long=long)
        try:
            request = parse(data)
        except DecodeError:
            raise MalformedRequest(message_type) from None
        validate(request)
        remaining: float | None = context.time_remaining()  # its types know no call without a deadline
        if remaining is None:
            remaining = limit
        elif remaining < _LEAST_SECONDS:
            raise DeadlineExceeded(timedelta(seconds=remaining))
        return Call(label, principal, None if remaining is None else now + remaining, context), request

    return admit


def _principal(method: Method, identity: Identity) -> Admission:
    """Who calls, if that one may. Raises Unauthenticated or PermissionDenied."""
    local, role, name = identity.local, method.role, method.name

    def admission(context: Context) -> Principal:
        principal = principal_of(context, identity) if identity.required else local
        if role not in principal.permissions:
            raise PermissionDenied(name, principal.name, sorted(principal.roles), role)
        return principal

    return admission


def _admitted(method: Method, identity: Identity) -> Callable[[Context], Principal | None]:
    """Who calls, if that one may; why not is told on the usual way."""
    admission = _principal(method, identity)

    def admitted(context: Context) -> Principal | None:
        try:
            return admission(context)
        except ModeldexError:
            return None

    return admitted
