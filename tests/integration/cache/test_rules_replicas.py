"""Rules on several replicas that share a PostgreSQL: each trigger is answered to once, whatever breaks."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import psycopg
import pytest
from google.protobuf.struct_pb2 import Struct
from psycopg.conninfo import make_conninfo

from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.rules import engine as rules_engine
from modeldex_server.cache.rules import pages, writing
from modeldex_server.errors import ModeldexError
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.store.database import Database
from support.checks import Catalogue
from support.invalidations import ANN, SOFT
from support.models import plain
from support.proxies import Proxy
from support.rules import Setting, invalidate, rule, settle, tag, where
from support.waiting import eventually
from support.writes import save

_MADE = "SELECT target, context FROM invalidation WHERE rule_id <> ''"
_TRIGGERS = """
SELECT (SELECT count(*) FROM invalidation WHERE depth < 3),
       (SELECT count(*) FROM update_event WHERE kind IN (10, 11))"""
_PENDING = """
SELECT count(*) FROM invalidation_rule_mark m, cache_head c, ledger_head h
WHERE m.number < c.number OR m.revision < h.revision"""


@pytest.fixture
async def replicas(database_url: str, network: Proxy) -> AsyncIterator[list[Database]]:
    """The store behind that network, as three replicas have it."""
    host, _, port = network.address.rpartition(":")
    url = make_conninfo(database_url, host=host, port=port, sslmode="disable")
    async with AsyncExitStack() as stack:
        made = [Database(url, size=2) for _ in range(3)]
        for one in made:
            await one.open()
            stack.push_async_callback(one.close)
        yield made


async def test_each_trigger_is_answered_to_once(
    database: Database,
    replicas: list[Database],
    network: Proxy,
    tables: Catalogue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """rules fire once: three replicas run side by side, are stopped and begun again, and their connections are cut in
    the middle of everything, while callers invalidate and the catalogue changes."""
    monkeypatch.setattr(rules_engine, "_AWAY", 0.02)  # whoever was cut comes back at once
    setting, ledger = Setting.over(database), Ledger(database, lambda _: None)
    await setting.add(rule("delete", priority=9))
    await setting.add(rule("tag the rest", tag("left"), conditions=[where("ENTRY", "key", "STARTS_WITH", "left/")]))
    await setting.set("left/over")
    writing_, cuts = True, 0

    async def replica(over: Database) -> None:
        while writing_:
            engine = setting.engine(over)
            running = asyncio.create_task(engine.run())
            for _ in range(random.randint(10, 60)):
                engine.wake()
                await asyncio.sleep(0.01)
            running.cancel()
            ended = (await asyncio.gather(running, return_exceptions=True))[0]
            assert isinstance(ended, asyncio.CancelledError), ended

    async def cut() -> None:
        nonlocal cuts
        async with await psycopg.AsyncConnection.connect(tables.url, autocommit=True) as connection:
            while writing_:
                found = await connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND state <> 'idle' AND pid <> pg_backend_pid()"
                    " AND (query LIKE '%%invalidation_%%' OR query LIKE '%%seen(%%' OR query LIKE '%%cache_head%%')"
                )
                cuts += len(await found.fetchall())
                if random.random() < 0.02:
                    network.cut()
                await asyncio.sleep(0.05)

    async def attempt(work: object) -> bool:
        try:
            await work  # type: ignore[misc] # awaited once
        except (ModeldexError, psycopg.OperationalError):
            return False
        return True

    async def call() -> None:
        nonlocal writing_
        for number in range(40):
            while not await attempt(setting.set(f"acme/{number}")):
                pass
            while not await attempt(setting.invalidate(key=f"acme/{number}", mode=SOFT)):
                pass
            if number % 4 == 0:
                await attempt(save(ledger, plain(f"acme/{number}", f"{number}")))
            await asyncio.sleep(0.02)
        while not cuts:  # they may take longer than the calls
            await asyncio.sleep(0.02)
        writing_ = False

    await asyncio.gather(call(), cut(), *map(replica, replicas))
    await settle_all(setting, tables)
    ((invalidations, events),) = tables.rows(_TRIGGERS)
    fired = Counter(one.rule_id for one in await setting.firings())
    stored = {one.id: one.fire_count for one in await setting.rules.list(ANN)}
    assert fired["rule-00001"] == invalidations + events  # it answers to everything
    assert fired["rule-00002"] == invalidations + events
    assert stored == fired
    made = Counter(key for target, context in tables.rows(_MADE) for key in keys_of(target, context))
    assert set(made.values()) == {1}
    assert made.keys() == {f"acme/{number}" for number in range(40)} - (await setting.entries()).keys()
    assert len(made) >= 30
    assert (await setting.entries())["left/over"].tags == ["left"]


async def settle_all(setting: Setting, tables: Catalogue) -> None:
    """Apply rules until nothing is left: a connection that was ended may hold the mark for a moment more."""

    async def nothing_is_left() -> bool:
        await settle(setting.engine())
        return tables.rows(_PENDING) == [(0,)]

    await eventually(nothing_is_left, "rules to be applied to everything")


def keys_of(target: bytes, context: bytes) -> list[str]:
    """The keys that a rule invalidated at once."""
    key, struct = pb.InvalidationTarget.FromString(target).key, Struct.FromString(context)
    return [key] if key else [value.string_value for value in struct.fields["keys"].list_value.values]


async def test_a_replica_that_is_killed_in_the_middle_has_done_nothing(database: Database, tables: Catalogue) -> None:
    """rules fire once: the connection ends after the entries were written and before the mark moved."""
    setting = Setting.over(database)
    await setting.add(rule("delete"))
    await setting.set("acme/a")
    number = await setting.invalidate(key="acme/a", mode=SOFT)
    move = pages.move

    async def killed(connection: psycopg.AsyncConnection[tuple[object, ...]], _work: object) -> None:
        await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    pages.move = killed  # type: ignore[assignment] # the seam of this one test
    try:
        with pytest.raises(ModeldexError):
            await setting.engine().step()
    finally:
        pages.move = move
    assert await setting.firings() == []
    assert list(await setting.entries()) == ["acme/a"]
    await settle_all(setting, tables)
    assert [fired.number for fired in await setting.firings()] == [number, number + 1]
    assert await setting.entries() == {}


async def test_a_mark_that_is_set_back_fires_nothing_again(database: Database) -> None:
    """rules fire once: what a rule answered to is remembered for itself."""
    setting = Setting.over(database)
    await setting.add(rule("tag", tag("x")))
    await setting.set("acme/a")
    await setting.invalidate(key="acme/a", mode=SOFT)
    await save(Ledger(database, lambda _: None), plain("acme/a"))
    await settle(setting.engine())
    before = await setting.firings()
    await database.execute("UPDATE invalidation_rule_mark SET number = 0, revision = 0")
    await settle(setting.engine())
    assert await setting.firings() == before
    assert len(before) >= 2


async def test_another_replica_leaves_the_work_to_who_has_it(database: Database) -> None:
    """rules fire once: nobody waits for a replica that is at it."""
    setting = Setting.over(database)
    await setting.add(rule("any", tag("x")))
    await setting.invalidate(key="acme/a")
    async with database.connection() as connection, connection.transaction():
        assert await pages.hold(connection) is not None
        assert await setting.engine().step() is None
    assert await setting.engine().step() is False


async def test_an_older_version_does_not_fire_once_a_change_is_acknowledged(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that is disabled while it is applied takes all of that back, and does nothing after."""
    setting = Setting.over(database)
    (made,) = [await setting.add(rule("delete"))]
    await setting.set("acme/a")
    await setting.invalidate(key="acme/a", mode=SOFT)
    record = writing.record_firings

    async def late(connection: object, firings: object) -> bool:
        monkeypatch.setattr(writing, "record_firings", record)
        await setting.rules.update(made.id, rule("delete", enabled=False), ANN)
        return await record(connection, firings)  # type: ignore[arg-type]

    monkeypatch.setattr(writing, "record_firings", late)
    await settle(setting.engine())
    assert await setting.firings() == []
    assert list(await setting.entries()) == ["acme/a"]


