"""One table says which role each method needs."""

from __future__ import annotations

from modeldex.v1 import (
    cache_service_pb2,
    discovery_service_pb2,
    history_service_pb2,
    provider_service_pb2,
    subscriber_service_pb2,
)
from modeldex_server.rpc.frame.method import Limits, methods
from modeldex_server.security.roles import REQUIRED, Role, granted

CACHE = cache_service_pb2.DESCRIPTOR.services_by_name["CacheService"]
HISTORY = history_service_pb2.DESCRIPTOR.services_by_name["HistoryService"]
SERVICES = [
    CACHE,
    HISTORY,
    *discovery_service_pb2.DESCRIPTOR.services_by_name.values(),
    *provider_service_pb2.DESCRIPTOR.services_by_name.values(),
    *subscriber_service_pb2.DESCRIPTOR.services_by_name.values(),
]


def test_every_method_has_a_role_and_only_methods_have() -> None:
    names = {method.path.removeprefix("/") for service in SERVICES for method in methods(service, Limits())}
    assert names == {name for name in REQUIRED if name.startswith("modeldex.")}


def test_a_reader_can_call_nothing_that_changes_anything_of_the_catalogue() -> None:
    """role table: what a reader can change are subscriptions, which are its own."""
    for service in SERVICES[2:]:
        for method in methods(service, Limits()):
            of_subscriptions = "Subscription" in method.name or method.name == "AcknowledgeUpdates"
            if method.name == "CleanupSubscriptions" or not of_subscriptions:
                assert (method.role is Role.READER) == (not method.writes), method.path
            else:
                assert method.role is Role.READER, method.path


def test_a_reader_sees_history_and_only_an_approver_decides() -> None:
    """role table: what a reader sees is all but the audit trail; whoever may ask for a rollback may not approve one."""
    found = {method.name: method for method in methods(HISTORY, Limits())}
    readers = {name for name, method in found.items() if method.role is Role.READER}
    assert {name for name, method in found.items() if not method.writes} - readers == {"ListAuditEvents"}
    assert not any(found[name].writes for name in readers)
    deciding = {name for name, method in found.items() if method.role is Role.APPROVER}
    assert deciding == {"ApproveRollback", "RejectRollback"}
    assert not {Role.APPROVER, Role.BREAK_GLASS} & granted([Role.ADMIN, Role.WRITER])


def test_a_reader_sees_the_cache_and_changes_nothing_of_it() -> None:
    """role table: what a cache does with the calls of others is a writer's to see, its rules are an admin's."""
    found = {method.name: method for method in methods(CACHE, Limits())}
    readers = {name for name, method in found.items() if method.role is Role.READER}
    assert not any(found[name].writes for name in readers)
    assert {name for name, method in found.items() if not method.writes} - readers == {
        "WatchCacheEvents",
        "GetInvalidationRule",
        "ListInvalidationRules",
        "EvaluateInvalidationRule",
    }


def test_who_writes_entries_neither_invalidates_nor_clears() -> None:
    """role table: those that set or delete need a writer, those that steer the cache an admin."""
    writers = {method.name for method in methods(CACHE, Limits()) if method.role is Role.WRITER and method.writes}
    entries = ("SetEntry", "BatchSetEntries", "DeleteEntry", "BatchDeleteEntries", "SetEntryTtl", "RefreshEntry")
    assert writers == set(entries)


def test_every_role_includes_reading_and_none_includes_approving() -> None:
    for role in Role:
        assert Role.READER in granted([role])
        assert granted([role]) & {Role.APPROVER, Role.BREAK_GLASS} <= {role}


def test_an_administrator_can_write() -> None:
    assert granted([Role.ADMIN]) >= {Role.WRITER, Role.PUBLISHER, Role.READER}
