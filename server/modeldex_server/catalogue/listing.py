"""Lists of models: by a filter, in an order, page by page.

A page begins after a position, (sort value, id), so a model whose sort value stays is neither skipped nor repeated
while others come and go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg import sql

from modeldex.v1 import discovery_service_pb2 as api
from modeldex_server.catalogue.availability import Availability
from modeldex_server.catalogue.filters import conditions
from modeldex_server.ledger.versions import VersionRow
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Database
from modeldex_server.wire import fitting

# A page of ids first, their documents then: the limit must not wait for the documents.
_PAGE = sql.SQL("""
SELECT page.id AS model_id, page.version, page.sort_value, (SELECT revision FROM ledger_head) AS head,
       v.revision, v.created_at, v.committed_at, COALESCE(v.document, before.document) AS document
FROM (
    SELECT m.id, m.version, {column}::text AS sort_value, row_number() OVER () AS place
    FROM (SELECT * FROM model m WHERE {where} AND {after} ORDER BY {order} LIMIT %(limit)s) m
) page
JOIN model_version v ON v.model_id = page.id AND v.version = page.version
LEFT JOIN model_version before
    ON v.document IS NULL AND before.model_id = page.id AND before.version = page.version - 1
ORDER BY page.place""")
COUNT = sql.SQL("SELECT count(*) AS number FROM model m WHERE {where}")
_VERSIONS = sql.SQL("SELECT m.id, m.version FROM model m WHERE {where}")
HEAD = "SELECT revision AS number FROM ledger_head"

_ID = api.MODEL_SORT_FIELD_ID
# The column of each sort field, and its type.
_COLUMNS: dict[int, tuple[LiteralString, LiteralString]] = {
    api.MODEL_SORT_FIELD_UNSPECIFIED: ("m.id", "text"),
    _ID: ("m.id", "text"),
    api.MODEL_SORT_FIELD_DISPLAY_NAME: ("m.name_key", "text"),
    api.MODEL_SORT_FIELD_CONTEXT_WINDOW: ("m.context_window", "bigint"),
    api.MODEL_SORT_FIELD_MAX_OUTPUT_TOKENS: ("m.max_output_tokens", "bigint"),
    api.MODEL_SORT_FIELD_INPUT_PRICE: ("m.price_input", "numeric"),
    api.MODEL_SORT_FIELD_OUTPUT_PRICE: ("m.price_output", "numeric"),
    api.MODEL_SORT_FIELD_RELEASE_TIME: ("m.released_at", "timestamptz"),
    api.MODEL_SORT_FIELD_RETIREMENT_TIME: ("m.retires_at", "timestamptz"),
    api.MODEL_SORT_FIELD_REVISION: ("m.revision", "bigint"),
}
_DEFAULT_SIZE, _MOST = 50, 500


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ends: the sort value of its last model (None: unknown) and the id."""

    sort_value: str | None
    id: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of models as bytes of `Model`."""

    models: Sequence[bytes]
    next: Position | None
    total_size: int | None
    revision: int


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A row of a page."""

    model_id: str
    version: int
    sort_value: str | None
    head: int
    revision: int
    created_at: datetime
    committed_at: datetime
    document: bytes

    @property
    def model(self) -> bytes:
        """The bytes of the `Model`."""
        return VersionRow(
            self.model_id, self.version, self.revision, self.created_at, self.committed_at, self.document
        ).model


@dataclass(frozen=True, slots=True)
class Number:
    """A row of COUNT or HEAD."""

    number: int


@dataclass(frozen=True, slots=True)
class _Version:
    id: str
    version: int


def page_size(asked: int) -> int:
    """The size of a page: 50 where none is asked for, at most 500."""
    return min(asked, _MOST) or _DEFAULT_SIZE


class Lister:
    """Lists models, straight from the store: a list is as current as the store itself."""

    def __init__(self, database: Database, availability: Availability) -> None:
        self._database = database
        self._availability = availability

    async def page(self, request: api.ListModelsRequest, after: Position | None, scope: Scope) -> Page:
        """The models of a scope that follow a position; fewer than asked for where they have megabytes of facts.

        Raises:
            StoreUnavailable.
        """
        size = page_size(request.page_size)
        where, parameters = conditions(request.filter, scope)
        query, order_parameters = page_query(request, where, after)
        rows = await self._database.rows(ListedRow, query, parameters | order_parameters | {"limit": size + 1})
        shown = rows[: fitting(len(row.document) for row in rows[:size])]
        return Page(
            models=[row.model + self._availability.suffix(row.model_id) for row in shown],
            next=Position(shown[-1].sort_value, shown[-1].model_id) if len(shown) < len(rows) else None,
            total_size=await self._count(where, parameters) if request.include_total_size else None,
            revision=rows[0].head if rows else await self._head(),
        )

    async def versions(self, wanted: api.ModelFilter, scope: Scope) -> dict[str, int]:
        """The current versions of all models of a scope that match, by id.

        Raises:
            StoreUnavailable.
        """
        where, parameters = conditions(wanted, scope)
        rows = await self._database.rows(_Version, _VERSIONS.format(where=where), parameters)
        return {row.id: row.version for row in rows}

    async def _count(self, where: sql.Composable, parameters: dict[str, Any]) -> int:
        return (await self._database.rows(Number, COUNT.format(where=where), parameters))[0].number

    async def _head(self) -> int:
        return (await self._database.rows(Number, HEAD))[0].number


def page_query(
    request: api.ListModelsRequest, where: sql.Composable, after: Position | None
) -> tuple[sql.Composed, dict[str, Any]]:
    """The query for the models that follow a position, at most `limit`, and its parameters beside those of `where`."""
    name, kind = _COLUMNS[request.sort_field]
    column = sql.SQL(name)
    direction = sql.SQL("DESC" if request.descending else "ASC")
    by_id = request.sort_field in (api.MODEL_SORT_FIELD_UNSPECIFIED, _ID)
    order = (
        sql.SQL("m.id {}").format(direction) if by_id else sql.SQL("{} {} NULLS LAST, m.id").format(column, direction)
    )
    query = _PAGE.format(
        column=column, where=where, order=order, after=_after(column, sql.SQL(kind), request.descending, after, by_id)
    )
    values = {"after_value": after.sort_value, "after_id": after.id} if after else {}
    return query, values


def _after(column: sql.SQL, kind: sql.SQL, descending: bool, after: Position | None, by_id: bool) -> sql.Composable:
    beyond = sql.SQL("<" if descending else ">")
    if after is None:
        return sql.SQL("true")
    if by_id:
        return sql.SQL("m.id {} %(after_id)s").format(beyond)
    if after.sort_value is None:
        return sql.SQL("{} IS NULL AND m.id > %(after_id)s").format(column)
    return sql.SQL(
        "({column} {beyond} %(after_value)s::{kind}"
        " OR ({column} = %(after_value)s::{kind} AND m.id > %(after_id)s) OR {column} IS NULL)"
    ).format(column=column, beyond=beyond, kind=kind)
