"""Finding versions that may match a filter, newest first: in the order of their commits, where many match, or by the
indexes of terms and models, where few do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import sql

from modeldex.v1 import update_pb2
from modeldex_server.history.changes.matching import Matching
from modeldex_server.history.changes.spans import Span
from modeldex_server.store.database import Database, Moment

_COLUMNS = sql.SQL(
    "v.model_id, v.version, v.revision, v.committed_at, v.operation, v.principal, v.source_id, v.reason, v.changes"
)
_ORDER = sql.SQL("v.committed_at DESC, v.revision DESC, v.model_id")

# So many versions in their order, and of these what matches. The last of them is told even where it does not match: it
# says how far this has looked. Keys first, for rows are wide.
_IN_ORDER = sql.SQL("""
WITH hit AS MATERIALIZED (
    SELECT v.model_id, v.version, v.looked, v.matches
    FROM (
        SELECT v.*, row_number() OVER (ORDER BY {order}) AS looked
        FROM (
            SELECT v.model_id, v.version, v.revision, v.committed_at, {matches} AS matches
            FROM model_version v WHERE {within} ORDER BY {order} LIMIT %(look)s
        ) v
    ) v
    WHERE v.matches OR v.looked = %(look)s
    ORDER BY {order}
    LIMIT %(take)s
)
SELECT {columns}, hit.looked, hit.matches
FROM hit JOIN model_version v ON v.model_id = hit.model_id AND v.version = hit.version
ORDER BY hit.looked""")

# All that match at any time: how many they are, and unless they are more than looked for the first of them. One row
# without a version, where there is none to give.
_BY_INDEX = sql.SQL("""
WITH found AS MATERIALIZED (
    SELECT v.model_id, v.version, v.revision, v.committed_at
    FROM model_version v WHERE {matches}
    LIMIT %(look)s + 1
), size AS (
    SELECT count(*) AS looked FROM found
), first AS (
    SELECT v.model_id, v.version FROM found v, size
    WHERE size.looked <= %(look)s AND {within}
    ORDER BY {order} LIMIT %(take)s
)
SELECT {columns}, size.looked, v.model_id IS NOT NULL AS matches
FROM size
LEFT JOIN (first JOIN model_version v ON v.model_id = first.model_id AND v.version = first.version) ON true
ORDER BY {order}""")
# Whatever the planner expects: what an index finds, never the whole table.
_INDEX_ONLY = """
SELECT set_config('enable_seqscan', 'off', true) AS seqscan, set_config('enable_indexscan', 'off', true) AS indexscan"""

_MOST_RANGES = 50  # of ids


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the order of changes."""

    committed_at: datetime
    revision: int
    model_id: str


