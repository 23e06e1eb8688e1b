"""Rollbacks for tests: who asks and who decides, the rooms of one replica, and what must hold of all rollbacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modeldex.v1 import history_pb2 as pb
from modeldex.v1 import history_service_pb2 as api
from modeldex.v1 import model_pb2, update_pb2
from modeldex_server.catalogue import facts
from modeldex_server.catalogue.upstream import Sources
from modeldex_server.history.classification import Rules
from modeldex_server.history.rollbacks.deciding import Decider
from modeldex_server.history.rollbacks.listing import RollbackLists
from modeldex_server.history.rollbacks.policy import Policy
from modeldex_server.history.rollbacks.requesting import Requester
from modeldex_server.history.rollbacks.sweeping import Sweeper
from modeldex_server.history.rollbacks.writing import Writer
from modeldex_server.ledger.changes import Committed, Decision, Head, ListingChange, ModelChange, Operation, Write
from modeldex_server.ledger.documents import canonical, decode, encode
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.principals import Principal
from modeldex_server.security.roles import Role
from modeldex_server.security.scope import Scope
from modeldex_server.settings.history import RollbackSettings
from modeldex_server.store.database import Database
from support.checks import Catalogue


def _principal(name: str, *roles: Role, providers: Sequence[str] | None = None) -> Principal:
    return Principal(name, frozenset(roles), Scope(None if providers is None else frozenset(providers)))


ANN = _principal("ann", Role.WRITER)
BOB, CAT, DAN = (_principal(name, Role.APPROVER) for name in ("bob", "cat", "dan"))
BOTH = _principal("both", Role.WRITER, Role.APPROVER)
EVE = _principal("eve", Role.WRITER, Role.BREAK_GLASS)
ROOT = _principal("root", Role.ADMIN)
ELSEWHERE = _principal("elsewhere", Role.ADMIN, Role.APPROVER, providers=["another"])
SOURCE = "fake"
_SECONDS = 60.0  # for a call: only one that hangs takes so long

PENDING, EXECUTED, REJECTED, CANCELLED, EXPIRED, STALE = (
    pb.RollbackState.Value(f"ROLLBACK_STATE_{name}")
    for name in ("PENDING", "EXECUTED", "REJECTED", "CANCELLED", "EXPIRED", "STALE")
)


class Listed:
    """The sources, as discovery knows them."""

    async def sources(self) -> Sources:
        """None is a provider's own."""
        return Sources({}, frozenset())


@dataclass
class Desk:
    """The rollbacks of one replica."""

    requester: Requester
    decider: Decider
    sweeper: Sweeper
    lists: RollbackLists
    states: Counter[int]  # that rollbacks came to here

    async def ask(self, model_id: str, target: int, by: Principal = ANN, **fields: Any) -> api.RequestRollbackResponse:
        """The whole answer to a request."""
        wanted: dict[str, Any] = {
            "model_id": model_id,
            "target_version": target,
            "reason": "the list is broken",
        } | fields
        return await self.requester.request(api.RequestRollbackRequest(**wanted), by, _SECONDS)

    async def request(self, model_id: str, target: int, by: Principal = ANN, **fields: Any) -> pb.Rollback:
        """A request of a rollback."""
        return (await self.ask(model_id, target, by, **fields)).rollback

    async def approve(self, rollback: pb.Rollback, by: Principal = BOB, **fields: Any) -> pb.Rollback:
        """An approval of what the rollback shows."""
        wanted = {"rollback_id": rollback.id, "diff_hash": rollback.diff.hash} | fields
        return (await self.decider.approve(api.ApproveRollbackRequest(**wanted), by, _SECONDS)).rollback

    async def reject(self, rollback: pb.Rollback, by: Principal = BOB, **fields: Any) -> pb.Rollback:
        """A rejection."""
        wanted = {"rollback_id": rollback.id, "reason": "not now"} | fields
        return (await self.decider.reject(api.RejectRollbackRequest(**wanted), by, _SECONDS)).rollback

    async def cancel(self, rollback: pb.Rollback, by: Principal = ANN, **fields: Any) -> pb.Rollback:
        """A cancellation."""
        return (
            await self.decider.cancel(api.CancelRollbackRequest(rollback_id=rollback.id, **fields), by, _SECONDS)
        ).rollback


def desk(database: Database, ledger: Ledger, **settings: Any) -> Desk:
    """The rollbacks of a replica with these settings of `history.rollback`."""
    writer, policy = Writer(ledger), Policy(RollbackSettings(**settings))
    return Desk(
        Requester(writer, policy, Rules.packaged(), Listed()),
        Decider(database, writer, policy, Listed()),
        Sweeper(database, writer),
        RollbackLists(database),
        writer.states,
    )


