"""The method of HistoryService that purges."""

from __future__ import annotations

from dataclasses import dataclass

from modeldex.v1 import history_service_pb2 as pb
from modeldex_server.catalogue.reading import Reader
from modeldex_server.history.cleanup import HistoryCleanup
from modeldex_server.rpc.frame.call import Call


@dataclass(frozen=True, slots=True)
class CleanupRooms:
    """The rooms behind this method."""

    cleanup: HistoryCleanup
    reader: Reader


class CleanupMethods:
    """A part of HistoryServicer; what each method promises stands in the contract."""

    _cleanup: CleanupRooms

    async def CleanupHistory(self, request: pb.CleanupHistoryRequest, call: Call) -> pb.CleanupHistoryResponse:
        answer = await self._cleanup.cleanup.clean(request, call.principal)
        answer.revision = self._cleanup.reader.revision
        return answer
