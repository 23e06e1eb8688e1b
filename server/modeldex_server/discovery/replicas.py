"""Replicas: each server process says every few seconds that it is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from modeldex.v1 import discovery_service_pb2 as api
from modeldex_server.errors import ModeldexError
from modeldex_server.ledger.documents import stamp
from modeldex_server.store.database import Database

log = structlog.get_logger()

_INTERVAL = 5.0  # seconds
_REPORT = """
INSERT INTO replica (id, address, release, started_at, reported_at, revision)
VALUES (%(id)s, %(address)s, %(release)s, %(started_at)s, clock_timestamp(), %(revision)s)
ON CONFLICT (id) DO UPDATE SET reported_at = EXCLUDED.reported_at, revision = EXCLUDED.revision"""
_SEEN = """
SELECT id, address, release, started_at, reported_at, revision FROM replica
WHERE reported_at > clock_timestamp() - interval '15 seconds' ORDER BY id"""
# With what else only ages: answers kept for 24 hours.
_FORGET = (
    "DELETE FROM replica WHERE reported_at < clock_timestamp() - interval '1 hour'",
    "DELETE FROM request WHERE created_at < clock_timestamp() - interval '24 hours'",
)
_FORGET_EVERY = 60  # reports
_LEAVE = "DELETE FROM replica WHERE id = %(id)s"


@dataclass(frozen=True, slots=True)
class Replica:
    """This process."""

    id: str
    address: str
    release: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    address: str
    release: str
    started_at: datetime
    reported_at: datetime
    revision: int


class Replicas:
    """Reports this replica and reads the others."""

    def __init__(self, database: Database, replica: Replica, revision: Callable[[], int]) -> None:
        self._database = database
        self._replica = replica
        self.address = replica.address
        self._revision = revision

    async def run(self) -> None:
        """Report until cancelled."""
        number = 0
        while True:
            try:
                await self.report()
                if number % _FORGET_EVERY == 0:
                    for statement in _FORGET:
                        await self._database.execute(statement)
                number += 1
            except ModeldexError as error:
                log.debug("report_waits", why=error.message)
            await asyncio.sleep(_INTERVAL)

    async def report(self) -> None:
        """Say that this replica is there."""
        replica = self._replica
        values = {
            "id": replica.id,
            "address": self.address,
            "release": replica.release,
            "started_at": replica.started_at,
            "revision": self._revision(),
        }
        await self._database.execute(_REPORT, values)

    async def leave(self) -> None:
        """Say that this replica goes."""
        await self._database.execute(_LEAVE, {"id": self._replica.id})

    async def seen(self) -> list[api.ReplicaStatus]:
        """The replicas of the last 15 seconds."""
        rows = await self._database.rows(_Row, _SEEN)
        return [
            api.ReplicaStatus(
                id=row.id,
                address=row.address,
                release=row.release,
                start_time=stamp(row.started_at),
                report_time=stamp(row.reported_at),
                revision=row.revision,
            )
            for row in rows
        ]
