"""The history of invalidations: pages of it, and counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from psycopg import sql

from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import feed_statistics_pb2
from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.invalidation.rows import COLUMNS, InvalidationRow
from modeldex_server.cache.statistics import key_counts
from modeldex_server.errors import InvalidRequest, Violation
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Database, Moment

_DEFAULT_SPAN = timedelta(days=1)  # where a range only says when it ends

_PAGE = sql.SQL("""
SELECT {columns}
FROM invalidation i
WHERE (%(after)s::bigint IS NULL OR i.number < %(after)s)
  AND (%(reasons)s::smallint[] IS NULL OR i.reason = ANY(%(reasons)s))
  AND (%(provider_id)s::text IS NULL OR i.provider_id = %(provider_id)s)
  AND (%(rule_id)s::text IS NULL OR i.rule_id = %(rule_id)s)
  AND (%(start)s::timestamptz IS NULL OR i.created_at >= %(start)s)
  AND (%(end)s::timestamptz IS NULL OR i.created_at < %(end)s)
  AND (%(scope)s::text[] IS NULL OR i.provider_id = ANY(%(scope)s))
ORDER BY i.number DESC
LIMIT %(size)s + 1""").format(columns=sql.SQL(COLUMNS))

_TOTALS = """
SELECT count(*) AS total,
       count(*) FILTER (WHERE created_at > clock_timestamp() - interval '1 day') AS last_day,
       count(*) FILTER (WHERE created_at > clock_timestamp() - interval '7 days') AS last_week,
       count(*) FILTER (WHERE error_reason = '') AS succeeded,
       COALESCE(avg(duration), interval '0') AS average
FROM invalidation
WHERE (%(scope)s::text[] IS NULL OR provider_id = ANY(%(scope)s))"""
_REASONS = """
SELECT reason, count(*) AS count FROM invalidation
WHERE (%(scope)s::text[] IS NULL OR provider_id = ANY(%(scope)s))
GROUP BY reason"""
_PROVIDERS = """
SELECT provider_id AS key, count(*) AS count FROM invalidation
WHERE provider_id <> '' AND (%(scope)s::text[] IS NULL OR provider_id = ANY(%(scope)s))
GROUP BY provider_id"""


@dataclass(frozen=True, slots=True)
class _Totals:
    total: int
    last_day: int
    last_week: int
    succeeded: int
    average: timedelta


@dataclass(frozen=True, slots=True)
class _ReasonCount:
    reason: int
    count: int

    @property
    def key(self) -> str:
        name = pb.InvalidationReason.Name(self.reason)  # type: ignore[arg-type] # a number of the enum
        return name.removeprefix("INVALIDATION_REASON_").lower()


@dataclass(frozen=True, slots=True)
class _ProviderCount:
    key: str
    count: int


class InvalidationHistory:
    """Reads the invalidations that are kept, straight from the store. Who may not see all providers sees those of a
    provider or a key that it may see: tags and contexts of others may name any."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, request: api.ListInvalidationsRequest, scope: Scope, *, after: int | None, size: int
    ) -> tuple[Sequence[pb.Invalidation], int | None]:
        """The newest, or those before the number `after`; and the number that the next page is after, None on the last.

        Raises:
            InvalidRequest: the time range ends before it begins.
            StoreUnavailable.
        """
        start, end = _range(request)
        parameters = {
            "after": after,
            "reasons": list(request.reasons) or None,
            "provider_id": request.provider_id or None,
            "rule_id": request.rule_id or None,
            "start": start,
            "end": end,
            "scope": scope.listed,
            "size": size,
        }
        rows = await self._database.rows(InvalidationRow, _PAGE, parameters)
        page = rows[:size]
        return [row.message() for row in page], page[-1].number if len(rows) > size else None

    async def stats(self, scope: Scope) -> api.GetInvalidationStatsResponse:
        """Counts of them, all of one moment. Raises StoreUnavailable."""

        async def read(moment: Moment) -> api.GetInvalidationStatsResponse:
            seen = {"scope": scope.listed}
            totals = (await moment.rows(_Totals, _TOTALS, seen))[0]
            reasons = _counts(await moment.rows(_ReasonCount, _REASONS, seen))
            providers = _counts(await moment.rows(_ProviderCount, _PROVIDERS, seen))
            return _stats(totals, reasons, providers)

        return await self._database.at_one_moment(read)


def _stats(
    totals: _Totals, reasons: feed_statistics_pb2.KeyCounts, providers: feed_statistics_pb2.KeyCounts
) -> api.GetInvalidationStatsResponse:
    stats = api.GetInvalidationStatsResponse(
        total_count=totals.total,
        last_day_count=totals.last_day,
        last_week_count=totals.last_week,
        success_rate=totals.succeeded / totals.total if totals.total else 0.0,
        reasons=reasons,
        providers=providers,
        most_common_reason=reasons.top[0].key if reasons.top else "",
        most_active_provider_id=providers.top[0].key if providers.top else "",
    )
    stats.average_duration.FromTimedelta(totals.average)
    return stats


def _counts(rows: Iterable[_ReasonCount | _ProviderCount]) -> feed_statistics_pb2.KeyCounts:
    return key_counts({row.key: row.count for row in rows})


def _range(request: api.ListInvalidationsRequest) -> tuple[datetime | None, datetime | None]:
    if not request.HasField("time_range"):
        return None, None
    given = request.time_range
    end = given.end_time.ToDatetime(UTC) if given.HasField("end_time") else datetime.now(UTC)
    start = given.start_time.ToDatetime(UTC) if given.HasField("start_time") else end - _DEFAULT_SPAN
    if start >= end:
        raise InvalidRequest([Violation("time_range", "must begin before it ends")])
    return start, end
