"""Acknowledgements: updates are done with, or rejected, on whichever replica the client says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from psycopg import sql

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import subscription_pb2 as pb
from modeldex_server.errors import (
    AcknowledgementAutomatic,
    AcknowledgementBeyondSent,
    InvalidRequest,
    ModeldexError,
    SubscriptionNotFound,
    SubscriptionSuperseded,
    Violation,
)
from modeldex_server.feed.subscriptions.asking import asked_by
from modeldex_server.feed.subscriptions.controls import Controls
from modeldex_server.feed.subscriptions.keeper import Keeper
from modeldex_server.feed.subscriptions.live import Live
from modeldex_server.feed.subscriptions.records import EXPIRED, SubscriptionRow, lock, owner_of, read
from modeldex_server.feed.subscriptions.rejecting import TIMEOUT, Place, Retrying, judge, retrying
from modeldex_server.feed.subscriptions.sent import Sent, first_sent, sent_in
from modeldex_server.feed.subscriptions.verdicts import put_down, rejected_before
from modeldex_server.security.principals import Principal
from modeldex_server.store.database import Database

log = structlog.get_logger()

_EVERY = 0.5  # seconds

# What nearly every acknowledgement is: of what was sent on the newest stream, without rejections. It touches no row
# where it is anything else, or changes nothing.
_ACKNOWLEDGE = sql.SQL("""
WITH done AS (
    UPDATE subscription s
    SET acknowledged_revision = %(through)s,
        sent_before = CASE WHEN s.sent_before = '{{}}' THEN s.sent_before
                      ELSE ARRAY(SELECT came FROM unnest(s.sent_before) AS came WHERE came > %(through)s) END,
        retry_revision = CASE WHEN s.retry_revision > %(through)s THEN s.retry_revision END,
        retry_at = CASE WHEN s.retry_revision > %(through)s THEN s.retry_at END,
        active_at = clock_timestamp()
    FROM ledger_head h
    WHERE s.id = %(id)s AND (%(owner)s::text IS NULL OR s.principal = %(owner)s) AND s.stream = %(stream)s
      AND s.begun_stream = %(stream)s AND s.refused_stream < %(stream)s AND s.acknowledged_revision < %(through)s
      AND s.sent_revision >= %(through)s AND ({}) = ''
    RETURNING s.id
), forgotten AS (
    DELETE FROM subscription_rejection r USING done WHERE r.subscription_id = done.id AND r.revision <= %(through)s
)
SELECT id FROM done""").format(EXPIRED)


@dataclass(frozen=True, slots=True)
class _Done:
    id: str


class Acknowledger:
    """Takes acknowledgements, and rejects what waits for one for too long."""

    def __init__(
        self,
        database: Database,
        controls: Controls,
        keeper: Keeper,
        *,
        on_rejected: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`on_rejected` hears of each update that was rejected, with the reason."""
        self._on_rejected = on_rejected
        self._database = database
        self._controls = controls
        self._keeper = keeper

    async def acknowledge(
        self, request: api.AcknowledgeUpdatesRequest, by: Principal
    ) -> api.AcknowledgeUpdatesResponse:
        """Updates are done with, but for those that are rejected.

        Raises:
            SubscriptionNotFound, SubscriptionExpired, AcknowledgementAutomatic, SubscriptionSuperseded,
            AcknowledgementBeyondSent.
            InvalidRequest: a rejected update is none of the subscription.
            StoreUnavailable, WriteContention: nothing was changed, or all of it.
        """
        owner = owner_of(by)
        if not request.rejected and await self._acknowledged(request, owner):
            return api.AcknowledgeUpdatesResponse(acknowledged_revision=request.through_revision)
        row = await read(self._database, request.subscription_id, owner)
        selection = asked_by(row.in_use(), by.scope)
        sent = await sent_in(self._database, selection, _open(request.rejected, row, request.through_revision))
        return await self._judge(request, owner, sent, retrying(row.wanted().options))

    async def run(self) -> None:
        """Reject what is overdue on this replica, until cancelled; an outage of the store is waited out."""
        while True:
            await asyncio.sleep(_EVERY)
            for live in self._keeper.streams:
                if live.overdue:
                    try:
                        await self._time_out(live)
                    except ModeldexError as error:
                        log.debug("timeout_waits", subscription_id=live.id, why=error.message)

    async def _acknowledged(self, request: api.AcknowledgeUpdatesRequest, owner: str | None) -> bool:
        """Acknowledge where nothing has to be judged."""
        through = request.through_revision
        parameters = {"id": request.subscription_id, "owner": owner, "stream": request.stream, "through": through}
        done = await self._database.rows(_Done, _ACKNOWLEDGE, parameters)
        if done:
            self._told(request.subscription_id, request.stream, through)
        return bool(done)

    async def _judge(
        self, request: api.AcknowledgeUpdatesRequest, owner: str | None, sent: Sent, retrying: Retrying
    ) -> api.AcknowledgeUpdatesResponse:
        """Acknowledge and reject, under the lock of the row."""
        async with self._database.connection() as connection, connection.transaction():
            row = _checked(await lock(connection, [request.subscription_id], owner), request)
            if row.refused_stream >= request.stream or request.through_revision <= row.acknowledged_revision:
                return _answer(row)  # what follows a rejection on its stream comes again, acknowledged or not
            rejected = [one for one in request.rejected if one.revision > row.acknowledged_revision]
            _check_sent(request.rejected, rejected, sent)
            verdict = judge(
                rejected,
                await rejected_before(connection, row.id, request.through_revision),
                request.through_revision,
                retrying,
            )
            await put_down(connection, row, verdict, sent, errors=len(rejected))
        for one in rejected:
            self._on_rejected(one.reason)
        self._told(row.id, row.stream, verdict.through, ended=verdict.retry_revision is not None)
        answer = api.AcknowledgeUpdatesResponse(
            acknowledged_revision=verdict.through, dead_letter_count=len(verdict.dead)
        )
        if verdict.retry_revision is not None:
            answer.retry_delay.FromTimedelta(verdict.wait)
        return answer

    async def _time_out(self, live: Live) -> None:
        """Reject the first update that waits on a stream."""
        assert live.selection is not None
        assert live.window is not None
        sent = await first_sent(self._database, live.selection, live.window.acknowledged)
        if not sent:
            return
        through = next(iter(sent))[0]
        request = api.AcknowledgeUpdatesRequest(
            subscription_id=live.id, stream=live.number, through_revision=through, rejected=map(_timed_out, sent)
        )
        row = await read(self._database, live.id, None)
        # Whatever reasons the client calls worth another try: it gave none.
        policy = replace(retrying(row.wanted().options), reasons=frozenset())
        await self._judge(request, None, sent, policy)

    def _told(self, subscription_id: str, stream: int, through: int, *, ended: bool = False) -> None:
        """Its stream has to know, wherever it is."""
        for live in self._controls.of(subscription_id):
            if live.number == stream and not ended:
                live.acknowledge(through)
                return
        self._keeper.tell(subscription_id)


