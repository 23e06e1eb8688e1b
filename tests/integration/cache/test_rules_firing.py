"""What rules do, and when, over a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from modeldex.v1 import cache_pb2, update_pb2
from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.invalidation.rows import COLUMNS, InvalidationRow
from modeldex_server.cache.rules import pages
from modeldex_server.discovery.configuration import Change, DiscoveryState
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.scope import EVERYTHING
from modeldex_server.settings.cache import AutomaticStrategySettings, StrategiesSettings
from modeldex_server.store.database import Database
from support.invalidations import ANN
from support.models import plain
from support.rules import (
    SOFT,
    Asked,
    Setting,
    extend,
    invalidate,
    notify,
    refresh,
    rule,
    settle,
    tag,
    where,
)
from support.waiting import eventually
from support.writes import delete, save

HOUR = timedelta(hours=1)


@pytest.fixture
def setting(database: Database) -> Setting:
    """An empty one."""
    return Setting.over(database)


@pytest.fixture
def ledger(database: Database) -> Ledger:
    """The write path of the catalogue beside it."""
    return Ledger(database, lambda _: None)


async def history(setting: Setting) -> list[InvalidationRow]:
    """All invalidations."""
    query = f"SELECT {COLUMNS} FROM invalidation i ORDER BY number"
    return await setting.database.rows(InvalidationRow, query)  # type: ignore[arg-type] # of a constant


async def test_a_rule_without_conditions_on_entries_is_about_those_of_its_trigger(setting: Setting) -> None:
    """By key, tag, provider, namespace and version; a trigger about others leaves an entry alone."""
    await setting.add(rule("soft things are tagged", tag("seen"), strategy=""))
    for number, name in enumerate(("acme/a", "acme/b", "zeta/c")):
        await setting.set(name, f"tag-{number}", model_version=number)
    seen: dict[str, set[str]] = {}
    for name, request in {
        "key": {"key": "acme/a"},
        "tag": {"tags": ["tag-1", "tag-9"]},
        "provider": {"provider": "acme"},
        "all": {"everything": True},
        "namespace": {"everything": True, "namespace": "theirs"},
        "catalogue": {"everything": True, "namespace": "catalogue"},
        "version": {"key": "acme/b", "expected_version": 1},
        "another version": {"key": "acme/b", "expected_version": 7},
        "expired": {"expired": True},
    }.items():
        await setting.invalidate(mode=SOFT, **request)
        await settle(setting.engine())
        seen[name] = {entry.key for entry in (await setting.entries()).values() if "seen" in entry.tags}
        await setting.database.execute("UPDATE cache_entry SET tags = array_remove(tags, 'seen')")
    assert seen == {
        "key": {"acme/a"},
        "tag": {"acme/b"},
        "provider": {"acme/a", "acme/b"},
        "all": {"acme/a", "acme/b", "zeta/c"},
        "namespace": set(),
        "catalogue": set(),
        "version": set(),
        "another version": {"acme/b"},
        "expired": set(),
    }
    assert len(await setting.firings()) == 9


async def test_a_rule_with_conditions_chooses_among_all_entries(setting: Setting) -> None:
    """Whatever the trigger is about; without such an entry it does not fire."""
    conditions = [
        where("ENTRY", "priority", "LESS_THAN", 5),
        where("ENTRY", "value.context_window", "GREATER_THAN", 4_000),
        where("METADATA", "owner.name", "IN", ["ann", "bob"]),
        where("CONTEXT", "reason", "EQUALS", "manual_invalidation"),
        where("CONTEXT", "context.ticket", "STARTS_WITH", "OPS-"),
    ]
    await setting.add(rule("clean up after ops", conditions=conditions))
    await setting.set("acme/a", metadata={"owner": {"name": "Ann"}})
    await setting.set("acme/b", metadata={"owner": {"name": "eve"}})
    await setting.set("zeta/c", metadata={"owner": {"name": "bob"}}, priority=5)
    await setting.set("zeta/d")
    await setting.invalidate(key="nobody/x")
    ticket = api.InvalidateRequest()
    ticket.context.update({"ticket": "OPS-7"})
    await settle(setting.engine())
    assert await setting.firings() == []
    number = await setting.invalidate(key="nobody/x", context=ticket.context)
    await settle(setting.engine())
    assert sorted(await setting.entries()) == ["acme/b", "zeta/c", "zeta/d"]
    assert [(fired.number, fired.entry_count) for fired in await setting.firings()] == [(number, 1)]
    made = (await history(setting))[-1].message()
    assert (made.target.key, made.namespace, made.depth, made.rule_id, made.rule_version, made.principal) == (
        "acme/a",
        "ours",
        1,
        "rule-00001",
        1,
        "cache",
    )
    assert (made.entry_count, made.reason) == (1, pb.INVALIDATION_REASON_MANUAL_INVALIDATION)


async def test_what_a_rule_invalidated_is_told_key_by_key(setting: Setting) -> None:
    """Of several entries the history lists the keys, and the next rule is about just these."""
    keys = [f"acme/{number:0100}" for number in range(100)]
    for key in keys:
        await setting.set(key, "chosen")
    await setting.set("acme/other")
    await setting.add(rule("first", invalidate(SOFT), conditions=[where("ENTRY", "tags", "EQUALS", "chosen")]))
    follows = where("CONTEXT", "depth", "EQUALS", 1)
    await setting.add(rule("second", tag("followed"), conditions=[follows]))
    await setting.invalidate(key="nobody/x")
    await settle(setting.engine())
    entries = await setting.entries()
    assert {key for key, entry in entries.items() if entry.stale} == set(keys)
    assert {key for key, entry in entries.items() if "followed" in entry.tags} == set(keys)
    made = [row.message() for row in await history(setting) if row.rule_id]
    assert sum(one.entry_count for one in made) == 100
    listed = [one.context.fields["keys"].list_value.values for one in made]
    assert [value.string_value for values in listed for value in values] == keys
    assert all(one.ByteSize() < 8_000 and not one.target.WhichOneof("target") for one in made)
    assert len(made) > 1


async def test_each_action_does_what_it_says(setting: Setting) -> None:
    """A TTL only ever grows, tags are added, and whoever holds a copy learns of it by its version."""
    changed: list[tuple[str, str]] = []
    asked = Asked()
    watch = setting.events.watch(api.WatchCacheEventsRequest(), EVERYTHING)
    await setting.add(
        rule("all of it", extend(2 * HOUR), tag("old", "new"), notify("look"), refresh(), invalidate(SOFT))
    )
    await setting.set("acme/a", "old", ttl=HOUR)
    await setting.set("zeta/b", ttl=3 * HOUR)
    before = await setting.entries()
    await setting.invalidate(everything=True, mode=SOFT)
    await setting.database.execute("UPDATE cache_entry SET stale = false")
    engine = setting.engine(refresher=asked, on_changed=changed.extend)
    await settle(engine)  # whoever is cancelled after a commit tells of nothing
    running = asyncio.create_task(engine.run())
    try:

        async def refreshed() -> bool:
            return len(asked.provider_ids) >= 2

        await eventually(refreshed, "both providers to be refreshed")
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    after = await setting.entries()
    assert [(entry.ttl, entry.tags, entry.stale) for entry in after.values()] == [
        (2 * HOUR, ["old", "new"], True),
        (3 * HOUR, ["old", "new"], True),
    ]
    assert all(after[key].entry_version > before[key].entry_version for key in before)
    assert changed[:2] == [("ours", "acme/a"), ("ours", "zeta/b")]
    events = [event for event in (await watch.next(0))[0] if event.kind == cache_pb2.CACHE_EVENT_KIND_RULE_FIRED]
    assert events[0].message == "look"
    assert events[0].rule.name == "all of it"
    (stored,) = await setting.rules.list(ANN)
    assert stored.fire_count == len(events) == len(await setting.firings())
    assert stored.HasField("last_fire_time")


async def test_rules_are_applied_by_priority_and_each_sees_what_was_done_before(setting: Setting) -> None:
    """The highest first, equals by their ids; an entry that is gone is gone for the next one."""
    marked = [where("ENTRY", "tags", "EQUALS", "marked")]
    await setting.add(rule("last", notify("never"), priority=1, conditions=marked))
    await setting.add(rule("delete what is marked", priority=2, conditions=marked))
    await setting.add(rule("mark", tag("marked"), priority=3, conditions=[where("ENTRY", "key", "CONTAINS", "a")]))
    await setting.set("acme/a")
    await setting.set("b/b")
    await setting.invalidate(key="nobody/x")
    await settle(setting.engine())
    assert list(await setting.entries()) == ["b/b"]
    assert {fired.rule_id for fired in await setting.firings()} == {"rule-00002", "rule-00003"}


async def test_a_change_of_the_catalogue_is_a_trigger(setting: Setting, ledger: Ledger) -> None:
    """Each event of a model or a provider, with the reasons that fit it, its key and its tags."""
    engine = setting.engine()
    for reason in ("provider_update", "model_update", "version_change", "capability_change"):
        of_reason = [where("CONTEXT", "reason", "EQUALS", reason), where("CONTEXT", "provider_id", "EQUALS", "acme")]
        await setting.add(rule(reason, tag(reason), conditions=of_reason))
    await setting.add(rule("tags", notify("x"), conditions=[where("CONTEXT", "tags", "EQUALS", "test")]))
    await setting.add(rule("never", notify("x"), strategy="tag_invalidation"))
    tagged: list[set[str]] = []

    async def look() -> None:
        await settle(engine)
        entries = await setting.entries()
        assert entries["acme/other"].tags == []
        tagged.append(set(entries["acme/one"].tags))
        await setting.database.execute("UPDATE cache_entry SET tags = '{}'")

    await setting.set("acme/one")
    await setting.set("acme/other")
    model = plain("acme/one")
    model.capabilities["vision"].flag = True
    await save(ledger, plain("acme/first"))  # the provider comes
    await settle(engine)
    await setting.database.execute("UPDATE cache_entry SET tags = '{}'")
    await save(ledger, model)
    await look()
    model.display_name = "Other"
    await save(ledger, model)
    await look()
    model.display_name = "Third"
    model.capabilities["vision"].flag = False
    await save(ledger, model)
    await look()
    await delete(ledger, "acme/one")
    await look()
    always = {"provider_update", "model_update", "version_change"}
    assert tagged == [always, always, always | {"capability_change"}, always]
    by_rule = [fired.rule_id for fired in await setting.firings()]
    assert by_rule.count("rule-00005") == 5  # also of the model that went
    assert "rule-00006" not in by_rule


async def test_a_change_of_the_configuration_is_a_trigger(setting: Setting) -> None:
    """Once, about no entry; what changes nothing, and to stop and start, is none."""
    of_it = [where("CONTEXT", "reason", "EQUALS", "configuration_change")]
    await setting.add(
        rule("versions", tag("x"), conditions=[*of_it, where("CONTEXT", "context.version", "LESS_THAN", 9)])
    )
    await setting.add(rule("all", tag("seen"), conditions=[*of_it, where("ENTRY", "priority", "EQUALS", 0)]))
    await setting.set("acme/a")
    state = DiscoveryState(setting.database, discovery.DiscoveryConfiguration(), [])
    change = Change("ann", "UpdateConfiguration", "", None)
    for attempts in (5, 5, 6):
        wanted = discovery.DiscoveryConfiguration(retry_attempts=attempts)
        await state.update(wanted, ["retry_attempts"], None, change)
    await state.set_running(False, change)
    await settle(setting.engine())
    fired = [(one.rule_id, one.entry_count) for one in await setting.firings()]
    assert sorted(fired) == [("rule-00001", 0), ("rule-00001", 0), ("rule-00002", 1), ("rule-00002", 1)]
    assert (await setting.entries())["acme/a"].tags == ["seen"]


async def test_what_a_caller_publishes_is_no_trigger(setting: Setting, ledger: Ledger) -> None:
    """An external update changed nothing in the catalogue."""
    await setting.add(rule("any", notify("x")))
    update = update_pb2.ModelUpdate(type=update_pb2.MODEL_UPDATE_TYPE_UPDATED, model_id="acme/a", provider_id="acme")
    await save(ledger, events=[update_pb2.UpdateEvent(external=True, model=update)])
    await settle(setting.engine())
    assert await setting.firings() == []


async def test_strategies_that_act_by_themselves_do_so_once_for_each_change(setting: Setting, ledger: Ledger) -> None:
    """Entries of another version are invalidated when the model changes, and rules answer."""
    automatic = AutomaticStrategySettings(automatic=True, mode="hard")
    engine = setting.engine(strategies=StrategiesSettings(version_change=automatic))
    await setting.add(rule("told", notify("x"), conditions=[where("CONTEXT", "mode", "EQUALS", "hard")]))
    for version in range(3):
        await setting.set("acme/a", model_version=version)
        await save(ledger, plain("acme/a", f"{version}"))
        await settle(engine)
        await settle(engine)
    made = [row.message() for row in await history(setting)]
    assert [(one.revision, one.depth, one.rule_id) for one in made] == [(1, 0, ""), (2, 0, ""), (3, 0, "")]
    assert [fired.number for fired in await setting.firings()] == [one.number for one in made]
    assert await setting.entries() == {}


async def test_what_is_left_to_the_next_step_is_not_done_by_this_one(
    setting: Setting, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a step takes fewer revisions than there are, each is acted upon once."""
    monkeypatch.setattr(pages, "_MOST_FIRINGS", 1)
    await setting.add(rule("told", notify("x"), strategy="version_change"))
    for name in ("a", "b", "c"):
        await setting.set(f"acme/{name}", model_version=7)
        await save(ledger, plain(f"acme/{name}"))
    automatic = AutomaticStrategySettings(automatic=True, mode="soft")
    await settle(setting.engine(strategies=StrategiesSettings(version_change=automatic)))
    made = [(row.message().target.key, row.revision) for row in await history(setting)]
    assert made == [("acme/a", 1), ("acme/b", 2), ("acme/c", 3)]


