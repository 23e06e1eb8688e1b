"""The methods of HistoryService about pins."""

from __future__ import annotations

from dataclasses import dataclass

from modeldex.v1 import history_service_pb2 as api
from modeldex.v1 import model_pb2
from modeldex_server.catalogue.listing import page_size
from modeldex_server.catalogue.reading import Reader
from modeldex_server.history.pin_listing import PinList
from modeldex_server.history.pins import Pins
from modeldex_server.ledger.changes import Committed
from modeldex_server.rpc.frame.call import Call
from modeldex_server.rpc.paging import PageTokens


@dataclass(frozen=True, slots=True)
class PinRooms:
    """The rooms behind these methods."""

    pins: Pins
    listing: PinList
    reader: Reader
    tokens: PageTokens

    async def put_model(self, answer: api.PinModelResponse | api.UnpinModelResponse, committed: Committed) -> None:
        """Put the model, as a write made it, into its answer."""
        if committed.answer_model is not None:
            data = await self.reader.get_version(*committed.answer_model)
            answer.model.CopyFrom(model_pb2.Model.FromString(data))


class PinMethods:
    """A part of HistoryServicer; what each method promises stands in the contract."""

    _pins: PinRooms

    async def PinModel(self, request: api.PinModelRequest, call: Call) -> api.PinModelResponse:
        call.principal.require_model(request.model_id)
        committed = await self._pins.pins.pin(request, by=call.principal.name, timeout=call.remaining())
        answer = api.PinModelResponse.FromString(committed.answer)
        answer.revision = committed.revision
        await self._pins.put_model(answer, committed)
        return answer

    async def UnpinModel(self, request: api.UnpinModelRequest, call: Call) -> api.UnpinModelResponse:
        call.principal.require_model(request.model_id)
        committed = await self._pins.pins.unpin(request, by=call.principal.name, timeout=call.remaining())
        answer = api.UnpinModelResponse.FromString(committed.answer)
        answer.revision = committed.revision
        if answer.HasField("model"):
            await self._pins.put_model(answer, committed)
        return answer

    async def ListModelPins(self, request: api.ListModelPinsRequest, call: Call) -> api.ListModelPinsResponse:
        rooms = self._pins
        await rooms.reader.reach(request.min_revision, timeout=call.remaining())
        cursor = rooms.tokens.cursor_of(request, call.scope)
        page = await rooms.listing.page(
            cursor.id if cursor else "",
            page_size(request.page_size),
            call.scope,
            model_id=request.model_id,
            provider_id=request.provider_id,
        )
        token = rooms.tokens.token_after(request, None, page.next, call.scope) if page.next is not None else ""
        return api.ListModelPinsResponse(pins=page.pins, next_page_token=token, revision=page.revision)
