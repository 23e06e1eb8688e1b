"""The methods of SubscriberService that manage subscriptions: read the request, call the room, write the answer."""

from __future__ import annotations

from dataclasses import dataclass

from modeldex.v1 import subscriber_service_pb2 as pb
from modeldex_server.catalogue.reading import Reader
from modeldex_server.feed.subscriptions.acknowledging import Acknowledger
from modeldex_server.feed.subscriptions.listing import Place, SubscriptionLists
from modeldex_server.feed.subscriptions.managing import Subscriptions
from modeldex_server.feed.subscriptions.streaming import SubscriptionStreams
from modeldex_server.rpc.frame.call import Call
from modeldex_server.rpc.paging import Cursor, PageTokens


@dataclass(frozen=True, slots=True)
class SubscriptionRooms:
    """The rooms behind these methods."""

    managed: Subscriptions
    lists: SubscriptionLists
    streams: SubscriptionStreams
    acknowledger: Acknowledger
    reader: Reader
    tokens: PageTokens


class SubscriptionMethods:
    """A part of SubscriberServicer; what each method promises stands in the contract."""

    _subscriptions: SubscriptionRooms

    async def CreateSubscription(
        self, request: pb.CreateSubscriptionRequest, call: Call
    ) -> pb.CreateSubscriptionResponse:
        return await self._subscriptions.managed.create(request, call.principal, call.remaining())

    async def GetSubscription(self, request: pb.GetSubscriptionRequest, call: Call) -> pb.GetSubscriptionResponse:
        subscription = await self._subscriptions.lists.get(request.subscription_id, call.principal)
        return pb.GetSubscriptionResponse(subscription=subscription, revision=self._subscriptions.reader.revision)

    async def ListSubscriptions(self, request: pb.ListSubscriptionsRequest, call: Call) -> pb.ListSubscriptionsResponse:
        after = _place(self._subscriptions.tokens.cursor_of(request))
        subscriptions, end = await self._subscriptions.lists.page(request, call.principal, after)
        token = self._subscriptions.tokens.token_after(request, end.time, end.id) if end else ""
        return pb.ListSubscriptionsResponse(
            subscriptions=subscriptions, next_page_token=token, revision=self._subscriptions.reader.revision
        )

    async def UpdateSubscription(
        self, request: pb.UpdateSubscriptionRequest, call: Call
    ) -> pb.UpdateSubscriptionResponse:
        return await self._subscriptions.managed.update(request, call.principal, call.remaining())

    async def DeleteSubscription(
        self, request: pb.DeleteSubscriptionRequest, call: Call
    ) -> pb.DeleteSubscriptionResponse:
        return await self._subscriptions.managed.delete(request, call.principal, call.remaining())

    async def DeleteClientSubscriptions(
        self, request: pb.DeleteClientSubscriptionsRequest, call: Call
    ) -> pb.DeleteClientSubscriptionsResponse:
        return await self._subscriptions.managed.delete_of_client(request, call.principal, call.remaining())

    async def PauseSubscription(self, request: pb.PauseSubscriptionRequest, call: Call) -> pb.PauseSubscriptionResponse:
        return await self._subscriptions.managed.pause(request, call.principal, call.remaining())

    async def ResumeSubscription(
        self, request: pb.ResumeSubscriptionRequest, call: Call
    ) -> pb.ResumeSubscriptionResponse:
        return await self._subscriptions.managed.resume(request, call.principal, call.remaining())

    async def AddSubscriptionFilter(
        self, request: pb.AddSubscriptionFilterRequest, call: Call
    ) -> pb.AddSubscriptionFilterResponse:
        return await self._subscriptions.managed.add_filter(request, call.principal, call.remaining())

    async def RemoveSubscriptionFilter(
        self, request: pb.RemoveSubscriptionFilterRequest, call: Call
    ) -> pb.RemoveSubscriptionFilterResponse:
        return await self._subscriptions.managed.remove_filter(request, call.principal, call.remaining())

    async def UpdateSubscriptionFilter(
        self, request: pb.UpdateSubscriptionFilterRequest, call: Call
    ) -> pb.UpdateSubscriptionFilterResponse:
        return await self._subscriptions.managed.update_filter(request, call.principal, call.remaining())

    async def AcknowledgeUpdates(
        self, request: pb.AcknowledgeUpdatesRequest, call: Call
    ) -> pb.AcknowledgeUpdatesResponse:
        return await self._subscriptions.acknowledger.acknowledge(request, call.principal)

    async def ListDeadLetters(self, request: pb.ListDeadLettersRequest, call: Call) -> pb.ListDeadLettersResponse:
        after = _place(self._subscriptions.tokens.cursor_of(request))
        dead_letters, end = await self._subscriptions.lists.dead_letters(request, call.principal, after)
        token = self._subscriptions.tokens.token_after(request, end.time, end.id) if end else ""
        return pb.ListDeadLettersResponse(
            dead_letters=dead_letters, next_page_token=token, revision=self._subscriptions.reader.revision
        )


def _place(cursor: Cursor | None) -> Place | None:
    return Place(cursor.sort_value or "", cursor.id) if cursor else None
