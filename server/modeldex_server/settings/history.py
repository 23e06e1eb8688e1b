"""What is set of the history: how long it is kept, what a rollback needs, and which changes count as breaking."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from modeldex_server.settings.values import OptionalPath, Span, within


class RollbackSettings(BaseModel):
    """What a rollback needs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = True
    """Whether rollbacks can be requested and approved. `false`: both fail with `ROLLBACK_DISABLED`."""
    approval: Literal["never", "breaking_changes", "always"] = "breaking_changes"
    """Which need approval: none, those whose diff has a breaking change, or all."""
    approvers: int = Field(default=1, ge=1, le=10)
    """How many must approve."""
    self_approval: bool = False
    """Whether the requester counts as one of them, where it has the role approver."""
    expires_after: Annotated[Span, within(timedelta(seconds=1), timedelta(days=90), "1 second to 90 days")] = timedelta(
        days=3
    )
    """After how long a request that nobody decided on expires."""
    pin_duration: Annotated[Span, within(timedelta(minutes=1), timedelta(days=3650), "1 minute to 3,650 days")] = (
        timedelta(days=7)
    )
    """How long a rollback pins its model, where the request does not say."""


class HistorySettings(BaseModel):
    """How long the history is kept, what a rollback needs, and which changes count as breaking."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    keep_versions: int = Field(default=50, ge=1, le=1_000_000)
    """The newest versions of each model whose documents are kept, at least."""
    keep_days: int = Field(default=90, ge=1, le=36_500)
    """Documents that were current within so many days are kept, at least; and finished rollbacks for as long."""
    cleanup: bool = True
    """Whether older ones are purged by the server itself, every hour. `CleanupHistory` purges either way."""
    rules_file: OptionalPath = None
    """A JSON file of rules that say which changes are breaking, instead of those that come with modeldex."""
    audit_entries: bool = True
    """Whether calls that set or delete entries of the cache have a row each in the audit trail. Refused ones always
    have."""
    rollback: RollbackSettings = Field(default_factory=RollbackSettings)
    """What a rollback needs."""
