"""A recorder: what a stream brings, read as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb
from modeldex.v1.subscriber_service_pb2_grpc import SubscriberServiceStub
from support.api import Api, Problem, read_problem
from support.waiting import eventually
from support.watching.streams import updates_of


class Recorder:
    """What one stream brings, read as it comes."""

    def __init__(self, call: Any) -> None:
        self.messages: list[api.WatchResponse] = []
        self.times: list[float] = []
        self.code: grpc.StatusCode | None = None  # once the stream has ended
        self.problem: Problem | None = None
        self._call = call
        self._reading = asyncio.create_task(self._read())

    @property
    def token(self) -> str:
        """Continues after what was recorded. Empty for nothing."""
        return next((one.resume_token for one in reversed(self.messages) if one.resume_token), "")

    @property
    def revision(self) -> int:
        """What the stream is through; -1 before its first message."""
        return self.messages[-1].revision if self.messages else -1

    @property
    def updates(self) -> list[pb.UpdateEvent]:
        """All updates, in order."""
        return updates_of(self.messages)

    async def through(self, revision: int) -> None:
        """Wait until the stream is through a revision."""

        async def is_through() -> bool:
            assert self.code is None, f"the stream ended with {self.code}: {self.problem}"
            return self.revision >= revision

        await eventually(is_through, f"a stream to be through revision {revision}, it is at {self.revision}")

    async def having(self, condition: Callable[[Recorder], object], what: str) -> None:
        """Wait until what was recorded is so."""

        async def has() -> object:
            return condition(self)

        await eventually(has, what)

    async def ended(self) -> Problem | None:
        """Wait for the end of the stream; what it ended with, None for OK."""
        async with asyncio.timeout(60):
            await self._reading
        return self.problem

    async def leave(self) -> None:
        """Cancel the call, as a client that goes."""
        self._call.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        try:
            async for message in self._call:
                self.messages.append(message)
                self.times.append(asyncio.get_running_loop().time())
        except grpc.aio.AioRpcError as error:
            self.code, self.problem = error.code(), read_problem(error)
        except asyncio.CancelledError:
            if not self._call.cancelled():
                raise
            self.code = grpc.StatusCode.CANCELLED
        else:
            self.code = await self._call.code()


def open_watch(caller: Api, request: Any, *, timeout: float | None = None, method: str = "") -> Any:
    """The call of a watch, which nobody reads yet. The request says which method it is."""
    name = method or type(request).__name__.removesuffix("Request")
    return getattr(SubscriberServiceStub(caller.channel), name)(request, timeout=timeout)


@asynccontextmanager
async def watching(caller: Api, request: Any = None, *, timeout: float | None = None) -> AsyncIterator[Recorder]:
    """Record a stream until the end of the block. It has begun where the block does."""
    recorder = Recorder(open_watch(caller, api.WatchRequest() if request is None else request, timeout=timeout))
    try:
        await recorder.having(lambda one: one.messages or one.code is not None, "a stream to begin")
        yield recorder
    finally:
        await recorder.leave()
