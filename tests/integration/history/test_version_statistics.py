"""Counts of versions and rollbacks over a real PostgreSQL: what they say is what a look at every row gives."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, timedelta

import pytest

from modeldex.v1 import history_pb2
from modeldex.v1 import history_service_pb2 as api
from modeldex_server.history.cleanup import HistoryCleanup
from modeldex_server.history.retention import Retention
from modeldex_server.history.statistics import VersionStatistics
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.principals import LOCAL
from modeldex_server.security.scope import EVERYTHING, Scope
from modeldex_server.store.database import Database
from support.ages import age, forget_log
from support.checks import Catalogue
from support.models import plain
from support.rollbacks import ROOT, desk
from support.writes import delete, save, save_or_delete

IDS = ("acme/one", "acme/two", "acme0/one", "beta/one", "b/one/two")
_VERSIONS = "SELECT model_id, operation, purged_at IS NOT NULL, committed_at, clock_timestamp() FROM model_version"


@pytest.fixture
async def story(database: Database, ledger: Ledger, tables: Catalogue) -> None:
    """Some versions of a few models over half a year: deleted, brought back, rolled back, pinned and purged."""
    chance, live = random.Random(6), set[str]()
    for _ in range(60):
        await save_or_delete(ledger, chance.choice(IDS), live, chance)
        age(tables, timedelta(hours=chance.randint(1, 144)))
    await forget_log(database)
    await HistoryCleanup(database, Retention(3, 30)).clean(api.CleanupHistoryRequest(), LOCAL)
    await save(ledger, *(plain(model_id, "last") for model_id in IDS))
    await save(ledger, *(plain(model_id, "very last") for model_id in IDS))
    rollbacks, newest = desk(database, ledger, approval="always"), dict(tables.rows("SELECT id, version FROM model"))
    asked = [await rollbacks.request(model_id, newest[model_id] - 1) for model_id in IDS[:3]]
    await rollbacks.approve(asked[0])
    await rollbacks.cancel(asked[1], ROOT)
    await delete(ledger, "beta/one")
    tables.run("UPDATE model SET pins = '' WHERE id IN ('acme/two', 'beta/one')")


def counted(tables: Catalogue, model_id: str, scope: Scope) -> api.GetVersionStatsResponse:
    """The same, by counting rows one by one."""

    def meant(row_id: str) -> bool:
        return scope.covers_model(row_id) and model_id in ("", row_id)

    rows = [row for row in tables.rows(_VERSIONS) if meant(row[0])]
    by_model, by_operation = Counter(row[0] for row in rows), Counter(row[1] for row in rows)
    ages = [(row[3].astimezone(UTC).date(), row[4] - row[3]) for row in rows]
    states = Counter(state for row_id, state in tables.rows("SELECT model_id, state FROM rollback") if meant(row_id))
    pinned = [row_id for (row_id,) in tables.rows("SELECT id FROM model WHERE pins IS NOT NULL AND live")]
    return api.GetVersionStatsResponse(
        total_versions=len(rows),
        purged_versions=sum(row[2] for row in rows),
        versions_by_model=by_model,
        versions_by_operation={history_pb2.ModelVersionOperation.Name(one): n for one, n in by_operation.items()},
        average_versions_per_model=len(rows) / len(by_model) if by_model else 0,
        most_versioned_model_id=min(by_model, key=lambda one: (-by_model[one], one), default=""),
        rollback_count=by_operation[5],
        rollbacks_by_state={history_pb2.RollbackState.Name(one): n for one, n in states.items()},
        recent_versions=sum(old < timedelta(days=30) for _, old in ages),
        version_frequency=Counter(day.isoformat() for day, old in ages if old < timedelta(days=90)),
        pinned_models=sum(map(meant, pinned)),
        revision=tables.head,
    )


@pytest.mark.usefixtures("story")
async def test_counts_are_those_of_the_rows(database: Database, tables: Catalogue) -> None:
    """HistoryService: of all models or of one, and of what the caller may see, each figure is a count of rows, so that
    those by model, by operation and by day add up."""
    statistics = VersionStatistics(database)
    for providers in (None, {"acme"}, {"b", "beta"}, set[str]()):
        scope = EVERYTHING if providers is None else Scope(frozenset(providers))
        for model_id in ("", *IDS, "acme/none"):
            assert await statistics.get(model_id, scope) == counted(tables, model_id, scope), (providers, model_id)
    # No figure is nothing, and each span has something that is too old for it.
    answer = await statistics.get("", EVERYTHING)
    assert all(getattr(answer, field.name) for field in api.GetVersionStatsResponse.DESCRIPTOR.fields)
    assert answer.recent_versions < sum(answer.version_frequency.values()) < answer.total_versions
