"""Writes under a lease, on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from modeldex.v1 import model_pb2
from modeldex_server.errors import WriteContention
from modeldex_server.ledger.changes import Decision, Head, ListingChange, ModelChange, Operation, Write
from modeldex_server.ledger.documents import canonical, encode
from modeldex_server.ledger.ledger import LeaseLost, Ledger
from modeldex_server.store.database import Database
from modeldex_server.store.leases import Lease, Leases
from support.checks import Catalogue


def refresh(lease: Lease, name: str) -> Write:
    """What a refresh writes of one model."""
    document = canonical(model_pb2.Model(id="acme/one", display_name=name, listed_by=["acme"]))

    def decide(heads: Mapping[str, Head]) -> Decision:
        operation = Operation.UPDATE if heads["acme/one"].version else Operation.CREATE
        listing = ListingChange("acme", "acme/one", "acme", b"hash", encode(document), "{}")
        return Decision(models=[ModelChange("acme/one", operation, document)], listings=[listing])

    return Write(
        "discovery", "RefreshProviders", "acme", ["acme/one"], decide,
        source_id="acme", lease=lease, create=True, with_listings=True,
    )  # fmt: skip


async def test_an_old_fencing_number_writes_nothing(database: Database, database_url: str) -> None:
    """one refresher: a holder whose lease went on to another writes nothing, whatever it read before."""
    await database.execute("INSERT INTO source (id, kind, provider_id) VALUES ('acme', 'openai_compatible', 'acme')")
    ledger, tables = Ledger(database, lambda _: None), Catalogue(database_url)
    old = await Leases(database, holder="one", span=timedelta(0)).take("acme")
    new = await Leases(database, holder="other", span=timedelta(seconds=30)).take("acme")
    assert old
    assert new
    assert (await ledger.write(refresh(new, "New"))).revision == 1
    before = tables.traces()
    with pytest.raises(LeaseLost):
        await ledger.write(refresh(old, "Old"))
    assert tables.traces() == before
    assert tables.rows("SELECT count(*) FROM source_listing") == [(1,)]
    # Given back, it is nobody's: the last holder's number is still the newest.
    assert (await ledger.write(refresh(new, "Newer"))).revision == 2
    tables.check()


async def test_a_lease_cannot_be_taken_while_its_holder_commits(database: Database, database_url: str) -> None:
    """one refresher: between the look at the fencing number and the commit nobody takes the lease."""
    await database.execute("INSERT INTO source (id, kind, provider_id) VALUES ('acme', 'openai_compatible', 'acme')")
    lease = await Leases(database, holder="one", span=timedelta(0)).take("acme")
    assert lease
    tables = Catalogue(database_url)
    tried: list[bool] = []
    write = refresh(lease, "One")

    def decide_while_another_tries(heads: Mapping[str, Head]) -> Decision:
        try:
            tables.run("SET lock_timeout = '200ms'; UPDATE source SET lease_fencing = lease_fencing + 1")
            tried.append(True)
        except Exception:
            tried.append(False)
        return write.decide(heads)

    slow = Write(
        write.principal, write.method, write.resource, write.model_ids, decide_while_another_tries,
        source_id="acme", lease=lease, create=True, with_listings=True,
    )  # fmt: skip
    assert (await Ledger(database, lambda _: None).write(slow)).revision == 1
    assert tried == [False]


async def test_a_writer_that_waits_too_long_is_told_so(database: Database, database_url: str) -> None:
    """no overtime: a lock that is held longer than a write may wait is WRITE_CONTENTION, and nothing was changed."""
    import psycopg

    ledger, tables = Ledger(database, lambda _: None), Catalogue(database_url)
    document = canonical(model_pb2.Model(id="acme/one"))

    def decide(heads: Mapping[str, Head]) -> Decision:
        return Decision(models=[ModelChange("acme/one", Operation.CREATE, document, private=True)])

    with psycopg.connect(database_url) as holder:
        holder.execute("SELECT FROM ledger_head FOR UPDATE")
        before = tables.traces()
        write = Write("ann", "SaveModel", "acme/one", ["acme/one"], decide, create=True, timeout=0.2)
        with pytest.raises(Exception) as refused:  # noqa: PT011 - one of two, looked at below
            await ledger.write(write)
        assert type(refused.value).__name__ in {"WriteContention", "StoreUnavailable"}
        assert tables.traces() == before
        holder.rollback()
    assert (await ledger.write(replace(write, timeout=None))).revision == 1
    assert WriteContention().retry_after is not None
