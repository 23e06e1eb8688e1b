"""Steering the cache: invalidations, their history, rules, strategies, clearing, and what statistics say of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from modeldex.v1 import cache_pb2, condition_pb2
from modeldex.v1 import cache_service_pb2 as cache
from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import invalidation_pb2 as pb
from modeldex.v1.feed_statistics_pb2 import TimeRange
from support.api import problem_of
from support.cache_calls import entry, invalidating, new_namespace, setting
from support.models import new_id, plain
from support.principals import Caller
from support.waiting import eventually


async def keys_in(caller: Caller, namespace: str) -> list[str]:
    """The keys of a namespace."""
    return [one.key for one in (await caller.ask(cache.ListEntriesRequest(namespace=namespace))).entries]


async def test_each_target_invalidates_what_it_is_about(caller: Caller, namespace: str) -> None:
    """by key, tags, provider and altogether: these entries, no others; and it says how many."""
    tagged = {"acme/a": ["x"], "acme/b": ["x", "y"], "birch/c": ["z"], "birch/d": [], "cedar/e": []}
    await caller.ask(
        cache.BatchSetEntriesRequest(entries=[entry(namespace, key, tags=tags) for key, tags in tagged.items()])
    )
    for target, count, left in (
        ({"tags": ["y", "none"]}, 1, ["acme/a", "birch/c", "birch/d", "cedar/e"]),
        ({"key": "birch/c"}, 1, ["acme/a", "birch/d", "cedar/e"]),
        ({"provider_id": "birch"}, 1, ["acme/a", "cedar/e"]),
        ({"all": True}, 2, []),
    ):
        made = (await caller.ask(invalidating(namespace=namespace, **target))).invalidation
        assert (made.entry_count, made.mode) == (count, pb.INVALIDATION_MODE_HARD)
        assert await keys_in(caller, namespace) == left
    assert made.reason == pb.INVALIDATION_REASON_MANUAL_INVALIDATION


async def test_what_was_invalidated_softly_is_answered_and_marked(
    caller: Caller, other: Caller, namespace: str
) -> None:
    """soft and hard: it may still be answered, as stale, until it is set anew."""
    await caller.ask(setting(namespace, tags=["t"]))
    request = invalidating(namespace=namespace, tags=["t"], mode=pb.INVALIDATION_MODE_SOFT)
    assert (await caller.ask(request)).invalidation.entry_count == 1
    reading = cache.GetEntryRequest(namespace=namespace, key="acme/one")
    assert (await caller.ask(reading)).entry.stale

    async def is_stale() -> bool:
        return bool((await other.ask(reading)).entry.stale)

    await eventually(is_stale, "the other replica to know")
    stale = cache.ListEntriesRequest(namespace=namespace, filter=cache.CacheEntryFilter(stale=True))
    assert [one.stale for one in (await caller.ask(stale)).entries] == [True]
    await caller.ask(setting(namespace))
    assert not (await caller.ask(reading)).entry.stale


async def test_an_expected_version_spares_the_entries_that_have_it(caller: Caller, namespace: str) -> None:
    """version change: only entries whose model has another version are invalidated."""
    await caller.ask(setting(namespace))
    for expected, count in ((0, 0), (7, 1)):
        request = invalidating(namespace=namespace, key="acme/one", expected_version=expected)
        assert (await caller.ask(request)).invalidation.entry_count == count


async def test_the_history_tells_of_all_and_is_searched(caller: Caller, other: Caller, namespace: str) -> None:
    """ListInvalidations: newest first, page by page, by reason, provider and time; the same on every replica."""
    before = datetime.now(UTC) - timedelta(seconds=1)
    made = [
        (await caller.ask(invalidating(namespace=namespace, **given))).invalidation
        for given in (
            {"provider_id": namespace},
            {"key": f"{namespace}/one", "context": {"ticket": "OPS-1"}},
            {"tags": ["t"]},
            {"provider_id": namespace, "reason": pb.INVALIDATION_REASON_PROVIDER_UPDATE},
        )
    ]
    assert [one.number for one in made] == list(range(made[0].number, made[0].number + 4))
    assert made[1].context["ticket"] == "OPS-1"
    since = TimeRange()
    since.start_time.FromDatetime(before)
    first = await other.ask(cache.ListInvalidationsRequest(time_range=since, page_size=3))
    rest = await other.ask(
        cache.ListInvalidationsRequest(time_range=since, page_size=3, page_token=first.next_page_token)
    )
    assert [*first.invalidations, *rest.invalidations][:4] == made[::-1]
    for chosen, wanted in (
        ({"provider_id": namespace}, [made[3], made[1], made[0]]),
        ({"provider_id": namespace, "reasons": [pb.INVALIDATION_REASON_PROVIDER_UPDATE]}, [made[3]]),
        ({"provider_id": namespace, "rule_id": "none"}, []),
        ({"provider_id": namespace, "time_range": TimeRange(end_time=since.start_time)}, []),
    ):
        answer = await caller.ask(cache.ListInvalidationsRequest(**chosen))  # type: ignore[arg-type]
        assert list(answer.invalidations) == wanted
    backwards = TimeRange(start_time=since.start_time, end_time=since.start_time)
    problem = await problem_of(caller.ask(cache.ListInvalidationsRequest(time_range=backwards)))
    assert problem.violations == {"time_range": "must begin before it ends"}


async def test_statistics_of_invalidations_add_up(caller: Caller, namespace: str) -> None:
    """GetInvalidationStats counts each once, by reason and by provider."""
    before = await caller.ask(cache.GetInvalidationStatsRequest())
    for _ in range(3):
        await caller.ask(invalidating(namespace=namespace, provider_id=namespace))
    after = await caller.ask(cache.GetInvalidationStatsRequest())
    assert after.total_count == before.total_count + 3
    assert after.last_day_count <= after.last_week_count <= after.total_count
    assert {one.key: one.count for one in after.providers.top}[namespace] == 3
    assert sum(one.count for one in after.reasons.top) == after.total_count
    assert 0 < after.success_rate <= 1
    assert after.average_duration.ToTimedelta() > timedelta(0)
    assert after.most_common_reason in {one.key for one in after.reasons.top}


async def test_the_strategies_are_listed_by_name(caller: Caller) -> None:
    """ListInvalidationStrategies: the five, with what they do and how they are tuned."""
    listed = (await caller.ask(cache.ListInvalidationStrategiesRequest())).strategies
    names = ["memory_pressure", "provider_update", "tag_invalidation", "ttl", "version_change"]
    assert [one.name for one in listed] == names
    assert all(one.enabled and one.description for one in listed)
    assert [one.local for one in listed] == [True, False, False, False, False]


async def test_rules_are_created_once_listed_and_tried(caller: Caller, other: Caller, namespace: str) -> None:
    """CreateInvalidationRule is done once; a rule that is tried says whom it would be about and does nothing."""
    await caller.ask(setting(namespace, "acme/a", metadata={"team": namespace}))
    await caller.ask(setting(namespace, "acme/b"))
    rule = pb.InvalidationRule(name="of a team", actions=[pb.InvalidationAction(invalidate=pb.InvalidateAction())])
    one = rule.conditions.add(subject=pb.INVALIDATION_SUBJECT_METADATA).condition
    one.field, one.operator = "team", condition_pb2.CONDITION_OPERATOR_EQUALS
    one.value.string_value = namespace
    rule.strategy, rule.priority, rule.dry_run = "tag_invalidation", 1000, True
    request = cache.CreateInvalidationRuleRequest(rule=rule, request_id=namespace)
    made = (await caller.ask(request)).rule
    assert (await other.ask(request)).rule == made
    another = cache.CreateInvalidationRuleRequest(rule=rule, request_id=namespace)
    another.rule.name = "another"
    assert (await problem_of(other.ask(another))).short == ("ALREADY_EXISTS", "REQUEST_ID_REUSED")
    assert (made.version, made.enabled, made.name) == (1, True, "of a team")
    assert (await other.ask(cache.GetInvalidationRuleRequest(rule_id=made.id))).rule == made
    assert (await other.ask(cache.ListInvalidationRulesRequest(enabled_only=True))).rules[0] == made
    trigger = invalidating(tags=["any"])
    for subject in ({"rule": rule}, {"rule_id": made.id}):
        tried = await caller.ask(cache.EvaluateInvalidationRuleRequest(trigger=trigger, **subject))  # type: ignore[arg-type]
        assert (tried.triggered, tried.entry_count) == (True, 1)
        assert [(one.key, one.HasField("value")) for one in tried.entries] == [("acme/a", False)]
    other_trigger = cache.EvaluateInvalidationRuleRequest(rule_id=made.id, trigger=invalidating(provider_id="acme"))
    assert not (await caller.ask(other_trigger)).triggered
    assert await keys_in(caller, namespace) == ["acme/a", "acme/b"]
    await caller.ask(cache.DeleteInvalidationRuleRequest(rule_id=made.id))
    assert not (await caller.ask(cache.ListInvalidationRulesRequest())).rules


async def test_a_namespace_is_cleared_and_no_other(caller: Caller, other: Caller, namespace: str) -> None:
    """ClearCache: entries are gone on every replica, those of other namespaces stay."""
    elsewhere = new_namespace()
    for one in (namespace, elsewhere):
        await caller.ask(setting(one))
        await other.ask(cache.GetEntryRequest(namespace=one, key="acme/one"))
    answer = await caller.ask(cache.ClearCacheRequest(namespace=namespace))
    assert answer.invalidation.entry_count == 1
    assert answer.memory_count == 1
    assert await keys_in(caller, namespace) == []
    assert await keys_in(caller, elsewhere) == ["acme/one"]

    async def is_gone() -> bool:
        has = await other.ask(cache.HasEntryRequest(namespace=namespace, key="acme/one"))
        return not has.exists

    await eventually(is_gone, "the other replica to be level")


async def test_the_catalogue_outlives_a_clearing(caller: Caller) -> None:
    """ClearCache of "catalogue" drops copies: the models are read anew."""
    model_id = new_id()
    saved = await caller.ask(discovery.SaveModelRequest(model=plain(model_id)))
    await caller.ask(cache.ClearCacheRequest(namespace="catalogue"))
    assert not (await caller.ask(cache.HasEntryRequest(key=model_id))).in_memory
    found = (await caller.ask(cache.GetEntryRequest(key=model_id))).entry
    assert (found.value, found.tier) == (saved.model, cache_pb2.CACHE_TIER_DATABASE)


async def test_statistics_are_counted_as_things_happen(caller: Caller, namespace: str) -> None:
    """GetCacheStats: hits, misses, sets, deletions and evictions of this process; clearing has them begin anew."""
    await caller.ask(cache.ClearCacheRequest())
    begun = await caller.ask(cache.GetCacheStatsRequest())
    assert (begun.stats.request_count, begun.stats.hit_rate, begun.stats.entry_count) == (0, 0, 0)
    await caller.ask(setting(namespace, "birch/a", tags=["x", "y"], priority=4))
    await caller.ask(setting(namespace, "acme/b", tags=["x"]))
    for _ in range(3):
        await caller.ask(cache.GetEntryRequest(namespace=namespace, key="acme/b"))
    await problem_of(caller.ask(cache.GetEntryRequest(namespace=namespace, key="acme/none")))
    told = await caller.ask(cache.GetCacheStatsRequest())
    stats = told.stats
    assert (stats.hit_count, stats.miss_count, stats.request_count) == (3, 1, 4)
    assert (stats.hit_rate, stats.miss_rate) == (0.75, 0.25)
    assert (stats.set_count, stats.delete_count, stats.entry_count) == (2, 0, 2)
    assert {one.key: one.count for one in stats.providers.top} == {"acme": 1, "birch": 1}
    assert {one.key: one.count for one in stats.tags.top} == {"x": 2, "y": 1}
    assert [(one.priority, one.entry_count) for one in stats.priorities if one.entry_count] == [(4, 1), (0, 1)]
    assert 0 < stats.memory_bytes <= stats.budget_bytes
    assert stats.process_bytes > stats.memory_bytes
    assert stats.oldest_entry_time.ToNanoseconds() <= stats.newest_entry_time.ToNanoseconds()
    assert begun.start_time.ToNanoseconds() <= told.start_time.ToNanoseconds()
    assert told.replica_id
    assert told.invalidation_number >= 1
    assert told.policies.cache_enabled
    assert told.policies.manual_ttl.ToTimedelta() == timedelta(minutes=10)
    await caller.ask(cache.DeleteEntryRequest(namespace=namespace, key="acme/b"))
    stats = (await caller.ask(cache.GetCacheStatsRequest())).stats
    assert (stats.delete_count, stats.entry_count, stats.eviction_count) == (1, 1, 1)
    assert {one.reason: one.count for one in stats.evictions if one.count} == {
        cache_pb2.CACHE_EVICTION_REASON_MANUAL: 1
    }


async def test_a_cleanup_frees_what_has_expired(caller: Caller, namespace: str) -> None:
    """CleanupCache: now rather than at the next interval; its figures are of what it freed."""
    await caller.ask(setting(namespace, "acme/long"))

    async def freed() -> cache.CleanupCacheResponse | None:
        await caller.ask(setting(namespace, "acme/short", ttl=0.3))
        await asyncio.sleep(0.4)
        answer: cache.CleanupCacheResponse = await caller.ask(cache.CleanupCacheRequest())
        return answer if answer.expired_count and answer.memory_count else None

    # A server may clean up by itself just before.
    answer = await eventually(freed, "a cleanup that frees what has expired")
    assert answer is not None
    assert answer.freed_bytes > 0
    assert await keys_in(caller, namespace) == ["acme/long"]
    stats = (await caller.ask(cache.GetCacheStatsRequest())).stats
    assert stats.stored_entry_count >= 1
    assert stats.HasField("last_cleanup_time")
