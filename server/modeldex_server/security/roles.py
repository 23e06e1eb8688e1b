"""Roles: what a principal may call.

    admin ---> writer ------> reader        An arrow means "includes".
         \\--> publisher ----> reader
    approver, break_glass --> reader        Nothing includes these two: whoever administers does not thereby approve.

A principal may have several roles.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """A role, by the name it has on the command line and in the file of tokens."""

    READER = "reader"
    PUBLISHER = "publisher"
    WRITER = "writer"
    APPROVER = "approver"
    BREAK_GLASS = "break_glass"
    ADMIN = "admin"


_INCLUDED = {
    Role.READER: frozenset({Role.READER}),
    Role.PUBLISHER: frozenset({Role.PUBLISHER, Role.READER}),
    Role.WRITER: frozenset({Role.WRITER, Role.READER}),
    Role.APPROVER: frozenset({Role.APPROVER, Role.READER}),
    Role.BREAK_GLASS: frozenset({Role.BREAK_GLASS, Role.READER}),
    Role.ADMIN: frozenset({Role.ADMIN, Role.WRITER, Role.PUBLISHER, Role.READER}),
}

# The role that each method needs. Every method stands here: the server does not start with one that is missing.
REQUIRED = {
    "modeldex.v1.DiscoveryService/RefreshProvider": Role.ADMIN,
    "modeldex.v1.DiscoveryService/RefreshProviders": Role.ADMIN,
    "modeldex.v1.DiscoveryService/GetModel": Role.READER,
    "modeldex.v1.DiscoveryService/BatchGetModels": Role.READER,
    "modeldex.v1.DiscoveryService/ListModels": Role.READER,
    "modeldex.v1.DiscoveryService/SaveModel": Role.WRITER,
    "modeldex.v1.DiscoveryService/DeleteModel": Role.WRITER,
    "modeldex.v1.DiscoveryService/UndeleteModel": Role.WRITER,
    "modeldex.v1.DiscoveryService/GetModelStats": Role.READER,
    "modeldex.v1.DiscoveryService/GetModelCapabilities": Role.READER,
    "modeldex.v1.DiscoveryService/ValidateModelCapabilities": Role.READER,
    "modeldex.v1.DiscoveryService/ListModelBenchmarks": Role.READER,
    "modeldex.v1.DiscoveryService/BenchmarkModel": Role.WRITER,
    "modeldex.v1.DiscoveryService/GetStatus": Role.READER,
    "modeldex.v1.DiscoveryService/GetConfiguration": Role.READER,
    "modeldex.v1.DiscoveryService/UpdateConfiguration": Role.ADMIN,
    "modeldex.v1.DiscoveryService/StartDiscovery": Role.ADMIN,
    "modeldex.v1.DiscoveryService/StopDiscovery": Role.ADMIN,
    "modeldex.v1.ProviderService/GetProvider": Role.READER,
    "modeldex.v1.ProviderService/ListProviders": Role.READER,
    "modeldex.v1.SubscriberService/Watch": Role.READER,
    "modeldex.v1.SubscriberService/WatchModelUpdates": Role.READER,
    "modeldex.v1.SubscriberService/WatchProviderUpdates": Role.READER,
    "modeldex.v1.SubscriberService/WatchCapabilityUpdates": Role.READER,
    "modeldex.v1.SubscriberService/PublishUpdates": Role.PUBLISHER,
    "modeldex.v1.SubscriberService/CreateSubscription": Role.READER,
    "modeldex.v1.SubscriberService/GetSubscription": Role.READER,
    "modeldex.v1.SubscriberService/ListSubscriptions": Role.READER,
    "modeldex.v1.SubscriberService/UpdateSubscription": Role.READER,
    "modeldex.v1.SubscriberService/DeleteSubscription": Role.READER,
    "modeldex.v1.SubscriberService/DeleteClientSubscriptions": Role.READER,
    "modeldex.v1.SubscriberService/PauseSubscription": Role.READER,
    "modeldex.v1.SubscriberService/ResumeSubscription": Role.READER,
    "modeldex.v1.SubscriberService/AddSubscriptionFilter": Role.READER,
    "modeldex.v1.SubscriberService/RemoveSubscriptionFilter": Role.READER,
    "modeldex.v1.SubscriberService/UpdateSubscriptionFilter": Role.READER,
    "modeldex.v1.SubscriberService/AcknowledgeUpdates": Role.READER,
    "modeldex.v1.SubscriberService/ListDeadLetters": Role.READER,
    "modeldex.v1.SubscriberService/GetSubscriptionStats": Role.READER,
    "modeldex.v1.SubscriberService/GetPublishStats": Role.READER,
    "modeldex.v1.SubscriberService/GetEventStats": Role.READER,
    "modeldex.v1.SubscriberService/GetSubscriberHealth": Role.READER,
    "modeldex.v1.SubscriberService/CleanupSubscriptions": Role.ADMIN,
    "modeldex.v1.CacheService/GetEntry": Role.READER,
    "modeldex.v1.CacheService/BatchGetEntries": Role.READER,
    "modeldex.v1.CacheService/HasEntry": Role.READER,
    "modeldex.v1.CacheService/SetEntry": Role.WRITER,
    "modeldex.v1.CacheService/BatchSetEntries": Role.WRITER,
    "modeldex.v1.CacheService/DeleteEntry": Role.WRITER,
    "modeldex.v1.CacheService/BatchDeleteEntries": Role.WRITER,
    "modeldex.v1.CacheService/ListEntries": Role.READER,
    "modeldex.v1.CacheService/CountEntries": Role.READER,
    "modeldex.v1.CacheService/GetEntryTtl": Role.READER,
    "modeldex.v1.CacheService/SetEntryTtl": Role.WRITER,
    "modeldex.v1.CacheService/RefreshEntry": Role.WRITER,
    "modeldex.v1.CacheService/RefreshProviderEntries": Role.ADMIN,
    "modeldex.v1.CacheService/ClearCache": Role.ADMIN,
    "modeldex.v1.CacheService/CleanupCache": Role.ADMIN,
    "modeldex.v1.CacheService/GetCacheStats": Role.READER,
    "modeldex.v1.CacheService/WatchCacheEvents": Role.WRITER,
    "modeldex.v1.CacheService/Invalidate": Role.ADMIN,
    "modeldex.v1.CacheService/ListInvalidationStrategies": Role.READER,
    "modeldex.v1.CacheService/CreateInvalidationRule": Role.ADMIN,
    "modeldex.v1.CacheService/GetInvalidationRule": Role.ADMIN,
    "modeldex.v1.CacheService/ListInvalidationRules": Role.ADMIN,
    "modeldex.v1.CacheService/UpdateInvalidationRule": Role.ADMIN,
    "modeldex.v1.CacheService/DeleteInvalidationRule": Role.ADMIN,
    "modeldex.v1.CacheService/EvaluateInvalidationRule": Role.ADMIN,
    "modeldex.v1.CacheService/ListInvalidations": Role.READER,
    "modeldex.v1.CacheService/GetInvalidationStats": Role.READER,
    "modeldex.v1.HistoryService/ListModelVersions": Role.READER,
    "modeldex.v1.HistoryService/GetModelVersion": Role.READER,
    "modeldex.v1.HistoryService/CompareModelVersions": Role.READER,
    "modeldex.v1.HistoryService/ListModelChanges": Role.READER,
    "modeldex.v1.HistoryService/GetVersionStats": Role.READER,
    "modeldex.v1.HistoryService/RequestRollback": Role.WRITER,
    "modeldex.v1.HistoryService/ApproveRollback": Role.APPROVER,
    "modeldex.v1.HistoryService/RejectRollback": Role.APPROVER,
    "modeldex.v1.HistoryService/CancelRollback": Role.WRITER,
    "modeldex.v1.HistoryService/GetRollback": Role.READER,
    "modeldex.v1.HistoryService/ListRollbacks": Role.READER,
    "modeldex.v1.HistoryService/PinModel": Role.WRITER,
    "modeldex.v1.HistoryService/UnpinModel": Role.WRITER,
    "modeldex.v1.HistoryService/ListModelPins": Role.READER,
    "modeldex.v1.HistoryService/CleanupHistory": Role.ADMIN,
    "modeldex.v1.HistoryService/ListAuditEvents": Role.ADMIN,
    "grpc.reflection.v1.ServerReflection/ServerReflectionInfo": Role.READER,
    "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": Role.READER,
}


def granted(roles: Iterable[Role]) -> frozenset[Role]:
    """The roles with all that they include."""
    return frozenset().union(*(_INCLUDED[role] for role in roles))
