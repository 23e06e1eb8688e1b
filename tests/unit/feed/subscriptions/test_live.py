"""What a stream of a subscription may send, as it hears of changes, acknowledgements and its end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import subscription_pb2 as pb
from modeldex.v1 import update_pb2
from modeldex_server.conditions.updates import UpdateFilter
from modeldex_server.errors import (
    ModeldexError,
    NotReady,
    SubscriptionChanged,
    SubscriptionExpired,
    SubscriptionNotFound,
    SubscriptionSuperseded,
)
from modeldex_server.feed.classes import Batch
from modeldex_server.feed.encoding import Selection
from modeldex_server.feed.ring import ENDLESS
from modeldex_server.feed.subscriptions.controls import Controls
from modeldex_server.feed.subscriptions.live import Live
from modeldex_server.feed.subscriptions.records import SubscriptionRow
from modeldex_server.feed.tokens import ResumeTokens
from modeldex_server.ledger.events import KINDS
from modeldex_server.ledger.logged import LogRow
from modeldex_server.security.scope import EVERYTHING

EPOCH, MOMENT = UUID(int=1), datetime(2026, 1, 1, tzinfo=UTC)
EXPLICIT = pb.ACKNOWLEDGEMENT_MODE_EXPLICIT
CREATED, UPDATED, PAUSED, RESUMED, DELETED, EXPIRED = (
    update_pb2.SUBSCRIPTION_UPDATE_TYPE_CREATED,
    update_pb2.SUBSCRIPTION_UPDATE_TYPE_UPDATED,
    update_pb2.SUBSCRIPTION_UPDATE_TYPE_PAUSED,
    update_pb2.SUBSCRIPTION_UPDATE_TYPE_RESUMED,
    update_pb2.SUBSCRIPTION_UPDATE_TYPE_DELETED,
    update_pb2.SUBSCRIPTION_UPDATE_TYPE_EXPIRED,
)


class Ground:
    """A stream, its clock, and what it did to others."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.announced = 0
        self.woken = 0
        self.ended: list[ModeldexError] = []
        self.live = Live("one", ResumeTokens(), self.ended.append, announce=self._announce, clock=lambda: self.now)
        self.live.attend(self._wake)

    def begin(self, options: pb.SubscriptionOptions | None = None, **fields: Any) -> Live:
        self.live.begin(row(options, **fields), EPOCH, Selection(frozenset(), UpdateFilter([], None), EVERYTHING))
        return self.live

    def _announce(self, live: Live) -> None:
        self.announced += 1

    def _wake(self) -> None:
        self.woken += 1


def row(options: pb.SubscriptionOptions | None = None, **fields: Any) -> SubscriptionRow:
    """That of a subscription whose third stream begins after revision 10."""
    usual = dict.fromkeys(SubscriptionRow.__dataclass_fields__, 0) | {
        "id": "one", "principal": "ann", "wish": pb.Subscription(options=options).SerializeToString(),
        "control_revision": 4, "status": pb.SUBSCRIPTION_STATUS_ACTIVE, "pause_revision": None, "stream": 3,
        "acknowledged_revision": 10, "sent_before": [], "retry_at": None, "now": MOMENT, "expired": "",
    }  # fmt: skip
    return SubscriptionRow(**(usual | fields))  # type: ignore[arg-type] # of many types


@pytest.fixture
async def ground() -> Ground:
    return Ground()


async def test_it_may_send_everything(ground: Ground) -> None:
    """A subscription that nobody stopped has no end."""
    live = ground.begin()
    assert live.limit(10) == ENDLESS
    assert live.state is None
    assert await live.admit(Batch(12, 2, b"x"), 0)
    live.passed(12, 2)
    assert (live.position, live.acknowledged, live.count, ground.announced) == (12, 12, 2, 0)


async def test_a_pause_is_a_bound_and_a_resumption_lifts_it(ground: Ground) -> None:
    """paused: what is not after it may be sent; then nothing."""
    live = ground.begin()
    live.control(15, PAUSED)
    assert live.limit(12) == 15
    assert live.limit(15) == 15
    assert live.state == api.WATCH_FLOW_STATE_PAUSED
    live.control(20, RESUMED)
    assert live.limit(15) == ENDLESS
    assert live.state is None
    assert ground.woken == 2