async def test_disabled_rules_and_dry_runs_do_nothing(setting: Setting) -> None:
    """A disabled one is not even counted, a dry run is counted and told, and changes nothing."""
    await setting.add(rule("disabled", enabled=False))
    await setting.add(rule("dry", invalidate(), tag("x"), refresh(), notify("look"), dry_run=True))
    await setting.set("acme/a")
    asked = Asked()
    watch = setting.events.watch(api.WatchCacheEventsRequest(), EVERYTHING)
    before = await setting.entries()
    await setting.invalidate(key="acme/a", mode=SOFT)
    engine = setting.engine(refresher=asked)
    await settle(engine)
    after = await setting.entries()
    assert after["acme/a"].entry_version == before["acme/a"].entry_version
    assert [(fired.rule_id, fired.entry_count, fired.dry_run) for fired in await setting.firings()] == [
        ("rule-00002", 1, True)
    ]
    assert len(await history(setting)) == 1
    assert not engine._refreshing._waiting
    assert [event.message for event in (await watch.next(0))[0]] == ["Dry run, entries: 1. look"]
    assert [made.fire_count for made in await setting.rules.list(ANN)] == [0, 1]


async def test_a_rule_that_triggers_itself_stops_at_depth_three(setting: Setting) -> None:
    """rules fire once: an invalidation of the third depth triggers nothing, though the entry is set again each time."""
    engine = setting.engine()
    await setting.add(rule("again", conditions=[where("ENTRY", "key", "EQUALS", "acme/a")]))
    await setting.invalidate(key="nobody/x")
    for _ in range(6):
        await setting.set("acme/a")
        await engine.step()
    assert [row.depth for row in await history(setting)] == [0, 1, 2, 3]
    assert "acme/a" in await setting.entries()


