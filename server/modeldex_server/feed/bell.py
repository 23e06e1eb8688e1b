"""A bell: wakes those that wait for something, some at a time. Between them the loop sees to what else there is, so
that a change is committed and read while thousands of streams bring the one before."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable

_AT_A_TIME = 4  # streams, each of which writes a message


class Turns:
    """The turns in which streams bring something, of all bells together."""

    def __init__(self) -> None:
        self._next: deque[asyncio.Future[None]] = deque()
        self._going = False

    def take(self, waiting: Iterable[asyncio.Future[None]]) -> None:
        """Wake these, after those that came before."""
        self._next.extend(waiting)
        if self._next and not self._going:
            self._going = True
            loop = asyncio.get_running_loop()
            loop.call_soon(self._wake_some, loop)

    async def come(self) -> None:
        """Wait for a turn, behind those that came before."""
        turn = asyncio.get_running_loop().create_future()
        self.take((turn,))
        await turn

    def _wake_some(self, loop: asyncio.AbstractEventLoop) -> None:
        for _ in range(min(_AT_A_TIME, len(self._next))):
            wake(self._next.popleft())
        self._going = bool(self._next)
        if self._going:
            loop.call_soon(self._wake_some, loop)


class Bell:
    """What some wait for."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._waiting: dict[asyncio.Future[None], None] = {}

    def ring(self) -> None:
        """Wake all that wait now, in the order in which they came."""
        waiting, self._waiting = self._waiting, {}
        self._turns.take(waiting)

    async def wait(self, seconds: float, woken: asyncio.Future[None]) -> None:
        """Wait until it rings, or for so long, or until `woken` is: anybody may `wake` it."""
        self._waiting[woken] = None
        # Not asyncio.timeout, which takes three times as long as all else here.
        timer = asyncio.get_running_loop().call_later(seconds, wake, woken)
        try:
            await woken
        finally:
            timer.cancel()
            self._waiting.pop(woken, None)


def wake(one: asyncio.Future[None]) -> None:
    """Wake one who waits. It harms nothing where it waits no more."""
    if not one.done():
        one.set_result(None)
