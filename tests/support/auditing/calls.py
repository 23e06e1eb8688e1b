"""Calls that change something, or try to: of each service, right and wrong."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import count

from google.protobuf.message import Message

from modeldex.v1 import cache_service_pb2 as cache
from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_service_pb2 as history
from modeldex.v1 import invalidation_pb2, subscription_pb2
from modeldex.v1 import subscriber_service_pb2 as subscriber
from support.cache_calls import entry, setting
from support.models import plain
from support.rules import rule

_numbers = count(1)


def call_of(chance: random.Random) -> Message:
    """A call of any kind. Of some nobody can know ahead whether they will be refused."""
    return chance.choice(_KINDS)(chance)


def _model_id(chance: random.Random) -> str:
    return f"{chance.choice(['acme', 'zeta'])}/m{chance.randrange(4)}"


def _save(chance: random.Random) -> Message:
    request = discovery.SaveModelRequest(model=plain(_model_id(chance), f"Name {chance.randrange(3)}"))
    if chance.random() < 0.3:
        request.expected_version = chance.randrange(4)
    if chance.random() < 0.3:
        request.request_id = f"save-{chance.randrange(3)}"
    if chance.random() < 0.2:
        request.model.id = chance.choice(["", "no-provider", "a/\0", "acme/" + "x" * 2000])
    return request


def _set_batch(chance: random.Random) -> Message:
    keys = chance.sample(["acme/a", "acme/b", "zeta/c", ""], 2)
    return cache.BatchSetEntriesRequest(entries=[entry("audited", key, value=plain("acme/a")) for key in keys])


def _invalidate(chance: random.Random) -> Message:
    target = invalidation_pb2.InvalidationTarget(key=f"acme/{chance.randrange(3)}")
    reason = chance.choice([0, invalidation_pb2.INVALIDATION_REASON_MODEL_UPDATE])
    return cache.InvalidateRequest(namespace="audited", target=target, reason=reason)


def _new_subscription(chance: random.Random) -> Message:
    name = chance.choice(["", "mine"])
    request_id = chance.choice(["", "subscribe-1", f"subscribe-{next(_numbers)}0"])
    return subscriber.CreateSubscriptionRequest(
        subscription=subscription_pb2.Subscription(client_id=name, type=chance.randrange(3)),  # type: ignore[arg-type]
        request_id=request_id,
    )


_KINDS: tuple[Callable[[random.Random], Message], ...] = (
    _save,
    _save,
    lambda chance: discovery.DeleteModelRequest(id=_model_id(chance)),
    lambda chance: discovery.UndeleteModelRequest(id=_model_id(chance)),
    lambda chance: discovery.BenchmarkModelRequest(model_id=_model_id(chance)),
    lambda chance: discovery.RefreshProviderRequest(provider_id=chance.choice(["fake", "acme", ""])),
    lambda chance: discovery.RefreshProvidersRequest(provider_ids=chance.choice([["fake"], ["gone"], [""]])),
    lambda chance: discovery.StopDiscoveryRequest(request_id=chance.choice(["", "stop-1"])),
    lambda _: discovery.UpdateConfigurationRequest(),
    lambda chance: discovery.UpdateConfigurationRequest(
        configuration=discovery.DiscoveryConfiguration(removal_threshold=chance.randrange(4))
    ),
    lambda chance: setting("audited", f"acme/{chance.randrange(3)}", expected=chance.choice([None, 0])),
    lambda _: setting("catalogue", "acme/a"),
    _set_batch,
    lambda chance: cache.DeleteEntryRequest(namespace="audited", key=f"acme/{chance.randrange(3)}"),
    lambda _: cache.BatchDeleteEntriesRequest(namespace="audited", keys=["acme/a", "zeta/b"]),
    lambda chance: cache.RefreshEntryRequest(namespace="audited", key=f"zeta/{chance.randrange(3)}"),
    lambda _: cache.RefreshProviderEntriesRequest(namespace="audited", provider_id="acme"),
    lambda _: cache.ClearCacheRequest(namespace="audited"),
    lambda _: cache.CleanupCacheRequest(),
    _invalidate,
    lambda chance: cache.CreateInvalidationRuleRequest(rule=rule("any"), request_id=chance.choice(["", "rule-1"])),
    lambda _: cache.UpdateInvalidationRuleRequest(rule_id="rule_gone", rule=rule("any")),
    lambda _: cache.DeleteInvalidationRuleRequest(rule_id="rule_gone"),
    _new_subscription,
    lambda _: subscriber.PauseSubscriptionRequest(subscription_id="sub_gone"),
    lambda _: subscriber.AcknowledgeUpdatesRequest(subscription_id="sub_gone", through_revision=1),
    lambda _: subscriber.DeleteClientSubscriptionsRequest(client_id="nobody"),
    lambda _: subscriber.PublishUpdatesRequest(),
    lambda _: subscriber.CleanupSubscriptionsRequest(),
    lambda chance: history.PinModelRequest(model_id=_model_id(chance), reason="because"),
    lambda chance: history.RequestRollbackRequest(model_id=_model_id(chance), target_version=1, reason="because"),
    lambda _: history.ApproveRollbackRequest(rollback_id="rollback_gone", diff_hash=b"0" * 32),
    lambda chance: history.CleanupHistoryRequest(dry_run=chance.random() < 0.5),
    # These change nothing, and have no row.
    lambda chance: discovery.GetModelRequest(id=_model_id(chance)),
    lambda _: discovery.ListModelsRequest(page_size=-1),
    lambda _: cache.CountEntriesRequest(namespace="audited"),
)
