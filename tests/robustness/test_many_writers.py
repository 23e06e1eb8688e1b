"""Very many writes by many writers at once, over two processes: no version fails to be made, and no valid rollback."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_pb2
from modeldex.v1 import history_service_pb2 as history
from modeldex_server.store.embedded import EmbeddedServer
from support.checks import Catalogue
from support.databases import empty_database
from support.models import plain
from support.principals import Caller, TokensFile, own_channel
from support.servers import ServerProcess

# What the variable says: see the Makefile.
WRITES = int(os.environ.get("ROBUSTNESS_WRITES", "10000"))
WRITERS = 64
SHARED = 8  # models that all write; each writer has one of its own, too
ROLLBACKS = max(20, WRITES // 50)
_LIMIT = 120  # seconds for a call: only one that hangs takes so long


@dataclass
class Place:
    """Two servers on one catalogue, and who may call them."""

    servers: list[ServerProcess]
    tables: Catalogue
    tokens: dict[str, str]

    @asynccontextmanager
    async def callers(self, name: str, number: int) -> AsyncIterator[list[Caller]]:
        """So many callers with channels of their own, by turns on either server."""
        async with AsyncExitStack() as stack:
            yield [
                await stack.enter_async_context(own_channel(self.servers[at % 2].address, self.tokens[name]))
                for at in range(number)
            ]


@pytest.fixture(scope="module")
def place(postgres: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("many")
    principals = TokensFile(folder / "tokens.toml")
    tokens = {"writer": principals.add("writer", "writer"), "approver": principals.add("approver", "approver")}
    with ExitStack() as stack:
        url = stack.enter_context(empty_database(postgres, template))
        settings = {"MODELDEX_TOKENS_FILE": str(principals.path)}
        servers = [
            stack.enter_context(ServerProcess(folder / name, database_url=url, settings=settings)).launch()
            for name in ("first", "second")
        ]
        yield Place([server.wait_until_ready() for server in servers], Catalogue(url), tokens)
        assert [line for server in servers for line in server.left_behind] == []


@pytest.mark.timeout(WRITES / 20 + 120)
async def test_no_version_fails_to_be_made(place: Place) -> None:
    """version chain: each of so many saves by 64 writers at once, half of them of the same few models, is answered with
    the version that it made, and no two with the same."""
    made: list[tuple[str, int]] = []

    async def write(at: int, caller: Caller) -> None:
        chance = random.Random(at)
        for number in range(at, WRITES, WRITERS):
            name = f"shared-{chance.randrange(SHARED)}" if number // WRITERS % 2 else f"own-{at}"
            model = plain(f"many/{name}", f"{number}")  # like no other, so each makes a version
            answer = await caller.ask(discovery.SaveModelRequest(model=model), timeout=_LIMIT)
            assert answer.changed
            made.append((answer.model.id, answer.model.version))

    begun = time.monotonic()
    async with place.callers("writer", WRITERS) as callers, asyncio.TaskGroup() as tasks:
        for at, caller in enumerate(callers):
            tasks.create_task(write(at, caller))
    took = time.monotonic() - begun
    print(f"{WRITES:,} writes by {WRITERS} writers in {took:.1f} s: {WRITES / took:.0f}/s")
    assert len(made) == len(set(made)) == WRITES
    last = {model_id: max(version for one, version in made if one == model_id) for model_id, _ in made}
    assert sum(last.values()) == WRITES
    await asyncio.to_thread(place.tables.check)


@pytest.mark.timeout(WRITES / 20 + 120)
async def test_no_valid_rollback_fails(place: Place) -> None:
    """rolled forward, executed once: of so many rollbacks by 16 callers at once, all of which are valid, each is
    executed: at once where it breaks nothing, else with the approval of another."""
    done: list[history_pb2.Rollback] = []

    async def roll_back(at: int, writer: Caller, approver: Caller) -> None:
        model_id = f"rolled/model-{at}"
        for window in (8000, 4000):  # back to the first raises a limit, back to the second lowers it
            model = plain(model_id)
            model.context_window = window
            version = (await writer.ask(discovery.SaveModelRequest(model=model), timeout=_LIMIT)).model.version
        for _ in range(at, ROLLBACKS, len(writers)):
            request = history.RequestRollbackRequest(model_id=model_id, target_version=version - 1, reason="Back.")
            rollback = (await writer.ask(request, timeout=_LIMIT)).rollback
            if rollback.state == history_pb2.ROLLBACK_STATE_PENDING:
                approval = history.ApproveRollbackRequest(rollback_id=rollback.id, diff_hash=rollback.diff.hash)
                rollback = (await approver.ask(approval, timeout=_LIMIT)).rollback
            assert rollback.state == history_pb2.ROLLBACK_STATE_EXECUTED
            version = rollback.executed_version
            done.append(rollback)

    async with (
        place.callers("writer", 16) as writers,
        place.callers("approver", 17) as approvers,  # from the second on each is on the other server
        asyncio.TaskGroup() as tasks,
    ):
        for at, (writer, approver) in enumerate(zip(writers, approvers[1:], strict=True)):
            tasks.create_task(roll_back(at, writer, approver))
    assert len(done) == ROLLBACKS
    assert {one.required_approvals for one in done} == {0, 1}
    made = {(one.model_id, one.executed_version) for one in done}
    assert len(made) == ROLLBACKS
    stored = place.tables.rows("SELECT model_id, version FROM model_version WHERE operation = 5")
    assert set(stored) == made
    await asyncio.to_thread(place.tables.check)
