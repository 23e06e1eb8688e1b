"""Changes of many subscriptions: deletions by client, and the sweep that says which have expired."""

from __future__ import annotations

import asyncio
from itertools import count

import pytest

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import subscription_pb2 as pb
from modeldex.v1 import update_pb2
from modeldex_server.errors import StoreUnavailable, SubscriptionExpired, SubscriptionNotFound, WriteContention
from modeldex_server.feed.subscriptions.expiry import Expiry
from modeldex_server.feed.subscriptions.managing import Subscriptions
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.principals import Principal
from modeldex_server.security.roles import Role
from modeldex_server.store.database import Connection, Database
from support.checks import Catalogue
from support.waiting import eventually

ANN, BOB = (Principal(name, frozenset({Role.READER})) for name in ("ann", "bob"))
ROOT = Principal("root", frozenset({Role.ADMIN}))
EXPIRED = update_pb2.SUBSCRIPTION_UPDATE_TYPE_EXPIRED
DELETED = update_pb2.SUBSCRIPTION_UPDATE_TYPE_DELETED


@pytest.fixture
def subscriptions(ledger: Ledger) -> Subscriptions:
    numbers = count(1)
    return Subscriptions(ledger, most=5_000, new_id=lambda: f"s{next(numbers)}")


async def create(subscriptions: Subscriptions, by: Principal = ANN, client_id: str = "app") -> pb.Subscription:
    wanted = pb.Subscription(client_id=client_id, type=pb.SUBSCRIPTION_TYPE_ALL_UPDATES)
    answer = await subscriptions.create(api.CreateSubscriptionRequest(subscription=wanted), by, 10)
    return answer.subscription


def told(tables: Catalogue) -> list[tuple[int, int, str]]:
    """Of each event its revision, its type and its subscription."""
    rows = tables.rows("SELECT revision, body FROM update_event WHERE kind = 15 ORDER BY revision, ordinal")
    updates = [(revision, update_pb2.SubscriptionUpdate.FromString(body)) for revision, body in rows]
    return [(revision, update.type, update.subscription_id) for revision, update in updates]


def put_many(tables: Catalogue, number: int) -> None:
    """Subscriptions of ann's client "many"."""
    tables.run(
        "INSERT INTO subscription (id, principal, client_id, type, wish, next_filter, version, status,"
        " acknowledged_revision, delivered_revision, idle_timeout)"
        " SELECT 'many-' || i, 'ann', 'many', 1, '', 1, 1, 1, 0, 0, '1 day' FROM generate_series(1, %s) AS i",
        [number],
    )


async def test_a_client_with_many_subscriptions_is_deleted_in_several_revisions(
    subscriptions: Subscriptions, tables: Catalogue
) -> None:
    """DeleteClientSubscriptions deletes all, 1,000 a revision, each told of once; done once, as one request."""
    put_many(tables, 2_345)
    request = api.DeleteClientSubscriptionsRequest(client_id="many", request_id="all")
    answer = await subscriptions.delete_of_client(request, ANN, 10)
    assert (answer.deleted_count, answer.revision) == (2_345, 3)
    assert tables.rows("SELECT count(*) FROM subscription") == [(0,)]
    assert {(type_, id_) for _, type_, id_ in told(tables)} == {(DELETED, f"many-{i}") for i in range(1, 2_346)}
    assert [[one for one, *_ in told(tables)].count(revision) for revision in (1, 2, 3)] == [1_000, 1_000, 345]
    put_many(tables, 1_500)
    assert await subscriptions.delete_of_client(request, ANN, 10) == answer
    assert tables.rows("SELECT count(*) FROM subscription") == [(1_500,)]


async def test_a_deletion_that_was_cut_off_goes_on_where_it_was(
    subscriptions: Subscriptions, tables: Catalogue, database: Database
) -> None:
    """done once: the same request again deletes the rest, and answers for the whole."""
    put_many(tables, 1_200)
    request = api.DeleteClientSubscriptionsRequest(client_id="many", request_id="all")

    async def is_cut_off() -> bool:
        with pytest.raises((WriteContention, StoreUnavailable)):
            await subscriptions.delete_of_client(request, ANN, 1)
        return tables.rows("SELECT count(*) FROM subscription") == [(200,)]

    async with database.connection() as connection, connection.transaction():
        await connection.execute("SELECT FROM subscription WHERE id = (SELECT max(id) FROM subscription) FOR UPDATE")
        await eventually(is_cut_off, "a deletion that is cut off after its first revision")
    assert (await subscriptions.delete_of_client(request, ANN, 10)).deleted_count == 1_200
    assert tables.rows("SELECT count(*) FROM subscription") == [(0,)]


async def test_only_the_callers_own_are_deleted(subscriptions: Subscriptions, tables: Catalogue) -> None:
    """DeleteClientSubscriptions: clients of the same name may be of several principals."""
    mine, his = await create(subscriptions, ANN), await create(subscriptions, BOB)
    other = await create(subscriptions, ANN, "other")
    request = api.DeleteClientSubscriptionsRequest(client_id="app")
    assert (await subscriptions.delete_of_client(request, ANN, 10)).deleted_count == 1
    assert tables.rows("SELECT id FROM subscription ORDER BY id") == sorted([(his.id,), (other.id,)])
    assert mine.id not in (his.id, other.id)
    assert (await subscriptions.delete_of_client(request, ROOT, 10)).deleted_count == 1
    assert tables.rows("SELECT id FROM subscription") == [(other.id,)]


