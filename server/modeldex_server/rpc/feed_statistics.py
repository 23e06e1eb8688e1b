"""The methods of SubscriberService that tell of the feed: read the request, call the room, write the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from modeldex.v1 import subscriber_service_pb2 as pb
from modeldex_server.catalogue.reading import Reader
from modeldex_server.feed.statistics.cleanup import Cleanup
from modeldex_server.feed.statistics.events import event_stats
from modeldex_server.feed.statistics.health import Health
from modeldex_server.feed.statistics.spans import span_of
from modeldex_server.feed.statistics.totals import publish_stats, subscription_stats
from modeldex_server.feed.subscriptions.records import owner_of
from modeldex_server.rpc.frame.call import Call
from modeldex_server.store.database import Database


@dataclass(frozen=True, slots=True)
class StatisticsRooms:
    """The rooms behind these methods."""

    database: Database
    health: Health
    cleanup: Cleanup
    reader: Reader
    clock: Callable[[], datetime]


class StatisticsMethods:
    """A part of SubscriberServicer; what each method promises stands in the contract."""

    _statistics: StatisticsRooms

    async def GetSubscriptionStats(
        self, request: pb.GetSubscriptionStatsRequest, call: Call
    ) -> pb.GetSubscriptionStatsResponse:
        rooms, now = self._statistics, self._statistics.clock()
        owner = owner_of(call.principal)
        answer = await rooms.database.at_one_moment(lambda store: subscription_stats(store, owner, now))
        answer.revision = rooms.reader.revision
        return answer

    async def GetPublishStats(self, request: pb.GetPublishStatsRequest, call: Call) -> pb.GetPublishStatsResponse:
        rooms, now = self._statistics, self._statistics.clock()
        answer = await rooms.database.at_one_moment(lambda store: publish_stats(store, call.scope, now))
        answer.revision = rooms.reader.revision
        return answer

    async def GetEventStats(self, request: pb.GetEventStatsRequest, call: Call) -> pb.GetEventStatsResponse:
        rooms, now = self._statistics, self._statistics.clock()
        span = span_of(request, now)
        answer = await rooms.database.at_one_moment(lambda store: event_stats(store, span, call.scope, now))
        answer.revision = rooms.reader.revision
        return answer

    async def GetSubscriberHealth(
        self, request: pb.GetSubscriberHealthRequest, call: Call
    ) -> pb.GetSubscriberHealthResponse:
        answer = self._statistics.health.tell()
        answer.revision = self._statistics.reader.revision
        return answer

    async def CleanupSubscriptions(
        self, request: pb.CleanupSubscriptionsRequest, call: Call
    ) -> pb.CleanupSubscriptionsResponse:
        answer = await self._statistics.cleanup.clean()
        answer.revision = self._statistics.reader.revision
        return answer
