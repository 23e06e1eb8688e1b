"""SubscriberService: reads the request, calls the room, writes the answer."""

from __future__ import annotations

from modeldex.v1 import subscriber_service_pb2 as pb
from modeldex.v1 import update_pb2
from modeldex_server.catalogue.reading import Reader
from modeldex_server.feed.publishing import Publisher
from modeldex_server.feed.watching import Watcher
from modeldex_server.rpc.frame.call import Call

_FIELDS = update_pb2.UpdateEvent.DESCRIPTOR.oneofs_by_name["update"].fields
_KINDS = {field.name: frozenset({field.number}) for field in _FIELDS}
_ALL = frozenset(field.number for field in _FIELDS)


class SubscriberServicer:
    """The methods of SubscriberService; what each promises stands in the contract."""

    def __init__(self, watcher: Watcher, publisher: Publisher, reader: Reader) -> None:
        self._watcher = watcher
        self._publisher = publisher
        self._reader = reader

    async def Watch(self, request: pb.WatchRequest, call: Call) -> None:
        kinds = _KINDS["model"] if request.HasField("models") else _ALL
        await self._watcher.watch(request, kinds, call)

    async def WatchModelUpdates(self, request: pb.WatchModelUpdatesRequest, call: Call) -> None:
        await self._watcher.watch(request, _KINDS["model"], call)

    async def WatchProviderUpdates(self, request: pb.WatchProviderUpdatesRequest, call: Call) -> None:
        await self._watcher.watch(request, _KINDS["provider"], call)

    async def WatchCapabilityUpdates(self, request: pb.WatchCapabilityUpdatesRequest, call: Call) -> None:
        await self._watcher.watch(request, _KINDS["capability"], call)

    async def PublishUpdates(self, request: pb.PublishUpdatesRequest, call: Call) -> pb.PublishUpdatesResponse:
        results, committed = await self._publisher.publish(request, by=call.principal.name, timeout=call.remaining())
        if committed is None:
            return pb.PublishUpdatesResponse(results=results, revision=self._reader.revision)
        answer = pb.PublishUpdatesResponse.FromString(committed.answer)
        answer.revision = committed.revision
        return answer
