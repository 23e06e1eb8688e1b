"""The policy: which rollbacks need approval, of how many, and how long what they set lasts."""

from __future__ import annotations

from datetime import timedelta

from modeldex.v1 import history_pb2 as pb
from modeldex_server.errors import RollbackDisabled, SelfApproval
from modeldex_server.settings.history import RollbackSettings


class Policy:
    """What is set of rollbacks, as decisions."""

    def __init__(self, settings: RollbackSettings) -> None:
        self._settings = settings

    def require_enabled(self) -> None:
        """Raises RollbackDisabled."""
        if not self._settings.enabled:
            raise RollbackDisabled

    def approvals(self, diff: pb.ModelDiff) -> int:
        """How many must approve a rollback that changes this."""
        if self._settings.approval == "never":
            return 0
        needed = self._settings.approval == "always" or diff.summary.breaking_count > 0
        return self._settings.approvers if needed else 0

    def require_other(self, rollback_id: str, requester: str, approver: str) -> None:
        """Raises SelfApproval."""
        if approver == requester and not self._settings.self_approval:
            raise SelfApproval(rollback_id, approver)

    @property
    def expires_after(self) -> timedelta:
        """After how long a request expires."""
        return self._settings.expires_after

    @property
    def pin_duration(self) -> timedelta:
        """How long a model is pinned where the request does not say."""
        return self._settings.pin_duration
