"""The countdown: tells ahead of time that a model will be deprecated or retired."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

import structlog

from modeldex.v1 import update_pb2 as pb
from modeldex_server.errors import ModeldexError
from modeldex_server.ledger.changes import MOST_MODELS, Decision, Head, Write
from modeldex_server.ledger.columns import moment_of
from modeldex_server.ledger.documents import decode
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.principals import DISCOVERY
from modeldex_server.store.database import Connection, Database

log = structlog.get_logger()

_EVERY = 60.0  # seconds
_NEVER = 1_000  # days: more than any threshold
_METHOD = "LifecycleCountdown"  # in the audit trail, where calls stand by their names
_TIMES: dict[int, str] = {
    pb.LIFECYCLE_MILESTONE_DEPRECATION: "deprecation_time",
    pb.LIFECYCLE_MILESTONE_RETIREMENT: "retirement_time",
}

# What is due of each model and milestone: the nearest of the thresholds that are passed, unless it was told. So a model
# that comes late is told of once. Nor is a farther one told after a nearer one: clocks of replicas differ.
_DUE: LiteralString = """
WITH milestone AS (
    SELECT id AS model_id, 1::smallint AS milestone, deprecates_at AS milestone_at
    FROM model WHERE live AND deprecates_at > %(now)s AND deprecates_at <= %(now)s + interval '90 days'
    UNION ALL
    SELECT id, 2::smallint, retires_at
    FROM model WHERE live AND retires_at > %(now)s AND retires_at <= %(now)s + interval '90 days'
), due AS (
    SELECT model_id, milestone, milestone_at,
           CASE WHEN milestone_at <= %(now)s + interval '7 days' THEN 7
                WHEN milestone_at <= %(now)s + interval '30 days' THEN 30
                ELSE 90 END::smallint AS days_before
    FROM milestone
)
SELECT model_id, milestone, milestone_at, days_before
FROM due
WHERE (model_id, milestone) > (%(model_id)s::text COLLATE "C", %(milestone)s::smallint) AND NOT EXISTS (
    SELECT FROM countdown c
    WHERE c.model_id = due.model_id AND c.milestone = due.milestone AND c.milestone_at = due.milestone_at
      AND c.days_before <= due.days_before
)
ORDER BY model_id, milestone
LIMIT %(limit)s"""
_TOLD = """
SELECT model_id, milestone, milestone_at, min(days_before)
FROM countdown WHERE model_id = ANY(%(ids)s) GROUP BY model_id, milestone, milestone_at"""
_TELL = """
INSERT INTO countdown (model_id, milestone, milestone_at, days_before)
SELECT id, milestone, at, days
FROM unnest(%(ids)s::text[], %(milestones)s::smallint[], %(times)s::timestamptz[], %(days)s::smallint[])
    AS told(id, milestone, at, days)"""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """An event of the countdown that is to be told."""

    model_id: str
    milestone: int  # LifecycleMilestone
    milestone_at: datetime
    days_before: int

    @property
    def of(self) -> tuple[str, int, datetime]:
        """The milestone that it tells of."""
        return self.model_id, self.milestone, self.milestone_at


class Countdown:
    """Tells each event of the countdown once, on however many replicas it runs."""

    def __init__(self, database: Database, ledger: Ledger, clock: Clock) -> None:
        self._database = database
        self._ledger = ledger
        self._clock = clock

    async def run(self) -> None:
        """Tell what is due once a minute until cancelled; an outage of the store is waited out."""
        while True:
            try:
                await self.tell()
            except ModeldexError as error:
                log.warning("countdown_waits", why=error.message)
            await asyncio.sleep(_EVERY)

    async def tell(self) -> int:
        """Tell what is due now; returns how many events this replica told.

        Raises:
            StoreUnavailable, WriteContention, CommitUnknown: the rest is told the next time.
        """
        now, told = self._clock(), 0
        last = Due("", 0, now, 0)
        while due := await self._due_after(last, now):
            telling = _Telling(due)
            await self._ledger.write(telling.as_write())
            told += len(telling.events)
            last = due[-1]
        return told

    async def _due_after(self, last: Due, now: datetime) -> Sequence[Due]:
        parameters = {"now": now, "limit": MOST_MODELS, "model_id": last.model_id, "milestone": last.milestone}
        return await self._database.rows(Due, _DUE, parameters)


class _Telling:
    """One revision of events. The locks of their models keep it and others apart: whoever comes second finds that all
    is told. A model that was deleted meanwhile, or whose time has moved, is left out."""

    def __init__(self, due: Sequence[Due]) -> None:
        self._wanted = due
        self._told: dict[tuple[str, int, datetime], int] = {}  # the fewest days before, by milestone
        self._due: list[Due] = []
        self.events: list[pb.UpdateEvent] = []

    def as_write(self) -> Write:
        """The write that tells them."""
        return Write(
            principal=DISCOVERY,
            method=_METHOD,
            resource=f"{len(self._wanted)} milestones",
            model_ids=sorted({one.model_id for one in self._wanted}),
            decide=self.decide,
            beside=self,
        )

    async def read(self, connection: Connection) -> None:
        """Look at what was told before."""
        cursor = await connection.execute(_TOLD, {"ids": [one.model_id for one in self._wanted]})
        rows = await cursor.fetchall()
        self._told = {(model_id, milestone, at): days_before for model_id, milestone, at, days_before in rows}

    def decide(self, heads: Mapping[str, Head]) -> Decision:
        """What is still to be told."""
        wanted = (one for one in self._wanted if one.days_before < self._told.get(one.of, _NEVER))
        self._due = [one for one in wanted if _is_due(one, heads.get(one.model_id))]
        self.events = [_event(one, heads[one.model_id]) for one in self._due]
        return Decision(events=self.events)

    async def write(self, connection: Connection) -> None:
        """Keep what is told."""
        await connection.execute(_TELL, _columns(self._due))

    async def put_revision(self, connection: Connection) -> None:
        """Nobody asks which revision told it."""


def _is_due(due: Due, head: Head | None) -> bool:
    if head is None or not head.live or head.document is None:
        return False
    return moment_of(decode(head.document).lifecycle, _TIMES[due.milestone]) == due.milestone_at


def _event(due: Due, head: Head) -> pb.UpdateEvent:
    document = decode(head.document or b"")
    return pb.UpdateEvent(
        lifecycle=pb.LifecycleUpdate(
            model_id=due.model_id,
            provider_id=document.provider_id,
            milestone=due.milestone,  # type: ignore[arg-type] # a number of the enum
            milestone_time=getattr(document.lifecycle, _TIMES[due.milestone]),
            days_before=due.days_before,
            replacement_id=document.lifecycle.replacement_id,
        )
    )


def _columns(due: Iterable[Due]) -> dict[str, list[object]]:
    rows = [(one.model_id, one.milestone, one.milestone_at, one.days_before) for one in due]
    names = ("ids", "milestones", "times", "days")
    return {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
