"""Decisions on rollbacks: who may decide what, what counts, and what a rollback is once it is finished."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from modeldex.v1 import history_service_pb2 as api
from modeldex.v1 import update_pb2
from modeldex_server.errors import (
    ModeldexError,
    NotRequester,
    RollbackDiffMismatch,
    RollbackExpired,
    RollbackFinished,
    RollbackNotFound,
    RollbackStale,
    SelfApproval,
)
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.principals import HISTORY
from modeldex_server.store.database import Database
from support.checks import Catalogue
from support.models import new_id, plain
from support.rollbacks import (
    ANN,
    BOB,
    BOTH,
    CANCELLED,
    CAT,
    DAN,
    ELSEWHERE,
    EXECUTED,
    EXPIRED,
    PENDING,
    REJECTED,
    ROOT,
    STALE,
    Desk,
    check,
    desk,
    document,
    lists,
    pins,
    states_told,
)
from support.writes import delete, save

Move = Callable[[Ledger, str], Awaitable[object]]


@pytest.fixture
def rollbacks(database: Database, ledger: Ledger) -> Desk:
    """Rollbacks that one has to approve."""
    return desk(database, ledger, approval="always")


@pytest.fixture
def pairs(database: Database, ledger: Ledger) -> Desk:
    """Rollbacks that two have to approve."""
    return desk(database, ledger, approval="always", approvers=2)


async def model(ledger: Ledger) -> str:
    """A saved model with two versions."""
    model_id = new_id()
    for name in ("old", "new"):
        await save(ledger, plain(model_id, name))
    return model_id


async def test_the_last_approval_executes(rollbacks: Desk, ledger: Ledger, tables: Catalogue) -> None:
    """approval: the last approval that is needed and the new version are one revision, by the approver, for the reason
    of the requester; the approver's words stand with the decision and in the audit trail."""
    model_id = await model(ledger)
    waits = await rollbacks.request(model_id, 1)
    request = api.ApproveRollbackRequest(rollback_id=waits.id, diff_hash=waits.diff.hash, comment="looks right")
    answer = await rollbacks.decider.approve(request, BOB, 10)
    done = answer.rollback
    assert (done.state, done.executed_version, answer.revision) == (EXECUTED, 3, done.revision)
    assert [(one.principal, one.approved, one.comment) for one in done.decisions] == [("bob", True, "looks right")]
    assert done.decisions[0].time == done.finish_time
    version = "SELECT principal, reason, operation, revision FROM model_version WHERE version = 3"
    assert tables.rows(version) == [("bob", "the list is broken", 5, done.revision)]
    assert document(tables, model_id, 3) == document(tables, model_id, 1)
    audited = (
        "SELECT principal, method, resource, outcome, after_version, reason FROM audit_event ORDER BY id DESC LIMIT 1"
    )
    assert tables.rows(audited) == [("bob", "ApproveRollback", model_id, "changed", 3, "looks right")]
    assert await rollbacks.lists.get(done.id, ANN.scope) == done
    assert states_told(tables, done.id) == ["PENDING", "EXECUTED"]
    assert rollbacks.states == dict.fromkeys([PENDING, EXECUTED], 1)
    check(tables)
    tables.check()


async def test_the_requester_does_not_approve(
    rollbacks: Desk, database: Database, ledger: Ledger, tables: Catalogue
) -> None:
    """four eyes: whoever requested it is refused as its approver, also with the role, and nothing changes; where
    `self_approval` is set it counts."""
    model_id = await model(ledger)
    waits = await rollbacks.request(model_id, 1, BOTH)
    before = tables.traces()
    with pytest.raises(SelfApproval) as refused:
        await rollbacks.approve(waits, BOTH)
    assert refused.value.metadata == {"rollback_id": waits.id, "principal": "both"}
    assert tables.traces() == before
    assert (await rollbacks.lists.get(waits.id, ANN.scope)).state == PENDING
    allowing = desk(database, ledger, self_approval=True)
    assert (await allowing.approve(waits, BOTH)).state == EXECUTED
    check(tables, self_approval=True)


