"""Hints: ways to tell all replicas that something was committed, and to hear of it.

A hint may be lost, late, repeated, out of order or nonsense. It makes a replica look at the log sooner, nothing more.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import LiteralString, Protocol

import psycopg

from modeldex_server.errors import ModeldexError
from modeldex_server.store.database import Database
from modeldex_server.store.redis import RedisAway, RedisClient

CHANNEL = "modeldex_ledger"  # of PostgreSQL
_COALESCE = 0.005  # seconds: what is committed meanwhile is told at once
_PAUSE = 1.0
_PROBE = 5.0  # a half-open connection is silent: ask it something
_DIGITS = 18  # of a revision, at most
_NO_OTHERS: Mapping[LiteralString, Callable[[str], None]] = MappingProxyType({})

Heard = Callable[[int | None], None]
"""Called with the revision a hint names, or with None where it names none."""


class Hint(Protocol):
    """One way to tell and to hear."""

    async def tell(self, revision: int) -> None:
        """Tell everybody that the log goes up to this revision. Where that fails nobody is told."""

    async def hear(self, heard: Heard) -> None:
        """Hear of what is told until cancelled; what breaks is begun again."""


class PostgresHint:
    """NOTIFY, on a connection of the pool and after the commit, so that no writing transaction ever holds its lock."""

    _NOTIFY = "SELECT pg_notify(%(channel)s, %(revision)s)"

    def __init__(self, database: Database, others: Mapping[LiteralString, Callable[[str], None]] = _NO_OTHERS) -> None:
        """`others`: channels that are heard on the same connection, by whom."""
        self._database = database
        self._others = others

    async def tell(self, revision: int) -> None:
        """See Hint."""
        with contextlib.suppress(ModeldexError):
            await self._database.execute(self._NOTIFY, {"channel": CHANNEL, "revision": str(revision)})

    async def hear(self, heard: Heard) -> None:
        """See Hint."""
        while True:
            with contextlib.suppress(psycopg.Error):
                await self._listen(heard)
            await asyncio.sleep(_PAUSE)

    async def _listen(self, heard: Heard) -> None:
        async with await psycopg.AsyncConnection.connect(
            self._database.url, autocommit=True, connect_timeout=3
        ) as connection:
            for channel in (CHANNEL, *self._others):
                await connection.execute(f"LISTEN {channel}")
            while True:
                async for notification in connection.notifies(timeout=_PROBE):
                    self._hear(notification, heard)
                await connection.execute("SELECT 1")

    def _hear(self, notification: psycopg.Notify, heard: Heard) -> None:
        if (other := self._others.get(notification.channel)) is not None:
            other(notification.payload)
        else:
            heard(revision_in(notification.payload.encode()))


class RedisHint:
    """PUBLISH and SUBSCRIBE."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._channel = f"{prefix}ledger"

    async def tell(self, revision: int) -> None:
        """See Hint."""
        with contextlib.suppress(RedisAway):
            await self._redis.ask("PUBLISH", self._channel, revision)

    async def hear(self, heard: Heard) -> None:
        """See Hint."""
        while True:
            with contextlib.suppress(RedisAway):
                await self._redis.listen(self._channel, lambda message: heard(revision_in(message)))
            await asyncio.sleep(_PAUSE)


class Notifier:
    """Tells of what is committed here, by every hint, none of which waits for another."""

    def __init__(self, hints: Sequence[Hint]) -> None:
        self._tellers = [_Teller(hint) for hint in hints]

    def nudge(self, revision: int) -> None:
        """A revision was committed."""
        for teller in self._tellers:
            teller.nudge(revision)

    async def run(self) -> None:
        """Tell until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for teller in self._tellers:
                tasks.create_task(teller.run())


class _Teller:
    """Tells by one hint: the newest revision, once for all that came meanwhile."""

    def __init__(self, hint: Hint) -> None:
        self._hint = hint
        self._newest = 0
        self._pending = asyncio.Event()

    def nudge(self, revision: int) -> None:
        self._newest = max(self._newest, revision)
        self._pending.set()

    async def run(self) -> None:
        while True:
            await self._pending.wait()
            self._pending.clear()
            # Forgotten once it is told: history that was rewound has smaller numbers.
            newest, self._newest = self._newest, 0
            await self._hint.tell(newest)
            await asyncio.sleep(_COALESCE)


def revision_in(payload: bytes) -> int | None:
    """The revision that a hint names; None where it names none."""
    return int(payload) if payload.isdigit() and len(payload) <= _DIGITS else None
