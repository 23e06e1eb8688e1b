"""Health of the feed on one replica: answered from memory, with the store away, too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex_server.errors import ModeldexError
from modeldex_server.feed.feed import Feed
from modeldex_server.feed.statistics.events import error_rate
from modeldex_server.feed.statistics.issues import IssueBook, Signs, issues_in
from modeldex_server.feed.statistics.process import Lateness, memory_limit, memory_used
from modeldex_server.feed.times import span
from modeldex_server.ledger.documents import stamp
from modeldex_server.store.database import Database

log = structlog.get_logger()

_EVERY = 1.0  # seconds
_ERRORS_EVERY = 5.0
_STALLED_SECONDS = 60.0
_ERRORS = """
SELECT COALESCE(sum(updates), 0)::bigint AS delivered, COALESCE(sum(rejected), 0)::bigint AS rejected
FROM delivery_count WHERE minute > clock_timestamp() - interval '5 minutes'"""


@dataclass(frozen=True, slots=True)
class Vitals:
    """What the rest of the process knows of a replica. Spans are in seconds."""

    id: str
    started_at: datetime
    away: Callable[[], float]  # since the store last answered
    redis_away: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class _Errors:
    delivered: int
    rejected: int


class Health:
    """Looks at the replica each second, and tells what it saw. To be touched from the event loop only."""

    def __init__(self, feed: Feed, database: Database, vitals: Vitals, clock: Callable[[], datetime]) -> None:
        self._feed = feed
        self._database = database
        self._vitals = vitals
        self._clock = clock
        self._lateness = Lateness()
        self._book = IssueBook()
        self._error_rate = 0.0
        self.signs = Signs()  # of the last look
        self._memory_limit = memory_limit()

    async def run(self) -> None:
        """Look until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._lateness.run())
            while True:
                self.look()
                await asyncio.sleep(_EVERY)

    async def watch_errors(self) -> None:
        """Look at the error rate of all replicas until cancelled, as far as the store can be asked."""
        while True:
            try:
                errors = (await self._database.rows(_Errors, _ERRORS))[0]
            except ModeldexError as error:
                log.debug("health_waits", why=error.message)
            else:
                self._error_rate = error_rate(errors.rejected, errors.delivered)
            await asyncio.sleep(_ERRORS_EVERY)

    def look(self) -> Signs:
        """Look at the replica, and note what there is to look at."""
        self.signs = self._signs()
        self._book.note(issues_in(self.signs), self._clock())
        return self.signs

    def tell(self) -> api.GetSubscriberHealthResponse:
        """How it does now."""
        signs, feed, now = self.look(), self._feed, self._clock()
        return api.GetSubscriberHealthResponse(
            status=self._book.status,
            uptime=span((now - self._vitals.started_at).total_seconds()),
            memory_bytes=signs.memory,
            active_streams=signs.streams,
            active_subscriptions=sum(bool(one.principal) for one in feed.running),
            queue_size=max((one.behind for one in feed.running), default=0),
            stalled_streams=signs.stalled,
            error_rate=signs.error_rate,
            lag=span(signs.lag),
            issues=self._book.told(),
            replica_id=self._vitals.id,
            check_time=stamp(now),
        )

    def _signs(self) -> Signs:
        feed = self._feed
        # Nothing can have been away for longer than somebody was there to miss it.
        age = (self._clock() - self._vitals.started_at) / timedelta(seconds=1)
        return Signs(
            away=min(self._vitals.away(), age),
            lag=min(feed.lag, age),
            redis_away=self._vitals.redis_away(),
            late=self._lateness.seconds,
            streams=feed.streams,
            most_streams=feed.most_streams,
            stalled=sum(one.stuck > _STALLED_SECONDS for one in feed.running),
            memory=memory_used(),
            memory_limit=self._memory_limit,
            error_rate=self._error_rate,
        )
