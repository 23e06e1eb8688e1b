"""Following the configuration: what is in force here, and when it changes."""

from __future__ import annotations

import asyncio

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from modeldex.v1.discovery_service_pb2 import DiscoveryConfiguration
from modeldex_server.discovery.configuration import Change, DiscoveryState, StateRow
from modeldex_server.discovery.following import ConfigurationFollower
from modeldex_server.errors import StoreUnavailable
from modeldex_server.store.database import Database
from support.checks import Catalogue
from support.proxies import proxy
from support.waiting import eventually

CHANGE = Change("test", "UpdateConfiguration", "", None)


class Follower:
    """One with what it had applied, over a catalogue."""

    def __init__(self, database: Database, fixed: DiscoveryConfiguration | None = None) -> None:
        fields = [field.name for field, _ in fixed.ListFields()] if fixed is not None else []
        self.state = DiscoveryState(database, fixed or DiscoveryConfiguration(), fields)
        self.applied: list[DiscoveryConfiguration] = []
        self.follower = ConfigurationFollower(self.state, (self.applied.append,))

    async def set(self, **fields: bool | int) -> None:
        """Change the configuration by a call of this replica."""
        await self.state.update(DiscoveryConfiguration(**fields), list(fields), None, CHANGE)  # type: ignore[arg-type]


async def test_the_defaults_are_applied_at_the_start(database: Database) -> None:
    """switched off: what nobody has set has its default; what the owner fixes wins; each is applied once."""
    one = Follower(database, DiscoveryConfiguration(cache_enabled=False))
    await one.follower.look()
    await one.follower.look()
    (first,) = one.applied
    assert (first.cache_enabled, first.notifications_enabled, first.cache_ttl.seconds) == (False, True, 600)
    await one.set(notifications_enabled=False)
    assert (one.applied[-1].cache_enabled, one.applied[-1].notifications_enabled) == (False, False)


async def test_a_call_holds_here_before_it_is_answered(database: Database) -> None:
    """switched off: and on another replica once it looks."""
    one, other = Follower(database), Follower(database)
    for follower in (one, other):
        await follower.follower.look()
    await one.set(cache_enabled=False)
    assert [applied.cache_enabled for applied in one.applied] == [True, False]
    assert [applied.cache_enabled for applied in other.applied] == [True]
    await other.follower.look()
    assert other.applied == one.applied


class SlowState(DiscoveryState):
    """Tells what is stored once it is let go on."""

    begun, go_on = asyncio.Event(), asyncio.Event()

    async def read(self) -> StateRow:
        row = await super().read()
        self.begun.set()
        await self.go_on.wait()
        return row


async def test_a_look_that_began_before_a_call_changes_nothing_back(database: Database) -> None:
    """switched off: what was read before a change of this replica's own is not put into force after it."""
    state = SlowState(database, DiscoveryConfiguration(), ())
    applied: list[DiscoveryConfiguration] = []
    looking = asyncio.create_task(ConfigurationFollower(state, (applied.append,)).look())
    await state.begun.wait()
    await state.update(DiscoveryConfiguration(cache_enabled=False), ["cache_enabled"], None, CHANGE)
    state.go_on.set()
    await looking
    assert [one.cache_enabled for one in applied] == [False]


async def test_with_the_store_away_all_stays_as_it_is(database_url: str) -> None:
    """switched off: what was in force stays in force; what changed meanwhile is found once the store is back."""
    with proxy(f"{conninfo_to_dict(database_url)['host']}/.s.PGSQL.5432") as network:
        host, _, port = network.address.rpartition(":")
        database = Database(make_conninfo(database_url, host=host, port=port), size=2)
        await database.open()
        one = Follower(database)
        await one.follower.look()
        running = asyncio.create_task(one.follower.run())
        network.interrupt()
        with pytest.raises(StoreUnavailable):
            await one.follower.look()
        stored = DiscoveryConfiguration(cache_enabled=False).SerializeToString()
        Catalogue(database_url).run("UPDATE discovery_state SET version = version + 1, configuration = %s", [stored])
        assert [applied.cache_enabled for applied in one.applied] == [True]
        network.restore()

        async def found() -> bool:
            return [applied.cache_enabled for applied in one.applied] == [True, False]

        await eventually(found, "the change to be found")
        assert not running.done()
        running.cancel()
        await database.close()
