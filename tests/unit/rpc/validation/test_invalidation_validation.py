"""What must hold of invalidations and of the rules for them, as the comments of the contract state it."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import condition_pb2
from modeldex.v1 import invalidation_pb2 as pb
from modeldex.v1.feed_statistics_pb2 import TimeRange
from support.violations import violations

ENTRY = pb.INVALIDATION_SUBJECT_ENTRY
EQUALS, REGEX = condition_pb2.CONDITION_OPERATOR_EQUALS, condition_pb2.CONDITION_OPERATOR_REGEX


def invalidating(**given: Any) -> api.InvalidateRequest:
    """An invalidation of everything, but for what is given."""
    target = {name: given.pop(name) for name in ("key", "tags", "provider_id", "expired", "all") if name in given}
    if isinstance(target.get("tags"), list):
        target["tags"] = pb.InvalidationTags(tags=target["tags"])
    return api.InvalidateRequest(target=pb.InvalidationTarget(**target or {"all": True}), **given)


def rule(**given: Any) -> pb.InvalidationRule:
    """A good rule, but for what is given."""
    return pb.InvalidationRule(**{"name": "r", "actions": [pb.InvalidationAction(notify="now")]} | given)


def condition(
    field: str = "provider_id", operator: int = EQUALS, value: str = "acme", subject: int = ENTRY
) -> pb.InvalidationCondition:
    one = condition_pb2.Condition(field=field, operator=operator)  # type: ignore[arg-type] # a number of the enum
    one.value.string_value = value
    return pb.InvalidationCondition(subject=subject, condition=one)  # type: ignore[arg-type]


def action(**given: Any) -> pb.InvalidationAction:
    return pb.InvalidationAction(**given)


_BOMB = condition("key", REGEX, "(x{1000}){1000}")
_LATE = Timestamp(seconds=253370764799)  # the last second of 9998
_LAST = Timestamp(seconds=253402300799)  # of 9999, after which spans would end


@pytest.mark.parametrize(
    "request_",
    [
        invalidating(),
        invalidating(key="no id of a model"),
        invalidating(key="a/b", expected_version=0, namespace="catalogue"),
        invalidating(tags=["t"] * 64, reason=9, mode=2),
        invalidating(provider_id="acme", context={"a": {"b": [1, None, "c"]}}),
        invalidating(expired=True),
        api.ListInvalidationsRequest(reasons=[1, 9], time_range=TimeRange(end_time=_LATE)),
        api.CreateInvalidationRuleRequest(rule=rule()),
        api.UpdateInvalidationRuleRequest(rule_id="r", rule=rule(enabled=False, priority=1000), expected_version=0),
        api.EvaluateInvalidationRuleRequest(rule_id="r"),
        api.EvaluateInvalidationRuleRequest(rule=rule(conditions=[condition()]), trigger=invalidating(tags=["t"])),
    ],
)
def test_a_good_request_is_let_in(request_: Message) -> None:
    assert violations(request_) == {}


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        (api.InvalidateRequest(), ["target"]),
        (api.InvalidateRequest(target=pb.InvalidationTarget()), ["target"]),
        (invalidating(key=""), ["target.key"]),
        (invalidating(key="x" * 1025), ["target.key"]),
        (invalidating(tags=[]), ["target.tags.tags"]),
        (invalidating(tags=["t"] * 10_000), ["target.tags.tags"]),
        (invalidating(tags=["t", ""]), ["target.tags.tags[1]"]),
        (invalidating(provider_id=""), ["target.provider_id"]),
        (invalidating(expired=False), ["target.expired"]),
        (invalidating(all=False), ["target.all"]),
        (invalidating(namespace="A"), ["namespace"]),
        (invalidating(reason=99), ["reason"]),
        (invalidating(mode=99), ["mode"]),
        (invalidating(all=True, expected_version=1), ["expected_version"]),
        (invalidating(key="a/b", expected_version=-1), ["expected_version"]),
        (invalidating(context={"a": "x" * 5000}), ["context"]),
        (invalidating(context=Struct(fields={"a": {}})), ["context[a]"]),
        (api.ListInvalidationsRequest(reasons=[0]), ["reasons[0]"]),  # type: ignore[list-item]
        (api.ListInvalidationsRequest(reasons=[99]), ["reasons[0]"]),  # type: ignore[list-item]
        (api.ListInvalidationsRequest(provider_id="x" * 129), ["provider_id"]),
        (api.ListInvalidationsRequest(rule_id="x" * 129), ["rule_id"]),
        (api.ListInvalidationsRequest(page_size=-1), ["page_size"]),
        (
            api.ListInvalidationsRequest(time_range=TimeRange(start_time=Timestamp(seconds=2**62), end_time=_LATE)),
            ["time_range.start_time"],
        ),
        (api.ListInvalidationsRequest(time_range=TimeRange(end_time=_LAST)), ["time_range.end_time"]),
        (api.CreateInvalidationRuleRequest(), ["rule"]),
        (api.CreateInvalidationRuleRequest(rule=rule(), request_id="x" * 129), ["request_id"]),
        (api.GetInvalidationRuleRequest(), ["rule_id"]),
        (api.UpdateInvalidationRuleRequest(rule_id="r"), ["rule"]),
        (api.UpdateInvalidationRuleRequest(rule=rule(), expected_version=-1), ["rule_id", "expected_version"]),
        (api.DeleteInvalidationRuleRequest(expected_version=-1), ["rule_id", "expected_version"]),
        (api.EvaluateInvalidationRuleRequest(), ["subject"]),
        (api.EvaluateInvalidationRuleRequest(rule_id=""), ["rule_id"]),
        (api.EvaluateInvalidationRuleRequest(rule_id="r", page_size=-1), ["page_size"]),
        (
            api.EvaluateInvalidationRuleRequest(rule_id="r", trigger=api.InvalidateRequest(mode=99)),  # type: ignore[arg-type]
            ["trigger.target", "trigger.mode"],
        ),
    ],
)
def test_a_wrong_request_is_named_at_its_field(request_: Message, fields: list[str]) -> None:
    assert list(violations(request_)) == fields


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 129}, "name"),
        ({"strategy": "nonsense"}, "strategy"),
        ({"strategy": "memory_pressure"}, "strategy"),
        ({"priority": -1}, "priority"),
        ({"priority": 1001}, "priority"),
        ({"actions": []}, "actions"),
        ({"actions": [action(notify="x")] * 11}, "actions"),
        ({"actions": [pb.InvalidationAction()]}, "actions[0]"),
        ({"actions": [action(notify="")]}, "actions[0].notify"),
        ({"actions": [action(notify="x" * 1025)]}, "actions[0].notify"),
        ({"actions": [action(extend_ttl=Duration())]}, "actions[0].extend_ttl"),
        ({"actions": [action(extend_ttl=Duration(seconds=100 * 365 * 86_400))]}, "actions[0].extend_ttl"),
        ({"actions": [action(tag=pb.InvalidationTags())]}, "actions[0].tag.tags"),
        ({"actions": [action(tag=pb.InvalidationTags(tags=["t"] * 65))]}, "actions[0].tag.tags"),
        ({"conditions": [condition()] * 101}, "conditions"),
        ({"conditions": [condition(subject=0)]}, "conditions[0].subject"),
        ({"conditions": [condition(subject=99)]}, "conditions[0].subject"),
        ({"conditions": [condition("nonsense")]}, "conditions[0].condition.field"),
        ({"conditions": [condition(operator=0)]}, "conditions[0].condition.operator"),
        ({"conditions": [condition(operator=99)]}, "conditions[0].condition.operator"),
        ({"conditions": [_BOMB]}, "conditions[0].condition.value"),
        ({"conditions": [condition("key", REGEX, "(")]}, "conditions[0].condition.value"),
    ],
)
def test_a_wrong_rule_is_named_at_its_field(given: dict[str, Any], field: str) -> None:
    """Whether it is stored, or only tried."""
    for request in (
        api.CreateInvalidationRuleRequest(rule=rule(**given)),
        api.UpdateInvalidationRuleRequest(rule_id="r", rule=rule(**given)),
        api.EvaluateInvalidationRuleRequest(rule=rule(**given)),
    ):
        assert list(violations(request)) == [f"rule.{field}"]


@pytest.mark.parametrize(
    "hard",
    [
        lambda: api.CreateInvalidationRuleRequest(rule=rule(conditions=[_BOMB] * 100)),
        lambda: api.CreateInvalidationRuleRequest(
            rule=rule(conditions=[condition("key", REGEX, "(a|aa)+" * 500)] * 100)
        ),
        lambda: api.CreateInvalidationRuleRequest(rule=rule(conditions=[condition()] * 10_000)),
        lambda: invalidating(tags=["t"] * 100_000),
    ],
)
def test_what_is_too_hard_is_refused_at_once(hard: Callable[[], Message]) -> None:
    request = hard()
    began = perf_counter()
    assert violations(request)
    assert perf_counter() - began < 10
