# Written by scripts/unasync.py from _async/subscriptions.py; edit that one.
"""Subscriptions: wishes for updates that the server keeps, with the place that each has reached."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from modeldex.v1 import subscriber_service_pb2 as pb
from modeldex.v1.condition_pb2 import EventFilter, EventFilterType
from modeldex.v1.subscription_pb2 import (
    DeadLetter,
    Subscription,
    SubscriptionOptions,
    SubscriptionStatus,
    SubscriptionType,
    UpdateRejection,
)
from modeldex_client import _requests, _watch
from modeldex_client._sync.calling import Caller
from modeldex_client._sync.pager import Pager
from modeldex_client._sync.subscription_watch import SubscriptionWatch

if TYPE_CHECKING:
    from modeldex.v1.discovery_service_pb2 import ModelFilter
    from modeldex.v1.subscriber_service_pb2_grpc import SubscriberServiceStub

CLEANUP_SECONDS = 600.0  # as long as the server lets a cleanup run


class Subscriptions:
    """The caller's durable subscriptions; an admin sees those of all.

    Every method takes `timeout`, in seconds; None is the client's. Those that change a subscription take `request_id`
    as for models. Each raises SubscriptionNotFound for an id that is none of the caller's.
    """

    def __init__(self, caller: Caller, stub: SubscriberServiceStub) -> None:
        self._caller = caller
        self._stub = stub

    def create(
        self,
        client_id: str,
        type: SubscriptionType.ValueType,
        *,
        filters: Iterable[EventFilter] = (),
        models: ModelFilter | None = None,
        options: SubscriptionOptions | None = None,
        after_revision: int | None = None,
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> Subscription:
        """Creates a subscription.

        Args:
            client_id: Whom it is for, in your own words; `delete_client` deletes all of one.
            type: Which updates there are to choose from.
            filters: Only updates that match any of these.
            models: Only updates of models that match before or after the change, as `models.list` takes it.
            options: Batches, acknowledgement, retries, expiry.
            after_revision: Begin after this revision; None begins with what comes after the subscription.

        Raises:
            TooManySubscriptions, RevisionCompacted, FutureRevision.
        """
        wanted = Subscription(client_id=client_id, type=type, filters=filters, models=models, options=options)
        request = pb.CreateSubscriptionRequest(
            subscription=wanted, after_revision=after_revision, request_id=_requests.request_id(request_id)
        )
        answer = self._caller.call(self._stub.CreateSubscription, request, timeout)
        return answer.subscription

    def get(self, id: str, *, timeout: float | None = None) -> Subscription:
        """The subscription of an id."""
        request = pb.GetSubscriptionRequest(subscription_id=id)
        answer = self._caller.call(self._stub.GetSubscription, request, timeout)
        return answer.subscription

    def list(
        self,
        *,
        client_id: str = "",
        types: Iterable[SubscriptionType.ValueType] = (),
        statuses: Iterable[SubscriptionStatus.ValueType] = (),
        filter_types: Iterable[EventFilterType.ValueType] = (),
        filter_fields: Iterable[str] = (),
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        active_after: datetime | None = None,
        page_size: int = 0,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> Pager[Subscription, pb.ListSubscriptionsResponse]:
        """The subscriptions that meet every condition, the newest first. Pages as of models."""
        asked = pb.ListSubscriptionsRequest(
            client_id=client_id,
            types=types,
            statuses=statuses,
            filter_types=filter_types,
            filter_fields=filter_fields,
            created_after=_requests.moment(created_after),
            created_before=_requests.moment(created_before),
            active_after=_requests.moment(active_after),
            page_size=_requests.page_size(page_size, limit),
        )

        def fetch(token: str) -> pb.ListSubscriptionsResponse:
            request = pb.ListSubscriptionsRequest(page_token=token)
            request.MergeFrom(asked)
            return self._caller.call(self._stub.ListSubscriptions, request, timeout)

        return Pager(fetch, lambda page: page.subscriptions, limit)

    def update(
        self,
        id: str,
        subscription: Subscription,
        *,
        fields: Iterable[str] = (),
        expected_version: int | None = None,
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> Subscription:
        """Changes what a subscription asks for: its `filters`, `models` or `options`.

        `fields` are those to change, for example "options.retry"; none are all that are set. Raises VersionMismatch.
        """
        request = pb.UpdateSubscriptionRequest(
            subscription_id=id,
            subscription=subscription,
            expected_version=expected_version,
            request_id=_requests.request_id(request_id),
        )
        request.update_mask.paths.extend(fields)
        answer = self._caller.call(self._stub.UpdateSubscription, request, timeout)
        return answer.subscription

    def delete(self, id: str, *, request_id: str | None = None, timeout: float | None = None) -> None:
        """Deletes a subscription with its dead letters."""
        request = pb.DeleteSubscriptionRequest(subscription_id=id, request_id=_requests.request_id(request_id))
        self._caller.call(self._stub.DeleteSubscription, request, timeout)

    def delete_client(self, client_id: str, *, request_id: str | None = None, timeout: float | None = None) -> int:
        """Deletes all subscriptions of a client, and says how many there were."""
        request = pb.DeleteClientSubscriptionsRequest(client_id=client_id, request_id=_requests.request_id(request_id))
        answer = self._caller.call(self._stub.DeleteClientSubscriptions, request, timeout)
        return answer.deleted_count

    def pause(
        self, id: str, *, request_id: str | None = None, timeout: float | None = None
    ) -> pb.PauseSubscriptionResponse:
        """Stops a subscription: nothing after the answer's `revision` is sent until `resume`."""
        request = pb.PauseSubscriptionRequest(subscription_id=id, request_id=_requests.request_id(request_id))
        return self._caller.call(self._stub.PauseSubscription, request, timeout)

    def resume(
        self, id: str, *, request_id: str | None = None, timeout: float | None = None
    ) -> pb.ResumeSubscriptionResponse:
        """Lets a paused subscription go on with what came meanwhile. Raises SubscriptionExpired."""
        request = pb.ResumeSubscriptionRequest(subscription_id=id, request_id=_requests.request_id(request_id))
        return self._caller.call(self._stub.ResumeSubscription, request, timeout)

    def add_filter(
        self,
        id: str,
        filter: EventFilter,
        *,
        expected_version: int | None = None,
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> pb.AddSubscriptionFilterResponse:
        """Adds a filter; the answer has its `filter_id`."""
        request = pb.AddSubscriptionFilterRequest(
            subscription_id=id,
            filter=filter,
            expected_version=expected_version,
            request_id=_requests.request_id(request_id),
        )
        return self._caller.call(self._stub.AddSubscriptionFilter, request, timeout)

    def update_filter(
        self,
        id: str,
        filter_id: str,
        filter: EventFilter,
        *,
        expected_version: int | None = None,
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> Subscription:
        """Replaces a filter. Raises SubscriptionFilterNotFound."""
        request = pb.UpdateSubscriptionFilterRequest(
            subscription_id=id,
            filter_id=filter_id,
            filter=filter,
            expected_version=expected_version,
            request_id=_requests.request_id(request_id),
        )
        answer = self._caller.call(self._stub.UpdateSubscriptionFilter, request, timeout)
        return answer.subscription

    def remove_filter(
        self,
        id: str,
        filter_id: str,
        *,
        expected_version: int | None = None,
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> Subscription:
        """Removes a filter. Raises SubscriptionFilterNotFound."""
        request = pb.RemoveSubscriptionFilterRequest(
            subscription_id=id,
            filter_id=filter_id,
            expected_version=expected_version,
            request_id=_requests.request_id(request_id),
        )
        answer = self._caller.call(self._stub.RemoveSubscriptionFilter, request, timeout)
        return answer.subscription

    def watch(
        self,
        id: str,
        *,
        resume_token: str | None = None,
        bookmark_interval: float = _watch.BOOKMARK_SECONDS,
        on_interruption: _watch.Listener | None = None,
    ) -> SubscriptionWatch:
        """What the subscription brings, from where it stands; connects again as `client.watch` does.

        With EXPLICIT acknowledgement say `acknowledge()` after what was done. A watch that is opened later on the same
        subscription ends this one with SubscriptionSuperseded.

        Args:
            resume_token: Of an earlier watch of it in another process: goes on exactly there. Of use where the
                subscription acknowledges by itself.
            bookmark_interval, on_interruption: as for `client.watch`.
        """
        order = _watch.order_of_subscription(id, resume_token, bookmark_interval)
        return SubscriptionWatch(self._caller, order, on_interruption, self.acknowledge)

    def acknowledge(
        self,
        id: str,
        stream: int,
        through_revision: int,
        *,
        rejected: Iterable[UpdateRejection] = (),
        timeout: float | None = None,
    ) -> pb.AcknowledgeUpdatesResponse:
        """Says that all updates up to a revision are done with, but for the rejected ones.

        Raises:
            SubscriptionSuperseded: a newer stream has taken over.
            AcknowledgementBeyondSent, AcknowledgementAutomatic, SubscriptionExpired.
        """
        request = pb.AcknowledgeUpdatesRequest(
            subscription_id=id, stream=stream, through_revision=through_revision, rejected=rejected
        )
        return self._caller.call(self._stub.AcknowledgeUpdates, request, timeout)

    def dead_letters(
        self, id: str, *, page_size: int = 0, limit: int | None = None, timeout: float | None = None
    ) -> Pager[DeadLetter, pb.ListDeadLettersResponse]:
        """The updates that a subscription gave up, the newest first. Pages as of models."""
        asked = pb.ListDeadLettersRequest(subscription_id=id, page_size=_requests.page_size(page_size, limit))

        def fetch(token: str) -> pb.ListDeadLettersResponse:
            request = pb.ListDeadLettersRequest(page_token=token)
            request.MergeFrom(asked)
            return self._caller.call(self._stub.ListDeadLetters, request, timeout)

        return Pager(fetch, lambda page: page.dead_letters, limit)

    def cleanup(self, *, timeout: float | None = CLEANUP_SECONDS) -> pb.CleanupSubscriptionsResponse:
        """Removes expired subscriptions, old dead letters and counts, and what the log need not keep. For admins."""
        return self._caller.call(self._stub.CleanupSubscriptions, pb.CleanupSubscriptionsRequest(), timeout)
