"""Subscriptions as callers manage them. Each change is one revision, or none where it changes nothing."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import subscription_pb2 as pb
from modeldex.v1 import update_pb2
from modeldex_server.catalogue.saving import request_key
from modeldex_server.errors import SubscriptionFilterNotFound, SubscriptionNotFound
from modeldex_server.feed.subscriptions import wishes
from modeldex_server.feed.subscriptions.creating import Creation
from modeldex_server.feed.subscriptions.deleting import BY_CLIENT, BY_ID, MOST_DELETED, Deletion
from modeldex_server.feed.subscriptions.records import SubscriptionRow, owner_of
from modeldex_server.feed.subscriptions.wishes import Wish
from modeldex_server.feed.subscriptions.writing import Writer
from modeldex_server.ledger.changes import RequestKey
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.principals import Principal

_PAUSED = update_pb2.SUBSCRIPTION_UPDATE_TYPE_PAUSED
_RESUMED = update_pb2.SUBSCRIPTION_UPDATE_TYPE_RESUMED


class Subscriptions:
    """Creates, changes and deletes subscriptions. All that names one raises SubscriptionNotFound where the caller has
    none of that id, all that changes one SubscriptionExpired, and everything here what Ledger.write raises."""

    def __init__(self, ledger: Ledger, *, most: int, new_id: Callable[[], str]) -> None:
        """`most`: how many a principal may have."""
        self._writer = Writer(ledger)
        self._most = most
        self._new_id = new_id

    async def create(
        self, request: api.CreateSubscriptionRequest, by: Principal, timeout: float | None
    ) -> api.CreateSubscriptionResponse:
        """Create one.

        Raises:
            TooManySubscriptions, FutureRevision, RevisionCompacted.
        """
        after = request.after_revision if request.HasField("after_revision") else None
        creation = Creation(
            id=self._new_id(),
            principal=by.name,
            given=request.subscription,
            wish=wishes.begun(request.subscription),
            after=after,
            most=self._most,
            answer=lambda subscription: api.CreateSubscriptionResponse(subscription=subscription),
        )
        committed = await self._writer.write(request, f"client {request.subscription.client_id}", creation, by, timeout)
        answer = api.CreateSubscriptionResponse.FromString(committed.answer)
        answer.revision = committed.revision
        begin = committed.revision if after is None else after
        answer.subscription.acknowledged_revision = answer.subscription.delivered_revision = begin
        answer.subscription.lag_revisions = committed.revision - begin
        return answer

    async def update(
        self, request: api.UpdateSubscriptionRequest, by: Principal, timeout: float | None
    ) -> api.UpdateSubscriptionResponse:
        """Change what one asks for.

        Raises:
            VersionMismatch; InvalidRequest: it does not fit the type of the subscription.
        """
        paths = list(request.update_mask.paths) or wishes.set_in(request.subscription)

        def rewish(row: SubscriptionRow, wish: Wish) -> Wish:
            new = wishes.updated(wish, request.subscription, paths)
            wishes.check_models(row.type, new.asked)
            return new

        return await self._writer.rewish(api.UpdateSubscriptionResponse, request, rewish, by, timeout)

    async def add_filter(
        self, request: api.AddSubscriptionFilterRequest, by: Principal, timeout: float | None
    ) -> api.AddSubscriptionFilterResponse:
        """Add a filter to one.

        Raises:
            VersionMismatch; InvalidRequest: it has too many.
        """
        answer = await self._writer.rewish(
            api.AddSubscriptionFilterResponse,
            request,
            lambda _, wish: wishes.with_filter(wish, request.filter),
            by,
            timeout,
        )
        answer.filter_id = answer.subscription.filters[-1].id
        return answer

    async def remove_filter(
        self, request: api.RemoveSubscriptionFilterRequest, by: Principal, timeout: float | None
    ) -> api.RemoveSubscriptionFilterResponse:
        """Remove a filter from one.

        Raises:
            SubscriptionFilterNotFound, VersionMismatch.
        """

        def rewish(row: SubscriptionRow, wish: Wish) -> Wish:
            return _found(wishes.without_filter(wish, request.filter_id), row, request.filter_id)

        return await self._writer.rewish(api.RemoveSubscriptionFilterResponse, request, rewish, by, timeout)

    async def update_filter(
        self, request: api.UpdateSubscriptionFilterRequest, by: Principal, timeout: float | None
    ) -> api.UpdateSubscriptionFilterResponse:
        """Put another filter in the place of one.

        Raises:
            SubscriptionFilterNotFound, VersionMismatch; InvalidRequest: it has too many conditions.
        """

        def rewish(row: SubscriptionRow, wish: Wish) -> Wish:
            new = wishes.with_filter_replaced(wish, request.filter_id, request.filter)
            return _found(new, row, request.filter_id)

        return await self._writer.rewish(api.UpdateSubscriptionFilterResponse, request, rewish, by, timeout)

    async def pause(
        self, request: api.PauseSubscriptionRequest, by: Principal, timeout: float | None
    ) -> api.PauseSubscriptionResponse:
        """Let nothing of one be sent after the revision of the answer."""

        def to(row: SubscriptionRow) -> SubscriptionRow:
            return row if row.paused else replace(row, status=pb.SUBSCRIPTION_STATUS_PAUSED, active_at=row.now)

        answer = await self._writer.change(api.PauseSubscriptionResponse, request, _PAUSED, to, by, timeout)
        answer.revision = answer.subscription.pause_revision
        return answer

    async def resume(
        self, request: api.ResumeSubscriptionRequest, by: Principal, timeout: float | None
    ) -> api.ResumeSubscriptionResponse:
        """Let one go on."""

        def to(row: SubscriptionRow) -> SubscriptionRow:
            return replace(row, status=pb.SUBSCRIPTION_STATUS_ACTIVE, active_at=row.now) if row.paused else row

        return await self._writer.change(api.ResumeSubscriptionResponse, request, _RESUMED, to, by, timeout)

    async def delete(
        self, request: api.DeleteSubscriptionRequest, by: Principal, timeout: float | None
    ) -> api.DeleteSubscriptionResponse:
        """Delete one, expired or not."""

        def answer(ids: object, _head: int) -> api.DeleteSubscriptionResponse:
            if not ids:
                raise SubscriptionNotFound(request.subscription_id)
            return api.DeleteSubscriptionResponse()

        found = {"id": request.subscription_id, "owner": owner_of(by)}
        committed = await self._writer.write(
            request, request.subscription_id, Deletion(BY_ID, found, answer), by, timeout
        )
        return api.DeleteSubscriptionResponse(revision=committed.revision)

    async def delete_of_client(
        self, request: api.DeleteClientSubscriptionsRequest, by: Principal, timeout: float | None
    ) -> api.DeleteClientSubscriptionsResponse:
        """Delete all of a client, in as many revisions as it takes."""

        def answer(ids: Sequence[str], head: int) -> api.DeleteClientSubscriptionsResponse:
            return api.DeleteClientSubscriptionsResponse(deleted_count=len(ids), revision=0 if ids else head)

        whole = api.DeleteClientSubscriptionsResponse()
        found = {"client_id": request.client_id, "owner": owner_of(by)}
        for step in itertools.count():
            # Each is done once by itself, so that a request that was cut off goes on where it was.
            key = _step(request_key(request, request.request_id), step)
            deletion = Deletion(BY_CLIENT, found, answer)
            committed = await self._writer.write(request, f"client {request.client_id}", deletion, by, timeout, key)
            part = api.DeleteClientSubscriptionsResponse.FromString(committed.answer)
            whole.deleted_count += part.deleted_count
            whole.revision = committed.revision if part.deleted_count else (whole.revision or part.revision)
            if part.deleted_count < MOST_DELETED:
                break
        return whole


def _found(wish: Wish | None, row: SubscriptionRow, filter_id: str) -> Wish:
    if wish is None:
        raise SubscriptionFilterNotFound(row.id, filter_id)
    return wish


def _step(key: RequestKey | None, step: int) -> RequestKey | None:
    """The key of a step of a request. No request_id of a caller has a control character."""
    return replace(key, request_id=f"{key.request_id}\x1f{step}") if key and step else key
