"""What waiting means in asyncio: the counterpart of `_threads`, under the same names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

import grpc.aio

Response = TypeVar("Response")


class Signal:
    """Something that happened, or did not yet."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.set = self._event.set
        self.clear = self._event.clear
        self.is_set = self._event.is_set

    async def wait(self, timeout: float | None = None) -> bool:
        """Whether it happened, after so many seconds at the most; None is without end."""
        try:
            async with asyncio.timeout(timeout):
                return await self._event.wait()
        except TimeoutError:
            return False


class Stream(Generic[Response]):
    """The answers of a call, with a limit for each."""

    def __init__(self, call: grpc.aio.UnaryStreamCall[Any, Response], silence: float) -> None:
        """`silence`: seconds after which an answer that does not come is given up."""
        self._call = call
        self._answers = call.__aiter__()
        self._silence = silence

    async def read(self) -> Response | None:
        """The next answer; None at the end, also where `cancel` made it.

        Raises:
            TimeoutError: Nothing came.
            grpc.RpcError: The call failed.
        """
        try:
            async with asyncio.timeout(self._silence):
                return await self._next()
        except TimeoutError:
            self.cancel()
            raise

    def cancel(self) -> None:
        """End the call."""
        self._call.cancel()

    async def _next(self) -> Response | None:
        try:
            return await anext(self._answers, None)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and not task.cancelling():
                return None  # not this task was cancelled, but the call, by somebody else
            raise


class Worker:
    """Something that runs beside."""

    def __init__(self, run: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        """Begins at once. `run` raises nothing."""
        self._task = asyncio.create_task(run(), name=name)

    async def join(self) -> None:
        """Wait for its end; of no use to what runs in it."""
        if asyncio.current_task() is not self._task:
            await asyncio.wait([self._task])
