"""Requests of rollbacks: what they show, what they are refused for, and what their execution makes of the model."""

from __future__ import annotations

from datetime import timedelta

import pytest
from google.protobuf.duration_pb2 import Duration

from modeldex.v1 import history_pb2 as pb
from modeldex.v1 import model_pb2, update_pb2
from modeldex_server.errors import (
    ModeldexError,
    ModelNotFound,
    PermissionDenied,
    ProviderDenied,
    RequestIdReused,
    RollbackChangesNothing,
    RollbackDisabled,
    RollbackPending,
    VersionIsDeletion,
    VersionMismatch,
    VersionNotFound,
    VersionPurged,
)
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.store.database import Database
from support.checks import Catalogue
from support.models import new_id, plain
from support.rollbacks import (
    ANN,
    BOTH,
    CANCELLED,
    ELSEWHERE,
    EVE,
    EXECUTED,
    EXPIRED,
    PENDING,
    STALE,
    Desk,
    check,
    desk,
    document,
    lists,
    states_told,
    told,
)
from support.writes import delete, save

PURGE = """
UPDATE model_version SET document = NULL, document_hash = sha256(document), changes = '', purged_at = now()
WHERE model_id = %s AND version = %s"""


@pytest.fixture
def rollbacks(database: Database, ledger: Ledger) -> Desk:
    """Rollbacks by the policy that comes with the server."""
    return desk(database, ledger)


@pytest.fixture
def free(database: Database, ledger: Ledger) -> Desk:
    """Rollbacks that nobody has to approve."""
    return desk(database, ledger, approval="never")


def breaking(model_id: str) -> model_pb2.Model:
    """A model from which the way back to `plain` loses a capability."""
    model = plain(model_id, "new")
    model.capabilities["vision"].flag = True
    return model


async def versions(ledger: Ledger, model_id: str) -> None:
    """Two versions of a saved model: going back to the first breaks users."""
    await save(ledger, plain(model_id, "old"))
    await save(ledger, breaking(model_id))


async def test_a_breaking_rollback_waits_and_shows_what_it_would_change(
    rollbacks: Desk, ledger: Ledger, tables: Catalogue
) -> None:
    """approval: with the policy that comes with the server a breaking rollback needs one approval, and shows its diff,
    its class and its impact before anybody decides; the model stays as it is."""
    model_id = new_id()
    await versions(ledger, model_id)
    answer = await rollbacks.ask(model_id, 1)
    shown = answer.rollback
    assert (shown.state, shown.requester, shown.reason) == (PENDING, "ann", "the list is broken")
    assert (shown.target_version, shown.base_version, shown.required_approvals) == (1, 2, 1)
    assert shown.id.startswith("rb_")
    assert len(shown.id) == 35
    assert [(one.change.path, one.change_class) for one in shown.diff.entries] == [
        ('capabilities["vision"]', pb.CHANGE_CLASS_BREAKING),
        ("display_name", pb.CHANGE_CLASS_COSMETIC),
    ]
    assert (shown.diff.from_version, shown.diff.to_version, len(shown.diff.hash)) == (2, 1, 32)
    assert shown.diff.summary.impact > pb.CHANGE_IMPACT_LOW
    assert shown.expire_time.ToDatetime() - shown.create_time.ToDatetime() == timedelta(days=3)
    assert shown.pin_duration.ToTimedelta() == timedelta(days=7)
    assert not shown.HasField("finish_time")
    assert answer.revision == shown.revision == tables.head
    assert tables.rows("SELECT max(version) FROM model_version") == [(2,)]
    assert states_told(tables, shown.id) == ["PENDING"]
    assert rollbacks.states == dict.fromkeys([PENDING], 1)


async def test_the_policy_says_what_waits(database: Database, ledger: Ledger, tables: Catalogue) -> None:
    """approval: never, for breaking changes only, or always; by as many as are set."""
    model_id = new_id()
    await versions(ledger, model_id)
    await save(ledger, plain(model_id, "third"))
    assert (await desk(database, ledger, approval="never").request(model_id, 1)).state == EXECUTED
    assert (await desk(database, ledger).request(model_id, 3)).state == EXECUTED
    waits = await desk(database, ledger, approval="always", approvers=3).request(model_id, 1)
    assert (waits.state, waits.required_approvals) == (PENDING, 3)
    check(tables)