async def test_rules_that_lead_to_each_other_come_to_an_end_by_themselves(setting: Setting) -> None:
    """rules fire once: what is done already is not done again, so twenty rules make twenty entries stale once each."""
    for number in range(20):
        await setting.add(rule(f"{number}", invalidate(SOFT)))
        await setting.add(rule(f"{number}", invalidate(SOFT), conditions=[where("ENTRY", "stale", "NOT_EQUALS", None)]))
        await setting.set(f"acme/{number}")
    await setting.invalidate(everything=True, mode=SOFT)
    await setting.database.execute("UPDATE cache_entry SET stale = false")
    await settle(setting.engine())
    made = [row for row in await history(setting) if row.rule_id]
    assert sum(row.entry_count for row in made) == 20
    assert max(row.depth for row in made) == 1


async def test_who_sets_an_entry_meanwhile_wins(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry that was set after the rules had looked at it is left alone, and not counted."""
    from modeldex_server.cache.rules import writing

    write = writing.write

    async def late(connection: object, outcomes: object) -> object:
        await setting.set("acme/a", "newer")
        return await write(connection, outcomes)  # type: ignore[arg-type]

    monkeypatch.setattr(writing, "write", late)
    await setting.add(rule("delete", conditions=[where("ENTRY", "provider_id", "EQUALS", "acme")]))
    await setting.set("acme/a")
    await setting.set("acme/b")
    await setting.invalidate(key="nobody/x")
    await setting.engine().step()
    assert list(await setting.entries()) == ["acme/a"]
    assert [fired.entry_count for fired in await setting.firings()] == [1]


async def test_a_rule_is_not_triggered_by_what_came_before_it(setting: Setting) -> None:
    """With no rule there the mark goes on, also past a catalogue's whole log."""
    engine = setting.engine()
    await setting.set("acme/a")
    await setting.invalidate(key="nobody/x")
    await settle(engine)
    await setting.add(rule("late", conditions=[where("ENTRY", "provider_id", "EQUALS", "acme")]))
    await settle(engine)
    assert list(await setting.entries()) == ["acme/a"]
    await setting.invalidate(key="nobody/x")
    await settle(engine)
    assert await setting.entries() == {}


async def test_while_nothing_comes_the_store_is_not_asked(setting: Setting) -> None:
    """One look finds that nothing is left, and then none is taken until somebody says that something came."""
    newest = await setting.invalidate(key="nobody/x")
    engine, steps = setting.engine(number=lambda: newest), 0
    step = engine.step

    async def counted() -> bool | None:
        nonlocal steps
        steps += 1
        return await step()

    engine.step = counted  # type: ignore[method-assign]
    for _ in range(5):
        await engine.catch_up()
    assert steps == 1
    newest = await setting.invalidate(key="nobody/x")
    for _ in range(5):
        await engine.catch_up()
    assert steps == 2
