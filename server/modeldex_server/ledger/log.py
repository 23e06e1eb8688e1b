"""The log: events in the order of their revisions, as they are read back from the store."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from modeldex_server.ledger.changes import Changed
from modeldex_server.ledger.index import Entry
from modeldex_server.store.database import Database

MODEL, PROVIDER = 10, 11  # field numbers in UpdateEvent.update

_PAGE = 5_000  # events; a revision of the most models and all providers fits several times

# One statement, so head and events are of one snapshot. The last revision may be cut off by the limit.
_AFTER = """
SELECT h.epoch, h.revision AS head, e.revision, e.ordinal, e.kind, e.type, e.provider_id, e.model_id, e.version, e.body
FROM ledger_head h
LEFT JOIN LATERAL (
    SELECT * FROM update_event WHERE revision > %(revision)s ORDER BY revision, ordinal LIMIT %(limit)s
) e ON true
ORDER BY e.revision, e.ordinal"""

_HEAD = "SELECT epoch, revision, token_key FROM ledger_head"
_MODELS = "SELECT id, version, revision, live FROM model WHERE version > 0"
_REMOVED = 3  # ModelUpdateType


@dataclass(frozen=True, slots=True)
class LogRow:
    """An event with the state of the log when it was read; without an event the fields after `head` are None."""

    epoch: UUID
    head: int
    revision: int | None
    ordinal: int | None
    kind: int | None
    type: int | None
    provider_id: str | None
    model_id: str | None
    version: int | None
    body: bytes | None

    @property
    def changed(self) -> Changed:
        """The version that a model event tells of."""
        assert self.model_id and self.provider_id and self.version and self.revision  # noqa: PT018
        return Changed(self.model_id, self.provider_id, self.version, self.revision, self.type != _REMOVED)


@dataclass(frozen=True, slots=True)
class HeadState:
    """The counter row."""

    epoch: UUID
    revision: int
    token_key: str


@dataclass(frozen=True, slots=True)
class _ModelRow:
    id: str
    version: int
    revision: int
    live: bool


@dataclass(frozen=True, slots=True)
class LogPage:
    """Whole revisions after one, as of one moment."""

    epoch: str
    head: int
    revisions: list[list[LogRow]]


async def read_after(database: Database, revision: int) -> LogPage:
    """The revisions after one, the oldest first: as many whole ones as fit a page."""
    rows = await database.rows(LogRow, _AFTER, {"revision": revision, "limit": _PAGE})
    events = [row for row in rows if row.revision is not None]
    if len(events) == _PAGE and events[-1].revision != rows[0].head:
        events = [event for event in events if event.revision != events[-1].revision]
    revisions: dict[int, list[LogRow]] = {}
    for event in events:
        assert event.revision is not None
        revisions.setdefault(event.revision, []).append(event)
    return LogPage(str(rows[0].epoch), rows[0].head, list(revisions.values()))


async def read_head(database: Database) -> HeadState:
    """The counter row as it is now."""
    return (await database.rows(HeadState, _HEAD))[0]


async def read_entries(database: Database) -> dict[str, Entry]:
    """The current version of every model. What is committed meanwhile may be in it already, which harms nothing: an
    index only goes forward."""
    rows = await database.rows(_ModelRow, _MODELS)
    return {row.id: Entry(row.version, row.revision, row.live) for row in rows}
