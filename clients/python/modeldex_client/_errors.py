"""What can go wrong, as one tree: a class for each status code, and below it one for each reason of the contract.

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

A class is found by its reason; an error whose reason is not known has the class of its status code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from grpc import StatusCode


class Violation(NamedTuple):
    """One broken rule: the path of the field as in the contract ("model.prices[input].amount") and what it must be."""

    field: str
    description: str


class ModeldexError(Exception):
    """A call failed. `str(error)` is one line for people; programs decide by the class, or by `reason`.

    Attributes:
        code: The status code.
        reason: The reason of the contract, for example "MODEL_NOT_FOUND". Empty where none came.
        message: The line for people: what is wrong and what to do next.
        metadata: What varies in the message, for example {"model_id": "openai/gpt-9"}.
        violations: The rules that the request breaks, the first 20 of them. Empty but for InvalidRequest.
        retry_after: How long to wait before the next attempt, where the server said so.

    `__cause__` is the error of gRPC.
    """

    code = StatusCode.UNKNOWN
    reason = ""

    def __init__(
        self,
        message: str,
        *,
        code: StatusCode | None = None,
        reason: str | None = None,
        metadata: Mapping[str, str] | None = None,
        violations: Sequence[Violation] = (),
        retry_after: timedelta | None = None,
    ) -> None:
        """`code` and `reason` default to those of the class."""
        super().__init__(message)
        self.message = message
        self.code = self.code if code is None else code
        self.reason = self.reason if reason is None else reason
        self.metadata = dict(metadata or {})
        self.violations = tuple(violations)
        self.retry_after = retry_after


class InvalidArgument(ModeldexError):
    """The request is wrong, whatever the state of the catalogue."""

    code = StatusCode.INVALID_ARGUMENT


class InvalidRequest(InvalidArgument):
    """Fields break the rules in their comments; see `violations`."""

    reason = "INVALID_REQUEST"


class MalformedRequest(InvalidArgument):
    """The bytes of the request are no message of its type."""

    reason = "MALFORMED_REQUEST"


class InvalidPageToken(InvalidArgument):
    """The page token was changed, or belongs to another query."""

    reason = "INVALID_PAGE_TOKEN"


class MessageTooLarge(InvalidArgument):
    """The request is larger than the server allows."""

    reason = "MESSAGE_TOO_LARGE"


class InvalidResumeToken(InvalidArgument):
    """The resume token was changed, or belongs to a watch with other filters."""

    reason = "INVALID_RESUME_TOKEN"


class InvalidOption(InvalidArgument):
    """An option of the client, or its environment variable, cannot be used. No call was made."""


class NotFound(ModeldexError):
    """What the request names does not exist."""

    code = StatusCode.NOT_FOUND


class ModelNotFound(NotFound):
    """No model has this id, or it was deleted: metadata["state"] is "unknown" or "deleted"."""

    reason = "MODEL_NOT_FOUND"


class ProviderNotFound(NotFound):
    """No source knows this provider."""

    reason = "PROVIDER_NOT_FOUND"


class SubscriptionNotFound(NotFound):
    """The caller has no such subscription."""

    reason = "SUBSCRIPTION_NOT_FOUND"


class SubscriptionFilterNotFound(NotFound):
    """The subscription has no such filter."""

    reason = "SUBSCRIPTION_FILTER_NOT_FOUND"


class EntryNotFound(NotFound):
    """The namespace has no entry under the key, or it has expired, or was invalidated."""

    reason = "ENTRY_NOT_FOUND"


class RuleNotFound(NotFound):
    """There is no such rule of invalidation."""

    reason = "RULE_NOT_FOUND"


class VersionNotFound(NotFound):
    """The model has no such version: its newest is metadata["newest_version"]."""

    reason = "VERSION_NOT_FOUND"


class RollbackNotFound(NotFound):
    """There is no such rollback, or it was finished long ago."""

    reason = "ROLLBACK_NOT_FOUND"


class AlreadyExists(ModeldexError):
    """What the request would make exists."""

    code = StatusCode.ALREADY_EXISTS


class RequestIdReused(AlreadyExists):
    """The request_id was used before with another request; nothing was done."""

    reason = "REQUEST_ID_REUSED"


class Aborted(ModeldexError):
    """Somebody else was faster: read again and decide anew."""

    code = StatusCode.ABORTED


class VersionMismatch(Aborted):
    """expected_version is not the current version, which is metadata["current_version"]."""

    reason = "VERSION_MISMATCH"


class HistoryRewound(Aborted):
    """The store was set back to an older state, so what a watch or its token followed is no more."""

    reason = "HISTORY_REWOUND"


class SubscriptionSuperseded(Aborted):
    """A newer stream has taken the subscription over."""

    reason = "SUBSCRIPTION_SUPERSEDED"


class SubscriptionChanged(Aborted):
    """What the subscription asks for was changed: watch it again."""

    reason = "SUBSCRIPTION_CHANGED"


class Redelivery(Aborted):
    """Updates were rejected, or not acknowledged in time: watch the subscription again, and they come again."""

    reason = "REDELIVERY"


class AccessChanged(Aborted):
    """The providers that the caller may see were changed: take a new snapshot."""

    reason = "ACCESS_CHANGED"


class FailedPrecondition(ModeldexError):
    """The state of the catalogue forbids it; the same request fails again until that changes."""

    code = StatusCode.FAILED_PRECONDITION


class ManagedBySource(FailedPrecondition):
    """A source lists the model, so callers cannot change it: metadata["source_ids"]."""

    reason = "MANAGED_BY_SOURCE"


class BenchmarksDisabled(FailedPrecondition):
    """Benchmarks are switched off on this server."""

    reason = "BENCHMARKS_DISABLED"


class ModelNotDeleted(FailedPrecondition):
    """The model is not deleted, so there is nothing to undelete."""

    reason = "MODEL_NOT_DELETED"


class ConfigurationFixed(FailedPrecondition):
    """The server's environment or file sets the value, so no call can change it: metadata["fields"]."""

    reason = "CONFIGURATION_FIXED"


