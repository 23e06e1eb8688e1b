"""Rollbacks under contention: whoever decides at once, one thing happens, and what is valid never fails."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, suppress
from itertools import count

import pytest

from modeldex.v1 import history_pb2 as pb
from modeldex.v1 import history_service_pb2 as api
from modeldex_server.errors import (
    ModeldexError,
    RollbackChangesNothing,
    RollbackExpired,
    RollbackFinished,
    RollbackPending,
    RollbackStale,
)
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.principals import Principal
from modeldex_server.security.roles import Role
from modeldex_server.store import database as store
from modeldex_server.store.database import Database
from support.checks import Catalogue
from support.models import new_id, plain
from support.rollbacks import ANN, EXECUTED, PENDING, Desk, check, desk, document, states_told
from support.writes import save

ROUNDS = 12
APPROVERS = [Principal(f"approver-{i}", frozenset({Role.APPROVER})) for i in range(20)]


@pytest.fixture
async def replicas(database_url: str) -> AsyncIterator[list[tuple[Desk, Ledger]]]:
    """Three replicas, each with connections of its own; one has to approve."""
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(3):
            database = Database(database_url, size=20)
            await database.open()
            stack.push_async_callback(database.close)
            ledger = Ledger(database, lambda _: None)
            made.append((desk(database, ledger, approval="always"), ledger))
        yield made


async def model(ledger: Ledger) -> str:
    """A saved model with two versions."""
    model_id = new_id()
    for name in ("old", "new"):
        await save(ledger, plain(model_id, name))
    return model_id


async def test_twenty_approvals_make_one_version(replicas: Sequence[tuple[Desk, Ledger]], tables: Catalogue) -> None:
    """once: of 20 approvers at the same time over three replicas one executes it; all others are told that it is
    EXECUTED."""
    for _ in range(3):
        model_id = await model(replicas[0][1])
        waits = await replicas[0][0].request(model_id, 1)
        approvals = [replicas[i % 3][0].approve(waits, by) for i, by in enumerate(APPROVERS)]
        results = await asyncio.gather(*approvals, return_exceptions=True)
        done = [one for one in results if isinstance(one, pb.Rollback)]
        assert [(one.state, one.executed_version) for one in done] == [(EXECUTED, 3)]
        refused = [one for one in results if isinstance(one, RollbackFinished)]
        assert (len(refused), {one.metadata["state"] for one in refused}) == (19, {"EXECUTED"})
        assert document(tables, model_id, 3) == document(tables, model_id, 1)
    check(tables)
    tables.check()


async def test_there_is_one_end(replicas: Sequence[tuple[Desk, Ledger]], tables: Catalogue) -> None:
    """terminal states: approval, rejection, cancellation, expiry, a write and the sweep at the same moment come to
    exactly one end, which all others are told of, and what it says is what happened."""
    ends: Counter[int] = Counter()
    turns = count()
    while ends.total() < ROUNDS or len(ends) < 2:  # where always the same is first it is no race
        turn = next(turns)
        (one, ledger), (two, _), (three, _) = replicas
        model_id = await model(ledger)
        waits = await one.request(model_id, 1)
        if turn % 3 == 0:
            soon = f"{random.Random(turn).uniform(0, 100)} milliseconds"
            expires = "UPDATE rollback SET expires_at = clock_timestamp() + %s::interval WHERE id = %s"
            tables.run(expires, [soon, waits.id])
        moves = [
            one.approve(waits, APPROVERS[0]),
            two.reject(waits, APPROVERS[1]),
            three.cancel(waits),
            three.sweeper.sweep(),
            save(ledger, plain(model_id, "moved")),
        ]
        random.Random(turn).shuffle(moves)
        results = await asyncio.gather(*moves, return_exceptions=True)
        problems = [one for one in results if isinstance(one, BaseException)]
        assert all(isinstance(one, RollbackFinished | RollbackExpired | RollbackStale) for one in problems), problems
        decided = [one for one in results if isinstance(one, pb.Rollback)]
        assert len(decided) <= 1
        (final,) = [state for state in states_told(tables, waits.id) if state != "PENDING"]
        assert all(pb.RollbackState.Name(one.state) == f"ROLLBACK_STATE_{final}" for one in decided)
        ends[pb.RollbackState.Value(f"ROLLBACK_STATE_{final}")] += 1
    check(tables)
    tables.check()


async def test_one_of_many_requests_waits(replicas: Sequence[tuple[Desk, Ledger]], tables: Catalogue) -> None:
    """rollback: of 20 requests of one model at the same time over three replicas one waits, and the others are told
    which one that is."""
    model_id = await model(replicas[0][1])
    requests = [replicas[i % 3][0].request(model_id, 1) for i in range(20)]
    results = await asyncio.gather(*requests, return_exceptions=True)
    (waits,) = [one for one in results if isinstance(one, pb.Rollback)]
    refused = [one for one in results if isinstance(one, RollbackPending)]
    assert (len(refused), {one.metadata["rollback_id"] for one in refused}) == (19, {waits.id})
    assert waits.state == PENDING
    check(tables)


async def test_one_request_at_the_same_time_is_one(replicas: Sequence[tuple[Desk, Ledger]], tables: Catalogue) -> None:
    """done once: the same request and the same approval, each sent over three replicas at once, have one answer."""
    model_id = await model(replicas[0][1])
    asked = await asyncio.gather(*(replicas[i % 3][0].ask(model_id, 1, request_id="one") for i in range(9)))
    assert len({answer.SerializeToString(deterministic=True) for answer in asked}) == 1
    request = api.ApproveRollbackRequest(
        rollback_id=asked[0].rollback.id, diff_hash=asked[0].rollback.diff.hash, request_id="two"
    )
    approved = await asyncio.gather(*(replicas[i % 3][0].decider.approve(request, APPROVERS[0], 10) for i in range(9)))
    assert len({answer.SerializeToString(deterministic=True) for answer in approved}) == 1
    check(tables)


async def test_a_valid_rollback_never_fails_among_writers_of_other_models(
    replicas: Sequence[tuple[Desk, Ledger]], tables: Catalogue
) -> None:
    """contention: while 64 writers change other models, every request and approval of a valid rollback succeeds."""
    ledger = replicas[0][1]
    ids = [await model(ledger) for _ in range(5)]
    ending = asyncio.Event()
    writers = [asyncio.create_task(_write(replicas[i % 3][1], new_id(), ending)) for i in range(64)]
    try:
        for model_id in ids:
            waits = await replicas[1][0].request(model_id, 1)
            assert (await replicas[2][0].approve(waits, APPROVERS[0])).state == EXECUTED
    finally:
        ending.set()
    assert sum(await asyncio.gather(*writers)) >= 64
    check(tables)


async def _write(ledger: Ledger, model_id: str, ending: asyncio.Event) -> int:
    """Changes of one model until the end; how many."""
    for number in count(1):
        await save(ledger, plain(model_id, f"{model_id} {number}"))
        if ending.is_set():
            return number
    raise AssertionError


async def test_a_valid_rollback_never_fails_among_writers_of_the_same_model(
    database_url: str, replicas: Sequence[tuple[Desk, Ledger]], tables: Catalogue
) -> None:
    """contention: while 64 writers change the same model, a rollback that needs no approval is executed each time; only
    where it is as the target says already is it refused."""
    model_id = await model(replicas[0][1])
    ending = asyncio.Event()
    writers = [asyncio.create_task(_write_name(replicas[i % 3][1], model_id, i, ending)) for i in range(64)]
    database = Database(database_url, size=2)
    await database.open()
    free = desk(database, Ledger(database, lambda _: None), approval="never")
    executed = 0
    try:
        while executed < 5:
            try:
                assert (await free.request(model_id, 1)).state == EXECUTED
                executed += 1
            except RollbackChangesNothing:
                await asyncio.sleep(0)
    finally:
        ending.set()
        await asyncio.gather(*writers)
        await database.close()
    check(tables)
    tables.check()


async def _write_name(ledger: Ledger, model_id: str, writer: int, ending: asyncio.Event) -> None:
    for number in count(1):
        with suppress(ModeldexError):  # of interest here is that rollbacks do not fail
            await save(ledger, plain(model_id, f"{writer} {number}"))
        if ending.is_set():
            return


async def test_a_lock_that_is_held_for_long_is_waited_for(
    database_url: str, database: Database, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """contention: where another holds the model for longer than the store waits, the request is tried again, and done
    once the model is free."""
    model_id = await model(ledger)
    monkeypatch.setattr(store, "_SESSION", store._SESSION.replace("lock_timeout=5s", "lock_timeout=50ms"))
    hasty = Database(database_url, size=2)
    await hasty.open()
    request = api.RequestRollbackRequest(model_id=model_id, target_version=1, reason="x")
    try:
        async with database.connection() as connection, connection.transaction():
            await connection.execute("SELECT FROM model WHERE id = %(id)s FOR UPDATE", {"id": model_id})
            requester = desk(hasty, Ledger(hasty, lambda _: None), approval="always").requester
            asking = asyncio.create_task(requester.request(request, ANN, 10))
            await asyncio.wait([asking], timeout=0.4)
            assert not asking.done()
        assert (await asking).rollback.state == PENDING
    finally:
        await hasty.close()
