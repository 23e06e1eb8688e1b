"""The methods of CacheService that invalidate, and those about the rules for it."""

from __future__ import annotations

from dataclasses import dataclass

from modeldex.v1 import cache_service_pb2 as api
from modeldex_server.cache.invalidation.history import InvalidationHistory
from modeldex_server.cache.invalidation.making import Invalidator
from modeldex_server.cache.invalidation.strategies import Strategies
from modeldex_server.cache.invalidation.sweeping import Sweeper
from modeldex_server.cache.rules.evaluating import Evaluator
from modeldex_server.cache.rules.storing import Rules
from modeldex_server.catalogue.listing import page_size
from modeldex_server.catalogue.saving import request_key
from modeldex_server.rpc.frame.call import Call
from modeldex_server.rpc.paging import PageTokens


@dataclass(frozen=True, slots=True)
class InvalidationRooms:
    """The rooms behind these methods."""

    invalidator: Invalidator
    sweeper: Sweeper
    history: InvalidationHistory
    strategies: Strategies
    rules: Rules
    evaluator: Evaluator
    tokens: PageTokens


class InvalidationMethods:
    """A part of CacheServicer; what each method promises stands in the contract."""

    _invalidation: InvalidationRooms

    async def Invalidate(self, request: api.InvalidateRequest, call: Call) -> api.InvalidateResponse:
        return await self._invalidation.invalidator.invalidate(request, call.principal)

    async def ClearCache(self, request: api.ClearCacheRequest, call: Call) -> api.ClearCacheResponse:
        return await self._invalidation.invalidator.clear(request, call.principal)

    async def CleanupCache(self, request: api.CleanupCacheRequest, call: Call) -> api.CleanupCacheResponse:
        return await self._invalidation.sweeper.cleanup(call.principal)

    async def ListInvalidations(
        self, request: api.ListInvalidationsRequest, call: Call
    ) -> api.ListInvalidationsResponse:
        rooms = self._invalidation
        cursor = rooms.tokens.cursor_of(request, call.scope)
        after, size = int(cursor.id) if cursor else None, page_size(request.page_size)
        made, last = await rooms.history.page(request, call.scope, after=after, size=size)
        token = "" if last is None else rooms.tokens.token_after(request, None, str(last), call.scope)
        return api.ListInvalidationsResponse(invalidations=made, next_page_token=token)

    async def GetInvalidationStats(
        self, request: api.GetInvalidationStatsRequest, call: Call
    ) -> api.GetInvalidationStatsResponse:
        return await self._invalidation.history.stats(call.scope)

    async def ListInvalidationStrategies(
        self, request: api.ListInvalidationStrategiesRequest, call: Call
    ) -> api.ListInvalidationStrategiesResponse:
        return api.ListInvalidationStrategiesResponse(strategies=self._invalidation.strategies.list())

    async def CreateInvalidationRule(
        self, request: api.CreateInvalidationRuleRequest, call: Call
    ) -> api.CreateInvalidationRuleResponse:
        key = request_key(request, request.request_id)
        rule = await self._invalidation.rules.create(request.rule, call.principal, key)
        return api.CreateInvalidationRuleResponse(rule=rule)

    async def GetInvalidationRule(
        self, request: api.GetInvalidationRuleRequest, call: Call
    ) -> api.GetInvalidationRuleResponse:
        rule = await self._invalidation.rules.get(request.rule_id, call.principal)
        return api.GetInvalidationRuleResponse(rule=rule)

    async def ListInvalidationRules(
        self, request: api.ListInvalidationRulesRequest, call: Call
    ) -> api.ListInvalidationRulesResponse:
        rules = await self._invalidation.rules.list(call.principal, enabled_only=request.enabled_only)
        return api.ListInvalidationRulesResponse(rules=rules)

    async def UpdateInvalidationRule(
        self, request: api.UpdateInvalidationRuleRequest, call: Call
    ) -> api.UpdateInvalidationRuleResponse:
        expected = request.expected_version if request.HasField("expected_version") else None
        rule = await self._invalidation.rules.update(request.rule_id, request.rule, call.principal, expected)
        return api.UpdateInvalidationRuleResponse(rule=rule)

    async def DeleteInvalidationRule(
        self, request: api.DeleteInvalidationRuleRequest, call: Call
    ) -> api.DeleteInvalidationRuleResponse:
        expected = request.expected_version if request.HasField("expected_version") else None
        await self._invalidation.rules.delete(request.rule_id, call.principal, expected)
        return api.DeleteInvalidationRuleResponse()

    async def EvaluateInvalidationRule(
        self, request: api.EvaluateInvalidationRuleRequest, call: Call
    ) -> api.EvaluateInvalidationRuleResponse:
        return await self._invalidation.evaluator.evaluate(request, call.principal)
