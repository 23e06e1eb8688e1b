"""Trying rules, over a real PostgreSQL."""

from __future__ import annotations

import pytest

from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.rules.evaluating import Evaluator
from modeldex_server.errors import ProviderDenied, RuleNotFound
from modeldex_server.store.database import Database
from support.checks import Catalogue
from support.invalidations import ANN, BOB, invalidation
from support.rules import Setting, invalidate, notify, refresh, rule, tag, where

_COUNTS = """
SELECT (SELECT count(*) FROM invalidation), (SELECT count(*) FROM invalidation_firing),
       (SELECT count(*) FROM cache_entry WHERE stale OR 'x' = ANY(tags)), (SELECT sum(entry_version) FROM cache_entry),
       (SELECT count(*) FROM audit_event), (SELECT number FROM invalidation_rule_mark)"""


@pytest.fixture
async def setting(database: Database) -> Setting:
    """Three entries of two providers."""
    setting = Setting.over(database)
    await setting.set("acme/a", "old", metadata={"team": "search"})
    await setting.set("acme/b", priority=9)
    await setting.set("zeta/c", "old")
    return setting


async def tried(
    setting: Setting, made: pb.InvalidationRule | str, trigger: api.InvalidateRequest | None = None, size: int = 0
) -> tuple[bool, int, list[str]]:
    """Whether it is triggered, of how many entries, and the first of them."""
    request = api.EvaluateInvalidationRuleRequest(trigger=trigger, page_size=size)
    if isinstance(made, str):
        request.rule_id = made
    else:
        request.rule.CopyFrom(made)
    answer = await Evaluator(setting.database, setting.rules).evaluate(request, ANN)
    return answer.triggered, answer.entry_count, [entry.key for entry in answer.entries]


async def test_it_tells_what_a_rule_would_be_about(setting: Setting) -> None:
    """For everything where no trigger is given, else for what the trigger is about."""
    plain, choosing = rule("x"), rule("y", conditions=[where("METADATA", "team", "EQUALS", "search")])
    assert await tried(setting, plain) == (True, 3, ["acme/a", "acme/b", "zeta/c"])
    assert await tried(setting, plain, size=2) == (True, 3, ["acme/a", "acme/b"])
    assert await tried(setting, plain, invalidation(provider="acme")) == (True, 2, ["acme/a", "acme/b"])
    assert await tried(setting, plain, invalidation(key="nobody/x")) == (True, 0, [])
    assert await tried(setting, choosing) == (True, 1, ["acme/a"])
    assert await tried(setting, choosing, invalidation(key="nobody/x")) == (True, 1, ["acme/a"])
    nothing = rule("z", conditions=[where("ENTRY", "priority", "GREATER_THAN", 9)])
    assert await tried(setting, nothing) == (False, 0, [])


async def test_a_trigger_of_another_strategy_triggers_nothing(setting: Setting) -> None:
    """The strategy, and the conditions on the context, choose triggers."""
    of_tags = rule("x", strategy="tag_invalidation")
    assert await tried(setting, of_tags) == (False, 0, [])
    assert await tried(setting, of_tags, invalidation(tags=["old"])) == (True, 2, ["acme/a", "zeta/c"])
    by_ann = rule("x", conditions=[where("CONTEXT", "principal", "NOT_EQUALS", "ann")])
    assert await tried(setting, by_ann) == (False, 0, [])


async def test_a_stored_rule_can_be_tried_while_it_is_disabled(setting: Setting) -> None:
    """As if it were enabled."""
    made = await setting.add(rule("x", enabled=False, dry_run=True))
    assert await tried(setting, made.id, invalidation(key="zeta/c")) == (True, 1, ["zeta/c"])
    with pytest.raises(RuleNotFound):
        await tried(setting, "nobody")


async def test_nothing_is_written(setting: Setting, database_url: str) -> None:
    """Not an entry, not a firing, not an event of the audit, whatever the rule would do."""
    tables = Catalogue(database_url)
    before = tables.rows(_COUNTS)
    assert (await tried(setting, rule("x", tag("x"), refresh(), notify("x"), invalidate())))[1] == 3
    assert tables.rows(_COUNTS) == before


async def test_what_is_told_of_an_entry_has_no_value_and_no_metadata(setting: Setting) -> None:
    """These may be large, and some of them secret."""
    request = api.EvaluateInvalidationRuleRequest(rule=rule("x"))
    answer = await Evaluator(setting.database, setting.rules).evaluate(request, ANN)
    (first, *_) = answer.entries
    assert (first.namespace, list(first.tags), first.ttl.seconds, first.HasField("expire_time")) == (
        "ours",
        ["old"],
        3600,
        True,
    )
    assert not first.HasField("value")
    assert not first.HasField("metadata")


async def test_who_has_a_right_to_some_providers_tries_none(setting: Setting) -> None:
    """A rule looks at entries of all providers."""
    request = api.EvaluateInvalidationRuleRequest(rule=rule("x"))
    with pytest.raises(ProviderDenied):
        await Evaluator(setting.database, setting.rules).evaluate(request, BOB)