async def test_a_rollback_is_a_new_version_with_the_targets_document(
    free: Desk, ledger: Ledger, tables: Catalogue
) -> None:
    """rollback: byte for byte the document of the target, as a new highest version; earlier ones stay as they were, and
    the feed has exactly one event of the model."""
    model_id = new_id()
    await versions(ledger, model_id)
    before = tables.rows("SELECT * FROM model_version WHERE model_id = %s ORDER BY version", [model_id])
    done = await free.request(model_id, 1)
    assert (done.state, done.executed_version, done.required_approvals) == (EXECUTED, 3, 0)
    assert done.HasField("finish_time")
    assert tables.rows(
        "SELECT * FROM model_version WHERE model_id = %s AND version < 3 ORDER BY version", [model_id]
    ) == (before)
    made = "SELECT version, operation, restored_version, principal, reason FROM model_version WHERE version > 2"
    assert tables.rows(made) == [(3, 5, 1, "ann", "the list is broken")]
    assert document(tables, model_id, 3) == document(tables, model_id, 1)
    events = "SELECT kind FROM update_event WHERE revision = %s ORDER BY ordinal"
    assert [kind for (kind,) in tables.rows(events, [done.revision])] == [10, 14, 12]
    assert states_told(tables, done.id) == ["EXECUTED"]
    audited = "SELECT principal, method, resource, outcome, before_version, after_version, reason FROM audit_event"
    assert tables.rows(f"{audited} ORDER BY id DESC LIMIT 1") == [
        ("ann", "RequestRollback", model_id, "changed", 2, 3, "the list is broken")
    ]
    assert free.states == dict.fromkeys([EXECUTED], 1)
    check(tables)
    tables.check()


async def test_a_listed_model_is_pinned_with_it(free: Desk, ledger: Ledger, tables: Catalogue) -> None:
    """rollback: where sources list the model it is pinned in the same version, for 7 days or for as long as the request
    says, in the requester's name; what sources say otherwise is told as UPSTREAM_DRIFT in the same revision."""
    model_id = new_id()
    for name in ("old", "new"):
        await lists(ledger, plain(model_id, name))
    done = await free.request(model_id, 1, pin_duration=Duration(seconds=3600))
    pins, until = tables.rows("SELECT pins, pin_until FROM model WHERE id = %s", [model_id])[0]
    (pin,) = pb.ModelVersion.FromString(pins).pins
    assert (pin.path, pin.principal, pin.reason, pin.rollback_id) == ("", "ann", "the list is broken", done.id)
    assert pin.version == done.executed_version == 3
    finished = done.finish_time.ToDatetime()
    assert pin.expire_time.ToDatetime() - finished == timedelta(hours=1) == done.pin_duration.ToTimedelta()
    assert until.replace(tzinfo=None) == pin.expire_time.ToDatetime()
    query = "SELECT body FROM update_event WHERE kind = 14 AND revision = %s"
    updates = [update_pb2.OperationUpdate.FromString(body) for (body,) in tables.rows(query, [done.revision])]
    (drift,) = [one for one in updates if one.type == update_pb2.OPERATION_UPDATE_TYPE_UPSTREAM_DRIFT]
    assert (drift.model_id, drift.metadata["paths"]) == (model_id, "display_name")
    await lists(ledger, plain(model_id, "newer"))
    assert document(tables, model_id, 3) == document(tables, model_id, 1)
    assert tables.rows("SELECT version FROM model") == [(3,)]
    check(tables)


async def test_a_saved_model_needs_no_pin(free: Desk, ledger: Ledger, tables: Catalogue) -> None:
    """rollback: a model that no source lists is rolled back without a pin, and stays what a caller saved."""
    model_id = new_id()
    await versions(ledger, model_id)
    await free.request(model_id, 1)
    assert tables.rows("SELECT private, pins, pin_version, pin_until FROM model") == [(True, None, None, None)]
    check(tables)


