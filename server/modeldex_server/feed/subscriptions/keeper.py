"""The keeper: puts into the store how far the streams of this replica came, and hears what became of them elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any

import structlog

from modeldex_server.errors import ModeldexError, Redelivery, SubscriptionExpired, SubscriptionSuperseded
from modeldex_server.feed.subscriptions import attempts
from modeldex_server.feed.subscriptions.controls import Controls
from modeldex_server.feed.subscriptions.live import COMPACTED, Live
from modeldex_server.store.database import Database

log = structlog.get_logger()

CHANNEL = "modeldex_subscription"  # hints: the id of a subscription that a stream has to look at
_POLL = 0.5  # seconds
_AWAY = 0.5
_LOCKED = 0.002
_COALESCE = 0.005
# How long a subscription counts as watched without a word from its replica, and when that word is due.
LEASE = timedelta(seconds=10)
_RENEW = 4.0

# Of all streams in one statement: what is to be written is, and given back is what their replica has to know. Only the
# newest stream that began may write, also while a newer one waits for it; nothing of a history that is no more is
# written. A row that somebody holds is left for the next time, so that nobody waits for anybody. Nor does it wait for
# the disk: everybody sees it at once, and what a crash of the database loses of it is written with the next.
_KEEP = """
WITH told AS (
    SELECT * FROM jsonb_to_recordset(%(told)s::jsonb) AS told (
        id text, number bigint, epoch uuid, position bigint, sent bigint, acknowledged bigint, count bigint,
        "left" boolean, write boolean)
), free AS MATERIALIZED (
    SELECT s.id FROM subscription s WHERE s.id IN (SELECT id FROM told WHERE write)
    FOR NO KEY UPDATE OF s SKIP LOCKED
), kept AS (
    UPDATE subscription s
    SET delivered_revision = GREATEST(s.delivered_revision, told.position),
        acknowledged_revision = GREATEST(s.acknowledged_revision, told.acknowledged),
        sent_revision = told.sent,
        sent_before = CASE WHEN s.sent_before = '{}' THEN s.sent_before
                      ELSE ARRAY(SELECT came FROM unnest(s.sent_before) AS came WHERE came > told.acknowledged) END,
        retry_revision = CASE WHEN s.retry_revision > told.acknowledged THEN s.retry_revision END,
        retry_at = CASE WHEN s.retry_revision > told.acknowledged THEN s.retry_at END,
        event_count = GREATEST(s.event_count, told.count),
        active_at = clock_timestamp(),
        released_stream = CASE WHEN told."left" THEN told.number ELSE s.released_stream END,
        connected_until = CASE WHEN s.stream <> told.number THEN s.connected_until
                          WHEN told."left" THEN clock_timestamp() ELSE clock_timestamp() + %(lease)s END
    FROM told, free, ledger_head h
    WHERE s.id = told.id AND told.write AND s.id = free.id AND s.begun_stream = told.number
      AND s.released_stream < told.number AND h.epoch = told.epoch AND told.position <= h.revision
    RETURNING s.id, told.number
)
SELECT told.id, told.number, kept.id IS NOT NULL AS kept, told.write AND s.id IS NOT NULL AND free.id IS NULL AS locked,
       COALESCE(s.stream, 0) AS stream, COALESCE(s.acknowledged_revision, 0) AS acknowledged,
       COALESCE(s.refused_stream, 0) AS refused_stream, s.sent_before, s.retry_revision,
       s.retry_at - clock_timestamp() AS wait, told.acknowledged < h.compacted AS gone
