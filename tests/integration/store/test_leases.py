"""Leases, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from modeldex_server.store.database import Database
from modeldex_server.store.leases import Lease, Leases

_AGE = "UPDATE source SET lease_until = clock_timestamp() - interval '1 second' WHERE id = %(id)s"


@pytest.fixture
async def source_id(database: Database) -> str:
    """A source to refresh."""
    await database.execute("INSERT INTO source (id, kind, provider_id) VALUES ('acme', 'openai_compatible', 'acme')")
    return "acme"


def leases(database: Database, holder: str) -> Leases:
    """One replica's leases."""
    return Leases(database, holder=holder, span=timedelta(seconds=30))


async def test_of_many_that_want_a_lease_one_has_it(database: Database, source_id: str) -> None:
    """one refresher: 16 replicas at once: one lease."""
    taken = await asyncio.gather(*(leases(database, f"r{number}").take(source_id) for number in range(16)))
    assert [lease for lease in taken if lease is not None] == [Lease(source_id, 1)]


async def test_a_lease_given_back_is_free_with_a_higher_number(database: Database, source_id: str) -> None:
    """one refresher: fencing numbers only grow, whoever holds."""
    one, other = leases(database, "one"), leases(database, "other")
    first = await one.take(source_id)
    assert first is not None
    assert await other.take(source_id) is None
    await one.release(first)
    assert await other.take(source_id) == Lease(source_id, first.fencing + 1)


async def test_a_lease_that_ran_out_is_lost(database: Database, source_id: str) -> None:
    """one refresher: a holder that was away too long cannot renew once another holds, nor take it from them."""
    one, other = leases(database, "one"), leases(database, "other")
    first = await one.take(source_id)
    assert first is not None
    assert await one.renew(first)
    await database.execute(_AGE, {"id": source_id})
    second = await other.take(source_id)
    assert second is not None
    assert not await one.renew(first)
    await one.release(first)
    assert await leases(database, "third").take(source_id) is None
    assert await other.renew(second)


async def test_a_source_that_is_not_known_has_no_lease(database: Database) -> None:
    """one refresher: nothing to hold."""
    assert await leases(database, "one").take("nobody") is None
