"""What retention purges and what it keeps, on a real PostgreSQL."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_service_pb2 as api
from modeldex.v1 import model_pb2
from modeldex_server.catalogue.past_listing import PastLister
from modeldex_server.errors import ProviderDenied
from modeldex_server.history.cleanup import HistoryCleanup
from modeldex_server.history.retention import Retention
from modeldex_server.ledger.changes import Decision, Head, ModelChange, Operation, RequestKey, Write
from modeldex_server.ledger.documents import canonical
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.ledger.log import read_full
from modeldex_server.ledger.versions import load_versions
from modeldex_server.security.principals import LOCAL, Principal
from modeldex_server.security.roles import Role
from modeldex_server.security.scope import EVERYTHING, Scope
from modeldex_server.store.database import Database
from support.ages import age, forget_log
from support.checks import Catalogue
from support.models import plain
from support.writes import delete, save, save_or_delete

ALL = api.CleanupHistoryRequest()
DRY = api.CleanupHistoryRequest(dry_run=True)
YEAR = timedelta(days=365)

_VERSIONS = """
SELECT model_id, version, revision, committed_at, document IS NOT NULL, sha256(document), octet_length(document)
FROM model_version ORDER BY model_id, version"""
_STAYS = """
SELECT model_id, version, revision, operation, pin_version, principal, source_id, reason, created_at, committed_at,
       pins, restored_version, terms
FROM model_version ORDER BY model_id, version"""
_PURGED = """
SELECT model_id, version, document_hash, document IS NULL AND changes = '' AND purged_at <= clock_timestamp()
FROM model_version WHERE purged_at IS NOT NULL ORDER BY model_id, version"""
_ROLLBACK = """
INSERT INTO rollback (id, model_id, target_version, base_version, state, requester, reason, diff, diff_hash,
                      required_approvals, break_glass, expires_at, created_at, finished_at)
