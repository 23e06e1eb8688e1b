"""Following the log, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import LiteralString

import pytest

from modeldex.v1 import model_pb2
from modeldex_server.errors import NotReady, RevisionNotReached
from modeldex_server.ledger.changes import Decision, Head, ModelChange, Operation, Write
from modeldex_server.ledger.compaction import Compactor, Retention
from modeldex_server.ledger.documents import canonical
from modeldex_server.ledger.index import Index
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.ledger.log import LoggedEvent, LogRow, versions_in
from modeldex_server.ledger.tailer import Tailer
from modeldex_server.store.database import Database
from support.checks import Catalogue
from support.waiting import eventually


@dataclass
class Follower:
    """A replica that follows, and what it heard."""

    index: Index
    tailer: Tailer
    heard: list[tuple[int, int]] = field(default_factory=list)  # (revision, events)
    full: list[bool] = field(default_factory=list)  # by revision: whether its events came with their documents
    rewound: int = 0
    watched: bool = False

    def hear(self, events: Sequence[LogRow]) -> None:
        self.index.put(versions_in(events))
        self.heard.append((events[0].revision, len(events)))
        assert len({isinstance(event, LoggedEvent) for event in events}) == 1
        self.full.append(isinstance(events[0], LoggedEvent))


async def nothing() -> None:
    """What a follower without any more to forget does."""


@pytest.fixture
async def follower(database: Database) -> AsyncIterator[Follower]:
    """One that follows from the beginning, by polls alone: nobody notifies it."""
    index = Index()
    follower = Follower(index, Tailer(database, index, [], on_rewind=nothing))

    async def rewound() -> None:
        follower.rewound += 1

    follower.tailer = Tailer(database, index, [follower.hear], on_rewind=rewound, detailed=lambda: follower.watched)
    await follower.tailer.load()
    task = asyncio.create_task(follower.tailer.run())
    yield follower
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def save(ledger: Ledger, *model_ids: str) -> int:
    """Save models in one revision."""

    def decide(heads: Mapping[str, Head]) -> Decision:
        return Decision(
            models=[
                ModelChange(
                    head.id,
                    Operation.UPDATE if head.version else Operation.CREATE,
                    canonical(model_pb2.Model(id=head.id, context_window=head.version + 1)),
                    private=True,
                )
                for head in heads.values()
            ]
        )

    return (await ledger.write(Write("ann", "SaveModel", "", model_ids, decide, create=True))).revision


async def reached(follower: Follower, revision: int) -> None:
    await follower.index.reach(revision, timeout=30)


async def test_every_revision_is_heard_once_in_order_and_whole(database: Database, follower: Follower) -> None:
    """gap-free log: a follower hears revisions 1, 2, 3, ... with all their events at once, also while many write."""
    ledger = Ledger(database, lambda _: None)
    sizes: dict[int, int] = {}

    async def write(numbers: range) -> None:
        for number in numbers:
            ids = [f"acme/{number}-{at}" for at in range(number % 4 + 1)]
            revision = await save(ledger, *ids)
            sizes[revision] = len(ids)

    # As many as there are connections for: who waits for one is refused after a while.
    await asyncio.gather(*(write(range(first, 40, 8)) for first in range(8)))
    await reached(follower, 40)
    assert [revision for revision, _ in follower.heard] == list(range(1, 41))
    # The first revision of a provider also tells of the provider.
    assert all(events - sizes[revision] in (0, 1) for revision, events in follower.heard)
    assert len(follower.index.entries) == sum(sizes.values())


async def test_a_poll_finds_what_no_hint_told(database: Database, follower: Follower) -> None:
    """lost hints: without a single NOTIFY a follower is current within a poll, and counts what it found so."""
    await save(Ledger(database, lambda _: None), "acme/one")
    await reached(follower, 1)
    assert follower.tailer.lost_hints >= 1


async def test_history_that_was_rewound_is_read_anew(database: Database, database_url: str, follower: Follower) -> None:
    """min_revision: a store restored from an older copy has another epoch: the follower forgets what it knew and
    knows what is there, also where the log has meanwhile grown past the old end."""
    ledger, tables = Ledger(database, lambda _: None), Catalogue(database_url)
    for name in ("one", "two", "three"):
        await save(ledger, f"acme/{name}")
    await reached(follower, 3)
    # As a restore of a copy that was made after the first revision, and then four new writes.
    tables.rewrite(
        """DELETE FROM model_version WHERE revision > 1; DELETE FROM update_event WHERE revision > 1;
        DELETE FROM revision WHERE revision > 1; DELETE FROM model WHERE revision > 1;
        UPDATE provider SET live_models = 1;
        UPDATE ledger_head SET revision = 1, epoch = gen_random_uuid()"""
    )
    for _ in range(4):
        await save(ledger, "acme/new")
    await eventually(lambda: _knows(follower, {"acme/one", "acme/new"}), "the follower to know the new history")
    await reached(follower, 5)
    assert follower.index.entries["acme/new"].version == 4
    assert follower.rewound == 1
    tables.check_log()


async def _knows(follower: Follower, model_ids: set[str]) -> bool:
    return set(follower.index.entries) == model_ids


async def test_a_shorter_log_is_a_rewound_one(database: Database, database_url: str, follower: Follower) -> None:
    """min_revision: a head below what was applied means that history was rewound, whatever the epoch says."""
    ledger = Ledger(database, lambda _: None)
    await save(ledger, "acme/one")
    await save(ledger, "acme/two")
    await reached(follower, 2)
    Catalogue(database_url).rewrite(
        """DELETE FROM model_version WHERE revision > 1; DELETE FROM update_event WHERE revision > 1;
        DELETE FROM revision WHERE revision > 1; DELETE FROM model WHERE revision > 1;
        UPDATE ledger_head SET revision = 1"""
    )
    await eventually(lambda: _knows(follower, {"acme/one"}), "the follower to forget")
    assert follower.index.revision == 1


def restore(database_url: str, revision: int) -> None:
    """As from a backup that was made after a revision: all is as it was then, the epoch too."""
    tables = Catalogue(database_url)
    statements: list[LiteralString] = [
        "DELETE FROM model_version WHERE revision > %(revision)s",
        "DELETE FROM update_event WHERE revision > %(revision)s",
        "DELETE FROM revision WHERE revision > %(revision)s",
        "DELETE FROM model WHERE revision > %(revision)s",
        "UPDATE provider SET live_models = (SELECT count(*) FROM model WHERE live)",
        """UPDATE ledger_head h SET revision = r.revision, committed_at = r.committed_at
        FROM revision r WHERE r.revision = %(revision)s""",
    ]
    for statement in statements:
        tables.rewrite(statement, {"revision": revision})


def epoch(database_url: str) -> str:
    return str(Catalogue(database_url).rows("SELECT epoch FROM ledger_head")[0][0])


@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.parametrize("written", [0, 2, 5])
async def test_a_restored_backup_is_another_history(
    database: Database, database_url: str, written: int, watched: bool
) -> None:
    """never silent: a restored backup has the epoch it had. A follower notices by the head, and where that has passed
    what it knew by the revision itself, and says so: once, to every other replica and to every token."""
    ledger = Ledger(database, lambda _: None)
    followers = [
        Follower(index, Tailer(database, index, [], on_rewind=nothing)) for index in (Index(), Index(), Index())
    ]
    for one in followers:

        async def rewound(one: Follower = one) -> None:
            one.rewound += 1

        one.tailer = Tailer(database, one.index, [one.hear], on_rewind=rewound, detailed=lambda: watched)
    for one in followers[:2]:
        await one.tailer.load()
    for name in ("one", "two", "three"):
        await save(ledger, f"acme/{name}")
    for one in followers[:2]:
        while await one.tailer.look():
            pass
    before = epoch(database_url)
    restore(database_url, 1)
    # One that begins on it cannot know, and hears of it.
    await followers[2].tailer.load()
    for at in range(written):
        await save(ledger, f"acme/new-{at}")
    for one in followers:
        while await one.tailer.look():
            pass
    after = epoch(database_url)
    assert after != before
    for one in followers:
        await one.tailer.look()
        assert (one.index.epoch, one.index.revision, one.rewound) == (after, 1 + written, 1)
        assert set(one.index.entries) == {"acme/one", *(f"acme/new-{at}" for at in range(written))}
    assert epoch(database_url) == after


async def test_what_is_loaded_is_of_one_moment(database: Database) -> None:
    """reliable: the index and whatever follows it begin with the same revision, with nothing between; what is told
    while a follower begins anew comes after."""
    ledger, index = Ledger(database, lambda _: None), Index()
    begun: list[tuple[int, int, bool]] = []
    heard: list[int] = []

    async def late() -> None:
        await save(ledger, "acme/late")

    tailer = Tailer(
        database,
        index,
        [lambda events: heard.append(events[0].revision)],
        on_rewind=late,
        on_load=lambda head: begun.append((head.revision, index.revision, index.loaded)),
    )
    await tailer.load()
    for name in ("one", "two", "three"):
        await save(ledger, f"acme/{name}")
    await Compactor(database, Retention(timedelta(0), 1)).compact()
    while await tailer.look():
        pass
    await tailer.look()
    assert begun == [(0, 0, True), (3, 3, True)]
    assert heard == [4]


async def test_events_come_with_their_documents_while_somebody_watches(database: Database, follower: Follower) -> None:
    """one query a revision: a follower that is watched reads all that streams need, and only while it is; it keeps its
    index the same either way."""
    ledger = Ledger(database, lambda _: None)
    for watched in (False, True, False):
        follower.watched = watched
        await reached(follower, await save(ledger, "acme/one", f"acme/{len(follower.full)}"))
    assert follower.full == [False, True, False]
    assert [revision for revision, _ in follower.heard] == [1, 2, 3]
    assert follower.index.entries["acme/one"].version == 3
    assert len(follower.index.entries) == 4


async def test_a_follower_that_was_away_for_too_long_begins_anew(database: Database) -> None:
    """compaction: a follower below the mark cannot know what it missed, so it reads all models again, and goes on."""
    ledger, index = Ledger(database, lambda _: None), Index()
    begun: list[int] = []

    async def anew() -> None:
        begun.append(1)

    tailer = Tailer(database, index, [lambda events: index.put(versions_in(events))], on_rewind=anew)
    await tailer.load()
    for name in ("one", "two", "three"):
        await save(ledger, f"acme/{name}")
    await Compactor(database, Retention(timedelta(0), 1)).compact()
    task = asyncio.create_task(tailer.run())
    await index.reach(3, timeout=30)
    assert (set(index.entries), len(begun)) == ({"acme/one", "acme/two", "acme/three"}, 1)
    await index.reach(await save(ledger, "acme/four"), timeout=30)
    assert (len(index.entries), len(begun)) == (4, 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_follower_that_is_nudged_while_it_is_ended_ends(database: Database) -> None:
    """clean drain: a commit at the very moment of the end does not keep a server alive."""
    tailer = Tailer(database, Index(), [], on_rewind=nothing)
    await tailer.load()
    for steps in range(8):
        task = asyncio.create_task(tailer.run())
        await asyncio.sleep(0.02)
        tailer.nudge()
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        done, _ = await asyncio.wait({task}, timeout=10)
        assert done, f"it goes on after {steps} steps"


async def test_who_waits_for_a_revision_is_woken_or_told(database: Database, follower: Follower) -> None:
    """min_revision: a waiter goes on as soon as the revision is applied, and is told where it is not in time."""
    waiting = [asyncio.create_task(follower.index.reach(1, timeout=30)) for _ in range(5)]
    with pytest.raises(RevisionNotReached) as missed:
        await follower.index.reach(7, timeout=0.01)
    assert missed.value.metadata == {"min_revision": "7", "revision": "0"}
    await save(Ledger(database, lambda _: None), "acme/one")
    await asyncio.gather(*waiting)
    with pytest.raises(NotReady):
        await Index().reach(0, timeout=1)
