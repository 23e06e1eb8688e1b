"""The stage of a run: its replicas, callers of them, and the history that is written."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import grpc
from google.protobuf.message import Message

from support.api import Problem, read_problem
from support.checks import Catalogue
from support.principals import Caller
from support.providers import FakeProvider
from support.proxies import Proxy
from support.redis import RedisServer
from support.robustness import history as was
from support.robustness.story import LEFT
from support.servers import ServerProcess

CALL_SECONDS = 10.0


@dataclass
class Replica:
    """A server, the network between it and its clients, and that between it and PostgreSQL."""

    number: int
    server: ServerProcess
    clients: Proxy
    store: Proxy
    near: Caller  # who reaches it directly
    far: Caller  # who reaches it through the network


@dataclass
class Stage:
    """What all actors share."""

    seed: int
    history: was.History
    tables: Catalogue
    provider: FakeProvider
    redis: RedisServer
    replicas: list[Replica]
    tokens: Mapping[str, str] = field(default_factory=dict)  # by who calls
    ending: asyncio.Event = field(default_factory=asyncio.Event)  # writers are to end
    head: int | None = None  # that is to be reached, once nobody writes any more
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def chance(self, who: str) -> random.Random:
        """Chance of an actor's own: what others do does not change it."""
        return random.Random(f"{self.seed} {who}")

    def number(self) -> int:
        """A number that nothing else has."""
        return next(self._numbers)

    async def ask(self, who: str, replica: int, request: Message, *, timeout: float = CALL_SECONDS) -> Any:
        """The answer to a request, written down with it.

        Raises:
            Refused: it failed.
        """
        at = self.history.now
        called: dict[str, Any] = {"at": at, "who": who, "replica": replica, "method": request.DESCRIPTOR.full_name}
        data = request.SerializeToString()
        try:
            near = self.replicas[replica].near
            answer = await replace(near, token=self.tokens.get(who, near.token)).ask(request, timeout=timeout)
        except grpc.aio.AioRpcError as error:
            problem = read_problem(error)
            told = was.Called(
                **called, ended=self.history.now, request=data, code=problem.code.name, reason=problem.reason
            )
            self.history.add(told)
            raise Refused(problem) from None
        self.history.add(was.Called(**called, ended=self.history.now, request=data, answer=answer.SerializeToString()))
        return answer

    @asynccontextmanager
    async def stream(
        self, who: str, chain: int, replica: int, request: Message, *, far: bool = False, expected: str = ""
    ) -> AsyncIterator[Reading]:
        """A stream, written down as it is read, and left at the end of the block if it was not over by then."""
        reading = Reading(self.history, self.number())
        method = request.DESCRIPTOR.full_name
        opened = was.Opened(
            self.history.now, who, chain, reading.number, replica, method, request.SerializeToString(), expected
        )
        self.history.add(opened)
        caller = self.replicas[replica].far if far else self.replicas[replica].near
        reading.call = caller.open(request)
        try:
            yield reading
        finally:
            reading.leave()


class Refused(Exception):
    """A call failed."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.code.name} {problem.reason}: {problem.message}")
        self.problem = problem


class Reading:
    """A stream that is being read."""

    def __init__(self, history: was.History, number: int) -> None:
        self.number = number
        self.call: Any = None
        self.problem: Problem | None = None
        self._history = history
        self._over = False

    async def next(self) -> Any:
        """The next message; None once the stream is over, for whatever reason."""
        try:
            message = await self.call.read()
        except grpc.aio.AioRpcError as error:
            self.problem = read_problem(error)
            self._end(self.problem.code.name, self.problem.reason, self.problem.metadata)
            return None
        except asyncio.CancelledError:
            if not self.call.cancelled():
                raise
            self._end("CANCELLED")
            return None
        if message == grpc.aio.EOF:
            self._end("OK")
            return None
        self._history.add(was.Came(self._history.now, self.number, message.SerializeToString()))
        return message

    def leave(self) -> None:
        """Go without a word."""
        if not self._over:
            self._end(LEFT)
        self.call.cancel()

    def _end(self, code: str, reason: str = "", metadata: dict[str, str] | None = None) -> None:
        self._over = True
        self._history.add(was.Ended(self._history.now, self.number, code, reason, metadata))


def wall_at(history: was.History) -> float:
    """The time of day at which a history began."""
    return time.time() - history.now
