"""The calls that wait for something now: each is ended at its deadline, and a drain can wait for all of them.

A handler that ends with its first step, as a read from the cache does, is never entered here: it needs no timer.
"""

from __future__ import annotations

import asyncio
import types
from collections.abc import Coroutine, Generator
from datetime import timedelta
from typing import Any, TypeVar

from modeldex_server.errors import DeadlineExceeded, ModeldexError
from modeldex_server.metrics import MethodMetrics
from modeldex_server.rpc.frame.call import Call

Answer = TypeVar("Answer")


class Running:
    """The calls of one server whose handlers wait."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._calls: set[Call] = set()

    def __len__(self) -> int:
        return len(self._calls)

    async def run(self, handler: Coroutine[Any, Any, Answer], call: Call, metrics: MethodMetrics) -> Answer:
        """Awaits a handler, within the deadline of its call."""
        try:
            awaited = handler.send(None)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return] # StopIteration is not generic
        return await self.resume(handler, awaited, call, metrics)

    @types.coroutine
    def resume(
        self, handler: Coroutine[Any, Any, Answer], awaited: object, call: Call, metrics: MethodMetrics
    ) -> Generator[Any, Any, Answer]:
        """Awaits the rest of a handler whose first step, already taken, gave `awaited`."""
        timer = self._enter(call)
        metrics.waiting += 1
        try:
            while True:
                try:
                    sent = yield awaited
                except BaseException as error:
                    awaited = handler.throw(error)
                else:
                    awaited = handler.send(sent)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        finally:
            metrics.waiting -= 1
            self._calls.discard(call)
            if timer is not None:
                timer.cancel()

    def _enter(self, call: Call) -> asyncio.TimerHandle | None:
        call.task = asyncio.current_task()
        self._calls.add(call)
        remaining = call.remaining()
        if remaining is None:
            return None
        return self.loop.call_later(remaining, call.end, DeadlineExceeded(timedelta(seconds=remaining)))

    def end(self, error: ModeldexError) -> None:
        """Ends all of them with an error."""
        for call in tuple(self._calls):
            call.end(error)

    async def wait(self, timeout: float) -> bool:
        """Waits until none runs; False where some still run after the timeout, in seconds."""
        until = self.loop.time() + timeout
        while self._calls and (left := until - self.loop.time()) > 0:
            await asyncio.wait({call.task for call in self._calls if call.task is not None}, timeout=left)
        return not self._calls
