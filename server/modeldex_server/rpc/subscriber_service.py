"""SubscriberService: reads the request, calls the room, writes the answer."""

from __future__ import annotations

from modeldex.v1 import subscriber_service_pb2 as pb
from modeldex.v1 import update_pb2
from modeldex_server.catalogue.reading import Reader
from modeldex_server.feed.publishing import Publisher
from modeldex_server.feed.watching import Watcher
from modeldex_server.rpc.feed_statistics import StatisticsMethods, StatisticsRooms
from modeldex_server.rpc.frame.call import Call
from modeldex_server.rpc.subscriptions import SubscriptionMethods, SubscriptionRooms

_FIELDS = update_pb2.UpdateEvent.DESCRIPTOR.oneofs_by_name["update"].fields
_KINDS = {field.name: frozenset({field.number}) for field in _FIELDS}
_ALL = frozenset(field.number for field in _FIELDS)


class SubscriberServicer(SubscriptionMethods, StatisticsMethods):
    """The methods of SubscriberService; what each promises stands in the contract."""

    def __init__(
        self,
        watcher: Watcher,
        publisher: Publisher,
        reader: Reader,
        subscriptions: SubscriptionRooms,
        statistics: StatisticsRooms,
    ) -> None:
        self._watcher = watcher
        self._publisher = publisher
        self._reader = reader
        self._subscriptions = subscriptions
        self._statistics = statistics

    async def Watch(self, request: pb.WatchRequest, call: Call) -> None:
        if request.subscription_id:
            await self._subscriptions.streams.watch(request, call.principal, call)
            return
        kinds = _KINDS["model"] if request.HasField("models") else _ALL
        await self._watcher.watch(request, kinds, call)

    async def WatchModelUpdates(self, request: pb.WatchModelUpdatesRequest, call: Call) -> None:
        await self._watcher.watch(request, _KINDS["model"], call)

    async def WatchProviderUpdates(self, request: pb.WatchProviderUpdatesRequest, call: Call) -> None:
        await self._watcher.watch(request, _KINDS["provider"], call)

    async def WatchCapabilityUpdates(self, request: pb.WatchCapabilityUpdatesRequest, call: Call) -> None:
        await self._watcher.watch(request, _KINDS["capability"], call)

    async def PublishUpdates(self, request: pb.PublishUpdatesRequest, call: Call) -> pb.PublishUpdatesResponse:
        results, committed = await self._publisher.publish(
            request, by=call.principal.name, scope=call.scope, timeout=call.remaining()
        )
        if committed is None:
            return pb.PublishUpdatesResponse(results=results, revision=self._reader.revision)
        answer = pb.PublishUpdatesResponse.FromString(committed.answer)
        answer.revision = committed.revision
        return answer
