"""Statistics: how many versions there are, of what, and what became of rollbacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from modeldex.v1 import history_pb2
from modeldex.v1 import history_service_pb2 as api
from modeldex_server.ledger.changes import Operation
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Database, Moment

_SHOWN_MODELS = 100
_OPERATION_NAMES: dict[int, str] = {number: name for name, number in history_pb2.ModelVersionOperation.items()}
_STATE_NAMES: dict[int, str] = {number: name for name, number in history_pb2.RollbackState.items()}

# The versions of a model are numbered without a gap, so its head says how many there are.
_HEADS = """
SELECT id, version, (sum(version) OVER ())::bigint AS versions, count(*) OVER () AS models,
       count(pins) FILTER (WHERE live) OVER () AS pinned
FROM model
WHERE version > 0
  AND (%(model_id)s::text IS NULL OR id = %(model_id)s)
  AND (%(seen)s::text[] IS NULL OR provider_id = ANY(%(seen)s::text[]))
ORDER BY version DESC, id
LIMIT %(limit)s"""

_OPERATIONS = """
SELECT operation AS key, count(*) AS number, count(purged_at) AS purged
FROM model_version
WHERE (%(model_id)s::text IS NULL OR model_id = %(model_id)s)
  AND (%(seen)s::text[] IS NULL OR split_part(model_id, '/', 1) = ANY(%(seen)s::text[]))
GROUP BY operation"""

# now() is one time for the whole query, so an index finds the days.
_DAYS = """
SELECT (committed_at AT TIME ZONE 'UTC')::date AS day, count(*) AS number,
       count(*) FILTER (WHERE committed_at > now() - interval '30 days') AS recent
FROM model_version
WHERE committed_at > now() - interval '90 days'
  AND (%(model_id)s::text IS NULL OR model_id = %(model_id)s)
  AND (%(seen)s::text[] IS NULL OR split_part(model_id, '/', 1) = ANY(%(seen)s::text[]))
GROUP BY day
ORDER BY day"""

_ROLLBACKS = """
SELECT state AS key, count(*) AS number, 0 AS purged
FROM rollback
WHERE (%(model_id)s::text IS NULL OR model_id = %(model_id)s)
  AND (%(seen)s::text[] IS NULL OR split_part(model_id, '/', 1) = ANY(%(seen)s::text[]))
GROUP BY state"""

_HEAD = "SELECT revision FROM ledger_head"


@dataclass(frozen=True, slots=True)
class _HeadRow:
    id: str
    version: int
    versions: int
    models: int
    pinned: int


@dataclass(frozen=True, slots=True)
class _CountRow:
    key: int
    number: int
    purged: int


@dataclass(frozen=True, slots=True)
class _DayRow:
    day: date
    number: int
    recent: int


@dataclass(frozen=True, slots=True)
class _RevisionRow:
    revision: int


class VersionStatistics:
    """Counts versions and rollbacks, all as of one moment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, model_id: str, scope: Scope) -> api.GetVersionStatsResponse:
        """The counts of a model, or of all ("") of a scope.

        Raises:
            StoreUnavailable.
        """
        parameters = {"model_id": model_id or None, "seen": scope.listed, "limit": _SHOWN_MODELS}
        return await self._database.at_one_moment(lambda moment: _count(moment, parameters))


async def _count(moment: Moment, parameters: dict[str, Any]) -> api.GetVersionStatsResponse:
    heads = await moment.rows(_HeadRow, _HEADS, parameters)
    operations = await moment.rows(_CountRow, _OPERATIONS, parameters)
    days = await moment.rows(_DayRow, _DAYS, parameters)
    rollbacks = await moment.rows(_CountRow, _ROLLBACKS, parameters)
    revision = (await moment.rows(_RevisionRow, _HEAD))[0].revision
    counts = {row.key: row.number for row in operations}
    answer = api.GetVersionStatsResponse(
        purged_versions=sum(row.purged for row in operations),
        versions_by_model={row.id: row.version for row in heads},
        versions_by_operation={_OPERATION_NAMES[key]: number for key, number in counts.items()},
        rollback_count=counts.get(Operation.ROLLBACK, 0),
        rollbacks_by_state={_STATE_NAMES[row.key]: row.number for row in rollbacks},
        recent_versions=sum(row.recent for row in days),
        version_frequency={row.day.isoformat(): row.number for row in days},
        revision=revision,
    )
    if heads:
        first = heads[0]
        answer.total_versions, answer.pinned_models = first.versions, first.pinned
        answer.average_versions_per_model = first.versions / first.models
        answer.most_versioned_model_id = first.id
    return answer