async def test_the_sweep_tells_of_each_that_expired_once_on_however_many_replicas(
    subscriptions: Subscriptions, ledger: Ledger, database: Database, tables: Catalogue
) -> None:
    """expiry: not used for its idle_timeout, a paused one, too; never one that is watched or was used in time."""
    idle, paused, watched, fresh = [(await create(subscriptions)).id for _ in range(4)]
    await subscriptions.pause(api.PauseSubscriptionRequest(subscription_id=paused), ANN, 10)
    past = "UPDATE subscription SET active_at = active_at - interval '8 days' WHERE id <> %s"
    tables.run(past, [fresh])
    tables.run("UPDATE subscription SET connected_until = now() + interval '1 hour' WHERE id = %s", [watched])
    head = tables.head
    sweeps = [Expiry(database, ledger).sweep() for _ in range(3)]
    assert sum(await asyncio.gather(*sweeps)) == 2
    assert told(tables)[-2:] == [(head + 1, EXPIRED, one) for one in sorted([idle, paused])]
    assert tables.head == head + 1
    kept = "SELECT id, status, status_reason, control_revision, pause_revision FROM subscription WHERE status = 4"
    why = "idle"
    assert sorted(tables.rows(kept)) == sorted((one, 4, why, head + 1, None) for one in (idle, paused))
    assert await Expiry(database, ledger).sweep() == 0
    with pytest.raises(SubscriptionExpired, match="not used"):
        await subscriptions.resume(api.ResumeSubscriptionRequest(subscription_id=paused), ANN, 10)


async def test_a_place_that_the_log_does_not_keep_is_over(
    subscriptions: Subscriptions, ledger: Ledger, database: Database, tables: Catalogue
) -> None:
    """expiry: exactly at the mark of compaction nothing is missing, one before it something is; no pause saves it."""
    before, at = [(await create(subscriptions)).id for _ in range(2)]
    await subscriptions.pause(api.PauseSubscriptionRequest(subscription_id=before), ANN, 10)
    tables.run("UPDATE ledger_head SET compacted = 2")
    resume = api.ResumeSubscriptionRequest(subscription_id=before)
    with pytest.raises(SubscriptionExpired, match="does not keep its place") as told_why:
        await subscriptions.resume(resume, ANN, 10)
    assert told_why.value.metadata["why"] == "compacted"
    assert await Expiry(database, ledger).sweep() == 1
    assert told(tables)[-1][1:] == (EXPIRED, before)
    with pytest.raises(SubscriptionExpired, match="does not keep its place"):
        await subscriptions.resume(resume, ANN, 10)
    await subscriptions.pause(api.PauseSubscriptionRequest(subscription_id=at), ANN, 10)


async def test_one_that_is_used_while_the_sweep_runs_stays(
    subscriptions: Subscriptions, ledger: Ledger, database: Database, tables: Catalogue
) -> None:
    """expiry: what the sweep found is looked at again under its lock."""
    named = (await create(subscriptions)).id
    tables.run("UPDATE subscription SET active_at = active_at - interval '8 days'")
    head = tables.head

    async def use(connection: Connection) -> None:
        await connection.execute("SELECT FROM subscription FOR UPDATE")
        sweeping.append(asyncio.ensure_future(Expiry(database, ledger).sweep()))
        while not await _waiting(connection):
            await asyncio.sleep(0.01)
        await connection.execute("UPDATE subscription SET active_at = clock_timestamp()")

    sweeping: list[asyncio.Task[int]] = []
    async with database.connection() as connection, connection.transaction():
        await use(connection)
    assert await sweeping[0] == 0
    assert tables.head == head
    assert tables.rows("SELECT id, status FROM subscription") == [(named, 1)]


async def test_a_change_and_its_deletion_at_the_same_time_are_one_after_the_other(
    subscriptions: Subscriptions, tables: Catalogue
) -> None:
    """one transaction: whoever comes second finds what the first left; nothing is told of what is gone."""
    for _ in range(10):
        named = (await create(subscriptions)).id
        results = await asyncio.gather(
            subscriptions.delete(api.DeleteSubscriptionRequest(subscription_id=named), ANN, 10),
            subscriptions.pause(api.PauseSubscriptionRequest(subscription_id=named), ANN, 10),
            subscriptions.resume(api.ResumeSubscriptionRequest(subscription_id=named), ANN, 10),
            return_exceptions=True,
        )
        assert not isinstance(results[0], BaseException)
        assert all(isinstance(one, SubscriptionNotFound) for one in results if isinstance(one, BaseException))
        events = [type_ for _, type_, id_ in told(tables) if id_ == named]
        assert events[-1] == DELETED
        assert tables.rows("SELECT count(*) FROM subscription") == [(0,)]
    tables.check_log()


async def _waiting(connection: Connection) -> bool:
    found = await connection.execute(
        "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    return await found.fetchone() is not None
