"""What is wrong with a rule: all of it, with its place, and never an exception."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.rules.matching import CompiledRule
from modeldex_server.cache.rules.problems import problems
from modeldex_server.capabilities.vocabulary import Vocabulary
from support.rules import extend, invalidate, notify, refresh, rule, tag, where

RIGHT = where("ENTRY", "key", "EQUALS", "acme/a")


def test_a_rule_with_everything_has_no_problems() -> None:
    """Every subject, every action, and every bound."""
    conditions = [
        where("ENTRY", "value.prices.input.amount", "LESS_THAN", "0.15"),
        where("ENTRY", "value.capabilities.vision", "EQUALS", True),
        where("ENTRY", "expires_in_seconds", "GREATER_THAN", 60),
        where("METADATA", "owner.name", "REGEX", "^a.*n$"),
        where("CONTEXT", "reason", "NOT_IN", ["ttl_expired", "model_update"]),
        where("CONTEXT", "context.a.b.c", "CONTAINS", "x"),
    ]
    actions = [invalidate(), refresh(), extend(timedelta(milliseconds=1)), tag("t" * 128), notify("é" * 512)]
    whole = rule(
        "n" * 128, *actions * 2, conditions=[*conditions, *[RIGHT] * 94], priority=1_000, strategy="version_change"
    )
    assert problems(whole, Vocabulary.load()) == []
    assert CompiledRule(whole).chooses


@pytest.mark.parametrize(
    ("wrong", "path", "words"),
    [
        (rule(""), "name", "must have 1 to 128 bytes"),
        (rule("é" * 65), "name", "must have 1 to 128 bytes"),
        (rule("a\nb"), "name", "control characters"),
        (rule("x", strategy="lru"), "strategy", "one of provider_update, tag_invalidation, ttl, version_change"),
        (rule("x", strategy="memory_pressure"), "strategy", "must be empty, or one of"),
        (rule("x", priority=-1), "priority", "must be 0 to 1,000"),
        (rule("x", priority=1_001), "priority", "must be 0 to 1,000"),
        (rule("x", conditions=[RIGHT] * 101), "conditions", "must have at most 100 entries, not 101"),
        (pb.InvalidationRule(name="x"), "actions", "must have 1 to 10 entries, not 0"),
        (rule("x", *[invalidate()] * 11), "actions", "must have 1 to 10 entries, not 11"),
        (rule("x", pb.InvalidationAction()), "actions[0]", "must be one of invalidate, refresh, extend_ttl"),
        (rule("x", invalidate(7)), "actions[0].invalidate.mode", "must be INVALIDATION_MODE_HARD or"),  # type: ignore[arg-type]
        (rule("x", invalidate(), extend(timedelta(0))), "actions[1].extend_ttl", "1 millisecond to 3,650 days"),
        (rule("x", extend(timedelta(days=3651))), "actions[0].extend_ttl", "1 millisecond to 3,650 days"),
        (rule("x", extend(timedelta(seconds=-5))), "actions[0].extend_ttl", "1 millisecond to 3,650 days"),
        (rule("x", tag()), "actions[0].tag.tags", "must have 1 to 64 entries, not 0"),
        (rule("x", tag(*map(str, range(65)))), "actions[0].tag.tags", "must have 1 to 64 entries, not 65"),
        (rule("x", tag("a", "")), "actions[0].tag.tags[1]", "must have 1 to 128 bytes"),
        (rule("x", notify("")), "actions[0].notify", "must have 1 to 1,024 bytes"),
        (rule("x", notify("x" * 1025)), "actions[0].notify", "must have 1 to 1,024 bytes"),
    ],
)
def test_what_is_wrong_with_the_rule_itself(wrong: pb.InvalidationRule, path: str, words: str) -> None:
    """With its path and what it must be."""
    found = problems(wrong, Vocabulary.load())
    assert [where for where, _ in found] == [path]
    assert words in found[0][1]


@pytest.mark.parametrize(
    ("wrong", "path", "words"),
    [
        (where("NOTHING", "key", "EQUALS", "x"), "subject", "must be one of INVALIDATION_SUBJECT_ENTRY, "),
        (where("ENTRY", "kee", "EQUALS", "x"), "condition.field", 'no field of an entry; did you mean "key"'),
        (where("ENTRY", "value", "EQUALS", "x"), "condition.field", "value.context_window"),
        (where("ENTRY", "value.context_windo", "EQUALS", 1), "condition.field", 'did you mean "context_window"'),
        (where("ENTRY", "value.capabilities.visionn", "EQUALS", True), "condition.field", "of the vocabulary"),
        (where("ENTRY", "metadata", "EQUALS", "x"), "condition.field", "INVALIDATION_SUBJECT_METADATA"),
        (where("ENTRY", "metadata.team", "EQUALS", "x"), "condition.field", "is no field of an entry"),
        (where("CONTEXT", "priority", "EQUALS", 1), "condition.field", "no field of what makes a rule look"),
        (where("CONTEXT", "context", "EQUALS", 1), "condition.field", "context.ticket"),
        (where("METADATA", "", "EQUALS", 1), "condition.field", "must have 1 to 256 bytes"),
        (where("ENTRY", "priority", "CONTAINS", 1), "condition.operator", "does not fit a field that is a number"),
        (where("ENTRY", "stale", "REGEX", "x"), "condition.operator", "true or false"),
        (where("ENTRY", "key", "UNSPECIFIED", "x"), "condition.operator", "is none"),
        (where("ENTRY", "priority", "EQUALS", "5"), "condition.value", "must be a finite number"),
        (where("CONTEXT", "reason", "EQUALS", "because"), "condition.value", "must be one of ttl_expired, "),
        (where("CONTEXT", "mode", "EQUALS", "firm"), "condition.value", "must be one of hard, soft"),
        (where("METADATA", "team", "REGEX", "("), "condition.value", "no regular expression of RE2"),
        (where("METADATA", "team", "REGEX", "(?=x)"), "condition.value", "no regular expression of RE2"),
    ],
)
def test_what_is_wrong_with_a_condition(wrong: pb.InvalidationCondition, path: str, words: str) -> None:
    """With its place among the others, of which none hides it."""
    found = problems(rule("x", conditions=[RIGHT, wrong]), Vocabulary.load())
    assert [where for where, _ in found] == [f"conditions[1].{path}"]
    assert words in found[0][1]


@pytest.mark.parametrize(
    "bomb", [r"(((a{1,100}){1,100}){1,100})", r"(a|b|c){1,1000}", r"[\p{L}\p{N}]{500}", "(" * 2000, "x" * 4000]
)
def test_an_expression_that_is_a_bomb_is_refused(bomb: str) -> None:
    """At once, and all expressions of a rule have one allowance."""
    began = time.monotonic()
    found = problems(rule("x", conditions=[where("METADATA", "team", "REGEX", bomb)]))
    assert [where for where, _ in found] == ["conditions[0].condition.value"]
    assert time.monotonic() - began < 20


def test_expressions_of_a_rule_share_one_allowance() -> None:
    """What each may take, all together may not."""
    one = where("ENTRY", "key", "REGEX", "a{60}")
    assert problems(rule("x", conditions=[one])) == []
    found = problems(rule("x", conditions=[one] * 50))
    assert 0 < len(found) < 50
    assert all("takes too much work" in text for _, text in found)


@given(st.binary(max_size=200))
def test_whatever_comes_is_no_exception(data: bytes) -> None:
    """Any message is either right, and can be compiled, or has problems."""
    try:
        wild = pb.InvalidationRule.FromString(data)
    except DecodeError:
        return
    if not problems(wild):
        CompiledRule(wild)