async def test_fields_that_the_contract_does_not_have_say_nothing(
    rollbacks: Desk, ledger: Ledger, tables: Catalogue
) -> None:
    """four eyes: an approver written into the bytes of an approval, or a requester into those of a request, has no
    effect: it is the principal of the call."""
    model_id = await model(ledger)
    wanted = api.RequestRollbackRequest(model_id=model_id, target_version=1, reason="x").SerializeToString()
    forged = api.RequestRollbackRequest.FromString(wanted + bytes([*_tag(30), 3]) + b"cat")
    waits = (await rollbacks.requester.request(forged, BOTH, 10)).rollback
    assert waits.requester == "both"
    approval = api.ApproveRollbackRequest(rollback_id=waits.id, diff_hash=waits.diff.hash).SerializeToString()
    for number in range(5, 31):
        mine = api.ApproveRollbackRequest.FromString(approval + bytes([*_tag(number), 3]) + b"cat")
        with pytest.raises(SelfApproval):
            await rollbacks.decider.approve(mine, BOTH, 10)
    assert tables.rows("SELECT count(*) FROM rollback_decision") == [(0,)]


def _tag(number: int) -> bytes:
    """The tag of a field of bytes."""
    tag = number << 3 | 2
    return bytes([tag]) if tag < 128 else bytes([tag & 127 | 128, tag >> 7])


async def test_two_approvers_are_two_people(pairs: Desk, ledger: Ledger, tables: Catalogue) -> None:
    """approval: of two that must approve, one who approves twice counts once and is told where it stands; nothing is
    written for the second time, and the decisions stand in their order."""
    model_id = await model(ledger)
    waits = await pairs.request(model_id, 1)
    first = await pairs.approve(waits, BOB)
    assert (first.state, len(first.decisions)) == (PENDING, 1)
    before = tables.traces()
    assert await pairs.approve(waits, BOB, comment="once more") == first
    assert tables.traces() == before
    second = await pairs.approve(waits, CAT)
    assert (second.state, [one.principal for one in second.decisions]) == (EXECUTED, ["bob", "cat"])
    assert await pairs.approve(waits, BOB) == second
    with pytest.raises(RollbackFinished):
        await pairs.approve(waits, DAN)
    assert states_told(tables, waits.id) == ["PENDING", "PENDING", "EXECUTED"]
    check(tables)


async def test_how_many_must_approve_is_fixed_with_the_request(
    pairs: Desk, rollbacks: Desk, ledger: Ledger, tables: Catalogue
) -> None:
    """approval: a request keeps the number of approvals that the policy asked for when it was made."""
    waits = await pairs.request(await model(ledger), 1)
    assert (await rollbacks.approve(waits, BOB)).state == PENDING
    assert (await rollbacks.approve(waits, CAT)).state == EXECUTED
    check(tables)


async def test_a_change_of_mind_counts(pairs: Desk, ledger: Ledger, tables: Catalogue) -> None:
    """approval: whoever approved can still reject, and that is the one decision of this principal."""
    waits = await pairs.request(await model(ledger), 1)
    await pairs.approve(waits, BOB)
    rejected = await pairs.reject(waits, BOB)
    assert rejected.state == REJECTED
    assert [(one.principal, one.approved, one.comment) for one in rejected.decisions] == [("bob", False, "not now")]
    check(tables)


async def test_an_approval_names_the_diff_that_it_saw(rollbacks: Desk, ledger: Ledger, tables: Catalogue) -> None:
    """approval: with another diff's hash, also that of the same documents of another model, it is refused and nothing
    changes."""
    one, other = [await rollbacks.request(await model(ledger), 1) for _ in range(2)]
    before = tables.traces()
    for hash_ in (other.diff.hash, b"\0" * 32):
        with pytest.raises(RollbackDiffMismatch):
            await rollbacks.approve(one, diff_hash=hash_)
    assert tables.traces() == before
    assert (await rollbacks.approve(one)).state == EXECUTED


async def test_only_the_requester_and_an_admin_take_it_back(rollbacks: Desk, ledger: Ledger, tables: Catalogue) -> None:
    """cancellation: whoever else writes is refused; the reason is told."""
    first = await rollbacks.request(await model(ledger), 1)
    with pytest.raises(NotRequester) as refused:
        await rollbacks.cancel(first, BOTH)
    assert refused.value.metadata["principal"] == "both"
    assert (await rollbacks.cancel(first, ANN, reason="a mistake")).state == CANCELLED
    assert tables.rows("SELECT reason FROM revision ORDER BY revision DESC LIMIT 1") == [("a mistake",)]
    second = await rollbacks.request(await model(ledger), 1)
    assert (await rollbacks.cancel(second, ROOT)).state == CANCELLED
    check(tables)


