"""The pool of connections to PostgreSQL; the only place that knows the driver's errors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, LiteralString, TypeVar

import psycopg
import structlog
from psycopg import errors as pg
from psycopg import sql
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from modeldex_server.errors import ModeldexError, StoreUnavailable, WriteContention

log = structlog.get_logger()

Row = TypeVar("Row")
Result = TypeVar("Result")
Connection = psycopg.AsyncConnection[tuple[Any, ...]]
Query = LiteralString | sql.Composed
Parameters = Mapping[str, Any]

# Limits of the last resort: a call's own deadline is nearer.
STATEMENT_SECONDS = 10.0
_TIMEOUTS = {
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "20s",
}
_SESSION = " ".join(f"-c {name}={value}" for name, value in _TIMEOUTS.items()) + " -c application_name=modeldex"
_CONNECT_SECONDS = 3
_ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"


class Database:
    """Connections to one PostgreSQL, shared by all rooms."""

    def __init__(self, url: str, *, size: int) -> None:
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            connection_class=psycopg.AsyncConnection,
            kwargs={"autocommit": True, "options": _SESSION, "connect_timeout": _CONNECT_SECONDS},
            min_size=min(2, size),
            max_size=size,
            timeout=_CONNECT_SECONDS,
            reconnect_timeout=1,
            open=False,
        )
        self.url = url

    async def open(self) -> None:
        """Begin to connect; returns at once, whether or not the database can be reached."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.close(timeout=5)

    def statistics(self) -> tuple[int, int, int]:
        """Connections: (all, in use, waited for)."""
        numbers = self._pool.get_stats()
        size = numbers.get("pool_size", 0)
        return size, size - numbers.get("pool_available", 0), numbers.get("requests_waiting", 0)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection in autocommit mode.

        Raises:
            StoreUnavailable: none can be had within 3 seconds, or the connection breaks.
            WriteContention: a lock was held for too long, or PostgreSQL ended a deadlock.
        """
        with driver_errors():
            async with self._pool.connection() as connection:
                yield connection

    async def rows(self, row: type[Row], query: Query, parameters: Parameters | None = None) -> list[Row]:
        """Read rows, each as a dataclass; asked again once where a pooled connection had died.

        Raises:
            StoreUnavailable: the database cannot be reached.
        """
        return await self._read(lambda connection: _rows(connection, row, query, parameters))

    async def execute(self, query: Query, parameters: Parameters | None = None) -> int:
        """Run one statement that may be run twice; returns the number of rows it touched."""
        return await self._read(lambda connection: _execute(connection, query, parameters))

    async def at_one_moment(self, work: Callable[[Moment], Awaitable[Result]]) -> Result:
        """What several queries find as of one moment; asked again once where a pooled connection had died.

        Raises:
            StoreUnavailable: the database cannot be reached.
        """

        async def read(connection: Connection) -> Result:
            async with connection.transaction():
                await connection.execute(_ONE_MOMENT)
                return await work(Moment(connection))

        return await self._read(read)

    async def _read(self, work: Callable[[Connection], Awaitable[Result]]) -> Result:
        try:
            async with self.connection() as connection:
                return await work(connection)
        except StoreUnavailable as error:
            if not lost_connection(error):
                raise
        # The database was restarted: every idle connection of the pool may be dead, so look at them all first.
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                await self._pool.check()
        except TimeoutError:
            raise StoreUnavailable from None
        async with self.connection() as connection:
            return await work(connection)


class Moment:
    """The database as of one moment, for reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def rows(self, row: type[Row], query: Query, parameters: Parameters | None = None) -> list[Row]:
        """Read rows, each as a dataclass."""
        return await _rows(self._connection, row, query, parameters)


async def _rows(connection: Connection, row: type[Row], query: Query, parameters: Parameters | None) -> list[Row]:
    async with connection.cursor(row_factory=class_row(row)) as cursor:
        await cursor.execute(query, parameters)
        return await cursor.fetchall()


async def _execute(connection: Connection, query: Query, parameters: Parameters | None) -> int:
    return (await connection.execute(query, parameters)).rowcount


def lost_connection(error: StoreUnavailable) -> bool:
    """Whether the connection broke under a statement, so that nobody knows what became of it."""
    cause = error.__cause__
    if not isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError) or isinstance(cause, PoolTimeout):
        return False
    return cause.sqlstate is None or cause.sqlstate.startswith(("08", "57P"))


@contextmanager
def driver_errors() -> Iterator[None]:
    """Turn the driver's errors into ours; nothing of their text goes on, for it may show data or SQL."""
    try:
        yield
    except psycopg.Error as error:
        if ours := _ours(error):
            log.warning("store_error", kind=type(error).__name__, sqlstate=error.sqlstate)
            raise ours from error
        raise


def _ours(error: psycopg.Error) -> ModeldexError | None:
    match error:
        case pg.LockNotAvailable() | pg.DeadlockDetected() | pg.SerializationFailure():
            return WriteContention()
        case pg.QueryCanceled():
            return StoreUnavailable("The store took too long; nothing was changed, try again.")
        case pg.DiskFull():
            return StoreUnavailable("The store's disk is full: nothing can be written until there is room.")
        case pg.ReadOnlySqlTransaction():
            return StoreUnavailable("The store is read-only now; try again when it takes writes.")
        case pg.InsufficientResources() | psycopg.OperationalError() | psycopg.InterfaceError():
            return StoreUnavailable()
        case _:
            return None
