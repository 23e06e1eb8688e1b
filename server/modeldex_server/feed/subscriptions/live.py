"""A live stream of a subscription: what it may send now, and how far it came."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from uuid import UUID

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2
from modeldex_server.errors import (
    ModeldexError,
    SubscriptionChanged,
    SubscriptionExpired,
    SubscriptionNotFound,
)
from modeldex_server.feed.classes import Batch
from modeldex_server.feed.encoding import Selection
from modeldex_server.feed.feed import End
from modeldex_server.feed.ring import ENDLESS
from modeldex_server.feed.subscriptions import attempts
from modeldex_server.feed.subscriptions.records import SubscriptionRow
from modeldex_server.feed.subscriptions.window import Window
from modeldex_server.feed.tokens import ResumeTokens

COMPACTED = "compacted"  # why a subscription expires whose place the log has forgotten
# A stream that is to end does so between two messages. One whose client does not read is cut off after so long.
_GRACE = 3.0

_FAR = 1000  # revisions: the log must not forget a place while nobody knows that it is left behind
_WINDOW, _TIMEOUT = 1000, 30.0


def token_key(subscription_id: str) -> bytes:
    """What the resume tokens of a subscription are bound to: they outlive its filters."""
    return b"subscription " + subscription_id.encode()


class Live:
    """The Delivery of one stream. Changes of the subscription reach it from when it is made; it sends something once it
    has begun. To be touched from the event loop only."""

    def __init__(
        self,
        subscription_id: str,
        tokens: ResumeTokens,
        end: End,
        *,
        announce: Callable[[Live], None],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """
        Args:
            end: ends the stream from outside, also while its client does not read.
            announce: asks for `sent` to be put into the store, which is told by `kept`.
        """
        self.id = subscription_id
        self.number = 0
        self.epoch = UUID(int=0)
        self.principal = ""
        self.priority = 0
        self.selection: Selection | None = None
        self.window: Window | None = None  # where the client acknowledges
        self.position = 0  # every update up to it was written
        self.sent = 0  # every update up to it may have been written
        self.count = 0  # updates that were written for the subscription, on this stream and on those before
        self.counted = 0  # of these, what the store knows of
        self.known = 0  # `position`, as far as the store knows
        self.kept_at = 0.0  # when the store heard of it
        self.left = False  # the stream is over
        self.ended_at: float | None = None  # it was told to be over
        self._asked = self._stored = 0  # `sent` as it is to be put into the store, and as it is there
        self._tokens = tokens
        self._end = end
        self._announce = announce
        self._clock = clock
        self._begun = False
        self._early: list[tuple[int, update_pb2.SubscriptionUpdateType.ValueType]] = []
        self._controlled = 0  # the last change that it began with
        self._error: ModeldexError | None = None
        self._bound = ENDLESS
        self._changed_at = ENDLESS
        self._retry_at = 0.0
        self._sent_before: list[int] = []
        self._wake: Callable[[], None] = lambda: None
        self._heard = asyncio.Event()

    def begin(self, row: SubscriptionRow, epoch: UUID, selection: Selection) -> None:
        """Begin as the row says, which is that of this stream: after what is acknowledged."""
        options = row.wanted().options
        self.number, self.epoch, self.selection, self.priority = row.stream, epoch, selection, options.priority
        self.principal = row.principal
        self.position = self.known = self.sent = self._stored = row.acknowledged_revision
        self.count = self.counted = row.event_count
        self.kept_at = self._clock()
        self._sent_before = row.sent_before
        if row.explicit:
            most = options.max_unacknowledged if options.HasField("max_unacknowledged") else _WINDOW
            given = options.HasField("acknowledgement_timeout")
            timeout = options.acknowledgement_timeout.ToTimedelta().total_seconds() if given else _TIMEOUT
            self.window = Window(most, timeout)
            self.window.acknowledge(row.acknowledged_revision)
        if row.paused and row.pause_revision is not None:
            self._bound = row.pause_revision
        if row.retry_at is not None and (wait := (row.retry_at - row.now).total_seconds()) > 0:
            self._retry_at = self._clock() + wait
            asyncio.get_running_loop().call_later(wait, self._look)
        self._begun = True
        self._controlled = row.control_revision
        for revision, told in self._early:
            self.control(revision, told)

    # What others tell it.

    def control(self, revision: int, told: update_pb2.SubscriptionUpdateType.ValueType) -> None:
        """The subscription was changed at a revision. Nothing after it was sent yet."""
        if not self._begun:
            self._early.append((revision, told))
        elif revision <= self._controlled:
            return  # it began with that; this replica reads of it only now
        elif told == update_pb2.SUBSCRIPTION_UPDATE_TYPE_PAUSED:
            self._bound = revision
        elif told == update_pb2.SUBSCRIPTION_UPDATE_TYPE_RESUMED:
            self._bound = ENDLESS
        elif told == update_pb2.SUBSCRIPTION_UPDATE_TYPE_UPDATED:
            self._changed_at = min(self._changed_at, revision)
        elif told == update_pb2.SUBSCRIPTION_UPDATE_TYPE_DELETED:
            self.end(SubscriptionNotFound(self.id))
        elif told == update_pb2.SUBSCRIPTION_UPDATE_TYPE_EXPIRED:
            self.end(SubscriptionExpired(self.id, COMPACTED))  # it is not idle, for it is watched
        self._look()

    def acknowledge(self, revision: int) -> None:
        """Everything up to a revision is done with."""
        if self.window is not None and revision > self.window.acknowledged:
            self.window.acknowledge(revision)
            self._look()

    def kept(self, position: int, sent: int, count: int) -> None:
        """The store knows how far it is, how far it may have come, and how many updates were written."""
        self._stored = max(self._stored, sent)
        self.known, self.counted, self.kept_at = position, count, self._clock()
        self._heard.set()

    def end(self, error: ModeldexError) -> None:
        """It is over: nothing more is sent. Only the first counts."""
        if self.ended_at is None:
            self._error, self.ended_at = error, self._clock()
            self._look()

    def insist(self) -> None:
        """Cut it off, where it is over and its client does not read."""
        if self._error is not None and self.ended_at is not None and self._clock() - self.ended_at > _GRACE:
            self._end(self._error)

    # What the keeper asks.

    @property
    def acknowledged(self) -> int:
        """Every update up to it is done with, as far as is known here."""
        if self.window is None or self.window.empty:
            return self.position
        return self.window.acknowledged

    @property
    def is_ahead(self) -> bool:
        """Whether the store has to be told more than that the log was followed for a while."""
        return (
            self.left or self.count != self.counted or self._asked > self._stored or self.position - self.known >= _FAR
        )

    @property
    def overdue(self) -> bool:
        """Whether something has waited too long for its acknowledgement."""
        waits = self.window is not None and self.window.overdue(self._clock())
        return waits and not self.left and self.ended_at is None

    # What its stream asks: see Delivery.

    @property
    def state(self) -> api.WatchFlowState.ValueType | None:
        """See Delivery."""
        if self._bound != ENDLESS:
            return api.WATCH_FLOW_STATE_PAUSED
        if self._retries_later:
            return api.WATCH_FLOW_STATE_RETRYING
        if self.window is not None and self.window.full:
            return api.WATCH_FLOW_STATE_WINDOW_FULL
        return None

    def attend(self, wake: Callable[[], None]) -> None:
        """See Delivery."""
        self._wake = wake

    def limit(self, revision: int) -> int:
        """See Delivery."""
        self._check()
        if self._retries_later or (self.window is not None and self.window.full):
            limit = revision
        else:
            limit = min(self._bound, self._changed_at, attempts.cut(self._sent_before, revision))
        if limit <= revision and self._changed_at != ENDLESS:
            raise SubscriptionChanged(self.id, self._changed_at)
        return limit

    async def admit(self, batch: Batch, seconds: float) -> bool:
        """See Delivery."""
        if self.window is None:
            return True
        # Any replica has to know of it before the client can: it may acknowledge there.
        self.sent = self._asked = max(self.sent, batch.through)
        self._announce(self)
        try:
            await self._until_stored(batch.through, seconds)
            self._check()
        except BaseException:
            self.sent = self._asked = self.position
            raise
        return self._stored >= batch.through

    def fields(self, revision: int, through: int) -> bytes:
        """See Delivery. Of a field that stands twice in a message the last one counts: the token is its own."""
        return api.WatchResponse(
            resume_token=self._tokens.encode(through, token_key(self.id)),
            stream=self.number,
            attempt=attempts.attempt(self._sent_before, revision + 1),
        ).SerializeToString()

    def passed(self, through: int, count: int) -> None:
        """See Delivery."""
        self.position = through
        self.sent = max(self.sent, through)
        self.count += count
        if count and self.window is not None:
            self.window.wrote(through, count, self._clock())

    @property
    def _retries_later(self) -> bool:
        return self._clock() < self._retry_at

    async def _until_stored(self, sent: int, seconds: float) -> None:
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                while self._stored < sent and self._error is None:
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            pass

    def _check(self) -> None:
        if (error := self._error) is not None:
            self._error = None  # what was raised keeps the frames it passed
            raise error

    def _look(self) -> None:
        self._heard.set()
        self._wake()
