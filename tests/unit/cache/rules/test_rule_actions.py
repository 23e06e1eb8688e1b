"""What rules make of entries, and what they tell of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.rules.actions import Firing, Plan, decide
from modeldex_server.cache.rules.candidates import Candidate
from modeldex_server.cache.rules.matching import CompiledRule
from modeldex_server.cache.rules.triggers import lists_of, of_request
from support.invalidations import HARD, invalidation
from support.rules import SOFT, extend, invalidate, notify, refresh, rule, tag, where

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def entry(key: str = "acme/a", *tags: str, **fields: Any) -> Candidate:
    """One that lives for another hour."""
    values: dict[str, Any] = {"expires_at": NOW + HOUR, "stale": False} | fields
    return Candidate(
        "ours",
        key,
        entry_version=1,
        provider_id=key.partition("/")[0],
        model_version=0,
        tags=list(tags),
        priority=0,
        ttl_seconds=3600.0,
        access_count=0,
        size_bytes=0,
        created_at=NOW,
        updated_at=NOW,
        accessed_at=None,
        now=NOW,
        value=None,
        struct=None,
        **values,
    )


def firing(made: pb.InvalidationRule, name: str = "rule-1", **request: Any) -> Firing:
    """A rule under an id, triggered by an invalidation of everything unless another is said."""
    made.id, made.version = name, 3
    return Firing(of_request(invalidation(**request or {"everything": True}), "ann"), CompiledRule(made))


def applied(entries: list[Candidate], *firings: Firing) -> list[Candidate]:
    """The entries as they are left, with their hits counted."""
    for outcome in decide(entries, Plan(firings)):
        for one, mode in outcome.hits:
            one.met(outcome.entry, mode)
    return entries


def test_actions_are_done_in_their_order() -> None:
    """What is deleted is not tagged any more."""
    (left,) = applied([entry()], firing(rule("x", tag("a"), invalidate(HARD), tag("b"))))
    assert (left.deleted, left.tags) == (True, ["a"])


def test_a_ttl_only_grows() -> None:
    """From now on for this long, where it would expire before."""
    short, long = applied([entry(), entry(expires_at=NOW + 9 * HOUR)], firing(rule("x", extend(2 * HOUR))))
    assert (short.expires_at, short.ttl_seconds, short.extended_seconds) == (NOW + 2 * HOUR, 7200, 7200)
    assert (long.expires_at, long.extended_seconds, long.changes) == (NOW + 9 * HOUR, None, 0)


def test_an_entry_never_has_more_tags_than_may_be() -> None:
    """64, each once; those that find no room are left out."""
    old = [f"old-{number}" for number in range(62)]
    (left,) = applied([entry("acme/a", *old)], firing(rule("x", tag("old-1", "new-1", "new-1", "new-2", "new-3"))))
    assert left.tags == [*old, "new-1", "new-2"]


def test_what_is_done_already_changes_nothing() -> None:
    """rules fire once: so it makes no invalidation, and that triggers nothing."""
    again = firing(rule("x", invalidate(SOFT), tag("a"), extend(HOUR)))
    (left,) = applied([entry("acme/a", "a", stale=True)], again)
    assert (left.changes, again.entry_count, list(again.made())) == (0, 1, [])


def test_a_rule_sees_what_the_one_before_it_did() -> None:
    """A tag that a rule of a higher priority gave is there for those after it, and not for those before."""
    marked = [where("ENTRY", "tags", "EQUALS", "marked")]
    before = firing(rule("before", notify("x"), conditions=marked), "before")
    marks = firing(rule("marks", tag("marked")), "marks")
    deletes = firing(rule("deletes", invalidate(), conditions=marked), "deletes")
    after = firing(rule("after", notify("x"), conditions=marked), "after")
    (left,) = applied([entry()], before, marks, deletes, after)
    assert left.deleted
    assert [one.entry_count for one in (before, marks, deletes, after)] == [0, 1, 1, 0]
    assert [one.fires for one in (before, marks, deletes, after)] == [False, True, True, False]


def test_a_rule_with_two_triggers_meets_an_entry_twice() -> None:
    """Once for each, in their order."""
    made = rule("x", notify("x"), conditions=[where("ENTRY", "key", "STARTS_WITH", "acme/")])
    first, second = firing(made), firing(made, key="nobody/x")
    applied([entry(), entry("zeta/b")], first, second)
    assert (first.entry_count, second.entry_count) == (1, 1)


def test_a_dry_run_changes_nothing_and_tells_what_it_would() -> None:
    """For whoever comes after it the entry is as it was."""
    dry = firing(rule("x", invalidate(), refresh(), notify("a"), notify("b"), dry_run=True), "dry")
    real = firing(rule("x", tag("a")), "real")
    (left,) = applied([entry()], dry, real)
    assert (left.deleted, left.tags, dry.entry_count, real.entry_count) == (False, ["a"], 1, 1)
    assert dry.messages() == ["Dry run, entries: 1. a", "Dry run, entries: 1. b"]
    assert dry.refreshed() == set()
    assert real.messages() == [""]


def test_providers_are_refreshed_once_each() -> None:
    """Those of its entries; where there are none the one that the trigger is about."""
    of_entries = firing(rule("x", refresh()))
    applied([entry(), entry("acme/b"), entry("zeta/c")], of_entries)
    assert of_entries.refreshed() == {"acme", "zeta"}
    assert firing(rule("x", refresh()), key="zeta/x").refreshed() == {"zeta"}
    assert firing(rule("x", refresh()), tags=["x"]).refreshed() == set()
    assert firing(rule("x", notify("x")), key="zeta/x").refreshed() == set()


def test_what_a_rule_invalidates_names_the_rule_and_its_depth() -> None:
    """One key as a target, several as a list; each namespace and mode for itself."""
    one = firing(rule("x", invalidate(SOFT)), key="acme/a")
    applied([entry()], one)
    (made,) = one.made()
    attempt = made.attempt
    assert (attempt.principal, attempt.rule_id, attempt.rule_version, attempt.depth) == ("cache", "rule-1", 3, 1)
    assert (attempt.request.target.key, attempt.request.mode, made.entry_count) == ("acme/a", SOFT, 1)
    several = firing(rule("x"))
    applied([entry(), entry("acme/b")], several)
    (made,) = several.made()
    assert made.attempt.request.target.WhichOneof("target") is None
    assert list(made.attempt.request.context["keys"]) == ["acme/a", "acme/b"]  # type: ignore[call-overload]
    assert made.attempt.request.namespace == "ours"


@given(st.lists(st.text(min_size=1, max_size=200), max_size=200))
def test_lists_of_keys_are_short_and_leave_none_out(keys: list[str]) -> None:
    """No list has more than 4 KiB, unless of one key."""
    lists = list(lists_of(keys))
    assert [key for some in lists for key in some] == keys
    assert all(len(some) == 1 or sum(len(key.encode()) for key in some) <= 4096 for some in lists)
    assert all(lists)
