"""Questions to SubscriberService."""

from __future__ import annotations

from google.protobuf import duration_pb2

from modeldex.v1 import condition_pb2, provider_pb2, update_pb2
from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import subscriber_service_pb2 as subscriber
from modeldex.v1 import subscription_pb2 as subscription
from support.questions.words import OPEN, Questions

_NO_SUBSCRIPTION = "sub_00000000000000000000000000000000"
SECOND = duration_pb2.Duration(seconds=1)
_BEGINNING = subscriber.WatchOptions(after_revision=0, bookmark_interval=SECOND)
SNAPSHOT = subscriber.WatchOptions(initial_snapshot=True, bookmark_interval=SECOND)


def condition(kind: int, field: str, word: str) -> condition_pb2.EventFilter:
    """A filter: a field has, or contains, a word."""
    wanted = condition_pb2.EventFilter(type=kind)  # type: ignore[arg-type] # a number of the enum
    one = wanted.conditions.add(field=field, operator=condition_pb2.CONDITION_OPERATOR_CONTAINS)
    one.value.string_value = word
    return wanted


def published(name: str) -> list[update_pb2.UpdateEvent]:
    """Updates about a provider, of every kind that callers publish."""
    return [
        update_pb2.UpdateEvent(
            model=update_pb2.ModelUpdate(type=update_pb2.MODEL_UPDATE_TYPE_UPDATED, model_id=f"{name}/one")
        ),
        update_pb2.UpdateEvent(
            provider=update_pb2.ProviderUpdate(
                type=update_pb2.PROVIDER_UPDATE_TYPE_STATUS_CHANGED,
                provider_id=name,
                status=provider_pb2.PROVIDER_STATUS_MAINTENANCE,
            )
        ),
        *(
            update_pb2.UpdateEvent(capability=update_pb2.CapabilityUpdate(type=3, capability="vision", **{field: ids}))
            for field in ("gained_model_ids", "lost_model_ids", "changed_model_ids")
            for ids in ([f"{name}/one"], [f"{OPEN}/one", f"{name}/one"])
        ),
    ]


def _asked_for(name: str) -> subscription.Subscription:
    return subscription.Subscription(
        client_id="rights",
        type=subscription.SUBSCRIPTION_TYPE_ALL_UPDATES,
        filters=[condition(condition_pb2.EVENT_FILTER_TYPE_CUSTOM, "provider_id", name)],
    )


FEED: Questions = {
    "Watch": lambda name: [
        subscriber.WatchRequest(options=_BEGINNING),
        subscriber.WatchRequest(options=SNAPSHOT),
        subscriber.WatchRequest(options=_BEGINNING, models=discovery.ModelFilter(provider_ids=[name])),
        subscriber.WatchRequest(options=_BEGINNING, filters=_asked_for(name).filters),
        subscriber.WatchRequest(
            options=subscriber.WatchOptions(
                after_revision=0,
                coalescing=update_pb2.UPDATE_COALESCING_LATEST_PER_MODEL,
                omit_after=True,
                bookmark_interval=SECOND,
            )
        ),
    ],
    "WatchModelUpdates": lambda name: [
        subscriber.WatchModelUpdatesRequest(options=_BEGINNING),
        subscriber.WatchModelUpdatesRequest(options=SNAPSHOT),
        subscriber.WatchModelUpdatesRequest(
            options=SNAPSHOT, filters=[condition(condition_pb2.EVENT_FILTER_TYPE_MODEL, "id", name)]
        ),
    ],
    "WatchProviderUpdates": lambda name: [
        subscriber.WatchProviderUpdatesRequest(options=_BEGINNING),
        subscriber.WatchProviderUpdatesRequest(
            options=_BEGINNING, filters=[condition(condition_pb2.EVENT_FILTER_TYPE_PROVIDER, "provider_id", name)]
        ),
    ],
    "WatchCapabilityUpdates": lambda name: [
        subscriber.WatchCapabilityUpdatesRequest(options=_BEGINNING),
        # Whether it matches what may not be seen would tell of it.
        subscriber.WatchCapabilityUpdatesRequest(
            options=_BEGINNING,
            filters=[condition(condition_pb2.EVENT_FILTER_TYPE_CAPABILITY, "model_ids", f"{name}/one")],
        ),
    ],
    "PublishUpdates": lambda name: [subscriber.PublishUpdatesRequest(updates=[one]) for one in published(name)],
    "CreateSubscription": lambda name: [
        subscriber.CreateSubscriptionRequest(subscription=_asked_for(name), after_revision=0)
    ],
    "GetSubscription": lambda _: [subscriber.GetSubscriptionRequest(subscription_id=_NO_SUBSCRIPTION)],
    "ListSubscriptions": lambda name: [subscriber.ListSubscriptionsRequest(client_id=name)],
    "UpdateSubscription": lambda name: [
        subscriber.UpdateSubscriptionRequest(subscription_id=_NO_SUBSCRIPTION, subscription=_asked_for(name))
    ],
    "DeleteSubscription": lambda _: [subscriber.DeleteSubscriptionRequest(subscription_id=_NO_SUBSCRIPTION)],
    "DeleteClientSubscriptions": lambda name: [subscriber.DeleteClientSubscriptionsRequest(client_id=name)],
    "PauseSubscription": lambda _: [subscriber.PauseSubscriptionRequest(subscription_id=_NO_SUBSCRIPTION)],
    "ResumeSubscription": lambda _: [subscriber.ResumeSubscriptionRequest(subscription_id=_NO_SUBSCRIPTION)],
    "AddSubscriptionFilter": lambda name: [
        subscriber.AddSubscriptionFilterRequest(subscription_id=_NO_SUBSCRIPTION, filter=_asked_for(name).filters[0])
    ],
    "RemoveSubscriptionFilter": lambda _: [
        subscriber.RemoveSubscriptionFilterRequest(subscription_id=_NO_SUBSCRIPTION, filter_id="f1")
    ],
    "UpdateSubscriptionFilter": lambda name: [
        subscriber.UpdateSubscriptionFilterRequest(
            subscription_id=_NO_SUBSCRIPTION, filter_id="f1", filter=_asked_for(name).filters[0]
        )
    ],
    "AcknowledgeUpdates": lambda _: [
        subscriber.AcknowledgeUpdatesRequest(subscription_id=_NO_SUBSCRIPTION, stream=1, through_revision=1)
    ],
    "ListDeadLetters": lambda _: [subscriber.ListDeadLettersRequest(subscription_id=_NO_SUBSCRIPTION)],
    "GetSubscriptionStats": lambda _: [subscriber.GetSubscriptionStatsRequest()],
    "GetPublishStats": lambda _: [subscriber.GetPublishStatsRequest()],
    "GetEventStats": lambda _: [subscriber.GetEventStatsRequest()],
    "GetSubscriberHealth": lambda _: [subscriber.GetSubscriberHealthRequest()],
    "CleanupSubscriptions": lambda _: [subscriber.CleanupSubscriptionsRequest()],
}
