"""The log: events in the order of their revisions, as they are read back from the store.

It is read thinly, by whoever only keeps an index, or in full, with all that a stream sends. Either way one statement
gives the events and the state of the log, so that both are of one moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
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
    "read_after",
    "read_entries",
    "read_full",
    "read_head",
    "versions_in",
]

_PAGE = 5_000  # events; a revision of the most models and all providers fits several times

# The last revision may be cut off by the limit. Without events there is one row, which tells of the log only.
_AFTER = """
SELECT h.epoch, h.revision AS head, h.compacted, e.revision, e.ordinal, e.kind, e.type, e.provider_id,
       COALESCE(e.model_id, '') AS model_id, COALESCE(e.version, 0) AS version, e.external,
       CASE WHEN e.kind = 11 THEN e.body END AS body
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
SELECT h.epoch, h.revision, h.compacted, e.revision, e.ordinal, e.kind, e.type, e.provider_id,
       COALESCE(e.model_id, ''), COALESCE(e.version, 0), e.external, e.body, COALESCE(e.previous_version, 0),
       p.committed_at, p.principal, COALESCE(e.source_id, p.source_id), COALESCE(e.reason, p.reason),
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

_HEAD = "SELECT epoch, revision, compacted, token_key FROM ledger_head"
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
    head: int
    compacted: int  # what is up to here may be gone: the log holds what comes after a revision that is not below it
    revisions: list[Revision[Row]]


@dataclass(frozen=True, slots=True)
class HeadState:
    """The counter row."""

    epoch: UUID
    revision: int
    compacted: int
    token_key: str


@dataclass(frozen=True, slots=True)
class _ModelRow:
    id: str
    version: int
    revision: int
    live: bool


async def read_after(database: Database, revision: int) -> LogPage[LogRow]:
    """The revisions after one, as many whole ones as fit a page; of what they tell only what an index needs."""
    rows = await database.rows(LogRow, _AFTER, {"revision": revision, "limit": _PAGE})
    page = _page(rows, revision)
    if len(rows) == _PAGE and page.revisions and page.revisions[-1].number != page.head:
        page.revisions.pop()
    return page


async def read_full(database: Database, revision: int) -> LogPage[LoggedEvent]:
    """The revisions after one with all that a stream sends: at most 500, of about 1 MiB, and at least one if any."""
    parameters = {"revision": revision, "revisions": _FULL_REVISIONS, "size": _FULL_BYTES}
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


async def read_entries(database: Database) -> dict[str, Entry]:
    """The current version of every model. What is committed meanwhile may be in it already, which harms nothing: an
    index only goes forward."""
    rows = await database.rows(_ModelRow, _MODELS)
    return {row.id: Entry(row.version, row.revision, row.live) for row in rows}


def versions_in(events: Iterable[LogRow]) -> Iterator[Changed]:
    """The versions that events tell of. External updates of models are none."""
    return (event.changed for event in events if event.version)


async def _full_rows(database: Database, parameters: Mapping[str, int]) -> list[LoggedEvent]:
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
