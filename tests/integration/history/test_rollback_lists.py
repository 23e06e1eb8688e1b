"""Lists of rollbacks: what filters choose, and pages that neither lose nor repeat one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import history_pb2 as pb
from modeldex.v1 import history_service_pb2 as api
from modeldex_server.history.rollbacks.listing import Place
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.scope import EVERYTHING, Scope
from modeldex_server.store.database import Database
from support.checks import Catalogue
from support.models import new_id, plain
from support.rollbacks import ANN, BOTH, CANCELLED, PENDING, REJECTED, Desk, desk
from support.writes import save


@pytest.fixture
def rollbacks(database: Database, ledger: Ledger) -> Desk:
    return desk(database, ledger, approval="always")


async def waiting(rollbacks: Desk, ledger: Ledger, *providers: str) -> list[pb.Rollback]:
    """One request of a model of each provider."""
    ids = [new_id(provider) for provider in providers]
    for name in ("old", "new"):
        await save(ledger, *(plain(model_id, name) for model_id in ids))
    return [await rollbacks.request(model_id, 1, by) for model_id, by in zip(ids, [ANN, BOTH] * len(ids), strict=False)]


async def found(rollbacks: Desk, scope: Scope = EVERYTHING, **fields: object) -> list[str]:
    """The ids of all pages."""
    request = api.ListRollbacksRequest(**fields)  # type: ignore[arg-type] # fields of the request
    ids: list[str] = []
    after: Place | None = None
    while True:
        page, after = await rollbacks.lists.page(request, scope, after)
        ids += [one.id for one in page]
        if after is None:
            return ids


async def test_filters_choose(rollbacks: Desk, ledger: Ledger) -> None:
    """ListRollbacks: by model, states, requester and time, newest first; each as GetRollback gives it."""
    one, two, three, four = await waiting(rollbacks, ledger, "acme", "acme", "beta", "beta")
    await rollbacks.cancel(two, BOTH)
    await rollbacks.reject(three)
    assert await found(rollbacks) == [four.id, three.id, two.id, one.id]
    assert await found(rollbacks, model_id=two.model_id) == [two.id]
    assert await found(rollbacks, states=[CANCELLED, REJECTED]) == [three.id, two.id]
    assert await found(rollbacks, states=[PENDING], requester="both") == [four.id]
    assert await found(rollbacks, requester="bo") == []
    assert await found(rollbacks, start_time=two.create_time, end_time=four.create_time) == [three.id, two.id]
    assert await found(rollbacks, Scope(frozenset({"beta", "gamma"}))) == [four.id, three.id]
    page, _ = await rollbacks.lists.page(api.ListRollbacksRequest(), EVERYTHING, None)
    assert page == [await rollbacks.lists.get(shown.id, EVERYTHING) for shown in page]


async def test_pages_lose_and_repeat_nothing(rollbacks: Desk, ledger: Ledger, tables: Catalogue) -> None:
    """ListRollbacks: pages of any size give each rollback once, also of one moment, while others are requested."""
    every = {one.id for one in await waiting(rollbacks, ledger, *["acme"] * 12)}
    tables.run("UPDATE rollback SET created_at = '2020-11-01Z' WHERE id < (SELECT id FROM rollback OFFSET 6 LIMIT 1)")
    for size in (1, 5, 12, 500):
        ids = await found(rollbacks, page_size=size)
        assert len(ids) == len(set(ids))
        assert set(ids) == every
    request, ids = api.ListRollbacksRequest(page_size=5), []
    page, after = await rollbacks.lists.page(request, EVERYTHING, None)
    ids += [one.id for one in page]
    await waiting(rollbacks, ledger, "acme", "beta")
    while after is not None:
        page, after = await rollbacks.lists.page(request, EVERYTHING, after)
        ids += [one.id for one in page]
    assert (set(ids), len(ids)) == (every, 12)


async def test_a_page_is_bounded_in_bytes(rollbacks: Desk, ledger: Ledger, tables: Catalogue) -> None:
    """memory: rollbacks with large diffs come in smaller pages, a very large one by itself; none is lost."""
    every = {one.id for one in await waiting(rollbacks, ledger, *["acme"] * 6)}
    large = pb.ModelDiff(model_id="x" * 600_000).SerializeToString()
    tables.run("UPDATE rollback SET diff = %s", [large])
    page, after = await rollbacks.lists.page(api.ListRollbacksRequest(), EVERYTHING, None)
    assert len(page) == 2
    assert after is not None
    assert set(await found(rollbacks)) == every


async def test_there_is_nothing_after_the_end(rollbacks: Desk, ledger: Ledger) -> None:
    """ListRollbacks: of a time to come, or a model that never was, an empty list."""
    await waiting(rollbacks, ledger, "acme")
    later = Timestamp()
    later.FromDatetime(datetime(2100, 1, 1, tzinfo=UTC))
    assert await found(rollbacks, start_time=later) == []
    assert await found(rollbacks, model_id="acme/never") == []
