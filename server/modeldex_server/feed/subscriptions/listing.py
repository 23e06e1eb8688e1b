"""Lists of subscriptions and of what they gave up, page by page, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp
from psycopg import sql

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import subscription_pb2 as pb
from modeldex.v1 import update_pb2
from modeldex.v1.discovery_service_pb2 import GetStatusResponse
from modeldex_server.catalogue.listing import page_size
from modeldex_server.feed.subscriptions.records import COLUMNS, STATUS, SubscriptionRow, owner_of, read
from modeldex_server.ledger.documents import stamp
from modeldex_server.security.principals import Principal
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Database

_BYTES = 1024 * 1024  # of a page, about; a larger row comes by itself
_PAGE = sql.SQL("""
WITH found AS MATERIALIZED (
    SELECT s.id, s.created_at, octet_length(s.wish) AS size
    FROM subscription s CROSS JOIN ledger_head h
    WHERE (%(owner)s::text IS NULL OR s.principal = %(owner)s)
      AND (%(client_id)s::text IS NULL OR s.client_id = %(client_id)s)
      AND (%(types)s::smallint[] IS NULL OR s.type = ANY(%(types)s))
      AND (%(statuses)s::smallint[] IS NULL OR {status} = ANY(%(statuses)s))
      AND (%(filter_types)s::smallint[] IS NULL OR s.filter_types && %(filter_types)s)
      AND (%(filter_fields)s::text[] IS NULL OR s.filter_fields && %(filter_fields)s)
      AND (%(created_after)s::timestamptz IS NULL OR s.created_at >= %(created_after)s)
      AND (%(created_before)s::timestamptz IS NULL OR s.created_at < %(created_before)s)
      AND (%(active_after)s::timestamptz IS NULL OR s.active_at >= %(active_after)s)
      AND (%(after_time)s::timestamptz IS NULL
           OR s.created_at < %(after_time)s OR (s.created_at = %(after_time)s AND s.id > %(after_id)s))
    ORDER BY s.created_at DESC, s.id
    LIMIT %(size)s + 1
), fitting AS (
    SELECT id, row_number() OVER newest AS place, sum(size) OVER newest - size AS before, count(*) OVER () AS found
    FROM found WINDOW newest AS (ORDER BY created_at DESC, id)
)
SELECT {columns}, f.found
FROM fitting f JOIN subscription s ON s.id = f.id CROSS JOIN ledger_head h
WHERE f.place <= %(size)s AND f.before < %(bytes)s
ORDER BY f.place""").format(columns=COLUMNS, status=STATUS)
_DEAD_LETTERS = """
WITH found AS MATERIALIZED (
    SELECT revision, ordinal, created_at, octet_length(update_event) AS size
    FROM dead_letter
    WHERE subscription_id = %(id)s
      AND (%(after_time)s::timestamptz IS NULL
           OR (created_at, revision, ordinal)
              < (%(after_time)s, %(after_revision)s::bigint, %(after_ordinal)s::integer))
    ORDER BY created_at DESC, revision DESC, ordinal DESC
    LIMIT %(size)s + 1
), fitting AS (
    SELECT revision, ordinal, row_number() OVER newest AS place, sum(size) OVER newest - size AS before,
           count(*) OVER () AS found
    FROM found WINDOW newest AS (ORDER BY created_at DESC, revision DESC, ordinal DESC)
)
SELECT d.subscription_id, d.revision, d.ordinal, d.attempts, d.reason, d.message, d.created_at, d.update_event, f.found
FROM fitting f
JOIN dead_letter d ON d.subscription_id = %(id)s AND d.revision = f.revision AND d.ordinal = f.ordinal
WHERE f.place <= %(size)s AND f.before < %(bytes)s
ORDER BY f.place"""

_COUNT = sql.SQL("""
SELECT count(*) AS number FROM subscription s CROSS JOIN ledger_head h WHERE {} <> 4""").format(STATUS)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: the time of its last row, and what tells rows of one time apart."""

    time: str
    id: str


@dataclass(slots=True)
class _Number:
    number: int


@dataclass(slots=True)
class _ListedRow(SubscriptionRow):
    found: int  # with this page and the one after it

    @property
    def place(self) -> Place:
        return Place(self.created_at.isoformat(), self.id)


