"""The Python client of modeldex, a live catalogue of AI models behind gRPC.

    from modeldex_client import Client

    with Client() as client:  # MODELDEX_TARGET, or localhost:50051
        for model in client.models.list(limit=10):
            print(model.id, model.context_window)

`AsyncClient` is the same for asyncio. Answers are the messages of the contract. A call that fails raises one of

    ModeldexError                 code, reason, message, metadata, violations, retry_after
    |-- InvalidArgument
    |   |-- InvalidRequest        violations: each names its field
    |   |-- MalformedRequest
    |   |-- InvalidPageToken
    |   |-- MessageTooLarge
    |   |-- InvalidResumeToken
    |   |-- InvalidOption         an option of the client, found before any call
    |-- NotFound
    |   |-- ModelNotFound
    |   |-- ProviderNotFound
    |   |-- SubscriptionNotFound
    |   |-- SubscriptionFilterNotFound
    |   |-- EntryNotFound
    |   |-- RuleNotFound
    |   |-- VersionNotFound
    |   |-- RollbackNotFound
    |-- AlreadyExists
    |   |-- RequestIdReused
    |-- Aborted
    |   |-- VersionMismatch       read again and decide anew
    |   |-- HistoryRewound        take a new snapshot, and watch from there
    |   |-- SubscriptionSuperseded
    |   |-- SubscriptionChanged
    |   |-- Redelivery
    |   |-- AccessChanged         take a new snapshot
    |-- OutOfRange
    |   |-- RevisionCompacted     take a new snapshot, and watch from there
    |   |-- FutureRevision
    |   |-- FutureTime
    |   |-- AcknowledgementBeyondSent
    |-- FailedPrecondition
    |   |-- ManagedBySource
    |   |-- BenchmarksDisabled
    |   |-- ModelNotDeleted
    |   |-- ConfigurationFixed
    |   |-- SubscriptionExpired
    |   |-- AcknowledgementAutomatic
    |   |-- DiscoveryStopped
    |   |-- SourceUnauthenticated
    |   |-- NamespaceReadOnly
    |   |-- StrategyDisabled
    |   |-- NotificationsDisabled
    |   |-- VersionPurged
    |   |-- VersionIsDeletion
    |   |-- RollbackChangesNothing
    |   |-- RollbackPending
    |   |-- RollbackFinished
    |   |-- RollbackStale         request it again
    |   |-- RollbackExpired       request it again
    |   |-- RollbackDiffMismatch  look at it again
    |   |-- RollbackDisabled
    |   |-- NotListed
    |   |-- NotPinned
    |-- Unauthenticated
    |-- PermissionDenied
    |   |-- ProviderDenied
    |   |-- SelfApproval
    |   |-- NotRequester
    |-- Unavailable               was tried again already; may work later
    |   |-- ConnectionFailed      nobody answered, or nobody who speaks gRPC
    |   |-- StoreUnavailable
    |   |-- CommitUnknown         save again with the same request_id
    |   |-- RevisionNotReached
    |   |-- NotReady
    |   |-- Draining
    |   |-- WriteContention
    |   |-- SourceUnavailable
    |   |-- SourceMalformed
    |   |-- SourceRateLimited
    |-- DeadlineExceeded
    |-- Cancelled
    |-- Unimplemented             the server is older than this client
    |   |-- MethodNotFound
    |-- ResourceExhausted
    |   |-- TooManyStreams
    |   |-- TooManySubscriptions
    |   |-- TooManyEntries
    |   |-- TooManyRules
    |   |-- RateLimited
    |-- Internal
    |-- DataLoss, Unknown

`modeldex_client.testing` starts a real server for tests.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from modeldex.v1.cache_pb2 import (
    CacheEntry,
    CacheEvent,
    CacheEventKind,
    CacheEvictionReason,
    CacheTier,
)
from modeldex.v1.cache_service_pb2 import (
    BatchGetEntriesResponse,
    BatchSetEntriesResponse,
    CacheEntryFilter,
    CleanupCacheResponse,
    ClearCacheResponse,
    CountEntriesResponse,
    EvaluateInvalidationRuleResponse,
    GetCacheStatsResponse,
    GetEntryTtlResponse,
    GetInvalidationStatsResponse,
    HasEntryResponse,
    InvalidateRequest,
    InvalidateResponse,
    ListEntriesResponse,
    ListInvalidationsResponse,
    RefreshProviderEntriesResponse,
    WatchCacheEventsResponse,
)
from modeldex.v1.cache_statistics_pb2 import (
    CacheEvictionCount,
    CachePolicies,
    CachePriorityStats,
    CacheStats,
    CacheTierStats,
)
from modeldex.v1.condition_pb2 import Condition, ConditionJoin, ConditionOperator, EventFilter, EventFilterType
from modeldex.v1.discovery_service_pb2 import (
    BatchGetModelsResponse,
    CapabilityCheck,
    CapabilityState,
    DeleteModelResponse,
    DiscoveryConfiguration,
    DiscoveryState,
    GetConfigurationResponse,
    GetModelCapabilitiesResponse,
    GetModelStatsResponse,
    GetStatusResponse,
    ListModelBenchmarksResponse,
    ListModelsResponse,
    ModelBenchmark,
    ModelFilter,
    ModelSortField,
    PriceCeiling,
    RefreshResult,
    ReplicaStatus,
    SaveModelResponse,
    SourceStatus,
    StartDiscoveryResponse,
    StopDiscoveryResponse,
    StorageStatus,
    UndeleteModelResponse,
    UpdateConfigurationResponse,
    ValidateModelCapabilitiesResponse,
)
from modeldex.v1.error_reason_pb2 import ErrorReason
from modeldex.v1.feed_statistics_pb2 import (
    BatchStats,
    EventStatsPoint,
    HealthIssue,
    HealthIssueSeverity,
    HealthIssueType,
    HealthStatus,
    KeyCount,
    KeyCounts,
)
from modeldex.v1.history_pb2 import (
    AuditEvent,
    Authentication,
    ChangeClass,
    ChangeImpact,
    DiffEntry,
    DiffSummary,
    ModelChange,
    ModelDiff,
    ModelPin,
    ModelVersion,
    ModelVersionOperation,
    Rollback,
    RollbackDecision,
    RollbackState,
)
from modeldex.v1.history_service_pb2 import (
    CleanupHistoryResponse,
    GetVersionStatsResponse,
    ListAuditEventsResponse,
    ListModelChangesResponse,
    ListModelPinsResponse,
    ListModelVersionsResponse,
    ListRollbacksResponse,
    PinModelResponse,
    PinnedField,
    PurgedVersion,
    UnpinModelResponse,
)
from modeldex.v1.invalidation_pb2 import (
    InvalidateAction,
    Invalidation,
    InvalidationAction,
    InvalidationCondition,
    InvalidationMode,
    InvalidationReason,
    InvalidationRule,
    InvalidationStrategy,
    InvalidationSubject,
    InvalidationTags,
    InvalidationTarget,
    RefreshAction,
)
from modeldex.v1.model_pb2 import (
    Availability,
    CapabilityValue,
    Lifecycle,
    LifecycleStage,
    Modality,
    Model,
    Price,
    PriceTier,
    PriceUnit,
    RawRecord,
    StringList,
)
from modeldex.v1.provider_pb2 import Provider, ProviderStatus, RefreshError
from modeldex.v1.provider_service_pb2 import ListProvidersResponse
from modeldex.v1.subscriber_service_pb2 import (
    AcknowledgeUpdatesResponse,
    GetEventStatsResponse,
    GetPublishStatsResponse,
    GetSubscriberHealthResponse,
    GetSubscriptionStatsResponse,
    PublishResult,
    PublishUpdatesResponse,
    WatchBookmark,
    WatchFlowState,
    WatchGoingAway,
    WatchResponse,
)
from modeldex.v1.subscription_pb2 import (
    AcknowledgementMode,
    DeadLetter,
    RetryPolicy,
    Subscription,
    SubscriptionOptions,
    SubscriptionStatus,
    SubscriptionType,
    UpdateRejection,
)
from modeldex.v1.update_pb2 import (
    CapabilityUpdate,
    CapabilityUpdateType,
    FieldChange,
    FieldChangeKind,
    FieldChangeOperation,
    LifecycleMilestone,
    LifecycleUpdate,
    ModelUpdate,
    ModelUpdateType,
    OperationUpdate,
    OperationUpdateType,
    ProviderUpdate,
    ProviderUpdateType,
    SubscriptionUpdate,
    SubscriptionUpdateType,
    UpdateEvent,
    UpdateTransition,
)
from modeldex_client._copy import ReplicaChange
from modeldex_client._errors import (
    Aborted,
    AccessChanged,
    AcknowledgementAutomatic,
    AcknowledgementBeyondSent,
    AlreadyExists,
    BenchmarksDisabled,
    Cancelled,
    CommitUnknown,
    ConfigurationFixed,
    ConnectionFailed,
    DataLoss,
    DeadlineExceeded,
    DiscoveryStopped,
    Draining,
    EntryNotFound,
    FailedPrecondition,
    FutureRevision,
    FutureTime,
    HistoryRewound,
    Internal,
    InvalidArgument,
    InvalidOption,
    InvalidPageToken,
    InvalidRequest,
    InvalidResumeToken,
    MalformedRequest,
    ManagedBySource,
    MessageTooLarge,
    MethodNotFound,
    ModeldexError,
    ModelNotDeleted,
    ModelNotFound,
    NamespaceReadOnly,
    NotFound,
    NotificationsDisabled,
    NotListed,
    NotPinned,
    NotReady,
    NotRequester,
    OutOfRange,
    PermissionDenied,
    ProviderDenied,
    ProviderNotFound,
    RateLimited,
    Redelivery,
    RequestIdReused,
    ResourceExhausted,
    RevisionCompacted,
    RevisionNotReached,
    RollbackChangesNothing,
    RollbackDiffMismatch,
    RollbackDisabled,
    RollbackExpired,
    RollbackFinished,
    RollbackNotFound,
    RollbackPending,
    RollbackStale,
    RuleNotFound,
    SelfApproval,
    SourceMalformed,
    SourceRateLimited,
    SourceUnauthenticated,
    SourceUnavailable,
    StoreUnavailable,
    StrategyDisabled,
    SubscriptionChanged,
    SubscriptionExpired,
    SubscriptionFilterNotFound,
    SubscriptionNotFound,
    SubscriptionSuperseded,
    TooManyEntries,
    TooManyRules,
    TooManyStreams,
    TooManySubscriptions,
    Unauthenticated,
    Unavailable,
    Unimplemented,
    Unknown,
    VersionIsDeletion,
    VersionMismatch,
    VersionNotFound,
    VersionPurged,
    Violation,
    WriteContention,
)
from modeldex_client._sync.cache_events import CacheEvents
from modeldex_client._sync.client import Client
from modeldex_client._sync.pager import Pager
from modeldex_client._sync.replica import Changes, Replica
from modeldex_client._sync.subscription_watch import SubscriptionWatch
from modeldex_client._sync.watching import Watch
from modeldex_client._version import __version__
from modeldex_client._watch import Interruption, UpdateKind

if TYPE_CHECKING:
    from modeldex_client._async.cache_events import AsyncCacheEvents
    from modeldex_client._async.client import AsyncClient
    from modeldex_client._async.pager import AsyncPager
    from modeldex_client._async.replica import AsyncChanges, AsyncReplica
    from modeldex_client._async.subscription_watch import AsyncSubscriptionWatch
    from modeldex_client._async.watching import AsyncWatch

__all__ = [
    "Aborted",
    "AccessChanged",
    "AcknowledgeUpdatesResponse",
    "AcknowledgementAutomatic",
    "AcknowledgementBeyondSent",
    "AcknowledgementMode",
    "AlreadyExists",
    "AsyncCacheEvents",
    "AsyncChanges",
    "AsyncClient",
    "AsyncPager",
    "AsyncReplica",
    "AsyncSubscriptionWatch",
    "AsyncWatch",
    "AuditEvent",
    "Authentication",
    "Availability",
    "BatchGetEntriesResponse",
    "BatchGetModelsResponse",
    "BatchSetEntriesResponse",
    "BatchStats",
    "BenchmarksDisabled",
    "CacheEntry",
    "CacheEntryFilter",
    "CacheEvent",
    "CacheEventKind",
    "CacheEvents",
    "CacheEvictionCount",
    "CacheEvictionReason",
    "CachePolicies",
    "CachePriorityStats",
    "CacheStats",
    "CacheTier",
    "CacheTierStats",
    "Cancelled",
    "CapabilityCheck",
    "CapabilityState",
    "CapabilityUpdate",
    "CapabilityUpdateType",
    "CapabilityValue",
    "ChangeClass",
    "ChangeImpact",
    "Changes",
    "CleanupCacheResponse",
    "CleanupHistoryResponse",
    "ClearCacheResponse",
    "Client",
    "CommitUnknown",
    "Condition",
    "ConditionJoin",
    "ConditionOperator",
    "ConfigurationFixed",
    "ConnectionFailed",
    "CountEntriesResponse",
    "DataLoss",
    "DeadLetter",
    "DeadlineExceeded",
    "DeleteModelResponse",
    "DiffEntry",
    "DiffSummary",
    "DiscoveryConfiguration",
    "DiscoveryState",
    "DiscoveryStopped",
    "Draining",
    "EntryNotFound",
    "ErrorReason",
    "EvaluateInvalidationRuleResponse",
    "EventFilter",
    "EventFilterType",
    "EventStatsPoint",
    "FailedPrecondition",
    "FieldChange",
    "FieldChangeKind",
    "FieldChangeOperation",
    "FutureRevision",
    "FutureTime",
    "GetCacheStatsResponse",
    "GetConfigurationResponse",
    "GetEntryTtlResponse",
    "GetEventStatsResponse",
    "GetInvalidationStatsResponse",
    "GetModelCapabilitiesResponse",
    "GetModelStatsResponse",
    "GetPublishStatsResponse",
    "GetStatusResponse",
    "GetSubscriberHealthResponse",
    "GetSubscriptionStatsResponse",
    "GetVersionStatsResponse",
    "HasEntryResponse",
    "HealthIssue",
    "HealthIssueSeverity",
    "HealthIssueType",
    "HealthStatus",
    "HistoryRewound",
    "Internal",
    "Interruption",
    "InvalidArgument",
    "InvalidOption",
    "InvalidPageToken",
    "InvalidRequest",
    "InvalidResumeToken",
    "InvalidateAction",
    "InvalidateRequest",
    "InvalidateResponse",
    "Invalidation",
    "InvalidationAction",
    "InvalidationCondition",
    "InvalidationMode",
    "InvalidationReason",
    "InvalidationRule",
    "InvalidationStrategy",
    "InvalidationSubject",
    "InvalidationTags",
    "InvalidationTarget",
    "KeyCount",
    "KeyCounts",
    "Lifecycle",
    "LifecycleMilestone",
    "LifecycleStage",
    "LifecycleUpdate",
    "ListAuditEventsResponse",
    "ListEntriesResponse",
    "ListInvalidationsResponse",
    "ListModelBenchmarksResponse",
    "ListModelChangesResponse",
    "ListModelPinsResponse",
    "ListModelVersionsResponse",
    "ListModelsResponse",
    "ListProvidersResponse",
    "ListRollbacksResponse",
    "MalformedRequest",
    "ManagedBySource",
    "MessageTooLarge",
    "MethodNotFound",
    "Modality",
    "Model",
    "ModelBenchmark",
    "ModelChange",
    "ModelDiff",
    "ModelFilter",
    "ModelNotDeleted",
    "ModelNotFound",
    "ModelPin",
    "ModelSortField",
    "ModelUpdate",
    "ModelUpdateType",
    "ModelVersion",
    "ModelVersionOperation",
    "ModeldexError",
    "NamespaceReadOnly",
    "NotFound",
    "NotListed",
    "NotPinned",
    "NotReady",
    "NotRequester",
    "NotificationsDisabled",
    "OperationUpdate",
    "OperationUpdateType",
    "OutOfRange",
    "Pager",
    "PermissionDenied",
    "PinModelResponse",
    "PinnedField",
    "Price",
    "PriceCeiling",
    "PriceTier",
    "PriceUnit",
    "Provider",
    "ProviderDenied",
    "ProviderNotFound",
    "ProviderStatus",
    "ProviderUpdate",
    "ProviderUpdateType",
    "PublishResult",
    "PublishUpdatesResponse",
    "PurgedVersion",
    "RateLimited",
    "RawRecord",
    "Redelivery",
    "RefreshAction",
    "RefreshError",
    "RefreshProviderEntriesResponse",
    "RefreshResult",
    "Replica",
    "ReplicaChange",
    "ReplicaStatus",
    "RequestIdReused",
    "ResourceExhausted",
    "RetryPolicy",
    "RevisionCompacted",
    "RevisionNotReached",
    "Rollback",
    "RollbackChangesNothing",
    "RollbackDecision",
    "RollbackDiffMismatch",
    "RollbackDisabled",
    "RollbackExpired",
    "RollbackFinished",
    "RollbackNotFound",
    "RollbackPending",
    "RollbackStale",
    "RollbackState",
    "RuleNotFound",
    "SaveModelResponse",
    "SelfApproval",
    "SourceMalformed",
    "SourceRateLimited",
    "SourceStatus",
    "SourceUnauthenticated",
    "SourceUnavailable",
    "StartDiscoveryResponse",
    "StopDiscoveryResponse",
    "StorageStatus",
    "StoreUnavailable",
    "StrategyDisabled",
    "StringList",
    "Subscription",
    "SubscriptionChanged",
    "SubscriptionExpired",
    "SubscriptionFilterNotFound",
    "SubscriptionNotFound",
    "SubscriptionOptions",
    "SubscriptionStatus",
    "SubscriptionSuperseded",
    "SubscriptionType",
    "SubscriptionUpdate",
    "SubscriptionUpdateType",
    "SubscriptionWatch",
    "TooManyEntries",
    "TooManyRules",
    "TooManyStreams",
    "TooManySubscriptions",
    "Unauthenticated",
    "Unavailable",
    "UndeleteModelResponse",
    "Unimplemented",
    "Unknown",
    "UnpinModelResponse",
    "UpdateConfigurationResponse",
    "UpdateEvent",
    "UpdateKind",
    "UpdateRejection",
    "UpdateTransition",
    "ValidateModelCapabilitiesResponse",
    "VersionIsDeletion",
    "VersionMismatch",
    "VersionNotFound",
    "VersionPurged",
    "Violation",
    "Watch",
    "WatchBookmark",
    "WatchCacheEventsResponse",
    "WatchFlowState",
    "WatchGoingAway",
    "WatchResponse",
    "WriteContention",
    "__version__",
]


_ASYNC = {
    "AsyncCacheEvents": "modeldex_client._async.cache_events",
    "AsyncChanges": "modeldex_client._async.replica",
    "AsyncClient": "modeldex_client._async.client",
    "AsyncPager": "modeldex_client._async.pager",
    "AsyncReplica": "modeldex_client._async.replica",
    "AsyncSubscriptionWatch": "modeldex_client._async.subscription_watch",
    "AsyncWatch": "modeldex_client._async.watching",
}


def __getattr__(name: str) -> Any:
    """The async half is loaded when it is asked for: most programs, the command among them, need one half only."""
    if name not in _ASYNC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = getattr(import_module(_ASYNC[name]), name)
    _show_as_public(name)
    return globals()[name]


def __dir__() -> list[str]:
    return __all__


def _show_as_public(name: str) -> None:
    """Shows a name as it is imported: modeldex_client.ModelNotFound, not modeldex_client._errors.ModelNotFound."""
    if getattr(globals().get(name), "__module__", "").startswith(f"{__name__}."):
        globals()[name].__module__ = __name__


for _name in __all__:
    _show_as_public(_name)
