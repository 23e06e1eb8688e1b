"""Questions to CacheService."""

from __future__ import annotations

from google.protobuf.duration_pb2 import Duration

from modeldex.v1 import cache_pb2, condition_pb2
from modeldex.v1 import cache_service_pb2 as cache
from modeldex.v1 import invalidation_pb2 as invalidation
from modeldex.v1.discovery_service_pb2 import ModelFilter
from support.models import plain
from support.questions.words import OPEN, Questions

SHARED = "shared"  # a namespace of callers
_NO_RULE = "rule_00000000000000000000000000000000"
_BOTH = ("", SHARED)


def entry(key: str) -> cache_pb2.CacheEntry:
    """An entry that tells of its provider in each part."""
    provider = key.partition("/")[0]
    made = cache_pb2.CacheEntry(namespace=SHARED, key=key, value=plain(key), tags=[f"of-{provider}", "all"])
    made.metadata["owner"] = provider
    return made


def _filters(name: str) -> list[cache.CacheEntryFilter | None]:
    return [
        None,
        cache.CacheEntryFilter(models=ModelFilter(provider_ids=[name])),
        cache.CacheEntryFilter(models=ModelFilter(query=name)),
        cache.CacheEntryFilter(tags=[f"of-{name}"]),
    ]


def _targets(name: str) -> list[invalidation.InvalidationTarget]:
    return [
        invalidation.InvalidationTarget(key=f"{name}/one"),
        invalidation.InvalidationTarget(provider_id=name),
        invalidation.InvalidationTarget(tags=invalidation.InvalidationTags(tags=[f"of-{name}"])),
        invalidation.InvalidationTarget(all=True),
    ]


def _rule(name: str) -> invalidation.InvalidationRule:
    made = invalidation.InvalidationRule(name=f"of {name}")
    made.actions.add(notify="found")
    one = made.conditions.add(subject=invalidation.INVALIDATION_SUBJECT_ENTRY)
    one.condition.field, one.condition.operator = "provider_id", condition_pb2.CONDITION_OPERATOR_EQUALS
    one.condition.value.string_value = name
    return made


CACHE: Questions = {
    "GetEntry": lambda name: [cache.GetEntryRequest(namespace=one, key=f"{name}/one") for one in _BOTH],
    "BatchGetEntries": lambda name: [
        cache.BatchGetEntriesRequest(namespace=one, keys=[f"{name}/one", f"{OPEN}/one", f"{name}/none"])
        for one in _BOTH
    ],
    "HasEntry": lambda name: [cache.HasEntryRequest(namespace=one, key=f"{name}/one") for one in _BOTH],
    "SetEntry": lambda name: [
        cache.SetEntryRequest(entry=entry(f"{name}/one")),
        cache.SetEntryRequest(entry=entry(f"{name}/one"), expected_version=0),
    ],
    "BatchSetEntries": lambda name: [
        cache.BatchSetEntriesRequest(entries=[entry(f"{OPEN}/batched"), entry(f"{name}/one")])
    ],
    "DeleteEntry": lambda name: [
        cache.DeleteEntryRequest(namespace=SHARED, key=f"{name}/one"),
        cache.DeleteEntryRequest(namespace=SHARED, key=f"{name}/one", expected_version=7),
    ],
    "BatchDeleteEntries": lambda name: [
        cache.BatchDeleteEntriesRequest(namespace=SHARED, keys=[f"{OPEN}/none", f"{name}/one"])
    ],
    "ListEntries": lambda name: [
        cache.ListEntriesRequest(namespace=one, filter=chosen, page_size=size)
        for one in _BOTH
        for chosen in _filters(name)
        for size in (0, 1)
    ],
    "CountEntries": lambda name: [
        cache.CountEntriesRequest(namespace=one, filter=chosen) for one in _BOTH for chosen in _filters(name)
    ],
    "GetEntryTtl": lambda name: [cache.GetEntryTtlRequest(namespace=one, key=f"{name}/one") for one in _BOTH],
    "SetEntryTtl": lambda name: [
        cache.SetEntryTtlRequest(namespace=SHARED, key=f"{name}/one", ttl=Duration(seconds=60))
    ],
    "RefreshEntry": lambda name: [cache.RefreshEntryRequest(namespace=one, key=f"{name}/one") for one in _BOTH],
    "RefreshProviderEntries": lambda name: [
        cache.RefreshProviderEntriesRequest(provider_id=name),
        cache.RefreshProviderEntriesRequest(namespace=SHARED, provider_id=name),
    ],
    "ClearCache": lambda _: [cache.ClearCacheRequest(namespace=SHARED)],
    "CleanupCache": lambda _: [cache.CleanupCacheRequest()],
    "GetCacheStats": lambda _: [cache.GetCacheStatsRequest()],
    "WatchCacheEvents": lambda name: [
        cache.WatchCacheEventsRequest(),
        cache.WatchCacheEventsRequest(provider_ids=[name]),
        cache.WatchCacheEventsRequest(namespaces=[SHARED]),
    ],
    "Invalidate": lambda name: [cache.InvalidateRequest(target=one) for one in _targets(name)],
    "ListInvalidationStrategies": lambda _: [cache.ListInvalidationStrategiesRequest()],
    "CreateInvalidationRule": lambda name: [cache.CreateInvalidationRuleRequest(rule=_rule(name))],
    "GetInvalidationRule": lambda _: [cache.GetInvalidationRuleRequest(rule_id=_NO_RULE)],
    "ListInvalidationRules": lambda _: [cache.ListInvalidationRulesRequest()],
    "UpdateInvalidationRule": lambda name: [cache.UpdateInvalidationRuleRequest(rule_id=_NO_RULE, rule=_rule(name))],
    "DeleteInvalidationRule": lambda _: [cache.DeleteInvalidationRuleRequest(rule_id=_NO_RULE)],
    "EvaluateInvalidationRule": lambda name: [cache.EvaluateInvalidationRuleRequest(rule=_rule(name))],
    "ListInvalidations": lambda name: [
        cache.ListInvalidationsRequest(),
        cache.ListInvalidationsRequest(provider_id=name),
        cache.ListInvalidationsRequest(page_size=1),
    ],
    "GetInvalidationStats": lambda _: [cache.GetInvalidationStatsRequest()],
}
