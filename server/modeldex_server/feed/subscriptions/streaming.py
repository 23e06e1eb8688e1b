"""Streams of subscriptions: each begins where the one before ended, on whichever replica."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from time import monotonic

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex_server.errors import (
    NotReady,
    RevisionCompacted,
    SubscriptionChanged,
    SubscriptionExpired,
    SubscriptionNotFound,
    SubscriptionSuperseded,
)
from modeldex_server.feed.feed import Feed
from modeldex_server.feed.stream import Stream
from modeldex_server.feed.subscriptions import attempts
from modeldex_server.feed.subscriptions.asking import asked_by
from modeldex_server.feed.subscriptions.controls import Controls
from modeldex_server.feed.subscriptions.keeper import LEASE, Keeper
from modeldex_server.feed.subscriptions.live import COMPACTED, Live, token_key
from modeldex_server.feed.subscriptions.records import SubscriptionRow, lock, owner_of, read
from modeldex_server.feed.watching import Caller, pace_of, reach
from modeldex_server.ledger.index import Index
from modeldex_server.security.principals import Principal
from modeldex_server.store.database import Database

# How long a new stream waits for the one before to say how far it came: that of a replica that was killed never does.
_HAND_OVER = timedelta(seconds=3)
_LOOK = 0.05  # seconds

_TAKE = """
UPDATE subscription
SET stream = stream + 1, replica_id = %(replica_id)s, connected_until = clock_timestamp() + %(lease)s,
    active_at = clock_timestamp()
WHERE id = %(id)s"""
_BEGIN = """
UPDATE subscription
SET begun_stream = stream, released_stream = GREATEST(released_stream, begun_stream),
    acknowledged_revision = %(after)s, sent_revision = %(sent)s, sent_before = %(sent_before)s::bigint[],
    retry_revision = CASE WHEN retry_revision > %(after)s THEN retry_revision END,
    retry_at = CASE WHEN retry_revision > %(after)s THEN retry_at END,
    connected_until = clock_timestamp() + %(lease)s
WHERE id = %(id)s"""
_FORGET = "DELETE FROM subscription_rejection WHERE subscription_id = %(id)s AND revision <= %(after)s"


class SubscriptionStreams:
    """Opens streams of subscriptions."""

    def __init__(
        self, feed: Feed, index: Index, database: Database, controls: Controls, keeper: Keeper, replica_id: str
    ) -> None:
        self._feed = feed
        self._index = index
        self._database = database
        self._controls = controls
        self._keeper = keeper
        self._replica_id = replica_id

    async def watch(self, request: api.WatchRequest, by: Principal, caller: Caller) -> None:
        """Stream what a subscription asks for, from its place on, until the caller, its deadline or the server ends it.

        Raises:
            SubscriptionNotFound, SubscriptionExpired, SubscriptionSuperseded, SubscriptionChanged, Redelivery,
            InvalidResumeToken, RevisionCompacted, FutureRevision, HistoryRewound, TooManyStreams, NotReady,
            StoreUnavailable.
        """
        if not self._index.loaded:
            raise NotReady
        options = request.options
        live = Live(request.subscription_id, self._feed.tokens, caller.end, announce=self._keeper.nudge)
        # Changes reach it before its row is read: none is lost between.
        with self._controls.reaching(live):
            asked = (await read(self._database, live.id, owner_of(by))).in_use()
            selection = asked_by(asked, caller.scope)
            with self._feed.open(selection, caller.end) as of:
                taken = await self._take_over(live.id, owner_of(by))
                row = await self._begin(taken, asked.version, options)
                live.begin(row, self._feed.epoch, selection)
                self._keeper.take(live)
                try:
                    await reach(self._index, self._database, max(row.acknowledged_revision, row.control_revision))
                    pace = pace_of(row.wanted().options, options)
                    stream = Stream(
                        self._feed,
                        of,
                        self._database,
                        caller.write,
                        pace,
                        age=self._feed.age(),
                        deadline=caller.deadline,
                        delivery=live,
                    )
                    await stream.run(row.acknowledged_revision)
                except RevisionCompacted:
                    raise SubscriptionExpired(live.id, COMPACTED) from None
                finally:
                    self._keeper.let_go(live)

    async def _take_over(self, subscription_id: str, owner: str | None) -> SubscriptionRow:
        """Take the next number, and wait until the stream before has said how far it came."""
        async with self._database.connection() as connection, connection.transaction():
            row = _only(await lock(connection, [subscription_id], owner), subscription_id).in_use()
            await connection.execute(_TAKE, {"id": row.id, "replica_id": self._replica_id, "lease": LEASE})
        number = row.stream + 1
        until = monotonic() + min(row.connected_until - row.now, _HAND_OVER).total_seconds()
        self._keeper.tell(row.id)
        while row.released_stream < row.begun_stream and monotonic() < until:
            await asyncio.sleep(_LOOK)
            row = await read(self._database, row.id, owner)
            _check_newest(row, number)
        row.stream = number
        return row

    async def _begin(self, taken: SubscriptionRow, version: int, options: api.WatchOptions) -> SubscriptionRow:
        """Begin with the number that was taken: the row as it is then."""
        async with self._database.connection() as connection, connection.transaction():
            row = _only(await lock(connection, [taken.id], None), taken.id).in_use()
            _check_newest(row, taken.stream)
            if row.version != version:
                raise SubscriptionChanged(row.id, row.control_revision)
            place = self._place(row, options)
            row.sent_before = attempts.after(row.sent_before, row.sent_revision, place)
            row.acknowledged_revision = place
            parameters = {
                "id": row.id,
                "after": place,
                "sent": place if row.explicit else 0,
                "sent_before": row.sent_before,
                "lease": LEASE,
            }
            await connection.execute(_BEGIN, parameters)
            await connection.execute(_FORGET, {"id": row.id, "after": place})
        return row

    def _place(self, row: SubscriptionRow, options: api.WatchOptions) -> int:
        """After which revision it begins: what the client has counts where the subscription acknowledges by itself."""
        if row.explicit or not options.resume_token:
            return row.acknowledged_revision
        place = self._feed.tokens.decode(options.resume_token, token_key(row.id))
        if place < row.compacted:
            raise RevisionCompacted(place, row.compacted)
        return place


def _only(rows: list[SubscriptionRow], subscription_id: str) -> SubscriptionRow:
    if not rows:
        raise SubscriptionNotFound(subscription_id)
    return rows[0]


def _check_newest(row: SubscriptionRow, number: int) -> None:
    if row.stream != number:
        raise SubscriptionSuperseded(row.id, number, row.stream)
