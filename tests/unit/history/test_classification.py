"""What changes mean, by the rules that come with modeldex and by others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from modeldex.v1 import history_pb2, update_pb2
from modeldex.v1 import model_pb2 as pb
from modeldex_server.errors import StartError
from modeldex_server.history.classification import Rules
from modeldex_server.ledger.diff import diff
from modeldex_server.ledger.documents import canonical
from modeldex_server.ledger.terms import version_terms
from support.models import models

RULES = Rules.packaged()
BEFORE = pb.Model(
    id="acme/one",
    display_name="One",
    context_window=8000,
    max_output_tokens=1000,
    input_modalities=[pb.MODALITY_TEXT, pb.MODALITY_IMAGE],
    tags=["fast"],
    field_sources={"*": "models_dev"},
)
BEFORE.capabilities["vision"].flag = True
BEFORE.capabilities["streaming"].flag = False
BEFORE.capabilities["max_tokens_per_minute"].number = 1000
BEFORE.capabilities["embedding_dimensions"].number = 512
BEFORE.capabilities["uptime_percent"].number = 99
BEFORE.capabilities["knowledge_cutoff"].text = "2025"
BEFORE.capabilities["parameter_count"].number = 8e9
BEFORE.capabilities["service_tiers"].list.values.extend(["batch", "flex"])
BEFORE.prices["input"].CopyFrom(pb.Price(amount="2.5", unit=pb.PRICE_UNIT_MILLION_TOKENS))
BEFORE.prices["output"].CopyFrom(
    pb.Price(amount="0", unit=pb.PRICE_UNIT_MILLION_TOKENS, tiers=[pb.PriceTier(above_tokens=100, amount="1")])
)
BEFORE.lifecycle.retirement_time.FromJsonString("2027-01-01T00:00:00.500000001Z")


def after(*steps: str) -> pb.Model:
    """The model after statements about it, `m`."""
    model = pb.Model()
    model.CopyFrom(BEFORE)
    for step in steps:
        exec(step, {"m": model, "pb": pb})
    return model


def meant(model: pb.Model, before: pb.Model = BEFORE) -> dict[str, str]:
    """What differs, and what it means: path -> "rule class impact"."""
    entries = RULES.entries(diff(canonical(before), canonical(model)))
    return {one.change.path: " ".join((one.rule_id, *_words(one))) for one in entries}


def _words(one: history_pb2.DiffEntry) -> tuple[str, str]:
    kind = history_pb2.ChangeClass.Name(one.change_class).removeprefix("CHANGE_CLASS_").lower()
    return kind, history_pb2.ChangeImpact.Name(one.impact).removeprefix("CHANGE_IMPACT_").lower()


@pytest.mark.parametrize(
    ("step", "meaning"),
    [
        ('m.capabilities["vision"].flag = False', "capability-lost breaking high"),
        ('m.capabilities.pop("vision")', "capability-lost breaking high"),
        ('m.capabilities.pop("streaming")', "other compatible low"),  # it was not had
        ('m.capabilities["streaming"].flag = True', "other compatible low"),
        ('m.capabilities["json_mode"].flag = False', "other compatible low"),  # unknown before
        ('m.capabilities["max_tokens_per_minute"].number = 999', "capability-lowered breaking high"),
        ('m.capabilities["max_tokens_per_minute"].number = 1001', "other compatible low"),
        ('m.capabilities["embedding_dimensions"].number = 1024', "dimensions-changed breaking high"),
        ('m.capabilities["uptime_percent"].number = 98', "measurement-changed compatible low"),
        ('m.capabilities.pop("knowledge_cutoff")', "trait-changed compatible low"),
        ('m.capabilities["knowledge_cutoff"].text = "2024"', "trait-changed compatible low"),
        ('m.capabilities["parameter_count"].number = 7e9', "trait-changed compatible low"),
        ('m.capabilities["service_tiers"].list.values.pop()', "capability-narrowed breaking high"),
        ('m.capabilities["service_tiers"].list.values.append("x")', "other compatible low"),
        ("m.context_window = 7999", "limit-lowered breaking high"),
        ("m.context_window = 8001", "other compatible low"),
        ('m.ClearField("max_output_tokens")', "limit-unknown compatible medium"),
        ("m.max_input_tokens = 10", "other compatible low"),
        ("m.input_modalities.remove(pb.MODALITY_IMAGE)", "modality-lost breaking high"),
        ("m.output_modalities.append(pb.MODALITY_TEXT)", "other compatible low"),
        ('m.prices["input"].amount = "2.75"', "price-raised-little compatible medium"),  # exactly 10 %
        ('m.prices["input"].amount = "2.750000000000000001"', "price-raised breaking high"),
        ('m.prices["input"].amount = "2"', "other compatible low"),
        ('m.prices["output"].amount = "0.000001"', "price-raised breaking high"),  # it was free of charge
        ('m.prices["output"].tiers[0].amount = "2"', "price-raised breaking high"),
        ('m.prices["output"].tiers.add(above_tokens=200, amount="2")', "price-tier-added compatible medium"),
        ('m.prices["output"].tiers.pop()', "price-unknown compatible medium"),
        ('m.prices["input"].unit = pb.PRICE_UNIT_REQUEST', "price-unit-changed breaking high"),
        ('m.prices["input"].currency = "EUR"', "price-unit-changed breaking high"),
        ('m.lifecycle.retirement_time.FromJsonString("2027-01-01T00:00:00Z")', "retirement-earlier breaking high"),
        ("m.lifecycle.retirement_time.nanos -= 1", "retirement-earlier breaking high"),
        ('m.lifecycle.retirement_time.FromJsonString("2027-01-01T00:00:01Z")', "other compatible low"),
        ('m.lifecycle.ClearField("retirement_time")', "other compatible low"),
        ("m.lifecycle.deprecation_time.seconds = 1", "deprecation-earlier breaking medium"),
        ("m.lifecycle.stage = pb.LIFECYCLE_STAGE_RETIRED", "stage-retired breaking critical"),
        ("m.lifecycle.stage = pb.LIFECYCLE_STAGE_DEPRECATED", "stage-deprecated breaking medium"),
        ("m.lifecycle.stage = pb.LIFECYCLE_STAGE_ACTIVE", "other compatible low"),
        ("m.unlisted = True", "unlisted breaking medium"),
        ('m.display_name = "Two"', "words cosmetic low"),
        ('m.tags.append("new")', "words cosmetic low"),
        ('m.metadata["x"] = 1', "words cosmetic low"),
        ('m.field_sources["*"] = "other"', "words cosmetic low"),
        ('m.canonical_id = "one"', "other compatible low"),
    ],
)
def test_what_a_change_means(step: str, meaning: str) -> None:
    """HistoryService: each change of a field has the class and the impact of the first rule that it meets."""
    assert list(meant(after(step)).values()) == [meaning]


def test_a_price_that_goes_is_unknown_not_of_another_unit() -> None:
    """HistoryService: what becomes unknown is no change to something else."""
    assert set(meant(after('m.prices.pop("input")')).values()) == {"price-unknown compatible medium"}


def test_a_removed_model_is_critical_in_a_diff_and_in_a_list() -> None:
    """HistoryService: that a model left the catalogue means the same wherever it is told."""
    entries = RULES.entries(diff(canonical(BEFORE), None))
    by_path = {entry.change.path: entry for entry in entries}
    removal = RULES.removal()
    assert by_path["id"].rule_id == removal.rule_id == "model-removed"
    assert removal.impact == RULES.summary(entries).impact == history_pb2.CHANGE_IMPACT_CRITICAL
    assert removal.change == update_pb2.FieldChange(
        operation=update_pb2.FIELD_CHANGE_OPERATION_REMOVED, kind=update_pb2.FIELD_CHANGE_KIND_PROPERTY
    )


def test_many_changes_matter_more_than_each_of_them() -> None:
    """HistoryService: above three breaking changes a diff is critical, above five compatible ones medium."""
    limits = ["m.context_window = 1", "m.max_output_tokens = 1", 'm.capabilities.pop("vision")']
    three, four = after(*limits), after(*limits, "m.input_modalities.remove(pb.MODALITY_IMAGE)")
    assert impact_of(three) == history_pb2.CHANGE_IMPACT_HIGH
    assert impact_of(four) == history_pb2.CHANGE_IMPACT_CRITICAL
    more = [f'm.capabilities["cap_{number}"].flag = True' for number in range(6)]
    assert impact_of(after(*more[:5])) == history_pb2.CHANGE_IMPACT_LOW
    assert impact_of(after(*more)) == history_pb2.CHANGE_IMPACT_MEDIUM
    assert impact_of(after()) == history_pb2.CHANGE_IMPACT_UNSPECIFIED


def impact_of(model: pb.Model) -> int:
    return RULES.summary(RULES.entries(diff(canonical(BEFORE), canonical(model)))).impact


@given(models().map(canonical), models().map(canonical))
def test_every_change_has_a_rule_and_terms_find_its_class(before: pb.Model, after: pb.Model) -> None:
    """HistoryService: no change is without a class; a version that has one of a class has a term that class is found
    by."""
    changes = diff(before, after)
    terms = set(version_terms(2, "ann", changes))
    for entry in RULES.entries(changes):
        assert entry.rule_id
        assert entry.change_class
        assert entry.impact
        found_by = RULES.terms([entry.change_class])
        assert found_by is None or found_by & terms


def test_deletions_are_found_with_the_breaking_changes_only() -> None:
    """HistoryService: a deletion is a breaking change; words are found by their fields."""
    breaking, cosmetic = (
        RULES.terms([one]) for one in (history_pb2.CHANGE_CLASS_BREAKING, history_pb2.CHANGE_CLASS_COSMETIC)
    )
    assert breaking is not None
    assert cosmetic is not None
    assert {"@3", "context_window", "prices"} <= breaking
    assert "@3" not in cosmetic
    assert "description" in cosmetic
    assert RULES.terms([history_pb2.CHANGE_CLASS_COMPATIBLE]) is None


# Files of rules.

LAST = {"id": "rest", "class": "cosmetic", "impact": "low"}


def written(folder: Path, content: Any) -> Path:
    """A file of rules."""
    file = folder / "rules.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return file


def test_a_file_of_rules_replaces_those_that_come_with_modeldex(tmp_path: Path) -> None:
    """HistoryService: rules are data; the first that a change meets says what it is."""
    tag = {"id": "star", "paths": ['field_sources["*"]'], "class": "breaking", "impact": "high"}
    any_price = {"id": "any", "paths": ["prices[*].amount"], "class": "compatible", "impact": "medium"}
    file = written(tmp_path, {"rules": [tag, any_price, LAST]})
    rules = Rules.read(file)
    model = after('m.field_sources["*"] = "x"', 'm.field_sources["tags"] = "y"', 'm.prices["input"].amount = "1"')
    entries = rules.entries(diff(canonical(BEFORE), canonical(model)))
    assert {one.change.path: one.rule_id for one in entries} == {
        'field_sources["*"]': "star",
        'field_sources["tags"]': "rest",
        'prices["input"].amount': "any",
    }
    assert rules.removal().rule_id == "rest"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is wrong"),
        ({"rules": []}, "must end with the one rule"),
        ({"rules": [LAST | {"paths": ["tags"]}]}, "must end with the one rule"),
        ({"rules": [LAST, LAST | {"id": "more"}]}, "must end with the one rule"),
        ({"rules": [LAST | {"when": ["removed"]}, LAST]}, "two rules with the id rest"),
        ({"rules": [LAST | {"id": "Not Kebab"}]}, "rules.0.id"),
        ({"rules": [LAST | {"impact": "huge"}]}, "rules.0.impact"),
        ({"rules": [LAST | {"class": "worse"}]}, "rules.0.class"),
        ({"rules": [LAST | {"id": "a", "paths": ["contxt_window"]}, LAST]}, "rules.0.paths.0"),
        ({"rules": [LAST | {"id": "a", "paths": ["prices[input"]}, LAST]}, "rules.0.paths.0"),
        ({"rules": [LAST | {"id": "a", "paths": ["prices[*].amonut"]}, LAST]}, "rules.0.paths.0"),
        ({"rules": [LAST | {"id": "a", "paths": ["tags", "lifecycle.retirement"]}, LAST]}, "rules.0.paths.1"),
        ({"rules": [LAST | {"id": "a", "paths": ['tags["\\q"]']}, LAST]}, "rules.0.paths.0"),
        ({"rules": [LAST | {"id": "a", "when": ["gone"]}, LAST]}, "must be one of added, removed"),
        ({"rules": [LAST], "else": 1}, "else"),
    ],
)
def test_a_bad_file_of_rules_is_one_clear_line(tmp_path: Path, content: Any, told: str) -> None:
    """Starting: what is wrong with a file stands in one line that names it."""
    file = written(tmp_path, content)
    with pytest.raises(StartError) as error:
        Rules.read(file)
    assert told in str(error.value)
    assert str(file) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_of_rules_that_is_not_there(tmp_path: Path) -> None:
    """Starting: a file that cannot be read is named."""
    with pytest.raises(StartError, match=r"nothing\.json cannot be read: No such file"):
        Rules.read(tmp_path / "nothing.json")
