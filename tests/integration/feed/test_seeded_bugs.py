"""Bugs that others had, put into our own rooms one at a time: a validator sees each, and nothing wrong without it.

These are tests of the tests. Each scenario runs over a real PostgreSQL, as it is and with one function, or one
statement, replaced by what a wrong design would do.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex_server.conditions.updates import UpdateFilter
from modeldex_server.feed.classes import FilterClass
from modeldex_server.feed.ring import ENDLESS
from modeldex_server.feed.stream import Stream
from modeldex_server.feed.tokens import ResumeTokens
from modeldex_server.ledger import compaction, statements, tailer
from modeldex_server.ledger.changes import Committed
from modeldex_server.ledger.compaction import Compactor, Retention
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.store.database import Database
from support.checks import Catalogue
from support.models import plain
from support.rooms import Rooms, rooms
from support.waiting import eventually
from support.watching import (
    check_bookmarked,
    check_converging,
    check_reaches,
    check_reliable,
    check_unique,
    copy_of,
)
from support.writes import delete, save

Scenario = Callable[[Rooms, Catalogue], Awaitable[None]]
Bug = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture
async def replica(database: Database) -> AsyncIterator[Rooms]:
    async with rooms(database) as one:
        yield one


@pytest.fixture
def tables(database_url: str) -> Catalogue:
    return Catalogue(database_url)


async def names(replica: Rooms, count: int, model_id: str = "acme/one") -> int:
    """Give a model so many names, one after the other; the last revision."""
    for number in range(count):
        revision = (await save(replica.ledger, plain(model_id, f"name {number}"))).revision
    await replica.index.reach(revision, timeout=30)
    return revision


def after(revision: int, **options: Any) -> api.WatchRequest:
    return api.WatchRequest(options=api.WatchOptions(after_revision=revision, **options))


def places(tables: Catalogue) -> set[tuple[int, int]]:
    return {(row[0], row[1]) for row in tables.rows("SELECT revision, ordinal FROM update_event")}


async def catches_up(replica: Rooms, tables: Catalogue) -> None:
    """A stream that is behind."""
    head = await names(replica, 5)
    async with replica.watch(after(0)) as client:
        await client.through(head)

        async def has_come() -> bool:
            return any(update.revision == head for message in client.messages for update in message.updates)

        await eventually(has_come, "the last update, also where it was told of before it came")
    check_bookmarked(client.messages)


def bookmark_before_the_batch(patch: pytest.MonkeyPatch) -> None:
    """A bookmark tells of the head while updates up to it are still to come."""
    right = Stream._bookmark

    async def early(self: Stream, revision: int) -> None:
        await right(self, max(revision, self._feed.ring.head))

    patch.setattr(Stream, "_bookmark", early)


async def goes_on(replica: Rooms, tables: Catalogue) -> None:
    """A stream that is left and goes on with its token."""
    head = await names(replica, 3)
    async with replica.watch(after(0)) as client:
        await client.through(head)
    resuming = api.WatchRequest(options=api.WatchOptions(resume_token=client.messages[-1].resume_token))
    async with replica.watch(resuming) as second:
        await second.through(await names(replica, 2))
    messages = [*client.messages, *second.messages]
    check_unique(messages)
    check_reliable(messages, places(tables), 0)


def resume_inclusive(patch: pytest.MonkeyPatch) -> None:
    """A token continues with what it was given with."""
    right = ResumeTokens.decode
    patch.setattr(ResumeTokens, "decode", lambda *arguments: right(*arguments) - 1)


async def leaves(replica: Rooms, tables: Catalogue) -> None:
    """Models that move out of a filter."""
    await save(replica.ledger, plain("acme/one"), plain("acme/two"))
    await replica.index.reach(1, timeout=30)
    request = api.WatchRequest(options=api.WatchOptions(initial_snapshot=True))
    request.options.bookmark_interval.FromMilliseconds(1000)
    request.models.min_context_window = 8000
    small = plain("acme/one")
    small.context_window = 10
    async with replica.watch(request) as client:
        await client.through((await save(replica.ledger, small)).revision)
        await client.through((await save(replica.ledger, plain("acme/three"))).revision)
    truth = copy_of(client.messages)
    check_converging(client.messages, [truth["acme/two"], truth["acme/three"]])


def filter_on_the_new_state(patch: pytest.MonkeyPatch) -> None:
    """What a model was before does not count."""
    patch.setattr(UpdateFilter, "matches_before", UpdateFilter.matches_after)


async def hears_nothing(replica: Rooms, tables: Catalogue) -> None:
    """A write that nobody notifies of."""
    async with replica.watch(api.WatchRequest()) as client:
        await client.through(0)
        await asyncio.sleep(0.1)  # whatever was asked at the start is answered
        head = (await save(replica.ledger, plain("acme/one"))).revision
        with suppress(AssertionError):
            await client.through(head, patience=30 if tailer._POLL < 30 else 3)  # where nobody looks, nothing comes
    check_reaches(client.messages, head)


def no_poll(patch: pytest.MonkeyPatch) -> None:
    """Only hints make the tailer look."""
    patch.setattr(tailer, "_POLL", 3600.0)


async def at_the_edge(replica: Rooms, tables: Catalogue) -> None:
    """A stream from where the log begins, of which a deletion is the first."""
    await save(replica.ledger, plain("acme/one"))
    edge = (await save(replica.ledger, plain("acme/two"))).revision
    await delete(replica.ledger, "acme/one")
    head = await names(replica, 3)
    truth = places(tables)
    await Compactor(replica.database, Retention(timedelta(0), head - edge)).compact()
    assert tables.compacted == edge
    async with replica.watch(after(edge)) as client:
        await client.through(head)
    check_reliable(client.messages, truth, edge)


def off_by_one_at_compaction(patch: pytest.MonkeyPatch) -> None:
    """What is deleted goes one beyond what the mark says."""
    patch.setattr(
        compaction, "_DELETE", compaction._DELETE.replace("SELECT compacted FROM", "SELECT compacted + 1 FROM")
    )


async def reads_slowly(replica: Rooms, tables: Catalogue) -> None:
    """A stream that is not read for a while."""
    async with replica.watch(after(0)) as client:
        await client.through(0)
        client.reading.clear()
        head = await names(replica, 30)
        client.reading.set()
        await client.through(head)
    check_reliable(client.messages, places(tables), 0)


def queue_that_drops(patch: pytest.MonkeyPatch) -> None:
    """Each stream keeps the newest few, and drops the oldest where it is not read."""
    right = FilterClass.batch

    def batch(self: FilterClass, after: int, limits: Any, most: int = ENDLESS) -> Any:
        return right(self, max(after, min(self._ring.head, most) - 5), limits, most)

    patch.setattr(FilterClass, "batch", batch)


async def goes_away(replica: Rooms, tables: Catalogue) -> None:
    """A client that goes."""
    async with replica.watch(after(0)) as client:
        await client.through(0)
    assert replica.feed.streams == 0, "alone: a stream is left of a client that went"
    assert replica.feed.classes == 0


def swallowed_cancellation(patch: pytest.MonkeyPatch) -> None:
    """Whoever waits does not hear that it is to end, unless it is told again, as the test does at its end."""
    right, deaf = Stream._wait, set[Stream]()

    async def wait(self: Stream, seconds: float) -> None:
        try:
            await right(self, seconds)
        except asyncio.CancelledError:
            if self in deaf:
                raise
            deaf.add(self)

    patch.setattr(Stream, "_wait", wait)


async def dies_between(replica: Rooms, tables: Catalogue) -> None:
    """A server that is killed right after a commit."""
    told: list[int] = []

    def tell(committed: Committed) -> None:
        """What a server would still do after a commit: events, where they are not part of it; until it is killed."""
        told.append(committed.revision)
        if len(told) == 3:
            return
        tables.run(_TELL, [committed.revision])

    ledger = Ledger(replica.database, tell)
    for number in range(4):
        await save(ledger, plain("acme/one", f"name {number}"))
    tables.check_versions()


# The event of a model, of a version that has none.
_TELL = """
INSERT INTO update_event (revision, ordinal, kind, type, provider_id, model_id, version, previous_version)
SELECT revision, 0, 10, CASE operation WHEN 1 THEN 1 ELSE 2 END, 'acme', model_id, version, version - 1
FROM model_version v WHERE revision = %s
AND NOT EXISTS (SELECT FROM update_event e WHERE e.model_id = v.model_id AND e.version = v.version)"""


def event_outside_the_transaction(patch: pytest.MonkeyPatch) -> None:
    """The commit leaves the events of models to what comes after it."""
    of_models = "i.version, i.version - 1 FROM item i, head h"
    assert of_models in statements.COMMIT
    patch.setattr(statements, "COMMIT", statements.COMMIT.replace(of_models, f"{of_models} WHERE false"))


async def fails_late(replica: Rooms, tables: Catalogue) -> None:
    """A write that fails once it has its revision."""
    tables.run("CREATE SEQUENCE another START 1")
    tables.run("""
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF NEW.model_id = 'acme/bad' THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END $$;
        CREATE TRIGGER fail BEFORE INSERT ON model_version FOR EACH ROW EXECUTE FUNCTION fail()""")
    await save(replica.ledger, plain("acme/one"))
    with pytest.raises(psycopg.Error):
        await save(replica.ledger, plain("acme/bad"))
    await save(replica.ledger, plain("acme/two"))
    tables.check_log()


def sequence_for_a_counter(patch: pytest.MonkeyPatch) -> None:
    """Revisions are of a sequence, which gives each number once, whatever becomes of it."""
    counted = "SET revision = revision + 1"
    assert counted in statements.COMMIT
    patch.setattr(statements, "COMMIT", statements.COMMIT.replace(counted, "SET revision = nextval('another')"))


BUGS: list[tuple[Scenario, Bug]] = [
    (catches_up, bookmark_before_the_batch),
    (goes_on, resume_inclusive),
    (leaves, filter_on_the_new_state),
    (hears_nothing, no_poll),
    (at_the_edge, off_by_one_at_compaction),
    (reads_slowly, queue_that_drops),
    (goes_away, swallowed_cancellation),
    (dies_between, event_outside_the_transaction),
    (fails_late, sequence_for_a_counter),
]


@pytest.mark.parametrize("scenario", [scenario for scenario, _ in BUGS], ids=lambda one: one.__name__)
async def test_nothing_is_wrong(scenario: Scenario, replica: Rooms, tables: Catalogue) -> None:
    """The scenario passes in the rooms as they are."""
    await scenario(replica, tables)


@pytest.mark.parametrize(("scenario", "bug"), BUGS, ids=[bug.__name__ for _, bug in BUGS])
async def test_a_bug_is_seen(
    scenario: Scenario, bug: Bug, database: Database, tables: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scenario fails its validator in rooms with the bug."""
    bug(monkeypatch)
    async with rooms(database) as replica:
        with pytest.raises(AssertionError):
            await scenario(replica, tables)
