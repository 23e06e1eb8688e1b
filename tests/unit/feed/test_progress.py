"""What a stream tells of its progress, and what health and the meter make of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import cast

from logs import EPOCH, MOMENT, revision, selection

from modeldex.v1 import feed_statistics_pb2 as stats
from modeldex_server.feed.classes import Limits
from modeldex_server.feed.feed import Feed
from modeldex_server.feed.statistics.health import Health, Vitals
from modeldex_server.feed.statistics.meter import Meter
from modeldex_server.feed.stream import Pace, Stream
from modeldex_server.store.database import Database

NOWHERE = cast(Database, None)
PACE = Pace(Limits(500, 1024 * 1024), delay=0, bookmarks=3600)


class Stage:
    """A feed at revision 5 with one stream, whose client reads or does not, and a clock for all."""

    def __init__(self) -> None:
        self.now = MOMENT.timestamp() + 2  # two seconds after each commit
        self.reading = asyncio.Event()
        self.reading.set()
        self.feed = Feed(lag=lambda: 0.5, most_streams=10)
        self.feed.meter = Meter(lambda: self.now)
        self.feed.load(b"key", EPOCH, 5)
        vitals = Vitals("one", MOMENT, away=lambda: 0.1, redis_away=lambda: False)
        self.health = Health(self.feed, NOWHERE, vitals, lambda: MOMENT + timedelta(seconds=self.now))

    async def write(self, data: bytes) -> None:
        await self.reading.wait()

    async def follow(self, start: int) -> None:
        """Run a stream that begins after a revision."""
        with self.feed.open(selection(), lambda _: None) as of:
            stream = Stream(self.feed, of, NOWHERE, self.write, PACE, age=1e9, clock=lambda: self.now)
            await stream.run(start)

    async def apply(self, *numbers: int) -> None:
        for number in numbers:
            self.feed.apply(revision(number, events=2).events)
        await settle()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_client_that_does_not_read_is_told_of() -> None:
    """health is told: how far the last stream is behind, how many have not been read for a minute; and that it is over
    once they are."""
    stage = Stage()
    running = asyncio.create_task(stage.follow(5))
    await settle()
    stage.reading.clear()
    await stage.apply(6, 7, 8)
    told = stage.health.tell()
    assert (told.status, told.active_streams, told.queue_size, told.stalled_streams) == (
        stats.HEALTH_STATUS_HEALTHY, 1, 3, 0,
    )  # fmt: skip
    stage.now += 61
    told = stage.health.tell()
    assert (told.status, told.stalled_streams) == (stats.HEALTH_STATUS_DEGRADED, 1)
    assert [one.type for one in told.issues] == [stats.HEALTH_ISSUE_TYPE_PERFORMANCE]
    stage.reading.set()
    await settle()
    told = stage.health.tell()
    assert (told.status, told.queue_size, told.stalled_streams) == (stats.HEALTH_STATUS_HEALTHY, 0, 0)
    assert [one.HasField("resolve_time") for one in told.issues] == [True]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert stage.health.tell().active_streams == 0


async def test_the_meter_knows_who_was_level() -> None:
    """counted deliveries: the longest delivery is one of a stream that had come all the way; what piled up behind a
    message that was stuck is counted, and is none of it."""
    stage = Stage()
    running = asyncio.create_task(stage.follow(5))
    await settle()
    await stage.apply(6)
    (tally,) = stage.feed.meter.take().tallies.values()
    assert (tally.updates, tally.messages, tally.longest, tally.delivering) == (2, 1, 2.0, 4.0)
    stage.reading.clear()
    await stage.apply(7)  # under way for nine seconds
    stage.now += 9
    await stage.apply(8, 9)
    stage.reading.set()
    await settle()
    (tally,) = stage.feed.meter.take().tallies.values()
    assert (tally.updates, tally.messages, tally.longest, tally.writing) == (6, 2, 11.0, 9.0)
    stage.now += 1000
    other = asyncio.create_task(stage.follow(5))  # comes late, and is not level
    await settle()
    (tally,) = stage.feed.meter.take().tallies.values()
    assert (tally.updates, tally.longest, tally.delivering) == (8, 0.0, 8 * 1011.0)
    for task in (running, other):
        task.cancel()
    await asyncio.gather(running, other, return_exceptions=True)
