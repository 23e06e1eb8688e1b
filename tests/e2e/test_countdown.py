"""The countdown to the deprecation and the retirement of models, on a real PostgreSQL and a clock that is set."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from modeldex.v1 import model_pb2
from modeldex.v1 import update_pb2 as pb
from modeldex_server.discovery import countdown as countdown_room
from modeldex_server.discovery.countdown import Countdown
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.ledger.log import read_full
from modeldex_server.store.database import Database
from support.checks import Catalogue
from support.models import plain
from support.writes import delete, save

START = datetime(2026, 1, 1, tzinfo=UTC)
DEPRECATION, RETIREMENT = pb.LIFECYCLE_MILESTONE_DEPRECATION, pb.LIFECYCLE_MILESTONE_RETIREMENT
Told = tuple[str, int, int]  # (model, milestone, days before)


class Replica:
    """One of several that count down, with a clock of its own."""

    def __init__(self, database: Database) -> None:
        self.now = START
        self.ledger = Ledger(database, lambda _: None)
        self.countdown = Countdown(database, self.ledger, lambda: self.now)

    async def tell_at(self, days: float) -> int:
        """Tell what is due so many days after the start."""
        self.now = START + timedelta(days=days)
        return await self.countdown.tell()


@pytest.fixture
def replica(database: Database) -> Replica:
    return Replica(database)


@pytest.fixture
def tables(database_url: str) -> Catalogue:
    return Catalogue(database_url)


def ending(model_id: str, *, deprecated: float | None = None, retired: float | None = None) -> model_pb2.Model:
    """A model whose end is so many days after the start."""
    model = plain(model_id)
    model.lifecycle.replacement_id = "acme/next"
    if deprecated is not None:
        model.lifecycle.deprecation_time.FromDatetime(START + timedelta(days=deprecated))
    if retired is not None:
        model.lifecycle.retirement_time.FromDatetime(START + timedelta(days=retired))
    return model


async def updates(database: Database) -> list[pb.UpdateEvent]:
    """Every event of the countdown, in order."""
    found: list[pb.UpdateEvent] = []
    after = 0
    while (page := await read_full(database, after)).revisions:
        events = [pb.UpdateEvent.FromString(one.update_event()) for each in page.revisions for one in each.events]
        found += [event for event in events if event.WhichOneof("update") == "lifecycle"]
        after = page.revisions[-1].number
    return found


async def told(database: Database) -> list[Told]:
    found = [event.lifecycle for event in await updates(database)]
    return [(update.model_id, update.milestone, update.days_before) for update in found]


async def test_each_threshold_is_told_once_as_the_day_comes_near(
    database: Database, replica: Replica, tables: Catalogue
) -> None:
    """countdown: 90, 30 and 7 days before, each once however often it is looked for, and nothing after the day."""
    await save(replica.ledger, ending("acme/one", deprecated=100, retired=200))
    steps: list[tuple[float, list[Told]]] = [
        (0, []),
        (9.99, []),
        (10, [("acme/one", DEPRECATION, 90)]),
        (40, []),
        (70, [("acme/one", DEPRECATION, 30)]),
        (95, [("acme/one", DEPRECATION, 7)]),
        (99.9, []),
        (100, []),
        (110, [("acme/one", RETIREMENT, 90)]),
        (170, [("acme/one", RETIREMENT, 30)]),
        (193, [("acme/one", RETIREMENT, 7)]),
        (200, []),
        (500, []),
    ]
    expected: list[Told] = []
    for days, new in steps:
        expected += new
        assert [await replica.tell_at(days) for _ in range(3)] == [len(new), 0, 0]
        assert await told(database) == expected
    tables.check()


async def test_an_update_says_all_that_is_known(database: Database, replica: Replica) -> None:
    """countdown: the model, its provider, the day exactly, and what to move to; no source, and discovery's name."""
    await save(replica.ledger, ending("acme/one", retired=20.5))
    assert await replica.tell_at(0) == 1
    (event,) = await updates(database)
    expected = pb.LifecycleUpdate(
        model_id="acme/one", provider_id="acme", milestone=RETIREMENT, days_before=30, replacement_id="acme/next"
    )
    expected.milestone_time.FromDatetime(START + timedelta(days=20.5))
    assert event.lifecycle == expected
    assert (event.principal, event.source_id, event.external) == ("discovery", "", False)