class DiscoveryStopped(FailedPrecondition):
    """Discovery is stopped."""

    reason = "DISCOVERY_STOPPED"


class SourceUnauthenticated(FailedPrecondition):
    """A source refuses the server's credential."""

    reason = "SOURCE_UNAUTHENTICATED"


class NamespaceReadOnly(FailedPrecondition):
    """The namespace holds the models of the catalogue: set entries in another, or save the model."""

    reason = "NAMESPACE_READ_ONLY"


class StrategyDisabled(FailedPrecondition):
    """The server's settings switch this way of invalidating off: metadata["strategy"]."""

    reason = "STRATEGY_DISABLED"


class NotificationsDisabled(FailedPrecondition):
    """The configuration switches notifications off, so nothing can be watched."""

    reason = "NOTIFICATIONS_DISABLED"


class SubscriptionExpired(FailedPrecondition):
    """The subscription was not used for too long, or the log does not keep its place any more."""

    reason = "SUBSCRIPTION_EXPIRED"


class AcknowledgementAutomatic(FailedPrecondition):
    """The subscription acknowledges by itself."""

    reason = "ACKNOWLEDGEMENT_AUTOMATIC"


class VersionPurged(FailedPrecondition):
    """History does not keep the document of the version any more."""

    reason = "VERSION_PURGED"


class VersionIsDeletion(FailedPrecondition):
    """The version is a deletion: there is nothing to put back."""

    reason = "VERSION_IS_DELETION"


class RollbackChangesNothing(FailedPrecondition):
    """The model is as the version says."""

    reason = "ROLLBACK_CHANGES_NOTHING"


class RollbackPending(FailedPrecondition):
    """Another rollback of the model waits for approval: metadata["rollback_id"]."""

    reason = "ROLLBACK_PENDING"


class RollbackFinished(FailedPrecondition):
    """The rollback is finished, as metadata["state"] says: nothing can be decided any more."""

    reason = "ROLLBACK_FINISHED"


class RollbackStale(FailedPrecondition):
    """The model got another version since the rollback was requested: request it again."""

    reason = "ROLLBACK_STALE"


class RollbackExpired(FailedPrecondition):
    """Nobody decided on the rollback in time: request it again."""

    reason = "ROLLBACK_EXPIRED"


class RollbackDiffMismatch(FailedPrecondition):
    """The approval names another diff than that of the rollback: look at it again."""

    reason = "ROLLBACK_DIFF_MISMATCH"


class RollbackDisabled(FailedPrecondition):
    """Rollbacks are switched off on this server."""

    reason = "ROLLBACK_DISABLED"


class NotListed(FailedPrecondition):
    """No source lists the model, so nothing would change what is pinned: save it instead."""

    reason = "NOT_LISTED"


class NotPinned(FailedPrecondition):
    """The model has no such pin."""

    reason = "NOT_PINNED"


class Unauthenticated(ModeldexError):
    """No token or certificate came with the call, or it is not valid at this server."""

    code = StatusCode.UNAUTHENTICATED
    reason = "UNAUTHENTICATED"


class PermissionDenied(ModeldexError):
    """None of the caller's roles may call the method: metadata["required_role"] may."""

    code = StatusCode.PERMISSION_DENIED
    reason = "PERMISSION_DENIED"


class ProviderDenied(PermissionDenied):
    """The caller has no right to the provider."""

    reason = "PROVIDER_DENIED"


