"""Sweeping: says of rollbacks on which nobody decided that they are over."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from modeldex_server.errors import ModeldexError
from modeldex_server.history.rollbacks import records, telling
from modeldex_server.history.rollbacks.records import RollbackRow
from modeldex_server.history.rollbacks.writing import Step, Writer, Writing
from modeldex_server.ledger.changes import Decision, Head, Write
from modeldex_server.security.principals import HISTORY
from modeldex_server.store.database import Connection, Database

log = structlog.get_logger()

_EVERY = 1.0  # seconds
_METHOD = "RollbackExpiry"  # in the audit trail, where calls stand by their names
_DUE = """
SELECT r.id, r.model_id
FROM rollback r JOIN model m ON m.id = r.model_id
WHERE r.state = 1 AND (r.expires_at <= clock_timestamp() OR m.version <> r.base_version)
ORDER BY r.id"""


@dataclass(frozen=True, slots=True)
class _Due:
    id: str
    model_id: str


class Sweeper:
    """Tells of rollbacks that they expired, or are stale: each once, on however many replicas it runs."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    async def run(self) -> None:
        """Sweep once a second until cancelled; an outage of the store is waited out."""
        while True:
            try:
                await self.sweep()
            except ModeldexError as error:
                log.warning("rollback_expiry_waits", why=error.message)
            await asyncio.sleep(_EVERY)

    async def sweep(self) -> int:
        """Tell what is over by now; returns how many this replica told of.

        Raises:
            StoreUnavailable, WriteContention, CommitUnknown: the rest is told the next time.
        """
        told = 0
        for due in await self._database.rows(_Due, _DUE):
            ending = _Ending(due.id, due.model_id)
            write = Write(HISTORY, _METHOD, due.model_id, [due.model_id], ending.decide, beside=ending)
            with suppress(_Ended):
                await self._writer.write(write, ending)
                told += 1
        return told


class _Ended(Exception):
    """Another replica was faster, or somebody decided meanwhile: nothing is written, in the audit trail either."""


@dataclass
class _Ending(Writing):
    """The end of one that is over."""

    id: str
    model_id: str
    _row: RollbackRow | None = field(init=False)

    async def read(self, connection: Connection) -> None:
        """Lock it."""
        self._row = await records.lock(connection, self.id)

    def decide(self, heads: Mapping[str, Head]) -> Decision:
        """It is over, unless it has ended."""
        row = self._row
        state = row.lapsed(heads[self.model_id].version) if row is not None else None
        if row is None or state is None:
            raise _Ended
        over = row.finished(state)
        self.step = Step(changed=[over], events=[telling.lapsed(over, HISTORY)])
        return Decision(events=self.step.events)
