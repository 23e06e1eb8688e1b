"""The past is as it was: models and lists as of a revision or a time, over a real PostgreSQL."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from modeldex.v1 import discovery_service_pb2 as api
from modeldex.v1 import model_pb2 as pb
from modeldex_server.catalogue.availability import Availability
from modeldex_server.catalogue.listing import Lister, Page, Position
from modeldex_server.catalogue.matching import model_matcher
from modeldex_server.catalogue.past import Historian
from modeldex_server.catalogue.past_listing import PastLister
from modeldex_server.errors import FutureRevision, FutureTime, ModelNotFound, StoreUnavailable, VersionPurged
from modeldex_server.ledger.changes import Decision, Head, ModelChange, Operation, Write
from modeldex_server.ledger.documents import canonical
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.scope import EVERYTHING, Scope
from modeldex_server.store.database import Connection, Database
from support.matches import IDS, documents, filters
from support.models import plain
from support.past import Step, folded, take
from support.writes import delete, save

_EVERYTHING = api.ModelFilter(include_unlisted=True, lifecycle_stages=pb.LifecycleStage.values())
_COMMITTED = "SELECT committed_at FROM revision WHERE revision = %(revision)s"
_PURGE = """
UPDATE model_version SET document = NULL, document_hash = sha256(document), changes = '', purged_at = now()
WHERE model_id = %(id)s AND version <= %(version)s"""


@dataclass(frozen=True)
class Row:
    """A row with one time."""

    committed_at: datetime


@dataclass
class Catalogue:
    """The rooms that the tests ask."""

    database: Database
    ledger: Ledger = field(init=False)
    lister: Lister = field(init=False)
    past: PastLister = field(init=False)
    historian: Historian = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.database, lambda _: None)
        self.lister = Lister(self.database, Availability())
        self.past = PastLister(self.database)
        self.historian = Historian(self.database)

    async def now(self) -> datetime:
        """The time of the store."""
        return (await self.database.rows(Row, "SELECT clock_timestamp() AS committed_at"))[0].committed_at

    async def committed_at(self, revision: int) -> datetime:
        """When a revision was committed."""
        return (await self.database.rows(Row, _COMMITTED, {"revision": revision}))[0].committed_at

    async def ids(self, revision: int, scope: Scope = EVERYTHING, **wanted: object) -> list[str]:
        """The ids of a list as of a revision."""
        request = api.ListModelsRequest(filter=api.ModelFilter(**wanted))  # type: ignore[arg-type]
        page = await self.past.page(request, revision, None, scope)
        return [pb.Model.FromString(model).id for model in page.models]


@pytest.fixture
def catalogue(database: Database) -> Catalogue:
    return Catalogue(database)


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """A revision of any kind, of one model or several."""
    ids = draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=5, unique=True))
    kind = draw(st.sampled_from(["save", "save", "list", "list", "delete", "undelete"]))
    return Step(kind, [draw(documents(model_id)) for model_id in ids])  # type: ignore[arg-type] # of the kinds


@st.composite
def requests(draw: st.DrawFn) -> api.ListModelsRequest:
    """A list by any filter in any order; models are few, so most filters are made wide."""
    wanted = draw(filters() | st.just(_EVERYTHING))
    wanted.include_deleted = draw(st.booleans())
    return api.ListModelsRequest(
        filter=wanted,
        sort_field=draw(st.sampled_from(api.ModelSortField.values())),
        descending=draw(st.booleans()),
        page_size=500,
        include_total_size=True,
    )


def test_the_past_is_what_was_current_then(database_url: str) -> None:
    """as it was: a model as of a revision is what the events of the log up to it tell; a list by any filter in any
    order is the one that was given while the revision was the newest, page by page while others write; and a time gives
    what its revision gives."""
    met: list[int] = []
    with asyncio.Runner() as runner:
        database = Database(database_url, size=4)
        runner.run(database.open())
        catalogue = Catalogue(database)

        @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
        @given(
            st.lists(steps(), min_size=4, max_size=8),
            st.lists(requests(), min_size=5, max_size=5),
            st.randoms(use_true_random=False),
        )
        def examples(taken: Sequence[Step], asked: Sequence[api.ListModelsRequest], chance: random.Random) -> None:
            met.extend(runner.run(_story(catalogue, taken, asked, chance)))

        try:
            examples()
        finally:
            runner.run(database.close())
    assert any(met), "no filter was met by any model: the examples say nothing"


async def _story(
    catalogue: Catalogue, taken: Sequence[Step], asked: Sequence[api.ListModelsRequest], chance: random.Random
) -> list[int]:
    given: dict[int, list[Page]] = {}
    for step in taken:
        if revision := (await take(catalogue.ledger, step)).revision:
            given[revision] = [await catalogue.lister.page(request, None, EVERYTHING) for request in asked]
    states = await folded(catalogue.database)
    for revision, pages in given.items():
        time = await catalogue.committed_at(revision)
        assert await catalogue.historian.revision_at(time) == revision
        assert await catalogue.historian.revision_at(time - timedelta(microseconds=1)) == revision - 1
        for model_id in chance.sample(IDS, 4):
            assert await _model(catalogue, model_id, revision) == states[revision].get(model_id)
        for request, page in zip(asked, pages, strict=True):
            other = Step("save", [plain(chance.choice(IDS), chance.choice("abc"))])
            listed, sizes = await _pages(catalogue, request, revision, chance.randint(1, 5), other)
            assert listed == list(page.models), request
            assert sizes == {page.total_size}
            if not request.filter.include_deleted:
                matches = model_matcher(request.filter)
                folding = [model for model in states[revision].values() if matches(pb.Model.FromString(model))]
                assert sorted(folding) == sorted(listed)
    return [len(page.models) for pages in given.values() for page in pages]


async def _model(catalogue: Catalogue, model_id: str, revision: int) -> bytes | None:
    try:
        return (await catalogue.historian.get(model_id, revision, EVERYTHING)).model
    except ModelNotFound:
        return None


async def _pages(
    catalogue: Catalogue, request: api.ListModelsRequest, revision: int, size: int, between: Step
) -> tuple[list[bytes], set[int | None]]:
    """All models of a list, page by page, with a write between any two; and the sizes that the pages name."""
    asked = api.ListModelsRequest()
    asked.CopyFrom(request)
    asked.page_size = size
    models: list[bytes] = []
    sizes: set[int | None] = set()
    after: Position | None = None
    while True:
        page = await catalogue.past.page(asked, revision, after, EVERYTHING)
        models += page.models
        sizes.add(page.total_size)
        after = page.next
        if after is None:
            return models, sizes
        await take(catalogue.ledger, between)


async def test_a_list_without_its_size_stops_where_its_page_ends(catalogue: Catalogue) -> None:
    """as it was: what follows is found by the next page, also where more than a batch of models changed since."""
    ids = [f"acme/{number:03}" for number in range(490)]
    first = await save(catalogue.ledger, *(plain(model_id) for model_id in ids))
    await save(catalogue.ledger, *(plain(model_id, "changed") for model_id in ids))
    for descending in (False, True):
        request, after, found = api.ListModelsRequest(descending=descending, page_size=250), None, []
        while True:
            page = await catalogue.past.page(request, first.revision, after, EVERYTHING)
            assert page.total_size is None
            found += [pb.Model.FromString(model) for model in page.models]
            if (after := page.next) is None:
                break
        assert [model.id for model in found] == sorted(ids, reverse=descending)
        assert {model.display_name for model in found} == {""}


async def test_before_the_beginning_there_is_nothing(catalogue: Catalogue) -> None:
    """as it was: revision 0, and any time before the first, is an empty catalogue."""
    await save(catalogue.ledger, plain("acme/one"))
    for time in (datetime(1, 1, 1, tzinfo=UTC), datetime(1999, 12, 31, tzinfo=UTC)):
        assert await catalogue.historian.revision_at(time) == 0
    with pytest.raises(ModelNotFound) as caught:
        await catalogue.historian.get("acme/one", 0, EVERYTHING)
    assert caught.value.metadata == {"model_id": "acme/one", "state": "unknown", "as_of_revision": "0"}
    assert await catalogue.ids(0) == []


async def test_a_deleted_model_is_there_as_of_before(catalogue: Catalogue) -> None:
    """as it was: until its deletion, and not after."""
    saved = await save(catalogue.ledger, plain("acme/one", "Once"))
    await delete(catalogue.ledger, "acme/one")
    past = await catalogue.historian.get("acme/one", saved.revision, EVERYTHING)
    assert pb.Model.FromString(past.model).display_name == "Once"
    assert past.head == saved.revision + 1
    with pytest.raises(ModelNotFound) as caught:
        await catalogue.historian.get("acme/one", saved.revision + 1, EVERYTHING)
    assert caught.value.metadata["state"] == "deleted"


async def test_what_is_yet_to_come_is_refused(catalogue: Catalogue) -> None:
    """as it was: of a revision or a time that is not there yet nobody knows."""
    head = (await save(catalogue.ledger, plain("acme/one"))).revision
    for ask in (catalogue.historian.get("acme/one", head + 1, EVERYTHING), catalogue.ids(head + 1)):
        with pytest.raises(FutureRevision) as caught:
            await ask
        assert caught.value.metadata == {"revision": str(head + 1), "head_revision": str(head)}
    with pytest.raises(FutureTime):
        await catalogue.historian.revision_at(await catalogue.now() + timedelta(minutes=1))
    assert await catalogue.historian.revision_at(await catalogue.now()) == head


async def test_a_clock_that_was_set_back_hides_nothing(catalogue: Catalogue) -> None:
    """as it was: the time of a revision is no future, whatever the clock says now."""
    ahead = await catalogue.now() + timedelta(hours=1)
    await catalogue.database.execute("UPDATE ledger_head SET committed_at = %(ahead)s", {"ahead": ahead})
    committed = await save(catalogue.ledger, plain("acme/one"))
    time = await catalogue.committed_at(committed.revision)
    assert time > ahead
    assert await catalogue.historian.revision_at(time) == committed.revision
    assert await catalogue.historian.revision_at(ahead) == committed.revision - 1


class _Held:
    """Holds a write back after its commit has its time, until it is let go."""

    def __init__(self) -> None:
        self.stamped = asyncio.Event()
        self.go = asyncio.Event()

    async def read(self, connection: Connection) -> None:
        pass

    async def write(self, connection: Connection) -> None:
        pass

    async def put_revision(self, connection: Connection) -> None:
        await (await connection.execute("SELECT")).fetchall()  # so that all before it was done
        self.stamped.set()
        await self.go.wait()


async def _save_held(catalogue: Catalogue, held: _Held) -> int:
    def decide(heads: Mapping[str, Head]) -> Decision:
        return Decision(models=[ModelChange("acme/one", Operation.UPDATE, canonical(plain("acme/one", "Two")))])

    write = Write("ann", "SaveModel", "acme/one", ["acme/one"], decide, beside=held)
    return (await catalogue.ledger.write(write)).revision


async def test_a_commit_under_way_is_waited_for(catalogue: Catalogue) -> None:
    """as it was: a revision that has its time already, and nobody sees yet, is part of the answer as of any time from
    then on."""
    before = (await save(catalogue.ledger, plain("acme/one", "One"))).revision
    early = await catalogue.committed_at(before)
    held = _Held()
    writing = asyncio.create_task(_save_held(catalogue, held))
    await held.stamped.wait()
    asking = asyncio.create_task(catalogue.historian.revision_at(await catalogue.now()))
    await asyncio.wait([asking], timeout=0.3)
    assert not asking.done(), "answered without what is being committed"
    assert await catalogue.historian.revision_at(early) == before, "what is settled waits for nobody"
    held.go.set()
    assert await asking == await writing == before + 1


async def test_a_commit_that_waits_for_the_counter_is_waited_for(catalogue: Catalogue) -> None:
    """as it was: a commit takes its time from the clock, and then may have to wait for somebody who looks at it
    under a lock. Its revision is part of the answer as of any time from then on, or gets a later time."""
    await save(catalogue.ledger, plain("acme/one", "One"))
    async with catalogue.database.connection() as connection, connection.transaction():
        await connection.execute("SELECT FROM ledger_head FOR SHARE")
        writing = asyncio.create_task(save(catalogue.ledger, plain("acme/one", "Two")))
        await asyncio.sleep(0.2)
        time = await catalogue.now()
        asking = asyncio.create_task(catalogue.historian.revision_at(time))
        await asyncio.sleep(0.2)
    answer = await asking
    await writing
    assert await catalogue.historian.revision_at(time) == answer


async def test_what_was_answered_as_of_now_stays_true(catalogue: Catalogue) -> None:
    """as it was: answers as of the present moment, while others write, are the same ever after."""
    over = asyncio.Event()
    given: list[tuple[datetime, int]] = []

    async def write(number: int) -> None:
        for turn in count():
            if turn >= 40 and len({revision for _, revision in given}) > 5:  # enough was asked meanwhile
                return
            await save(catalogue.ledger, plain(f"acme/{number}", str(turn)))

    async def ask() -> None:
        while not over.is_set():
            time = await catalogue.now()
            given.append((time, await catalogue.historian.revision_at(time)))

    asking = [asyncio.create_task(ask()) for _ in range(3)]
    await asyncio.gather(*(write(number) for number in range(4)))
    over.set()
    await asyncio.gather(*asking)
    for time, revision in given:
        assert await catalogue.historian.revision_at(time) == revision


async def test_a_commit_that_does_not_end_fails_the_read(catalogue: Catalogue, database_url: str) -> None:
    """as it was: rather no answer than one that may change."""
    await save(catalogue.ledger, plain("acme/one"))
    impatient = Database(database_url, size=1)
    await impatient.open()
    try:
        await impatient.execute("SET lock_timeout = '100ms'")
        async with catalogue.database.connection() as connection, connection.transaction():
            await connection.execute("SELECT FROM ledger_head FOR UPDATE")
            with pytest.raises(StoreUnavailable):
                await Historian(impatient).revision_at(await catalogue.now())
    finally:
        await impatient.close()


async def test_what_was_purged_is_told_and_not_left_out(catalogue: Catalogue) -> None:
    """purged, not gone: a model, and any list that could hold it, fails with the version whose document is away."""
    saved = await save(catalogue.ledger, plain("acme/one", "1"), plain("beta/one", "1"))
    await save(catalogue.ledger, plain("acme/one", "2"))
    await catalogue.database.execute(_PURGE, {"id": "acme/one", "version": 1})
    for ask in (
        catalogue.historian.get("acme/one", saved.revision, EVERYTHING),
        catalogue.ids(saved.revision),
        catalogue.ids(saved.revision, provider_ids=["acme"]),
    ):
        with pytest.raises(VersionPurged) as caught:
            await ask
        assert caught.value.metadata == {"model_id": "acme/one", "version": "1"}
    assert await catalogue.ids(saved.revision, provider_ids=["beta"]) == ["beta/one"]
    assert await catalogue.ids(saved.revision, Scope(frozenset({"beta"}))) == ["beta/one"]
    assert await catalogue.ids(saved.revision + 1) == ["acme/one", "beta/one"]


async def test_a_deletion_that_was_purged_is_one_still(catalogue: Catalogue) -> None:
    """purged, not gone: what was deleted is not there, and a list of the deleted says that it is not whole."""
    await save(catalogue.ledger, plain("acme/one", "1"))
    gone = await delete(catalogue.ledger, "acme/one")
    await save(catalogue.ledger, plain("acme/one", "2"))
    await catalogue.database.execute(_PURGE, {"id": "acme/one", "version": 2})
    with pytest.raises(ModelNotFound):
        await catalogue.historian.get("acme/one", gone.revision, EVERYTHING)
    assert await catalogue.ids(gone.revision) == []
    with pytest.raises(VersionPurged) as caught:
        await catalogue.ids(gone.revision, include_deleted=True)
    assert caught.value.metadata["version"] == "1"


async def test_the_past_of_others_does_not_exist(catalogue: Catalogue) -> None:
    """provider rights: a model outside of the scope was never there, changed since or not, deleted or not."""
    await save(catalogue.ledger, plain("acme/one"), plain("beta/one"), plain("beta/two"))
    await save(catalogue.ledger, plain("beta/three"), plain("acme/two"))
    deleted = await delete(catalogue.ledger, "beta/two")
    await save(catalogue.ledger, plain("beta/one", "New"), plain("acme/one", "New"))
    scope = Scope(frozenset({"acme"}))
    assert await catalogue.ids(deleted.revision, scope) == ["acme/one", "acme/two"]
    assert await catalogue.ids(deleted.revision, scope, provider_ids=["beta"]) == []
    problems = []
    for model_id in ("beta/one", "beta/two", "beta/nine"):
        with pytest.raises(ModelNotFound) as caught:
            await catalogue.historian.get(model_id, deleted.revision, scope)
        problems.append((str(caught.value).replace(model_id, ""), caught.value.metadata | {"model_id": ""}))
    assert problems == [problems[0]] * 3


@pytest.mark.parametrize("as_of", [False, True])
async def test_a_page_fits_into_a_message(catalogue: Catalogue, *, as_of: bool) -> None:
    """ListModels: most callers take messages of 4 MiB; large models make short pages, with all of them."""
    ids = [f"acme/model-{number:03}" for number in range(100)]
    for model_id in ids:
        await save(catalogue.ledger, plain(model_id, description="x" * 60_000))
    request, after, found = api.ListModelsRequest(page_size=500), None, list[str]()
    while not found or after is not None:
        asked = catalogue.past.page(request, len(ids), after, EVERYTHING) if as_of else None
        page = await (asked or catalogue.lister.page(request, after, EVERYTHING))
        assert sum(map(len, page.models)) < 4 * 1024 * 1024
        found += [pb.Model.FromString(model).id for model in page.models]
        after = page.next
    assert found == ids
