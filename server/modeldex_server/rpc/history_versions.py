"""The methods of HistoryService about versions: what models were, what differs, and what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from modeldex.v1 import history_service_pb2 as api
from modeldex_server.catalogue.listing import page_size
from modeldex_server.catalogue.reading import Reader
from modeldex_server.errors import VersionPurged
from modeldex_server.history.changes import Changes, Position
from modeldex_server.history.classification import Rules
from modeldex_server.history.comparing import compare
from modeldex_server.history.statistics import VersionStatistics
from modeldex_server.history.versions import Versions
from modeldex_server.rpc.frame.call import Call
from modeldex_server.rpc.paging import Cursor, PageTokens


@dataclass(frozen=True, slots=True)
class VersionRooms:
    """The rooms behind these methods."""

    reader: Reader
    versions: Versions
    changes: Changes
    statistics: VersionStatistics
    rules: Rules
    tokens: PageTokens


class VersionMethods:
    """A part of HistoryServicer; what each method promises stands in the contract."""

    _versions: VersionRooms

    async def ListModelVersions(
        self, request: api.ListModelVersionsRequest, call: Call
    ) -> api.ListModelVersionsResponse:
        rooms = self._versions
        await rooms.reader.reach(request.min_revision, timeout=call.remaining())
        cursor = rooms.tokens.cursor_of(request, call.scope)
        page = await rooms.versions.page(
            request.model_id,
            call.scope,
            operations=request.operations,
            include_models=request.include_models,
            below=int(cursor.id) if cursor else None,
            size=page_size(request.page_size),
        )
        token = rooms.tokens.token_after(request, None, str(page.next), call.scope) if page.next is not None else ""
        versions = [version.message() for version in page.versions]
        return api.ListModelVersionsResponse(versions=versions, next_page_token=token, revision=page.head)

    async def GetModelVersion(self, request: api.GetModelVersionRequest, call: Call) -> api.GetModelVersionResponse:
        rooms = self._versions
        await rooms.reader.reach(request.min_revision, timeout=call.remaining())
        version = await rooms.versions.get(request.model_id, request.version, call.scope)
        if version.shown is None:
            raise VersionPurged(version.model_id, version.version)
        return api.GetModelVersionResponse(version=version.message(), revision=version.head)

    async def CompareModelVersions(
        self, request: api.CompareModelVersionsRequest, call: Call
    ) -> api.CompareModelVersionsResponse:
        rooms, wanted = self._versions, (request.from_version, request.to_version)
        await rooms.reader.reach(request.min_revision, timeout=call.remaining())
        before, after = await rooms.versions.documents(request.model_id, wanted, call.scope)
        diff = compare(request.model_id, before.version, before.document, after.version, after.document, rooms.rules)
        return api.CompareModelVersionsResponse(diff=diff, revision=after.head)

    async def ListModelChanges(self, request: api.ListModelChangesRequest, call: Call) -> api.ListModelChangesResponse:
        rooms = self._versions
        await rooms.reader.reach(request.min_revision, timeout=call.remaining())
        below = _position(rooms.tokens.cursor_of(request, call.scope))
        page = await rooms.changes.page(request.filter, below, page_size(request.page_size), call.scope)
        token = ""
        if page.next is not None:
            place = f"{page.next.revision} {page.next.committed_at.isoformat()}"
            token = rooms.tokens.token_after(request, place, page.next.model_id, call.scope)
        return api.ListModelChangesResponse(changes=page.changes, next_page_token=token, revision=page.head)

    async def GetVersionStats(self, request: api.GetVersionStatsRequest, call: Call) -> api.GetVersionStatsResponse:
        rooms = self._versions
        await rooms.reader.reach(request.min_revision, timeout=call.remaining())
        return await rooms.statistics.get(request.model_id, call.scope)


def _position(cursor: Cursor | None) -> Position | None:
    """Where a page of changes begins."""
    if cursor is None:
        return None
    revision, _, committed_at = (cursor.sort_value or "").partition(" ")
    return Position(datetime.fromisoformat(committed_at), int(revision), cursor.id)
