"""Calls: what is sent, what is tried again, how they end. In both halves."""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import pytest

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex_client import (
    AsyncClient,
    Client,
    DeadlineExceeded,
    DiscoveryConfiguration,
    InvalidArgument,
    MethodNotFound,
    Model,
    ModeldexError,
    ModelFilter,
    Unavailable,
    Unimplemented,
)
from unit.client.servers import Use, ask_async, ask_sync, serving

Ask = Callable[..., Awaitable[Any]]


@pytest.fixture(params=[ask_sync, ask_async], ids=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> Ask:
    return request.param  # type: ignore[no-any-return]


class Failing:
    """Fails a number of times with a code, then answers; keeps the requests."""

    def __init__(self, answer: Any, times: int, code: grpc.StatusCode = grpc.StatusCode.UNAVAILABLE) -> None:
        self.answer, self.times, self.code = answer, times, code
        self.requests: list[Any] = []

    def __call__(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.requests.append(request)
        if len(self.requests) <= self.times:
            context.abort(self.code, "not now")
        return self.answer


WRITES: dict[str, tuple[str, Any, Use]] = {
    "save": ("SaveModel", pb.SaveModelResponse(), lambda client: client.models.save(Model(id="a/b"))),
    "delete": ("DeleteModel", pb.DeleteModelResponse(), lambda client: client.models.delete("a/b")),
    "undelete": ("UndeleteModel", pb.UndeleteModelResponse(), lambda client: client.models.undelete("a/b")),
    "start": ("StartDiscovery", pb.StartDiscoveryResponse(), lambda client: client.discovery.start()),
    "stop": ("StopDiscovery", pb.StopDiscoveryResponse(), lambda client: client.discovery.stop()),
    "configuration": (
        "UpdateConfiguration",
        pb.UpdateConfigurationResponse(),
        lambda client: client.discovery.update_configuration(DiscoveryConfiguration(retry_attempts=1)),
    ),
}


@pytest.mark.parametrize("write", WRITES)
async def test_a_write_is_sent_again_as_the_same_write(ask: Ask, write: str) -> None:
    """Its request_id is a fresh UUID, the same in each attempt, another in the next call."""
    name, answer, use = WRITES[write]
    method = Failing(answer, times=2)
    with serving(**{name: method}) as target:
        await ask(target, use)
        await ask(target, use)
    first, again, third, next_call = (uuid.UUID(request.request_id) for request in method.requests)
    assert first == again == third != next_call


async def test_a_request_id_of_the_caller_is_sent_as_it_is(ask: Ask) -> None:
    method = Failing(pb.SaveModelResponse(), times=0)
    with serving(SaveModel=method) as target:
        await ask(target, lambda client: client.models.save(Model(id="a/b"), request_id="mine", expected_version=0))
        await ask(target, lambda client: client.models.save(Model(id="a/b"), request_id=""))
    assert [request.request_id for request in method.requests] == ["mine", ""]
    assert [request.HasField("expected_version") for request in method.requests] == [True, False]


async def test_reads_are_tried_four_times(ask: Ask) -> None:
    method = Failing(pb.GetModelResponse(), times=9)
    with serving(GetModel=method) as target, pytest.raises(Unavailable, match="not now"):
        await ask(target, lambda client: client.models.get("a/b"))
    assert len(method.requests) == 4


async def test_a_benchmark_is_not_tried_again(ask: Ask) -> None:
    """The contract does not call it idempotent."""
    method = Failing(pb.BenchmarkModelResponse(), times=1)
    with serving(BenchmarkModel=method) as target, pytest.raises(Unavailable):
        await ask(target, lambda client: client.models.benchmark("a/b"))
    assert len(method.requests) == 1


async def test_other_errors_are_not_tried_again(ask: Ask) -> None:
    method = Failing(pb.GetModelResponse(), times=1, code=grpc.StatusCode.INVALID_ARGUMENT)
    with serving(GetModel=method) as target, pytest.raises(InvalidArgument, match="not now"):
        await ask(target, lambda client: client.models.get("a/b"))
    assert len(method.requests) == 1


async def test_every_call_carries_the_token_and_a_deadline(ask: Ask) -> None:
    seen: list[tuple[str, bool]] = []

    def note(context: grpc.ServicerContext) -> None:
        metadata: dict[str, Any] = dict(context.invocation_metadata())
        seen.append((metadata["authorization"], 0 < context.time_remaining() < 7.5))

    def get(request: Any, context: grpc.ServicerContext) -> Any:
        note(context)
        return pb.GetModelResponse()

    def refresh(request: Any, context: grpc.ServicerContext) -> Any:
        note(context)
        yield pb.RefreshProvidersResponse()

    with serving(GetModel=get, RefreshProviders=refresh) as target:
        await ask(target, lambda client: client.models.get("a/b"), token="t0", timeout=7)
        await ask(target, lambda client: client.models.get("a/b", timeout=5), token="t0", timeout=100)
        await ask(target, lambda client: client.providers.refresh_all(timeout=5), token="t0")
        await ask(target, lambda client: client.providers.refresh_all(timeout=None), token="t0", timeout=7)
    assert seen == [("Bearer t0", True)] * 4


async def test_a_server_that_does_not_answer_in_time(ask: Ask) -> None:
    ending = threading.Event()

    def get(request: Any, context: grpc.ServicerContext) -> Any:
        if request.id == "slow/one":
            ending.wait(10)
        return pb.GetModelResponse()

    def use(client: Any) -> Any:
        """The first call connects: that may take longer than the second one has."""
        if isinstance(client, AsyncClient):

            async def calls() -> None:
                await client.models.get("quick/one")
                await client.models.get("slow/one", timeout=0.4)

            return calls()
        client.models.get("quick/one")
        return client.models.get("slow/one", timeout=0.4)

    with serving(GetModel=get) as target:
        with pytest.raises(DeadlineExceeded, match=r"did not answer within 0\.4 s; a longer timeout may help\."):
            await ask(target, use)
        ending.set()


async def test_an_older_server_is_named_as_one(ask: Ask) -> None:
    """Whether it is a server of modeldex or not that lacks the method, and for streams alike."""
    with serving() as target:
        uses: list[Use] = [lambda client: client.models.stats(), lambda client: client.providers.refresh_all()]
        for name, use in zip(("GetModelStats", "RefreshProviders"), uses, strict=True):
            with pytest.raises(Unimplemented) as caught:
                await ask(target, use)
            assert str(caught.value) == f"The server at {target} does not know {name}; it is older than this client."
            assert not isinstance(caught.value, MethodNotFound)


async def test_fields_of_a_newer_server_do_no_harm(ask: Ask) -> None:
    newer = pb.GetModelResponse.FromString(
        pb.GetModelResponse(model=Model(id="a/b")).SerializeToString() + b"\xa0\x3f\x07"
    )
    with serving(GetModel=lambda request, context: newer) as target:
        assert (await ask(target, lambda client: client.models.get("a/b"))).id == "a/b"


async def test_a_stream_that_fails_gives_what_came_and_then_its_error(ask: Ask) -> None:
    came: list[Any] = []

    def refresh(request: Any, context: grpc.ServicerContext) -> Any:
        yield pb.RefreshProvidersResponse(result=pb.RefreshResult(provider_id="one"))
        context.abort(grpc.StatusCode.INTERNAL, "broken")

    def note(client: Any) -> Any:
        results = client.providers.refresh_all()
        if isinstance(client, AsyncClient):

            async def read() -> None:
                async for result in results:
                    came.append(result)

            return read()
        for result in results:
            came.append(result)
        return None

    with serving(RefreshProviders=refresh) as target, pytest.raises(ModeldexError, match="broken") as caught:
        await ask(target, note)
    assert [result.provider_id for result in came] == ["one"]
    assert caught.value.code is grpc.StatusCode.INTERNAL


class Endless:
    """A stream that ends only when the caller goes."""

    def __init__(self) -> None:
        self.left = threading.Event()

    def __call__(self, request: Any, context: grpc.ServicerContext) -> Any:
        context.add_callback(self.left.set)
        while context.is_active():
            yield pb.RefreshProvidersResponse(result=pb.RefreshResult(provider_id="one"))
            time.sleep(0.01)


def test_leaving_a_stream_ends_its_call() -> None:
    method = Endless()
    with serving(RefreshProviders=method) as target, Client(target) as client:
        for _ in client.providers.refresh_all():
            break
        assert method.left.wait(10)
        assert client.models is not None


async def test_leaving_an_async_stream_ends_its_call() -> None:
    method = Endless()
    with serving(RefreshProviders=method) as target:
        async with AsyncClient(target) as client:
            results = client.providers.refresh_all()
            assert (await anext(results)).provider_id == "one"
            await results.aclose()  # type: ignore[attr-defined]
            assert await asyncio.to_thread(method.left.wait, 10)


async def test_cancellation_passes_through_and_ends_the_call() -> None:
    """A task that is cancelled sees its own CancelledError, no error of ours, and the server sees that it went."""
    entered, left = threading.Event(), threading.Event()

    def get(request: Any, context: grpc.ServicerContext) -> Any:
        context.add_callback(left.set)
        entered.set()
        left.wait(10)
        return pb.GetModelResponse()

    with serving(GetModel=get) as target:
        async with AsyncClient(target) as client:
            task = asyncio.create_task(client.models.get("a/b"))
            assert await asyncio.to_thread(entered.wait, 10)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(left.wait, 10)


async def test_a_batch_of_any_size_is_split_and_joined(ask: Ask) -> None:
    asked: list[int] = []

    def batch(request: Any, context: grpc.ServicerContext) -> Any:
        asked.append(len(request.ids))
        here = [id for id in request.ids if not id.endswith("7")]
        missing = [id for id in request.ids if id.endswith("7")]
        # Replicas differ in how far they are.
        return pb.BatchGetModelsResponse(
            models=[Model(id=id) for id in here], missing_ids=missing, revision=9 - len(asked)
        )

    ids = [f"a/{number}" for number in range(2500)]
    with serving(BatchGetModels=batch) as target:
        answer = await ask(target, lambda client: client.models.batch_get(iter(ids)))
        nothing = await ask(target, lambda client: client.models.batch_get([]))
    assert asked == [1000, 1000, 500]
    assert [model.id for model in answer.models] == [id for id in ids if not id.endswith("7")]
    assert list(answer.missing_ids) == [id for id in ids if id.endswith("7")]
    assert answer.revision == 6
    assert nothing == pb.BatchGetModelsResponse()


async def test_a_list_stays_what_it_was_when_it_was_asked_for(ask: Ask) -> None:
    """Changing the filter afterwards changes no page of it."""
    chosen = ModelFilter(tags=["one"])
    answers = iter([pb.ListModelsResponse(next_page_token="2"), pb.ListModelsResponse()])
    requests: list[Any] = []

    def page(request: Any, context: grpc.ServicerContext) -> Any:
        chosen.tags.append("two")
        requests.append(request)
        return next(answers)

    with serving(ListModels=page) as target:
        await ask(target, lambda client: client.models.list(chosen, include_total_size=True))
    assert [list(request.filter.tags) for request in requests] == [["one"], ["one"]]
    assert [(request.page_token, request.include_total_size) for request in requests] == [("", True), ("2", False)]


@pytest.mark.parametrize(
    ("told", "limit", "sent"), [(0, None, 500), (0, 20, 20), (0, 900, 500), (7, 20, 7), (7, None, 7)]
)
async def test_pages_are_as_large_as_they_are_of_use(ask: Ask, told: int, limit: int | None, sent: int) -> None:
    method = Failing(pb.ListModelsResponse(), times=0)
    with serving(ListModels=method) as target:
        await ask(target, lambda client: client.models.list(page_size=told, limit=limit))
    assert [request.page_size for request in method.requests] == [sent]


async def test_the_revision_is_the_largest_that_came(ask: Ask) -> None:
    revisions = iter([5, 9, 7])

    def get(request: Any, context: grpc.ServicerContext) -> Any:
        return pb.GetModelResponse(revision=next(revisions))

    seen: list[int] = []

    def thrice(client: Any) -> Any:
        if isinstance(client, AsyncClient):

            async def calls() -> None:
                for _ in range(3):
                    await client.models.get("a/b")
                    seen.append(client.revision)

            return calls()
        for _ in range(3):
            client.models.get("a/b")
            seen.append(client.revision)
        return None

    with serving(GetModel=get) as target:
        await ask(target, thrice)
    assert seen == [5, 9, 9]


async def test_a_closed_client_says_so(ask: Ask) -> None:
    sync, other = Client("localhost:1"), AsyncClient("localhost:1")
    sync.close()
    await other.close()
    with pytest.raises(RuntimeError, match="closed"):
        sync.models.get("a/b")
    with pytest.raises(RuntimeError, match="closed"):
        await other.models.get("a/b")


async def test_one_client_serves_many_threads() -> None:
    def get(request: Any, context: grpc.ServicerContext) -> Any:
        return pb.GetModelResponse(revision=int(request.id))

    with serving(GetModel=get) as target, Client(target) as client:
        await asyncio.gather(*(asyncio.to_thread(client.models.get, str(number)) for number in range(200)))
        assert client.revision == 199
