"""Counting the events of the log, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import psycopg
import pytest

from modeldex.v1 import update_pb2 as pb
from modeldex_server.errors import ModeldexError
from modeldex_server.feed.statistics import counting
from modeldex_server.feed.statistics.cleanup import Cleanup
from modeldex_server.feed.statistics.counting import EventCounter
from modeldex_server.feed.subscriptions.expiry import Expiry
from modeldex_server.ledger.compaction import Compactor, Retention
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.store.database import Database
from modeldex_server.store.embedded import EmbeddedServer
from modeldex_server.store.migrate import migrate, packaged
from support.checks import Catalogue
from support.models import plain
from support.waiting import eventually
from support.writes import delete, save

NOTHING_KEPT = Retention(timedelta(0), 0)
_LOGGED = """
SELECT date_trunc('minute', r.committed_at), e.kind, e.type, e.provider_id, e.model_id
FROM update_event e JOIN revision r USING (revision)"""


def told(*model_ids: str) -> list[pb.UpdateEvent]:
    """External updates of models, and one of a capability, which is about no provider."""
    updates = [pb.ModelUpdate(type=pb.MODEL_UPDATE_TYPE_UPDATED, model_id=one, provider_id="told") for one in model_ids]
    return [
        *(pb.UpdateEvent(external=True, model=one) for one in updates),
        pb.UpdateEvent(external=True, capability=pb.CapabilityUpdate(type=pb.CAPABILITY_UPDATE_TYPE_ADDED)),
    ]


async def some(ledger: Ledger, count: int, prefix: str = "acme") -> None:
    """So many revisions: models come, change, go and come back, and updates are published."""
    for number in range(count):
        model_id = f"{prefix}/model-{number % 7}"
        if number % 5 == 4:
            await delete(ledger, f"{prefix}/model-{(number - 1) % 7}")
        else:
            await save(ledger, plain(model_id, f"{number}"), events=told(f"told/model-{number % 3}"))


class Log:
    """All events that the log ever had, as a plain reader counts them."""

    def __init__(self, tables: Catalogue) -> None:
        self._tables = tables
        self._gone: list[tuple[object, ...]] = []

    def remember(self) -> None:
        """What there is now, for it may be compacted."""
        self._gone = self.rows()

    def rows(self) -> list[tuple[object, ...]]:
        """Each event: its minute, kind, type, provider and model."""
        return self._tables.rows(_LOGGED)

    def check(self, rows: list[tuple[object, ...]] | None = None) -> None:
        """counted once: the tables hold what the log holds, by type, provider, minute and model."""
        rows = self.rows() if rows is None else rows
        assert self._counts("SELECT kind, type, provider_id, count FROM event_total") == Counter(
            row[1:4] for row in rows
        )
        assert self._counts("SELECT minute, kind, type, provider_id, count FROM event_count") == Counter(
            row[:4] for row in rows
        )
        assert self._counts("SELECT minute, model_id, count FROM model_event_count") == Counter(
            (row[0], row[4]) for row in rows if row[4] is not None
        )

    def _counts(self, query: str) -> Counter[tuple[object, ...]]:
        return Counter({tuple(key): count for *key, count in self._tables.rows(query)})  # type: ignore[arg-type]


def counter(database: Database, tables: Catalogue) -> EventCounter:
    """One replica's."""
    return EventCounter(database, lambda: tables.head)


