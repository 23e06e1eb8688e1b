"""What reads see of writes, on the same replica and on another."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from functools import partial

import pytest
from google.protobuf.message import Message

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import model_pb2, provider_service_pb2
from support.api import Api, problem_of
from support.models import new_id, plain
from support.pairs import Pair
from support.waiting import eventually

READS: dict[str, Callable[[str, int], Message]] = {
    "GetModel": lambda model_id, revision: pb.GetModelRequest(id=model_id, min_revision=revision),
    "BatchGetModels": lambda model_id, revision: pb.BatchGetModelsRequest(ids=[model_id], min_revision=revision),
    "ListModels": lambda model_id, revision: pb.ListModelsRequest(
        filter=pb.ModelFilter(query=model_id), min_revision=revision
    ),
    "GetModelCapabilities": lambda model_id, revision: pb.GetModelCapabilitiesRequest(
        model_id=model_id, min_revision=revision
    ),
    "ValidateModelCapabilities": lambda model_id, revision: pb.ValidateModelCapabilitiesRequest(
        model_id=model_id, required_capabilities=["vision"], min_revision=revision
    ),
    "GetModelStats": lambda model_id, revision: pb.GetModelStatsRequest(min_revision=revision),
}


async def test_every_read_gives_an_acknowledged_write(api: Api) -> None:
    """read your write: from the moment a save is answered, on the same replica, under load, every time."""

    async def write_and_read(number: int) -> None:
        model_id = new_id()
        for version in range(1, 6):
            saved = (await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, f"{version}")))).model
            got = await api.discovery.GetModel(pb.GetModelRequest(id=model_id))
            batch = await api.discovery.BatchGetModels(pb.BatchGetModelsRequest(ids=[model_id]))
            listed = await api.discovery.ListModels(pb.ListModelsRequest(filter=pb.ModelFilter(query=f"{model_id}")))
            assert got.model == batch.models[0] == saved
            assert saved in listed.models
        await api.discovery.DeleteModel(pb.DeleteModelRequest(id=model_id))
        assert (await problem_of(api.discovery.GetModel(pb.GetModelRequest(id=model_id)))).reason == "MODEL_NOT_FOUND"

    await asyncio.gather(*(write_and_read(number) for number in range(8)))


async def test_a_model_created_after_a_miss_is_found(api: Api) -> None:
    """read your write: that a model was missing is not remembered."""
    model_id = new_id()
    assert (await problem_of(api.discovery.GetModel(pb.GetModelRequest(id=model_id)))).reason == "MODEL_NOT_FOUND"
    await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id)))
    assert (await api.discovery.GetModel(pb.GetModelRequest(id=model_id))).model.version == 1


@pytest.mark.parametrize("method", READS)
async def test_a_read_with_min_revision_is_current_on_another_replica(api: Api, other_api: Api, method: str) -> None:
    """min_revision: a read on the other replica with the revision of a write waits for it and sees the write."""
    for _ in range(5):
        model_id = new_id()
        saved = await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id)))
        answer = await getattr(other_api.discovery, method)(READS[method](model_id, saved.revision), timeout=20)
        assert answer.revision >= saved.revision
        if method == "GetModel":
            assert answer.model == saved.model
        if method in ("BatchGetModels", "ListModels"):
            assert list(answer.models) == [saved.model]


@pytest.mark.parametrize("method", READS)
async def test_a_revision_that_does_not_come_is_not_waited_for_longer_than_the_deadline(
    api: Api, pair: Pair, method: str
) -> None:
    """min_revision: REVISION_NOT_REACHED within the deadline, with both revisions."""
    future = pair.catalogue.head + 1_000_000
    started = time.monotonic()
    problem = await problem_of(getattr(api.discovery, method)(READS[method]("a/b", future), timeout=0.5))
    assert time.monotonic() - started < 5
    # The caller's own clock may be a hair faster than the server's.
    assert problem.short in {("UNAVAILABLE", "REVISION_NOT_REACHED"), ("DEADLINE_EXCEEDED", "")}
    if problem.reason:
        assert problem.metadata["min_revision"] == str(future)


async def test_a_server_says_that_a_revision_was_not_reached(api: Api, pair: Pair) -> None:
    """min_revision: the caller is told before its deadline passes, so that it can ask another replica."""
    future = pair.catalogue.head + 1_000_000

    async def told() -> bool:
        request = pb.GetModelRequest(id="a/b", min_revision=future)
        problem = await problem_of(api.discovery.GetModel(request, timeout=1))
        return problem.reason == "REVISION_NOT_REACHED"

    assert await eventually(told, "an answer before the deadline")


async def test_providers_take_min_revision_too(api: Api, other_api: Api) -> None:
    """min_revision: of the ProviderService as well; a provider comes with its first model."""
    model_id = new_id("newcomer")
    saved = await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id)))
    request = provider_service_pb2.GetProviderRequest(id="newcomer", min_revision=saved.revision)
    answer = await other_api.providers.GetProvider(request)
    assert (answer.provider.model_count, answer.revision >= saved.revision) == (1, True)
    listing = provider_service_pb2.ListProvidersRequest(min_revision=saved.revision, include_total_size=True)
    listed = await other_api.providers.ListProviders(listing)
    assert "newcomer" in [provider.id for provider in listed.providers]
    assert listed.total_size == len(listed.providers)


async def test_a_write_is_seen_elsewhere_although_every_hint_is_lost(api: Api, other_api: Api, pair: Pair) -> None:
    """lost hints: with the listeners' connections ended again and again, another replica still sees each write
    within a poll."""
    for _ in range(3):
        pair.catalogue.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'LISTEN%'")
        model_id = new_id()
        saved = await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id)))
        started = time.monotonic()

        await eventually(partial(sees, other_api, saved.model), "the other replica to see the write")
        assert time.monotonic() - started < 10  # a poll takes a quarter of a second; machines may be slow


async def sees(api: Api, model: model_pb2.Model) -> bool:
    """Whether a server gives a model just so."""
    batch = await api.discovery.BatchGetModels(pb.BatchGetModelsRequest(ids=[model.id]))
    return list(batch.models) == [model]


async def test_versions_never_go_back(api: Api, other_api: Api) -> None:
    """read your write: on either replica, what a caller read never becomes older."""
    model_id = new_id()
    await api.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, "0")))
    ending, reads = asyncio.Event(), [0, 0, 0]

    async def watch(number: int, caller: Api) -> None:
        seen = 0
        while not ending.is_set():
            batch = await caller.discovery.BatchGetModels(pb.BatchGetModelsRequest(ids=[model_id]))
            version = batch.models[0].version if batch.models else 0
            assert version >= seen
            seen = version
            reads[number] += 1

    watching = [asyncio.create_task(watch(*one)) for one in enumerate((api, other_api, api))]
    numbers = itertools.count(1)

    async def all_have_read() -> bool:
        for caller in (api, other_api) * 30:
            await caller.discovery.SaveModel(pb.SaveModelRequest(model=plain(model_id, str(next(numbers)))))
        return min(reads) > 5 or any(one.done() for one in watching)

    await eventually(all_have_read, "each to have read some")
    ending.set()
    await asyncio.gather(*watching)


async def test_raw_records_only_where_asked_for(api: Api, pair: Pair) -> None:
    """unknown is not false: what the source said is returned word for word on request."""
    pair.provider.lists({"id": "raw-one", "owned_by": "acme", "surprise": {"deep": [1, None, "x"]}})
    await api.discovery.RefreshProvider(pb.RefreshProviderRequest(provider_id="fake"))
    plain_answer = await api.discovery.GetModel(pb.GetModelRequest(id="fake/raw-one"))
    assert not plain_answer.raw_records
    answer = await api.discovery.GetModel(pb.GetModelRequest(id="fake/raw-one", include_raw_records=True))
    assert [record.source_id for record in answer.raw_records] == ["fake"]
    assert dict(answer.raw_records[0].record["surprise"])["deep"][2] == "x"
    assert answer.raw_records[0].update_time.seconds > 0
    problem = await problem_of(api.discovery.BenchmarkModel(pb.BenchmarkModelRequest(model_id="fake/raw-one")))
    assert problem.short == ("FAILED_PRECONDITION", "BENCHMARKS_DISABLED")
    benchmarks = await api.discovery.ListModelBenchmarks(pb.ListModelBenchmarksRequest(model_id="fake/raw-one"))
    assert not benchmarks.benchmarks
