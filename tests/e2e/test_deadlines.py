"""Deadlines: nothing goes on working for a caller who has stopped waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import psycopg
import pytest

from modeldex.v1 import discovery_service_pb2 as pb
from support.api import Api, problem_of
from support.models import new_id, plain
from support.pairs import Pair
from support.waiting import eventually

# A statement that the server's connections run now, other than waiting for the next one and what it looks for by
# itself: pins and rollbacks whose time is over, how many models have a pin, and whose time is near.
_ACTIVE = """
SELECT query FROM pg_stat_activity
WHERE application_name = 'modeldex' AND datname = current_database() AND state <> 'idle'
  AND query NOT LIKE '%pin_until <= clock_timestamp()%' AND query NOT LIKE '%r.expires_at <= clock_timestamp()%'
  AND query NOT LIKE '%WHERE pins IS NOT NULL%' AND query NOT LIKE '%WHERE live AND deprecates_at >%'"""


@contextmanager
def locked(pair: Pair, statement: str, parameters: list[str]) -> Iterator[None]:
    """Rows that somebody else holds until the end of the block."""
    with psycopg.connect(pair.catalogue.url) as holder:
        holder.execute(statement, parameters)
        yield
        holder.rollback()


@asynccontextmanager
async def nothing_left_running(pair: Pair) -> AsyncIterator[None]:
    """Shortly after the block no statement of the servers runs, though the lock is still held."""
    yield

    async def idle() -> bool:
        return not await asyncio.to_thread(pair.catalogue.rows, _ACTIVE)

    await eventually(idle, "the store to have nothing to do", patience=5)


LOCKS = {
    "the model": "SELECT FROM model WHERE id = %s FOR UPDATE",
    "the counter": "SELECT FROM ledger_head, (SELECT %s::text) AS ignored FOR UPDATE OF ledger_head",
}


@pytest.mark.parametrize("lock", LOCKS)
async def test_a_write_that_waits_for_a_lock_ends_at_its_deadline(api: Api, pair: Pair, lock: str) -> None:
    """no overtime: 200 ms against a locked row: an error within seconds, nothing written, nothing left running."""
    model_id = new_id()
    await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, "One")))
    before = pair.catalogue.traces()
    with locked(pair, LOCKS[lock], [model_id]):
        async with nothing_left_running(pair):
            started = time.monotonic()
            request = pb.SaveModelRequest(model=plain(model_id, "Two"))
            problem = await problem_of(api.discovery.SaveModel(request, timeout=0.2))
            assert time.monotonic() - started < 5
            assert problem.code.name in {"DEADLINE_EXCEEDED", "UNAVAILABLE"}
            assert problem.reason in {"", "DEADLINE_EXCEEDED", "WRITE_CONTENTION", "STORE_UNAVAILABLE"}
    assert pair.catalogue.traces() == before
    assert (await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, "Three")))).model.version == 2


async def test_many_writes_that_wait_end_at_their_deadlines(api: Api, pair: Pair) -> None:
    """no overtime: more writes than the pool has connections, all against one locked row."""
    model_id = new_id()
    await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, "One")))
    before = pair.catalogue.traces()
    with locked(pair, LOCKS["the model"], [model_id]):
        async with nothing_left_running(pair):
            requests = [pb.SaveModelRequest(model=plain(model_id, str(number))) for number in range(30)]
            calls = (problem_of(api.discovery.SaveModel(request, timeout=0.3)) for request in requests)
            started = time.monotonic()
            problems = await asyncio.gather(*calls)
            assert time.monotonic() - started < 5
            assert {problem.code.name for problem in problems} <= {"DEADLINE_EXCEEDED", "UNAVAILABLE"}
            # Meanwhile, reads of what is in memory are answered.
            assert (await api.discovery.GetModel(pb.GetModelRequest(id=model_id), timeout=20)).model.version == 1
    assert pair.catalogue.traces() == before


async def test_a_read_of_a_locked_table_ends_at_its_deadline(api: Api, pair: Pair) -> None:
    """no overtime: 200 ms against a locked table: an error within seconds, nothing left running."""
    with locked(pair, "LOCK TABLE model IN ACCESS EXCLUSIVE MODE", []):
        async with nothing_left_running(pair):
            started = time.monotonic()
            for call in (
                api.discovery.ListModels(pb.ListModelsRequest(), timeout=0.2),
                api.discovery.GetModelStats(pb.GetModelStatsRequest(), timeout=0.2),
            ):
                assert (await problem_of(call)).code.name in {"DEADLINE_EXCEEDED", "UNAVAILABLE"}
            assert time.monotonic() - started < 5
    assert (await api.discovery.ListModels(pb.ListModelsRequest(page_size=1))).revision > 0


async def test_a_configuration_that_waits_ends_at_its_deadline(api: Api, pair: Pair) -> None:
    """no overtime: the same of the stored state of discovery."""
    with locked(pair, "SELECT FROM discovery_state FOR UPDATE", []):
        async with nothing_left_running(pair):
            started = time.monotonic()
            problem = await problem_of(api.discovery.StopDiscovery(pb.StopDiscoveryRequest(), timeout=0.2))
            assert time.monotonic() - started < 5
            assert problem.code.name in {"DEADLINE_EXCEEDED", "UNAVAILABLE"}


async def test_a_refresh_that_is_not_waited_for_is_still_told_to_end(api: Api, pair: Pair) -> None:
    """no overtime: a caller who waits 300 ms for a silent provider is answered then; the call of the provider is
    bounded by provider_timeout and joined by whoever asks next."""
    pair.provider.lists("one")
    pair.provider.forget()
    request = pb.RefreshProviderRequest(provider_id="fake")
    with pair.provider.held():
        started = time.monotonic()
        problem = await problem_of(api.discovery.RefreshProvider(request, timeout=0.3))
        assert (problem.code.name, time.monotonic() - started < 5) == ("DEADLINE_EXCEEDED", True)
    assert (await api.discovery.RefreshProvider(request, timeout=30)).result.provider_id == "fake"
    assert pair.provider.most_at_once == 1
