"""What is asked of the cache and cannot be: each is refused with its reason, at once, and nothing is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from google.protobuf.message import Message

from modeldex.v1 import cache_service_pb2 as cache
from modeldex.v1 import condition_pb2
from modeldex.v1 import invalidation_pb2 as pb
from support.api import Api, problem_of
from support.cache_calls import entry, invalidating, new_namespace, setting
from support.models import plain
from support.pairs import Pair
from support.principals import Caller
from support.waiting import eventually
from support.wire import field, nested

INVALID = ("INVALID_ARGUMENT", "INVALID_REQUEST")
NAMESPACE = "kept"
KEYS = ("acme/one", "acme/two")


@pytest.fixture
async def unchanged(pair: Pair, caller: Caller) -> AsyncIterator[None]:
    """typed errors: what is refused changes nothing: no entry, no rule, and no invalidation that succeeded."""
    await caller.ask(cache.BatchSetEntriesRequest(entries=[entry(NAMESPACE, key, priority=1) for key in KEYS]))
    before = traces(pair)
    yield
    assert traces(pair) == before


def traces(pair: Pair) -> list[object]:
    """All that callers set, and what was made of it. Servers sweep what other tests set when its time is over."""
    tables = pair.catalogue
    return [
        tables.rows(
            "SELECT namespace, key, entry_version, priority, stale FROM cache_entry WHERE namespace NOT LIKE 'test-%'"
            " ORDER BY 1, 2"
        ),
        tables.rows("SELECT id, version FROM invalidation_rule ORDER BY 1"),
        tables.rows("SELECT count(*) FROM invalidation WHERE error_reason = '' AND principal <> 'cache'"),
        tables.traces(),
    ]


def ruling(*conditions: tuple[str, int, str], **given: Any) -> cache.CreateInvalidationRuleRequest:
    """To create a rule, which would be a good one."""
    rule = pb.InvalidationRule(**{"name": "r", "actions": [pb.InvalidationAction(notify="n")]} | given)
    for name, operator, value in conditions:
        one = rule.conditions.add(subject=pb.INVALIDATION_SUBJECT_ENTRY).condition
        one.field, one.operator = name, operator  # type: ignore[assignment] # a number of the enum
        one.value.string_value = value
    return cache.CreateInvalidationRuleRequest(rule=rule)


_REGEX = condition_pb2.CONDITION_OPERATOR_REGEX
_NONE = "rule_none"

# A request, its status and reason, and the fields that are named.
WRONG: dict[str, tuple[Message, tuple[str, str], list[str]]] = {
    "TTL 0": (setting(NAMESPACE, ttl=0), INVALID, ["entry.ttl"]),
    "a negative TTL": (setting(NAMESPACE, ttl=-1), INVALID, ["entry.ttl"]),
    "a TTL of 100 years": (setting(NAMESPACE, ttl=100 * 365.25 * 86_400), INVALID, ["entry.ttl"]),
    "priority -1": (setting(NAMESPACE, priority=-1), INVALID, ["entry.priority"]),
    "priority 10": (setting(NAMESPACE, priority=10), INVALID, ["entry.priority"]),
    "10,000 tags": (setting(NAMESPACE, tags=[f"t{n}" for n in range(10_000)]), INVALID, ["entry.tags"]),
    "a value for another model": (setting(NAMESPACE, value=plain("acme/two")), INVALID, ["entry.value.id"]),
    "a value of 100 KiB": (
        setting(NAMESPACE, value=plain("acme/one", alternatives=["acme/" + "y" * 1000] * 80)),
        INVALID,
        ["entry.value"],
    ),
    "metadata of 20 KiB": (setting(NAMESPACE, metadata={"a": "x" * 20_000}), INVALID, ["entry.metadata"]),
    "no namespace": (setting(""), INVALID, ["entry.namespace"]),
    "an empty batch of keys": (cache.BatchGetEntriesRequest(namespace=NAMESPACE), INVALID, ["keys"]),
    "an empty batch of entries": (cache.BatchSetEntriesRequest(), INVALID, ["entries"]),
    "an empty batch to delete": (cache.BatchDeleteEntriesRequest(namespace=NAMESPACE), INVALID, ["keys"]),
    "100,000 keys": (
        cache.BatchGetEntriesRequest(keys=[f"acme/{number}" for number in range(100_000)]),
        INVALID,
        ["keys"],
    ),
    "100,000 keys to delete": (
        cache.BatchDeleteEntriesRequest(namespace=NAMESPACE, keys=[f"acme/{number}" for number in range(100_000)]),
        INVALID,
        ["keys"],
    ),
    "an entry twice": (
        cache.BatchSetEntriesRequest(entries=[entry(NAMESPACE), entry(NAMESPACE)]),
        INVALID,
        ["entries[1]"],
    ),
    "one wrong entry of a batch": (
        cache.BatchSetEntriesRequest(entries=[entry(NAMESPACE, "acme/new"), entry(NAMESPACE, priority=10)]),
        INVALID,
        ["entries[1].priority"],
    ),
    "a write to the catalogue": (setting("catalogue"), ("FAILED_PRECONDITION", "NAMESPACE_READ_ONLY"), []),
    "no target": (cache.InvalidateRequest(), INVALID, ["target"]),
    "an unknown reason": (invalidating(all=True, reason=99), INVALID, ["reason"]),
    "an unknown mode": (invalidating(all=True, mode=99), INVALID, ["mode"]),
    "an unknown kind of event": (cache.WatchCacheEventsRequest(kinds=[99]), INVALID, ["kinds[0]"]),  # type: ignore[list-item]
    "an unknown strategy": (ruling(strategy="hope"), INVALID, ["rule.strategy"]),
    "an expression bomb": (
        ruling(("key", _REGEX, "(x{1000}){1000}")),
        INVALID,
        ["rule.conditions[0].condition.value"],
    ),
    "a hundred expressions": (
        ruling(*[("key", _REGEX, "(a|aa)+" * 500)] * 100),
        INVALID,
        [f"rule.conditions[{at}].condition.value" for at in range(20)],
    ),
    "a rule that there is not": (
        cache.GetInvalidationRuleRequest(rule_id=_NONE),
        ("NOT_FOUND", "RULE_NOT_FOUND"),
        [],
    ),
    "a change of a rule that there is not": (
        cache.UpdateInvalidationRuleRequest(rule_id=_NONE, rule=ruling().rule),
        ("NOT_FOUND", "RULE_NOT_FOUND"),
        [],
    ),
    "a deletion of a rule that there is not": (
        cache.DeleteInvalidationRuleRequest(rule_id=_NONE),
        ("NOT_FOUND", "RULE_NOT_FOUND"),
        [],
    ),
    "a trial of a rule that there is not": (
        cache.EvaluateInvalidationRuleRequest(rule_id=_NONE),
        ("NOT_FOUND", "RULE_NOT_FOUND"),
        [],
    ),
    "a refresh of a provider that there is not": (
        cache.RefreshProviderEntriesRequest(provider_id="nobody", ask_sources=True),
        ("NOT_FOUND", "PROVIDER_NOT_FOUND"),
        [],
    ),
}


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("name", WRONG)
async def test_it_is_refused_by_name(caller: Caller, name: str) -> None:
    """typed errors: status, reason and fields, and a sentence that says what to do."""
    request, short, fields = WRONG[name]
    call = caller.open(request).read() if isinstance(request, cache.WatchCacheEventsRequest) else caller.ask(request)
    began = time.monotonic()
    problem = await problem_of(call)
    assert time.monotonic() - began < 5
    assert (problem.short, list(problem.violations)[:20]) == (short, fields)
    assert len(problem.message.split()) >= 4


@pytest.mark.usefixtures("unchanged")
async def test_an_entry_of_5_mib_is_too_large(api: Api) -> None:
    """typed errors: MESSAGE_TOO_LARGE, before anything is read of it."""
    large = setting(NAMESPACE, value=plain("acme/one", description="x" * 5 * 1024 * 1024)).SerializeToString()
    problem = await problem_of(api.raw("/modeldex.v1.CacheService/SetEntry", large))
    assert problem.short == ("INVALID_ARGUMENT", "MESSAGE_TOO_LARGE")
    assert "split it" in problem.message


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("levels", "reason"), [(17, "INVALID_REQUEST"), (30, "INVALID_REQUEST"), (1000, "MALFORMED_REQUEST")]
)
async def test_metadata_that_is_too_deep_is_refused(api: Api, levels: int, reason: str) -> None:
    """typed errors: as soon as it is past 16 levels, however deep it is; nobody walks down."""
    made = entry(NAMESPACE).SerializeToString() + field(8, nested(levels))
    problem = await problem_of(api.raw("/modeldex.v1.CacheService/SetEntry", field(1, made)))
    assert problem.short == ("INVALID_ARGUMENT", reason)
    assert "deep" in problem.message


async def test_metadata_of_16_levels_comes_back(api: Api, caller: Caller) -> None:
    """what the contract allows is kept as it is."""
    namespace = new_namespace()
    made = entry(namespace).SerializeToString() + field(8, nested(16))
    await api.raw("/modeldex.v1.CacheService/SetEntry", field(1, made))
    found = (await caller.ask(cache.GetEntryRequest(namespace=namespace, key="acme/one"))).entry
    assert found.metadata.SerializeToString() == nested(16)


async def test_of_two_changes_of_one_rule_one_wins(caller: Caller, other_api: Api) -> None:
    """one winner: of a rule, too; the other is told and has changed nothing."""
    made = (await caller.ask(ruling())).rule
    tries = [
        one.ask(cache.UpdateInvalidationRuleRequest(rule_id=made.id, rule=ruling(name=name).rule, expected_version=1))
        for one, name in zip((caller, Caller(other_api.channel)) * 4, "abcdefgh", strict=True)
    ]
    done = await asyncio.gather(*tries, return_exceptions=True)
    (won,) = (one for one in done if isinstance(one, cache.UpdateInvalidationRuleResponse))
    found = (await caller.ask(cache.GetInvalidationRuleRequest(rule_id=made.id))).rule
    assert (found.version, found.name) == (2, won.rule.name)
    late = cache.DeleteInvalidationRuleRequest(rule_id=made.id, expected_version=1)
    assert (await problem_of(caller.ask(late))).short == ("ABORTED", "VERSION_MISMATCH")
    await caller.ask(cache.DeleteInvalidationRuleRequest(rule_id=made.id, expected_version=2))
    gone = await problem_of(caller.ask(cache.GetInvalidationRuleRequest(rule_id=made.id)))
    assert gone.reason == "RULE_NOT_FOUND"


async def test_a_rule_that_triggers_itself_stops(caller: Caller) -> None:
    """rules fire once: what a rule invalidates triggers it again, and comes to an end, at depth 3 at the latest."""
    namespace = new_namespace()
    await caller.ask(setting(namespace))
    soft = pb.InvalidateAction(mode=pb.INVALIDATION_MODE_SOFT)
    request = ruling(
        ("namespace", condition_pb2.CONDITION_OPERATOR_EQUALS, namespace),
        actions=[pb.InvalidationAction(invalidate=soft)],
    )
    rule_id = (await caller.ask(request)).rule.id
    await caller.ask(invalidating(namespace=namespace, key="acme/none"))

    async def fired() -> int:
        return int((await caller.ask(cache.GetInvalidationRuleRequest(rule_id=rule_id))).rule.fire_count)

    count, before = await eventually(fired, "the rule to fire"), 0
    while count != before:
        await asyncio.sleep(2)
        count, before = await fired(), count
        assert 1 <= count <= 3
    made = await caller.ask(cache.ListInvalidationsRequest(rule_id=rule_id))
    assert [one.depth for one in made.invalidations] == list(range(len(made.invalidations), 0, -1))
    await caller.ask(cache.DeleteInvalidationRuleRequest(rule_id=rule_id))


async def test_an_invalidation_that_matches_nothing_is_none_the_less_made(caller: Caller) -> None:
    """whole invalidations: one of nothing is no error, and it stands in the history."""
    namespace = new_namespace()
    for target in (
        {"key": "acme/none"},
        {"tags": ["none"]},
        {"provider_id": "nobody"},
        {"all": True},
        {"expired": True},
    ):
        answer = await caller.ask(invalidating(namespace=namespace, **target))
        assert (answer.invalidation.entry_count, answer.memory_count) == (0, 0)
        assert answer.invalidation.error_reason == ""
        made = (await caller.ask(cache.ListInvalidationsRequest())).invalidations
        newest = next(one for one in made if one.principal != "cache")  # a server may sweep meanwhile
        assert newest.number == answer.invalidation.number


async def test_an_invalidation_that_matches_everything_is_in_force_whole(caller: Caller, other_api: Api) -> None:
    """whole invalidations: every entry of every caller is gone, and what is set then stays."""
    namespaces = [new_namespace() for _ in range(3)]
    other = Caller(other_api.channel)
    for namespace in namespaces:
        await caller.ask(cache.BatchSetEntriesRequest(entries=[entry(namespace, f"acme/{n}") for n in range(200)]))
        await other.ask(cache.BatchGetEntriesRequest(namespace=namespace, keys=["acme/1"]))
    answer = await caller.ask(invalidating(all=True))
    assert answer.invalidation.entry_count >= 600
    assert answer.memory_count >= 600
    for namespace in namespaces:
        assert (await caller.ask(cache.CountEntriesRequest(namespace=namespace))).count == 0
        await caller.ask(setting(namespace, "acme/1"))

        async def is_new() -> bool:
            batch = await other.ask(cache.BatchGetEntriesRequest(namespace=namespace, keys=["acme/1", "acme/2"]))  # noqa: B023
            return list(batch.missing_keys) == ["acme/2"]

        await eventually(is_new, "the other replica to be level")
