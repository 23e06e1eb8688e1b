"""What ends a watch, or keeps it from beginning."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from modeldex.v1 import error_reason_pb2 as pb
from modeldex_server.errors.base import ModeldexError


class HistoryRewound(ModeldexError):
    """The history of the catalogue was rewound, as by restoring an older backup."""

    reason = pb.ERROR_REASON_HISTORY_REWOUND

    def __init__(self) -> None:
        super().__init__("The history of the catalogue was rewound, as by restoring a backup: take a new snapshot.")


class RevisionCompacted(ModeldexError):
    """The log does not keep what came after a revision any more."""

    reason = pb.ERROR_REASON_REVISION_COMPACTED

    def __init__(self, revision: int, compacted: int) -> None:
        super().__init__(
            f"The log begins after revision {compacted}, so what came after {revision} is not whole: take a new"
            " snapshot.",
            revision=revision,
            compacted_revision=compacted,
        )


class FutureRevision(ModeldexError):
    """There is no such revision yet."""

    reason = pb.ERROR_REASON_FUTURE_REVISION

    def __init__(self, revision: int, head: int) -> None:
        super().__init__(
            f"There is no revision {revision} yet; the last one is {head}.", revision=revision, head_revision=head
        )


class TooManyStreams(ModeldexError):
    """As many streams are open as may be."""

    reason = pb.ERROR_REASON_TOO_MANY_STREAMS
    retry_after = timedelta(seconds=5)

    def __init__(self, limit: int, principal: str = "") -> None:
        """`principal` where it is that one's limit, not the server's."""
        who, whose = (principal, {"principal": principal}) if principal else ("This server", {})
        super().__init__(
            f"{who} has {limit} open streams, which is the most; watch on another replica, or later.",
            limit=limit,
            **whose,
        )


class AccessChanged(ModeldexError):
    """The providers that the caller may see were changed."""

    reason = pb.ERROR_REASON_ACCESS_CHANGED

    def __init__(self) -> None:
        super().__init__("The providers that you may see were changed: take a new snapshot.")


class SubscriptionNotFound(ModeldexError):
    """The caller has no such subscription."""

    reason = pb.ERROR_REASON_SUBSCRIPTION_NOT_FOUND

    def __init__(self, subscription_id: str) -> None:
        super().__init__(
            f"There is no subscription {subscription_id} of yours; ListSubscriptions names them.",
            subscription_id=subscription_id,
        )


class SubscriptionFilterNotFound(ModeldexError):
    """The subscription has no such filter."""

    reason = pb.ERROR_REASON_SUBSCRIPTION_FILTER_NOT_FOUND

    def __init__(self, subscription_id: str, filter_id: str) -> None:
        super().__init__(
            f"Subscription {subscription_id} has no filter {filter_id}; GetSubscription shows its filters.",
            subscription_id=subscription_id,
            filter_id=filter_id,
        )


class SubscriptionSuperseded(ModeldexError):
    """A newer stream has taken the subscription over."""

    reason = pb.ERROR_REASON_SUBSCRIPTION_SUPERSEDED

    def __init__(self, subscription_id: str, stream: int, current: int) -> None:
        super().__init__(
            f"Stream {stream} of subscription {subscription_id} was superseded by stream {current}: a subscription has"
            " one stream at a time.",
            subscription_id=subscription_id,
            stream=stream,
            current_stream=current,
        )


class SubscriptionChanged(ModeldexError):
    """What the subscription asks for was changed."""

    reason = pb.ERROR_REASON_SUBSCRIPTION_CHANGED

    def __init__(self, subscription_id: str, revision: int) -> None:
        super().__init__(
            f"Subscription {subscription_id} was changed at revision {revision}: watch it again.",
            subscription_id=subscription_id,
            revision=revision,
        )


class SubscriptionExpired(ModeldexError):
    """The subscription was not used for too long, or the log does not keep its place any more."""

    reason = pb.ERROR_REASON_SUBSCRIPTION_EXPIRED
    # By the word for programs.
    WHY: ClassVar[Mapping[str, str]] = {
        "idle": "it was not used within its idle_timeout",
        "compacted": "the log does not keep its place any more",
    }

    def __init__(self, subscription_id: str, why: str) -> None:
        """`why`: a key of WHY."""
        super().__init__(
            f"Subscription {subscription_id} has expired ({self.WHY[why]}): create another, and begin with a snapshot.",
            subscription_id=subscription_id,
            why=why,
        )


class TooManySubscriptions(ModeldexError):
    """The caller has as many subscriptions as it may."""

    reason = pb.ERROR_REASON_TOO_MANY_SUBSCRIPTIONS

    def __init__(self, limit: int) -> None:
        super().__init__(f"You have {limit} subscriptions, which is the most; delete some.", limit=limit)


class Redelivery(ModeldexError):
    """Updates were rejected, or not acknowledged in time; they come again on the next stream."""

    reason = pb.ERROR_REASON_REDELIVERY

    def __init__(self, subscription_id: str, revision: int, attempt: int, wait: timedelta) -> None:
        super().__init__(
            f"What came from revision {revision} on comes again, as attempt {attempt}: watch the subscription again.",
            subscription_id=subscription_id,
            revision=revision,
            attempt=attempt,
        )
        self.retry_after = wait


class AcknowledgementBeyondSent(ModeldexError):
    """The acknowledgement names what was not sent on this stream."""

    reason = pb.ERROR_REASON_ACKNOWLEDGEMENT_BEYOND_SENT

    def __init__(self, subscription_id: str, revision: int, sent: int) -> None:
        super().__init__(
            f"Revision {revision} was not sent on this stream of {subscription_id}, which is through {sent}.",
            subscription_id=subscription_id,
            revision=revision,
            sent_revision=sent,
        )


class AcknowledgementAutomatic(ModeldexError):
    """The subscription acknowledges by itself."""

    reason = pb.ERROR_REASON_ACKNOWLEDGEMENT_AUTOMATIC

    def __init__(self, subscription_id: str) -> None:
        super().__init__(
            f"Subscription {subscription_id} acknowledges by itself; create it with EXPLICIT acknowledgement to do so.",
            subscription_id=subscription_id,
        )


class NotificationsDisabled(ModeldexError):
    """The configuration switches notifications off."""

    reason = pb.ERROR_REASON_NOTIFICATIONS_DISABLED

    def __init__(self) -> None:
        super().__init__(
            "Notifications are switched off: an admin sets notifications_enabled with UpdateConfiguration. What changes"
            " meanwhile stays in the log."
        )
