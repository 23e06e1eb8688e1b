"""Histories that are older than the test."""

from __future__ import annotations

from datetime import timedelta

from modeldex_server.ledger import compaction
from modeldex_server.store.database import Database
from support.checks import Catalogue

_AGE = "UPDATE model_version SET committed_at = committed_at - %s WHERE revision <= %s"
_AGE_LOG = "UPDATE revision SET committed_at = committed_at - %s WHERE revision <= %s"


def age(tables: Catalogue, span: timedelta, *, through: int | None = None) -> None:
    """Move the versions up to a revision, or all of them, into the past."""
    revision = tables.head if through is None else through
    tables.rewrite(_AGE, [span, revision])
    tables.rewrite(_AGE_LOG, [span, revision])


async def forget_log(database: Database, *, keep: int = 0) -> None:
    """Have the log forget all but its newest revisions."""
    await compaction.Compactor(database, compaction.Retention(timedelta(0), keep)).compact()
