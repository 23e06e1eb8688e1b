"""Bugs that others had, put into rollbacks one at a time: a validator sees each, and nothing wrong without it.

These are tests of the tests. Each scenario runs over a real PostgreSQL, as it is and with one function, or one
statement, replaced by what a wrong design would do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from modeldex.v1 import history_pb2 as pb
from modeldex_server.errors import ModeldexError
from modeldex_server.history.rollbacks import execution, records, telling
from modeldex_server.history.rollbacks.deciding import Decider
from modeldex_server.history.rollbacks.execution import Execution
from modeldex_server.history.rollbacks.policy import Policy
from modeldex_server.history.rollbacks.records import RollbackRow
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.principals import Principal
from modeldex_server.store.database import Database
from support.checks import Catalogue
from support.models import new_id, plain
from support.rollbacks import ANN, BOB, BOTH, CAT, EXECUTED, PENDING, Desk, check, desk, document, lists
from support.writes import save


@dataclass
class Stage:
    """Two replicas of a catalogue, where two have to approve."""

    desk: Desk
    other: Desk
    ledger: Ledger
    tables: Catalogue

    async def waiting(self, by: Principal = ANN, target: int = 1) -> pb.Rollback:
        """A request of a rollback of a saved model with three versions."""
        model_id = new_id()
        for name in ("first", "second", "third"):
            await save(self.ledger, plain(model_id, name))
        return await self.desk.request(model_id, target, by)


Scenario = Callable[[Stage], Awaitable[None]]
Bug = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture
def stage(database: Database, ledger: Ledger, tables: Catalogue) -> Stage:
    one, other = (
        desk(database, each, approval="always", approvers=2) for each in (ledger, Ledger(database, lambda _: None))
    )
    return Stage(one, other, ledger, tables)


async def tries(*decisions: Awaitable[object]) -> list[object]:
    """What becomes of decisions at the same time; the right ones may be refused."""
    results = await asyncio.gather(*decisions, return_exceptions=True)
    assert all(isinstance(one, pb.Rollback | ModeldexError) for one in results), results
    return results


async def approved(stage: Stage) -> None:
    """Two approve, one after the other."""
    waits = await stage.waiting(target=2)
    await tries(stage.desk.approve(waits, BOB))
    await tries(stage.other.approve(waits, CAT))
    check(stage.tables)
    stage.tables.check()


async def by_one(stage: Stage) -> None:
    """One approves twice."""
    waits = await stage.waiting()
    await tries(stage.desk.approve(waits, BOB))
    await tries(stage.desk.approve(waits, BOB))
    check(stage.tables)


async def by_oneself(stage: Stage) -> None:
    """The requester approves."""
    waits = await stage.waiting(BOTH)
    await tries(stage.desk.approve(waits, BOTH), stage.other.approve(waits, BOB))
    check(stage.tables)


async def moved(stage: Stage) -> None:
    """Somebody saves the model before the last approval."""
    waits = await stage.waiting()
    await stage.desk.approve(waits, BOB)
    await save(stage.ledger, plain(waits.model_id, "moved"))
    await tries(stage.other.approve(waits, CAT))
    check(stage.tables)


async def after_the_end(stage: Stage) -> None:
    """One approves what was rejected a moment ago."""
    waits = await stage.waiting()
    await stage.desk.approve(waits, BOB)
    await stage.desk.reject(waits, CAT)
    await tries(stage.other.approve(waits, CAT))
    check(stage.tables)


async def refreshed(stage: Stage) -> None:
    """A source goes on to say what was rolled back."""
    model_id = new_id()
    for name in ("good", "bad"):
        await lists(stage.ledger, plain(model_id, name))
    waits = await stage.desk.request(model_id, 1)
    await stage.desk.approve(waits, BOB)
    assert (await stage.desk.approve(waits, CAT)).state == EXECUTED
    await lists(stage.ledger, plain(model_id, "bad"))
    newest = stage.tables.rows("SELECT version FROM model")[0][0]
    assert document(stage.tables, model_id, newest) == document(stage.tables, model_id, 1)


async def swept(stage: Stage) -> None:
    """Two replicas sweep at once."""
    waits = await stage.waiting()
    stage.tables.run("UPDATE rollback SET expires_at = now() WHERE id = %s", [waits.id])
    await asyncio.gather(*(one.sweeper.sweep() for one in (stage.desk, stage.other) * 4))
    check(stage.tables)


async def at_once(stage: Stage) -> None:
    """Many approve at once what one has approved."""
    for _ in range(3):
        waits = await stage.waiting()
        await stage.desk.approve(waits, BOB)
        people = [Principal(f"p{i}", CAT.roles) for i in range(8)]
        await tries(*((stage.desk, stage.other)[i % 2].approve(waits, by) for i, by in enumerate(people)))
    check(stage.tables)


def counts_rows(patch: pytest.MonkeyPatch) -> None:
    """Approvals are counted, not approvers."""
    patch.setattr(RollbackRow, "approved_by", lambda *_: False)

    def decided(self: RollbackRow, principal: str, comment: str, *, approved: bool) -> RollbackRow:
        new = (principal, approved, comment, self.now.isoformat())
        return replace(self, decisions=[*self.decisions, new])

    patch.setattr(RollbackRow, "decided", decided)


def lets_the_requester_approve(patch: pytest.MonkeyPatch) -> None:
    """Whoever has the role approves."""
    patch.setattr(Policy, "require_other", lambda *_: None)


def looks_at_no_version(patch: pytest.MonkeyPatch) -> None:
    """Approved is approved, whatever the model is by now."""
    patch.setattr(RollbackRow, "lapsed", lambda *_: None)


def looks_at_no_state(patch: pytest.MonkeyPatch) -> None:
    """The last approval executes, whatever was decided before."""
    patch.setattr(RollbackRow, "pending", property(lambda _: True))


def puts_the_neighbour_back(patch: pytest.MonkeyPatch) -> None:
    """One version too far back."""
    one = "AND version = %(version)s"
    assert one in execution._TARGET
    patch.setattr(execution, "_TARGET", execution._TARGET.replace(one, "AND version = %(version)s - 1"))


def sets_no_pin(patch: pytest.MonkeyPatch) -> None:
    """The next refresh undoes it."""
    patch.setattr(Execution, "_pins", lambda *_: ())


def tells_what_was(patch: pytest.MonkeyPatch) -> None:
    """The feed hears of the state before."""
    executed = telling.executed
    patch.setattr(telling, "executed", lambda row, by: executed(replace(row, state=PENDING), by))


def sweeps_what_it_saw(patch: pytest.MonkeyPatch) -> None:
    """What was over when it was looked for is told, whoever told it meanwhile."""
    patch.setattr(RollbackRow, "lapsed", lambda *_: pb.ROLLBACK_STATE_EXPIRED)


def decides_before_it_locks(patch: pytest.MonkeyPatch) -> None:
    """The rollback is looked at before the model is locked: what others decided meanwhile is not seen."""
    locked, approve = records.lock, Decider.approve
    seen: dict[Any, RollbackRow | None] = {}

    async def look(self: Decider, request: Any, by: Principal, timeout: float | None) -> Any:
        seen[by.name] = await records.read(self._database, request.rollback_id, by.scope)
        return await approve(self, request, by, timeout)

    async def lock(connection: Any, rollback_id: str) -> RollbackRow | None:
        await locked(connection, rollback_id)
        return seen.pop(next(iter(seen)))

    patch.setattr(Decider, "approve", look)
    patch.setattr(records, "lock", lock)


BUGS: list[tuple[Scenario, Bug]] = [
    (by_one, counts_rows),
    (by_oneself, lets_the_requester_approve),
    (moved, looks_at_no_version),
    (after_the_end, looks_at_no_state),
    (approved, puts_the_neighbour_back),
    (approved, tells_what_was),
    (refreshed, sets_no_pin),
    (swept, sweeps_what_it_saw),
    (at_once, decides_before_it_locks),
]


@pytest.mark.parametrize("scenario", dict.fromkeys(scenario for scenario, _ in BUGS), ids=lambda one: one.__name__)
async def test_nothing_is_wrong(scenario: Scenario, stage: Stage) -> None:
    """The scenario passes in rollbacks as they are."""
    await scenario(stage)


@pytest.mark.parametrize(("scenario", "bug"), BUGS, ids=[bug.__name__ for _, bug in BUGS])
async def test_a_bug_is_seen(scenario: Scenario, bug: Bug, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scenario fails its validator in rollbacks with the bug."""
    bug(monkeypatch)
    with pytest.raises(AssertionError):
        await scenario(stage)
