"""Trying a rule: which entries it would be about now, for a trigger that nobody makes. Nothing is written."""

from __future__ import annotations

import asyncio

from modeldex.v1 import cache_pb2
from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.rules.actions import Firing, Plan
from modeldex_server.cache.rules.candidates import Candidate, Wanted
from modeldex_server.cache.rules.matching import CompiledRule
from modeldex_server.cache.rules.storing import Rules
from modeldex_server.cache.rules.triggers import of_request
from modeldex_server.ledger.documents import stamp
from modeldex_server.security.principals import Principal
from modeldex_server.store.database import Database

_DEFAULT_SIZE, _MOST = 50, 500


class Evaluator:
    """Tries rules as if they were enabled."""

    def __init__(self, database: Database, rules: Rules) -> None:
        self._database = database
        self._rules = rules

    async def evaluate(
        self, request: api.EvaluateInvalidationRuleRequest, by: Principal
    ) -> api.EvaluateInvalidationRuleResponse:
        """What a rule would be about. One that is given has no problems.

        Raises:
            ProviderDenied: the caller has a right to some providers only.
            RuleNotFound, StoreUnavailable.
        """
        by.require_every_provider()
        given = request.WhichOneof("subject") == "rule"
        rule = CompiledRule(request.rule if given else await self._rules.get(request.rule_id, by))
        trigger = of_request(request.trigger if request.HasField("trigger") else _everything(), by.name)
        if not rule.answers(trigger):
            return api.EvaluateInvalidationRuleResponse()
        firing, shown = Firing(trigger, rule), min(request.page_size or _DEFAULT_SIZE, _MOST)
        plan = Plan([firing])
        answer = api.EvaluateInvalidationRuleResponse()
        wanted = Wanted.by([trigger], everything=rule.chooses, values=rule.needs_values, metadata=rule.needs_metadata)
        async with self._database.connection() as connection, connection.transaction():
            async for page in wanted.pages(connection):
                met = await asyncio.to_thread(lambda entries: [one for one in entries if plan.concerns(one)], page)
                firing.entry_count += len(met)
                answer.entries.extend(map(_shown, met[: shown - len(answer.entries)]))
        answer.triggered, answer.entry_count = firing.fires, firing.entry_count
        return answer


def _everything() -> api.InvalidateRequest:
    return api.InvalidateRequest(target=pb.InvalidationTarget(all=True))


def _shown(entry: Candidate) -> cache_pb2.CacheEntry:
    """An entry without its value and its metadata."""
    shown = cache_pb2.CacheEntry(
        namespace=entry.namespace,
        key=entry.key,
        entry_version=entry.entry_version,
        tags=entry.tags,
        priority=entry.priority,
        access_count=entry.access_count,
        create_time=stamp(entry.created_at),
        update_time=stamp(entry.updated_at),
        last_access_time=stamp(entry.accessed_at) if entry.accessed_at is not None else None,
        expire_time=stamp(entry.expires_at),
        size_bytes=entry.size_bytes,
        stale=entry.stale,
    )
    shown.ttl.FromNanoseconds(round(entry.ttl_seconds * 1e9))
    return shown
