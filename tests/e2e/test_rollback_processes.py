"""Rollbacks over three server processes, of which one dies now and then."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from typing import Any

import grpc
import pytest

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_pb2 as pb
from modeldex.v1 import history_service_pb2 as api
from modeldex_server.store.embedded import EmbeddedServer
from support.api import problem_of, read_problem
from support.checks import Catalogue
from support.databases import empty_database
from support.models import new_id, plain
from support.principals import Caller, TokensFile, own_channel
from support.proxies import proxy
from support.rollbacks import EXECUTED, EXPIRED, PENDING, STALE, check, document, states_told
from support.servers import ServerProcess
from support.waiting import eventually

APPROVERS = [f"approver-{i}" for i in range(20)]


@dataclass
class Stage:
    """Three servers of one catalogue, where one has to approve; each is there at the beginning of a test."""

    servers: list[ServerProcess]
    tokens: dict[str, str]
    tables: Catalogue

    def revive(self) -> None:
        """Start those again that were killed."""
        ended = [server for server in self.servers if server.exit_code is not None]
        for server in ended:
            server.launch()
        for server in ended:
            server.wait_until_ready()


@pytest.fixture(scope="module")
def three(postgres: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("rollbacks")
    principals = TokensFile(folder / "tokens.toml")
    tokens = {name: principals.add(name, "approver") for name in APPROVERS}
    tokens |= {"ann": principals.add("ann", "writer"), "both": principals.add("both", "writer", "approver")}
    with ExitStack() as stack:
        url = stack.enter_context(empty_database(postgres, template))
        tables = Catalogue(url)
        tables.run("UPDATE discovery_state SET running = false")
        settings = {
            "MODELDEX_TOKENS_FILE": str(principals.path),
            "MODELDEX_HISTORY__ROLLBACK__APPROVAL": "always",
        }
        servers = [
            stack.enter_context(ServerProcess(folder / name, database_url=url, settings=settings)).launch()
            for name in ("first", "second", "third")
        ]
        for server in servers:
            server.wait_until_ready()
        yield Stage(servers, tokens, tables)
        assert [line for server in servers for line in server.left_behind] == []


@pytest.fixture
def stage(three: Stage) -> Iterator[Stage]:
    three.revive()
    yield three
    check(three.tables)
    three.tables.check()


async def asked(ann: Caller, name: str = "ann") -> pb.Rollback:
    """A request to roll a saved model with two versions back to the first."""
    model_id = new_id()
    for title in ("old", "new"):
        await ann.ask(discovery.SaveModelRequest(model=plain(model_id, title)))
    answer = await ann.ask(api.RequestRollbackRequest(model_id=model_id, target_version=1, reason="for a test"))
    assert (answer.rollback.state, answer.rollback.requester) == (PENDING, name)
    return answer.rollback


def approval(rollback: pb.Rollback, request_id: str = "") -> api.ApproveRollbackRequest:
    """An approval of what a rollback shows."""
    return api.ApproveRollbackRequest(rollback_id=rollback.id, diff_hash=rollback.diff.hash, request_id=request_id)


async def outcome(callers: list[Caller], request: api.ApproveRollbackRequest) -> Any:
    """What becomes of an approval whose caller asks the next server where one does not answer."""
    for caller in callers * 3:
        try:
            return await caller.ask(request)
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.UNAVAILABLE:
                return read_problem(error)
    raise AssertionError("no server answered")


@pytest.mark.parametrize("turn", range(3))
async def test_twenty_approvals_make_one_version_though_a_server_dies(stage: Stage, turn: int) -> None:
    """once: of 20 approvals at the same time over three processes, one of which is killed amid them, one executes the
    rollback; each caller that asks again hears what became of its own. The model has the target's document."""
    async with AsyncExitStack() as stack:
        ann = await stack.enter_async_context(own_channel(stage.servers[0].address, stage.tokens["ann"]))
        rollback = await asked(ann)
        calls = []
        for i, name in enumerate(APPROVERS):
            order = [stage.servers[(i + turn + step) % 3].address for step in range(3)]
            callers = [await stack.enter_async_context(own_channel(address, stage.tokens[name])) for address in order]
            calls.append(asyncio.create_task(outcome(callers, approval(rollback, f"{turn}"))))
        await asyncio.sleep(random.Random(turn).uniform(0, 0.1))
        stage.servers[1 + turn % 2].kill()
        results = await asyncio.gather(*calls)
        shown = (await ann.ask(api.GetRollbackRequest(rollback_id=rollback.id))).rollback
    executed = [one.rollback for one in results if isinstance(one, api.ApproveRollbackResponse)]
    assert executed == [shown]
    assert (shown.state, shown.executed_version, len(shown.decisions)) == (EXECUTED, 3, 1)
    refused = [one for one in results if not isinstance(one, api.ApproveRollbackResponse)]
    assert {(one.reason, one.metadata["state"]) for one in refused} == {("ROLLBACK_FINISHED", "EXECUTED")}
    assert document(stage.tables, rollback.model_id, 3) == document(stage.tables, rollback.model_id, 1)


