"""Versions, diffs, changes and their counts, as callers see them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import cycle
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from hypothesis import HealthCheck, given, settings

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_pb2, update_pb2
from modeldex.v1 import history_service_pb2 as api
from modeldex.v1 import model_pb2 as pb
from modeldex_server.discovery.sources.models_dev import ModelsDev
from modeldex_server.discovery.sources.source import FetchLimits
from modeldex_server.ledger.diff import apply, inverse
from modeldex_server.ledger.documents import canonical, encode
from support.api import problem_of, read_problem
from support.diffs import check_summary
from support.models import new_id, plain, savable
from support.pairs import Pair
from support.principals import Caller, own_channel

PURGE = """
UPDATE model_version SET purged_at = clock_timestamp(), document_hash = sha256(document), document = NULL, changes = ''
WHERE model_id = %s AND version = %s"""
DELETED = history_pb2.MODEL_VERSION_OPERATION_DELETE


@pytest.fixture
async def caller(pair: Pair) -> AsyncIterator[Caller]:
    """A caller of the first server."""
    async with own_channel(pair.first.address, "") as caller:
        yield caller


@pytest.fixture
async def other(pair: Pair) -> AsyncIterator[Caller]:
    """A caller of the second."""
    async with own_channel(pair.second.address, "") as caller:
        yield caller


async def saved(caller: Caller, model_id: str, *models: pb.Model) -> int:
    """Save models after each other under one id; the revision of the last."""
    revision = 0
    for model in models:
        document = pb.Model()
        document.CopyFrom(model)
        document.id = model_id
        revision = (await caller.ask(discovery.SaveModelRequest(model=document))).revision
    return revision


async def deleted(caller: Caller, model_id: str) -> int:
    return int((await caller.ask(discovery.DeleteModelRequest(id=model_id))).revision)


async def named(caller: Caller, *names: str) -> str:
    """A model that had these names after each other."""
    model_id = new_id()
    await saved(caller, model_id, *(plain(model_id, name) for name in names))
    return model_id


async def compared(caller: Caller, model_id: str, first: int, last: int) -> history_pb2.ModelDiff:
    request = api.CompareModelVersionsRequest(model_id=model_id, from_version=first, to_version=last)
    diff: history_pb2.ModelDiff = (await caller.ask(request)).diff
    return diff


async def check_laws(caller: Caller, model_id: str, documents: Sequence[pb.Model | None]) -> None:
    """The laws of every pair of versions; None is a deletion."""
    diffs = {}
    for first in range(1, len(documents) + 1):
        for last in range(1, len(documents) + 1):
            diffs[first, last] = await compared(caller, model_id, first, last)
    for (first, last), diff in diffs.items():
        before, after = documents[first - 1], documents[last - 1]
        changes = [entry.change for entry in diff.entries]
        assert encode(apply(before, changes)) == (encode(after) if after is not None else b"")
        assert [entry.change for entry in diffs[last, first].entries] == inverse(changes)
        check_summary(diff)
        assert bool(changes) == (before != after)
        assert (diff.from_version, diff.to_version, len(diff.hash)) == (first, last, 32)
    assert len({diff.hash for diff in diffs.values()}) == len(diffs)


async def test_the_laws_hold_over_real_documents(caller: Caller) -> None:
    """diff laws: documents of the packaged catalogue as versions of one model, a deletion among them: any two, in both
    directions."""
    source, chance, model_id = ModelsDev(), random.Random(3), new_id()
    listings = await source.fetch(FetchLimits())
    rows = [(listing.provider.id, row) for listing in listings for row in listing.rows]
    real = [source.map(*row) for row in chance.sample(rows, 9)]
    await saved(caller, model_id, *real[:6])
    await deleted(caller, model_id)
    await saved(caller, model_id, *real[6:])
    page = await caller.ask(api.ListModelVersionsRequest(model_id=model_id, include_models=True))
    versions = list(reversed(page.versions))
    documents = [None if one.operation == DELETED else canonical(one.model) for one in versions]
    assert [document is None for document in documents].index(True) == 6
    await check_laws(caller, model_id, documents)


@pytest.fixture(scope="module")
def runner(pair: Pair) -> Iterator[tuple[asyncio.Runner, Pair]]:
    """An event loop, for tests that make many examples."""
    with asyncio.Runner() as runner:
        yield runner, pair


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(savable("acme/any"), savable("acme/any"))
def test_the_laws_hold_through_the_api(runner: tuple[asyncio.Runner, Pair], one: pb.Model, two: pb.Model) -> None:
    """diff laws: whatever two documents callers save."""

    async def check() -> None:
        async with own_channel(runner[1].first.address, "") as caller:
            model_id = new_id()
            await saved(caller, model_id, plain(model_id))
            for model in (one, two):
                try:
                    await saved(caller, model_id, model)
                except grpc.aio.AioRpcError as error:  # refused for what is no part of this
                    if read_problem(error).reason != "INVALID_REQUEST":
                        raise
            page = await caller.ask(api.ListModelVersionsRequest(model_id=model_id, include_models=True))
            await check_laws(caller, model_id, [canonical(version.model) for version in reversed(page.versions)])

    runner[0].run(check())


async def test_versions_are_read_page_by_page_on_any_replica(caller: Caller, other: Caller) -> None:
    """immutable versions, read your write: newest first, each once; a version reads as it was listed."""
    model_id = await named(caller, *(str(number) for number in range(5)))
    revision = await deleted(caller, model_id)
    request = api.ListModelVersionsRequest(model_id=model_id, page_size=4, min_revision=revision, include_models=True)
    first = await caller.ask(request)
    second = await other.ask(api.ListModelVersionsRequest.FromString(_with_token(request, first.next_page_token)))
    versions = [*first.versions, *second.versions]
    assert [version.version for version in versions] == [6, 5, 4, 3, 2, 1]
    assert second.next_page_token == ""
    assert min(first.revision, second.revision) >= revision
    for version in versions:
        got = await other.ask(api.GetModelVersionRequest(model_id=model_id, version=version.version))
        assert got.version == version
    newest = (await caller.ask(api.GetModelVersionRequest(model_id=model_id))).version
    assert (newest, newest.operation) == (versions[0], DELETED)
    assert [version.rollback_available for version in versions] == [False, True, True, True, True, True]


def _with_token(request: Any, token: str) -> bytes:
    request.page_token = token
    data: bytes = request.SerializeToString()
    return data


async def test_what_is_asked_for_and_is_not_there(caller: Caller, pair: Pair) -> None:
    """typed errors: a version that never was, one that was purged, a model that never was; a deletion is there."""
    model_id = await named(caller, "one", "two", "three")
    await deleted(caller, model_id)
    pair.catalogue.run(PURGE, (model_id, 1))

    async def short(request: Message) -> tuple[str, str]:
        return (await problem_of(caller.ask(request))).short

    get, compare = api.GetModelVersionRequest, api.CompareModelVersionsRequest
    assert await short(get(model_id=model_id, version=5)) == ("NOT_FOUND", "VERSION_NOT_FOUND")
    assert await short(get(model_id=model_id, version=2**62)) == ("NOT_FOUND", "VERSION_NOT_FOUND")
    assert await short(get(model_id="acme/never", version=1)) == ("NOT_FOUND", "MODEL_NOT_FOUND")
    assert await short(get(model_id=model_id, version=1)) == ("FAILED_PRECONDITION", "VERSION_PURGED")
    for first, last in ((1, 2), (2, 1), (1, 1), (1, 4)):
        wanted = compare(model_id=model_id, from_version=first, to_version=last)
        assert await short(wanted) == ("FAILED_PRECONDITION", "VERSION_PURGED")
    assert await short(compare(model_id=model_id, from_version=2, to_version=9)) == ("NOT_FOUND", "VERSION_NOT_FOUND")
    assert await short(compare(model_id="acme/never", from_version=1)) == ("NOT_FOUND", "MODEL_NOT_FOUND")
    assert await short(api.ListModelVersionsRequest(model_id="acme/never")) == ("NOT_FOUND", "MODEL_NOT_FOUND")
    for request in (get(model_id=model_id, version=-1), compare(model_id=model_id), compare(from_version=1)):
        assert await short(request) == ("INVALID_ARGUMENT", "INVALID_REQUEST")
    removal = await compared(caller, model_id, 3, 0)
    assert (removal.to_version, removal.summary.impact) == (4, history_pb2.CHANGE_IMPACT_CRITICAL)
    same = await compared(caller, model_id, 2, 2)
    assert (len(same.entries), same.summary) == (0, history_pb2.DiffSummary())


async def test_foreign_page_tokens_are_refused(caller: Caller) -> None:
    """typed errors: a token is good for the list it came from, as it was asked for."""
    model_id = await named(caller, "one", "two", "three")
    versions = await caller.ask(api.ListModelVersionsRequest(model_id=model_id, page_size=1))
    changes = await caller.ask(api.ListModelChangesRequest(filter={"model_ids": [model_id]}, page_size=1))
    own, foreign = versions.next_page_token, changes.next_page_token
    assert own
    assert foreign
    for request in (
        api.ListModelVersionsRequest(model_id=model_id, page_token=foreign),
        api.ListModelVersionsRequest(model_id="acme/other", page_token=own),
        api.ListModelVersionsRequest(model_id=model_id, operations=[1], page_token=own),
        api.ListModelVersionsRequest(model_id=model_id, page_token=own[:-4]),
        api.ListModelChangesRequest(page_token=foreign),
        api.ListModelChangesRequest(filter={"model_ids": [model_id]}, page_token=own),
        api.ListModelChangesRequest(filter={"model_ids": [model_id]}, page_token="x" * 40_000),
    ):
        problem = await problem_of(caller.ask(request))
        assert problem.short == ("INVALID_ARGUMENT", "INVALID_PAGE_TOKEN"), request


async def test_changes_are_listed_across_models_page_by_page(caller: Caller, other: Caller) -> None:
    """HistoryService: newest first, each once, on any replica, with what each means."""
    ids = [await named(caller, "one", "two", "three") for _ in range(3)]
    for model_id in ids:
        model = plain(model_id, "three")
        model.context_window = 1
        await saved(caller, model_id, model)
    last = await deleted(caller, ids[0])
    wanted = {"model_ids": ids, "change_classes": [history_pb2.CHANGE_CLASS_BREAKING]}
    request = api.ListModelChangesRequest(filter=wanted, page_size=2, min_revision=last)
    found = []
    for asked in cycle((caller, other)):
        page = await asked.ask(request)
        found += page.changes
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    told = [(one.model_id, one.entries[0].rule_id, one.entries[0].change.path) for one in found]
    assert told == [
        (ids[0], "model-removed", ""),
        *((model_id, "limit-lowered", "context_window") for model_id in reversed(ids)),
    ]
    names = api.ListModelChangesRequest(filter={"model_ids": ids[:1], "paths": ["display_name"]})
    values = [one.entries[0].change.new_value.string_value for one in (await caller.ask(names)).changes]
    assert values == ["three", "two"]


async def test_changes_between_two_revisions(caller: Caller) -> None:
    """HistoryService: after one revision, up to another; both are as the writes told them."""
    model_id = new_id()
    first = await saved(caller, model_id, plain(model_id, "one"))
    second = await saved(caller, model_id, plain(model_id, "two"))
    third = await saved(caller, model_id, plain(model_id, "three"))
    await saved(caller, model_id, plain(model_id, "four"))
    wanted = {"model_ids": [model_id], "after_revision": first, "up_to_revision": third}
    page = await caller.ask(api.ListModelChangesRequest(filter=wanted))
    assert [(one.version, one.revision) for one in page.changes] == [(3, third), (2, second)]


async def test_bad_filters_are_named(caller: Caller) -> None:
    """typed errors: what no path, type or class can be is told with its place."""
    wanted = {"paths": ["prices.input"], "types": [9], "change_classes": [0], "operations": [99], "after_revision": -1}
    problem = await problem_of(caller.ask(api.ListModelChangesRequest(filter=wanted)))
    assert problem.reason == "INVALID_REQUEST"
    fields = ("paths[0]", "types[0]", "change_classes[0]", "operations[0]", "after_revision")
    assert set(problem.violations) == {f"filter.{field}" for field in fields}


async def test_counts_are_those_of_the_tables(caller: Caller, pair: Pair) -> None:
    """HistoryService: all versions, by model, by what they did, by day; of one model, of none, of all."""
    model_id = await named(caller, *(str(number) for number in range(30)))
    revision = await deleted(caller, model_id)
    pair.catalogue.run(PURGE, (model_id, 2))
    one = await caller.ask(api.GetVersionStatsRequest(model_id=model_id, min_revision=revision))
    assert (one.total_versions, one.purged_versions, one.recent_versions) == (31, 1, 31)
    assert dict(one.versions_by_model) == {model_id: 31}
    assert {name.removeprefix("MODEL_VERSION_OPERATION_"): n for name, n in one.versions_by_operation.items()} == {
        "CREATE": 1,
        "UPDATE": 29,
        "DELETE": 1,
    }
    assert (one.most_versioned_model_id, one.average_versions_per_model) == (model_id, 31)
    assert sum(one.version_frequency.values()) == 31
    assert one.revision >= revision
    none = await caller.ask(api.GetVersionStatsRequest(model_id="acme/never"))
    none.revision = 0
    assert none == api.GetVersionStatsResponse()
    total = await caller.ask(api.GetVersionStatsRequest())
    ((versions, models, purged, rollbacks),) = pair.catalogue.rows(
        "SELECT count(*), count(DISTINCT model_id), count(purged_at), count(*) FILTER (WHERE operation = 5)"
        " FROM model_version"
    )
    assert (total.total_versions, total.purged_versions, total.rollback_count) == (versions, purged, rollbacks)
    assert total.average_versions_per_model == pytest.approx(versions / models)
    assert sum(total.versions_by_operation.values()) == versions
    assert len(total.versions_by_model) == min(models, 100)
    assert total.versions_by_model[total.most_versioned_model_id] == max(total.versions_by_model.values())


async def test_reads_wait_for_a_revision_that_is_to_come(caller: Caller) -> None:
    """read your write: a revision that never comes is told as not reached."""
    model_id = await named(caller, "one")
    for request in (
        api.GetModelVersionRequest(model_id=model_id, min_revision=10**12),
        api.ListModelChangesRequest(min_revision=10**12),
    ):
        assert (await problem_of(caller.ask(request))).reason == "REVISION_NOT_REACHED"


async def test_a_change_of_many_kinds(caller: Caller) -> None:
    """HistoryService: types and paths are met by one entry together."""
    model_id = new_id()
    before, after = plain(model_id), plain(model_id)
    after.ClearField("context_window")
    after.max_output_tokens = 5
    await saved(caller, model_id, before, after)

    async def found(**fields: Any) -> int:
        return len((await caller.ask(api.ListModelChangesRequest(filter={"model_ids": [model_id]} | fields))).changes)

    removed, added = update_pb2.FIELD_CHANGE_OPERATION_REMOVED, update_pb2.FIELD_CHANGE_OPERATION_ADDED
    assert await found(paths=["context_window"], types=[removed]) == 1
    assert await found(paths=["context_window"], types=[added]) == 0
    assert await found(paths=["context_window", "max_output_tokens"], types=[added]) == 1
