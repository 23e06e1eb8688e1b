# Written by scripts/unasync.py from _async/calling.py; edit that one.
"""Making calls: deadlines, the token, the revision seen, and errors of gRPC turned into ours."""

from __future__ import annotations

from collections.abc import Generator
from functools import cached_property
from threading import Lock
from typing import Protocol, TypeVar
from weakref import WeakSet

import grpc
from google.protobuf.message import Message

from modeldex_client._connectivity import is_connected
from modeldex_client._errors import ModeldexError
from modeldex_client._options import Options, channel_options
from modeldex_client._revision import Revision


class Closing(Protocol):
    """What lives no longer than its client."""

    def close(self) -> None: ...


Request = TypeVar("Request", bound=Message)
Response = TypeVar("Response", bound=Message)


class Caller:
    """Calls methods of one server through one channel, which it opens with the first call."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.revision = Revision()
        self.closed = False
        self._timeout = options.timeout
        self._metadata = options.metadata
        self._kept: WeakSet[Closing] = WeakSet()
        self._lock = Lock()

    @cached_property
    def channel(self) -> grpc.Channel:
        """The channel. Opened late, with the first call."""
        return self._open()

    def spare(self) -> grpc.Channel:
        """Another channel, with a connection of its own; whoever asked for it closes it."""
        # Channels to the same target share their connections otherwise.
        return self._open(("grpc.use_local_subchannel_pool", 1))

    def keep(self, one: Closing) -> None:
        """Have something closed with the client, unless it is gone by then."""
        with self._lock:
            self._kept.add(one)

    def call(
        self,
        method: grpc.UnaryUnaryMultiCallable[Request, Response],
        request: Request,
        timeout: float | None,
    ) -> Response:
        """The answer of a method; a timeout of None is the client's. Raises ModeldexError."""
        if timeout is None:
            timeout = self._timeout
        self.require_open()
        try:
            response = method(request, timeout=timeout, metadata=self._metadata)
        except grpc.RpcError as error:
            raise self.failure(error, request, timeout) from error
        self.revision.see(getattr(response, "revision", 0))  # what is not about the catalogue has none
        return response

    def stream(
        self,
        method: grpc.UnaryStreamMultiCallable[Request, Response],
        request: Request,
        timeout: float | None,
    ) -> Generator[Response, None]:
        """The answers of a method as they come. The call ends with the iteration. Raises ModeldexError."""
        if timeout is None:
            timeout = self._timeout
        self.require_open()
        call = method(request, timeout=timeout, metadata=self._metadata)
        try:
            for response in call:
                self.revision.see(getattr(response, "revision", 0))
                yield response
        except grpc.RpcError as error:
            raise self.failure(error, request, timeout) from error
        finally:
            call.cancel()

    def close(self) -> None:
        """Ends the channel and what runs on it."""
        self.closed = True
        with self._lock:
            kept = list(self._kept)
        for one in kept:
            one.close()
        if "channel" in self.__dict__:
            self.channel.close()

    def require_open(self) -> None:
        """Raises RuntimeError where the client was closed."""
        if self.closed:
            raise RuntimeError("This client is closed; make a new one.")

    def failure(self, error: grpc.RpcError, request: Message, timeout: float | None = None) -> ModeldexError:
        """The error of ours for one of gRPC's. `timeout`: the limit that the call had."""
        from modeldex_client._failures import failure  # noqa: PLC0415 - most programs never need it

        limit = self._timeout if timeout is None else timeout
        connected = error.code() is grpc.StatusCode.DEADLINE_EXCEEDED and is_connected(self.channel)
        return failure(error, request, self.options, limit, connected=connected)

    def _open(self, *more: tuple[str, int]) -> grpc.Channel:
        options, arguments = self.options, [*channel_options(), *more]
        if options.credentials is None:
            return grpc.insecure_channel(options.target, arguments)
        return grpc.secure_channel(options.target, options.credentials, arguments)
