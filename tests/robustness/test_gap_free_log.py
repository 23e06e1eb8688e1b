"""The log and the versions under many writers, checked in the tables afterwards."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import grpc
import pytest

from modeldex.v1 import discovery_service_pb2 as api
from modeldex.v1 import model_pb2
from support.api import Api, Problem, connect, read_problem
from support.models import new_id, plain
from support.pairs import Pair

WRITERS = 32
WRITES = 12

# Time to think inside the transactions, before and at the counter: what could overtake does.
_SLOW = """
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_sleep(random() * 0.003); RETURN NEW; END $$;
CREATE TRIGGER slow BEFORE INSERT ON model_version FOR EACH ROW EXECUTE FUNCTION slow();
CREATE TRIGGER slow BEFORE UPDATE ON ledger_head FOR EACH ROW EXECUTE FUNCTION slow();
CREATE TRIGGER slow BEFORE UPDATE ON model FOR EACH ROW EXECUTE FUNCTION slow();"""


@pytest.fixture
def thinking(pair: Pair) -> Iterator[None]:
    """Transactions of this catalogue take their time."""
    pair.catalogue.run(_SLOW)
    yield
    pair.catalogue.run("DROP FUNCTION slow() CASCADE")


@pytest.fixture
async def apis(pair: Pair) -> AsyncIterator[list[Api]]:
    """As many callers as writers, half on each server."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(connect((pair.first, pair.second)[number % 2].address))
            for number in range(WRITERS)
        ]


class Writer:
    """One writer that saves, deletes, undeletes and repeats itself, on models that others write too."""

    def __init__(self, caller: Api, models: list[str], seed: int) -> None:
        self.caller = caller
        self.models = models
        self.chance = random.Random(seed)
        self.acknowledged: list[tuple[str, int, int]] = []  # (model, version, revision)

    async def run(self) -> None:
        for number in range(WRITES):
            await asyncio.sleep(self.chance.uniform(0, 0.01))
            model_id = self.chance.choice(self.models)
            try:
                await self.chance.choice((self.save, self.save, self.save_again, self.delete, self.undelete))(
                    model_id, number
                )
            except grpc.aio.AioRpcError as error:
                # What the others did may make a write impossible; nothing else may.
                if read_problem(error).reason not in {"MODEL_NOT_FOUND", "MODEL_NOT_DELETED"}:
                    raise

    async def save(self, model_id: str, number: int) -> None:
        model = plain(model_id, f"{self.chance.random()}")
        model.capabilities["vision"].flag = bool(number % 2)
        answer = await self.caller.discovery.SaveModel(api.SaveModelRequest(model=model), timeout=60)
        self.note(answer.model.id, answer.model.version, answer.revision)

    async def save_again(self, model_id: str, number: int) -> None:
        request = api.SaveModelRequest(model=plain(model_id, "the same for all"))
        answer = await self.caller.discovery.SaveModel(request, timeout=60)
        if answer.changed:
            self.note(model_id, answer.model.version, answer.revision)

    async def delete(self, model_id: str, number: int) -> None:
        answer = await self.caller.discovery.DeleteModel(api.DeleteModelRequest(id=model_id), timeout=60)
        self.note(model_id, answer.version, answer.revision)

    async def undelete(self, model_id: str, number: int) -> None:
        answer = await self.caller.discovery.UndeleteModel(api.UndeleteModelRequest(id=model_id), timeout=60)
        self.note(model_id, answer.model.version, answer.revision)

    def note(self, model_id: str, version: int, revision: int) -> None:
        self.acknowledged.append((model_id, version, revision))


async def test_many_writers_on_two_servers_leave_no_hole(pair: Pair, apis: list[Api], thinking: None) -> None:
    """gap-free log, version chain: 32 writers on two servers, on models of their own and on shared ones, with
    refreshes between: revisions 1..head, versions 1..n, each snapshot the one before with its changes."""
    before = pair.catalogue.head
    shared = [new_id("shared") for _ in range(5)]
    writers = [Writer(caller, [*shared, new_id(f"own{seed % 7}")], seed) for seed, caller in enumerate(apis)]
    await asyncio.gather(*(writer.run() for writer in writers), refreshes(pair, apis))
    pair.catalogue.check()
    told = [note for writer in writers for note in writer.acknowledged]
    kept = set(
        pair.catalogue.rows("SELECT model_id, version, revision FROM model_version WHERE revision > %s", [before])
    )
    assert len(told) == len(set(told)), "one version was acknowledged to two writers"
    assert set(told) == {row for row in kept if not row[0].startswith("fake/")}
    assert pair.catalogue.head - before >= len(told)


async def refreshes(pair: Pair, apis: list[Api]) -> None:
    """A source that says something else every time, refreshed through both servers while they write."""
    for number in range(6):
        pair.provider.lists(*({"id": f"turn-{at}", "created": 1_700_000_000 + number} for at in range(number + 1)))
        await apis[number % 2].discovery.RefreshProvider(api.RefreshProviderRequest(provider_id="fake"), timeout=60)


async def test_one_model_takes_all_writers(pair: Pair, apis: list[Api], thinking: None) -> None:
    """version chain: 32 writers of one model make versions 1..32, each acknowledged once."""
    model_id = new_id()

    async def save(caller: Api, number: int) -> int:
        request = api.SaveModelRequest(model=plain(model_id, f"Name {number}", family=f"f{number % 3}"))
        answer = await caller.discovery.SaveModel(request, timeout=60)
        assert answer.model.display_name == f"Name {number}"
        return int(answer.model.version)

    versions = await asyncio.gather(*(save(caller, number) for number, caller in enumerate(apis)))
    assert sorted(versions) == list(range(1, WRITERS + 1))
    pair.catalogue.check_versions()


async def test_of_32_conditional_writes_one_wins(pair: Pair, apis: list[Api], thinking: None) -> None:
    """one winner: of 32 saves that expect the same version, on two servers, exactly one succeeds."""
    model_id = new_id()
    for expected in range(3):
        outcomes = await asyncio.gather(
            *(conditional(caller, model_id, expected, f"{expected} {at}") for at, caller in enumerate(apis))
        )
        winners = [outcome for outcome in outcomes if isinstance(outcome, model_pb2.Model)]
        assert [winner.version for winner in winners] == [expected + 1]
        losers = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
        assert len(losers) == WRITERS - 1
        assert {(problem.code.name, problem.reason) for problem in losers} == {("ABORTED", "VERSION_MISMATCH")}
        current = (
            await apis[0].discovery.GetModel(api.GetModelRequest(id=model_id, min_revision=winners[0].revision))
        ).model
        assert current.display_name == winners[0].display_name


async def conditional(caller: Api, model_id: str, expected: int, name: str) -> object:
    request = api.SaveModelRequest(model=plain(model_id, name), expected_version=expected)
    try:
        return (await caller.discovery.SaveModel(request, timeout=60)).model
    except grpc.aio.AioRpcError as error:
        return read_problem(error)