async def test_what_is_finished_stays_so(rollbacks: Desk, ledger: Ledger, tables: Catalogue) -> None:
    """terminal states: whatever is decided on a rollback that was executed, rejected or cancelled a moment ago is
    refused with its state, and nothing changes."""
    executed, rejected, cancelled = [await rollbacks.request(await model(ledger), 1) for _ in range(3)]
    await rollbacks.approve(executed)
    await rollbacks.reject(rejected)
    await rollbacks.cancel(cancelled)
    before = tables.traces()
    for rollback, state in ((executed, "EXECUTED"), (rejected, "REJECTED"), (cancelled, "CANCELLED")):
        for decision in (rollbacks.approve(rollback, CAT), rollbacks.reject(rollback), rollbacks.cancel(rollback)):
            with pytest.raises(RollbackFinished) as refused:
                await decision
            assert refused.value.metadata == {"rollback_id": rollback.id, "state": state}
    assert tables.traces() == before
    assert await rollbacks.sweeper.sweep() == 0
    check(tables)


async def saved(ledger: Ledger, model_id: str) -> None:
    await save(ledger, plain(model_id, "moved"))


async def refreshed(ledger: Ledger, model_id: str) -> None:
    await lists(ledger, plain(model_id, "moved"))


async def deleted(ledger: Ledger, model_id: str) -> None:
    await delete(ledger, model_id)


async def there_and_back(ledger: Ledger, model_id: str) -> None:
    """It is as it was, and it is another version."""
    await save(ledger, plain(model_id, "moved"))
    await save(ledger, plain(model_id, "new"))


@pytest.mark.parametrize("move", [saved, refreshed, deleted, pins, there_and_back], ids=lambda move: move.__name__)
async def test_what_was_approved_must_still_be_true(
    rollbacks: Desk, ledger: Ledger, tables: Catalogue, move: Move
) -> None:
    """stale: whatever moves the model between request and approval makes the request STALE: it is not executed, and the
    caller is told, also by the same request sent again. Each later decision is refused."""
    model_id = await model(ledger)
    waits = await rollbacks.request(model_id, 1)
    await move(ledger, model_id)
    versions = tables.rows("SELECT count(*) FROM model_version")
    current = tables.rows("SELECT version FROM model WHERE id = %s", [model_id])[0][0]
    for _ in range(2):
        with pytest.raises(RollbackStale) as refused:
            await rollbacks.approve(waits, request_id="once")
        told = {"rollback_id": waits.id, "state": "STALE", "base_version": "2", "current_version": str(current)}
        assert refused.value.metadata == told
    assert (await rollbacks.lists.get(waits.id, ANN.scope)).state == STALE
    outcomes = "SELECT outcome FROM audit_event WHERE method = 'ApproveRollback'"
    assert tables.rows(outcomes) == [("ROLLBACK_STALE",)]
    for decision in (rollbacks.approve(waits, CAT), rollbacks.reject(waits), rollbacks.cancel(waits)):
        with pytest.raises(RollbackStale):
            await decision
    assert tables.rows("SELECT count(*) FROM model_version") == versions
    assert rollbacks.states == dict.fromkeys([PENDING, STALE], 1)
    check(tables)


@pytest.mark.parametrize("decide", [Desk.approve, Desk.reject, Desk.cancel], ids=lambda decide: decide.__name__)
async def test_what_nobody_decided_on_in_time_expires(
    rollbacks: Desk, ledger: Ledger, tables: Catalogue, decide: Callable[..., Awaitable[object]]
) -> None:
    """expiry: once its time is over by the database's clock it is EXPIRED, whoever decides then."""
    waits = await rollbacks.request(await model(ledger), 1)
    tables.run("UPDATE rollback SET expires_at = clock_timestamp() - interval '1 microsecond'")
    for _ in range(2):
        with pytest.raises(RollbackExpired, match="expired at") as refused:
            await decide(rollbacks, waits)
        assert refused.value.metadata["state"] == "EXPIRED"
    over = await rollbacks.lists.get(waits.id, ANN.scope)
    assert (over.state, len(over.decisions)) == (EXPIRED, 0)
    assert tables.rows("SELECT max(version) FROM model_version") == [(2,)]
    check(tables)


