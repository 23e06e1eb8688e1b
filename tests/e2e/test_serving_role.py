"""A server whose role in PostgreSQL can do no more than serve."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from modeldex.v1 import cache_service_pb2 as cache
from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_service_pb2 as history
from modeldex.v1 import subscriber_service_pb2 as subscriber
from modeldex.v1 import subscription_pb2
from modeldex_server.store.embedded import EmbeddedServer
from support.api import connect
from support.cache_calls import setting
from support.models import plain
from support.principals import Caller
from support.providers import FakeProvider, fake_provider
from support.roles import TwoRoles, two_roles
from support.rules import rule
from support.servers import ServerProcess
from support.waiting import until


@dataclass
class Place:
    """Two servers on a database with two roles: the first knows both, the second the serving one only."""

    first: ServerProcess
    second: ServerProcess
    roles: TwoRoles
    provider: FakeProvider


@pytest.fixture(scope="module")
def place(postgres: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The servers, for all tests of this file."""
    folder = tmp_path_factory.mktemp("serving")
    with ExitStack() as stack:
        roles = stack.enter_context(two_roles(postgres))
        provider = stack.enter_context(fake_provider())
        provider.lists("one", "two")  # from the first refresh on, which the servers begin by themselves
        settings = {
            "MODELDEX_SOURCES__FAKE__KIND": "openai_compatible",
            "MODELDEX_SOURCES__FAKE__URL": provider.url,
            "MODELDEX_DISCOVERY__RETRY_ATTEMPTS": "0",
            "MODELDEX_CACHE__ENCRYPTION_KEYS": f"one:{'A' * 43}=",
        }
        first, second = (
            stack.enter_context(ServerProcess(folder / name, database_url=roles.serving_url, settings=settings | more))
            for name, more in (("first", {"MODELDEX_MIGRATION_DATABASE_URL": roles.owner_url}), ("second", {}))
        )
        yield Place(first.start(), second.start(), roles, provider)
        assert first.left_behind + second.left_behind == []


async def test_it_does_all_that_a_server_does(place: Place) -> None:
    """audit complete: saving, refreshing, caching, subscribing, invalidating by rules, configuring, pinning, rolling
    back, purging and compacting need no more rights than the serving role has, on whichever replica."""
    for server in (place.first, place.second):
        async with connect(server.address) as api:
            caller = Caller(api.channel)
            saved = f"acme/{server.folder.name}"
            for number in range(3):
                model = plain(saved, f"Name {number}")
                await caller.ask(discovery.SaveModelRequest(model=model, request_id=f"{saved}-{number}"))
            await caller.ask(discovery.DeleteModelRequest(id=saved))
            await caller.ask(discovery.UndeleteModelRequest(id=saved))
            refreshed = await caller.ask(discovery.RefreshProviderRequest(provider_id="fake"))
            assert refreshed.result.added_count + refreshed.result.unchanged_count == 2
            await caller.ask(setting("notes", saved))
            await caller.ask(cache.ClearCacheRequest(namespace="notes"))
            made = await caller.ask(cache.CreateInvalidationRuleRequest(rule=rule(server.folder.name)))
            await caller.ask(cache.DeleteInvalidationRuleRequest(rule_id=made.rule.id))
            wanted = subscription_pb2.Subscription(
                client_id=server.folder.name, type=subscription_pb2.SUBSCRIPTION_TYPE_ALL_UPDATES
            )
            subscribed = await caller.ask(subscriber.CreateSubscriptionRequest(subscription=wanted))
            await caller.ask(subscriber.DeleteSubscriptionRequest(subscription_id=subscribed.subscription.id))
            configuration = discovery.DiscoveryConfiguration(removal_threshold=5)
            await caller.ask(discovery.UpdateConfigurationRequest(configuration=configuration))
            await caller.ask(history.PinModelRequest(model_id="fake/one", reason="as it is"))
            await caller.ask(history.UnpinModelRequest(model_id="fake/one", reason="no more"))
            await caller.ask(history.RequestRollbackRequest(model_id=saved, target_version=1, reason="back"))
            for request in (
                history.CleanupHistoryRequest(),
                cache.CleanupCacheRequest(),
                subscriber.CleanupSubscriptionsRequest(),
            ):
                await caller.ask(request)
            found = await caller.ask(history.ListAuditEventsRequest(resource=saved, methods=["SaveModel"]))
            assert [event.outcome for event in found.events] == ["changed"] * 3
    for server in (place.first, place.second):
        assert "InsufficientPrivilege" not in server.errors
        assert "permission denied" not in server.errors


async def test_nobody_with_its_password_rewrites_the_trail(place: Place) -> None:
    """audit complete: with all that the serving role can do, rows, trigger and tables stay as they are."""
    async with connect(place.first.address) as api:
        await Caller(api.channel).ask(discovery.SaveModelRequest(model=plain("acme/kept")))
    for statement in (
        "UPDATE audit_event SET principal = 'somebody else' WHERE resource = 'acme/kept'",
        "DELETE FROM audit_event WHERE resource = 'acme/kept'",
        "TRUNCATE audit_event",
        "DROP TABLE audit_event",
        "ALTER TABLE audit_event DISABLE TRIGGER audit_event_immutable",
        "DROP TRIGGER audit_event_immutable ON audit_event",
        "DELETE FROM model_version",
        "CREATE TABLE mine (id int)",
    ):
        with (
            psycopg.connect(place.roles.serving_url) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement)
    with psycopg.connect(place.roles.serving_url) as connection:
        rows = connection.execute("SELECT principal FROM audit_event WHERE resource = 'acme/kept'").fetchall()
    assert rows == [("local",)]


@pytest.mark.parametrize(
    ("which", "line"),
    [
        ("migration", 'the role of migration_database_url: role "gone" does not exist'),
        ("serving", "There is no role gone, which database_url names"),
    ],
)
def test_a_role_that_is_missing_is_one_line(place: Place, tmp_path: Path, which: str, line: str) -> None:
    """typed errors: the server says which role it lacks, and ends."""
    gone = place.roles.url_of("gone")
    serving, owner = (gone, place.roles.owner_url) if which == "serving" else (place.roles.serving_url, gone)
    settings = {"MODELDEX_MIGRATION_DATABASE_URL": owner}
    server = ServerProcess(tmp_path, database_url=serving, settings=settings).launch()
    until(lambda: server.exit_code is not None, "the server to give up", patience=60)
    assert server.exit_code != 0
    assert line in server.errors
    assert "Traceback" not in server.errors


def test_a_migration_role_needs_a_database_of_ones_own(tmp_path: Path) -> None:
    """typed errors: the embedded PostgreSQL has one role."""
    settings = {"MODELDEX_MIGRATION_DATABASE_URL": "postgresql://owner@db/modeldex"}
    server = ServerProcess(tmp_path, settings=settings).launch()
    until(lambda: server.exit_code is not None, "the server to give up", patience=60)
    assert "migration_database_url needs database_url" in server.errors
