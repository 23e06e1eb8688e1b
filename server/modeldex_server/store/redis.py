"""Redis as a helper. It is never needed: an operation answers at once, or says that Redis is away."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import NoReturn, TypeAlias

import structlog
from redis.asyncio import Connection, ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import MaxConnectionsError, RedisError, ResponseError

from modeldex_server.store.breaker import Breaker, State

log = structlog.get_logger()

CONNECT_SECONDS = 0.2
OPERATION_SECONDS = 0.05
SILENCE_SECONDS = 5.0
_MOST_CONNECTIONS = 32

Word: TypeAlias = str | bytes | int | float
Answer: TypeAlias = "bytes | int | list[Answer] | None"
Command: TypeAlias = Sequence[Word]


class RedisAway(Exception):
    """Redis did not answer, or not in time, or refused: go on as if there were none. No caller of ours ever sees it.

    Its text says what kind of trouble it was, and shows neither keys nor values.
    """


class NotAsked(RedisAway):
    """Redis did not answer others, and was not asked again yet."""


class Refused(RedisAway):
    """Redis answers, and refused this command: it is full, say."""


class RedisClient:
    """Connections to one Redis, shared by all rooms. Touched from the event loop only.

    200 ms to connect, 50 ms an operation, no second try, and a breaker. A connection on which a command was given up is
    closed, for its answer would be taken for the next command's.
    """

    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        connect_seconds: float = CONNECT_SECONDS,
        operation_seconds: float = OPERATION_SECONDS,
        silence_seconds: float = SILENCE_SECONDS,
        on_change: Callable[[bool], None] = lambda _: None,
    ) -> None:
        """`silence_seconds`: who listens and hears nothing for so long asks, and after as long again gives up.
        `on_change` is told True when commands are answered, or are again; False when Redis is left alone."""
        self._connect_seconds = connect_seconds
        self._operation_seconds = operation_seconds
        self._silence_seconds = silence_seconds
        self._pool = ConnectionPool.from_url(
            url,
            max_connections=_MOST_CONNECTIONS,
            protocol=2,  # nothing comes unasked between a command and its answer
            driver_info=None,  # no greeting beyond what it takes to come in
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=connect_seconds,
            # The limits are ours: the library's go by wait_for, which on Python 3.11 can swallow a cancellation.
            socket_timeout=None,
        )
        self._breaker = Breaker(clock)
        self.on_change = on_change
        self._answers: bool | None = None  # as on_change was told
        self._away: set[str] = set()
        self._refused: set[tuple[Word, str]] = set()
        self.operations = 0
        """Commands that were sent, or were to be."""
        self.failures = 0
        """Of these, those without a good answer."""
        self.skipped = 0
        """Commands that were not tried, because Redis does not answer."""
        self.listening = False
        """Whether `listen` hears its channel."""
        self.healthy = False
        """Whether the last thing asked of it was answered in time."""

    @property
    def state(self) -> State:
        """What the breaker lets through."""
        return self._breaker.state

    async def ask(self, *words: Word) -> Answer:
        """Send one command and give its answer, as the protocol (RESP2) has it.

        Raises:
            RedisAway: there is no answer.
        """
        (answer,) = await self.ask_all([words])
        if isinstance(answer, Refused):
            raise answer
        return answer

    async def ask_all(self, commands: Sequence[Command]) -> list[Answer | Refused]:
        """Send commands in one round trip and give their answers, in their order. They are no transaction: a `Refused`
        stands where Redis refused one, and the others were done. All of them together have the time of one operation.

        Raises:
            RedisAway: there are no answers.
        """
        if not self._breaker.admits():
            self.skipped += len(commands)
            raise NotAsked("left alone")
        self.operations += len(commands)
        try:
            async with self._connection() as connection:
                answers = await self._exchange(connection, commands)
        except Exception as error:  # a wrong server behind the address can make the library raise anything
            self.failures += len(commands)
            self._fail(error)
            raise RedisAway(_kind(error)) from error
        # One that refuses answers, so the breaker stays closed: what is full or forbidden for one command works for
        # others.
        self._succeed()
        return [
            self._refusal(words[0], answer) if isinstance(answer, ResponseError) else answer
            for words, answer in zip(commands, answers, strict=True)
        ]

    async def listen(self, channel: str, heard: Callable[[bytes], None]) -> NoReturn:
        """Hear a channel until the connection breaks or Redis falls silent. Who calls it calls it again, after a pause.

        Raises:
            RedisAway: it is over, or did not begin.
        """
        try:
            async with self._connection() as connection:
                await self._subscribe(connection, channel)
                self.listening = self.healthy = True
                self._tell("listening", away=False)
                await self._hear(connection, heard)
        except Exception as error:
            self.healthy = False
            self._tell("listening", away=True, why=_kind(error))
            raise RedisAway from error
        finally:
            self.listening = False

    async def close(self) -> None:
        """Close all connections."""
        with contextlib.suppress(RedisError, OSError):
            await self._pool.aclose()

    async def _subscribe(self, connection: Connection, channel: str) -> None:
        match await self._exchange(connection, [("SUBSCRIBE", channel)]):
            case [[b"subscribe", *_]]:
                return
            case [ResponseError() as refusal]:
                raise refusal
            case _:  # something listens there that is no Redis
                raise NoConnection

    async def _hear(self, connection: Connection, heard: Callable[[bytes], None]) -> NoReturn:
        asked = False
        while True:
            match await connection.read_response(timeout=self._silence_seconds):
                case [b"message", _, bytes(message)]:
                    heard(message)
                    asked = False
                case None if asked:
                    raise NoConnection
                case None:
                    await self._send(connection, "PING")
                    asked = True
                case _:
                    asked = False

    async def _exchange(self, connection: Connection, commands: Sequence[Command]) -> list[Answer | ResponseError]:
        async with asyncio.timeout(self._operation_seconds):
            await connection.send_packed_command(connection.pack_commands(commands))
            return [await self._read(connection) for _ in commands]

    async def _read(self, connection: Connection) -> Answer | ResponseError:
        try:
            answer: Answer = await connection.read_response()
        except ResponseError as refusal:  # the answers to the commands after it are still to be read
            return refusal
        return answer

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        """A connection of the pool. It is closed unless the block ends well."""
        try:
            async with asyncio.timeout(self._connect_seconds):
                connection: Connection = await self._pool.get_connection()  # type: ignore[no-untyped-call] # its decorator has no types
        except ResponseError as error:  # no such database, say
            raise NoConnection from error
        in_step = False
        try:
            yield connection
            in_step = True
        finally:
            if not in_step:
                await connection.disconnect(nowait=True)
            await self._pool.release(connection)

    async def _send(self, connection: Connection, *words: Word) -> None:
        async with asyncio.timeout(self._operation_seconds):
            await connection.send_command(*words)

    def _succeed(self) -> None:
        self.healthy = True
        self._breaker.succeed()
        if self._breaker.state is State.CLOSED:
            self._tell("commands", away=False)
            self._change(answers=True)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, MaxConnectionsError):
            return  # we ask for too much at once, which says nothing of Redis
        self.healthy = False
        self._breaker.fail()
        if self._breaker.state is not State.CLOSED:
            self._tell("commands", away=True, why=_kind(error))
            self._change(answers=False)

    def _change(self, *, answers: bool) -> None:
        if answers is not self._answers:
            self._answers = answers
            self.on_change(answers)

    def _tell(self, what: str, *, away: bool, why: str = "") -> None:
        """One line at each change, however often it is tried between."""
        if away and what not in self._away:
            self._away.add(what)
            log.warning("redis_away", what=what, why=why)
        elif not away and what in self._away:
            self._away.remove(what)
            log.info("redis_back", what=what)

    def _refusal(self, command: Word, error: ResponseError) -> Refused:
        """One line at the first of its kind."""
        self.failures += 1
        why = _kind(error)
        if (command, why) not in self._refused:
            self._refused.add((command, why))
            log.warning("redis_refuses", command=command, why=why)
        return Refused(why)


def _kind(error: BaseException) -> str:
    """What kind of error, and nothing of its text: that can show keys, and the password."""
    cause = error.__cause__ or error.__context__
    return type(cause if isinstance(cause, OSError | ResponseError) else error).__name__