async def lists(ledger: Ledger, model: model_pb2.Model) -> Committed:
    """A source says this of a model."""
    record = canonical(model)
    document = facts.merge([(SOURCE, record)])
    listing = ListingChange(SOURCE, model.id, document.provider_id, raw_hash=b"", record=encode(record), raw="{}")

    def decide(heads: Mapping[str, Head]) -> Decision:
        head = heads[model.id]
        if head.pins:
            return Decision(listings=[listing])
        operation = Operation.CREATE if head.version == 0 else Operation.UPDATE if head.live else Operation.UNDELETE
        return Decision(models=[ModelChange(model.id, operation, document)], listings=[listing])

    write = Write("discovery", "RefreshProvider", SOURCE, [model.id], decide, source_id=SOURCE, create=True)
    return await ledger.write(write)


async def pins(ledger: Ledger, model_id: str) -> Committed:
    """Somebody pins a model: another version of the same document."""
    pin = pb.ModelPin(path="context_window", principal="cat", reason="for a test")

    def decide(heads: Mapping[str, Head]) -> Decision:
        head = heads[model_id]
        change = ModelChange(model_id, Operation.PIN, decode(head.document or b""), head.private, pins=[pin])
        return Decision(models=[change])

    return await ledger.write(Write("cat", "PinModel", model_id, [model_id], decide))


def told(tables: Catalogue) -> list[update_pb2.OperationUpdate]:
    """What the feed was told of rollbacks, and the alerts."""
    rows = tables.rows("SELECT body FROM update_event WHERE kind = 14 ORDER BY revision, ordinal")
    updates = [update_pb2.OperationUpdate.FromString(body) for (body,) in rows]
    kinds = (update_pb2.OPERATION_UPDATE_TYPE_ROLLBACK, update_pb2.OPERATION_UPDATE_TYPE_ALERT)
    return [update for update in updates if update.type in kinds]


def states_told(tables: Catalogue, rollback_id: str) -> list[str]:
    """The states that the feed was told of one rollback, in their order."""
    updates = [update for update in told(tables) if update.type == update_pb2.OPERATION_UPDATE_TYPE_ROLLBACK]
    return [update.metadata["state"] for update in updates if update.metadata["rollback_id"] == rollback_id]


def document(tables: Catalogue, model_id: str, version: int) -> bytes:
    """The bytes of the document of a version."""
    query = "SELECT document FROM model_version WHERE model_id = %s AND version = %s"
    return bytes(tables.rows(query, [model_id, version])[0][0])


_ROLLBACKS = """
SELECT r.id, r.model_id, r.target_version, r.base_version, r.state, r.requester, r.required_approvals,
       r.executed_version, r.break_glass, r.finished_at IS NOT NULL, r.revision,
       ARRAY(SELECT principal FROM rollback_decision d WHERE d.rollback_id = r.id AND approved)
FROM rollback r"""
_VERSIONS = """
SELECT v.model_id, v.version, v.restored_version, v.document = t.document, v.revision,
       (SELECT count(*) FROM update_event e WHERE e.kind = 10 AND e.revision = v.revision AND e.model_id = v.model_id)
FROM model_version v
JOIN model_version t ON t.model_id = v.model_id AND t.version = v.restored_version
WHERE v.operation = 5"""


def check(tables: Catalogue, *, self_approval: bool = False) -> None:
    """What holds of all rollbacks, whatever happened to them."""
    versions = {(row[0], row[1]): row[2:] for row in tables.rows(_VERSIONS)}
    executed = set()
    for id_, model_id, target, base, state, requester, needed, version, glass, finished, revision, by in tables.rows(
        _ROLLBACKS
    ):
        states = states_told(tables, id_)
        final = [one for one in states if one != "PENDING"]
        assert finished == (state != PENDING), id_
        assert final == ([pb.RollbackState.Name(state).removeprefix("ROLLBACK_STATE_")] if finished else []), (
            id_,
            states,
        )
        assert (version is not None) == (state == EXECUTED), id_
        if state != EXECUTED:
            continue
        executed.add((model_id, version))
        assert version == base + 1, id_
        assert (model_id, version) in versions, f"{id_} made no version"
        restored, equal, committed, events = versions[(model_id, version)]
        assert restored == target, id_
        assert equal, f"{id_} did not put version {target} back"
        assert committed == revision, id_
        assert events == 1, id_
        assert len(by) >= (0 if glass else needed), f"{id_} was executed with {by}"
        assert self_approval or requester not in by, f"{id_} was approved by its requester"
    assert executed == set(versions), "each rollback makes one version, and nothing else does"
    assert max(Counter(executed).values(), default=1) == 1
