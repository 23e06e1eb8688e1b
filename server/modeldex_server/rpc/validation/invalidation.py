"""The rules of invalidations and of the rules for them, as `invalidation.proto` and the service state them."""

from __future__ import annotations

from typing import Any

from google.protobuf.message import Message

from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.rules.problems import problems
from modeldex_server.errors import Violation
from modeldex_server.rpc.validation.cache import LEVELS, any_namespace_problem
from modeldex_server.rpc.validation.feed_statistics import time_range
from modeldex_server.rpc.validation.model import ID_BYTES, PROVIDER_ID_BYTES
from modeldex_server.rpc.validation.rules import (
    Names,
    Rule,
    Violations,
    checked,
    enum,
    enums,
    not_negative,
    required,
    text,
    texts,
    within,
)
from modeldex_server.rpc.validation.structs import struct

_RULE_ID_BYTES = 128
_CONTEXT_BYTES = 4 * 1024


def table(names: Names) -> dict[type[Message], tuple[Rule, ...]]:
    """The rules of each request about invalidations. `names` are the capabilities that conditions may name."""
    rule_id = text("rule_id", _RULE_ID_BYTES, required=True)
    page_size, expected = not_negative("page_size"), not_negative("expected_version")
    one_rule = (required("rule"), _rule(names))
    return {
        api.InvalidateRequest: _INVALIDATION,
        api.ListInvalidationStrategiesRequest: (),
        api.CreateInvalidationRuleRequest: (*one_rule, text("request_id", 128)),
        api.GetInvalidationRuleRequest: (rule_id,),
        api.ListInvalidationRulesRequest: (),
        api.UpdateInvalidationRuleRequest: (rule_id, *one_rule, expected),
        api.DeleteInvalidationRuleRequest: (rule_id, expected),
        api.EvaluateInvalidationRuleRequest: (
            _subject,
            _rule(names),
            within("trigger", _INVALIDATION),
            page_size,
        ),
        api.ListInvalidationsRequest: (
            enums("reasons", pb.InvalidationReason.DESCRIPTOR, 100),
            text("provider_id", PROVIDER_ID_BYTES),
            text("rule_id", _RULE_ID_BYTES),
            time_range,
            page_size,
        ),
        api.GetInvalidationStatsRequest: (),
    }


def _target(request: api.InvalidateRequest, path: str, out: Violations) -> None:
    kind = request.target.WhichOneof("target")
    if kind is None:
        out.append(Violation(path + "target", "must be a key, tags, a provider_id, expired or all"))
        return
    if rule := _TARGETS.get(kind):
        rule(request.target, f"{path}target.", out)
    elif not getattr(request.target, kind):
        out.append(Violation(f"{path}target.{kind}", "must be true"))


_TARGETS: dict[str, Rule] = {
    "key": text("key", ID_BYTES, required=True),
    "tags": within("tags", (texts("tags", 64, 128, least=1),)),
    "provider_id": text("provider_id", PROVIDER_ID_BYTES, required=True),
}


def _expected_version(request: api.InvalidateRequest, path: str, out: Violations) -> None:
    if not request.HasField("expected_version"):
        return
    if request.target.WhichOneof("target") != "key":
        out.append(Violation(path + "expected_version", "must only be set with a key"))
    elif request.expected_version < 0:
        out.append(Violation(path + "expected_version", "must not be negative"))


_INVALIDATION: tuple[Rule, ...] = (
    checked("namespace", any_namespace_problem),
    _target,
    enum("reason", pb.InvalidationReason.DESCRIPTOR),
    enum("mode", pb.InvalidationMode.DESCRIPTOR),
    _expected_version,
    struct("context", _CONTEXT_BYTES, LEVELS),
)


def _subject(request: api.EvaluateInvalidationRuleRequest, path: str, out: Violations) -> None:
    subject = request.WhichOneof("subject")
    if subject is None:
        out.append(Violation(path + "subject", "must be a rule_id or a rule"))
    elif subject == "rule_id":
        text("rule_id", _RULE_ID_BYTES, required=True)(request, path, out)


def _rule(names: Names) -> Rule:
    """The rule of a request, where it has one."""

    def rule(request: Any, path: str, out: Violations) -> None:
        if request.HasField("rule"):
            found = problems(request.rule, names)
            out.extend(Violation(f"{path}rule.{where}", problem) for where, problem in found)

    return rule
