"""Which entries and which triggers a rule is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct

from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.rules.candidates import Candidate
from modeldex_server.cache.rules.matching import CompiledRule
from modeldex_server.cache.rules.triggers import Trigger, of_request
from support.invalidations import invalidation
from support.models import plain
from support.rules import SOFT, rule, where

NOW = datetime(2026, 3, 1, tzinfo=UTC)
STRUCT = {
    "team": "Search",
    "owner": {"name": "ann", "age": 33, "admin": True},
    "a.b": "dotted",
    "a": {"b": "nested"},
    "list": ["x", 2, {"y": 1}, None],
    "none": None,
}


def entry(**fields: Any) -> Candidate:
    """One that was set an hour ago, read half an hour ago, and lives for another hour."""
    values: dict[str, Any] = {
        "namespace": "ours",
        "key": "acme/model-1",
        "entry_version": 7,
        "provider_id": "acme",
        "model_version": 3,
        "tags": ["fast", "Cheap"],
        "priority": 4,
        "ttl_seconds": 7200.0,
        "stale": False,
        "access_count": 12,
        "size_bytes": 900,
        "created_at": NOW - timedelta(hours=2),
        "updated_at": NOW - timedelta(hours=1),
        "accessed_at": NOW - timedelta(minutes=30),
        "expires_at": NOW + timedelta(hours=1),
        "now": NOW,
        "value": plain("acme/model-1", "One").SerializeToString(),
        "struct": ParseDict(STRUCT, Struct()).SerializeToString(),
    }
    return Candidate(**values | fields)


@pytest.mark.parametrize(
    ("subject", "field", "operator", "value", "met"),
    [
        ("ENTRY", "namespace", "EQUALS", "OURS", True),
        ("ENTRY", "key", "STARTS_WITH", "acme/", True),
        ("ENTRY", "key", "ENDS_WITH", "-2", False),
        ("ENTRY", "key", "REGEX", "model-[0-9]$", True),
        ("ENTRY", "provider_id", "IN", ["zeta", "acme"], True),
        ("ENTRY", "provider_id", "NOT_IN", ["zeta", "acme"], False),
        ("ENTRY", "tags", "EQUALS", "cheap", True),
        ("ENTRY", "tags", "NOT_CONTAINS", "cheap", False),
        ("ENTRY", "tags", "CONTAINS", "che", False),  # a member, not a part of one
        ("ENTRY", "priority", "GREATER_THAN", 3, True),
        ("ENTRY", "priority", "LESS_THAN", 4, False),
        ("ENTRY", "ttl_seconds", "EQUALS", 7200, True),
        ("ENTRY", "age_seconds", "EQUALS", 3600, True),
        ("ENTRY", "idle_seconds", "EQUALS", 1800, True),
        ("ENTRY", "expires_in_seconds", "EQUALS", 3600, True),
        ("ENTRY", "access_count", "NOT_EQUALS", 12, False),
        ("ENTRY", "size_bytes", "LESS_THAN", 1000, True),
        ("ENTRY", "stale", "EQUALS", False, True),
        ("ENTRY", "value.context_window", "EQUALS", 8000, True),
        ("ENTRY", "value.prices.input.amount", "EQUALS", "2.5", True),
        ("ENTRY", "value.family", "EQUALS", "x", False),
        ("ENTRY", "value.family", "NOT_EQUALS", "x", True),
        ("METADATA", "team", "EQUALS", "search", True),
        ("METADATA", "owner.name", "EQUALS", "ann", True),
        ("METADATA", "owner.age", "GREATER_THAN", 30, True),
        ("METADATA", "owner.admin", "EQUALS", True, True),
        ("METADATA", "owner.admin", "EQUALS", 1, False),  # a flag is no number
        ("METADATA", "a.b", "EQUALS", "dotted", True),
        ("METADATA", "list", "CONTAINS", 2, True),
        ("METADATA", "list", "NOT_CONTAINS", "z", True),
        ("METADATA", "none", "EQUALS", "x", False),
        ("METADATA", "none", "NOT_EQUALS", "x", True),
        ("METADATA", "owner", "EQUALS", "ann", False),  # a struct is nothing to compare with
        ("METADATA", "team.deeper", "NOT_IN", ["x"], True),
    ],
)
def test_an_entry_meets_a_condition(subject: str, field: str, operator: str, value: Any, met: bool) -> None:
    """Each field of an entry, of its model and of its metadata; what is absent is unknown."""
    compiled = CompiledRule(rule("x", conditions=[where(subject, field, operator, value)]))
    assert compiled.matches(entry()) is met
    assert compiled.needs_values is field.startswith("value.")
    assert compiled.needs_metadata is (subject == "METADATA")


def test_an_entry_that_nobody_read_is_idle_since_it_was_set() -> None:
    """Idle seconds are never absent."""
    idle = CompiledRule(rule("x", conditions=[where("ENTRY", "idle_seconds", "EQUALS", 7200)]))
    assert idle.matches(entry(accessed_at=None))


def test_all_conditions_must_be_met() -> None:
    """Of entries and triggers, each."""
    conditions = [where("ENTRY", "priority", "EQUALS", 4), where("METADATA", "team", "EQUALS", "search")]
    compiled = CompiledRule(rule("x", conditions=[*conditions, where("CONTEXT", "depth", "LESS_THAN", 1)]))
    assert compiled.matches(entry())
    assert not compiled.matches(entry(priority=5))
    assert not compiled.matches(entry(struct=b""))
    assert compiled.answers(trigger())
    assert not compiled.answers(trigger(depth=1))


def trigger(**fields: Any) -> Trigger:
    """An invalidation of a key, softly, by hand."""
    values: dict[str, Any] = {
        "reasons": (pb.INVALIDATION_REASON_MANUAL_INVALIDATION,),
        "target": pb.InvalidationTarget(key="acme/model-1"),
        "mode": SOFT,
        "number": 5,
        "principal": "ann",
        "context": ParseDict({"ticket": "OPS-1", "by": {"team": "ops"}}, Struct()),
    }
    return Trigger(**values | fields)


@pytest.mark.parametrize(
    ("field", "operator", "value", "met"),
    [
        ("reason", "EQUALS", "Manual_Invalidation", True),
        ("reason", "NOT_EQUALS", "manual_invalidation", False),
        ("mode", "EQUALS", "soft", True),
        ("namespace", "EQUALS", "ours", False),  # it was limited to none
        ("namespace", "NOT_EQUALS", "ours", True),
        ("provider_id", "EQUALS", "acme", True),
        ("key", "STARTS_WITH", "acme/", True),
        ("tags", "EQUALS", "x", False),
        ("principal", "EQUALS", "ann", True),
        ("depth", "EQUALS", 0, True),
        ("context.ticket", "REGEX", "^OPS-[0-9]+$", True),
        ("context.by.team", "EQUALS", "ops", True),
        ("context.missing", "EQUALS", "x", False),
    ],
)
def test_a_trigger_meets_a_condition(field: str, operator: str, value: Any, met: bool) -> None:
    """Each field of what made the rule look."""
    compiled = CompiledRule(rule("x", conditions=[where("CONTEXT", field, operator, value)]))
    assert compiled.answers(trigger()) is met
    assert not compiled.chooses


def test_a_strategy_chooses_reasons() -> None:
    """Each those that are its own; none all."""
    own = {
        strategy: {
            name.removeprefix("INVALIDATION_REASON_").lower()
            for name, number in pb.InvalidationReason.items()
            if number and CompiledRule(rule("x", strategy=strategy)).answers(trigger(reasons=(number,)))
        }
        for strategy in ("", "ttl", "provider_update", "tag_invalidation", "version_change")
    }
    assert len(own.pop("")) == 9
    assert own == {
        "ttl": {"ttl_expired"},
        "provider_update": {"provider_update"},
        "tag_invalidation": {"tag_invalidation"},
        "version_change": {"model_update", "version_change", "capability_change"},
    }


def test_rules_that_cannot_hear_of_the_catalogue_do_not() -> None:
    """Its log is read where some rule may answer to it, and not else."""
    heard = {
        strategy: CompiledRule(rule("x", strategy=strategy)).hears_of_the_catalogue
        for strategy in ("", "ttl", "provider_update", "tag_invalidation", "version_change")
    }
    assert heard == {"": True, "ttl": False, "provider_update": True, "tag_invalidation": False, "version_change": True}


def test_a_trigger_is_about_what_its_target_names() -> None:
    """Of the namespace, and where a version is expected of another one."""
    about = {
        "key": {"key": "acme/model-1"},
        "other key": {"key": "acme/model-2"},
        "tag": {"tags": ["fast", "x"]},
        "tag in other letters": {"tags": ["FAST"]},
        "provider": {"provider": "acme"},
        "part of a provider": {"provider": "ac"},
        "all": {"everything": True},
        "all of ours": {"everything": True, "namespace": "ours"},
        "all of theirs": {"everything": True, "namespace": "theirs"},
        "expired": {"expired": True},
        "this version": {"key": "acme/model-1", "expected_version": 3},
        "another version": {"key": "acme/model-1", "expected_version": 0},
    }
    found = {name for name, request in about.items() if of_request(invalidation(**request), "ann").is_about(entry())}
    assert found == {"key", "tag", "provider", "all", "all of ours", "another version"}


def test_a_rule_with_problems_cannot_be_compiled() -> None:
    """What another release stored and this one does not know is told, not guessed at."""
    with pytest.raises(ValueError, match="with problems"):
        CompiledRule(rule("x", conditions=[where("ENTRY", "colour", "EQUALS", "red")]))
