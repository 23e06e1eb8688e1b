"""Adding what replicas counted to what all have counted, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg

from modeldex_server.errors import ModeldexError
from modeldex_server.feed.statistics.flushing import Flusher
from modeldex_server.feed.statistics.meter import Meter
from modeldex_server.store.database import Database
from support.checks import Catalogue

BEGIN = 1_800_000_000.0  # a whole minute


@dataclass
class Sent:
    count: int
    committed: float
    oldest: float


def totals(tables: Catalogue) -> dict[str, tuple[Any, ...]]:
    """By principal: updates, messages, seconds of delivery, the longest, seconds of writing, the last message."""
    rows = tables.rows("""
        SELECT principal, updates, messages, round(delivering::numeric, 3)::float, round(longest::numeric, 3)::float,
               round(writing::numeric, 3)::float, last_updates FROM delivery_total""")
    return {row[0]: row[1:] for row in rows}


async def test_replicas_add_up(database: Database, tables: Catalogue) -> None:
    """counted deliveries: what two replicas count is added, by principal, minute, second and reason; the longest and
    the last are those of all."""
    now = [BEGIN]
    meters = [Meter(lambda: now[0]) for _ in range(2)]
    flushers = [Flusher(database, meter, name) for meter, name in zip(meters, "ab", strict=True)]
    for at, meter in enumerate(meters):
        now[0] = BEGIN + at
        meter.sent(Sent(4, now[0] - 1, now[0] - 2), "", 0.5, level=True)
        meter.sent(Sent(2, now[0] - 3, now[0] - 5), "ann", 0.25, level=False)
        meter.sent(Sent(1 + at, now[0], now[0]), "ann", 0.25, level=True)
        meter.rejected("LATE", 2)
    now[0] = BEGIN + 61
    meters[0].sent(Sent(10, now[0] - 1, now[0] - 1.5), "ann", 1.0, level=True)
    meters[0].sent(Sent(3, now[0] - 1, now[0] - 1), "bob", 1.0, level=True)
    meters[1].rejected("", 1)
    for flusher in reversed(flushers):  # the order makes no difference
        await flusher.flush()
        await flusher.flush()
    assert totals(tables) == {
        "": (8, 2, 8.0, 2.0, 1.0, 4),
        "ann": (17, 5, 22.0, 1.5, 2.0, 10),
        "bob": (3, 1, 3.0, 1.0, 1.0, 3),
    }
    minutes = tables.rows("SELECT extract(epoch FROM minute)::float, updates, rejected FROM delivery_count ORDER BY 1")
    assert minutes == [(BEGIN, 15, 4), (BEGIN + 60, 13, 1)]
    seconds = tables.rows("SELECT principal, extract(epoch FROM second)::float, updates FROM delivery_second")
    assert sorted(seconds) == [
        ("", BEGIN, 3), ("", BEGIN + 1, 4), ("", BEGIN + 61, 13),
        ("ann", BEGIN, 3), ("ann", BEGIN + 1, 4), ("ann", BEGIN + 61, 10), ("bob", BEGIN + 61, 3),
    ]  # fmt: skip
    assert tables.rows("SELECT reason, count FROM rejection_total ORDER BY 1") == [("LATE", 4), ("UNSPECIFIED", 1)]


async def test_a_flush_that_comes_again_adds_nothing(database: Database, tables: Catalogue) -> None:
    """counted deliveries: the same flush sent twice, as where its answer was lost, is added once; the next one is."""
    for _ in range(2):
        meter = Meter(lambda: BEGIN)
        flusher = Flusher(database, meter, "a")  # the first flush of either is number 1 of replica a
        meter.sent(Sent(4, BEGIN, BEGIN), "ann", 0.0, level=True)
        meter.rejected("LATE")
        await flusher.flush()
        assert totals(tables)["ann"][:2] == (4, 1)
    meter.sent(Sent(5, BEGIN, BEGIN), "ann", 0.0, level=True)
    await flusher.flush()
    assert totals(tables)["ann"][:2] == (9, 2)
    assert tables.rows("SELECT updates, rejected FROM delivery_count") == [(9, 1)]
    assert tables.rows("SELECT updates FROM delivery_second WHERE principal = ''") == [(9,)]


async def test_connections_that_are_cut_lose_and_double_nothing(database: Database, tables: Catalogue) -> None:
    """counted deliveries: two replicas flush while their connections are cut, before or after a commit."""
    meters = [Meter() for _ in range(2)]
    flushers = [Flusher(database, meter, name) for meter, name in zip(meters, "ab", strict=True)]
    sent = cut = failed = 0
    flushing = True

    async def flush(meter: Meter, flusher: Flusher) -> None:
        nonlocal sent, failed
        flushes = 0
        while flushes < 150 or not cut:
            flushes += 1
            for principal in ("", "ann", "bob"):
                count = random.randrange(1, 9)
                meter.sent(Sent(count, BEGIN, BEGIN), principal, 0.0, level=False)
                sent += count
            try:
                await flusher.flush()
            except ModeldexError:
                failed += 1

    async def interrupt() -> None:
        nonlocal cut
        async with await psycopg.AsyncConnection.connect(tables.url, autocommit=True) as connection:
            while flushing:
                found = await connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND query LIKE '%%delivery_flush%%' AND pid <> pg_backend_pid()"
                )
                cut += len(await found.fetchall())
                await asyncio.sleep(random.random() / 50)

    interrupting = asyncio.create_task(interrupt())
    await asyncio.gather(*map(flush, meters, flushers))
    flushing = False
    await interrupting
    for flusher in flushers:
        for _ in range(10):
            with suppress(ModeldexError):
                await flusher.flush()
    assert sum(row[0] for row in totals(tables).values()) == sent
    assert sum(row[0] for row in tables.rows("SELECT updates FROM delivery_count")) == sent


async def test_reasons_without_end_are_one(database: Database, tables: Catalogue) -> None:
    """counted deliveries: reasons are words of callers; past a thousand, new ones are counted together, and known ones
    as before."""
    meter = Meter(lambda: BEGIN)
    flusher = Flusher(database, meter, "a")
    meter.rejected("KNOWN")
    await flusher.flush()
    for step in range(3):
        for number in range(700):
            meter.rejected(f"REASON-{step}-{number}")
        meter.rejected("KNOWN")
        await flusher.flush()
    rows = dict(tables.rows("SELECT reason, count FROM rejection_total"))
    assert rows["KNOWN"] == 4
    assert sum(rows.values()) == 2104
    assert rows["OTHER"] == 2104 - 4 - 999
    assert len(rows) == 1001
