"""The keeper and its one statement, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from modeldex.v1 import subscription_pb2 as pb
from modeldex_server.conditions.updates import UpdateFilter
from modeldex_server.errors import Redelivery, SubscriptionExpired, SubscriptionSuperseded
from modeldex_server.feed.encoding import Selection
from modeldex_server.feed.subscriptions.controls import Controls
from modeldex_server.feed.subscriptions.keeper import Keeper
from modeldex_server.feed.subscriptions.live import Live
from modeldex_server.feed.subscriptions.records import SubscriptionRow, read
from modeldex_server.feed.tokens import ResumeTokens
from modeldex_server.ledger.log import read_head
from modeldex_server.security.scope import EVERYTHING
from modeldex_server.store.database import Database
from support.waiting import eventually

_INSERT = """
INSERT INTO subscription (id, principal, client_id, type, wish, next_filter, version, status, stream, begun_stream,
                          acknowledged_revision, delivered_revision, idle_timeout)
VALUES (%(id)s, 'ann', 'tests', 2, %(wish)s, 1, 1, 1, 3, 3, 10, 10, %(idle)s)"""


@dataclass
class Ground:
    """A keeper that runs, and subscriptions whose third stream has begun after revision 10."""

    database: Database
    keeper: Keeper
    controls: Controls

    async def live(self, name: str, options: pb.SubscriptionOptions | None = None) -> Live:
        wish = pb.Subscription(options=options).SerializeToString()
        idle = timedelta(days=7)
        await self.database.execute(_INSERT, {"id": name, "wish": wish, "idle": idle})
        live = Live(name, ResumeTokens(), lambda _: None, announce=self.keeper.nudge)
        epoch = (await read_head(self.database)).epoch
        live.begin(await self.row(name), epoch, Selection(frozenset(), UpdateFilter([], None), EVERYTHING))
        self.keeper.take(live)
        return live

    async def row(self, name: str) -> SubscriptionRow:
        return await read(self.database, name, None)

    async def change(self, name: str, what: Any) -> None:
        assert await self.database.execute(f"UPDATE subscription SET {what} WHERE id = %(id)s", {"id": name}) == 1  # type: ignore[arg-type] # from here

    async def until(self, live: Live, wanted: Any, what: str) -> SubscriptionRow:
        async def is_so() -> bool:
            return bool(wanted(await self.row(live.id)))

        await eventually(is_so, what)
        return await self.row(live.id)


@pytest.fixture
async def ground(database: Database) -> AsyncIterator[Ground]:
    await database.execute("UPDATE ledger_head SET revision = 100")
    controls = Controls()
    keeper = Keeper(database, controls)
    running = asyncio.create_task(keeper.run())
    yield Ground(database, keeper, controls)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_it_puts_down_what_was_written(ground: Ground) -> None:
    """kept place: the place and the count of updates, of each stream its own; the count is never counted twice."""
    one, two = await ground.live("one"), await ground.live("two")
    for revision in range(11, 61):
        one.passed(revision, 2)
    two.passed(12, 1)
    row = await ground.until(one, lambda row: row.acknowledged_revision == 60, "the place of the first")
    assert (row.event_count, row.delivered_revision, row.connected) == (100, 60, True)
    row = await ground.until(two, lambda row: row.acknowledged_revision == 12, "the place of the second")
    assert row.event_count == 1


async def test_the_end_of_a_stream_is_put_down(ground: Ground) -> None:
    """one stream: with where it ended, so that the next one need not wait."""
    live = await ground.live("one")
    live.passed(13, 1)
    ground.keeper.let_go(live)
    async with asyncio.timeout(20):
        await ground.keeper.settle()
    row = await ground.row("one")
    assert (row.acknowledged_revision, row.released_stream, row.connected) == (13, 3, False)
    assert not ground.keeper.streams


async def test_an_older_stream_writes_until_the_newer_begins(ground: Ground) -> None:
    """one stream: while the newer one waits, how far the older came counts; once it has begun, nothing of the older
    does, also where it comes late."""
    live = await ground.live("one")
    await ground.change("one", "stream = 4, connected_until = clock_timestamp() + interval '1 hour'")
    live.passed(13, 1)
    row = await ground.until(live, lambda row: row.acknowledged_revision == 13, "the place of the older")
    assert row.connected_until - row.now > timedelta(minutes=50)

    async def is_told() -> bool:
        return live.ended_at is not None

    await eventually(is_told, "the older to hear of the newer")
    with pytest.raises(SubscriptionSuperseded):
        live.limit(13)
    await ground.change("one", "begun_stream = 4, released_stream = 3, acknowledged_revision = 11")
    live.passed(20, 7)
    ground.keeper.let_go(live)
    async with asyncio.timeout(20):
        await ground.keeper.settle()
    row = await ground.row("one")
    assert (row.acknowledged_revision, row.event_count, row.released_stream) == (11, 1, 3)


async def test_nothing_of_another_history_is_written(ground: Ground, database: Database) -> None:
    """never silent: not after the epoch changed, nor beyond the head of a log that was cut."""
    one, two = await ground.live("one"), await ground.live("two")
    await database.execute("UPDATE ledger_head SET revision = 12")
    one.passed(13, 1)
    ground.keeper.let_go(one)
    await database.execute("UPDATE ledger_head SET epoch = gen_random_uuid()")
    two.passed(11, 1)
    ground.keeper.let_go(two)
    async with asyncio.timeout(20):
        await ground.keeper.settle()
    for name in ("one", "two"):
        assert (await ground.row(name)).acknowledged_revision == 10


async def test_a_row_that_somebody_holds_is_left_for_later(ground: Ground, database: Database) -> None:
    """alone: neither does it wait for whoever holds it, nor do the others."""
    held, free = await ground.live("held"), await ground.live("free")
    async with database.connection() as connection, connection.transaction():
        await connection.execute("SELECT 1 FROM subscription WHERE id = 'held' FOR UPDATE")
        held.passed(13, 1)
        free.passed(13, 1)
        await ground.until(free, lambda row: row.acknowledged_revision == 13, "the place of the other")
    await ground.until(held, lambda row: row.acknowledged_revision == 13, "the place of the one that was held")


async def test_it_hears_what_others_changed(ground: Ground, database: Database) -> None:
    """windowed, redelivered, never silent: acknowledgements, rejections, and that the log has forgotten the place."""
    explicit = pb.SubscriptionOptions(acknowledgement=pb.ACKNOWLEDGEMENT_MODE_EXPLICIT, max_unacknowledged=1)
    full, refused, gone = [await ground.live(name, explicit) for name in ("full", "refused", "gone")]
    for live in (full, refused, gone):
        live.passed(13, 1)
        assert live.limit(13) == 13
    await ground.change("full", "acknowledged_revision = 13")
    what = "acknowledged_revision = 12, retry_revision = 13, retry_at = clock_timestamp() + interval '1 hour'"
    await ground.change("refused", f"{what}, refused_stream = 3, sent_before = '{{20}}'")

    async def heard() -> bool:
        return full.limit(13) > 13 and refused.ended_at is not None

    await eventually(heard, "what was changed to be heard")
    with pytest.raises(Redelivery) as caught:
        refused.limit(13)
    assert caught.value.metadata["attempt"] == "3"
    assert caught.value.retry_after is not None
    assert timedelta(minutes=59) < caught.value.retry_after <= timedelta(hours=1)
    full.passed(50, 0)
    await database.execute("UPDATE ledger_head SET compacted = 11")

    async def is_told() -> bool:
        return gone.ended_at is not None

    await eventually(is_told, "the stream to hear that its place is gone")
    with pytest.raises(SubscriptionExpired):
        gone.limit(13)
    assert full.ended_at is None
