"""The Python client against live servers: every method answers, in both halves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex_client import (
    AsyncClient,
    BenchmarksDisabled,
    CapabilityState,
    CapabilityValue,
    Client,
    DiscoveryConfiguration,
    DiscoveryState,
    InvalidPageToken,
    InvalidRequest,
    ManagedBySource,
    Model,
    ModelFilter,
    ModelNotDeleted,
    ModelNotFound,
    ModelSortField,
    ProviderNotFound,
    ProviderStatus,
    RequestIdReused,
    RevisionNotReached,
    SourceUnavailable,
    VersionMismatch,
)
from support.models import new_id, plain
from support.pairs import Pair
from unit.client.servers import Use, ask_async, ask_sync

Ask = Callable[[Use], Awaitable[Any]]


@pytest.fixture(params=[ask_sync, ask_async], ids=["sync", "async"])
def ask(request: pytest.FixtureRequest, pair: Pair) -> Ask:
    """Asks the first server through one of the halves."""
    return lambda use: request.param(pair.first.address, use)


async def test_a_model_is_saved_got_deleted_and_undeleted(ask: Ask) -> None:
    model = plain(new_id(), "One")
    saved = await ask(lambda client: client.models.save(model, expected_version=0, reason="new"))
    assert (saved.model.version, saved.changed) == (1, True)
    got = await ask(lambda client: client.models.get(model.id))
    assert (got.display_name, got.context_window, got.version) == ("One", 8000, 1)
    deleted = await ask(lambda client: client.models.delete(model.id, expected_version=1, reason="old"))
    assert deleted.version == 2
    with pytest.raises(ModelNotFound) as caught:
        await ask(lambda client: client.models.get(model.id))
    assert caught.value.metadata == {"model_id": model.id, "state": "deleted"}
    undeleted = await ask(lambda client: client.models.undelete(model.id, expected_version=2))
    assert (undeleted.model.display_name, undeleted.model.version) == ("One", 3)
    with pytest.raises(ModelNotDeleted):
        await ask(lambda client: client.models.undelete(model.id))


async def test_a_version_that_is_not_current_is_refused(ask: Ask) -> None:
    model = plain(new_id())
    await ask(lambda client: client.models.save(model))
    with pytest.raises(VersionMismatch) as caught:
        await ask(lambda client: client.models.save(model, expected_version=0))
    assert caught.value.metadata["current_version"] == "1"


async def test_a_request_id_makes_a_save_once(ask: Ask) -> None:
    model, request_id = plain(new_id(), "One"), new_id()
    first = await ask(lambda client: client.models.save(model, request_id=request_id))
    assert await ask(lambda client: client.models.save(model, request_id=request_id)) == first
    with pytest.raises(RequestIdReused):
        await ask(lambda client: client.models.save(plain(model.id, "Two"), request_id=request_id))


async def test_rules_that_are_broken_are_named(ask: Ask) -> None:
    with pytest.raises(InvalidRequest) as caught:
        await ask(lambda client: client.models.list(page_size=-1))
    assert [violation.field for violation in caught.value.violations] == ["page_size"]
    assert str(caught.value).startswith("page_size: ")


def _save(model: Model, client: Any) -> Any:
    return client.models.save(model)


def _list(chosen: ModelFilter, client: Any, **options: Any) -> Any:
    return client.models.list(chosen, **options)


async def test_models_are_filtered_sorted_paged_and_limited(ask: Ask) -> None:
    provider = new_id().replace("/", "-")
    for number, window in enumerate([3000, 1000, 4000, 2000]):
        model = plain(f"{provider}/{number}")
        model.context_window = window
        await ask(partial(_save, model))
    chosen = ModelFilter(provider_ids=[provider], min_context_window=2000)
    order = {"sort_field": ModelSortField.MODEL_SORT_FIELD_CONTEXT_WINDOW, "descending": True}
    for page_size in (0, 1, 2, 500):
        found = await ask(partial(_list, chosen, page_size=page_size, **order))
        assert [model.context_window for model in found] == [4000, 3000, 2000]
    found = await ask(lambda client: client.models.list(chosen, page_size=1, limit=2, **order))
    assert [model.context_window for model in found] == [4000, 3000]
    pages = await ask(lambda client: client.models.list(chosen, page_size=2, include_total_size=True).pages())
    assert [(len(page.models), page.HasField("total_size")) for page in pages] == [(2, True), (1, False)]
    page = await ask(lambda client: client.models.list(chosen, include_total_size=True).first_page())
    assert page.total_size == 3


async def test_a_batch_of_more_than_a_call_may_hold(ask: Ask) -> None:
    model = plain(new_id())
    await ask(lambda client: client.models.save(model))
    ids = [f"acme/none-{number}" for number in range(1100)] + [model.id]
    answer = await ask(lambda client: client.models.batch_get(ids))
    assert ([found.id for found in answer.models], list(answer.missing_ids)) == ([model.id], ids[:-1])
    assert answer.revision > 0


async def test_capabilities_are_told_and_checked(ask: Ask) -> None:
    model = plain(new_id(), capabilities={"vision": CapabilityValue(flag=False)})
    await ask(lambda client: client.models.save(model))
    known = await ask(lambda client: client.models.capabilities(model.id))
    assert known.capabilities["vision"].HasField("flag")
    answer = await ask(lambda client: client.models.validate(model.id, ["vision", "reasoning"]))
    states = [CapabilityState.CAPABILITY_STATE_UNSUPPORTED, CapabilityState.CAPABILITY_STATE_UNKNOWN]
    assert [check.state for check in answer.checks] == states
    with pytest.raises(InvalidRequest):
        await ask(lambda client: client.models.validate(model.id, ["levitation"]))


async def test_benchmarks_are_listed_and_are_off(ask: Ask) -> None:
    model = plain(new_id())
    await ask(lambda client: client.models.save(model))
    assert await ask(lambda client: client.models.benchmarks(model.id)) == []
    with pytest.raises(BenchmarksDisabled):
        await ask(lambda client: client.models.benchmark(model.id))


async def test_a_refresh_says_what_it_did_and_who_failed(ask: Ask, pair: Pair) -> None:
    pair.provider.lists("one", "two")
    result = await ask(lambda client: client.providers.refresh("fake"))
    assert (result.provider_id, result.status) == ("fake", ProviderStatus.PROVIDER_STATUS_ACTIVE)
    assert "fake" in [one.provider_id for one in await ask(lambda client: client.providers.refresh_all(["fake"]))]
    [record] = await ask(lambda client: client.models.raw_records("fake/one")) or [None]
    assert record.record["id"] == "one"
    with pytest.raises(ManagedBySource):
        await ask(lambda client: client.models.save(plain("fake/one")))
    pair.provider.fails(500)
    try:
        with pytest.raises(SourceUnavailable):
            await ask(lambda client: client.providers.refresh("fake"))
        [result] = await ask(lambda client: client.providers.refresh_all(["fake"]))
        assert [error.source_id for error in result.errors] == ["fake"]
    finally:
        pair.provider.lists("one", "two")
        await ask(lambda client: client.providers.refresh("fake"))


async def test_providers_are_got_and_listed(ask: Ask) -> None:
    assert (await ask(lambda client: client.providers.get("fake"))).own_source_id == "fake"
    assert "fake" in [provider.id for provider in await ask(lambda client: client.providers.list())]
    error = ProviderStatus.PROVIDER_STATUS_ERROR
    assert "fake" not in [provider.id for provider in await ask(lambda client: client.providers.list([error]))]
    with pytest.raises(ProviderNotFound):
        await ask(lambda client: client.providers.get("nobody"))


async def test_discovery_is_stopped_configured_and_tells_how_it_is(ask: Ask) -> None:
    answer = await ask(lambda client: client.discovery.stop("for the test"))
    assert answer.state == DiscoveryState.DISCOVERY_STATE_STOPPED
    status = await ask(lambda client: client.discovery.status())
    assert (status.state, status.storage.healthy) == (DiscoveryState.DISCOVERY_STATE_STOPPED, True)
    before = await ask(lambda client: client.discovery.configuration())
    wanted = DiscoveryConfiguration(removal_threshold=7, max_concurrent_providers=9)
    changed = await ask(
        lambda client: client.discovery.update_configuration(
            wanted, fields=["removal_threshold"], expected_version=before.version
        )
    )
    assert changed.configuration.removal_threshold == 7
    assert changed.configuration.max_concurrent_providers == before.configuration.max_concurrent_providers
    back = DiscoveryConfiguration(removal_threshold=before.configuration.removal_threshold)
    await ask(lambda client: client.discovery.update_configuration(back))


async def test_models_are_counted(ask: Ask) -> None:
    assert (await ask(lambda client: client.models.stats())).total_models > 0


def test_a_client_reads_its_own_writes_from_another_replica(pair: Pair) -> None:
    """The revision of an answer, given as min_revision, waits for the other replica to be as far."""
    with Client(pair.first.address) as writer, Client(pair.second.address) as reader:
        for number in range(10):
            model = plain(new_id(), f"{number}")
            writer.models.save(model)
            assert reader.models.get(model.id, min_revision=writer.revision).display_name == model.display_name
        assert reader.revision >= writer.revision
        with pytest.raises(RevisionNotReached):
            reader.models.get(model.id, min_revision=writer.revision + 1000, timeout=20)


async def test_the_raw_stubs_are_in_reach(pair: Pair) -> None:
    with Client(pair.first.address) as client:
        assert client.stubs.discovery.GetStatus(pb.GetStatusRequest(), timeout=10).revision > 0
    async with AsyncClient(pair.first.address) as other:
        assert (await other.stubs.discovery.GetStatus(pb.GetStatusRequest(), timeout=10)).revision > 0


def test_a_page_token_of_another_query_is_refused(pair: Pair) -> None:
    with Client(pair.first.address) as client:
        client.models.save(plain(new_id()))
        client.models.save(plain(new_id()))
        token = client.models.list(page_size=1).first_page().next_page_token
        request = pb.ListModelsRequest(page_size=1, page_token=token, descending=True)
        with pytest.raises(InvalidPageToken):
            client._caller.call(client.stubs.discovery.ListModels, request, None)
