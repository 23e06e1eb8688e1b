"""How providers stand after a refresh: their status and availability, kept and told where they changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from modeldex.v1 import error_reason_pb2 as reasons
from modeldex.v1 import model_pb2, update_pb2
from modeldex.v1 import provider_pb2 as pb
from modeldex.v1.discovery_service_pb2 import RefreshResult
from modeldex_server.discovery.comparison import chunks
from modeldex_server.discovery.records import Records
from modeldex_server.discovery.task import WRITE_SECONDS, Task
from modeldex_server.errors import SourceError
from modeldex_server.ledger.changes import MOST_MODELS, Decision, Write
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.principals import DISCOVERY

Outcome = tuple[pb.ProviderStatus.ValueType, model_pb2.Availability.ValueType]

_STATUS: dict[int, Outcome] = {
    reasons.ERROR_REASON_SOURCE_RATE_LIMITED: (pb.PROVIDER_STATUS_RATE_LIMITED, model_pb2.AVAILABILITY_DEGRADED),
}
_FAILED: Outcome = (pb.PROVIDER_STATUS_ERROR, model_pb2.AVAILABILITY_UNAVAILABLE)
WORKS: Outcome = (pb.PROVIDER_STATUS_ACTIVE, model_pb2.AVAILABILITY_AVAILABLE)


def outcome_of(error: SourceError) -> Outcome:
    """How a provider stands whose source failed."""
    return _STATUS.get(error.reason, _FAILED)


class Standing:
    """Keeps and tells how providers stand."""

    def __init__(self, ledger: Ledger, records: Records) -> None:
        self._ledger = ledger
        self._records = records

    async def tell(
        self,
        task: Task,
        results: Mapping[str, RefreshResult],
        outcome: Outcome,
    ) -> dict[str, pb.ProviderStatus.ValueType]:
        """Keep and tell the new status of each provider. A catalogue says nothing of one that has its own source."""
        rows = await self._records.providers()
        statuses: dict[str, pb.ProviderStatus.ValueType] = {}
        updates = []
        for provider_id, result in results.items():
            row = rows.get(provider_id)
            before = row.status if row else pb.PROVIDER_STATUS_UNSPECIFIED
            if task.own_providers.get(provider_id, task.source.id) != task.source.id:
                statuses[provider_id] = before  # type: ignore[assignment]
                continue
            status, availability = outcome
            if task.source.provider_id is None:
                availability = model_pb2.AVAILABILITY_UNSPECIFIED
            statuses[provider_id] = status
            if row is None or (row.status, row.availability) != (status, availability):
                updates.append(_status_changed(provider_id, before, status, availability, result))
        await self._records.keep_first_statuses(_quiet(updates))
        for some in chunks([update for update in updates if not _is_quiet(update)], MOST_MODELS):
            revision = await self._tell(task, some)
            for update in some:
                results[update.provider_id].committed_revision = revision
        return statuses

    async def _tell(self, task: Task, updates: Sequence[update_pb2.ProviderUpdate]) -> int:
        await self._records.ensure_providers([update.provider_id for update in updates])
        committed = await self._ledger.write(
            Write(
                principal=DISCOVERY,
                method="RefreshProviders",
                resource=task.source.id,
                model_ids=[],
                decide=lambda _: Decision(providers=updates),
                source_id=task.source.id,
                lease=task.lease,
                timeout=WRITE_SECONDS,
            )
        )
        return committed.revision


def _status_changed(
    provider_id: str,
    before: int,
    status: pb.ProviderStatus.ValueType,
    availability: model_pb2.Availability.ValueType,
    result: RefreshResult,
) -> update_pb2.ProviderUpdate:
    return update_pb2.ProviderUpdate(
        type=update_pb2.PROVIDER_UPDATE_TYPE_STATUS_CHANGED,
        provider_id=provider_id,
        status=status,
        previous_status=before,  # type: ignore[arg-type]
        error=result.errors[0] if result.errors else None,
        availability=availability,
    )


def _is_quiet(update: update_pb2.ProviderUpdate) -> bool:
    """A provider that works from its first refresh on is told by its coming."""
    first = update.previous_status == pb.PROVIDER_STATUS_UNSPECIFIED
    works = update.status == pb.PROVIDER_STATUS_ACTIVE
    return first and works and update.availability == model_pb2.AVAILABILITY_UNSPECIFIED


def _quiet(updates: Iterable[update_pb2.ProviderUpdate]) -> list[str]:
    return [update.provider_id for update in updates if _is_quiet(update)]