async def test_what_its_row_knows_is_not_obeyed_again(ground: Ground) -> None:
    """paused: of the changes that came while it was opened those count that its row does not have yet."""
    for revision, told in ((3, PAUSED), (4, RESUMED), (6, PAUSED), (8, RESUMED), (9, PAUSED)):
        ground.live.control(revision, told)
    live = ground.begin(control_revision=8)
    assert live.limit(5) == 9
    other = Ground()
    other.live.control(3, PAUSED)
    assert other.begin(control_revision=4).limit(5) == ENDLESS
    paused = Ground().begin(status=pb.SUBSCRIPTION_STATUS_PAUSED, pause_revision=11)
    assert (paused.limit(10), paused.state) == (11, api.WATCH_FLOW_STATE_PAUSED)


async def test_a_replica_that_reads_late_of_what_its_row_knows_goes_on(ground: Ground) -> None:
    """A stream that is opened where the log is behind the change that it begins with is not ended by it."""
    live = ground.begin(control_revision=12)
    live.control(12, UPDATED)
    live.control(11, PAUSED)
    assert live.limit(12) == ENDLESS
    live.control(13, UPDATED)
    with pytest.raises(SubscriptionChanged):
        live.limit(13)


async def test_a_change_ends_it_once_it_is_there(ground: Ground) -> None:
    """What came before the change is sent by the old filters; where it may not be sent now, it is chosen anew."""
    live = ground.begin()
    live.control(15, UPDATED)
    live.control(17, UPDATED)
    assert live.limit(12) == 15
    with pytest.raises(SubscriptionChanged) as caught:
        live.limit(15)
    assert caught.value.metadata["revision"] == "15"
    paused = Ground().begin()
    paused.control(12, PAUSED)
    paused.control(15, UPDATED)
    assert paused.limit(11) == 12
    with pytest.raises(SubscriptionChanged):
        paused.limit(12)


@pytest.mark.parametrize(("told", "error"), [(DELETED, SubscriptionNotFound), (EXPIRED, SubscriptionExpired)])
async def test_what_is_gone_sends_nothing_more(ground: Ground, told: Any, error: type[ModeldexError]) -> None:
    """Not even what came before; a stream whose client does not read is cut off after a while."""
    live = ground.begin()
    live.control(15, told)
    live.insist()
    assert not ground.ended
    ground.now += 4
    live.insist()
    assert [type(one) for one in ground.ended] == [error]
    with pytest.raises(error):
        live.limit(10)


async def test_the_first_end_counts(ground: Ground) -> None:
    """A stream ends once, for one reason."""
    live = ground.begin()
    live.end(SubscriptionSuperseded("one", 3, 4))
    live.end(NotReady())
    with pytest.raises(SubscriptionSuperseded):
        live.limit(10)


async def test_a_batch_waits_until_the_store_knows(ground: Ground) -> None:
    """unique: with explicit acknowledgement nothing is written before any replica can judge its acknowledgement."""
    live = ground.begin(pb.SubscriptionOptions(acknowledgement=EXPLICIT))
    assert not await live.admit(Batch(12, 2, b"x"), 0.01)
    assert (live.sent, live.position, live.is_ahead) == (12, 10, True)
    waiting = asyncio.create_task(live.admit(Batch(14, 2, b"x"), 60))
    await asyncio.sleep(0)
    live.kept(10, 12, 0)
    await asyncio.sleep(0)
    assert not waiting.done()
    live.kept(10, 14, 0)
    assert await waiting
    assert not live.is_ahead


async def test_a_batch_that_waits_is_not_sent_after_the_end(ground: Ground) -> None:
    """one stream: and what was not sent is not said to be."""
    live = ground.begin(pb.SubscriptionOptions(acknowledgement=EXPLICIT))
    waiting = asyncio.create_task(live.admit(Batch(14, 2, b"x"), 60))
    await asyncio.sleep(0)
    live.end(SubscriptionSuperseded("one", 3, 4))
    with pytest.raises(SubscriptionSuperseded):
        await waiting
    assert live.sent == 10


