"""The feed: what was published and delivered, and how it does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from modeldex.v1 import subscriber_service_pb2 as pb
from modeldex.v1.feed_statistics_pb2 import TimeRange
from modeldex_client import _requests
from modeldex_client._async.calling import AsyncCaller

if TYPE_CHECKING:
    from modeldex.v1.subscriber_service_pb2_grpc import SubscriberServiceAsyncStub


class AsyncFeed:
    """Statistics and health of the feed. `timeout` is as for models."""

    def __init__(self, caller: AsyncCaller, stub: SubscriberServiceAsyncStub) -> None:
        self._caller = caller
        self._stub = stub

    async def subscription_stats(self, *, timeout: float | None = None) -> pb.GetSubscriptionStatsResponse:
        """How many subscriptions there are, of whom, and what they were sent."""
        return await self._caller.call(self._stub.GetSubscriptionStats, pb.GetSubscriptionStatsRequest(), timeout)

    async def publish_stats(self, *, timeout: float | None = None) -> pb.GetPublishStatsResponse:
        """What was published and delivered since the catalogue began."""
        return await self._caller.call(self._stub.GetPublishStats, pb.GetPublishStatsRequest(), timeout)

    async def event_stats(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        step: timedelta | None = None,
        timeout: float | None = None,
    ) -> pb.GetEventStatsResponse:
        """The events of a span of time, by type, provider and model, and as a time series.

        Args:
            start: The begin; a day before the end unless told.
            end: The end; now unless told.
            step: Of the time series, a multiple of a minute; chosen by the server unless told.
        """
        time_range = TimeRange(start_time=_requests.moment(start), end_time=_requests.moment(end))
        request = pb.GetEventStatsRequest(time_range=time_range, step=_requests.span(step))
        return await self._caller.call(self._stub.GetEventStats, request, timeout)

    async def health(self, *, timeout: float | None = None) -> pb.GetSubscriberHealthResponse:
        """How the feed does on the replica that answers, and what there is to look at."""
        return await self._caller.call(self._stub.GetSubscriberHealth, pb.GetSubscriberHealthRequest(), timeout)
