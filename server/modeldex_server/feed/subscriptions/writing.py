"""Writes of subscriptions: from a request to its change in the ledger, and from that to the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import subscription_pb2 as pb
from modeldex.v1 import update_pb2
from modeldex_server.catalogue.saving import request_key
from modeldex_server.errors import VersionMismatch
from modeldex_server.feed.subscriptions.changing import Change
from modeldex_server.feed.subscriptions.creating import Creation
from modeldex_server.feed.subscriptions.deleting import Deletion
from modeldex_server.feed.subscriptions.records import SubscriptionRow, owner_of
from modeldex_server.feed.subscriptions.wishes import Wish
from modeldex_server.ledger.changes import Committed, RequestKey, Write
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.principals import Principal

_UPDATED = update_pb2.SUBSCRIPTION_UPDATE_TYPE_UPDATED

Answer = TypeVar(
    "Answer",
    api.UpdateSubscriptionResponse,
    api.PauseSubscriptionResponse,
    api.ResumeSubscriptionResponse,
    api.AddSubscriptionFilterResponse,
    api.RemoveSubscriptionFilterResponse,
    api.UpdateSubscriptionFilterResponse,
)
Rewish = Callable[[SubscriptionRow, Wish], Wish]


class Writer:
    """Writes what a caller asks for, done once where its request says so."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def rewish(
        self, answer: type[Answer], request: Any, rewish: Rewish, by: Principal, timeout: float | None
    ) -> Answer:
        """Change what one subscription asks for, unless that is what it asks for already. `rewish` is pure.

        Raises:
            What `change` raises, and what `rewish` does.
        """

        def to(row: SubscriptionRow) -> SubscriptionRow:
            wish = Wish(row.wanted(), row.next_filter)
            new = rewish(row, wish)
            if new.asked == wish.asked:
                return row
            return replace(
                row,
                wish=new.data,
                next_filter=new.next_filter,
                idle_timeout=new.idle_timeout,
                attempt=row.attempt if new.explicit else 1,
                retry_revision=row.retry_revision if new.explicit else None,
                active_at=row.now,
            )

        return await self.change(answer, request, _UPDATED, to, by, timeout)

    async def change(
        self,
        answer: type[Answer],
        request: Any,
        told: update_pb2.SubscriptionUpdateType.ValueType,
        to: Callable[[SubscriptionRow], SubscriptionRow],
        by: Principal,
        timeout: float | None,
    ) -> Answer:
        """Change one subscription; see Change.

        Raises:
            SubscriptionNotFound, SubscriptionExpired, VersionMismatch, what `to` raises, and what Ledger.write does.
        """

        def checked(row: SubscriptionRow) -> SubscriptionRow:
            _check_version(row.in_use(), request)
            return to(row)

        change = Change([request.subscription_id], owner_of(by), told, checked, answer)
        committed = await self.write(request, request.subscription_id, change, by, timeout)
        return _with_revision(answer.FromString(committed.answer), committed.revision)

    async def write(
        self,
        request: Any,
        resource: str,
        beside: Creation | Change | Deletion,
        by: Principal,
        timeout: float | None,
        key: RequestKey | None = None,
    ) -> Committed:
        """Write whatever it is, under the name of the method that its request calls. `key`: where it is a step of the
        request. Raises what `beside.decide` raises, and what Ledger.write does."""
        return await self._ledger.write(
            Write(
                principal=by.name,
                method=type(request).__name__.removesuffix("Request"),
                resource=resource,
                model_ids=[],
                decide=beside.decide,
                request=key or request_key(request, request.request_id),
                beside=beside,
                timeout=timeout,
            )
        )


def _with_revision(answer: Answer, revision: int) -> Answer:
    """An answer with what is known once the revision is. Where none was taken, it has one."""
    if not answer.revision:
        answer.revision = revision
        subscription = answer.subscription
        if subscription.status == pb.SUBSCRIPTION_STATUS_PAUSED and not subscription.pause_revision:
            subscription.pause_revision = revision
    return answer


def _check_version(row: SubscriptionRow, request: Any) -> None:
    """Raises VersionMismatch. Pausing and resuming go by no version."""
    if "expected_version" not in request.DESCRIPTOR.fields_by_name or not request.HasField("expected_version"):
        return
    if request.expected_version != row.version:
        raise VersionMismatch(f"Subscription {row.id}", expected=request.expected_version, current=row.version)