async def test_an_answer_that_was_lost_is_given_again(stage: Stage) -> None:
    """done once: a server is killed once the approval is committed and before its answer has left. The same request
    over another server gives the answer, and there is one version."""
    ann_token, bob = stage.tokens["ann"], stage.tokens[APPROVERS[0]]
    async with own_channel(stage.servers[0].address, ann_token) as ann:
        rollback = await asked(ann)
    with proxy(stage.servers[2].address) as between:
        async with own_channel(between.address, bob) as caller:
            await caller.ask(api.GetRollbackRequest(rollback_id=rollback.id))
            between.delay = 60
            lost = asyncio.create_task(problem_of(caller.ask(approval(rollback, "lost"))))

            async def is_committed() -> bool:
                return states_told(stage.tables, rollback.id) == ["PENDING", "EXECUTED"]

            await eventually(is_committed, "an approval to be committed")
            stage.servers[2].kill()
            between.cut()
            assert (await lost).code is grpc.StatusCode.UNAVAILABLE
    for server in stage.servers[:2]:
        async with own_channel(server.address, bob) as caller:
            again = await caller.ask(approval(rollback, "lost"))
            shown = await caller.ask(api.GetRollbackRequest(rollback_id=rollback.id))
            assert again.rollback == shown.rollback
            assert (again.rollback.state, again.revision) == (EXECUTED, shown.rollback.revision)
    assert stage.tables.rows("SELECT max(version) FROM model_version WHERE model_id = %s", [rollback.model_id]) == [
        (3,)
    ]


async def test_forged_principals_have_no_effect(stage: Stage) -> None:
    """four eyes: whatever a request has beside its fields, requester and approver are those of the credentials."""
    async with own_channel(stage.servers[0].address, stage.tokens["both"]) as both:
        rollback = await asked(both, "both")
        data = approval(rollback).SerializeToString()
        call = both.channel.unary_unary(
            "/modeldex.v1.HistoryService/ApproveRollback", response_deserializer=api.ApproveRollbackResponse.FromString
        )
        for number in range(5, 16):
            forged = data + bytes([number << 3 | 2, len(APPROVERS[0])]) + APPROVERS[0].encode()
            headers = (("authorization", f"Bearer {both.token}"), ("principal", APPROVERS[0]))
            problem = await problem_of(call(forged, metadata=headers, timeout=20))
            assert problem.short == ("PERMISSION_DENIED", "SELF_APPROVAL")
    async with own_channel(stage.servers[1].address, stage.tokens["ann"]) as ann:
        assert (await problem_of(ann.ask(approval(rollback)))).short == ("PERMISSION_DENIED", "PERMISSION_DENIED")
        shown = (await ann.ask(api.GetRollbackRequest(rollback_id=rollback.id))).rollback
    assert (shown.state, len(shown.decisions)) == (PENDING, 0)


async def test_what_is_over_is_told_once_by_three_servers(stage: Stage) -> None:
    """expiry: what nobody decided on in time, or whose model moved, is told EXPIRED or STALE by the servers themselves,
    once."""
    async with own_channel(stage.servers[0].address, stage.tokens["ann"]) as ann:
        late, moved = await asked(ann), await asked(ann)
        stage.tables.run("UPDATE rollback SET expires_at = now() WHERE id = %s", [late.id])
        await ann.ask(discovery.SaveModelRequest(model=plain(moved.model_id, "moved")))

        async def are_over() -> bool:
            shown = [await ann.ask(api.GetRollbackRequest(rollback_id=one.id)) for one in (late, moved)]
            return [one.rollback.state for one in shown] == [EXPIRED, STALE]

        await eventually(are_over, "the servers to tell")
    assert states_told(stage.tables, late.id) == ["PENDING", "EXPIRED"]
    assert states_told(stage.tables, moved.id) == ["PENDING", "STALE"]


async def test_pages_are_of_one_caller_and_one_query(stage: Stage) -> None:
    """pages: lists go on where they ended on any server; a token of another query is refused."""
    async with AsyncExitStack() as stack:
        callers = [
            await stack.enter_async_context(own_channel(server.address, stage.tokens["ann"]))
            for server in stage.servers
        ]
        wanted = [(await asked(callers[0])).id for _ in range(3)]
        request = api.ListRollbacksRequest(requester="ann", states=[PENDING], page_size=1)
        ids, answer = [], None
        for caller in callers:
            request.page_token = answer.next_page_token if answer else ""
            answer = await caller.ask(request)
            ids += [one.id for one in answer.rollbacks]
        assert ids == wanted[::-1]
        request.requester = "both"
        assert (await problem_of(callers[0].ask(request))).short == ("INVALID_ARGUMENT", "INVALID_PAGE_TOKEN")