VALUES (%s, %s, %s, %s, %s, 'ann', 'for a test', '', '', 1, false, clock_timestamp(),
        clock_timestamp() - %s::interval, CASE WHEN %s <> 1 THEN clock_timestamp() - %s::interval END)"""
_DECISION = "INSERT INTO rollback_decision (rollback_id, principal, approved, comment) VALUES (%s, 'bob', true, '')"
PENDING, EXECUTED, REJECTED = 1, 2, 3


def rollback(
    tables: Catalogue,
    rollback_id: str,
    model_id: str,
    *,
    target: int,
    base: int,
    state: int = PENDING,
    ago: timedelta = timedelta(0),
) -> None:
    """A rollback as it stands in its table, with a decision."""
    tables.run(_ROLLBACK, [rollback_id, model_id, target, base, state, ago, state, ago])
    tables.run(_DECISION, [rollback_id])


async def versions(ledger: Ledger, model_id: str, count: int) -> None:
    """So many versions more."""
    for number in range(count):
        await save(ledger, plain(model_id, f"{model_id} {number}", family=str(random.random())))


def purged(tables: Catalogue) -> list[tuple[str, int]]:
    """The versions whose document was purged."""
    return [(row[0], row[1]) for row in tables.rows(_PURGED)]


def named(answer: api.CleanupHistoryResponse) -> list[tuple[str, int]]:
    """The versions that an answer names."""
    return [(one.model_id, one.version) for one in answer.examples]


def told(answer: api.CleanupHistoryResponse) -> api.CleanupHistoryResponse:
    """An answer without what differs between saying and doing."""
    same = api.CleanupHistoryResponse()
    same.CopyFrom(answer)
    same.ClearField("duration")
    same.ClearField("dry_run")
    return same


@dataclass(frozen=True)
class Past:
    """What the rule looks at, read before a run."""

    rows: dict[str, list[Any]]
    pins: dict[str, int | None]
    pending: set[tuple[str, int]]
    compacted: int

    @classmethod
    def of(cls, tables: Catalogue) -> Past:
        rows = defaultdict(list)
        for row in tables.rows(_VERSIONS):
            rows[row[0]].append(row)
        pins = dict(tables.rows("SELECT id, pin_version FROM model"))
        open_ones = tables.rows("SELECT model_id, base_version, target_version FROM rollback WHERE state = 1")
        pending = {(model_id, version) for model_id, *both in open_ones for version in both}
        return cls(rows, pins, pending, tables.compacted)

    def due(self, keep: int, days: int, now: datetime) -> Iterator[Any]:
        """The rule, word for word. A deletion has no document; what it deleted is kept for as long as the deletion."""
        for model_id, rows in self.rows.items():
            for row, successor, later in zip(rows, rows[1:], [*rows[2:], None], strict=False):
                version, has_document = row[1], row[4]
                end = successor if successor[4] else later
                if (
                    has_document
                    and sum(other[1] > version for other in rows) >= keep
                    and end is not None
                    and end[3] < now - timedelta(days=days)
                    and end[2] <= self.compacted
                    and version != self.pins[model_id]
                    and (model_id, version) not in self.pending
                ):
                    yield row


async def _at_random(database: Database, ledger: Ledger, tables: Catalogue, chance: random.Random) -> None:
    """A history of some models over 40 days: saved, deleted, brought back, pinned, with rollbacks in any state."""
    ids = [f"acme/{name}" for name in "abcdef"]
    live: set[str] = set()
    for _ in range(90):
        await save_or_delete(ledger, chance.choice(ids[: chance.randint(1, 6)]), live, chance)
        if chance.random() < 0.5:
            age(tables, timedelta(hours=chance.randint(1, 48)))
    await forget_log(database, keep=chance.choice([0, 10, 40]))
    for model_id, newest in tables.rows("SELECT id, version FROM model"):
        if chance.random() < 0.5:
            pin = chance.randint(1, newest)
            tables.run("UPDATE model SET pin_version = %s WHERE id = %s", [pin, model_id])
        for number, state in enumerate((PENDING, EXECUTED, REJECTED)):
            if chance.random() < 0.5:
                base, target = chance.randint(1, newest), chance.randint(1, newest)
                name = f"rb_{model_id}_{number}"
                rollback(tables, name, model_id, target=target, base=base, state=state, ago=timedelta(days=number * 9))


@pytest.mark.parametrize(
    ("seed", "keep", "days"), [(1, 1, 1), (2, 1, 5), (3, 3, 1), (4, 10, 5), (5, 2, 10), (6, 50, 1)]
)
async def test_purged_is_what_the_rule_says_and_what_was_foretold(
    database: Database, ledger: Ledger, tables: Catalogue, seed: int, keep: int, days: int
) -> None:
    """protected versions, immutable versions: of any history exactly that goes which the rule lets go; the dry run had
    said so, word for word; number, hash, principal, operation and time stay, and nothing is left for a second run."""
    await _at_random(database, ledger, tables, random.Random(seed))
    past, stays = Past.of(tables), tables.rows(_STAYS)
    due = list(past.due(keep, days, datetime.now(UTC) - timedelta(minutes=10)))
    assert (keep == 50) == (due == [])  # so that each setting is a test of its own
    cleanup = HistoryCleanup(database, Retention(keep, days))
    foretold = await cleanup.clean(DRY, LOCAL)
    assert purged(tables) == []
    assert foretold.dry_run
    done = await cleanup.clean(ALL, LOCAL)
    assert not done.dry_run
    assert told(done) == told(foretold)
    assert named(done) == [(row[0], row[1]) for row in due][:100]
    assert (done.purged_versions, done.affected_models, done.freed_bytes, cleanup.purged) == (
        len(due), len({row[0] for row in due}), sum(row[6] for row in due), len(due),
    )  # fmt: skip
    assert tables.rows(_PURGED) == [(row[0], row[1], row[5], True) for row in due]
    assert tables.rows(_STAYS) == stays
    tables.check()
    again = await cleanup.clean(ALL, LOCAL)
    assert (again.purged_versions, again.forgotten_rollbacks, named(again)) == (0, 0, [])
    await versions(ledger, "acme/a", 2)
    tables.check()


async def test_the_settings_say_how_many_are_kept(database: Database, ledger: Ledger, tables: Catalogue) -> None:
    """protected versions: with `keep_versions` 10 the ten newest of each model stay, and no more."""
    await versions(ledger, "acme/long", 25)
    await versions(ledger, "acme/short", 10)
    age(tables, YEAR)
    await forget_log(database)
    answer = await HistoryCleanup(database, Retention(10, 90)).clean(ALL, LOCAL)
    assert purged(tables) == named(answer) == [("acme/long", version) for version in range(1, 16)]


async def test_more_than_a_batch_of_more_than_a_page(
    database: Database, ledger: Ledger, tables: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """protected versions: what takes many transactions is told and done as if it were one; a hundred are named."""
    monkeypatch.setattr("modeldex_server.history.cleanup._BATCH", 7)
    monkeypatch.setattr("modeldex_server.history.cleanup._MODELS", 3)
    monkeypatch.setattr("modeldex_server.history.cleanup._PAUSE", 0)
    ids = [f"acme/{number}" for number in range(8)]
    for number in range(21):
        await save(ledger, *(plain(model_id, str(number)) for model_id in ids))
    age(tables, YEAR)
    await forget_log(database)
    cleanup = HistoryCleanup(database, Retention(1, 1))
    foretold = await cleanup.clean(DRY, LOCAL)
    done = await cleanup.clean(ALL, LOCAL)
    assert told(done) == told(foretold)
    assert (done.purged_versions, done.affected_models, len(done.examples)) == (160, 8, 100)
    assert named(done) == purged(tables)[:100]
    tables.check()


async def test_only_of_the_model_that_is_named(database: Database, ledger: Ledger, tables: Catalogue) -> None:
    """protected versions: with a model's id nothing of another goes, nor old rollbacks; of no such model nothing."""
    for model_id in ("acme/one", "acme/two", "acme/two-b"):
        await versions(ledger, model_id, 3)
    rollback(tables, "rb_1", "acme/two", target=1, base=2, state=EXECUTED, ago=YEAR)
    age(tables, YEAR)
    await forget_log(database)
    cleanup = HistoryCleanup(database, Retention(1, 1))
    for dry_run in (True, False):
        two = await cleanup.clean(api.CleanupHistoryRequest(model_id="acme/two", dry_run=dry_run), LOCAL)
        assert (named(two), two.forgotten_rollbacks) == ([("acme/two", 1), ("acme/two", 2)], 0)
    none = await cleanup.clean(api.CleanupHistoryRequest(model_id="acme/none"), LOCAL)
    assert (none.purged_versions, none.affected_models) == (0, 0)
    assert purged(tables) == named(two)


