"""What requests are about, for the audit trail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from google.protobuf.descriptor_pb2 import MethodOptions
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from modeldex.v1 import cache_service_pb2 as cache
from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_service_pb2 as history
from modeldex.v1 import invalidation_pb2
from modeldex.v1 import subscriber_service_pb2 as subscriber
from modeldex_server.rpc.frame.resources import about
from support.cache_calls import entry
from support.models import plain
from support.principals import METHODS


def _told(request: Message) -> tuple[str, str]:
    method = METHODS[request.DESCRIPTOR.full_name].name
    told = about(method, type(request))(request)
    return told.resource, told.provider_id


_TARGET = invalidation_pb2.InvalidationTarget
_CASES: list[tuple[Message, str, str]] = [
    (discovery.SaveModelRequest(model=plain("acme/one")), "acme/one", "acme"),
    (discovery.DeleteModelRequest(id="acme/one"), "acme/one", "acme"),
    (discovery.BenchmarkModelRequest(model_id="acme/one"), "acme/one", "acme"),
    (discovery.RefreshProviderRequest(provider_id="acme"), "acme", "acme"),
    (discovery.RefreshProvidersRequest(provider_ids=["b", "a"]), "b, a", ""),
    (discovery.RefreshProvidersRequest(provider_ids=["a"]), "a", "a"),
    (discovery.StartDiscoveryRequest(), "discovery", ""),
    (cache.SetEntryRequest(entry=entry("notes", "acme/one")), "notes/acme/one", "acme"),
    (
        cache.BatchSetEntriesRequest(entries=[entry("notes", "acme/one"), entry("notes", "acme/two")]),
        "notes/acme/one, notes/acme/two",
        "acme",
    ),
    (cache.BatchDeleteEntriesRequest(namespace="notes", keys=["a/x", "b/y"]), "notes/a/x, notes/b/y", ""),
    (cache.RefreshEntryRequest(key="acme/one"), "acme/one", "acme"),
    (cache.ClearCacheRequest(namespace="notes"), "notes", ""),
    (cache.RefreshProviderEntriesRequest(namespace="notes", provider_id="acme"), "acme", "acme"),
    (cache.InvalidateRequest(namespace="notes", target=_TARGET(key="acme/one")), "notes/acme/one", "acme"),
    (cache.InvalidateRequest(target=_TARGET(provider_id="acme")), "acme", "acme"),
    (cache.UpdateInvalidationRuleRequest(rule_id="rule_1"), "rule_1", ""),
    (subscriber.PauseSubscriptionRequest(subscription_id="sub_1"), "sub_1", ""),
    (subscriber.DeleteClientSubscriptionsRequest(client_id="gateway"), "client gateway", ""),
    (subscriber.CreateSubscriptionRequest(subscription={"client_id": "gateway"}), "client gateway", ""),
    (history.PinModelRequest(model_id="acme/one"), "acme/one", "acme"),
    (history.ApproveRollbackRequest(rollback_id="rb_1"), "rb_1", ""),
]


@pytest.mark.parametrize(("request_", "resource", "provider_id"), _CASES)
def test_a_request_tells_its_resource_and_its_provider(request_: Message, resource: str, provider_id: str) -> None:
    """audit complete: a row is found by what it is about, and seen by who may see its provider."""
    assert _told(request_) == (resource, provider_id)


def _writing() -> Iterator[type[Message]]:
    for method in METHODS.values():
        if method.GetOptions().idempotency_level != MethodOptions.NO_SIDE_EFFECTS:
            yield GetMessageClass(method.input_type)


def test_whatever_a_request_holds_something_can_be_told() -> None:
    """audit complete: an empty request of any method that writes makes no error."""
    for request in _writing():
        assert _told(request())[1] == ""


def test_of_very_many_the_first_are_named() -> None:
    """audit complete: a row stays small."""
    resource, provider_id = _told(
        cache.BatchDeleteEntriesRequest(namespace="notes", keys=[f"acme/{n}" for n in range(100_000)])
    )
    assert resource.startswith("notes/acme/0, notes/acme/1, ")
    assert len(resource) <= 512
    assert provider_id == "acme"
