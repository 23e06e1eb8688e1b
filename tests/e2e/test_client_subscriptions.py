"""Subscriptions of the Python client, in both halves."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from modeldex_client import (
    AcknowledgementMode,
    AsyncClient,
    Client,
    Condition,
    ConditionOperator,
    EventFilter,
    EventFilterType,
    ModelFilter,
    RetryPolicy,
    Subscription,
    SubscriptionNotFound,
    SubscriptionOptions,
    SubscriptionStatus,
    SubscriptionSuperseded,
    SubscriptionType,
    UpdateRejection,
    VersionMismatch,
)
from support.models import new_id, plain
from support.pairs import Pair

MODELS = SubscriptionType.SUBSCRIPTION_TYPE_MODEL_UPDATES


def explicit(**fields: int) -> SubscriptionOptions:
    """Acknowledged by its client; what is rejected comes again at once."""
    options = SubscriptionOptions(acknowledgement=AcknowledgementMode.ACKNOWLEDGEMENT_MODE_EXPLICIT)
    options.retry.CopyFrom(RetryPolicy(**fields))
    options.retry.base_delay.FromMilliseconds(50)
    return options


def of(provider: str) -> ModelFilter:
    """The models of a provider of the test's own."""
    return ModelFilter(provider_ids=[provider])


def about(field: str, value: str) -> EventFilter:
    """A filter of one condition."""
    condition = Condition(field=field, operator=ConditionOperator.CONDITION_OPERATOR_EQUALS)
    condition.value.string_value = value
    return EventFilter(type=EventFilterType.EVENT_FILTER_TYPE_MODEL, conditions=[condition])


def test_what_nobody_watched_comes_when_somebody_does(pair: Pair) -> None:
    """A subscription goes on where it was, on the other replica, and repeats nothing."""
    provider = new_id().partition("/")[2]
    with Client(pair.first.address) as client, Client(pair.second.address) as other:
        mine = client.subscriptions.create("gateway", MODELS, models=of(provider))
        first, second = new_id(provider), new_id(provider)
        client.models.save(plain(first))
        with other.subscriptions.watch(mine.id) as watch:
            assert next(watch).model.model_id == first
            token = watch.resume_token
        client.models.save(plain(second))
        with client.subscriptions.watch(mine.id, resume_token=token) as watch:
            assert next(watch).model.model_id == second
        client.subscriptions.delete(mine.id)
        with pytest.raises(SubscriptionNotFound):
            client.subscriptions.get(mine.id)


def test_what_is_rejected_comes_again_and_then_is_a_dead_letter(pair: Pair) -> None:
    """The watch connects again by itself; the last rejection leaves a dead letter, and the subscription goes on."""
    provider = new_id().partition("/")[2]
    with Client(pair.first.address) as client:
        mine = client.subscriptions.create("billing", MODELS, models=of(provider), options=explicit(max_retries=1))
        bad, good = new_id(provider), new_id(provider)
        client.models.save(plain(bad))
        attempts = []
        with client.subscriptions.watch(mine.id) as watch:
            for message in watch.messages():
                for update in message.updates:
                    attempts.append((update.model.model_id, message.attempt))
                    rejected = []
                    if update.model.model_id == bad:
                        rejected = [UpdateRejection(revision=update.revision, retryable=True, reason="BROKEN")]
                    answer = watch.acknowledge(rejected=rejected)
                    assert answer is not None
                    if answer.dead_letter_count:
                        client.models.save(plain(good))
                if attempts and attempts[-1][0] == good:
                    break
        assert attempts == [(bad, 1), (bad, 2), (good, 1)]
        (letter,) = client.subscriptions.dead_letters(mine.id)
        assert (letter.attempts, letter.reason, letter.update.model.after.id) == (2, "BROKEN", bad)
        assert client.subscriptions.get(mine.id).status == SubscriptionStatus.SUBSCRIPTION_STATUS_ACTIVE


def test_a_watch_survives_a_change_of_its_subscription_and_ends_when_superseded(pair: Pair) -> None:
    """After a change it goes on with the new filter; another watch on the same subscription takes it over."""
    provider = new_id().partition("/")[2]
    with Client(pair.first.address) as client, Client(pair.second.address) as other:
        mine = client.subscriptions.create("gateway", MODELS, filters=[about("provider_id", "nobody")])
        with client.subscriptions.watch(mine.id) as watch:
            changed = client.subscriptions.update_filter(mine.id, mine.filters[0].id, about("provider_id", provider))
            assert changed.version == mine.version + 1
            saved = new_id(provider)
            client.models.save(plain(saved))
            assert next(watch).model.model_id == saved
            with other.subscriptions.watch(mine.id), pytest.raises(SubscriptionSuperseded):
                next(watch)


def test_each_change_of_a_subscription(pair: Pair) -> None:
    """Every method once: what it gives, and what the subscription is then."""
    with Client(pair.first.address) as client:
        since = datetime.now(UTC) - timedelta(hours=1)
        name = new_id()
        mine = client.subscriptions.create(name, MODELS)
        added = client.subscriptions.add_filter(mine.id, about("id", "acme/x"), expected_version=mine.version)
        assert [one.id for one in added.subscription.filters] == [added.filter_id]
        with pytest.raises(VersionMismatch):
            client.subscriptions.remove_filter(mine.id, added.filter_id, expected_version=mine.version)
        assert not client.subscriptions.remove_filter(mine.id, added.filter_id).filters
        wanted = Subscription(options=SubscriptionOptions(priority=3))
        assert client.subscriptions.update(mine.id, wanted, fields=["options.priority"]).options.priority == 3
        paused = client.subscriptions.pause(mine.id)
        assert paused.subscription.pause_revision == paused.revision
        listed = client.subscriptions.list(
            client_id=name,
            statuses=[SubscriptionStatus.SUBSCRIPTION_STATUS_PAUSED],
            created_after=since,
            active_after=since,
        )
        assert [one.id for one in listed] == [mine.id]
        assert not [*client.subscriptions.list(client_id=name, created_before=since)]
        assert client.subscriptions.resume(mine.id).subscription.status == SubscriptionStatus.SUBSCRIPTION_STATUS_ACTIVE
        assert client.feed.subscription_stats().total_count >= 1
        assert client.feed.publish_stats().total_events_published > 0
        assert client.feed.event_stats(since, step=timedelta(minutes=5)).step.seconds == 300
        assert client.feed.health().replica_id
        assert client.subscriptions.delete_client(name) == 1


async def test_the_async_half(pair: Pair) -> None:
    """The same with await: a watch that acknowledges, and one that is closed while it waits."""
    provider = new_id().partition("/")[2]
    async with AsyncClient(pair.first.address) as client:
        mine = await client.subscriptions.create("async", MODELS, models=of(provider), options=explicit())
        saved = new_id(provider)
        await client.models.save(plain(saved))
        async with client.subscriptions.watch(mine.id) as watch:
            assert (await anext(watch)).model.model_id == saved
            answer = await watch.acknowledge()
            assert answer is not None
            assert answer.acknowledged_revision == watch.revision
            waiting = asyncio.ensure_future(anext(watch, None))
            await asyncio.sleep(0.1)
            await watch.close()
            assert await waiting is None
        assert (await client.subscriptions.get(mine.id)).acknowledged_revision == answer.acknowledged_revision