class SelfApproval(PermissionDenied):
    """The caller requested the rollback, so another principal has to approve it."""

    reason = "SELF_APPROVAL"


class NotRequester(PermissionDenied):
    """Another principal requested the rollback: it or an admin can cancel it."""

    reason = "NOT_REQUESTER"


class Unavailable(ModeldexError):
    """It does not work now and may work later. Calls that are safe to repeat were repeated already."""

    code = StatusCode.UNAVAILABLE


class ConnectionFailed(Unavailable):
    """Nobody answered at the target, or nobody who speaks gRPC; the message says what is known."""


class StoreUnavailable(Unavailable):
    """The server cannot reach its store; nothing was changed."""

    reason = "STORE_UNAVAILABLE"


class CommitUnknown(Unavailable):
    """Nobody knows whether the change was made: send the same request again with the same request_id."""

    reason = "COMMIT_UNKNOWN"


class RevisionNotReached(Unavailable):
    """The replica is not yet current through min_revision."""

    reason = "REVISION_NOT_REACHED"


class NotReady(Unavailable):
    """The server has not loaded the catalogue yet."""

    reason = "NOT_READY"


class Draining(Unavailable):
    """The server is shutting down."""

    reason = "DRAINING"


class WriteContention(Unavailable):
    """Other writers held the same models for too long; nothing was changed."""

    reason = "WRITE_CONTENTION"


class SourceUnavailable(Unavailable):
    """A source could not be reached, or answered with an error of its own; no model was removed."""

    reason = "SOURCE_UNAVAILABLE"


class SourceMalformed(Unavailable):
    """A source answered something that is no complete listing; no model was removed."""

    reason = "SOURCE_MALFORMED"


class SourceRateLimited(Unavailable):
    """A source limits the server's requests."""

    reason = "SOURCE_RATE_LIMITED"


class DeadlineExceeded(ModeldexError):
    """The call took longer than its timeout. A write may have been made."""

    code = StatusCode.DEADLINE_EXCEEDED
    reason = "DEADLINE_EXCEEDED"


class Cancelled(ModeldexError):
    """The call was cancelled by something other than its own task."""

    code = StatusCode.CANCELLED
    reason = "CANCELLED"


class Unimplemented(ModeldexError):
    """The server does not know the method: it is older than this client."""

    code = StatusCode.UNIMPLEMENTED


class MethodNotFound(Unimplemented):
    """As Unimplemented, said by a server of modeldex."""

    reason = "METHOD_NOT_FOUND"


class Internal(ModeldexError):
    """A fault of the server: metadata["incident"] stands in its log."""

    code = StatusCode.INTERNAL
    reason = "INTERNAL"


class ResourceExhausted(ModeldexError):
    """A limit of the server, of gRPC or of something before the server was reached."""

    code = StatusCode.RESOURCE_EXHAUSTED


class TooManyStreams(ResourceExhausted):
    """The replica has as many open watches as it may have."""

    reason = "TOO_MANY_STREAMS"


class RateLimited(ResourceExhausted):
    """The caller makes more calls than it may."""

    reason = "RATE_LIMITED"


class TooManySubscriptions(ResourceExhausted):
    """The caller has as many subscriptions as it may."""

    reason = "TOO_MANY_SUBSCRIPTIONS"


class TooManyEntries(ResourceExhausted):
    """The server holds as many entries of callers as it may."""

    reason = "TOO_MANY_ENTRIES"


class TooManyRules(ResourceExhausted):
    """There are as many rules of invalidation as there may be."""

    reason = "TOO_MANY_RULES"


class OutOfRange(ModeldexError):
    """The log does not have the revision after which a watch was to begin."""

    code = StatusCode.OUT_OF_RANGE


class RevisionCompacted(OutOfRange):
    """The log has forgotten the revision by now: metadata["compacted_revision"] is the first one to begin after."""

    reason = "REVISION_COMPACTED"


class FutureRevision(OutOfRange):
    """The catalogue has no such revision yet."""

    reason = "FUTURE_REVISION"


class FutureTime(OutOfRange):
    """There is nothing as of a time that is yet to come."""

    reason = "FUTURE_TIME"


class AcknowledgementBeyondSent(OutOfRange):
    """The acknowledgement names what was not sent on this stream."""

    reason = "ACKNOWLEDGEMENT_BEYOND_SENT"


class DataLoss(ModeldexError):
    """Never sent by modeldex."""

    code = StatusCode.DATA_LOSS


class Unknown(ModeldexError):
    """An error of which nothing more is known."""

    code = StatusCode.UNKNOWN


def _below(kind: type[ModeldexError]) -> Iterator[type[ModeldexError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


BY_REASON = {kind.reason: kind for kind in _below(ModeldexError) if kind.reason}
BY_CODE = {kind.code: kind for kind in ModeldexError.__subclasses__()}
