"""The method of HistoryService about the audit trail: reads the request, calls the room, writes the answer."""

from __future__ import annotations

from dataclasses import dataclass

from modeldex.v1 import history_service_pb2 as api
from modeldex_server.catalogue.listing import page_size
from modeldex_server.catalogue.reading import Reader
from modeldex_server.history.audit import AuditEvents
from modeldex_server.rpc.frame.call import Call
from modeldex_server.rpc.paging import PageTokens


@dataclass(frozen=True, slots=True)
class AuditRooms:
    """The rooms behind this method."""

    events: AuditEvents
    reader: Reader
    tokens: PageTokens


class AuditMethods:
    """A part of HistoryServicer; what each method promises stands in the contract."""

    _audit: AuditRooms

    async def ListAuditEvents(self, request: api.ListAuditEventsRequest, call: Call) -> api.ListAuditEventsResponse:
        rooms = self._audit
        cursor = rooms.tokens.cursor_of(request, call.scope)
        after, size = int(cursor.id) if cursor else None, page_size(request.page_size)
        events, last = await rooms.events.page(request, call.scope, after=after, size=size)
        token = "" if last is None else rooms.tokens.token_after(request, None, str(last), call.scope)
        return api.ListAuditEventsResponse(events=events, next_page_token=token, revision=rooms.reader.revision)
