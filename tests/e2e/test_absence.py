"""Absence needs evidence: what removes a model, and what does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import error_reason_pb2 as reasons
from modeldex.v1 import model_pb2, provider_service_pb2
from modeldex.v1 import provider_pb2 as providers
from support.api import Api, problem_of
from support.ground import Ground
from support.providers import FakeProvider, Says, listing

FAILURES: dict[str, tuple[Says, str]] = {
    "500": (Says(status=500, body=b"oops"), "SOURCE_UNAVAILABLE"),
    "503 with a page": (Says(status=503, body=b"<html>", content_type="text/html"), "SOURCE_UNAVAILABLE"),
    "404": (Says(status=404, body=b"{}"), "SOURCE_UNAVAILABLE"),
    "429": (Says(status=429, body=b"{}", headers={"retry_after": "30"}), "SOURCE_RATE_LIMITED"),
    "401": (Says(status=401, body=b"{}"), "SOURCE_UNAUTHENTICATED"),
    "a page": (Says(body=b"<!doctype html><p>Welcome", content_type="text/html"), "SOURCE_MALFORMED"),
    "a body cut off": (Says(body=listing(["one", "two"]), cut=10), "SOURCE_MALFORMED"),
    "JSON cut off": (Says(body=listing(["one", "two"])[:-20]), "SOURCE_MALFORMED"),
    "an empty list": (Says(body=listing([])), "SOURCE_MALFORMED"),
    "no list": (Says(body=b'{"object": "list"}'), "SOURCE_MALFORMED"),
    "nothing": (Says(body=b""), "SOURCE_MALFORMED"),
    "the first of several pages": (
        Says(body=json.dumps({"data": [{"id": "one"}], "has_more": True}).encode()),
        "SOURCE_MALFORMED",
    ),
    "no models": (Says(body=b'{"data": [1, null, {"name": "x"}]}'), "SOURCE_MALFORMED"),
}
CODES = {"SOURCE_UNAUTHENTICATED": "FAILED_PRECONDITION"}


async def refresh(api: Api, provider_id: str) -> pb.RefreshResult:
    """Refresh one provider."""
    request = pb.RefreshProviderRequest(provider_id=provider_id)
    result: pb.RefreshResult = (await api.discovery.RefreshProvider(request, timeout=30)).result
    return result


async def model_of(api: Api, model_id: str) -> model_pb2.Model:
    """One model."""
    model: model_pb2.Model = (await api.discovery.GetModel(pb.GetModelRequest(id=model_id), timeout=10)).model
    return model


async def provider_of(api: Api, provider_id: str) -> providers.Provider:
    """One provider."""
    request = provider_service_pb2.GetProviderRequest(id=provider_id)
    provider: providers.Provider = (await api.providers.GetProvider(request, timeout=10)).provider
    return provider


@pytest.fixture(scope="module")
def failing(ground: Ground) -> tuple[str, FakeProvider]:
    """The provider whose failures are looked at one after the other."""
    return ground.take()


@pytest.mark.parametrize("name", FAILURES)
async def test_a_failure_removes_nothing(
    ground: Ground, finder: Api, failing: tuple[str, FakeProvider], name: str
) -> None:
    """absence needs evidence: whatever is no complete listing, however often, removes and changes no model. The
    failure is told with its reason, to the caller, in the stream and at the provider, and passes."""
    provider_id, provider = failing
    provider.lists("one", "two")
    await refresh(finder, provider_id)
    before = ground.tables.rows("SELECT model_id, version FROM model_version ORDER BY 1, 2")
    said, reason = FAILURES[name]
    provider.says = said
    for _ in range(3):
        problem = await problem_of(refresh(finder, provider_id))
        assert problem.short == (CODES.get(reason, "UNAVAILABLE"), reason)
        assert problem.metadata["source_id"] == provider_id
    await failure_is_told(finder, provider_id, reason)
    assert ground.tables.rows("SELECT model_id, version FROM model_version ORDER BY 1, 2") == before
    provider.lists("one", "two")
    assert (await refresh(finder, provider_id)).unchanged_count == 2
    healthy = await provider_of(finder, provider_id)
    assert (healthy.status, healthy.HasField("last_error")) == (providers.PROVIDER_STATUS_ACTIVE, False)
    assert (await model_of(finder, f"{provider_id}/one")).availability == model_pb2.AVAILABILITY_AVAILABLE
    ground.tables.check()


async def failure_is_told(api: Api, provider_id: str, reason: str) -> None:
    """By the stream, by the provider and by the availability of its models."""
    number = reasons.ErrorReason.Value(f"ERROR_REASON_{reason}")
    limited = reason == "SOURCE_RATE_LIMITED"
    status = providers.PROVIDER_STATUS_RATE_LIMITED if limited else providers.PROVIDER_STATUS_ERROR
    request = pb.RefreshProvidersRequest(provider_ids=[provider_id])
    results = [answer.result async for answer in api.discovery.RefreshProviders(request, timeout=30)]
    assert [(result.provider_id, result.status) for result in results] == [(provider_id, status)]
    assert [(error.reason, error.source_id) for error in results[0].errors] == [(number, provider_id)]
    provider = await provider_of(api, provider_id)
    assert (provider.status, provider.last_error.reason, provider.model_count) == (status, number, 2)
    expected = model_pb2.AVAILABILITY_DEGRADED if limited else model_pb2.AVAILABILITY_UNAVAILABLE
    assert (await model_of(api, f"{provider_id}/one")).availability == expected


async def test_a_silent_provider_is_given_up_after_its_time(ground: Ground, finder: Api) -> None:
    """absence needs evidence: nothing within provider_timeout is a failure, and the refresh ends."""
    provider_id, provider = ground.take()
    provider.lists("one")
    await refresh(finder, provider_id)
    with provider.held():
        problem = await problem_of(refresh(finder, provider_id))
    assert problem.short == ("UNAVAILABLE", "SOURCE_UNAVAILABLE")
    assert (await model_of(finder, f"{provider_id}/one")).version == 1


async def test_two_complete_listings_without_a_model_remove_it(ground: Ground, finder: Api) -> None:
    """absence needs evidence: one listing without it keeps a model, two in a row remove it, as a version that marks
    the deletion; failures between do not count; when it is listed again it comes back."""
    provider_id, provider = ground.take()
    model_id = f"{provider_id}/two"
    provider.lists("one", "two")
    assert (await refresh(finder, provider_id)).added_count == 2
    provider.lists("one")
    assert (await refresh(finder, provider_id)).removed_count == 0
    provider.fails(500)
    await problem_of(refresh(finder, provider_id))
    await problem_of(refresh(finder, provider_id))
    assert (await model_of(finder, model_id)).version == 1
    provider.lists("one")
    result = await refresh(finder, provider_id)
    assert (result.removed_count, result.unchanged_count) == (1, 1)
    gone = await problem_of(finder.discovery.GetModel(pb.GetModelRequest(id=model_id)))
    assert (gone.short, gone.metadata["state"]) == (("NOT_FOUND", "MODEL_NOT_FOUND"), "deleted")
    provider.lists("one", "two")
    assert (await refresh(finder, provider_id)).added_count == 1
    back = await model_of(finder, model_id)
    assert (back.version, list(back.listed_by)) == (3, [provider_id])
    operations = "SELECT operation FROM model_version WHERE model_id = %s ORDER BY version"
    assert ground.tables.rows(operations, [model_id]) == [(1,), (3,), (4,)]
    ground.tables.check()


async def test_a_model_that_is_listed_now_and_then_stays(ground: Ground, finder: Api) -> None:
    """absence needs evidence: only listings in a row count."""
    provider_id, provider = ground.take()
    for rows in (["one", "two"], ["one"], ["one", "two"], ["one"], ["one", "two"], ["one"]):
        provider.lists(*rows)
        assert (await refresh(finder, provider_id)).removed_count == 0
    assert (await model_of(finder, f"{provider_id}/two")).version == 1


async def test_a_refresh_that_finds_nothing_new_leaves_no_trace(ground: Ground, finder: Api) -> None:
    """silent no-op: the same listing in another order makes no version, event or revision."""
    provider_id, provider = ground.take()
    rows: list[dict[str, Any]] = [
        {"id": f"m{number}", "created": 1_700_000_000, "owned_by": "a"} for number in range(20)
    ]
    provider.lists(*rows)
    first = await refresh(finder, provider_id)
    assert (first.added_count, first.committed_revision > 0) == (20, True)
    before = ground.tables.traces()
    provider.lists(*({key: row[key] for key in reversed(row)} for row in reversed(rows)))
    for _ in range(3):
        result = await refresh(finder, provider_id)
        assert (result.unchanged_count, result.added_count, result.committed_revision) == (20, 0, 0)
    assert ground.tables.traces() == before


async def test_two_models_of_one_id_are_one(ground: Ground, finder: Api) -> None:
    """absence needs evidence: of records with one id the first counts, every time; bad records are counted and leave
    the others alone."""
    provider_id, provider = ground.take()
    provider.lists(
        {"id": "twin", "context_length": 1000},
        {"id": "twin", "context_length": 2000},
        {"id": "same"},
        {"id": "same"},
        {"id": ""},
        {"id": 7},
        {"name": "nameless"},
    )
    result = await refresh(finder, provider_id)
    assert (result.added_count, result.rejected_count) == (2, 4)
    assert (await model_of(finder, f"{provider_id}/twin")).context_window == 1000
    before = ground.tables.traces()
    await refresh(finder, provider_id)
    assert ground.tables.traces() == before


async def test_a_listing_larger_than_a_revision_is_whole(ground: Ground, finder: Api) -> None:
    """gap-free log: a listing of 1,200 models is several revisions, and a second one none."""
    provider_id, provider = ground.take()
    provider.lists(*(f"m{number}" for number in range(1200)))
    before = ground.tables.head
    result = await refresh(finder, provider_id)
    assert (result.added_count, result.committed_revision) == (1200, ground.tables.head)
    assert ground.tables.head - before >= 3
    assert (await provider_of(finder, provider_id)).model_count == 1200
    assert (await refresh(finder, provider_id)).unchanged_count == 1200
    ground.tables.check()


async def refresh_all(api: Api) -> dict[str, pb.RefreshResult]:
    """Refresh every provider by every source."""
    stream = api.discovery.RefreshProviders(pb.RefreshProvidersRequest(), timeout=60)
    return {answer.result.provider_id: answer.result async for answer in stream}


async def test_a_catalogue_that_no_longer_has_a_provider_removes_its_models(ground: Ground, finder: Api) -> None:
    """absence needs evidence: a complete catalogue without a provider, twice, is evidence."""
    ground.catalogue_lists("stays", {"one": {}})
    ground.catalogue_lists("goes", {"one": {}, "two": {}})
    results = await refresh_all(finder)
    assert results["goes"].added_count == 2
    ground.catalogue_lists("goes", None)
    await refresh_all(finder)
    assert (await model_of(finder, "goes/one")).version == 1
    results = await refresh_all(finder)
    assert results["goes"].removed_count == 2
    assert (await problem_of(model_of(finder, "goes/one"))).reason == "MODEL_NOT_FOUND"
    # What a source took away is no deleted private model: nobody can undelete it.
    wanted = pb.ModelFilter(provider_ids=["goes"], include_deleted=True)
    assert not (await finder.discovery.ListModels(pb.ListModelsRequest(filter=wanted))).models
    assert (await model_of(finder, "stays/one")).version == 1
    ground.tables.check()


async def test_an_empty_entry_of_a_catalogue_removes_nothing(ground: Ground, finder: Api) -> None:
    """absence needs evidence: a provider whose list of models is empty has given no listing."""
    ground.catalogue_lists("stays", {"one": {}})
    ground.catalogue_lists("empties", {"one": {}})
    await refresh_all(finder)
    ground.catalogue_lists("empties", {})
    for _ in range(3):
        await refresh_all(finder)
    assert (await model_of(finder, "empties/one")).version == 1


@pytest.mark.parametrize(
    "said", [b"", b"[]", b"{}", b'{"stays": {"models": {"one"', b'{"stays": 1}', b'{"stays": {"models": []}}']
)
async def test_a_broken_catalogue_removes_nothing(ground: Ground, finder: Api, said: bytes) -> None:
    """absence needs evidence: a catalogue that is empty, cut off or misshapen is no listing of anybody."""
    ground.catalogue_lists("stays", {"one": {}})
    await refresh_all(finder)
    before = ground.tables.rows("SELECT model_id, version FROM model_version ORDER BY 1, 2")
    ground.listed.says = Says(body=said)
    for _ in range(3):
        results = await refresh_all(finder)
        assert [error.source_id for error in results["stays"].errors] == ["catalogue"]
    assert ground.tables.rows("SELECT model_id, version FROM model_version ORDER BY 1, 2") == before
    ground.catalogue_lists("stays", {"one": {}})
    assert not (await refresh_all(finder))["stays"].errors
