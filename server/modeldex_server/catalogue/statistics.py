"""How many models there are, by provider, capability and stage."""

from __future__ import annotations

from dataclasses import dataclass

from modeldex.v1 import discovery_service_pb2 as api
from modeldex.v1 import model_pb2 as pb
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Database

# One statement, so that all counts are of one moment.
_COUNTS = """
WITH seen AS (
    SELECT provider_id, stage, created_at, terms FROM model
    WHERE live AND (%(providers)s::text[] IS NULL OR provider_id = ANY(%(providers)s))
)
SELECT 'total' AS what, '' AS name, count(*) AS number FROM seen
UNION ALL
SELECT 'recent', '', count(*) FROM seen WHERE created_at >= now() - interval '7 days'
UNION ALL
SELECT 'provider', provider_id, count(*) FROM seen GROUP BY provider_id
UNION ALL
SELECT 'stage', stage::text, count(*) FROM seen GROUP BY stage
UNION ALL
SELECT 'capability', substr(term, 5), count(*) FROM seen, unnest(terms) AS term WHERE term LIKE 'cap:%%' GROUP BY term
UNION ALL
SELECT 'head', '', revision FROM ledger_head"""


@dataclass(frozen=True, slots=True)
class _Count:
    what: str
    name: str
    number: int


async def count_models(database: Database, scope: Scope) -> api.GetModelStatsResponse:
    """The counts of now, of the models in a scope.

    Raises:
        StoreUnavailable.
    """
    rows = await database.rows(_Count, _COUNTS, {"providers": scope.listed})
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row.what, {})[row.name] = row.number
    return api.GetModelStatsResponse(
        total_models=counts["total"][""],
        models_added_last_7_days=counts["recent"][""],
        models_by_provider=counts.get("provider", {}),
        models_by_capability=counts.get("capability", {}),
        models_by_lifecycle_stage={_stage(name): number for name, number in counts.get("stage", {}).items()},
        revision=counts["head"][""],
    )


def _stage(number: str) -> str:
    known = pb.LifecycleStage.DESCRIPTOR.values_by_number.get(int(number))
    return known.name if known else number
