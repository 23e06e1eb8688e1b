"""The log: events in the order of their revisions, as they are read back from the store.

It is read thinly, by whoever only keeps an index, or in full, with all that a stream sends. Either way one statement
gives the events and the state of the log, so that both are of one moment. It also looks whether the log still holds the
revision that the reader knows, as it knows it: a database that was restored from a backup may be past it by now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from modeldex_server.errors import StoreUnavailable
from modeldex_server.ledger.changes import Changed
from modeldex_server.ledger.events import CAPABILITY, MODEL, PROVIDER
from modeldex_server.ledger.index import Entry
from modeldex_server.ledger.logged import LoggedEvent, LogRow
from modeldex_server.store.database import Database, lost_connection

__all__ = [
    "CAPABILITY",
    "MODEL",
    "PROVIDER",
    "HeadState",
    "LogPage",
    "LogRow",
    "LoggedEvent",
    "Revision",
    "begin_history",
    "read_after",
    "read_entries",
    "read_full",
    "read_head",
    "versions_in",
]

_PAGE = 5_000  # events; a revision of the most models and all providers fits several times

# The last revision may be cut off by the limit. Without events there is one row, which tells of the log only.
# Whether the revision is the one that the reader knows is looked up once: other histories have other times.
_AFTER = """
SELECT h.epoch,
       CASE WHEN EXISTS (SELECT FROM revision
                         WHERE revision = %(revision)s AND committed_at <> %(committed_at)s::timestamptz)
            THEN -1 ELSE h.revision END AS head,
       h.compacted, e.revision, e.ordinal, e.kind, e.type, e.provider_id,
       COALESCE(e.model_id, '') AS model_id, COALESCE(e.version, 0) AS version, e.external,
       CASE WHEN e.kind IN (11, 15) THEN e.body END AS body,
       (SELECT committed_at FROM revision r WHERE r.revision = e.revision) AS committed_at
FROM ledger_head h
LEFT JOIN LATERAL (
    SELECT revision, ordinal, kind, type, provider_id, model_id, version, external, body
    FROM update_event WHERE revision > %(revision)s ORDER BY revision, ordinal LIMIT %(limit)s
) e ON true
ORDER BY e.revision, e.ordinal"""

# Of the next revisions as many as come before the first whose predecessors fill the page. OFFSET 0 keeps the planner
# from scanning all events and versions for a join where it misjudges how few there are in a page. The columns stand in
# the order of LoggedEvent's fields.
_FULL_AFTER = """
WITH page AS MATERIALIZED (
    SELECT revision, committed_at, principal, source_id, reason
    FROM (
        SELECT revision, committed_at, principal, source_id, reason,
               sum(size) OVER (ORDER BY revision) - size AS before
        FROM (
            SELECT revision, committed_at, principal, source_id, reason, size
            FROM revision WHERE revision > %(revision)s ORDER BY revision LIMIT %(revisions)s
        ) next
    ) summed
    WHERE before < %(size)s
)
SELECT h.epoch,
       CASE WHEN EXISTS (SELECT FROM revision
                         WHERE revision = %(revision)s AND committed_at <> %(committed_at)s::timestamptz)
            THEN -1 ELSE h.revision END,
       h.compacted, e.revision, e.ordinal, e.kind, e.type, e.provider_id,
       COALESCE(e.model_id, ''), COALESCE(e.version, 0), e.external, e.body, p.committed_at,
       COALESCE(e.previous_version, 0), p.principal, COALESCE(e.source_id, p.source_id), COALESCE(e.reason, p.reason),
       v.document, v.created_at, v.changes, b.document, b.revision, b.created_at, b.committed_at
FROM ledger_head h
LEFT JOIN (
    page p
    CROSS JOIN LATERAL (
        SELECT revision, ordinal, kind, type, provider_id, model_id, version, previous_version, external, source_id,
               reason, body
        FROM update_event WHERE revision = p.revision OFFSET 0
    ) e
    LEFT JOIN LATERAL (
        SELECT document, created_at, changes
        FROM model_version WHERE model_id = e.model_id AND version = e.version OFFSET 0
    ) v ON true
    LEFT JOIN LATERAL (
        SELECT document, revision, created_at, committed_at
        FROM model_version WHERE model_id = e.model_id AND version = e.previous_version OFFSET 0
    ) b ON true
) ON true
ORDER BY e.revision, e.ordinal"""
_FULL_REVISIONS = 500
_FULL_BYTES = 1024 * 1024

_HEAD = """
SELECT epoch, revision, compacted, token_key,
       (SELECT committed_at FROM revision WHERE revision = ledger_head.revision) AS committed_at
