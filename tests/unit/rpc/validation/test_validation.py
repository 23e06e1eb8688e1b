"""What must hold of requests, as the comments of the contract state it."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import perf_counter
from typing import Any

import pytest
from google.protobuf.message import Message

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import model_pb2, provider_service_pb2
from modeldex_server.errors import InvalidRequest, Violation
from modeldex_server.rpc.frame.method import Limits, methods
from support.violations import VALIDATOR, violations


def saving(change: Callable[[Any], object] = lambda model: None) -> pb.SaveModelRequest:
    """A good request to save a model, changed."""
    request = pb.SaveModelRequest()
    model = request.model
    model.id = "acme/one"
    model.context_window = 128_000
    model.capabilities["function_calling"].flag = True
    model.input_modalities.append(model_pb2.MODALITY_TEXT)
    model.prices["input"].amount = "0.15"
    model.prices["input"].unit = model_pb2.PRICE_UNIT_MILLION_TOKENS
    model.tags.append("small")
    model.metadata["note"] = "for tests"
    change(model)
    return request


def test_every_request_of_the_contract_has_rules() -> None:
    services = [*pb.DESCRIPTOR.services_by_name.values(), *provider_service_pb2.DESCRIPTOR.services_by_name.values()]
    for service in services:
        for method in methods(service, Limits()):
            VALIDATOR.checker(method.request)


def test_a_good_model_is_let_in() -> None:
    assert violations(saving()) == {}


@pytest.mark.parametrize("provider", ["wafer.ai", "302ai", "OpenAI", "z-ai_2"])
def test_real_provider_ids_are_let_in(provider: str) -> None:
    assert violations(saving(lambda model: setattr(model, "id", f"{provider}/some/model:free"))) == {}


def _amount(amount: str) -> Callable[[Any], object]:
    return lambda model: setattr(model.prices["input"], "amount", amount)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda m: setattr(m, "id", ""), "model.id"),
        (lambda m: setattr(m, "id", "noslash"), "model.id"),
        (lambda m: setattr(m, "id", "/x"), "model.id"),
        (lambda m: setattr(m, "id", "acme/"), "model.id"),
        (lambda m: setattr(m, "id", "ac me/one"), "model.id"),
        (lambda m: setattr(m, "id", "acme/o\nne"), "model.id"),
        (lambda m: setattr(m, "id", "acme/" + "é" * 600), "model.id"),
        (lambda m: setattr(m, "id", "p" * 129 + "/x"), "model.id"),
        (lambda m: setattr(m, "display_name", "a\0b"), "model.display_name"),
        (lambda m: setattr(m, "context_window", 0), "model.context_window"),
        (lambda m: setattr(m, "max_output_tokens", 10**15 + 1), "model.max_output_tokens"),
        (lambda m: m.input_modalities.append(0), "model.input_modalities[1]"),
        (lambda m: m.output_modalities.append(99), "model.output_modalities[0]"),
        (_amount("12,5"), "model.prices[input].amount"),
        (_amount("-1"), "model.prices[input].amount"),
        (_amount("1e3"), "model.prices[input].amount"),
        (_amount(""), "model.prices[input].amount"),
        (_amount("1."), "model.prices[input].amount"),
        (_amount("1" * 19), "model.prices[input].amount"),
        (_amount("٣"), "model.prices[input].amount"),
        (lambda m: setattr(m.prices["input"], "unit", 0), "model.prices[input].unit"),
        (lambda m: setattr(m.prices["input"], "currency", "usd"), "model.prices[input].currency"),
        (lambda m: setattr(m.prices["Bad Meter"], "unit", 1), "model.prices[Bad Meter]"),
        (
            lambda m: m.prices["input"].tiers.add(above_tokens=0, amount="1"),
            "model.prices[input].tiers[0].above_tokens",
        ),
        (lambda m: m.capabilities["function_calling"].ClearField("flag"), "model.capabilities[function_calling]"),
        (lambda m: setattr(m.lifecycle, "stage", 99), "model.lifecycle.stage"),
        (lambda m: setattr(m.lifecycle.release_time, "nanos", -1), "model.lifecycle.release_time"),
        (lambda m: m.tags.extend(["t"] * 100), "model.tags"),
        (lambda m: m.tags.append(""), "model.tags[1]"),
        (lambda m: m.metadata.update({f"k{at}": 1 for at in range(101)}), "model.metadata"),
        (lambda m: m.metadata.update({"x": {"deep": [math.nan]}}), "model.metadata[x]"),
        (lambda m: m.metadata.update({"x": ["a\0b"]}), "model.metadata[x]"),
        (lambda m: m.metadata.update({"x": "y" * 70_000}), "model"),
    ],
)
def test_a_model_that_breaks_a_rule_is_refused_by_the_name_of_the_field(
    change: Callable[[Any], object], field: str
) -> None:
    assert field in violations(saving(change))


def test_all_violations_are_told_together() -> None:
    request = saving(lambda model: setattr(model, "id", ""))
    request.model.context_window = 0
    request.expected_version = -1
    request.request_id = "x" * 129
    assert list(violations(request)) == ["model.id", "model.context_window", "expected_version", "request_id"]


def test_an_unknown_capability_comes_with_the_one_that_was_meant() -> None:
    request = pb.ValidateModelCapabilitiesRequest(model_id="a/b", required_capabilities=["function_caling"])
    assert 'did you mean "function_calling"?' in violations(request)["required_capabilities[0]"]


def test_a_filter_holds_at_most_1000_words_in_all_and_more_are_one_violation() -> None:
    request = pb.ListModelsRequest()
    request.filter.tags.extend(["t"] * 500)
    request.filter.provider_ids.extend(["p"] * 500)
    assert violations(request) == {}
    request.filter.any_tags.append("")
    assert list(violations(request)) == ["filter"]


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (pb.GetModelRequest(), "id"),
        (pb.GetModelRequest(id="x" * 2**20), "id"),
        (pb.GetModelRequest(id="a/b", min_revision=-1), "min_revision"),
        (pb.BatchGetModelsRequest(), "ids"),
        (pb.BatchGetModelsRequest(ids=["a/b"] * 1001), "ids"),
        (pb.BatchGetModelsRequest(ids=["a/b", ""]), "ids[1]"),
        (pb.ListModelsRequest(page_size=-1), "page_size"),
        (pb.ListModelsRequest(sort_field=77), "sort_field"),
        (pb.ListModelsRequest(filter=pb.ModelFilter(input_modalities=[99])), "filter.input_modalities[0]"),
        (pb.ListModelsRequest(filter=pb.ModelFilter(query="x" * 257)), "filter.query"),
        (
            pb.ListModelsRequest(filter=pb.ModelFilter(price_ceilings=[pb.PriceCeiling(max_amount="1")])),
            "filter.price_ceilings[0].meter",
        ),
        (pb.SaveModelRequest(), "model"),
        (pb.UpdateConfigurationRequest(), "configuration"),
        (provider_service_pb2.GetProviderRequest(), "id"),
        (provider_service_pb2.ListProvidersRequest(statuses=[9]), "statuses[0]"),
    ],
)
def test_a_request_that_breaks_a_rule_is_refused_by_the_name_of_the_field(request_: Message, field: str) -> None:
    assert list(violations(request_)) == [field]


def test_unknown_is_a_status_and_a_stage_to_look_for() -> None:
    assert violations(provider_service_pb2.ListProvidersRequest(statuses=[0])) == {}
    assert violations(pb.ListModelsRequest(filter=pb.ModelFilter(lifecycle_stages=[0]))) == {}


def test_a_page_size_over_500_is_no_violation() -> None:
    assert violations(pb.ListModelsRequest(page_size=100_000)) == {}


def test_an_update_checks_the_fields_it_changes_and_no_others() -> None:
    request = pb.UpdateConfigurationRequest()
    request.configuration.refresh_interval.seconds = 5
    request.configuration.removal_threshold = 0
    request.update_mask.paths.append("removal_threshold")
    assert violations(request) == {"configuration.removal_threshold": "must be 1 to 100"}
    request.update_mask.paths[:] = ["refresh_interval", "nonsense"]
    assert set(violations(request)) == {"configuration.refresh_interval", "update_mask.paths[1]"}


def test_zero_can_be_set_by_naming_it_in_the_mask() -> None:
    request = pb.UpdateConfigurationRequest()
    request.configuration.SetInParent()
    assert "configuration" in violations(request)
    request.update_mask.paths.append("retry_attempts")
    assert violations(request) == {}


def test_hostile_requests_are_refused_quickly() -> None:
    """The event loop serves everybody: no request may hold it for long."""
    worst = pb.ListModelsRequest()
    worst.filter.capabilities_true.extend(f"{'a_' * 40}{at}" for at in range(1000))
    wide = pb.SaveModelRequest()
    wide.model.id = "acme/one"
    wide.model.tags.extend(["x"] * 30_000)
    for request in (worst, wide, pb.BatchGetModelsRequest(ids=["a/b"] * 100_000)):
        began = perf_counter()
        assert violations(request)
        assert perf_counter() - began < 5  # tens of milliseconds, on a machine that is slow and busy


def test_a_violation_names_no_key_that_is_longer_than_a_line() -> None:
    found = violations(saving(lambda model: model.metadata.update({"k" * 10_000: math.inf})))
    assert all(len(field) < 200 for field in found)
    assert found


def test_violations_are_what_the_errors_carry() -> None:
    with pytest.raises(InvalidRequest) as raised:
        VALIDATOR.checker(pb.GetModelRequest)(pb.GetModelRequest())
    assert raised.value.violations == (Violation("id", "must not be empty"),)
