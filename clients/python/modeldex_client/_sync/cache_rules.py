# Written by scripts/unasync.py from _async/cache_rules.py; edit that one.
"""Rules: what is to be done with which callers' entries when an invalidation happens."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from modeldex.v1 import cache_service_pb2 as pb
from modeldex.v1.invalidation_pb2 import InvalidationRule
from modeldex_client import _requests
from modeldex_client._sync.calling import Caller

if TYPE_CHECKING:
    from modeldex.v1.cache_service_pb2_grpc import CacheServiceStub


class CacheRules:
    """The rules of invalidation. Those that change are for admins; `timeout` is as for models."""

    def __init__(self, caller: Caller, stub: CacheServiceStub) -> None:
        self._caller = caller
        self._stub = stub

    def create(
        self, rule: InvalidationRule, *, request_id: str | None = None, timeout: float | None = None
    ) -> InvalidationRule:
        """Creates a rule; the answer has its id. Raises TooManyRules."""
        request = pb.CreateInvalidationRuleRequest(rule=rule, request_id=_requests.request_id(request_id))
        answer = self._caller.call(self._stub.CreateInvalidationRule, request, timeout)
        return answer.rule

    def get(self, id: str, *, timeout: float | None = None) -> InvalidationRule:
        """The rule of an id. Raises RuleNotFound."""
        request = pb.GetInvalidationRuleRequest(rule_id=id)
        answer = self._caller.call(self._stub.GetInvalidationRule, request, timeout)
        return answer.rule

    def list(self, *, enabled_only: bool = False, timeout: float | None = None) -> builtins.list[InvalidationRule]:
        """The rules, in the order in which they are applied."""
        request = pb.ListInvalidationRulesRequest(enabled_only=enabled_only)
        answer = self._caller.call(self._stub.ListInvalidationRules, request, timeout)
        return builtins.list(answer.rules)

    def update(
        self,
        id: str,
        rule: InvalidationRule,
        *,
        expected_version: int | None = None,
        timeout: float | None = None,
    ) -> InvalidationRule:
        """Changes a rule, whole. Raises RuleNotFound, VersionMismatch."""
        request = pb.UpdateInvalidationRuleRequest(rule_id=id, rule=rule, expected_version=expected_version)
        answer = self._caller.call(self._stub.UpdateInvalidationRule, request, timeout)
        return answer.rule

    def delete(self, id: str, *, expected_version: int | None = None, timeout: float | None = None) -> None:
        """Deletes a rule. Raises RuleNotFound, VersionMismatch."""
        request = pb.DeleteInvalidationRuleRequest(rule_id=id, expected_version=expected_version)
        self._caller.call(self._stub.DeleteInvalidationRule, request, timeout)

    def evaluate(
        self,
        rule: str | InvalidationRule,
        trigger: pb.InvalidateRequest | None = None,
        *,
        page_size: int = 0,
        timeout: float | None = None,
    ) -> pb.EvaluateInvalidationRuleResponse:
        """Says which entries a rule would be about now; nothing is done.

        Args:
            rule: The id of a stored one, or one that is not stored.
            trigger: An invalidation that nobody makes; one of everything unless told.
            page_size: How many entries to name, at most 500; 0 is 50. All are counted.

        Raises:
            RuleNotFound: There is no rule with this id.
        """
        request = pb.EvaluateInvalidationRuleRequest(trigger=trigger, page_size=page_size)
        if isinstance(rule, str):
            request.rule_id = rule
        else:
            request.rule.CopyFrom(rule)
        return self._caller.call(self._stub.EvaluateInvalidationRule, request, timeout)
