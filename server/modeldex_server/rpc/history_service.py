"""HistoryService: reads the request, calls the room, writes the answer."""

from __future__ import annotations

from modeldex_server.rpc.history_audit import AuditMethods, AuditRooms
from modeldex_server.rpc.history_cleanup import CleanupMethods, CleanupRooms
from modeldex_server.rpc.history_pins import PinMethods, PinRooms
from modeldex_server.rpc.history_rollbacks import RollbackMethods, RollbackRooms
from modeldex_server.rpc.history_versions import VersionMethods, VersionRooms


class HistoryServicer(VersionMethods, RollbackMethods, PinMethods, CleanupMethods, AuditMethods):
    """The methods of HistoryService; what each promises stands in the contract."""

    def __init__(
        self,
        versions: VersionRooms,
        rollbacks: RollbackRooms,
        pins: PinRooms,
        cleanup: CleanupRooms,
        audit: AuditRooms,
    ) -> None:
        self._versions = versions
        self._rollbacks = rollbacks
        self._pins = pins
        self._cleanup = cleanup
        self._audit = audit