async def test_its_window_stops_it(ground: Ground) -> None:
    """windowed: until something is acknowledged; what held nothing is done with where nothing waits."""
    live = ground.begin(pb.SubscriptionOptions(acknowledgement=EXPLICIT, max_unacknowledged=2))
    live.passed(12, 2)
    assert (live.limit(12), live.state) == (12, api.WATCH_FLOW_STATE_WINDOW_FULL)
    assert live.acknowledged == 10
    live.acknowledge(12)
    assert (live.limit(12), live.state) == (ENDLESS, None)
    live.passed(19, 0)
    assert live.acknowledged == 19


async def test_what_was_sent_before_comes_apart(ground: Ground) -> None:
    """redelivered: a message ends where another number of attempts begins."""
    live = ground.begin(pb.SubscriptionOptions(acknowledgement=EXPLICIT), sent_before=[20, 15, 20])
    told = [api.WatchResponse.FromString(live.fields(after, after + 1)) for after in (10, 14, 15, 19, 20)]
    assert [one.attempt for one in told] == [4, 4, 3, 3, 1]
    assert {one.stream for one in told} == {3}
    assert [live.limit(after) for after in (10, 14, 15, 20)] == [15, 15, 20, ENDLESS]


async def test_a_retry_waits_for_its_time(ground: Ground) -> None:
    """redelivered: nothing before it; then the stream looks again by itself."""
    options = pb.SubscriptionOptions(acknowledgement=EXPLICIT)
    live = ground.begin(options, retry_at=MOMENT + timedelta(seconds=0.05))
    assert (live.limit(10), live.state) == (10, api.WATCH_FLOW_STATE_RETRYING)
    ground.now += 0.05
    assert (live.limit(10), live.state) == (ENDLESS, None)
    await asyncio.sleep(0.2)
    assert ground.woken == 1


async def test_only_what_waits_too_long_is_overdue(ground: Ground) -> None:
    """redelivered: not where the stream is over, nor where it acknowledges by itself."""
    options = pb.SubscriptionOptions(acknowledgement=EXPLICIT)
    options.acknowledgement_timeout.FromSeconds(5)
    live = ground.begin(options)
    live.passed(12, 1)
    ground.now += 5
    assert not live.overdue
    ground.now += 1
    assert live.overdue
    live.left = True
    assert not live.overdue
    automatic = Ground().begin()
    automatic.passed(12, 1)
    assert not automatic.overdue


async def test_the_place_is_told_now_and_then(ground: Ground) -> None:
    """What only followed the log needs no word, unless it went far; what was written does."""
    live = ground.begin()
    live.passed(900, 0)
    assert not live.is_ahead
    live.passed(1100, 0)
    assert live.is_ahead
    live.kept(1100, 0, 0)
    live.passed(1101, 1)
    assert live.is_ahead


def told(revision: int, type_: Any, subscription_id: str = "one") -> LogRow:
    body = update_pb2.SubscriptionUpdate(type=type_, subscription_id=subscription_id).SerializeToString()
    usual = dict.fromkeys(LogRow.__dataclass_fields__, 0)
    return LogRow(**(usual | {"revision": revision, "kind": KINDS["subscription"], "body": body}))  # type: ignore[arg-type]


async def test_changes_reach_every_stream_of_the_subscription(ground: Ground) -> None:
    """paused: the older and the newer one while it is handed over, and no other."""
    controls, other = Controls(), Ground()
    live, newer = ground.begin(), other.begin()
    stranger = Live("two", ResumeTokens(), lambda _: None, announce=lambda _: None)
    with controls.reaching(live), controls.reaching(newer), controls.reaching(stranger):
        controls.apply([told(15, PAUSED), told(15, PAUSED, "nobody")])
        assert (live.limit(10), newer.limit(10)) == (15, 15)
        assert stranger.state is None
        controls.begin_anew()
    assert not controls.of("one")
    for one in (live, newer, stranger):
        with pytest.raises(NotReady):
            one.limit(10)
