"""Expiry: says of subscriptions that nobody used for too long, or whose place the log does not keep, that they are
over."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import structlog
from psycopg import sql

from modeldex.v1 import subscription_pb2 as pb
from modeldex.v1 import update_pb2
from modeldex_server.errors import ModeldexError
from modeldex_server.feed.subscriptions.changing import Change
from modeldex_server.feed.subscriptions.records import EXPIRED, SubscriptionRow
from modeldex_server.ledger.changes import MOST_EVENTS, Write
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.principals import FEED
from modeldex_server.store.database import Database

log = structlog.get_logger()

_EVERY = 60.0  # seconds
_METHOD = "SubscriptionExpiry"  # in the audit trail, where calls stand by their names
_DUE = sql.SQL("""
SELECT s.id
FROM subscription s CROSS JOIN ledger_head h
WHERE s.status <> 4 AND {} <> '' AND s.id > %(after)s
ORDER BY s.id
LIMIT %(limit)s""").format(EXPIRED)


@dataclass(frozen=True, slots=True)
class _Due:
    id: str


class Expiry:
    """Tells that subscriptions have expired, each once, on however many replicas it runs."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    async def run(self) -> None:
        """Sweep once a minute until cancelled; an outage of the store is waited out."""
        while True:
            try:
                await self.sweep()
            except ModeldexError as error:
                log.warning("expiry_waits", why=error.message)
            await asyncio.sleep(_EVERY)

    async def sweep(self) -> int:
        """Tell what has expired by now; returns how many this replica told of.

        Raises:
            StoreUnavailable, WriteContention, CommitUnknown: the rest is told the next time.
        """
        told, last = 0, ""
        while due := await self._database.rows(_Due, _DUE, {"after": last, "limit": MOST_EVENTS}):
            told += await self._expire([one.id for one in due])
            last = due[-1].id
        return told

    async def _expire(self, ids: list[str]) -> int:
        change = Change(ids, None, update_pb2.SUBSCRIPTION_UPDATE_TYPE_EXPIRED, _expired)
        write = Write(
            principal=FEED,
            method=_METHOD,
            resource=f"{len(ids)} subscriptions",
            model_ids=[],
            decide=change.decide,
            beside=change,
        )
        await self._ledger.write(write)
        return len(change.changed)


def _expired(row: SubscriptionRow) -> SubscriptionRow:
    """As it shall be, once it is locked: another replica was faster, perhaps, or somebody used it meanwhile."""
    over = row.expired and row.status != pb.SUBSCRIPTION_STATUS_EXPIRED
    return replace(row, status=pb.SUBSCRIPTION_STATUS_EXPIRED) if over else row
