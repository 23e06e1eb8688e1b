"""What each operator means, on each type of field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from told import a_filter, condition

from modeldex.v1 import condition_pb2
from modeldex.v1 import model_pb2 as pb
from modeldex_server.capabilities.vocabulary import Vocabulary
from modeldex_server.conditions import problems
from modeldex_server.conditions.comparison import OPPOSITES
from modeldex_server.conditions.filters import test_of as compiled
from modeldex_server.conditions.models import model_fields
from support.models import models

MODEL = pb.Model(
    id="openai/gpt-4o",
    provider_id="openai",
    display_name="GPT-4o Straße",
    context_window=128_000,
    input_modalities=[pb.MODALITY_TEXT, pb.MODALITY_IMAGE],
    tags=["Fast", "open-weights"],
    listed_by=["models_dev"],
    version=3,
    lifecycle=pb.Lifecycle(stage=pb.LIFECYCLE_STAGE_ACTIVE),
    prices={"input": pb.Price(amount="0.1", unit=pb.PRICE_UNIT_MILLION_TOKENS, currency="USD")},
)
MODEL.lifecycle.retirement_time.FromJsonString("2026-06-01T12:00:00.5Z")
MODEL.capabilities["vision"].flag = True
MODEL.capabilities["streaming"].flag = False
MODEL.capabilities["knowledge_cutoff"].text = "2025-08"
MODEL.capabilities["languages"].list.values.extend(["de", "en"])
MODEL.capabilities["max_images"].number = 10
MODEL.metadata.update({"license": "MIT", "size": 70, "open": True, "of": ["a", 1, True], "deep": {"a": 1}, "no": None})
MODEL.metadata.update({"with.point": "x"})
MODEL.field_sources["*"] = "models_dev"


def met(field: str, operator: str, value: Any, *, exact: bool = False, model: pb.Model = MODEL) -> bool:
    wanted = a_filter("MODEL", condition(field, operator, value, case_sensitive=exact))
    assert problems(wanted) == []
    return compiled(model_fields(), wanted)(model)


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("id", "EQUALS", "OpenAI/GPT-4o", True),
        ("id", "EQUALS", "openai/gpt-4", False),
        ("id", "NOT_EQUALS", "openai/gpt-4", True),
        ("id", "CONTAINS", "GPT", True),
        ("id", "NOT_CONTAINS", "claude", True),
        ("id", "STARTS_WITH", "OPENAI/", True),
        ("id", "STARTS_WITH", "gpt", False),
        ("id", "ENDS_WITH", "4O", True),
        ("id", "REGEX", "GPT-[0-9]", True),
        ("id", "REGEX", "^gpt", False),
        ("id", "IN", ["x", "OPENAI/gpt-4o"], True),
        ("id", "NOT_IN", ["x"], True),
        ("display_name", "CONTAINS", "STRASSE", True),  # letters that fold to two
        ("context_window", "EQUALS", 128_000, True),
        ("context_window", "GREATER_THAN", 128_000, False),
        ("context_window", "GREATER_THAN", 127_999.5, True),
        ("context_window", "LESS_THAN", 128_001, True),
        ("context_window", "IN", [1, 128_000], True),
        ("version", "EQUALS", 3, True),
        ("tags", "EQUALS", "fast", True),  # of a set: one of its members
        ("tags", "CONTAINS", "FAST", True),
        ("tags", "CONTAINS", "fas", False),  # a member that equals it
        ("tags", "NOT_CONTAINS", "fas", True),
        ("tags", "NOT_EQUALS", "fast", False),
        ("tags", "STARTS_WITH", "open", True),
        ("tags", "REGEX", "^w", False),  # of no member
        ("tags", "IN", ["slow", "fast"], True),
        ("tags", "NOT_IN", ["slow", "fast"], False),
        ("input_modalities", "CONTAINS", "MODALITY_IMAGE", True),
        ("input_modalities", "EQUALS", "modality_text", True),
        ("input_modalities", "NOT_IN", ["MODALITY_AUDIO"], True),
        ("lifecycle.stage", "EQUALS", "LIFECYCLE_STAGE_ACTIVE", True),
        ("lifecycle.stage", "IN", ["LIFECYCLE_STAGE_ACTIVE"], True),
        ("lifecycle.retirement_time", "LESS_THAN", "2026-06-01T12:00:00.500000001Z", True),
        ("lifecycle.retirement_time", "LESS_THAN", "2026-06-01T12:00:00.5Z", False),
        ("lifecycle.retirement_time", "EQUALS", "2026-06-01T14:00:00.50+02:00", True),
        ("lifecycle.retirement_time", "EQUALS", "2026-06-01t07:30:00.5-04:30", True),
        ("unlisted", "EQUALS", False, True),
        ("capabilities.vision", "EQUALS", True, True),
        ("capabilities.streaming", "EQUALS", False, True),
        ("capabilities.streaming", "NOT_EQUALS", True, True),
        ("capabilities.knowledge_cutoff", "STARTS_WITH", "2025", True),
        ("capabilities.languages", "CONTAINS", "DE", True),
        ("capabilities.max_images", "GREATER_THAN", 9, True),
        ("capabilities.max_images", "EQUALS", True, False),  # 1 is not true
        ("prices.input.amount", "EQUALS", 0.1, True),  # one tenth, not its neighbour among floats
        ("prices.input.amount", "EQUALS", "0.10", True),
        ("prices.input.amount", "LESS_THAN", "0.100000000000000001", True),
        ("prices.input.amount", "GREATER_THAN", "0.1", False),
        ("prices.input.unit", "EQUALS", "PRICE_UNIT_MILLION_TOKENS", True),
        ("prices.input.currency", "EQUALS", "usd", True),
        ("metadata.license", "EQUALS", "mit", True),
        ("metadata.size", "GREATER_THAN", 69, True),
        ("metadata.open", "EQUALS", True, True),
        ("metadata.open", "EQUALS", 1, False),
        ("metadata.of", "CONTAINS", 1, True),
        ("metadata.of", "IN", ["b", True], True),
        ("metadata.of", "EQUALS", "b", False),
        ("metadata.size", "CONTAINS", 70, False),  # a number holds nothing
        ("metadata.with.point", "EQUALS", "x", True),
        ("field_sources.*", "EQUALS", "models_dev", True),
    ],
)
def test_each_operator_means_what_the_contract_says(field: str, operator: str, value: Any, expected: bool) -> None:
    assert met(field, operator, value) is expected


@pytest.mark.parametrize(
    ("operator", "value"),
    [("EQUALS", "GPT-4o Straße"), ("CONTAINS", "GPT"), ("REGEX", "^GPT"), ("IN", ["GPT-4o Straße"])],
)
def test_case_counts_where_it_is_asked_for(operator: str, value: Any) -> None:
    other = [one.lower() for one in value] if isinstance(value, list) else value.lower()
    assert met("display_name", operator, value, exact=True)
    assert met("display_name", operator, other)
    assert not met("display_name", operator, other, exact=True)


@pytest.mark.parametrize(
    "field",
    [
        *("family", "context_window", "tags", "input_modalities", "lifecycle.stage", "lifecycle.release_time"),
        *("capabilities.vision", "prices.input.amount", "prices.input.unit", "metadata.license", "metadata.deep"),
        *("metadata.no", "version", "field_sources.x"),
    ],
)
def test_what_is_absent_meets_negations_and_nothing_else(field: str) -> None:
    """unknown is not false: an absent field meets NOT_EQUALS, NOT_CONTAINS and NOT_IN and no other operator."""
    model = pb.Model()
    model.metadata.update({"deep": {"a": 1}, "no": None})
    fields = model_fields()
    for operator, positive in {**{one: one for one in OPPOSITES.values()}, **OPPOSITES}.items():
        if positive not in fields.find(field).kind.operators:
            continue
        one = _value_for(field)
        name = condition_pb2.ConditionOperator.Name(operator).removeprefix("CONDITION_OPERATOR_")
        value = [one] if name.endswith("IN") and not name.endswith("CONTAINS") else one
        assert met(field, name, value, model=model) is (operator in OPPOSITES), name


def _value_for(field: str) -> Any:
    if field.endswith(("window", "version", "amount")):
        return 1
    if field.endswith("_time"):
        return "2026-01-01T00:00:00Z"
    return {
        "input_modalities": "MODALITY_TEXT",
        "lifecycle.stage": "LIFECYCLE_STAGE_ACTIVE",
        "prices.input.unit": "PRICE_UNIT_IMAGE",
        "capabilities.vision": True,
    }.get(field, "x")


FACTS = ["id", "family", "tags", "display_name", "capabilities.a", "metadata.a", "description", "alternatives"]
WORDS = st.sampled_from(["a", "A", "é", "ſ", "s", "", ".", "%"])


@settings(max_examples=50)
@given(models(), st.sampled_from(FACTS), WORDS, st.booleans())
def test_a_negation_is_the_opposite(model: pb.Model, field: str, word: str, exact: bool) -> None:
    """For every model, field and value."""
    for negation, operator in (("NOT_EQUALS", "EQUALS"), ("NOT_CONTAINS", "CONTAINS"), ("NOT_IN", "IN")):
        value = [word, "x"] if operator == "IN" else word
        assert met(field, negation, value, exact=exact, model=model) is not met(
            field, operator, value, exact=exact, model=model
        )


@settings(max_examples=50)
@given(models(), st.lists(st.tuples(st.sampled_from(FACTS), WORDS), min_size=1, max_size=4))
def test_conditions_are_joined_as_asked(model: pb.Model, asked: list[tuple[str, str]]) -> None:
    """All have to be met by default and with AND, one with OR."""
    conditions = [condition(field, "CONTAINS", word) for field, word in asked]
    each = [met(field, "CONTAINS", word, model=model) for field, word in asked]
    joined = {
        join: compiled(model_fields(), a_filter("MODEL", *conditions, join=join))(model)
        for join in condition_pb2.ConditionJoin.values()
    }
    assert joined == {
        0: all(each),
        condition_pb2.CONDITION_JOIN_AND: all(each),
        condition_pb2.CONDITION_JOIN_OR: any(each),
    }


@pytest.mark.parametrize("amount", ["", "x", "NaN", "sNaN", "Infinity"])
def test_a_price_from_outside_that_is_no_amount_is_unknown(amount: str) -> None:
    """typed errors: nobody checked the documents of an external update, and they raise nothing."""
    model = pb.Model(prices={"input": pb.Price(amount=amount)})
    assert not met("prices.input.amount", "LESS_THAN", 1, model=model)
    assert not met("prices.input.amount", "GREATER_THAN", 1, model=model)
    assert met("prices.input.amount", "NOT_EQUALS", 1, model=model)


def test_a_capability_of_another_kind_than_the_vocabulary_says_is_unknown() -> None:
    """As in a version that an older vocabulary made."""
    fields = model_fields(Vocabulary.load())
    assert fields.find("capabilities.vision").get(MODEL) is True
    assert fields.find("capabilities.vision").get(pb.Model(capabilities={"vision": _text("yes")})) is None
    assert model_fields().find("capabilities.vision").get(pb.Model(capabilities={"vision": _text("yes")})) == "yes"


def _text(text: str) -> pb.CapabilityValue:
    return pb.CapabilityValue(text=text)


def test_asking_changes_nothing() -> None:
    """A map of messages makes the entry that is asked for; a filter must not."""
    model = pb.Model(id="a/b")
    for field in ("capabilities.vision", "prices.input.amount", "metadata.x", "lifecycle.stage", "field_sources.x"):
        met(field, "NOT_EQUALS", _value_for(field), model=model)
    assert model == pb.Model(id="a/b")
