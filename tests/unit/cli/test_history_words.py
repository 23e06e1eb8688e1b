"""Facts and what changed in them, in words; and facts as people type them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from modeldex.v1.history_pb2 import ModelPin
from modeldex.v1.update_pb2 import FieldChange
from modeldex_server.cli.history import typed, words
from modeldex_server.cli.problems import UsageFailure
from unit.cli.versioned import change

UNITS = {"input": "USD per million tokens"}
IMAGE = [
    change('prices["image"].amount', None, "0.01"),
    change('prices["image"].currency', None, "EUR"),
    change('prices["image"].unit', None, "PRICE_UNIT_IMAGE"),
]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (change('prices["input"].amount', "2.5", "3"), "price of input 2.5 -> 3 USD per million tokens"),
        (change('prices["input"].tiers["200000"]', "2.5", "3"),
         "price of input above 200,000 tokens 2.5 -> 3 USD per million tokens"),
        (change('prices["image"].amount', "2.5", "3"), "price of image 2.5 -> 3"),
        (change('prices["image"].unit', "PRICE_UNIT_IMAGE", "PRICE_UNIT_REQUEST"),
         "unit of the price of image image -> request"),
        (change("context_window", 128000, 200000), "context window 128,000 -> 200,000"),
        (change("context_window", None, 200000), "context window unknown -> 200,000"),
        (change("max_output_tokens", 4096), "max output tokens 4,096 -> unknown"),
        (change('capabilities["tool_calling"]', True, False), "tool_calling yes -> no"),
        (change('capabilities["languages"]', ["en"], ["en", "de"]), "languages en -> en, de"),
        (change('tags["fast"]', None, "fast"), "tag fast added"),
        (change('input_modalities["MODALITY_IMAGE"]', "MODALITY_IMAGE"), "input of image removed"),
        (change("lifecycle.stage", "LIFECYCLE_STAGE_ACTIVE", "LIFECYCLE_STAGE_RETIRED"), "stage active -> retired"),
        (change("lifecycle.retirement_time", "2027-01-01T00:00:00Z", "2026-12-01T08:00:00Z"),
         "retirement 2027-01-01 -> 2026-12-01T08:00:00Z"),
        (change("display_name", "One", "One \u001b[2J"), "name One -> One <U+001B>[2J"),
        (change('metadata["a.b"]', {"x": 1}, "y"), 'metadata a.b {"x": 1.0} -> y'),
        (change('field_sources["*"]', "models_dev", "pin"), "source of * models_dev -> pin"),
        (FieldChange(path=""), "the model was removed"),
    ],
)  # fmt: skip
def test_a_change_is_told_in_words(changed: FieldChange, said: str) -> None:
    """Money with what it is in, where that is known; what is absent is unknown; nothing that a terminal obeys."""
    assert list(words.told([changed], UNITS)) == [said]


def test_where_facts_come_from_is_told_only_alone() -> None:
    sources = [change('field_sources["tags"]', None, "pin"), change('tags["fast"]', None, "fast")]
    assert list(words.told(sources, {})) == ["tag fast added"]
    assert list(words.told(sources[:1], {})) == ["source of tags as the rest -> pin"]


def test_a_price_that_came_is_one_change() -> None:
    """Its unit stands behind it; alone it tells nothing."""
    assert list(words.told(IMAGE, {})) == ["price of image unknown -> 0.01 EUR per image"]


def test_a_long_value_is_cut() -> None:
    (told,) = words.told([change("description", "x" * 500, "y")], {})
    assert told == f"description {'x' * 60}… -> y"


@pytest.mark.parametrize(
    ("pin", "said"),
    [
        (ModelPin(), "the whole model"),
        (ModelPin(path="context_window", facts=[change("context_window", None, 8000)]), "context window 8,000"),
        (ModelPin(path="context_window"), "context window unknown"),
        (ModelPin(path='tags["fast"]', facts=[change('tags["fast"]', None, "fast")]), "tag fast"),
        (ModelPin(path='prices["image"]', facts=IMAGE), "price of image 0.01 EUR per image"),
        (ModelPin(path="prices", facts=[change('prices["input"].amount', None, "3")]), "prices (1 fact)"),
    ],
)
def test_a_pin_tells_what_it_holds(pin: ModelPin, said: str) -> None:
    assert words.pin(pin) == said


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("context_window", "context_window"),
        ("capabilities.vision", 'capabilities["vision"]'),
        ("prices.input", 'prices["input"]'),
        ("prices.input.amount", 'prices["input"].amount'),
        ("prices.input.tiers.200000", 'prices["input"].tiers["200000"]'),
        ("tags.fast", 'tags["fast"]'),
        ("input_modalities.image", 'input_modalities["MODALITY_IMAGE"]'),
        ("alternatives.a/b.c", 'alternatives["a/b.c"]'),
        ('metadata["a.b"]', 'metadata["a.b"]'),
        ("lifecycle.stage", "lifecycle.stage"),
        ("", ""),
    ],
)
def test_a_path_may_be_typed_without_quotes(text: str, path: str) -> None:
    assert typed.path_of(text) == path


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("context_window=128k", "context_window", 128000),
        ("context_window=unknown", "context_window", None),
        ("prices.input=2.50", 'prices["input"].amount', "2.50"),
        ('prices["input"].currency=EUR', 'prices["input"].currency', "EUR"),
        ("prices.input.unit=request", 'prices["input"].unit', "PRICE_UNIT_REQUEST"),
        ("capabilities.vision=yes", 'capabilities["vision"]', True),
        ('capabilities.languages=["en"]', 'capabilities["languages"]', ["en"]),
        ("capabilities.knowledge_cutoff=2024-06", 'capabilities["knowledge_cutoff"]', "2024-06"),
        ('metadata["a=b"]=c', 'metadata["a=b"]', "c"),
        ("display_name=A=B", "display_name", "A=B"),
        ("lifecycle.stage=deprecated", "lifecycle.stage", "LIFECYCLE_STAGE_DEPRECATED"),
        ("lifecycle.retirement_time=2026-12-31", "lifecycle.retirement_time", datetime(2026, 12, 31, tzinfo=UTC)),
    ],
)
def test_a_value_is_read_as_its_fact_is(text: str, path: str, value: Any) -> None:
    assert typed.pinned([text]) == {path: value}


def test_fields_have_all_a_value_or_none() -> None:
    assert typed.pinned(["tags", "prices.input"]) == ["tags", 'prices["input"]']
    assert typed.pinned([]) == []
    with pytest.raises(UsageFailure, match="a value to each field or to none"):
        typed.pinned(["tags", "context_window=1"])
    with pytest.raises(UsageFailure, match="context_window takes a number of tokens"):
        typed.pinned(["context_window=large"])
