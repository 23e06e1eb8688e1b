"""The ledger against a real PostgreSQL."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest

from modeldex.v1 import discovery_service_pb2 as api
from modeldex.v1 import model_pb2 as pb
from modeldex_server.errors import RequestIdReused
from modeldex_server.ledger.changes import Changed, Committed, Decision, ModelChange, Operation, RequestKey, Write
from modeldex_server.ledger.documents import canonical
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.ledger.statements import HEADS
from modeldex_server.ledger.versions import load_versions
from modeldex_server.store.database import Database


def save(model: pb.Model, request: RequestKey | None = None) -> Write:
    document = canonical(model)

    def decide(heads):
        head = heads[model.id]
        operation = Operation.CREATE if head.version == 0 else Operation.UPDATE
        change = ModelChange(model.id, operation, document, private=True)
        return Decision(models=[change], answer=api.SaveModelResponse(changed=True))

    return Write("ann", "SaveModel", model.id, [model.id], decide, create=True, request=request)


async def test_a_write_makes_one_version_and_one_revision_and_a_no_op_none(database: Database) -> None:
    seen: list[Committed] = []
    ledger = Ledger(database, seen.append)
    model = pb.Model(id="acme/one", display_name="One", tags=["b", "a"])
    model.prices["input"].CopyFrom(pb.Price(amount="2.50", unit=pb.PRICE_UNIT_MILLION_TOKENS))
    first = await ledger.write(save(model))
    assert first.revision == 1
    assert first.changed == [Changed("acme/one", "acme", 1, 1, True)]
    model.tags[:] = ["a", "b", "a"]
    model.prices["input"].amount = "2.5"
    again = await ledger.write(save(model))
    assert (again.revision, list(again.changed), again.answer_model) == (0, [], ("acme/one", 1))
    model.display_name = "Uno"
    second = await ledger.write(save(model))
    assert second.revision == 2
    loaded = await load_versions(database, [("acme/one", 1), ("acme/one", 2)])
    names = {key[1]: pb.Model.FromString(data).display_name for key, data in loaded.items()}
    assert names == {1: "One", 2: "Uno"}
    assert len(seen) == 2


async def test_a_request_id_is_done_once_also_at_the_same_time(database: Database) -> None:
    ledger = Ledger(database, lambda _: None)
    write = save(pb.Model(id="acme/one"), RequestKey("r1", b"p1"))
    answers = await asyncio.gather(*(ledger.write(write) for _ in range(8)))
    assert {answer.revision for answer in answers} == {1}
    assert sum(not answer.replayed for answer in answers) == 1
    assert {answer.answer_model for answer in answers} == {("acme/one", 1)}
    with pytest.raises(RequestIdReused):
        await ledger.write(save(pb.Model(id="acme/two"), RequestKey("r1", b"p2")))
    with_revisions = await asyncio.gather(*(ledger.write(save(pb.Model(id=f"acme/{n}"))) for n in range(20)))
    assert sorted(one.revision for one in with_revisions) == list(range(2, 22))


async def test_a_write_never_reads_all_versions(database: Database, database_url: str) -> None:
    """version chain: the plan of a young catalogue is kept while it grows, so it must not pass over all versions."""
    await Ledger(database, lambda _: None).write(save(pb.Model(id="acme/one")))
    statement: Any = "EXPLAIN (GENERIC_PLAN) " + HEADS.replace("%(ids)s", "$1::text[]")
    with psycopg.connect(database_url) as connection:
        cursor = psycopg.RawCursor(connection)
        plan = [line for (line,) in cursor.execute(statement).fetchall()]
    assert not [line for line in plan if "Seq Scan on model_version" in line], plan
