"""Requests that are wrong: each is refused with its reason, at once, and changes nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from google.protobuf.message import Message

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import model_pb2, provider_service_pb2
from support.api import Api, problem_of
from support.models import plain
from support.pairs import Pair

INVALID = ("INVALID_ARGUMENT", "INVALID_REQUEST")
LONG = "x" * 1024 * 1024


@pytest.fixture(autouse=True)
async def unchanged(pair: Pair) -> AsyncIterator[None]:
    """typed errors: what is refused changes nothing."""
    before = pair.catalogue.traces()
    yield
    assert pair.catalogue.traces() == before


@asynccontextmanager
async def responsive(api: Api, *, most: float = 8.0) -> AsyncIterator[None]:
    """Meanwhile the server goes on to answer others: nothing holds up its event loop."""
    longest = 0.0
    ending = asyncio.Event()

    async def look() -> None:
        nonlocal longest
        while not ending.is_set():
            asked = time.monotonic()
            await api.discovery.BatchGetModels(pb.BatchGetModelsRequest(ids=["acme/none"]), timeout=20)
            longest = max(longest, time.monotonic() - asked)
            await asyncio.sleep(0.005)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        ending.set()
        await looking
    assert longest < most


def priced(amount: str, **fields: Any) -> model_pb2.Model:
    model = model_pb2.Model(id="acme/bad")
    unit = fields.pop("unit", model_pb2.PRICE_UNIT_MILLION_TOKENS)
    model.prices["input"].CopyFrom(model_pb2.Price(amount=amount, unit=unit, **fields))
    return model


def capable(name: str, value: model_pb2.CapabilityValue) -> model_pb2.Model:
    model = model_pb2.Model(id="acme/bad")
    model.capabilities[name].CopyFrom(value)
    return model


def timed(seconds: int) -> model_pb2.Model:
    model = model_pb2.Model(id="acme/bad")
    model.lifecycle.release_time.seconds = seconds
    return model


def with_metadata(value: float) -> model_pb2.Model:
    model = model_pb2.Model(id="acme/bad")
    model.metadata.update({"a": [value]})
    return model


def configured(**fields: Any) -> pb.UpdateConfigurationRequest:
    return pb.UpdateConfigurationRequest(configuration=pb.DiscoveryConfiguration(**fields))


WRONG: dict[str, tuple[str, Message, str]] = {
    "empty id": ("GetModel", pb.GetModelRequest(), "id"),
    "id of 1 MiB": ("GetModel", pb.GetModelRequest(id=LONG), "id"),
    "id with a control character": ("GetModel", pb.GetModelRequest(id="acme/\x00"), "id"),
    "negative min_revision": ("GetModel", pb.GetModelRequest(id="a/b", min_revision=-1), "min_revision"),
    "no ids": ("BatchGetModels", pb.BatchGetModelsRequest(), "ids"),
    "100,000 ids": ("BatchGetModels", pb.BatchGetModelsRequest(ids=["a/b"] * 100_000), "ids"),
    "an empty id among ids": ("BatchGetModels", pb.BatchGetModelsRequest(ids=["a/b", ""]), "ids[1]"),
    "page size -1": ("ListModels", pb.ListModelsRequest(page_size=-1), "page_size"),
    "unknown sort field": ("ListModels", pb.ListModelsRequest(sort_field=77), "sort_field"),  # type: ignore[arg-type]
    "filter with 10,000 terms": (
        "ListModels",
        pb.ListModelsRequest(filter=pb.ModelFilter(tags=["t"] * 10_000)),
        "filter",
    ),
    "filter with 1,001 words over several fields": (
        "ListModels",
        pb.ListModelsRequest(filter=pb.ModelFilter(tags=["t"] * 500, provider_ids=["p"] * 501)),
        "filter",
    ),
    "query of 257 bytes": ("ListModels", pb.ListModelsRequest(filter=pb.ModelFilter(query="q" * 257)), "filter.query"),
    "unknown capability": (
        "ListModels",
        pb.ListModelsRequest(filter=pb.ModelFilter(capabilities_true=["visoin"])),
        "filter.capabilities_true[0]",
    ),
    "unknown modality": (
        "ListModels",
        pb.ListModelsRequest(filter=pb.ModelFilter(input_modalities=[99])),  # type: ignore[list-item]
        "filter.input_modalities[0]",
    ),
    "ceiling 12,5": (
        "ListModels",
        pb.ListModelsRequest(filter=pb.ModelFilter(price_ceilings=[pb.PriceCeiling(meter="input", max_amount="12,5")])),
        "filter.price_ceilings[0].max_amount",
    ),
    "no model": ("SaveModel", pb.SaveModelRequest(), "model"),
    "model without id": ("SaveModel", pb.SaveModelRequest(model=model_pb2.Model()), "model.id"),
    "id without provider": ("SaveModel", pb.SaveModelRequest(model=plain("/one")), "model.id"),
    "id without slash": ("SaveModel", pb.SaveModelRequest(model=plain("one")), "model.id"),
    "price 12,5": ("SaveModel", pb.SaveModelRequest(model=priced("12,5")), "model.prices[input].amount"),
    "negative price": ("SaveModel", pb.SaveModelRequest(model=priced("-1")), "model.prices[input].amount"),
    "price with exponent": ("SaveModel", pb.SaveModelRequest(model=priced("1e3")), "model.prices[input].amount"),
    "price NaN": ("SaveModel", pb.SaveModelRequest(model=priced("NaN")), "model.prices[input].amount"),
    "price in other digits": ("SaveModel", pb.SaveModelRequest(model=priced("١")), "model.prices[input].amount"),
    "price without unit": ("SaveModel", pb.SaveModelRequest(model=priced("1", unit=0)), "model.prices[input].unit"),
    "currency dollars": (
        "SaveModel",
        pb.SaveModelRequest(model=priced("1", currency="dollars")),
        "model.prices[input].currency",
    ),
    "context window 0": (
        "SaveModel",
        pb.SaveModelRequest(model=plain("a/b", max_input_tokens=0)),
        "model.max_input_tokens",
    ),
    "capability that is none": (
        "SaveModel",
        pb.SaveModelRequest(model=capable("visoin", model_pb2.CapabilityValue(flag=True))),
        "model.capabilities[visoin]",
    ),
    "capability without a value": (
        "SaveModel",
        pb.SaveModelRequest(model=capable("vision", model_pb2.CapabilityValue())),
        "model.capabilities[vision]",
    ),
    "capability of another kind": (
        "SaveModel",
        pb.SaveModelRequest(model=capable("vision", model_pb2.CapabilityValue(text="yes"))),
        "model.capabilities[vision]",
    ),
    "metadata NaN": ("SaveModel", pb.SaveModelRequest(model=with_metadata(float("nan"))), "model.metadata[a]"),
    "a time after the year 9999": (
        "SaveModel",
        pb.SaveModelRequest(model=timed(10**15)),
        "model.lifecycle.release_time",
    ),
    "a document of 65 KiB": (
        "SaveModel",
        pb.SaveModelRequest(model=model_pb2.Model(id="acme/bad", tags=["x" * 128] * 100, description="y" * 60_000)),
        "model",
    ),
    "negative expected_version": (
        "SaveModel",
        pb.SaveModelRequest(model=plain("a/b"), expected_version=-1),
        "expected_version",
    ),
    "request_id of 129 bytes": (
        "SaveModel",
        pb.SaveModelRequest(model=plain("a/b"), request_id="r" * 129),
        "request_id",
    ),
    "reason of 1,025 bytes": ("SaveModel", pb.SaveModelRequest(model=plain("a/b"), reason="r" * 1025), "reason"),
    "delete nothing": ("DeleteModel", pb.DeleteModelRequest(), "id"),
    "undelete nothing": ("UndeleteModel", pb.UndeleteModelRequest(), "id"),
    "capabilities of nothing": ("GetModelCapabilities", pb.GetModelCapabilitiesRequest(), "model_id"),
    "validate nothing": (
        "ValidateModelCapabilities",
        pb.ValidateModelCapabilitiesRequest(model_id="a/b"),
        "required_capabilities",
    ),
    "validate a capability that is none": (
        "ValidateModelCapabilities",
        pb.ValidateModelCapabilitiesRequest(model_id="a/b", required_capabilities=["Vision"]),
        "required_capabilities[0]",
    ),
    "benchmarks of nothing": ("ListModelBenchmarks", pb.ListModelBenchmarksRequest(), "model_id"),
    "benchmarks, page size -1": (
        "ListModelBenchmarks",
        pb.ListModelBenchmarksRequest(model_id="a/b", page_size=-1),
        "page_size",
    ),
    "benchmark nothing": ("BenchmarkModel", pb.BenchmarkModelRequest(), "model_id"),
    "refresh nothing": ("RefreshProvider", pb.RefreshProviderRequest(), "provider_id"),
    "statistics, negative min_revision": ("GetModelStats", pb.GetModelStatsRequest(min_revision=-5), "min_revision"),
    "configuration of nothing": ("UpdateConfiguration", pb.UpdateConfigurationRequest(), "configuration"),
    "configuration without a field": ("UpdateConfiguration", configured(), "configuration"),
    "configuration out of bounds": (
        "UpdateConfiguration",
        configured(removal_threshold=0, max_concurrent_providers=1),
        "configuration.removal_threshold",
    ),
    "start, long request_id": ("StartDiscovery", pb.StartDiscoveryRequest(request_id="r" * 129), "request_id"),
    "stop, long reason": ("StopDiscovery", pb.StopDiscoveryRequest(reason="r" * 1025), "reason"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_field_is_named(api: Api, name: str) -> None:
    """typed errors: INVALID_ARGUMENT, INVALID_REQUEST, and the field that is wrong."""
    method, request, field = WRONG[name]
    async with responsive(api):
        problem = await problem_of(getattr(api.discovery, method)(request, timeout=10))
    assert problem.short == INVALID
    assert field in problem.violations, problem
    assert int(problem.metadata["violations"]) >= 1


@pytest.mark.parametrize(
    ("method", "request_", "field"),
    [
        ("GetProvider", provider_service_pb2.GetProviderRequest(), "id"),
        ("ListProviders", provider_service_pb2.ListProvidersRequest(page_size=-1), "page_size"),
        ("ListProviders", provider_service_pb2.ListProvidersRequest(statuses=[99]), "statuses[0]"),  # type: ignore[list-item]
    ],
)
async def test_a_wrong_field_is_named_by_providers_too(api: Api, method: str, request_: Message, field: str) -> None:
    """typed errors: the same of the ProviderService."""
    problem = await problem_of(getattr(api.providers, method)(request_, timeout=10))
    assert (problem.short, list(problem.violations)) == (INVALID, [field])


async def test_a_wrong_stream_request_is_named(api: Api) -> None:
    """typed errors: the same of a stream."""
    request = pb.RefreshProvidersRequest(provider_ids=["p"] * 1001)
    problem = await problem_of(_first(api.discovery.RefreshProviders(request, timeout=10)))
    assert (problem.short, list(problem.violations)) == (INVALID, ["provider_ids"])


async def test_all_violations_are_counted_and_the_first_20_told(api: Api) -> None:
    """typed errors: a request with many faults is told of all at once, in less than 4 KB."""
    model = model_pb2.Model(id="bad", context_window=-1, tags=[""] * 60)
    for number in range(40):
        model.prices[f"Meter{number}" + "x" * 100].CopyFrom(model_pb2.Price(amount="-1"))
    problem = await problem_of(api.discovery.SaveModel(pb.SaveModelRequest(model=model, expected_version=-1)))
    assert problem.short == INVALID
    assert int(problem.metadata["violations"]) > 100
    assert 1 < len(problem.violations) <= 20


NOBODY = {
    "GetModel": pb.GetModelRequest(id="acme/none"),
    "DeleteModel": pb.DeleteModelRequest(id="acme/none"),
    "UndeleteModel": pb.UndeleteModelRequest(id="acme/none"),
    "GetModelCapabilities": pb.GetModelCapabilitiesRequest(model_id="acme/none"),
    "ValidateModelCapabilities": pb.ValidateModelCapabilitiesRequest(
        model_id="acme/none", required_capabilities=["vision"]
    ),
    "ListModelBenchmarks": pb.ListModelBenchmarksRequest(model_id="acme/none"),
    "BenchmarkModel": pb.BenchmarkModelRequest(model_id="acme/none"),
}


@pytest.mark.parametrize("method", NOBODY)
async def test_an_unknown_model_is_not_found(api: Api, method: str) -> None:
    """typed errors: NOT_FOUND, MODEL_NOT_FOUND, and its id."""
    problem = await problem_of(getattr(api.discovery, method)(NOBODY[method], timeout=10))
    assert problem.short == ("NOT_FOUND", "MODEL_NOT_FOUND")
    assert problem.metadata == {"model_id": "acme/none", "state": "unknown"}


async def test_an_unknown_provider_is_not_found(api: Api) -> None:
    """typed errors: NOT_FOUND, PROVIDER_NOT_FOUND, in reads, refreshes and streams."""
    calls = (
        api.providers.GetProvider(provider_service_pb2.GetProviderRequest(id="nobody")),
        api.discovery.RefreshProvider(pb.RefreshProviderRequest(provider_id="nobody")),
        _first(api.discovery.RefreshProviders(pb.RefreshProvidersRequest(provider_ids=["nobody"]))),
    )
    for call in calls:
        problem = await problem_of(call)
        assert (problem.short, problem.metadata) == (("NOT_FOUND", "PROVIDER_NOT_FOUND"), {"provider_id": "nobody"})


async def test_ids_without_a_model_are_listed(api: Api) -> None:
    """typed errors: a batch names what is missing instead of failing, in the order asked."""
    answer = await api.discovery.BatchGetModels(pb.BatchGetModelsRequest(ids=["b/2", "a/1", "b/2"]))
    assert (list(answer.missing_ids), list(answer.models)) == (["b/2", "a/1", "b/2"], [])


@pytest.mark.parametrize("data", [b"\x0a\x02\xff\xfe", b"\x0a\xff\xff\xff\xff\x0f", b"\xff\xff\xff", b"\x0a\x05ab"])
async def test_bytes_that_are_no_request_are_refused(api: Api, data: bytes) -> None:
    """typed errors: invalid UTF-8, absurd lengths, wild tags and cut messages are MALFORMED_REQUEST."""
    for method in ("GetModel", "SaveModel", "ListModels", "RefreshProvider"):
        problem = await problem_of(api.raw(f"/modeldex.v1.DiscoveryService/{method}", data))
        if problem.reason != "INVALID_REQUEST":  # some bytes are a message of another field
            assert problem.short == ("INVALID_ARGUMENT", "MALFORMED_REQUEST")
            assert problem.metadata == {"message": f"modeldex.v1.{method}Request"}


async def test_messages_nested_too_deep_are_refused(api: Api) -> None:
    """typed errors: metadata nested a thousand times is refused, and nothing runs out of stack."""
    value = b""
    for _ in range(1000):
        inner = b"\x32" + _varint(len(value)) + value  # Value.list_value
        value = b"\x0a" + _varint(len(inner)) + inner  # ListValue.values
    entry = b"\x0a\x01a\x12" + _varint(len(value)) + value
    metadata = b"\x0a" + _varint(len(entry)) + entry
    model = b"\x0a\x03a/b" + b"\x8a\x01" + _varint(len(metadata)) + metadata
    request = b"\x0a" + _varint(len(model)) + model
    problem = await problem_of(api.raw("/modeldex.v1.DiscoveryService/SaveModel", request))
    assert problem.code.name == "INVALID_ARGUMENT"
    assert problem.reason in {"MALFORMED_REQUEST", "INVALID_REQUEST"}


async def test_a_request_above_4_mib_is_refused_with_a_reason(api: Api) -> None:
    """typed errors: MESSAGE_TOO_LARGE up to what grpc's core takes."""
    request = pb.GetModelRequest(id="x" * (5 * 1024 * 1024))
    async with responsive(api):
        problem = await problem_of(api.discovery.GetModel(request, timeout=20))
    assert problem.short == ("INVALID_ARGUMENT", "MESSAGE_TOO_LARGE")
    assert problem.metadata["limit_bytes"] == str(4 * 1024 * 1024)


@pytest.mark.parametrize("path", ["/modeldex.v1.DiscoveryService/GetModell", "/other.v1.Service/Get", "/x"])
async def test_an_unknown_method_is_refused_with_a_reason(api: Api, path: str) -> None:
    """typed errors: UNIMPLEMENTED, METHOD_NOT_FOUND."""
    problem = await problem_of(api.raw(path, b""))
    assert (problem.short, problem.metadata) == (("UNIMPLEMENTED", "METHOD_NOT_FOUND"), {"method": path})


async def _first(stream: Any) -> object:
    async for answer in stream:
        return answer
    return None


def _varint(number: int) -> bytes:
    groups = bytearray()
    while number >= 0x80:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)