async def test_settings_that_would_take_the_current_version_take_nothing_of_it(
    database: Database, ledger: Ledger, tables: Catalogue
) -> None:
    """protected versions: even a retention of nothing keeps what is current, and what a current deletion deleted: that
    can be brought back."""
    await versions(ledger, "acme/live", 2)
    await versions(ledger, "acme/gone", 2)
    await delete(ledger, "acme/gone")
    age(tables, YEAR)
    await forget_log(database)
    await HistoryCleanup(database, Retention(0, 0)).clean(ALL, LOCAL)
    assert purged(tables) == [("acme/gone", 1), ("acme/live", 1)]
    found = await load_versions(database, [("acme/live", 2), ("acme/gone", 3)])
    assert len(found) == 2
    await save(ledger, plain("acme/gone", "back"))
    tables.check()


async def test_what_was_purged_is_not_read_as_something_else(
    database: Database, ledger: Ledger, tables: Catalogue
) -> None:
    """protected versions: a purged version reads as missing: not as the one before, which a pin keeps, nor does a
    deletion whose document went."""
    await versions(ledger, "acme/one", 3)
    await delete(ledger, "acme/one")
    await versions(ledger, "acme/one", 2)
    age(tables, YEAR)
    await forget_log(database)
    tables.run("UPDATE model SET pin_version = 1")
    await HistoryCleanup(database, Retention(1, 1)).clean(ALL, LOCAL)
    assert purged(tables) == [("acme/one", version) for version in (2, 3, 5)]
    found = await load_versions(database, [("acme/one", version) for version in range(1, 7)])
    assert [version for _, version in found] == [1, 6]


async def test_what_was_deleted_within_the_retention_is_listed_as_of_then(
    database: Database, ledger: Ledger, tables: Catalogue
) -> None:
    """protected versions: a read as of a moment within the retention is answered, also a list of what was deleted then,
    long before the retention began."""
    await versions(ledger, "acme/one", 2)
    await delete(ledger, "acme/one")
    age(tables, timedelta(days=5))
    await versions(ledger, "acme/one", 3)
    age(tables, timedelta(hours=12))
    await forget_log(database)
    await HistoryCleanup(database, Retention(1, 1)).clean(ALL, LOCAL)
    assert purged(tables) == [("acme/one", 1)]
    wanted = discovery.ListModelsRequest(filter=discovery.ModelFilter(include_deleted=True))
    page = await PastLister(database).page(wanted, 3, None, EVERYTHING)
    assert [model_pb2.Model.FromString(model).display_name for model in page.models] == ["acme/one 1"]


async def test_the_log_keeps_what_its_events_show(database: Database, ledger: Ledger, tables: Catalogue) -> None:
    """protected versions: whoever reads on from the mark of the log is given both models of each update."""
    await versions(ledger, "acme/one", 12)
    age(tables, YEAR)
    await forget_log(database, keep=5)
    await HistoryCleanup(database, Retention(1, 1)).clean(ALL, LOCAL)
    assert purged(tables) == [("acme/one", version) for version in range(1, 7)]
    page = await read_full(database, tables.compacted)
    events = [event for revision in page.revisions for event in revision.events]
    assert [event.version for event in events] == [8, 9, 10, 11, 12]
    assert all(event.model_before() and event.model_after() for event in events)


