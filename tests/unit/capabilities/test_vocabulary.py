"""The vocabulary: names, kinds, what a value must keep to, what follows from what."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeldex.v1.model_pb2 import CapabilityValue, Model, StringList
from modeldex_server.capabilities.vocabulary import Vocabulary, is_supported

VOCABULARY = Vocabulary.load()
FLAGS = [name for name in VOCABULARY.names if VOCABULARY.definition(name).kind == "flag"]


def flags(**values: bool) -> Model:
    model = Model()
    for name, value in values.items():
        model.capabilities[name].flag = value
    return model


def implied(**values: bool) -> dict[str, bool]:
    model = flags(**values)
    VOCABULARY.imply(model.capabilities)
    return {name: value.flag for name, value in model.capabilities.items()}


def test_vocabulary_names_every_capability_once_and_only_flags_follow() -> None:
    """All 93 capabilities are there; what may follow from others is a flag, and every word they refer to is defined."""
    assert len(VOCABULARY.names) == len(set(VOCABULARY.names)) == 93
    for name in VOCABULARY.names:
        definition = VOCABULARY.definition(name)
        assert not definition.implied_by or definition.kind == "flag"
        assert all(other in VOCABULARY for other in definition.implied_by)
        assert all(other.name in VOCABULARY and 0 <= other.score <= 100 for other in definition.alternatives)


def test_unknown_name_is_no_member() -> None:
    """A name in another spelling is not in the vocabulary: names are exact."""
    assert "function_calling" in VOCABULARY
    assert "Function_Calling" not in VOCABULARY
    with pytest.raises(KeyError):
        VOCABULARY.definition("tools")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("tools", "function_calling"),
        ("supportsFunctionCalling", "function_calling"),
        ("structured-outputs", "structured_output"),
        ("visoin", "vision"),
        ("json mode", "json_mode"),
        ("prompt-cacheing", "prompt_caching"),
        ("vision", "vision"),
    ],
)
def test_closest_knows_other_spellings(written: str, meant: str) -> None:
    """Aliases, other ways to join words and slips of the pen lead to the name that was meant."""
    assert VOCABULARY.closest(written) == meant


@pytest.mark.parametrize("written", ["", "zzzzzzzz", "x" * 1_000_000, "completion (Ollama)"])
def test_closest_does_not_guess(written: str) -> None:
    """What resembles nothing, or means different things at different providers, gives nothing; at once."""
    before = time.perf_counter()
    assert VOCABULARY.closest(written) is None or VOCABULARY.closest(written) in VOCABULARY
    assert time.perf_counter() - before < 10


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("vision", CapabilityValue(number=1), "flag"),
        ("vision", CapabilityValue(), "flag"),
        ("context_window", CapabilityValue(flag=True), "number"),
        ("context_window", CapabilityValue(number=0), "at least 1"),
        ("context_window", CapabilityValue(number=math.nan), "finite"),
        ("uptime_percent", CapabilityValue(number=101), "at most 100"),
        ("knowledge_cutoff", CapabilityValue(text="last year"), "match"),
        ("knowledge_cutoff", CapabilityValue(text="2025-08\n"), "match"),
        ("prompt_cache_mode", CapabilityValue(text="maybe"), "explicit"),
        ("input_modalities", CapabilityValue(list=StringList(values=["text", "smell"])), "some of"),
        ("reasoning_effort_levels", CapabilityValue(text="high"), "list"),
        ("functon_calling", CapabilityValue(flag=True), 'did you mean "function_calling"'),
        ("zzzz", CapabilityValue(flag=True), "no capability"),
    ],
)
def test_problem_says_what_a_value_must_be(name: str, value: CapabilityValue, words: str) -> None:
    """A value of another kind or outside its bounds is told in one sentence."""
    assert words in (VOCABULARY.problem(name, value) or "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vision", CapabilityValue(flag=False)),
        ("context_window", CapabilityValue(number=1)),
        ("knowledge_cutoff", CapabilityValue(text="2025-08")),
        ("prompt_cache_mode", CapabilityValue(text="both")),
        ("input_modalities", CapabilityValue(list=StringList(values=["document", "text"]))),
        ("service_tiers", CapabilityValue(list=StringList(values=["anything"]))),
    ],
)
def test_right_values_have_no_problem(name: str, value: CapabilityValue) -> None:
    """A value that keeps to its definition passes; false is a value."""
    assert VOCABULARY.problem(name, value) is None


def test_what_follows_is_added_through_several_steps() -> None:
    """strict function calling -> function calling -> chat -> text generation -> text in and out."""
    assert implied(strict_function_calling=True) == {
        "strict_function_calling": True,
        "function_calling": True,
        "chat_completion": True,
        "text_generation": True,
        "text_input": True,
        "text_output": True,
    }


def test_false_is_never_overridden_and_implies_nothing() -> None:
    """A present false stays, and what would follow through it does not follow."""
    assert implied(reasoning_toggle=False) == {"reasoning_toggle": False}
    assert implied(structured_output=True, json_mode=False) == {"structured_output": True, "json_mode": False}
    result = implied(function_calling=True, chat_completion=False)
    assert result == {"function_calling": True, "chat_completion": False, "text_input": True}


def test_values_other_than_flags_imply_too() -> None:
    """A list of effort levels says that the model reasons."""
    model = Model()
    model.capabilities["reasoning_effort_levels"].list.values.append("high")
    VOCABULARY.imply(model.capabilities)
    assert model.capabilities["reasoning"].flag


@given(st.dictionaries(st.sampled_from(FLAGS), st.booleans()))
def test_implying_is_sound_and_settles(values: dict[str, bool]) -> None:
    """Nothing present changes, all that is added is true and has a true cause, and doing it again adds nothing."""
    once = implied(**values)
    assert {name: once[name] for name in values} == values
    for name in once.keys() - values.keys():
        assert once[name] is True
        assert any(once.get(cause) for cause in VOCABULARY.definition(name).implied_by)
    for name in VOCABULARY.names:
        if any(once.get(cause) for cause in VOCABULARY.definition(name).implied_by):
            assert name in once
    assert implied(**once) == once


def test_only_false_and_nothing_are_not_supported() -> None:
    """Zero and an empty text are values."""
    assert is_supported(CapabilityValue(number=0))
    assert is_supported(CapabilityValue(text=""))
    assert not is_supported(CapabilityValue(flag=False))
    assert not is_supported(CapabilityValue())