async def test_the_sweep_tells_of_each_once(
    rollbacks: Desk, database: Database, ledger: Ledger, tables: Catalogue
) -> None:
    """expiry: requests that nobody touches are told EXPIRED or STALE by the server itself, once over however many
    replicas sweep; each is a row of the audit trail about its model. Others wait on."""
    late, moved, waits = [await rollbacks.request(await model(ledger), 1) for _ in range(3)]
    tables.run("UPDATE rollback SET expires_at = now() WHERE id = %s", [late.id])
    await save(ledger, plain(moved.model_id, "moved"))
    replicas = [desk(database, Ledger(database, lambda _: None)) for _ in range(4)]
    for _ in range(3):
        await asyncio.gather(*(replica.sweeper.sweep() for replica in replicas))
    assert sum((replica.states for replica in replicas), Counter()) == {EXPIRED: 1, STALE: 1}
    assert [(await rollbacks.lists.get(one.id, ANN.scope)).state for one in (late, moved, waits)] == [
        EXPIRED,
        STALE,
        PENDING,
    ]
    audited = "SELECT method, resource, outcome FROM audit_event WHERE principal = %s ORDER BY resource"
    wanted = sorted([late.model_id, moved.model_id])
    assert tables.rows(audited, [HISTORY]) == [("RollbackExpiry", one, "changed") for one in wanted]
    check(tables)


async def test_another_providers_rollback_does_not_exist(rollbacks: Desk, ledger: Ledger, tables: Catalogue) -> None:
    """rights: to whoever has no right to the provider its rollbacks are as ones that never were, in the same words."""
    waits = await rollbacks.request(await model(ledger), 1)
    before = tables.traces()
    never = type(waits)(id="rb_" + "0" * 32, diff=waits.diff)
    for decide in (rollbacks.approve, rollbacks.reject, rollbacks.cancel):
        told = [await problem(decide(one, ELSEWHERE)) for one in (waits, never)]
        assert all(isinstance(one, RollbackNotFound) for one in told)
        assert told[0].message.replace(waits.id, never.id) == told[1].message
    with pytest.raises(RollbackNotFound):
        await rollbacks.lists.get(waits.id, ELSEWHERE.scope)
    assert (await rollbacks.lists.page(api.ListRollbacksRequest(), ELSEWHERE.scope, None))[0] == []
    assert tables.traces() == before


async def problem(decision: Awaitable[object]) -> ModeldexError:
    """What a decision is refused with."""
    with pytest.raises(ModeldexError) as refused:
        await decision
    return refused.value


async def test_a_decision_is_done_once(pairs: Desk, ledger: Ledger, tables: Catalogue) -> None:
    """done once: the same request_id gives the same answer to each decision, whatever became of the rollback since."""
    first, second, third = [await pairs.request(await model(ledger), 1) for _ in range(3)]
    approved = await pairs.approve(first, BOB, request_id="a")
    executed = await pairs.approve(first, CAT, request_id="a")
    rejected = await pairs.reject(second, BOB, request_id="r")
    cancelled = await pairs.cancel(third, ANN, request_id="c")
    before = tables.traces()
    assert await pairs.approve(first, BOB, request_id="a") == approved
    assert await pairs.approve(first, CAT, request_id="a") == executed
    assert await pairs.reject(second, BOB, request_id="r") == rejected
    assert await pairs.cancel(third, ANN, request_id="c") == cancelled
    assert tables.traces() == before
    assert approved.state == PENDING
    check(tables)


async def test_every_step_is_on_the_feed(pairs: Desk, ledger: Ledger, tables: Catalogue) -> None:
    """feed: each step of a rollback is an OperationUpdate that names who, what and how far it is."""
    waits = await pairs.request(await model(ledger), 1)
    await pairs.approve(waits, BOB)
    await pairs.approve(waits, CAT)
    rows = tables.rows(
        "SELECT body, provider_id, model_id FROM update_event WHERE kind = 14 ORDER BY revision, ordinal"
    )
    updates = [update_pb2.OperationUpdate.FromString(body) for body, *_ in rows]
    assert {row[1:] for row in rows} == {("acme", waits.model_id)}
    assert [(one.metadata["state"], one.metadata["principal"], one.metadata["approvals"]) for one in updates] == [
        ("PENDING", "ann", "0"),
        ("PENDING", "bob", "1"),
        ("EXECUTED", "cat", "2"),
    ]
    same = {"rollback_id": waits.id, "requester": "ann", "target_version": "1", "base_version": "2", "impact": "LOW"}
    assert all(same.items() <= dict(one.metadata).items() for one in updates)


async def test_what_is_set_of_expiry_counts(database: Database, ledger: Ledger) -> None:
    """settings: `expires_after` and `pin_duration` are those of the requests."""
    waits = await desk(
        database, ledger, approval="always", expires_after=timedelta(hours=2), pin_duration=timedelta(minutes=5)
    ).request(await model(ledger), 1)
    assert waits.expire_time.ToDatetime() - waits.create_time.ToDatetime() == timedelta(hours=2)
    assert waits.pin_duration.ToTimedelta() == timedelta(minutes=5)
