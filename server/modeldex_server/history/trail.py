"""The audit trail as it is written: the rows of attempts that no transaction of the ledger has one for.

One writer takes what came meanwhile with each statement, so a thousand calls a second do not need a thousand commits.
While the store is away rows wait here, and calls do not wait for them. Whoever is nobody in particular, or is refused
for calling too often, must not fill the disk: of such attempts so many a second get rows, and the others are counted.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import structlog

from modeldex_server.errors import ModeldexError
from modeldex_server.security.attempts import DONE, Attempt
from modeldex_server.security.origin import Origin
from modeldex_server.security.principals import HISTORY
from modeldex_server.store.database import Connection, Database

log = structlog.get_logger()

_RETRY_SECONDS = 1.0
_WRITE_SECONDS = 10.0  # then the connection counts as lost: it may be one on which nothing comes back any more
_PATIENCE_SECONDS = 3.0  # that a call waits for its row, like for a connection
_BATCH = 500  # rows of one statement
_MOST_WAITING = 10_000  # rows, of a few hundred bytes each
_PER_SECOND = 50  # rows of attempts that anybody can make any number of
_MOST_CROWDED = 1_000  # of those that wait: an outage is no chance to push out the rows of others
_SUM_SECONDS = 1.0
_SUM = "RefusedCalls"  # where calls stand by their names

# Refused whatever they asked for: who calls too often, and at the wrong time.
_CROWDED = frozenset({"RATE_LIMITED", "NOT_READY", "DRAINING"})
# What is done so often, and says so little, that it has rows where it was refused; the second, where settings say so.
_FLOW = frozenset({"AcknowledgeUpdates"})
_ENTRIES = frozenset(
    {"SetEntry", "BatchSetEntries", "DeleteEntry", "BatchDeleteEntries", "SetEntryTtl", "RefreshEntry"}
)

# A row that had to wait says when its call was; else the clock of the store does, as in all other rows.
_INSERT = """
WITH written AS (
    INSERT INTO audit_event (at, principal, authentication, peer, method, resource, provider_id, request_id, outcome,
                             reason)
    SELECT COALESCE(at, clock_timestamp()), principal, authentication, peer, method, resource, provider_id, request_id,
           outcome, reason
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (
        at timestamptz, principal text, authentication smallint, peer text, method text, resource text,
        provider_id text, request_id text, outcome text, reason text)
)
SELECT pg_current_xact_id()::text"""
# Null for one that this store does not know: it is another by now.
_STATUS = """
SELECT CASE WHEN known.id < pg_snapshot_xmax(pg_current_snapshot()) THEN pg_xact_status(known.id) END
FROM (SELECT %(transaction)s::xid8 AS id) known"""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An attempt without a row, and who waits for that."""

    attempt: Attempt
    at: datetime
    written: asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class _Unsure:
    """A transaction whose end was not heard, and how many rows it has."""

    transaction: str
    rows: int