@dataclass(slots=True)
class _DeadLetterRow:
    subscription_id: str
    revision: int
    ordinal: int
    attempts: int
    reason: str
    message: str
    created_at: datetime
    update_event: bytes
    found: int

    @property
    def place(self) -> Place:
        return Place(self.created_at.isoformat(), f"{self.revision} {self.ordinal}")


class SubscriptionLists:
    """Reads subscriptions, straight from the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, subscription_id: str, by: Principal) -> pb.Subscription:
        """One that the caller may see. Raises SubscriptionNotFound, StoreUnavailable."""
        return (await read(self._database, subscription_id, owner_of(by))).message()

    async def page(
        self, request: api.ListSubscriptionsRequest, by: Principal, after: Place | None
    ) -> tuple[Sequence[pb.Subscription], Place | None]:
        """Those that follow a place, and where the next page begins: None after the last. Raises StoreUnavailable."""
        parameters = {
            "owner": owner_of(by),
            "client_id": request.client_id or None,
            "types": list(request.types) or None,
            "statuses": list(request.statuses) or None,
            "filter_types": list(request.filter_types) or None,
            "filter_fields": list(request.filter_fields) or None,
            "created_after": _time(request, "created_after"),
            "created_before": _time(request, "created_before"),
            "active_after": _time(request, "active_after"),
            "after_time": after.time if after else None,
            "after_id": after.id if after else "",
            "size": page_size(request.page_size),
            "bytes": _BYTES,
        }
        rows = await self._database.rows(_ListedRow, _PAGE, parameters)
        return [row.message() for row in rows], _next(rows)

    async def dead_letters(
        self, request: api.ListDeadLettersRequest, by: Principal, after: Place | None
    ) -> tuple[Sequence[pb.DeadLetter], Place | None]:
        """What a subscription gave up, as `page` gives it. Raises SubscriptionNotFound, StoreUnavailable."""
        await read(self._database, request.subscription_id, owner_of(by))
        revision, ordinal = after.id.split() if after else ("0", "0")
        parameters = {
            "id": request.subscription_id,
            "after_time": after.time if after else None,
            "after_revision": int(revision),
            "after_ordinal": int(ordinal),
            "size": page_size(request.page_size),
            "bytes": _BYTES,
        }
        rows = await self._database.rows(_DeadLetterRow, _DEAD_LETTERS, parameters)
        return [_dead_letter(row, by.scope) for row in rows], _next(rows)

    async def report(self, status: GetStatusResponse) -> None:
        """For GetStatus: how many there are that have not expired."""
        status.subscription_count = (await self._database.rows(_Number, _COUNT))[0].number


def _next(rows: Sequence[_ListedRow] | Sequence[_DeadLetterRow]) -> Place | None:
    return rows[-1].place if rows and rows[0].found > len(rows) else None


def _dead_letter(row: _DeadLetterRow, scope: Scope) -> pb.DeadLetter:
    return pb.DeadLetter(
        subscription_id=row.subscription_id,
        revision=row.revision,
        ordinal=row.ordinal,
        attempts=row.attempts,
        reason=row.reason,
        message=row.message,
        create_time=stamp(row.created_at),
        update=shown(update_pb2.UpdateEvent.FromString(row.update_event), scope),
    )


def shown(update: update_pb2.UpdateEvent, scope: Scope) -> update_pb2.UpdateEvent | None:
    """What of an update is in a scope; None for nothing. It was sent when its subscriber could see more, perhaps."""
    told = getattr(update, update.WhichOneof("update") or "model")
    provider_id, model_id = getattr(told, "provider_id", ""), getattr(told, "model_id", "")
    if (provider_id and not scope.covers(provider_id)) or (model_id and not scope.covers_model(model_id)):
        return None
    if update.HasField("capability"):
        lists = (told.gained_model_ids, told.lost_model_ids, told.changed_model_ids)
        named = any(lists)
        for ids in lists:
            ids[:] = [one for one in ids if scope.covers_model(one)]
        return update if any(lists) or not named else None
    return update


def _time(request: api.ListSubscriptionsRequest, name: str) -> datetime | None:
    if not request.HasField(name):  # type: ignore[arg-type] # a name of its fields
        return None
    time: Timestamp = getattr(request, name)
    return time.ToDatetime(UTC)