async def test_a_deleted_model_comes_back(free: Desk, ledger: Ledger, tables: Catalogue) -> None:
    """rollback: a model that was deleted comes back, live and as an addition to the catalogue, though its last document
    is the target's."""
    model_id = new_id()
    await save(ledger, plain(model_id, "old"))
    await delete(ledger, model_id)
    done = await free.request(model_id, 1)
    assert (done.state, done.base_version, done.executed_version) == (EXECUTED, 2, 3)
    assert done.diff.entries
    assert tables.rows("SELECT live, private, version FROM model") == [(True, True, 3)]
    event = "SELECT type FROM update_event WHERE kind = 10 AND revision = %s"
    assert tables.rows(event, [done.revision]) == [(update_pb2.MODEL_UPDATE_TYPE_ADDED,)]
    check(tables)
    tables.check()


def spelled_otherwise(model_id: str) -> model_pb2.Model:
    """The same model as `many`, with other words for its numbers, and its sets and keys in another order."""
    model = plain(model_id, alternatives=["b", "a", "b"])
    model.prices["output"].CopyFrom(
        model_pb2.Price(amount="1e1", unit=model_pb2.PRICE_UNIT_MILLION_TOKENS, currency="USD")
    )
    model.prices["input"].amount = "2.5000"
    model.capabilities["vision"].flag = True
    model.capabilities["reasoning"].flag = False
    return model


def many(model_id: str) -> model_pb2.Model:
    """A model with sets, keys and decimals."""
    model = plain(model_id, alternatives=["a", "b"])
    model.prices["output"].CopyFrom(model_pb2.Price(amount="10.00", unit=model_pb2.PRICE_UNIT_MILLION_TOKENS))
    model.capabilities["reasoning"].flag = False
    model.capabilities["vision"].flag = True
    return model


async def test_what_is_so_already_is_refused(free: Desk, ledger: Ledger, tables: Catalogue) -> None:
    """rollback: to the current version, or to an equal document however its keys, sets and decimals are spelled, there
    is nothing to do: no version, no event, no rollback."""
    model_id = new_id()
    await save(ledger, many(model_id))
    await save(ledger, plain(model_id, "between"))
    await save(ledger, spelled_otherwise(model_id))
    before = tables.traces()
    for target in (1, 3):
        with pytest.raises(RollbackChangesNothing) as refused:
            await free.request(model_id, target)
        assert refused.value.metadata == {
            "model_id": model_id,
            "target_version": str(target),
            "current_version": "3",
        }
    assert tables.traces() == before
    assert tables.rows("SELECT count(*) FROM rollback") == [(0,)]


async def test_what_cannot_be_put_back_is_refused(free: Desk, ledger: Ledger, tables: Catalogue) -> None:
    """rollback: a version that never was, a deletion, a purged version, a model that never was, and a base that is not
    the expected one; each refused with its own reason, and in the audit trail."""
    model_id, never = new_id(), new_id()
    await versions(ledger, model_id)
    await delete(ledger, model_id)
    await save(ledger, plain(model_id, "again"))
    tables.run(PURGE, [model_id, 2])
    wrong: list[tuple[type[ModeldexError], str, int, dict[str, int]]] = [
        (VersionNotFound, model_id, 5, {}),
        (VersionIsDeletion, model_id, 3, {}),
        (VersionPurged, model_id, 2, {}),
        (ModelNotFound, never, 1, {}),
        (VersionMismatch, model_id, 1, {"expected_version": 3}),
    ]
    before = tables.traces()
    for problem, wanted, target, fields in wrong:
        with pytest.raises(problem):
            await free.request(wanted, target, **fields)
    assert tables.traces() == before
    outcomes = "SELECT outcome FROM audit_event WHERE method = 'RequestRollback' ORDER BY id"
    assert [outcome for (outcome,) in tables.rows(outcomes)] == [
        "VERSION_NOT_FOUND",
        "VERSION_IS_DELETION",
        "VERSION_PURGED",
        "MODEL_NOT_FOUND",
        "VERSION_MISMATCH",
    ]
    assert (await free.request(model_id, 1, expected_version=4)).state == EXECUTED


