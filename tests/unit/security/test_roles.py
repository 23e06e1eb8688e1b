"""One table says which role each method needs."""

from __future__ import annotations

from modeldex.v1 import discovery_service_pb2, provider_service_pb2, subscriber_service_pb2
from modeldex_server.rpc.frame.method import Limits, methods
from modeldex_server.security.roles import REQUIRED, Role, granted

SERVICES = [
    *discovery_service_pb2.DESCRIPTOR.services_by_name.values(),
    *provider_service_pb2.DESCRIPTOR.services_by_name.values(),
    *subscriber_service_pb2.DESCRIPTOR.services_by_name.values(),
]


def test_every_method_has_a_role_and_only_methods_have() -> None:
    names = {method.path.removeprefix("/") for service in SERVICES for method in methods(service, Limits())}
    assert names == {name for name in REQUIRED if name.startswith("modeldex.")}


def test_a_reader_can_call_nothing_that_changes_anything_of_the_catalogue() -> None:
    """role table: what a reader can change are subscriptions, which are its own."""
    for service in SERVICES:
        for method in methods(service, Limits()):
            of_subscriptions = "Subscription" in method.name or method.name == "AcknowledgeUpdates"
            if method.name == "CleanupSubscriptions" or not of_subscriptions:
                assert (method.role is Role.READER) == (not method.writes), method.path
            else:
                assert method.role is Role.READER, method.path


def test_every_role_includes_reading_and_none_includes_approving() -> None:
    for role in Role:
        assert Role.READER in granted([role])
        assert granted([role]) & {Role.APPROVER, Role.BREAK_GLASS} <= {role}


def test_an_administrator_can_write() -> None:
    assert granted([Role.ADMIN]) >= {Role.WRITER, Role.PUBLISHER, Role.READER}