@pytest.mark.parametrize("firings", [4, 1_000])
async def test_what_one_page_does_not_hold_comes_with_the_next(
    database: Database, monkeypatch: pytest.MonkeyPatch, firings: int
) -> None:
    """rules fire once: small pages of both logs, and small steps, leave nothing out."""
    monkeypatch.setattr(pages, "_INVALIDATIONS", 3)
    monkeypatch.setattr(pages, "_EVENTS", 8)
    monkeypatch.setattr(pages, "_MOST_FIRINGS", firings)
    setting, ledger = Setting.over(database), Ledger(database, lambda _: None)
    for name in ("one", "two", "three"):
        await setting.add(rule(name, tag(name)))
    for number in range(10):
        await setting.invalidate(key=f"acme/{number}")
        await save(ledger, *(plain(f"acme/{number}-{one}") for one in range(number % 4 + 1)))
    await settle(setting.engine())
    told = Catalogue(database.url).rows("SELECT count(*) FROM update_event WHERE kind IN (10, 11)")[0][0]
    assert Counter(fired.rule_id for fired in await setting.firings()) == {
        f"rule-0000{one}": 10 + told for one in (1, 2, 3)
    }


async def test_a_thousand_rules_and_a_thousand_entries_go_on(database: Database) -> None:
    """A thousand rules look at a thousand entries, again for what they invalidate, and the loop is never
    stopped for long."""
    setting = Setting.over(database)
    for number in range(1_000):
        conditions = [
            where("ENTRY", "tags", "NOT_EQUALS", "nothing"),
            where("METADATA", "team", "EQUALS", f"{number}"),
        ]
        action = tag("seen") if number % 100 else invalidate()
        await setting.add(rule(f"{number}", action, conditions=conditions))
        await setting.set(f"acme/{number}", metadata={"team": f"{number}"})
    await setting.invalidate(key="nobody/x")
    gaps = [0.0]

    async def beat() -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.005)
            gaps.append(time.monotonic() - before)

    beating = asyncio.create_task(beat())
    began = time.monotonic()
    await settle(setting.engine())
    elapsed = time.monotonic() - began
    beating.cancel()
    print(f"{elapsed:.1f} s, the loop stood for {max(gaps):.3f} s at the most")
    fired = Counter(one.number for one in await setting.firings())
    assert fired == {1: 1_000} | dict.fromkeys(range(2, 12), 990)  # what is deleted is there for none
    assert {entry.tags[0] for entry in (await setting.entries()).values()} == {"seen"}
    assert elapsed < 90
    assert max(gaps) < 5
