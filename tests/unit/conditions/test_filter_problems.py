"""What is wrong with a filter: all of it, with its place, and never an exception."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest
from google.protobuf.struct_pb2 import Value
from hypothesis import given, settings
from hypothesis import strategies as st
from told import TYPES, a_filter, as_value, condition

from modeldex.v1 import condition_pb2 as pb
from modeldex.v1 import model_pb2, update_pb2
from modeldex_server.capabilities.vocabulary import Vocabulary
from modeldex_server.conditions import Patterns, problems
from modeldex_server.conditions.filters import fields_of
from modeldex_server.conditions.filters import test_of as compiled
from support.models import models

RIGHT = condition("id", "EQUALS", "x")


@pytest.mark.parametrize(
    ("wrong", "path", "words"),
    [
        (condition("idd", "EQUALS", "x"), "field", 'is no field of a model; did you mean "id"'),
        (condition("", "EQUALS", "x"), "field", "must have 1 to 256 bytes"),
        (condition("é" * 129, "EQUALS", "x"), "field", "must have 1 to 256 bytes"),
        (condition("availability", "EQUALS", "x"), "field", "type PROVIDER"),
        (condition("capabilities", "EQUALS", "x"), "field", '"capabilities.function_calling"'),
        (condition("capabilities.", "EQUALS", "x"), "field", "is no field of a model"),
        (condition("capabilities.context_window", "EQUALS", 1), "field", 'a field of its own, "context_window"'),
        (condition("capabilities.visionn", "EQUALS", True), "field", 'did you mean "capabilities.vision"'),
        (condition("prices.input", "EQUALS", 1), "field", "is no field of a model"),
        (condition("prices.input.tiers", "EQUALS", 1), "field", "is no field of a model"),
        (condition("prices.In put.amount", "EQUALS", 1), "field", "is no field of a model"),
        (condition("id", "UNSPECIFIED", "x"), "operator", "is none; EQUALS, NOT_EQUALS, "),
        (condition("id", "GREATER_THAN", "x"), "operator", "does not fit a field that is a string; EQUALS"),
        (condition("context_window", "CONTAINS", 1), "operator", "a number; EQUALS, NOT_EQUALS, GREATER_THAN"),
        (condition("unlisted", "LESS_THAN", True), "operator", "true or false"),
        (condition("lifecycle.stage", "REGEX", "x"), "operator", "does not fit"),
        (condition("capabilities.vision", "GREATER_THAN", 1), "operator", "does not fit"),
        (condition("tags", "LESS_THAN", 1), "operator", "does not fit a field that is a list"),
        (pb.Condition(field="id", operator=pb.CONDITION_OPERATOR_EQUALS), "value", "must be set"),
        (condition("id", "EQUALS", 1), "value", "must be a string"),
        (condition("id", "EQUALS", None), "value", "must be a string"),
        (condition("id", "EQUALS", ["x"]), "value", "must be a string"),
        (condition("id", "EQUALS", {"a": 1}), "value", "must be a string"),
        (condition("id", "EQUALS", "x" * 4096), "value", "must have at most 4,096 bytes"),
        (condition("context_window", "EQUALS", "8000"), "value", "must be a finite number"),
        (condition("context_window", "EQUALS", True), "value", "must be a finite number"),
        (condition("context_window", "LESS_THAN", float("nan")), "value", "must be a finite number"),
        (condition("prices.input.amount", "LESS_THAN", float("inf")), "value", "must be a finite number"),
        (condition("prices.input.amount", "LESS_THAN", "1e3"), "value", "without sign and exponent"),
        (condition("prices.input.amount", "LESS_THAN", "٣"), "value", "without sign and exponent"),
        (condition("unlisted", "EQUALS", "true"), "value", "must be true or false"),
        (condition("lifecycle.stage", "EQUALS", "ACTIVE"), "value", "must be one of LIFECYCLE_STAGE_EXPERIMENTAL, "),
        (condition("lifecycle.stage", "EQUALS", "LIFECYCLE_STAGE_UNSPECIFIED"), "value", "must be one of"),
        (condition("lifecycle.release_time", "LESS_THAN", "2026-02-30T00:00:00Z"), "value", "RFC 3339"),
        (condition("lifecycle.release_time", "LESS_THAN", "2026-01-01"), "value", "RFC 3339"),
        (condition("lifecycle.release_time", "LESS_THAN", "0000-01-01T00:00:00Z"), "value", "RFC 3339"),
        (condition("lifecycle.release_time", "LESS_THAN", 1), "value", "RFC 3339"),
        (condition("lifecycle.release_time", "LESS_THAN", "٢026-01-01T00:00:00Z"), "value", "RFC 3339"),
        (condition("id", "IN", "x"), "value", "must be a list"),
        (condition("id", "IN", []), "value", "must have 1 to 100 values, not 0"),
        (condition("id", "IN", ["x"] * 101), "value", "must have 1 to 100 values, not 101"),
        (condition("id", "IN", ["x", 1]), "value", "must be a string"),
        (condition("metadata.x", "STARTS_WITH", 1), "value", "must be a string"),
        (condition("metadata.x", "LESS_THAN", "1"), "value", "must be a number"),
        (condition("metadata.x", "EQUALS", None), "value", "must be a string, a number"),
        (condition("id", "REGEX", "(a"), "value", "is no regular expression of RE2"),
        (condition("id", "REGEX", r"(a)\1"), "value", "is no regular expression of RE2"),
        (condition("id", "REGEX", "x{1000}{1000}"), "value", "is no regular expression of RE2"),
        (condition("id", "REGEX", "((x{100}){100}){100}"), "value", "is no regular expression of RE2"),
        (condition("id", "REGEX", "(x?){999}{9}"), "value", "is no regular expression of RE2"),
        (condition("id", "REGEX", "[^a]{900}"), "value", "repeat less"),
        (condition("description", "REGEX", "[^a]{20}"), "value", "use CONTAINS"),
        (condition("metadata.x", "REGEX", "[^a]{10}"), "value", "use CONTAINS"),
        (condition("capabilities.knowledge_cutoff", "REGEX", "[^a]{10}"), "value", "use CONTAINS"),
        (condition("id", "REGEX", r"\pL" * 60), "value", "too many classes"),
        (condition("id", "REGEX", 1), "value", "must be a string"),
    ],
)
def test_a_wrong_condition_is_refused_with_its_place(wrong: pb.Condition, path: str, words: str) -> None:
    """typed errors: each says which field of the request it is about and what that must be."""
    found = problems(a_filter("MODEL", RIGHT, wrong), Vocabulary.load())
    assert [place for place, _ in found] == [f"conditions[1].{path}"]
    assert words in found[0][1]
    assert len(found[0][1]) < 400


def test_all_problems_come_together() -> None:
    wanted = a_filter("MODEL", condition("x", "EQUALS", 1), RIGHT, condition("id", "IN", 1), join=7)
    assert [path for path, _ in problems(wanted)] == ["join", "conditions[0].field", "conditions[2].value"]


@pytest.mark.parametrize("count", [0, 101, 10_000])
def test_a_filter_has_1_to_100_conditions(count: int) -> None:
    """Ten thousand are counted, not looked at."""
    started = time.monotonic()
    found = problems(a_filter("MODEL", *[RIGHT] * count))
    assert [path for path, _ in found] == ["conditions"]
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("number", [0, 99])
def test_a_filter_has_a_type(number: int) -> None:
    found = problems(pb.EventFilter(type=number, conditions=[RIGHT]))  # type: ignore[arg-type] # not one of them
    assert [path for path, _ in found] == ["type"]


@pytest.mark.parametrize("type_", ["PROVIDER", "CAPABILITY", "CUSTOM"])
def test_each_type_has_its_own_fields(type_: str) -> None:
    """No filter looks at what its updates have not."""
    assert problems(a_filter(type_, RIGHT))
    own = {"PROVIDER": "status", "CAPABILITY": "model_ids", "CUSTOM": "principal"}
    for other, field in own.items():
        value = "PROVIDER_STATUS_ERROR" if field == "status" else "x"
        assert (problems(a_filter(type_, condition(field, "EQUALS", value))) == []) is (other == type_)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*)*x", "(a?){30}a{30}", "(x+x+)+y", "(a|b)*a(a|b){80}c"])
def test_a_regular_expression_bomb_takes_no_time(pattern: str) -> None:
    """no caller slows others: matching is linear in the text, also for what has too many states to be kept."""
    wanted = a_filter("MODEL", condition("description", "REGEX", pattern))
    assert problems(wanted) == []
    test = compiled(fields_of(wanted.type), wanted)
    chance = random.Random(7)
    for text in ("a" * 8192 + "!", "".join(chance.choices("ab", k=8192))):
        started = time.monotonic()
        test(model_pb2.Model(description=text))
        assert time.monotonic() - started < 5


def test_what_an_expression_may_cost_depends_on_what_it_looks_at() -> None:
    """no caller slows others: an expression takes time with its size and with that of the text. Of names and ids 768
    instructions are allowed in all, of descriptions an eighth of them, of lists and metadata a sixteenth."""

    def most(field: str) -> int:
        return max(n for n in range(1, 800) if not problems(a_filter("MODEL", condition(field, "REGEX", f"a{{{n}}}"))))

    # A program has a few instructions beside the letters.
    for field, instructions in {"id": 768, "description": 96, "tags": 48, "metadata.license": 48}.items():
        assert instructions - 10 < most(field) < instructions


def test_an_expression_that_is_taken_can_be_asked() -> None:
    """typed errors: what the vocabulary knows of a capability makes no difference to what is allowed."""
    known = ("capabilities.knowledge_cutoff", "capabilities.reasoning_effort_levels")
    for field in (*known, "metadata.x", "id", "description"):
        for count in range(1, 60):
            wanted = a_filter("MODEL", condition(field, "REGEX", f"a{{{count}}}"))
            if not problems(wanted, Vocabulary.load()):
                assert compiled(fields_of(wanted.type), wanted)(model_pb2.Model()) is False


def test_no_text_is_looked_at_without_end() -> None:
    """no caller slows others: of a text that is longer than a description may be, as metadata can be, and an update
    from outside, the first 8 KiB are looked at."""
    wanted = a_filter("MODEL", condition("metadata.x", "REGEX", "b"))
    test = compiled(fields_of(wanted.type), wanted)
    for place, found in ((8191, True), (8192, False)):
        model = model_pb2.Model()
        model.metadata["x"] = "a" * place + "b"
        assert test(model) is found


def test_many_costly_expressions_are_refused_together() -> None:
    """no caller slows others: what one may take a hundred may not."""
    found = problems(a_filter("MODEL", *[condition("id", "REGEX", "[a-z]{20}x{40}")] * 100))
    assert 80 < len(found) < 100
    patterns = Patterns()
    shared = [problems(a_filter("MODEL", condition("id", "REGEX", "x{180}")), patterns=patterns) for _ in range(20)]
    assert sum(not one for one in shared) == 4
    started = time.monotonic()
    problems(a_filter("MODEL", *[condition("id", "REGEX", r"\pL\PN[^\pS]" * 100)] * 100))
    assert time.monotonic() - started < 10


_json: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20) | st.sampled_from(["0.1", "2026-01-01T00:00:00Z"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=5,
)
_fields = st.sampled_from(
    [path for number in TYPES.values() if number for path in fields_of(number).fixed]  # type: ignore[union-attr]
    + [
        "capabilities.vision",
        "capabilities.a",
        "prices.input.amount",
        "prices.input.unit",
        "metadata.a",
        "metadata.a.b",
    ]
) | st.text(max_size=12)
_conditions = st.builds(
    lambda field, operator, value, case: pb.Condition(field=field, operator=operator, value=value, case_sensitive=case),
    _fields,
    st.sampled_from([*pb.ConditionOperator.values(), 99, -1]),
    _json.map(as_value) | st.just(Value()),
    st.booleans(),
)
_filters = st.builds(
    lambda type_, conditions, join: pb.EventFilter(type=type_, conditions=conditions, join=join),
    st.sampled_from([*TYPES.values(), 9]),
    st.lists(_conditions, max_size=4),
    st.sampled_from([0, 1, 2, 5]),
)


@settings(max_examples=50)
@given(_filters, models(), st.booleans())
def test_no_filter_raises(wanted: pb.EventFilter, model: Any, known: bool) -> None:
    """typed errors: a filter has problems, or it can be asked of any subject."""
    found = problems(wanted, Vocabulary.load() if known else None)
    assert all(path and text for path, text in found)
    if found:
        return
    subjects = {
        TYPES["MODEL"]: model,
        TYPES["PROVIDER"]: update_pb2.ProviderUpdate(),
        TYPES["CAPABILITY"]: update_pb2.CapabilityUpdate(gained_model_ids=["a/b"]),
    }
    if wanted.type in subjects:
        assert compiled(fields_of(wanted.type), wanted)(subjects[wanted.type]) in (True, False)


@settings(max_examples=50)
@given(_conditions, models())
def test_no_condition_on_a_model_raises(one: pb.Condition, model: Any) -> None:
    """typed errors: the same, of conditions that are mostly right."""
    wanted = a_filter("MODEL", one)
    if not problems(wanted):
        assert compiled(fields_of(wanted.type), wanted)(model) in (True, False)


def test_a_filter_with_problems_is_not_compiled() -> None:
    wanted = a_filter("MODEL", condition("id", "IN", 1))
    with pytest.raises(ValueError, match="problems"):
        compiled(fields_of(wanted.type), wanted)