class Trail:
    """Writes the rows. Before `run` and while the store is away they wait, and callers do not."""

    def __init__(self, database: Database, *, entries: bool, now: Callable[[], datetime]) -> None:
        """`entries`: whether writes of entries of the cache that went well have rows."""
        self._database = database
        self._left_out = _FLOW if entries else _FLOW | _ENTRIES
        self._now = now
        self._waiting: list[_Waiting] = []
        self._woken = asyncio.Event()
        self._one_writer = asyncio.Lock()
        self._unsure: _Unsure | None = None
        self._away = True
        self._second: tuple[int, int] = (0, 0)  # of the loop's clock, and the rows that it had
        self._more: Counter[str] = Counter()  # attempts without a row, by their outcome

    def admits(self, method: str, principal: str, outcome: str) -> bool:
        """Whether such an attempt gets a row of its own now. One that gets none for there are too many is counted."""
        if outcome == DONE and method in self._left_out:
            return False
        limited = not principal or outcome in _CROWDED
        room = len(self._waiting) < (_MOST_CROWDED if limited else _MOST_WAITING)
        if room and not (limited and self._crowded()):
            return True
        if not self._more:
            self._tell_later()
        self._more[outcome] += 1
        return False

    async def add(self, attempt: Attempt) -> None:
        """Keep an attempt. Returns once its row is durable, or where the store is away, or too slow: then the row comes
        later."""
        written = self._keep(attempt)
        if not self._away:
            done, _ = await asyncio.wait([written], timeout=_PATIENCE_SECONDS)
            self._away = self._away or not done  # the next one need not wait, too

    async def run(self) -> None:
        """Write what waits and what comes, until cancelled."""
        self._away = False
        self._woken.set()
        while True:
            await self._woken.wait()
            self._woken.clear()
            if not await self.flush():
                await asyncio.sleep(_RETRY_SECONDS)
                self._woken.set()

    async def flush(self) -> bool:
        """Write what waits; whether the store took it."""
        async with self._one_writer:
            while self._waiting:
                batch = self._waiting[:_BATCH]
                try:
                    async with asyncio.timeout(_WRITE_SECONDS):
                        written = await self._write(batch)
                except (ModeldexError, psycopg.Error, TimeoutError) as error:
                    self._wait_for_store(error)
                    return False
                del self._waiting[:written]
                _release(batch[:written])
            self._away = False
            return True

    async def leave(self) -> None:
        """Write the last of this process. What the store does not take now is lost, and the log says so."""
        try:
            if await self.flush():
                self._tell_of_more()
                await self.flush()
        finally:
            if lost := len(self._waiting) + self._more.total():
                log.error("audit_lost", rows=lost)

    def _crowded(self) -> bool:
        """Whether this second has had its rows; if not, one more is counted."""
        second, rows = self._second
        now = int(asyncio.get_running_loop().time())
        rows = rows + 1 if second == now else 1
        self._second = now, rows
        return rows > _PER_SECOND

    def _keep(self, attempt: Attempt) -> asyncio.Future[None]:
        waiting = _Waiting(attempt, self._now(), asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._woken.set()
        return waiting.written

    def _tell_later(self) -> None:
        asyncio.get_running_loop().call_later(_SUM_SECONDS, self._tell_of_more)

    def _tell_of_more(self) -> None:
        """A row for each kind of attempt that has none, with how many there were. While the store is away it would wait
        like the others, second after second: so the count waits."""
        if self._away:
            self._tell_later()
            return
        for outcome, count in self._more.items():
            self._keep(Attempt(Origin(HISTORY), _SUM, outcome, reason=f"{count:,} more calls ended like this."))
        self._more.clear()

    def _wait_for_store(self, error: Exception) -> None:
        if not self._away:
            log.warning("audit_waits", rows=len(self._waiting), kind=type(error).__name__)
        self._away = True
        _release(self._waiting)

    async def _write(self, batch: Sequence[_Waiting]) -> int:
        """How many of these rows are there for good: all, or those of the time before, whose end was not heard.

        Raises:
            ModeldexError, psycopg.Error: none is, as far as can be told.
        """
        async with self._database.connection() as connection:
            if self._unsure is not None and (before := await self._ended(connection, self._unsure)):
                return before
            async with connection.pipeline(), connection.transaction():
                rows = json.dumps([self._row(waiting) for waiting in batch], ensure_ascii=False)
                written = await connection.execute(_INSERT, {"rows": rows})
                ((transaction,),) = await written.fetchall()
                self._unsure = _Unsure(transaction, len(batch))
            self._unsure = None
            return len(batch)

    async def _ended(self, connection: Connection, unsure: _Unsure) -> int:
        """How many rows of a transaction are there for good."""
        ((status,),) = await (await connection.execute(_STATUS, {"transaction": unsure.transaction})).fetchall()
        if status == "in progress":
            raise psycopg.OperationalError("the transaction before has not ended")
        self._unsure = None
        return unsure.rows if status == "committed" else 0

    def _row(self, waiting: _Waiting) -> dict[str, Any]:
        attempt, origin = waiting.attempt, waiting.attempt.origin
        return {
            "at": waiting.at.isoformat() if self._away else None,
            "principal": origin.principal,
            "authentication": origin.authentication,
            "peer": origin.peer,
            "method": attempt.method,
            "resource": attempt.resource,
            "provider_id": attempt.provider_id,
            "request_id": attempt.request_id,
            "outcome": attempt.outcome,
            "reason": attempt.reason,
        }


def _release(waiting: Sequence[_Waiting]) -> None:
    for one in waiting:
        if not one.written.done():
            one.written.set_result(None)