async def test_only_the_nearest_threshold_is_told_of_a_model_that_comes_late(
    database: Database, replica: Replica
) -> None:
    """countdown: a model first seen five days before its retirement is told of once, with 7 days; one whose end is past
    is not told of."""
    models = [ending("acme/late", retired=5), ending("acme/later", retired=25), ending("acme/gone", retired=-1)]
    await save(replica.ledger, *models, plain("acme/endless"))
    assert await replica.tell_at(0) == 2
    assert await told(database) == [("acme/late", RETIREMENT, 7), ("acme/later", RETIREMENT, 30)]


async def test_a_farther_threshold_does_not_follow_a_nearer_one(
    database: Database, replica: Replica, tables: Catalogue
) -> None:
    """countdown: a replica whose clock is behind does not count up again, nor tries to every minute."""
    await save(replica.ledger, ending("acme/one", retired=30))
    behind = Replica(database)
    assert await replica.tell_at(0) == 1
    assert await behind.tell_at(-0.001) == 0
    assert tables.rows("SELECT count(*) FROM audit_event WHERE outcome = 'unchanged'") == [(0,)]
    assert await told(database) == [("acme/one", RETIREMENT, 30)]


async def test_a_day_that_moves_is_counted_down_to_again(database: Database, replica: Replica) -> None:
    """countdown: with another time what is due is told again; with the old one again it is not."""
    await save(replica.ledger, ending("acme/one", retired=20))
    assert await replica.tell_at(0) == 1
    await save(replica.ledger, ending("acme/one", retired=25))
    assert await replica.tell_at(0) == 1
    await save(replica.ledger, ending("acme/one", retired=20))
    assert await replica.tell_at(0) == 0
    assert await told(database) == [("acme/one", RETIREMENT, 30)] * 2


async def test_a_deleted_model_is_not_told_of(database: Database, replica: Replica) -> None:
    """countdown: only live models end; one that came back goes on where it was."""
    await save(replica.ledger, ending("acme/one", retired=20))
    await delete(replica.ledger, "acme/one")
    assert await replica.tell_at(0) == 0
    await save(replica.ledger, ending("acme/one", retired=20))
    assert await replica.tell_at(0) == 1
    await delete(replica.ledger, "acme/one")
    await save(replica.ledger, ending("acme/one", retired=20))
    assert await replica.tell_at(1) == 0


async def test_many_are_told_in_several_revisions(
    database: Database, replica: Replica, tables: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """countdown: a revision tells of so many milestones at the most, and the rest follows in the same minute."""
    monkeypatch.setattr(countdown_room, "MOST_MODELS", 7)
    await save(replica.ledger, *(ending(f"acme/{at:02}", deprecated=5, retired=20) for at in range(20)))
    assert await replica.tell_at(0) == 40
    by_revision: dict[int, int] = {}
    for event in await updates(database):
        by_revision[event.revision] = by_revision.get(event.revision, 0) + 1
    assert sorted(by_revision.values(), reverse=True) == [7, 7, 7, 7, 7, 5]
    assert await replica.tell_at(0) == 0
    tables.check()


async def test_two_replicas_at_a_time_tell_each_event_once(database: Database, tables: Catalogue) -> None:
    """countdown: however many replicas look at the same moment, each event is told exactly once, by one of them."""
    replicas = [Replica(database) for _ in range(4)]
    await save(replicas[0].ledger, *(ending(f"acme/{at:03}", deprecated=85, retired=100) for at in range(150)))
    for days, number in ((0, 150), (12, 150), (60, 150), (72, 150), (94, 150)):
        counts = await asyncio.gather(*(replica.tell_at(days) for replica in replicas))
        assert sum(counts) == number, days
    found = await told(database)
    assert len(found) == len(set(found)) == 5 * 150
    # Who came second took no revision for it.
    assert tables.head == 1 + 5
    tables.check()


async def test_what_changes_while_it_is_told_is_told_as_it_is(database: Database, replica: Replica) -> None:
    """countdown: a model that is saved or deleted between the look and the write is told of as it is by then."""
    await save(replica.ledger, *(ending(f"acme/{name}", retired=20) for name in ("gone", "moved", "stays")))
    found = await replica.countdown._due_after(countdown_room.Due("", 0, START, 0), START)
    assert len(found) == 3
    await delete(replica.ledger, "acme/gone")
    await save(replica.ledger, ending("acme/moved", retired=21))
    await replica.ledger.write(countdown_room._Telling(found).as_write())
    assert await told(database) == [("acme/stays", RETIREMENT, 30)]
    assert await replica.tell_at(0) == 1
    assert await told(database) == [("acme/stays", RETIREMENT, 30), ("acme/moved", RETIREMENT, 30)]
