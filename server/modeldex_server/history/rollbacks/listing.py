"""Lists of rollbacks, page by page, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, LiteralString

from modeldex.v1 import history_pb2 as pb
from modeldex.v1 import history_service_pb2 as api
from modeldex_server.catalogue.listing import page_size
from modeldex_server.history.rollbacks.records import COLUMNS, RollbackRow, read
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Database

_BYTES = 1024 * 1024  # of a page, about; a larger rollback comes by itself
_PAGE: LiteralString = f"""
WITH found AS MATERIALIZED (
    SELECT r.id, r.created_at, octet_length(r.diff) AS size
    FROM rollback r
    WHERE (%(model_id)s::text IS NULL OR r.model_id = %(model_id)s)
      AND (%(providers)s::text[] IS NULL OR split_part(r.model_id, '/', 1) = ANY(%(providers)s))
      AND (%(states)s::smallint[] IS NULL OR r.state = ANY(%(states)s))
      AND (%(requester)s::text IS NULL OR r.requester = %(requester)s)
      AND (%(start)s::timestamptz IS NULL OR r.created_at >= %(start)s)
      AND (%(end)s::timestamptz IS NULL OR r.created_at < %(end)s)
      AND (%(after_time)s::timestamptz IS NULL OR (r.created_at, r.id) < (%(after_time)s, %(after_id)s))
    ORDER BY r.created_at DESC, r.id DESC
    LIMIT %(size)s + 1
), fitting AS (
    SELECT id, row_number() OVER newest AS place, sum(size) OVER newest - size AS before, count(*) OVER () AS found
    FROM found WINDOW newest AS (ORDER BY created_at DESC, id DESC)
)
SELECT {COLUMNS}, f.found
FROM fitting f JOIN rollback r ON r.id = f.id
WHERE f.place <= %(size)s AND f.before < %(bytes)s
ORDER BY f.place"""  # noqa: S608 - of a constant of ours


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: when its last rollback was requested, and its id."""

    time: str
    id: str


@dataclass(frozen=True, slots=True)
class _ListedRow(RollbackRow):
    found: int  # with this page and the one after it


class RollbackLists:
    """Reads rollbacks, straight from the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, rollback_id: str, scope: Scope) -> pb.Rollback:
        """One of them. Raises RollbackNotFound, StoreUnavailable."""
        return (await read(self._database, rollback_id, scope)).message()

    async def page(
        self, request: api.ListRollbacksRequest, scope: Scope, after: Place | None
    ) -> tuple[Sequence[pb.Rollback], Place | None]:
        """Those that follow a place, and where the next page begins: None after the last. Raises StoreUnavailable."""
        parameters = {
            "model_id": request.model_id or None,
            "providers": scope.listed,
            "states": list(request.states) or None,
            "requester": request.requester or None,
            "start": _time(request, "start_time"),
            "end": _time(request, "end_time"),
            "after_time": after.time if after else None,
            "after_id": after.id if after else "",
            "size": page_size(request.page_size),
            "bytes": _BYTES,
        }
        rows = await self._database.rows(_ListedRow, _PAGE, parameters)
        more = rows and rows[0].found > len(rows)
        end = Place(rows[-1].created_at.isoformat(), rows[-1].id) if more else None
        return [row.message() for row in rows], end


def _time(request: api.ListRollbacksRequest, name: Literal["start_time", "end_time"]) -> datetime | None:
    return getattr(request, name).ToDatetime(UTC) if request.HasField(name) else None
