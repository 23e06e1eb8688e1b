"""Everything that can go wrong, as one tree: each class is a reason of the contract, none knows gRPC.

    ModeldexError
    |-- requests    InvalidRequest (InvalidPageToken, InvalidResumeToken), MalformedRequest, MessageTooLarge,
    |               MethodNotFound
    |-- catalogue   ModelNotFound, ProviderNotFound, VersionMismatch, RequestIdReused, ManagedBySource,
    |               BenchmarksDisabled, ModelNotDeleted, ConfigurationFixed
    |-- feed        HistoryRewound, RevisionCompacted, FutureRevision, TooManyStreams, AccessChanged,
    |               SubscriptionNotFound, SubscriptionFilterNotFound, SubscriptionSuperseded, SubscriptionChanged,
    |               SubscriptionExpired, TooManySubscriptions, Redelivery, AcknowledgementBeyondSent,
    |               AcknowledgementAutomatic
    |-- history     VersionNotFound, VersionPurged, VersionIsDeletion, FutureTime, RollbackNotFound,
    |               RollbackChangesNothing, RollbackPending, RollbackFinished, RollbackStale, RollbackExpired,
    |               RollbackDiffMismatch, RollbackDisabled, SelfApproval, NotRequester, NotListed, NotPinned
    |-- access      Unauthenticated, PermissionDenied, ProviderDenied, RateLimited
    |-- service     StoreUnavailable, CommitUnknown, WriteContention, RevisionNotReached, NotReady, Draining,
    |               DeadlineExceeded, Cancelled, InternalError
    |-- sources     SourceError (SourceUnavailable, SourceMalformed, SourceRateLimited, SourceUnauthenticated)

Beside the tree stands StartError: what keeps a process from starting, told in one line on its terminal.

Raise what is wrong; `rpc/frame/status.py` maps it once. The message says what to do next; what varies in it stands in
the metadata too, and never names an address, a path, a class or a secret.
"""

from modeldex_server.errors.access import (
    PermissionDenied,
    ProviderDenied,
    RateLimited,
    Unauthenticated,
)
from modeldex_server.errors.base import (
    ModeldexError,
    StartError,
    Violation,
)
from modeldex_server.errors.cache import (
    EntryNotFound,
    NamespaceReadOnly,
    RuleNotFound,
    StrategyDisabled,
    TooManyEntries,
    TooManyRules,
)
from modeldex_server.errors.catalogue import (
    BenchmarksDisabled,
    ConfigurationFixed,
    ManagedBySource,
    ModelNotDeleted,
    ModelNotFound,
    ProviderNotFound,
    RequestIdReused,
    VersionMismatch,
)
from modeldex_server.errors.feed import (
    AccessChanged,
    AcknowledgementAutomatic,
    AcknowledgementBeyondSent,
    FutureRevision,
    HistoryRewound,
    NotificationsDisabled,
    Redelivery,
    RevisionCompacted,
    SubscriptionChanged,
    SubscriptionExpired,
    SubscriptionFilterNotFound,
    SubscriptionNotFound,
    SubscriptionSuperseded,
    TooManyStreams,
    TooManySubscriptions,
)
from modeldex_server.errors.history import (
    FutureTime,
    NotListed,
    NotPinned,
    NotRequester,
    RollbackChangesNothing,
    RollbackDiffMismatch,
    RollbackDisabled,
    RollbackExpired,
    RollbackFinished,
    RollbackNotFound,
    RollbackPending,
    RollbackStale,
    SelfApproval,
    VersionIsDeletion,
    VersionNotFound,
    VersionPurged,
)
from modeldex_server.errors.requests import (
    InvalidPageToken,
    InvalidRequest,
    InvalidResumeToken,
    MalformedRequest,
    MessageTooLarge,
    MethodNotFound,
)
from modeldex_server.errors.service import (
    Cancelled,
    CommitUnknown,
    DeadlineExceeded,
    Draining,
    InternalError,
    NotReady,
    RevisionNotReached,
    StoreUnavailable,
    WriteContention,
)
from modeldex_server.errors.sources import (
    SourceError,
    SourceMalformed,
    SourceRateLimited,
    SourceUnauthenticated,
    SourceUnavailable,
)

__all__ = [
    "AccessChanged",
    "AcknowledgementAutomatic",
    "AcknowledgementBeyondSent",
    "BenchmarksDisabled",
    "Cancelled",
    "CommitUnknown",
    "ConfigurationFixed",
    "DeadlineExceeded",
    "Draining",
    "EntryNotFound",
    "FutureRevision",
    "FutureTime",
    "HistoryRewound",
    "InternalError",
    "InvalidPageToken",
    "InvalidRequest",
    "InvalidResumeToken",
    "MalformedRequest",
    "ManagedBySource",
    "MessageTooLarge",
    "MethodNotFound",
    "ModelNotDeleted",
    "ModelNotFound",
    "ModeldexError",
    "NamespaceReadOnly",
    "NotListed",
    "NotPinned",
    "NotReady",
    "NotRequester",
    "NotificationsDisabled",
    "PermissionDenied",
    "ProviderDenied",
    "ProviderNotFound",
    "RateLimited",
    "Redelivery",
    "RequestIdReused",
    "RevisionCompacted",
    "RevisionNotReached",
    "RollbackChangesNothing",
    "RollbackDiffMismatch",
    "RollbackDisabled",
    "RollbackExpired",
    "RollbackFinished",
    "RollbackNotFound",
    "RollbackPending",
    "RollbackStale",
    "RuleNotFound",
    "SelfApproval",
    "SourceError",
    "SourceMalformed",
    "SourceRateLimited",
    "SourceUnauthenticated",
    "SourceUnavailable",
    "StartError",
    "StoreUnavailable",
    "StrategyDisabled",
    "SubscriptionChanged",
    "SubscriptionExpired",
    "SubscriptionFilterNotFound",
    "SubscriptionNotFound",
    "SubscriptionSuperseded",
    "TooManyEntries",
    "TooManyRules",
    "TooManyStreams",
    "TooManySubscriptions",
    "Unauthenticated",
    "VersionIsDeletion",
    "VersionMismatch",
    "VersionNotFound",
    "VersionPurged",
    "Violation",
    "WriteContention",
]
