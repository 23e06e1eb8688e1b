"""Pins of two servers that discover, a provider's own source and a catalogue among their sources."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_service_pb2 as pb
from modeldex.v1 import model_pb2
from modeldex.v1.history_service_pb2_grpc import HistoryServiceStub
from support.api import Api, problem_of
from support.ground import Ground
from support.models import new_id, plain
from support.pins import part
from support.waiting import eventually


async def refresh(api: Api, provider_id: str) -> discovery.RefreshResult:
    """Refresh a provider by all its sources."""
    request = discovery.RefreshProviderRequest(provider_id=provider_id)
    result: discovery.RefreshResult = (await api.discovery.RefreshProvider(request, timeout=30)).result
    return result


async def model_of(api: Api, model_id: str, revision: int = 0) -> model_pb2.Model:
    """One model."""
    request = discovery.GetModelRequest(id=model_id, min_revision=revision)
    model: model_pb2.Model = (await api.discovery.GetModel(request, timeout=10)).model
    return model


def pinning(model_id: str, *fields: pb.PinnedField, **rest: Any) -> pb.PinModelRequest:
    """A request to pin."""
    return pb.PinModelRequest(model_id=model_id, fields=fields, reason="the list is wrong", **rest)


async def test_a_pin_holds_on_every_replica(ground: Ground, finder: Api, other_finder: Api) -> None:
    """rollback survives refresh: what was pinned by a call to one server, no refresh by any changes; and it is as the
    provider says once it is unpinned by a call to the other."""
    provider_id, provider = ground.take()
    model_id = f"{provider_id}/one"
    provider.lists({"id": "one", "context_length": 1000, "name": "One"})
    await refresh(finder, provider_id)
    here, there = HistoryServiceStub(finder.channel), HistoryServiceStub(other_finder.channel)
    request = pinning(model_id, part("context_window", 2000), part("family"), request_id=f"pin-{provider_id}")
    pinned = await here.PinModel(request, timeout=20)
    assert (pinned.model.context_window, pinned.model.version, pinned.model.revision) == (2000, 2, pinned.revision)
    assert [(pin.path, pin.version, pin.principal) for pin in pinned.pins] == [
        ("context_window", 2, "local"),
        ("family", 2, "local"),
    ]
    await model_of(other_finder, model_id, pinned.revision)  # it knows of the refresh, too, so of the availability
    assert await there.PinModel(request, timeout=20) == pinned
    for length in (1, 2, 3):
        provider.lists({"id": "one", "context_length": length, "name": f"Name {length}"})
        result = await refresh((finder, other_finder)[length % 2], provider_id)
        model = await model_of(other_finder, model_id, result.committed_revision)
        assert (model.context_window, model.display_name) == (2000, f"Name {length}")
    page = await there.ListModelPins(pb.ListModelPinsRequest(model_id=model_id), timeout=20)
    assert [(pin.model_id, pin.path) for pin in page.pins] == [(model_id, "context_window"), (model_id, "family")]
    left = await there.UnpinModel(pb.UnpinModelRequest(model_id=model_id, paths=["context_window"]), timeout=20)
    assert (left.model.context_window, [pin.path for pin in left.pins]) == (3, ["family"])
    assert (await model_of(finder, model_id, left.revision)).context_window == 3
    ground.tables.check()


async def test_a_model_that_is_gone_leaves_with_its_pin(ground: Ground, finder: Api, other_finder: Api) -> None:
    """a pin is a version: of two servers that look one ends a pin that expires, as the principal history; a model that
    nobody lists any more leaves."""
    provider_id, provider = ground.take()
    model_id = f"{provider_id}/one"
    provider.lists({"id": "one"}, {"id": "two"})
    await refresh(finder, provider_id)
    stub = HistoryServiceStub(finder.channel)
    # Long enough for the refreshes below, however slow the machine is; then it is over at once.
    await stub.PinModel(pinning(model_id, expire_time=datetime.now(UTC) + timedelta(hours=1)), timeout=20)
    provider.lists({"id": "two"})
    for _ in range(3):
        await refresh(finder, provider_id)
    assert (await model_of(finder, model_id)).version == 2
    soon = datetime.now(UTC) + timedelta(seconds=5)
    await stub.PinModel(pinning(model_id, expire_time=soon), timeout=20)

    async def is_gone() -> bool:
        return ground.tables.documents(model_id).get(4, model_pb2.Model()) is None

    await eventually(is_gone, "the model to leave with its pin")
    rows = ground.tables.rows(
        "SELECT version, operation, principal, reason FROM model_version WHERE model_id = %s AND version > 3",
        [model_id],
    )
    assert rows == [(4, 3, "history", "The pin expired.")]
    other = HistoryServiceStub(other_finder.channel)
    problem = await problem_of(other.UnpinModel(pb.UnpinModelRequest(model_id=model_id), timeout=20))
    assert problem.reason == "MODEL_NOT_FOUND"
    ground.tables.check()


async def test_what_no_pin_can_hold(api: Api) -> None:
    """typed errors: a refused pin names the field that is wrong; a model that no source lists has nothing to hold."""
    saved = plain(new_id())
    await api.discovery.SaveModel(discovery.SaveModelRequest(model=saved), timeout=20)
    stub = HistoryServiceStub(api.channel)
    wrong = [
        ([part("version")], "fields[0].path"),
        ([part("no_such_field", 1)], "fields[0].path"),
        ([part("family"), part("listed_by")], "fields[1].path"),
        ([part("prices", "1")], "fields[0].value"),
        ([part("context_window", "many")], "fields[0].value"),
        ([part("prices"), part('prices["input"].amount', "1")], "fields[1].path"),
        ([part('capabilities["clairvoyance"]')], "fields[0].path"),
    ]
    for fields, field in wrong:
        problem = await problem_of(stub.PinModel(pinning(saved.id, *fields), timeout=20))
        assert (problem.short, list(problem.violations)) == (("INVALID_ARGUMENT", "INVALID_REQUEST"), [field])
    problem = await problem_of(stub.PinModel(pinning(saved.id), timeout=20))
    assert problem.short == ("FAILED_PRECONDITION", "NOT_LISTED")
    problem = await problem_of(stub.UnpinModel(pb.UnpinModelRequest(model_id=saved.id), timeout=20))
    assert problem.short == ("FAILED_PRECONDITION", "NOT_PINNED")