FROM ledger_head"""
_BEGIN_HISTORY = "UPDATE ledger_head SET epoch = gen_random_uuid() WHERE epoch = %(epoch)s"
_MODELS = "SELECT id, version, revision, live FROM model WHERE version > 0"

Row = TypeVar("Row", bound=LogRow)


@dataclass(frozen=True, slots=True)
class Revision(Generic[Row]):
    """One revision with all its events, by their ordinals."""

    number: int
    events: list[Row]


@dataclass(frozen=True, slots=True)
class LogPage(Generic[Row]):
    """Whole revisions after one, as of one moment, the oldest first; none where the log does not hold what follows."""

    epoch: UUID
    head: int  # -1 where the revision that was read after is another now
    compacted: int  # what is up to here may be gone: the log holds what comes after a revision that is not below it
    revisions: list[Revision[Row]]


@dataclass(frozen=True, slots=True)
class HeadState:
    """The counter row."""

    epoch: UUID
    revision: int
    compacted: int
    token_key: str
    committed_at: datetime | None  # None where the log does not hold the revision


@dataclass(frozen=True, slots=True)
class _ModelRow:
    id: str
    version: int
    revision: int
    live: bool


async def read_after(database: Database, revision: int, committed_at: datetime | None = None) -> LogPage[LogRow]:
    """The revisions after one, as many whole ones as fit a page; of what they tell only what an index needs.

    `committed_at`: when the revision was committed, as far as the reader knows.
    """
    parameters = {"revision": revision, "committed_at": committed_at, "limit": _PAGE}
    rows = await database.rows(LogRow, _AFTER, parameters)
    page = _page(rows, revision)
    if len(rows) == _PAGE and page.revisions and page.revisions[-1].number != page.head:
        page.revisions.pop()
    return page


async def read_full(database: Database, revision: int, committed_at: datetime | None = None) -> LogPage[LoggedEvent]:
    """The revisions after one with all that a stream sends: at most 500, of about 1 MiB, and at least one if any.

    `committed_at`: when the revision was committed, as far as the reader knows.
    """
    parameters = {"revision": revision, "committed_at": committed_at, "revisions": _FULL_REVISIONS, "size": _FULL_BYTES}
    try:
        return _page(await _full_rows(database, parameters), revision)
    except StoreUnavailable as error:
        if not lost_connection(error):
            raise
    # The database was restarted. To ask for rows repairs the pool, so that the next connection works.
    await read_head(database)
    return _page(await _full_rows(database, parameters), revision)


async def read_head(database: Database) -> HeadState:
    """The counter row as it is now."""
    return (await database.rows(HeadState, _HEAD))[0]


async def begin_history(database: Database, epoch: UUID) -> None:
    """Say that history is not the one of this epoch any more: every replica begins anew, and no token of it is good.
    Whoever says so first is heard, and nobody after."""
    await database.execute(_BEGIN_HISTORY, {"epoch": epoch})


async def read_entries(database: Database) -> dict[str, Entry]:
    """The current version of every model. What is committed meanwhile may be in it already, which harms nothing: an
    index only goes forward."""
    rows = await database.rows(_ModelRow, _MODELS)
    return {row.id: Entry(row.version, row.revision, row.live) for row in rows}


def versions_in(events: Iterable[LogRow]) -> Iterator[Changed]:
    """The versions that events tell of. External updates of models are none."""
    return (event.changed for event in events if event.version)


async def _full_rows(database: Database, parameters: Mapping[str, object]) -> list[LoggedEvent]:
    # In binary and by their places, which takes half of the time that text and names take.
    async with database.connection() as connection, connection.cursor(binary=True) as cursor:
        await cursor.execute(_FULL_AFTER, parameters)
        return [LoggedEvent(*row) for row in await cursor.fetchall()]


def _page(rows: list[Row], after: int) -> LogPage[Row]:
    log = rows[0]
    revisions: dict[int, list[Row]] = {}
    if after >= log.compacted and log.revision is not None:
        for row in rows:
            revisions.setdefault(row.revision, []).append(row)
    return LogPage(log.epoch, log.head, log.compacted, [Revision(number, found) for number, found in revisions.items()])