def _open(rejected: Iterable[pb.UpdateRejection], row: SubscriptionRow, through: int) -> set[int]:
    return {one.revision for one in rejected if row.acknowledged_revision < one.revision <= through}


def _checked(rows: Sequence[SubscriptionRow], request: api.AcknowledgeUpdatesRequest) -> SubscriptionRow:
    """The row, where an acknowledgement can be of it."""
    if not rows:
        raise SubscriptionNotFound(request.subscription_id)
    row = rows[0].in_use()
    if not row.explicit:
        raise AcknowledgementAutomatic(row.id)
    if request.stream < row.stream:
        raise SubscriptionSuperseded(row.id, request.stream, row.stream)
    sent = row.sent_revision if request.stream == row.begun_stream else 0
    if request.through_revision > max(sent, row.acknowledged_revision):
        raise AcknowledgementBeyondSent(row.id, request.through_revision, sent)
    return row


def _check_sent(asked: Sequence[pb.UpdateRejection], rejected: Sequence[pb.UpdateRejection], sent: Sent) -> None:
    """Raises InvalidRequest for what is no update of the subscription: there is nothing to send again."""
    unknown = [one for one in rejected if (one.revision, one.ordinal) not in sent]
    if unknown:
        raise InvalidRequest(
            [
                Violation(f"rejected[{at}]", f"revision {one.revision} has no update {one.ordinal} of the subscription")
                for at, one in enumerate(asked)
                if one in unknown
            ]
        )


def _timed_out(place: Place) -> pb.UpdateRejection:
    revision, ordinal = place
    message = "It was not acknowledged within the subscription's acknowledgement_timeout."
    return pb.UpdateRejection(revision=revision, ordinal=ordinal, retryable=True, reason=TIMEOUT, message=message)


def _answer(row: SubscriptionRow) -> api.AcknowledgeUpdatesResponse:
    """Where it stands, for what changes nothing."""
    answer = api.AcknowledgeUpdatesResponse(acknowledged_revision=row.acknowledged_revision)
    if row.retry_at is not None:
        answer.retry_delay.FromTimedelta(max(row.retry_at - row.now, timedelta(0)))
    return answer
