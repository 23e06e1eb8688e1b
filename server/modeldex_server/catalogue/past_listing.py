"""Lists of models as they were after a revision, with the filters and orders of the present.

What was not changed since is asked of the store as it is. Of what was changed since, the store has the documents alone:
they are gone through here, a few at a time, so that no list is in memory whole.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from psycopg import sql

from modeldex.v1 import discovery_service_pb2 as api
from modeldex.v1 import model_pb2 as pb
from modeldex_server.catalogue.filters import conditions
from modeldex_server.catalogue.listing import COUNT, HEAD, ListedRow, Number, Page, Position, page_query, page_size
from modeldex_server.catalogue.matching import ModelMatcher, model_matcher
from modeldex_server.catalogue.ordering import Listed, Order
from modeldex_server.errors import FutureRevision, VersionPurged
from modeldex_server.ledger.versions import VersionRow
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Database, Moment
from modeldex_server.wire import fitting

_BATCH = 250  # models: some milliseconds of the event loop
_AT_A_TIME = 4  # lists: each takes a connection while it goes through the models

_UNCHANGED = sql.SQL("m.revision <= %(as_of)s AND ")
# As in `versions.py` a deletion shows the document that it deleted.
_CHANGED = sql.SQL("""
SELECT m.id AS model_id, v.version, v.revision, v.created_at, v.committed_at, v.deleted,
       CASE WHEN v.deleted THEN before.document ELSE v.document END AS document
FROM model m
CROSS JOIN LATERAL (
    SELECT version, revision, created_at, committed_at, document,
           document IS NULL AND document_hash IS NULL AS deleted
    FROM model_version WHERE model_id = m.id AND revision <= %(as_of)s
    ORDER BY revision DESC LIMIT 1
) v
LEFT JOIN model_version before ON v.deleted AND before.model_id = m.id AND before.version = v.version - 1
WHERE m.revision > %(as_of)s AND {after}
  AND (%(providers)s::text[] IS NULL OR m.provider_id = ANY(%(providers)s))
  AND (%(deleted)s OR NOT v.deleted)
ORDER BY m.id {direction} LIMIT %(batch)s""")
_AFTER = {False: sql.SQL("m.id > %(after_id)s"), True: sql.SQL("m.id < %(after_id)s")}
_DIRECTION = {False: sql.SQL("ASC"), True: sql.SQL("DESC")}


@dataclass(frozen=True, slots=True)
class _Row:
    model_id: str
    version: int
    revision: int
    created_at: datetime
    committed_at: datetime
    deleted: bool
    document: bytes | None  # None: purged


@dataclass(frozen=True, slots=True)
class _Asked:
    """A page to be made."""

    request: api.ListModelsRequest
    revision: int
    after: Position | None
    scope: Scope
    order: Order
    matches: ModelMatcher
    size: int


class PastLister:
    """Lists models as they were, straight from the store. Whether they could be had then nobody knows any more."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turns = asyncio.Semaphore(_AT_A_TIME)

    async def page(self, request: api.ListModelsRequest, revision: int, after: Position | None, scope: Scope) -> Page:
        """The models of a scope that follow a position, after a revision; fewer than asked for where they have
        megabytes of facts.

        Raises:
            FutureRevision, VersionPurged, StoreUnavailable.
        """
        order, size = Order(request), page_size(request.page_size)
        asked = _Asked(request, revision, after, scope, order, model_matcher(request.filter), size)
        # At one moment a model is changed since or is not; over several queries it could be neither, or both.
        async with self._turns:
            return await self._database.at_one_moment(partial(_page, asked))


async def _page(asked: _Asked, moment: Moment) -> Page:
    head = (await moment.rows(Number, HEAD))[0].number
    if asked.revision > head:
        raise FutureRevision(asked.revision, head)
    where, parameters = conditions(asked.request.filter, asked.scope)
    where, parameters = _UNCHANGED + where, parameters | {"as_of": asked.revision}
    query, order_parameters = page_query(asked.request, where, asked.after)
    rows = await moment.rows(ListedRow, query, parameters | order_parameters | {"limit": asked.size + 1})
    unchanged = [asked.order.listed(pb.Model.FromString(row.document), row) for row in rows]
    changed, count = await _first_changed(asked, moment)
    if asked.request.include_total_size:
        count += (await moment.rows(Number, COUNT.format(where=where), parameters))[0].number
    found = asked.order.first([*unchanged, *changed], asked.size + 1)
    shown = found[: fitting(len(one.version.document) for one in found[: asked.size])]
    return Page(
        models=[one.version.model for one in shown],
        next=asked.order.position(shown[-1]) if len(shown) < len(found) else None,
        total_size=count if asked.request.include_total_size else None,
        revision=head,
    )


async def _first_changed(asked: _Asked, moment: Moment) -> tuple[list[Listed], int]:
    """The first of those that changed since, enough for the page, and how many match as far as they were counted."""
    order, count = asked.order, 0
    # By id they come in their order, so no more than the page needs to be looked at, unless all are counted.
    in_order = order.by_id and not asked.request.include_total_size
    follows = order.follows(asked.after)
    first: list[Listed] = []
    async with aclosing(_changed(asked, moment, asked.after if in_order else None)) as changed:
        async for matching in changed:
            count += len(matching)
            first = order.first([*first, *filter(follows, matching)], asked.size + 1)
            if in_order and len(first) > asked.size:
                break
    return first, count


async def _changed(asked: _Asked, moment: Moment, after: Position | None) -> AsyncGenerator[list[Listed]]:
    """Those that changed since and match, by id in the direction of the order, some at a time."""
    wanted, descending = asked.request.filter, asked.order.descending
    parameters: dict[str, Any] = {
        "as_of": asked.revision,
        "providers": _providers(wanted, asked.scope),
        "deleted": wanted.include_deleted,
        "batch": _BATCH,
    }
    last = after.id if after is not None else None
    while True:
        beyond = sql.SQL("true") if last is None else _AFTER[descending]
        query = _CHANGED.format(after=beyond, direction=_DIRECTION[descending])
        rows = await moment.rows(_Row, query, parameters | ({} if last is None else {"after_id": last}))
        yield list(_matching(asked, rows))
        if len(rows) < _BATCH:
            return
        last = rows[-1].model_id


def _matching(asked: _Asked, rows: Iterable[_Row]) -> Iterator[Listed]:
    for row in rows:
        if row.document is None:
            raise VersionPurged(row.model_id, row.version - row.deleted)
        document = pb.Model.FromString(row.document)
        # Of those deleted only private ones are shown: no source listed them when they were.
        if asked.matches(document) and not (row.deleted and document.listed_by):
            version = VersionRow(
                row.model_id, row.version, row.revision, row.created_at, row.committed_at, row.document
            )
            yield asked.order.listed(document, version)


def _providers(wanted: api.ModelFilter, scope: Scope) -> list[str] | None:
    if not wanted.provider_ids:
        return scope.listed
    return [provider_id for provider_id in wanted.provider_ids if scope.covers(provider_id)]