async def test_the_totals_are_what_the_log_holds(
    database: Database, ledger: Ledger, tables: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """counted once: in steps that end within a revision, over several minutes, again and again."""
    monkeypatch.setattr(counting, "_PAGE", 7)
    log = Log(tables)
    for round_ in range(3):
        await some(ledger, 12)
        minutes = timedelta(minutes=3 - round_)
        tables.run("UPDATE revision SET committed_at = committed_at - %s WHERE revision > %s", [minutes, round_ * 12])
        for _ in range(2):
            await counter(database, tables).count()
            log.check()
    assert await counter(database, tables).mark() == tables.head == 36
    assert len({row[0] for row in log.rows()}) >= 3


async def test_replicas_that_count_at_once_and_are_cut_off_count_each_event_once(
    database: Database, ledger: Ledger, tables: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """counted once: four replicas count while two write and connections are cut under their statements."""
    monkeypatch.setattr(counting, "_PAGE", 7)
    counters, writing = [counter(database, tables) for _ in range(4)], True
    counted = cut = 0

    async def count(one: EventCounter) -> None:
        nonlocal counted
        while writing:
            with suppress(ModeldexError):
                await one.count()
            counted += 1
            await asyncio.sleep(random.random() / 50)

    async def interrupt() -> None:
        nonlocal cut
        async with await psycopg.AsyncConnection.connect(tables.url, autocommit=True) as connection:
            while writing:
                found = await connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND query LIKE '%%event_count_mark%%' AND state = 'active' AND pid <> pg_backend_pid()"
                )
                cut += len(await found.fetchall())
                await asyncio.sleep(0.005)

    async def write() -> None:
        nonlocal writing
        written = await asyncio.gather(some(ledger, 60), some(ledger, 60, "other"), return_exceptions=True)
        while not cut or counted <= 4:  # what is to happen meanwhile may take longer than the writes
            await asyncio.sleep(0.01)
        writing = False
        assert [one for one in written if isinstance(one, Exception) and not isinstance(one, ModeldexError)] == []

    async def all_counted() -> bool:
        await counters[0].count()
        return await counters[0].mark() == tables.head

    await asyncio.gather(write(), interrupt(), *map(count, counters))
    await eventually(all_counted, "the rest to be counted: who was cut off may still hold the mark")
    Log(tables).check()


async def test_what_is_not_counted_stays_in_the_log(
    database: Database, ledger: Ledger, tables: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """counted once, compaction: the log forgets nothing that is still to be counted, whatever its retention."""
    monkeypatch.setattr(counting, "_PAGE", 7)
    await some(ledger, 20)
    log, one = Log(tables), counter(database, tables)
    all_events = log.rows()
    compactor = Compactor(database, NOTHING_KEPT, used=one.mark)
    await compactor.compact()
    assert tables.compacted == 0
    await database.rows(counting._Step, counting._COUNT, {"limit": 7})  # one step of several
    assert 0 < await one.mark() < 20
    deleted = await compactor.compact()
    assert tables.compacted == await one.mark() == deleted.revisions
    await one.count()
    assert (await compactor.compact()).revisions == 20 - deleted.revisions
    assert log.rows() == []
    log.check(all_events)


@pytest.fixture
def older_url(postgres: EmbeddedServer) -> Iterator[str]:
    """A database as the release before this migration left it."""
    name = f"older_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield postgres.url.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def test_a_database_of_an_older_release_is_counted_as_far_as_its_log_reaches(older_url: str) -> None:
    """counted once: what the log still has when the tables come is counted, and what follows."""
    tables = Catalogue(older_url)
    # The rest is that of now, for so is the ledger.
    await migrate(older_url, [one for one in packaged() if one.name != "0005_statistics.sql"])
    database = Database(older_url, size=3)
    await database.open()
    try:
        ledger = Ledger(database, lambda _: None)
        await some(ledger, 12)
        await Compactor(database, Retention(timedelta(0), 5)).compact()
        assert tables.compacted == 7
        await migrate(older_url)
        assert await counter(database, tables).mark() == 7
        await some(ledger, 3)
        await counter(database, tables).count()
        Log(tables).check()
        assert await counter(database, tables).mark() == 15
    finally:
        await database.close()


async def test_old_counts_of_models_are_kept_by_the_hour(database: Database, ledger: Ledger, tables: Catalogue) -> None:
    """counted once: a cleanup joins what is older than a day by the hour, leaves the younger as it is, and changes
    no sum; what is older than 400 days goes."""
    cleanup = Cleanup(database, Expiry(database, ledger), Compactor(database, Retention()))
    # Which hour it is does not change meanwhile: one that is about to begin counts as begun.
    ((hour,),) = tables.rows("SELECT date_trunc('hour', clock_timestamp() + interval '10 minutes', 'UTC')")
    tables.run(
        """
        INSERT INTO model_event_count
        SELECT %s - days * interval '1 day' + at * interval '1 minute', 'acme/model', 1
        FROM unnest(ARRAY[0, 1, 3, 7, 401]) AS days, generate_series(0, 59, 7) AS at""",
        [hour],
    )
    for old in (9, 0):  # the second finds nothing to do
        removed = await cleanup.clean()
        assert bool(removed.freed_bytes) == bool(old)
        rows = tables.rows(
            "SELECT (%s::date - date_trunc('hour', minute, 'UTC')::date),"
            " count(*), sum(count)::integer FROM model_event_count GROUP BY 1 ORDER BY 1",
            [hour],
        )
        assert rows == [(0, 9, 9), (1, 9, 9), (3, 1, 9), (7, 1, 9)]
