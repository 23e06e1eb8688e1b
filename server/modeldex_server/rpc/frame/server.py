"""The gRPC server: its handlers, its port, its health, its end."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import grpc
import structlog
from google.protobuf.descriptor import ServiceDescriptor

from modeldex_server.errors import Draining, MethodNotFound, StartError
from modeldex_server.metrics import Metrics
from modeldex_server.rpc.frame.auditing import Auditing, AuditTrail
from modeldex_server.rpc.frame.credentials import Context
from modeldex_server.rpc.frame.ending import end
from modeldex_server.rpc.frame.gate import Gate
from modeldex_server.rpc.frame.handlers import Handlers, Router
from modeldex_server.rpc.frame.health import Health
from modeldex_server.rpc.frame.method import Limits, methods
from modeldex_server.rpc.frame.reflection import Reflection
from modeldex_server.rpc.frame.running import Running
from modeldex_server.rpc.frame.status import refusal
from modeldex_server.rpc.frame.streams import Streams
from modeldex_server.rpc.frame.tls import TlsFiles
from modeldex_server.rpc.frame.wrap import Frame, wrap_streaming, wrap_unary, wrap_writing
from modeldex_server.rpc.validation.requests import Validator
from modeldex_server.rpc.validation.rules import Names
from modeldex_server.security.identity import Identity, refuse_open_address
from modeldex_server.security.quotas import Rates
from modeldex_server.settings import Settings
from modeldex_server.settings.values import split_address

# What gRPC itself takes; between this and `max_request_bytes` a request is refused with a reason.
_CORE_RECEIVE_BYTES = 16 * 1024 * 1024
_TOKENS_SECONDS = 1.0
# How long new calls are refused at the end, at most, and after which silence that is enough. Shorter than what
# Draining asks callers to wait, so that none of them is back.
_REFUSING_SECONDS = 0.4
_QUIET_SECONDS = 0.05
# What a call that a drain ended still needs to send its status.
_LAST_WORDS_SECONDS = 1.0
_CONNECTION_AGE = 1.2  # of the age of streams, so that most of them have left a connection that goes

log = structlog.get_logger()


class Server:
    """One server, made inside the event loop that it runs in: `add`, `start`, `set_serving`, and at last `drain`."""

    def __init__(
        self, settings: Settings, *, identity: Identity, names: Names, metrics: Metrics, trail: AuditTrail
    ) -> None:
        """`names` are the capabilities that requests may name; `trail` keeps who changed what, or tried to."""
        self._settings = settings
        self._identity = identity
        loop = asyncio.get_running_loop()
        self._gate = Gate(loop.time)
        self._running = Running(loop)
        self._streams = Streams()
        self._auditing = Auditing(trail, identity)
        self._frame = Frame(
            identity,
            Validator(names),
            self._gate,
            self._running,
            self._streams,
            Rates(loop.time),
            metrics,
            self._auditing,
            settings.max_request_bytes,
        )
        self._limits = Limits(settings.call_timeout, settings.refresh_timeout)
        self._handlers: Handlers = {}
        self._services: list[str] = []
        self._health = Health(())
        self._reflection: Reflection | None = None
        self._server: grpc.aio.Server | None = None
        # One name for all of them: callers must not be able to make names of metrics.
        self._unknown = metrics.method("unknown", "unknown")
        self._tokens: asyncio.Task[None] | None = None
        self._drained: asyncio.Task[None] | None = None
        self.address = settings.listen

    def add(self, service: ServiceDescriptor, servicer: object) -> None:
        """Adds a service: `servicer` has a method for each of its RPCs, and perhaps `instant`: by the name of an
        RPC what gives an answer to the bytes of a request in a scope at once, or None. Before `start`."""
        instant = getattr(servicer, "instant", {})
        for method in methods(service, self._limits):
            handler = getattr(servicer, method.name)
            if method.streaming:
                made: grpc.RpcMethodHandler[Any, Any] = grpc.unary_stream_rpc_method_handler(
                    wrap_streaming(method, handler, self._frame)
                )
            elif method.writes:
                made = grpc.unary_unary_rpc_method_handler(wrap_writing(method, handler, self._frame))
            else:
                wrapped = wrap_unary(method, handler, self._frame, instant.get(method.name))
                made = grpc.unary_unary_rpc_method_handler(wrapped)
            self._handlers[method.path] = made
        self._services.append(service.full_name)

    async def start(self) -> str:
        """Listens, and returns the address with the real port. Nothing serves yet. Raises StartError."""
        host, port = split_address(self._settings.listen)
        refuse_open_address(host, identity=self._identity.required, insecure=self._settings.insecure)
        shared = self._settings.processes > 1
        _refuse_taken(host, port, shared=shared)
        self._health = Health((*self._services, "grpc.health.v1.Health"))
        handlers = self._handlers | self._health.handlers()
        if self._settings.reflection:
            self._reflection = Reflection((*self._services, "grpc.health.v1.Health"), self._identity)
            handlers |= self._reflection.handlers()
        self._server = grpc.aio.server(options=_options(shared=shared, age=self._settings.stream_age))
        self._server.add_generic_rpc_handlers((Router(handlers, self._missing),))
        self.address = self._listen(self._server, host)
        await self._server.start()
        self._tokens = asyncio.create_task(self._reload_tokens())
        return self.address

    def set_serving(self, serving: bool, service: str | None = None) -> None:
        """Sets the health of one service, or without a name of all. The first True also lets calls in."""
        if serving:
            self._gate.set_ready()
        self._health.set_serving(serving, service)

    async def drain(self) -> None:
        """Ends without failing a short call: says that it goes, waits, takes no more, lets what runs end.

        After `drain_timeout` what still runs is ended with UNAVAILABLE (DRAINING). A second call waits for the first.
        """
        if self._drained is None:
            self._drained = asyncio.create_task(self._drain())
        await asyncio.shield(self._drained)

    async def _drain(self) -> None:
        if self._server is None:
            return
        log.info("draining", calls=len(self._running))
        self._health.set_serving(False)
        self._gate.set_going()
        await asyncio.sleep(self._settings.drain_delay.total_seconds())
        await self._send_elsewhere()
        self._health.end_watches()
        if self._reflection is not None:
            self._reflection.end()
        grace = self._settings.drain_timeout.total_seconds()
        # stop() only returns when all calls ended; they are ended with a reason before it would cut them off.
        stopping = asyncio.create_task(self._server.stop(grace + _LAST_WORDS_SECONDS))
        if not await self._running.wait(grace):
            log.warning("drain_timeout", calls=len(self._running))
            self._running.end(Draining())
        await stopping
        # stop() does not wait for handlers whose call it cut off.
        await self._running.wait(_LAST_WORDS_SECONDS)
        await self._auditing.settle(_LAST_WORDS_SECONDS)
        if self._tokens is not None:
            self._tokens.cancel()
            with suppress(asyncio.CancelledError):
                await self._tokens

    async def _send_elsewhere(self) -> None:
        """Refuses new calls until none comes any more.

        gRPC's own stop() answers the calls that wait to be accepted, or come before the client knows, with CANCELLED,
        which no client retries. UNAVAILABLE is retried, and the wait it asks for lasts until the connection has ended.
        """
        self._gate.close()
        until = self._running.loop.time() + _REFUSING_SECONDS
        while self._running.loop.time() < until and self._gate.quiet_for() < _QUIET_SECONDS:
            await asyncio.sleep(_QUIET_SECONDS / 4)

    def _listen(self, server: grpc.aio.Server, host: str) -> str:
        address, settings = self._settings.listen, self._settings
        try:
            if settings.tls_certificate is not None and settings.tls_key is not None:
                files = TlsFiles(settings.tls_certificate, settings.tls_key, settings.tls_client_ca)
                port = server.add_secure_port(address, files.credentials())
            else:
                port = server.add_insecure_port(address)
        except RuntimeError:
            raise StartError(f"Cannot listen on {address}; give --listen another address.") from None
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def _missing(self, path: str) -> grpc.RpcMethodHandler[Any, Any]:
        """A handler of any shape for a method that does not exist; it reads nothing."""
        return grpc.stream_stream_rpc_method_handler(self._refuse_with(MethodNotFound(path)))

    def _refuse_with(self, error: MethodNotFound) -> Callable[[object, Context], Awaitable[None]]:
        async def handle(requests: object, context: Context) -> None:
            sent = refusal(error)
            self._unknown.fail(sent.code.name, 0)
            aborting = context.abort(sent.code, sent.message, sent.trailers)
            del context, requests
            await end(aborting)

        return handle

    async def _reload_tokens(self) -> None:
        while True:
            await asyncio.sleep(_TOKENS_SECONDS)
            if self._identity.reload():
                self._streams.review()


def _options(*, shared: bool, age: timedelta) -> list[tuple[str, int]]:
    return [
        ("grpc.max_receive_message_length", _CORE_RECEIVE_BYTES),
        ("grpc.max_send_message_length", -1),
        # Off unless several processes share the port: it would let a second server take half of the calls, silently.
        ("grpc.so_reuseport", int(shared)),
        ("grpc.max_concurrent_streams", 1000),
        # Clients with open, idle streams may ping every 20 seconds; the default closes on them after two pings.
        ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.keepalive_time_ms", 60_000),
        ("grpc.keepalive_timeout_ms", 20_000),
        # New calls move to a new connection now and then, so that load spreads over replicas. No grace is set: an
        # open stream keeps the old connection for as long as it lives.
        ("grpc.max_connection_age_ms", int(age.total_seconds() * 1000 * _CONNECTION_AGE)),
    ]


def _refuse_taken(host: str, port: int, *, shared: bool) -> None:
    """Raises StartError where an address is in use. gRPC is content with one of the addresses that a name has, so a
    second server on "localhost" would get the IPv6 half of its calls."""
    if port == 0:
        return
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        raise StartError(f"The host of --listen {host}:{port} is not known here.") from None
    for family, kind, protocol, _, address in found:
        with suppress(OSError), socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if shared:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            try:
                probe.bind(address)
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    raise StartError(
                        f"{host}:{port} is in use by another program; stop it, or give --listen another address."
                    ) from None