async def test_what_an_answer_names_is_kept(database: Database, ledger: Ledger, tables: Catalogue) -> None:
    """done once: a request sent again gets its first answer with the model for as long as the answer is kept, a day and
    until the next sweep, whatever came after it."""
    document = canonical(plain("acme/one", "asked for"))

    def decide(_heads: Mapping[str, Head]) -> Decision:
        return Decision(models=[ModelChange("acme/one", Operation.UPDATE, document, private=True)])

    request = Write("ann", "SaveModel", "acme/one", ["acme/one"], decide, request=RequestKey("again", b"hash"))
    await versions(ledger, "acme/one", 2)
    await ledger.write(request)
    age(tables, timedelta(days=1))
    await versions(ledger, "acme/one", 1)
    age(tables, timedelta(hours=24, minutes=5))  # the answer is as old, and the next sweep is due
    await forget_log(database)
    await HistoryCleanup(database, Retention(1, 1)).clean(ALL, LOCAL)
    assert purged(tables) == [("acme/one", 1), ("acme/one", 2)]
    replay = await ledger.write(request)
    assert replay.replayed
    assert replay.answer_model == ("acme/one", 3)
    (data,) = (await load_versions(database, [replay.answer_model])).values()
    assert model_pb2.Model.FromString(data).display_name == "asked for"


async def test_old_finished_rollbacks_are_forgotten(database: Database, ledger: Ledger, tables: Catalogue) -> None:
    """protected versions: a rollback goes with its decisions once it has been finished for so long; an open one never
    does."""
    await versions(ledger, "acme/one", 2)
    for number, (state, days) in enumerate([(PENDING, 200), (EXECUTED, 200), (REJECTED, 91), (REJECTED, 89)]):
        rollback(tables, f"rb_{number}", "acme/one", target=1, base=2, state=state, ago=timedelta(days=days))
    cleanup = HistoryCleanup(database, Retention(50, 90))
    assert (await cleanup.clean(DRY, LOCAL)).forgotten_rollbacks == 2
    assert (await cleanup.clean(ALL, LOCAL)).forgotten_rollbacks == 2
    assert tables.rows("SELECT id FROM rollback ORDER BY id") == [("rb_0",), ("rb_3",)]
    assert tables.rows("SELECT rollback_id FROM rollback_decision ORDER BY 1") == [("rb_0",), ("rb_3",)]


async def test_a_call_and_a_sweep_that_purges_are_audited(
    database: Database, ledger: Ledger, tables: Catalogue
) -> None:
    """audit complete: each call has one row; a dry run changes nothing, and a sweep has one where something was due."""
    rows = "SELECT principal, method, resource, provider_id, outcome FROM audit_event WHERE method LIKE '%Cleanup%'"
    await versions(ledger, "acme/one", 3)
    cleanup = HistoryCleanup(database, Retention(1, 1))
    await cleanup.clean(DRY, LOCAL)
    await cleanup.sweep()
    assert tables.rows(rows) == []
    age(tables, YEAR)
    await forget_log(database)
    assert (await cleanup.sweep()).purged_versions == 2
    assert (await cleanup.sweep()).purged_versions == 0
    await cleanup.clean(api.CleanupHistoryRequest(model_id="acme/one"), LOCAL)
    assert tables.rows(rows) == [
        ("history", "HistoryCleanup", "", "", "done"),
        ("local", "CleanupHistory", "acme/one", "acme", "done"),
    ]


async def test_nobody_purges_what_is_of_others(database: Database, ledger: Ledger, tables: Catalogue) -> None:
    """scope: with rights to some providers, models of these and no others; dry runs tell nothing of others, either."""
    await versions(ledger, "acme/one", 3)
    age(tables, YEAR)
    await forget_log(database)
    ann = Principal("ann", frozenset({Role.ADMIN}), Scope(frozenset({"other"})))
    cleanup = HistoryCleanup(database, Retention(1, 1))
    for model_id in ("", "acme/one"):
        for dry_run in (True, False):
            with pytest.raises(ProviderDenied):
                await cleanup.clean(api.CleanupHistoryRequest(model_id=model_id, dry_run=dry_run), ann)
    assert purged(tables) == []
    other = await cleanup.clean(api.CleanupHistoryRequest(model_id="other/one"), ann)
    assert other.purged_versions == 0


async def test_the_hash_is_of_the_document(database: Database, ledger: Ledger, tables: Catalogue) -> None:
    """immutable versions: the hash that stays is that of the bytes that went."""
    await versions(ledger, "acme/one", 2)
    ((document,),) = tables.rows("SELECT document FROM model_version WHERE version = 1")
    age(tables, YEAR)
    await forget_log(database)
    await HistoryCleanup(database, Retention(1, 1)).clean(ALL, LOCAL)
    assert tables.rows("SELECT document_hash FROM model_version WHERE version = 1") == [(sha256(document).digest(),)]
