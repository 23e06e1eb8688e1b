"""Making calls: deadlines, the token, the revision seen, and errors of gRPC turned into ours."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from functools import cached_property
from typing import Protocol, TypeVar

import grpc.aio
from google.protobuf.message import Message

from modeldex_client._connectivity import async_is_connected
from modeldex_client._errors import ModeldexError
from modeldex_client._options import Options, channel_options
from modeldex_client._revision import Revision


class Answer(Protocol):
    """Every answer of the contract has the revision that it is current through."""

    @property
    def revision(self) -> int: ...


Request = TypeVar("Request", bound=Message)
Response = TypeVar("Response", bound=Answer)

_CLOSED = "This client is closed; make a new one."


class AsyncCaller:
    """Calls methods of one server through one channel, which it opens with the first call."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.revision = Revision()
        self._timeout = options.timeout
        self._metadata = options.metadata
        self._closed = False

    @cached_property
    def channel(self) -> grpc.aio.Channel:
        """The channel. Opened late, for gRPC binds it to the event loop that runs then."""
        options = self.options
        if options.credentials is None:
            return grpc.aio.insecure_channel(options.target, channel_options())
        return grpc.aio.secure_channel(options.target, options.credentials, channel_options())

    async def call(
        self,
        method: grpc.aio.UnaryUnaryMultiCallable[Request, Response],
        request: Request,
        timeout: float | None,
    ) -> Response:
        """The answer of a method; a timeout of None is the client's. Raises ModeldexError."""
        if timeout is None:
            timeout = self._timeout
        if self._closed:
            raise RuntimeError(_CLOSED)
        try:
            response = await method(request, timeout=timeout, metadata=self._metadata)
        except grpc.RpcError as error:
            raise self._failure(error, request, timeout) from error
        self.revision.see(response.revision)
        return response

    async def stream(
        self,
        method: grpc.aio.UnaryStreamMultiCallable[Request, Response],
        request: Request,
        timeout: float | None,
    ) -> AsyncGenerator[Response, None]:
        """The answers of a method as they come. The call ends with the iteration. Raises ModeldexError."""
        if timeout is None:
            timeout = self._timeout
        if self._closed:
            raise RuntimeError(_CLOSED)
        call = method(request, timeout=timeout, metadata=self._metadata)
        try:
            async for response in call:
                self.revision.see(response.revision)
                yield response
        except grpc.RpcError as error:
            raise self._failure(error, request, timeout) from error
        finally:
            call.cancel()

    async def close(self) -> None:
        """Ends the channel and what runs on it."""
        self._closed = True
        if "channel" in self.__dict__:
            await self.channel.close()

    def _failure(self, error: grpc.RpcError, request: Message, timeout: float) -> ModeldexError:
        from modeldex_client._failures import failure  # noqa: PLC0415 - most programs never need it

        connected = error.code() is grpc.StatusCode.DEADLINE_EXCEEDED and async_is_connected(self.channel)
        return failure(error, request, self.options, timeout, connected=connected)
