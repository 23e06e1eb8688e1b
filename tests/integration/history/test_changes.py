"""Lists of changes across models, over a real PostgreSQL: what they give is what a look at every version gives."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from modeldex.v1 import history_pb2, update_pb2
from modeldex.v1 import history_service_pb2 as api
from modeldex.v1 import model_pb2 as pb
from modeldex_server.history.changes import Changes, Effort, Position
from modeldex_server.history.classification import Rules
from modeldex_server.ledger import diff
from modeldex_server.ledger.changes import Operation
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.scope import EVERYTHING, Scope
from modeldex_server.store.database import Database
from support.checks import Catalogue
from support.models import plain
from support.writes import delete, save

RULES = Rules.packaged()
Key = tuple[int, str]  # revision and model
IDS = ("acme/one", "acme/two", "acme0/one", "beta/one", "b/one/two")
# A first look that sees little and a page's effort that ends early: the ways of a million versions, over dozens.
EFFORTS = (Effort(), Effort(first=5, most=1000), Effort(first=2, most=7), Effort(first=1, most=1))
CLASSES = {name: number for name, number in history_pb2.ChangeClass.items() if number}


@pytest.fixture
async def story(ledger: Ledger) -> None:
    """Some sixty versions of a few models, several of them in one revision."""
    chance = random.Random(6)
    current: dict[str, pb.Model] = {}
    for _ in range(40):
        chosen = chance.sample(IDS, chance.choice([1, 1, 1, 2, 3]))
        gone = chosen[0]
        if gone in current and chance.random() < 0.15:
            await delete(ledger, gone)
            del current[gone]
            continue
        for model_id in chosen:
            current[model_id] = changed(current.get(model_id) or plain(model_id), chance)
        await save(ledger, *(current[model_id] for model_id in chosen))


def changed(model: pb.Model, chance: random.Random) -> pb.Model:
    """The model with a few other facts."""
    after = pb.Model()
    after.CopyFrom(model)
    for _ in range(chance.randint(1, 3)):
        match chance.randrange(7):
            case 0:
                after.context_window = chance.randint(1, 9000)
            case 1:
                after.prices["input"].amount = str(chance.randint(1, 9))
            case 2:
                after.prices["output"].CopyFrom(pb.Price(amount="1", unit=pb.PRICE_UNIT_MILLION_TOKENS))
            case 3:
                after.capabilities["vision"].flag = chance.random() < 0.5
            case 4:
                after.capabilities.pop("vision", None)
            case 5:
                after.description = str(chance.random())
            case 6:
                after.lifecycle.retirement_time.seconds = chance.randint(1, 10**9)
    return after


class Oracle:
    """Every version, read one by one; and what a filter asks for, said in the plainest way."""

    def __init__(self, tables: Catalogue) -> None:
        self.rows = tables.rows(
            "SELECT model_id, version, revision, committed_at, operation, principal, document, purged_at FROM"
            " model_version ORDER BY committed_at DESC, revision DESC, model_id"
        )
        self.documents = {(row[0], row[1]): row[6] for row in self.rows}

    def matching(self, wanted: api.ModelChangeFilter, scope: Scope = EVERYTHING) -> dict[Key, list[str]]:
        """The versions that match, in their order, each with the paths of its entries that do."""
        found = {}
        for row in self.rows:
            entries = [entry for entry in self._entries(row) if asked_for(wanted, entry)]
            of_entries = bool(wanted.paths or wanted.types or wanted.change_classes)
            if self._is_meant(wanted, row, scope) and (entries or not of_entries):
                found[row[2], row[0]] = [entry.change.path for entry in entries]
        return found

    def _entries(self, row: Any) -> Sequence[history_pb2.DiffEntry]:
        model_id, version, operation, document = row[0], row[1], row[4], row[6]
        if operation == Operation.DELETE:
            return [RULES.removal()]
        before = self.documents.get((model_id, version - 1))
        if before is None or document is None:
            return []
        return RULES.entries(diff.diff(pb.Model.FromString(before), pb.Model.FromString(document)))

    def _is_meant(self, wanted: api.ModelChangeFilter, row: Any, scope: Scope) -> bool:
        model_id, _, revision, at, operation, principal = row[:6]
        provider = model_id.split("/")[0]
        return (
            scope.covers(provider)
            and (not wanted.model_ids or model_id in wanted.model_ids)
            and (not wanted.provider_ids or provider in wanted.provider_ids)
            and (not wanted.operations or operation in wanted.operations)
            and (not wanted.principals or principal in wanted.principals)
            and (not wanted.HasField("start_time") or at >= wanted.start_time.ToDatetime(UTC))
            and (not wanted.HasField("end_time") or at < wanted.end_time.ToDatetime(UTC))
            and revision > wanted.after_revision
            and (not wanted.up_to_revision or revision <= wanted.up_to_revision)
        )


def asked_for(wanted: api.ModelChangeFilter, entry: history_pb2.DiffEntry) -> bool:
    change = entry.change
    return (
        (not wanted.types or change.operation in wanted.types)
        and (not wanted.change_classes or entry.change_class in wanted.change_classes)
        and (not wanted.paths or any(is_at_or_under(change.path, path) for path in wanted.paths))
    )


def is_at_or_under(path: str, part: str) -> bool:
    return path == part or path.startswith((part + ".", part + "["))


async def all_of(
    changes: Changes, wanted: api.ModelChangeFilter, scope: Scope = EVERYTHING, *, size: int = 3
) -> dict[Key, list[str]]:
    """All pages of a list, in their order; fails where one holds too many, or a change comes twice."""
    found: dict[Key, list[str]] = {}
    below: Position | None = None
    for _ in range(1000):
        page = await changes.page(wanted, below, size, scope)
        assert len(page.changes) <= size
        for change in page.changes:
            key = (change.revision, change.model_id)
            assert key not in found, f"{key} comes twice"
            found[key] = [entry.change.path for entry in change.entries]
        if page.next is None:
            return found
        assert page.next != below, "a page that leads to itself"
        below = page.next
    raise AssertionError("the list does not end")


def filters(oracle: Oracle) -> Iterator[api.ModelChangeFilter]:
    """Each condition alone, and many together."""
    times, revisions = [row[3] for row in oracle.rows], [row[2] for row in oracle.rows]
    middle, early = times[len(times) // 2], times[-8]
    yield from (
        api.ModelChangeFilter(**fields)
        for fields in (
            {},
            {"model_ids": ["acme/one"]},
            {"model_ids": ["acme/one", "beta/one", "none/at-all"]},
            {"provider_ids": ["acme"]},
            {"provider_ids": ["b", "beta"]},
            {"provider_ids": ["nobody"]},
            {"provider_ids": ["acme"], "model_ids": ["beta/one"]},
            {"paths": ["context_window"]},
            {"paths": ["prices"]},
            {"paths": ['prices["output"]']},
            {"paths": ['prices["input"].amount', "lifecycle"]},
            {"paths": ["lifecycle.stage"]},
            {"paths": ['capabilities["vision"]']},
            {"paths": ["max_input_tokens"]},
            {"types": [update_pb2.FIELD_CHANGE_OPERATION_REMOVED]},
            {"types": [update_pb2.FIELD_CHANGE_OPERATION_ADDED], "paths": ["capabilities", "prices"]},
            *({"change_classes": [number]} for number in CLASSES.values()),
            {"change_classes": [1, 3]},
            {"change_classes": [1], "provider_ids": ["acme"], "paths": ["prices"]},
            {"operations": [Operation.DELETE]},
            {"operations": [Operation.UNDELETE, Operation.CREATE]},
            {"operations": [Operation.PIN]},
            {"principals": ["ann"]},
            {"principals": ["bob"]},
            {"start_time": middle},
            {"end_time": middle},
            {"start_time": early, "end_time": middle, "paths": ["prices"]},
            {"after_revision": revisions[10]},
            {"up_to_revision": revisions[10]},
            {"after_revision": revisions[-9], "up_to_revision": revisions[9], "change_classes": [1]},
            {"after_revision": revisions[0]},
            {"up_to_revision": 10**12, "model_ids": ["acme/two"]},
            {"start_time": times[0] + timedelta(days=1)},
        )
    )


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize("effort", EFFORTS, ids=str)
async def test_lists_hold_what_a_look_at_every_version_finds(
    database: Database, tables: Catalogue, effort: Effort
) -> None:
    """HistoryService: each change that matches is on one page, newest first and within a revision by model, with those
    of its entries that match; whichever way it is found, and where pages end before they are full."""
    oracle, changes = Oracle(tables), Changes(database, RULES, effort)
    for wanted in filters(oracle):
        expected = oracle.matching(wanted)
        found = await all_of(changes, wanted)
        assert list(found.items()) == list(expected.items()), wanted


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize("effort", EFFORTS[:3], ids=str)
async def test_lists_leave_out_what_the_caller_may_not_see(
    database: Database, tables: Catalogue, effort: Effort
) -> None:
    """HistoryService: of other providers nothing is listed, whatever is asked for."""
    oracle, changes = Oracle(tables), Changes(database, RULES, effort)
    for scope in (Scope(frozenset({"acme"})), Scope(frozenset({"b", "none"})), Scope(frozenset())):
        for wanted in filters(oracle):
            found = await all_of(changes, wanted, scope)
            assert list(found.items()) == list(oracle.matching(wanted, scope).items()), (scope, wanted)


@pytest.mark.usefixtures("story")
async def test_pages_stay_whole_while_others_write(database: Database, ledger: Ledger, tables: Catalogue) -> None:
    """HistoryService: what comes meanwhile is newer than every later page."""
    expected, changes = list(Oracle(tables).matching(api.ModelChangeFilter())), Changes(database, RULES)
    first = await changes.page(api.ModelChangeFilter(), None, 10, EVERYTHING)
    await save(ledger, plain("acme/one", "later"), plain("beta/new"))
    found = [(one.revision, one.model_id) for one in first.changes]
    below = first.next
    while below is not None:
        page = await changes.page(api.ModelChangeFilter(), below, 10, EVERYTHING)
        found += [(one.revision, one.model_id) for one in page.changes]
        below = page.next
    assert found == expected
    assert page.head == tables.head > first.head


async def test_a_change_is_told_with_who_why_and_what_it_means(database: Database, ledger: Ledger) -> None:
    """HistoryService: a creation has no entries, a deletion one of the path ""; what is filtered out still counts for
    the impact."""
    model = plain("acme/one", "One")
    await save(ledger, model)
    model.context_window -= 1
    model.display_name = "Uno"
    await save(ledger, model)
    await delete(ledger, "acme/one")
    wanted = api.ModelChangeFilter(paths=["display_name"])
    deleted, updated, created = (
        await Changes(database, RULES).page(api.ModelChangeFilter(), None, 9, EVERYTHING)
    ).changes
    assert [entry.change.path for entry in deleted.entries] == [""]
    assert deleted.entries[0].rule_id == "model-removed"
    assert deleted.impact == history_pb2.CHANGE_IMPACT_CRITICAL
    assert [entry.rule_id for entry in updated.entries] == ["limit-lowered", "words"]
    assert (updated.version, updated.revision, updated.principal, updated.reason) == (2, 2, "ann", "for a test")
    assert (list(created.entries), created.impact) == ([], history_pb2.CHANGE_IMPACT_UNSPECIFIED)
    (only,) = (await Changes(database, RULES).page(wanted, None, 9, EVERYTHING)).changes
    assert [entry.rule_id for entry in only.entries] == ["words"]
    assert only.impact == updated.impact == history_pb2.CHANGE_IMPACT_HIGH


async def test_a_purged_version_is_listed_without_entries(
    database: Database, ledger: Ledger, tables: Catalogue
) -> None:
    """HistoryService: what it changed is gone; that it was, by whom and when, is not."""
    for name in ("one", "two", "three"):
        await save(ledger, plain("acme/one", name))
    tables.run(
        "UPDATE model_version SET purged_at = clock_timestamp(), document_hash = sha256(document), document = NULL,"
        " changes = '' WHERE version = 2"
    )
    changes = Changes(database, RULES)
    page = await changes.page(api.ModelChangeFilter(), None, 9, EVERYTHING)
    assert [(one.version, len(one.entries)) for one in page.changes] == [(3, 1), (2, 0), (1, 0)]
    named = await changes.page(api.ModelChangeFilter(paths=["display_name"]), None, 9, EVERYTHING)
    assert [one.version for one in named.changes] == [3]


async def test_other_rules_say_at_once_what_all_changes_mean(database: Database, ledger: Ledger) -> None:
    """HistoryService: classes are not stored: the rules of now hold for what was long ago."""
    for name in ("one", "two"):
        await save(ledger, plain("acme/one", name))
    breaking = api.ModelChangeFilter(change_classes=[history_pb2.CHANGE_CLASS_BREAKING])
    assert not (await Changes(database, RULES).page(breaking, None, 9, EVERYTHING)).changes
    strict = Rules.parse(
        '{"rules": [{"id": "name", "paths": ["display_name"], "class": "breaking", "impact": "high"},'
        ' {"id": "rest", "class": "cosmetic", "impact": "low"}]}'
    )
    (found,) = (await Changes(database, strict).page(breaking, None, 9, EVERYTHING)).changes
    assert found.entries[0].rule_id == "name"


async def test_times_between_microseconds_are_exact(database: Database, ledger: Ledger, tables: Catalogue) -> None:
    """HistoryService: start_time is "at this time or later", to the nanosecond."""
    await save(ledger, plain("acme/one"))
    ((at,),) = tables.rows("SELECT committed_at FROM model_version")
    changes = Changes(database, RULES)
    for nanos, is_found in ((0, True), (1, False)):
        wanted = api.ModelChangeFilter(start_time=at)
        wanted.start_time.nanos += nanos
        assert bool((await changes.page(wanted, None, 9, EVERYTHING)).changes) == is_found
        wanted = api.ModelChangeFilter(end_time=at)
        wanted.end_time.nanos += nanos
        assert bool((await changes.page(wanted, None, 9, EVERYTHING)).changes) != is_found
    for moment in (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)):
        wanted = api.ModelChangeFilter(start_time=moment)
        wanted.start_time.nanos += 999 if moment.year > 1 else 0
        assert bool((await changes.page(wanted, None, 9, EVERYTHING)).changes) == (moment.year == 1)


async def test_a_page_fits_into_a_message(database: Database, ledger: Ledger) -> None:
    """HistoryService: most callers take messages of 4 MiB; large changes make short pages, with all of them."""
    for number in range(40):
        await save(ledger, plain("acme/one", description=f"{number:02}" * 30_000))
    changes, below, found = Changes(database, RULES), None, []
    while not found or below is not None:
        page = await changes.page(api.ModelChangeFilter(), below, 50, EVERYTHING)
        assert api.ListModelChangesResponse(changes=page.changes).ByteSize() < 4 * 1024 * 1024
        found += [change.version for change in page.changes]
        below = page.next
    assert found == list(range(40, 0, -1))
