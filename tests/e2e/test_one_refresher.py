"""Refreshing at the same time, from two servers."""

from __future__ import annotations

import asyncio

from modeldex.v1 import discovery_service_pb2 as pb
from support.api import Api
from support.ground import Ground
from support.waiting import eventually


async def refresh(api: Api, provider_id: str) -> pb.RefreshResult:
    """Refresh one provider."""
    request = pb.RefreshProviderRequest(provider_id=provider_id)
    result: pb.RefreshResult = (await api.discovery.RefreshProvider(request, timeout=60)).result
    return result


async def test_a_refresh_that_runs_is_joined(ground: Ground, finder: Api, other_finder: Api) -> None:
    """one refresher: 20 callers of two servers at once: the provider is asked once, and all get that result."""
    provider_id, provider = ground.take()
    provider.lists("one", "two")
    provider.forget()
    with provider.held():
        asking = [asyncio.create_task(refresh((finder, other_finder)[at % 2], provider_id)) for at in range(20)]
        await eventually(lambda: _true(provider.calls == 1), "the provider to be asked")
        for api in (finder, other_finder):  # what it answers now came after the others
            await api.discovery.GetStatus(pb.GetStatusRequest(), timeout=60)
        await asyncio.sleep(1.5)  # long enough for the others to look, and no provider_timeout
    results = await asyncio.gather(*asking)
    assert provider.most_at_once == 1
    assert provider.calls == 1
    assert {(result.added_count, result.committed_revision) for result in results} == {
        (2, results[0].committed_revision)
    }
    ground.tables.check()


async def test_many_refreshes_in_a_row_are_never_side_by_side(ground: Ground, finder: Api, other_finder: Api) -> None:
    """one refresher: however callers of two servers come, one replica asks a source at a time."""
    provider_id, provider = ground.take()
    provider.forget()

    async def keep_asking(caller: Api, offset: int) -> None:
        for turn in range(6):
            provider.lists(*(f"m{number}" for number in range(offset, offset + turn + 1)))
            await refresh(caller, provider_id)

    await asyncio.gather(*(keep_asking((finder, other_finder)[at % 2], at) for at in range(4)))
    assert provider.most_at_once == 1
    assert 1 <= provider.calls <= 24
    ground.tables.check()


async def test_a_holder_that_lost_its_lease_writes_nothing(ground: Ground, finder: Api) -> None:
    """one refresher: a replica whose lease another has taken meanwhile cannot write what it read; it asks again once
    it holds the lease itself."""
    provider_id, provider = ground.take()
    provider.lists("old")
    provider.forget()
    before = ground.tables.head
    taken = """
        UPDATE source SET lease_holder = 'another', lease_fencing = lease_fencing + 1,
            lease_until = clock_timestamp() + interval '1 hour' WHERE id = %s"""
    with provider.held():
        asking = asyncio.create_task(refresh(finder, provider_id))
        await eventually(lambda: _true(provider.calls == 1), "the provider to be asked")
        ground.tables.run(taken, [provider_id])
    await asyncio.sleep(0.5)  # for the answer to come and to be refused; nothing below needs that it has been
    assert not asking.done()
    provider.lists("new")
    ground.tables.run("UPDATE source SET lease_until = clock_timestamp() WHERE id = %s", [provider_id])
    result = await asking
    ids = ground.tables.rows("SELECT id FROM model WHERE provider_id = %s ORDER BY id", [provider_id])
    assert provider.calls >= 2
    assert (result.added_count, (f"{provider_id}/new",) in ids) == (1, True)
    assert ids == [(f"{provider_id}/new",)]
    assert ground.tables.head > before
    ground.tables.check()


async def test_a_replica_that_was_killed_is_succeeded(ground: Ground, finder: Api) -> None:
    """one refresher: a lease whose holder is gone ends by itself."""
    provider_id, provider = ground.take()
    provider.lists("one")
    provider.forget()
    ground.tables.run(
        "UPDATE source SET lease_holder = 'gone', lease_until = clock_timestamp() + interval '1 second' WHERE id = %s",
        [provider_id],
    )
    assert (await refresh(finder, provider_id)).added_count == 1
    assert provider.calls == 1


async def _true(value: bool) -> bool:
    return value
