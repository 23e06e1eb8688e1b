"""The past: a model as it was, and the revision that a time stands for.

Nothing is kept for it beside the versions, which are immutable: as of a revision a model is the newest of its versions
that is not of a later one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from modeldex_server.errors import (
    FutureRevision,
    FutureTime,
    ModelNotFound,
    StoreUnavailable,
    VersionPurged,
    WriteContention,
)
from modeldex_server.ledger.versions import VersionRow
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Database

# Times grow with revisions. Of those that changed no model nothing is kept for good, so none is looked for.
_AT = """
SELECT COALESCE((SELECT revision FROM model_version WHERE committed_at <= %(time)s
                 ORDER BY committed_at DESC, revision DESC LIMIT 1), 0) AS revision,
       h.committed_at AS settled, clock_timestamp() AS now
FROM ledger_head h"""
# Waits for the commit under way; every later one has a later time. To lock the row would not do: PostgreSQL reads the
# clock for a commit before it waits for whoever has only locked it.
_SETTLE = """
UPDATE ledger_head SET committed_at = %(time)s WHERE committed_at < %(time)s AND %(time)s <= clock_timestamp()"""

_GET = """
SELECT h.revision AS head, v.version, v.revision, v.created_at, v.committed_at, v.document, v.document_hash
FROM ledger_head h
LEFT JOIN LATERAL (
    SELECT version, revision, created_at, committed_at, document, document_hash
    FROM model_version WHERE model_id = %(id)s AND revision <= %(revision)s
    ORDER BY revision DESC LIMIT 1
) v ON true"""


@dataclass(frozen=True, slots=True)
class Past:
    """A model as it was."""

    model: bytes
    head: int  # the revision that the store was at


@dataclass(frozen=True, slots=True)
class _Instant:
    revision: int
    settled: datetime  # no revision that is yet to come has this time, or one before
    now: datetime


@dataclass(frozen=True, slots=True)
class _Row:
    head: int
    version: int | None  # None, and all that follows, where there was no such model yet
    revision: int
    created_at: datetime
    committed_at: datetime
    document: bytes | None
    document_hash: bytes | None  # of one that was purged


class Historian:
    """Reads models as they were, straight from the store. Whether one could be had then is no part of its versions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def revision_at(self, time: datetime) -> int:
        """The last revision that changed a model until then; 0 before the first. It stays the same for ever after.

        Raises:
            FutureTime, StoreUnavailable.
        """
        found = await self._look(time)
        if found.settled < time <= found.now:
            await self._settle(time)
            found = await self._look(time)
        if found.settled < time:
            raise FutureTime(time, found.now)
        return found.revision

    async def get(self, model_id: str, revision: int, scope: Scope) -> Past:
        """A model after a revision.

        Raises:
            ModelNotFound: also for one outside of the scope, in no other words.
            FutureRevision, VersionPurged, StoreUnavailable.
        """
        row = (await self._database.rows(_Row, _GET, {"id": model_id, "revision": revision}))[0]
        if revision > row.head:
            raise FutureRevision(revision, row.head)
        if row.version is None or not scope.covers_model(model_id):
            raise ModelNotFound(model_id, as_of=revision)
        if row.document is not None:
            version = VersionRow(model_id, row.version, row.revision, row.created_at, row.committed_at, row.document)
            return Past(version.model, row.head)
        if row.document_hash is not None:
            raise VersionPurged(model_id, row.version)
        raise ModelNotFound(model_id, as_of=revision, deleted=True)

    async def _look(self, time: datetime) -> _Instant:
        return (await self._database.rows(_Instant, _AT, {"time": time}))[0]

    async def _settle(self, time: datetime) -> None:
        try:
            await self._database.execute(_SETTLE, {"time": time})
        except WriteContention:
            raise StoreUnavailable("A commit is under way and takes too long; try again.") from None