@dataclass(frozen=True, slots=True)
class FoundVersion:
    """A version that may match."""

    model_id: str
    version: int
    revision: int
    committed_at: datetime
    operation: int
    principal: str
    source_id: str
    reason: str
    changes: bytes
    looked: int  # at so many versions to find it
    matches: bool

    @property
    def position(self) -> Position:
        """Where it stands."""
        return Position(self.committed_at, self.revision, self.model_id)


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found. `end`: how far it saw; None: to the last version. `looked`: at so many."""

    versions: Sequence[FoundVersion]
    end: Position | None
    looked: int


class Finder:
    """Looks for the versions of one filter."""

    def __init__(self, database: Database, matching: Matching, span: Span) -> None:
        self._database = database
        self._matches, self._values = _matches(matching)
        self._of_types, self._types = _of_types(matching.types)
        self._span = span

    async def in_order(self, below: Position | None, *, look: int, take: int) -> Look:
        """Look at so many versions below a position, in their order, for so many that match."""
        within, values = self._within(below)
        matches = sql.SQL("{} AND {}").format(self._matches, self._of_types)
        query = _IN_ORDER.format(columns=_COLUMNS, matches=matches, within=within, order=_ORDER)
        parameters = self._values | self._types | values | {"look": look, "take": take}
        rows = await self._database.rows(FoundVersion, query, parameters)
        ended = len(rows) < take and not (rows and rows[-1].looked == look)
        return Look(
            [row for row in rows if row.matches],
            None if ended else rows[-1].position,
            rows[-1].looked if rows else 0,
        )

    async def by_index(self, below: Position | None, *, look: int, take: int) -> Look | None:
        """Look at all versions that match below a position, for the first of them; None where they are too many."""
        within, values = self._within(below)
        query = _BY_INDEX.format(columns=_COLUMNS, matches=self._matches, within=within, order=_ORDER)
        parameters = self._values | values | {"look": look, "take": take}

        async def read(moment: Moment) -> list[FoundVersion]:
            await moment.rows(_Planning, _INDEX_ONLY)
            return await moment.rows(FoundVersion, query, parameters)

        rows = await self._database.at_one_moment(read)
        if rows[0].looked > look:
            return None
        versions = [row for row in rows if row.matches]
        return Look(versions, versions[-1].position if len(versions) == take else None, rows[0].looked)

    def _within(self, below: Position | None) -> tuple[sql.Composable, dict[str, Any]]:
        clauses: list[sql.Composable] = [sql.SQL("true")]
        values: dict[str, Any] = {}
        if self._span.start is not None:
            clauses.append(sql.SQL("v.committed_at >= %(start)s"))
            values["start"] = self._span.start
        if self._span.end is not None:
            clauses.append(sql.SQL("v.committed_at < %(end)s"))
            values["end"] = self._span.end
        if below is not None:
            # All before it, and with it those of a later id.
            clauses.append(sql.SQL("(v.committed_at, v.revision) <= (%(at)s, %(revision)s)"))
            clauses.append(sql.SQL("NOT (v.revision = %(revision)s AND v.model_id <= %(below)s)"))
            values |= {"at": below.committed_at, "revision": below.revision, "below": below.model_id}
        return sql.SQL(" AND ").join(clauses), values


@dataclass(frozen=True, slots=True)
class _Planning:
    seqscan: str
    indexscan: str


def _matches(matching: Matching) -> tuple[sql.Composable, dict[str, Any]]:
    clauses: list[sql.Composable] = [sql.SQL("true")]
    values: dict[str, Any] = {}
    if matching.models is not None:
        clauses.append(sql.SQL("v.model_id = ANY(%(models)s)"))
        values["models"] = matching.models
    elif matching.providers is not None:
        clauses.append(sql.SQL("split_part(v.model_id, '/', 1) = ANY(%(providers)s)"))
        values["providers"] = matching.providers
        if len(matching.providers) <= _MOST_RANGES:
            ranges, bounds = _ranges(matching.providers)
            clauses.append(ranges)
            values |= bounds
    for number, terms in enumerate(matching.terms):
        name = f"terms_{number}"
        clauses.append(sql.SQL("v.terms && {}::text[]").format(sql.Placeholder(name)))
        values[name] = terms
    return sql.SQL(" AND ").join(clauses), values


def _of_types(types: Iterable[update_pb2.FieldChangeOperation.ValueType]) -> tuple[sql.Composable, dict[str, Any]]:
    """What no index knows: changes that may have one of some types. They hold the bytes that each change of that type
    has, and others may hold, too; a deletion (3) is told without any that are stored."""
    held = {f"type_{one}": update_pb2.FieldChange(operation=one).SerializeToString() for one in types}
    if not held:
        return sql.SQL("true"), {}
    clauses = [sql.SQL("position({} IN v.changes) > 0").format(sql.Placeholder(name)) for name in held]
    return sql.SQL("(v.operation = 3 OR {})").format(sql.SQL(" OR ").join(clauses)), dict(held)


def _ranges(providers: Sequence[str]) -> tuple[sql.Composable, dict[str, Any]]:
    """Where the ids of the models of some providers stand: after the provider's own and a slash; "0" follows "/"."""
    clauses: list[sql.Composable] = []
    values: dict[str, Any] = {}
    for number, provider in enumerate(providers):
        first, end = f"first_{number}", f"end_{number}"
        clauses.append(
            sql.SQL("(v.model_id >= {} AND v.model_id < {})").format(sql.Placeholder(first), sql.Placeholder(end))
        )
        values |= {first: f"{provider}/", end: f"{provider}0"}
    return sql.SQL("({})").format(sql.SQL(" OR ").join(clauses)), values
