"""Watching a subscription, and saying what was done with."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from typing import Protocol

from modeldex.v1 import subscriber_service_pb2 as pb
from modeldex.v1.subscription_pb2 import UpdateRejection
from modeldex_client import _watch
from modeldex_client._async.calling import AsyncCaller
from modeldex_client._async.watching import AsyncWatch
from modeldex_client._errors import SubscriptionSuperseded


class AsyncAcknowledge(Protocol):
    """Says how far a subscription has come."""

    def __call__(
        self,
        id: str,
        stream: int,
        through_revision: int,
        *,
        rejected: Iterable[UpdateRejection] = (),
        timeout: float | None = None,
    ) -> Awaitable[pb.AcknowledgeUpdatesResponse]: ...


class AsyncSubscriptionWatch(AsyncWatch):
    """A watch of a subscription, which can acknowledge what it gave."""

    def __init__(
        self,
        caller: AsyncCaller,
        order: _watch.Order,
        on_interruption: _watch.Listener | None,
        acknowledge: AsyncAcknowledge,
    ) -> None:
        super().__init__(caller, order, on_interruption)
        self._acknowledge = acknowledge

    async def acknowledge(
        self, *, rejected: Iterable[UpdateRejection] = (), timeout: float | None = None
    ) -> pb.AcknowledgeUpdatesResponse | None:
        """Says that every update of the messages that were given whole is done with, but for the rejected ones.

        None where it comes too late: the connection on which they came was lost, and they come again; or another watch
        has taken the subscription over, which the next message says.
        """
        given = self._given
        if not given.stream:
            return None
        subscription_id = self._order.request.subscription_id
        try:
            return await self._acknowledge(
                subscription_id, given.stream, given.revision, rejected=rejected, timeout=timeout
            )
        except SubscriptionSuperseded:
            return None