FROM ledger_head h
CROSS JOIN (SELECT set_config('synchronous_commit', 'off', true) AS value) quick
CROSS JOIN told
LEFT JOIN subscription s ON s.id = told.id
LEFT JOIN free ON free.id = told.id
LEFT JOIN kept ON kept.id = told.id AND kept.number = told.number
WHERE quick.value = 'off' AND (told.write OR s.stream > told.number OR s.acknowledged_revision > told.acknowledged
   OR s.refused_stream >= told.number OR told.acknowledged < h.compacted)"""
_TELL = "SELECT pg_notify(%(channel)s, id) FROM unnest(%(ids)s::text[]) AS told(id)"


@dataclass(frozen=True, slots=True)
class _News:
    """A row of _KEEP: what the store says of a stream."""

    id: str
    number: int
    kept: bool
    locked: bool
    stream: int
    acknowledged: int
    refused_stream: int
    sent_before: list[int] | None
    retry_revision: int | None
    wait: timedelta | None
    gone: bool


class Keeper:
    """Keeps the places of the streams of this replica. The store may be away: they go on, and it is told later."""

    def __init__(self, database: Database, controls: Controls, *, clock: Callable[[], float] = monotonic) -> None:
        self._database = database
        self._controls = controls
        self._clock = clock
        self._live: dict[tuple[str, int], Live] = {}
        self._due: set[Live] = set()
        self._nudged = asyncio.Event()
        self._hints: set[str] = set()
        self._hinted = asyncio.Event()

    @property
    def streams(self) -> list[Live]:
        """The streams that it keeps."""
        return list(self._live.values())

    def take(self, live: Live) -> None:
        """Keep the place of a stream that begins."""
        self._live[live.id, live.number] = live

    def let_go(self, live: Live) -> None:
        """A stream is over: put down where it ended."""
        live.left = True
        self.nudge(live)

    def nudge(self, live: Live) -> None:
        """Something of a stream is to be put down, or looked at, now."""
        self._due.add(live)
        self._nudged.set()

    def hear(self, subscription_id: str) -> None:
        """A hint: look at the streams of a subscription."""
        for live in self._controls.of(subscription_id):
            self.nudge(live)

    def tell(self, subscription_id: str) -> None:
        """Hint to all replicas that they look at the streams of a subscription."""
        self.hear(subscription_id)
        self._hints.add(subscription_id)
        self._hinted.set()

    async def run(self) -> None:
        """Keep until cancelled; an outage of the store is waited out."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_on())
            tasks.create_task(self._tell_on())

    async def settle(self) -> None:
        """Wait until all that ended is put down."""
        while any(live.left for live in self._live.values()):
            await asyncio.sleep(_LOCKED)

    async def _keep_on(self) -> None:
        polled = -_POLL
        while True:
            await self._until_nudged(polled + _POLL - self._clock())
            now = self._clock()
            if now - polled >= _POLL:
                polled = now
                self._due.update(self._live.values())
                for live in self._live.values():
                    live.insist()
            due, self._due = self._due, set()
            try:
                await self._keep([live for live in due if (live.id, live.number) in self._live])
            except ModeldexError as error:
                log.debug("keeper_waits", why=error.message)
                self._due |= due
                await asyncio.sleep(_AWAY)

    async def _until_nudged(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                await self._nudged.wait()
        self._nudged.clear()

    async def _keep(self, streams: Iterable[Live]) -> None:
        told = {(live.id, live.number): self._told(live) for live in streams}
        if not told:
            return
        parameters = {"told": json.dumps(list(told.values())), "lease": LEASE}
        for news in await self._database.rows(_News, _KEEP, parameters):
            live = self._live.get((news.id, news.number))
            if live is not None:
                self._heed(live, news, told[news.id, news.number])

    def _told(self, live: Live) -> dict[str, Any]:
        """A stream as _KEEP takes it. That it only followed the log is put down now and then."""
        return {
            "id": live.id,
            "number": live.number,
            "epoch": str(live.epoch),
            "position": live.position,
            "sent": live.sent if live.window is not None else 0,
            "acknowledged": live.acknowledged,
            "count": live.count,
            "left": live.left,
            "write": live.is_ahead or self._clock() - live.kept_at >= _RENEW,
        }

    def _heed(self, live: Live, news: _News, told: dict[str, Any]) -> None:
        """Take in what the store says of a stream."""
        if news.kept:
            live.kept(told["position"], told["sent"], told["count"])
        if news.locked:
            asyncio.get_running_loop().call_later(_LOCKED, self.nudge, live)
        elif told["left"]:
            del self._live[live.id, live.number]
        if news.gone:
            live.end(SubscriptionExpired(live.id, COMPACTED))
        elif news.stream > live.number:
            live.end(SubscriptionSuperseded(live.id, live.number, news.stream))
        elif news.refused_stream >= live.number and news.retry_revision is not None:
            attempt = attempts.attempt(news.sent_before or (), news.retry_revision) + 1
            wait = max(news.wait or timedelta(0), timedelta(0))
            live.end(Redelivery(live.id, news.retry_revision, attempt, wait))
        else:
            live.acknowledge(news.acknowledged)

    async def _tell_on(self) -> None:
        while True:
            await self._hinted.wait()
            self._hinted.clear()
            ids, self._hints = list(self._hints), set()
            with contextlib.suppress(ModeldexError):
                await self._database.execute(_TELL, {"channel": CHANNEL, "ids": ids})
            await asyncio.sleep(_COALESCE)
