"""The methods of HistoryService about rollbacks: read the request, call the room, write the answer."""

from __future__ import annotations

from dataclasses import dataclass

from modeldex.v1 import history_service_pb2 as pb
from modeldex_server.catalogue.reading import Reader
from modeldex_server.history.rollbacks.deciding import Decider
from modeldex_server.history.rollbacks.listing import Place, RollbackLists
from modeldex_server.history.rollbacks.requesting import Requester
from modeldex_server.rpc.frame.call import Call
from modeldex_server.rpc.paging import PageTokens


@dataclass(frozen=True, slots=True)
class RollbackRooms:
    """The rooms behind these methods."""

    requester: Requester
    decider: Decider
    lists: RollbackLists
    reader: Reader
    tokens: PageTokens


class RollbackMethods:
    """A part of HistoryServicer; what each method promises stands in the contract."""

    _rollbacks: RollbackRooms

    async def RequestRollback(self, request: pb.RequestRollbackRequest, call: Call) -> pb.RequestRollbackResponse:
        return await self._rollbacks.requester.request(request, call.principal, call.remaining())

    async def ApproveRollback(self, request: pb.ApproveRollbackRequest, call: Call) -> pb.ApproveRollbackResponse:
        return await self._rollbacks.decider.approve(request, call.principal, call.remaining())

    async def RejectRollback(self, request: pb.RejectRollbackRequest, call: Call) -> pb.RejectRollbackResponse:
        return await self._rollbacks.decider.reject(request, call.principal, call.remaining())

    async def CancelRollback(self, request: pb.CancelRollbackRequest, call: Call) -> pb.CancelRollbackResponse:
        return await self._rollbacks.decider.cancel(request, call.principal, call.remaining())

    async def GetRollback(self, request: pb.GetRollbackRequest, call: Call) -> pb.GetRollbackResponse:
        reader = self._rollbacks.reader
        await reader.reach(request.min_revision, timeout=call.remaining())
        rollback = await self._rollbacks.lists.get(request.rollback_id, call.scope)
        return pb.GetRollbackResponse(rollback=rollback, revision=max(reader.revision, rollback.revision))

    async def ListRollbacks(self, request: pb.ListRollbacksRequest, call: Call) -> pb.ListRollbacksResponse:
        rooms = self._rollbacks
        await rooms.reader.reach(request.min_revision, timeout=call.remaining())
        cursor = rooms.tokens.cursor_of(request, call.scope)
        after = Place(cursor.sort_value or "", cursor.id) if cursor else None
        revision = rooms.reader.revision
        rollbacks, end = await rooms.lists.page(request, call.scope, after)
        token = rooms.tokens.token_after(request, end.time, end.id, call.scope) if end else ""
        return pb.ListRollbacksResponse(rollbacks=rollbacks, next_page_token=token, revision=revision)
