"""Rules as callers manage them, over a real PostgreSQL."""

from __future__ import annotations

import asyncio

import pytest

from modeldex.v1 import cache_pb2
from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.errors import (
    ProviderDenied,
    RequestIdReused,
    RuleNotFound,
    TooManyRules,
    VersionMismatch,
)
from modeldex_server.ledger.changes import RequestKey
from modeldex_server.security.scope import EVERYTHING
from modeldex_server.store.database import Database
from support.checks import Catalogue
from support.invalidations import ANN, BOB
from support.rules import Setting, notify, rule, where

_AUDIT = "SELECT principal, method, resource, outcome, before_version, after_version FROM audit_event ORDER BY id"


@pytest.fixture
def setting(database: Database) -> Setting:
    """An empty one, with room for five rules."""
    return Setting.over(database, most=5)


async def test_a_rule_is_given_back_as_it_was_said(setting: Setting) -> None:
    """With its defaults, and without what only the server sets."""
    said = rule("one", conditions=[where("ENTRY", "tags", "EQUALS", "x")], priority=7)
    said.id, said.version, said.fire_count, said.principal = "mine", 99, 99, "eve"
    made = await setting.add(said)
    assert (made.id, made.version, made.fire_count, made.principal) == ("rule-00001", 1, 0, "ann")
    assert made.enabled
    assert made.create_time.seconds
    assert not made.HasField("last_fire_time")
    assert await setting.rules.get(made.id, ANN) == made
    assert (made.name, made.priority, list(made.conditions), list(made.actions)) == (
        "one",
        7,
        list(said.conditions),
        list(said.actions),
    )


async def test_rules_are_listed_as_they_are_applied(setting: Setting) -> None:
    """By priority, the highest first, and then by id."""
    for priority, enabled in ((0, True), (5, False), (0, True), (9, True)):
        await setting.add(rule("x", priority=priority, enabled=enabled))
    assert [one.id[-1] for one in await setting.rules.list(ANN)] == ["4", "2", "1", "3"]
    assert [one.id[-1] for one in await setting.rules.list(ANN, enabled_only=True)] == ["4", "1", "3"]


async def test_of_two_changes_at_once_one_wins(setting: Setting) -> None:
    """Both expect the same version; the other is told which there is."""
    made = await setting.add(rule("x"))
    attempts = [setting.rules.update(made.id, rule(f"{at}"), ANN, expected=1) for at in range(5)]
    came = await asyncio.gather(*attempts, return_exceptions=True)
    won = [one for one in came if isinstance(one, pb.InvalidationRule)]
    lost = [one for one in came if isinstance(one, VersionMismatch)]
    assert (len(won), len(lost)) == (1, 4)
    assert won[0] == await setting.rules.get(made.id, ANN)
    assert won[0].version == 2
    assert {one.metadata["current_version"] for one in lost} == {"2"}


async def test_a_change_that_changes_nothing_takes_no_version(setting: Setting, tables: Catalogue) -> None:
    """And is audited as such."""
    made = await setting.add(rule("x"))
    same = await setting.rules.update(made.id, rule("x", enabled=True), ANN, expected=1)
    assert same == made
    assert tables.rows(_AUDIT)[-1] == ("ann", "UpdateInvalidationRule", made.id, "unchanged", 1, 1)


async def test_versions_of_deleted_rules_stay(setting: Setting, tables: Catalogue) -> None:
    """Every version with who made it, the deletion as the last one; each change is audited."""
    made = await setting.add(rule("x"))
    await setting.rules.update(made.id, rule("y"), ANN)
    with pytest.raises(VersionMismatch):
        await setting.rules.delete(made.id, ANN, expected=1)
    await setting.rules.delete(made.id, ANN, expected=2)
    for gone in (setting.rules.get(made.id, ANN), setting.rules.delete(made.id, ANN)):
        with pytest.raises(RuleNotFound):
            await gone
    with pytest.raises(RuleNotFound):
        await setting.rules.update(made.id, rule("z"), ANN)
    rows = tables.rows("SELECT version, rule, principal FROM invalidation_rule_version ORDER BY version")
    names = [pb.InvalidationRule.FromString(data).name if data is not None else None for _, data, _ in rows]
    assert [(version, principal) for version, _, principal in rows] == [(1, "ann"), (2, "ann"), (3, "ann")]
    assert names == ["x", "y", None]
    assert tables.rows(_AUDIT) == [
        ("ann", "CreateInvalidationRule", made.id, "changed", None, 1),
        ("ann", "UpdateInvalidationRule", made.id, "changed", 1, 2),
        ("ann", "DeleteInvalidationRule", made.id, "changed", 2, 3),
    ]


async def test_a_creation_that_is_sent_again_is_done_once(setting: Setting) -> None:
    """Also where both come at once; with another rule it is refused."""
    request = RequestKey("again", b"hash of it")
    first, second = await asyncio.gather(*(setting.rules.create(rule("x"), ANN, request) for _ in range(2)))
    assert first == second
    assert len(await setting.rules.list(ANN)) == 1
    with pytest.raises(RequestIdReused):
        await setting.rules.create(rule("y"), ANN, RequestKey("again", b"another hash"))


async def test_there_are_never_more_than_may_be(setting: Setting) -> None:
    """Nine at once find room for five."""
    came = await asyncio.gather(*(setting.add(rule(f"{at}")) for at in range(9)), return_exceptions=True)
    assert sum(isinstance(one, TooManyRules) for one in came) == 4
    assert len(await setting.rules.list(ANN)) == 5
    await setting.rules.delete((await setting.rules.list(ANN))[0].id, ANN)
    await setting.add(rule("one more"))
    with pytest.raises(TooManyRules):
        await setting.add(rule("and another"))


async def test_who_has_a_right_to_some_providers_has_none_to_rules(setting: Setting) -> None:
    """A rule may be about any provider."""
    made = await setting.add(rule("x"))
    for refused in (
        setting.rules.create(rule("y"), BOB),
        setting.rules.get(made.id, BOB),
        setting.rules.list(BOB),
        setting.rules.update(made.id, rule("y"), BOB),
        setting.rules.delete(made.id, BOB),
    ):
        with pytest.raises(ProviderDenied):
            await refused
    assert await setting.rules.list(ANN) == [made]


async def test_whoever_watches_is_told_of_changes(setting: Setting) -> None:
    """Each once, of the rule as it is; a change of nothing is none."""
    watch = setting.events.watch(api.WatchCacheEventsRequest(), EVERYTHING)
    made = await setting.add(rule("x"))
    await setting.rules.update(made.id, rule("x"), ANN)
    await setting.rules.update(made.id, rule("y", notify("z")), ANN)
    await setting.rules.delete(made.id, ANN)
    events, lost = await watch.next(0)
    kinds = [cache_pb2.CacheEventKind.Name(event.kind).removeprefix("CACHE_EVENT_KIND_") for event in events]
    assert kinds == ["RULE_CREATED", "RULE_UPDATED", "RULE_DELETED"]
    assert [event.rule.name for event in events] == ["x", "y", "y"]
    assert not lost