async def test_one_request_of_a_model_waits_at_a_time(rollbacks: Desk, ledger: Ledger, tables: Catalogue) -> None:
    """rollback: while one waits another is refused with its id; once it is finished, or over though nobody has said so,
    another may be requested."""
    model_id, other = new_id(), new_id()
    await versions(ledger, model_id)
    await versions(ledger, other)
    first = await rollbacks.request(model_id, 1)
    with pytest.raises(RollbackPending) as refused:
        await rollbacks.request(model_id, 1)
    assert refused.value.metadata["rollback_id"] == first.id
    assert (await rollbacks.request(other, 1)).state == PENDING
    await rollbacks.cancel(first)
    second = await rollbacks.request(model_id, 1)
    tables.run("UPDATE rollback SET expires_at = now() WHERE id = %s", [second.id])
    third = await rollbacks.request(model_id, 1)
    await save(ledger, plain(model_id, "moved"))
    fourth = await rollbacks.request(model_id, 1)
    states = [(await rollbacks.lists.get(one.id, ANN.scope)).state for one in (first, second, third, fourth)]
    assert states == [CANCELLED, EXPIRED, STALE, EXECUTED]
    check(tables)


async def test_who_has_no_right_to_the_provider_is_told_so(rollbacks: Desk, ledger: Ledger) -> None:
    """rights: whoever has rights to another provider requests nothing of this one, whether or not the model exists."""
    model_id = new_id()
    await versions(ledger, model_id)
    for one in (model_id, new_id()):
        with pytest.raises(ProviderDenied):
            await rollbacks.request(one, 1, ELSEWHERE)


async def test_rollbacks_can_be_switched_off(database: Database, ledger: Ledger, tables: Catalogue) -> None:
    """rollback: with `enabled = false` none is requested or approved, in an emergency either; what waits can still be
    taken back."""
    model_id = new_id()
    await versions(ledger, model_id)
    waits = await desk(database, ledger).request(model_id, 1)
    off = desk(database, ledger, enabled=False)
    with pytest.raises(RollbackDisabled):
        await off.request(model_id, 1)
    with pytest.raises(RollbackDisabled):
        await off.request(model_id, 1, EVE, break_glass=True)
    with pytest.raises(RollbackDisabled):
        await off.approve(waits)
    assert (await off.cancel(waits)).state == CANCELLED
    check(tables)


async def test_breaking_the_glass_needs_its_role_and_raises_an_alert(
    rollbacks: Desk, ledger: Ledger, tables: Catalogue
) -> None:
    """break-glass: a principal with the role executes alone, also while another request waits, which is stale then; the
    feed is alerted. Without the role it is refused, whatever other roles there are."""
    model_id = new_id()
    await versions(ledger, model_id)
    waits = await rollbacks.request(model_id, 1)
    before = tables.traces()
    with pytest.raises(PermissionDenied) as refused:
        await rollbacks.request(model_id, 1, BOTH, break_glass=True)
    assert refused.value.metadata["required_role"] == "break_glass"
    assert tables.traces() == before
    done = await rollbacks.request(model_id, 1, EVE, break_glass=True)
    assert (done.state, done.break_glass, done.required_approvals, done.executed_version) == (EXECUTED, True, 0, 3)
    assert (await rollbacks.lists.get(waits.id, ANN.scope)).state == STALE
    alert = told(tables)[-1]
    assert alert.type == update_pb2.OPERATION_UPDATE_TYPE_ALERT
    assert (alert.model_id, alert.metadata["principal"], alert.metadata["rollback_id"]) == (model_id, "eve", done.id)
    check(tables)


async def test_a_request_is_done_once(rollbacks: Desk, free: Desk, ledger: Ledger, tables: Catalogue) -> None:
    """done once: the same request_id gives the same answer, whatever became of the rollback, and no second version;
    with another request it is refused."""
    model_id, other = new_id(), new_id()
    await versions(ledger, model_id)
    await versions(ledger, other)
    waits = await rollbacks.ask(model_id, 1, request_id="one")
    await rollbacks.approve(waits.rollback)
    executed = await free.ask(other, 1, request_id="two")
    before = tables.traces()
    assert await rollbacks.ask(model_id, 1, request_id="one") == waits
    assert await free.ask(other, 1, request_id="two") == executed
    with pytest.raises(RequestIdReused):
        await free.ask(other, 2, request_id="two")
    assert tables.traces() == before
