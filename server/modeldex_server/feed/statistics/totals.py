"""What was published and delivered since the catalogue began, and what subscriptions were sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg import sql

from modeldex.v1 import feed_statistics_pb2 as pb
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex_server.feed.statistics.keys import MOST_KEYS, KeyRow, by_type, key_counts
from modeldex_server.feed.subscriptions.records import STATUS
from modeldex_server.feed.times import span
from modeldex_server.ledger.documents import stamp
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Moment

_EVENTS = """
SELECT kind, type, sum(count)::bigint AS published,
       COALESCE(sum(count) FILTER (WHERE %(providers)s::text[] IS NULL OR provider_id = ANY(%(providers)s)
                                      OR (provider_id = '' AND NOT (kind = 12 AND type = 3))), 0)::bigint AS count
FROM event_total GROUP BY kind, type"""
_DELIVERED = """
SELECT COALESCE(sum(updates), 0)::bigint AS updates, COALESCE(sum(messages), 0)::bigint AS messages,
       COALESCE(sum(delivering), 0) AS delivering, COALESCE(max(longest), 0) AS longest,
       COALESCE(sum(writing), 0) AS writing,
       COALESCE((array_agg(last_updates ORDER BY last_written_at DESC))[1], 0) AS last_updates,
       max(last_written_at) AS last_written_at
FROM delivery_total"""
# An owner has its own, nobody those of all.
_DELIVERED_TO = _DELIVERED + " WHERE principal <> '' AND (%(owner)s::text IS NULL OR principal = %(owner)s)"
_REASONS = """
SELECT reason AS key, count, count(*) OVER () AS keys, (sum(count) OVER ())::bigint AS total
FROM rejection_total ORDER BY count DESC, reason LIMIT %(most)s"""
_SUBSCRIPTIONS = sql.SQL("""
SELECT s.type, {} AS status, count(*) AS count,
       count(*) FILTER (WHERE s.connected_until > clock_timestamp()) AS connected
FROM subscription s CROSS JOIN ledger_head h
WHERE %(owner)s::text IS NULL OR s.principal = %(owner)s
GROUP BY 1, 2""").format(STATUS)
_CLIENTS = """
SELECT client_id AS key, count(*) AS count, count(*) OVER () AS keys, (sum(count(*)) OVER ())::bigint AS total
FROM subscription WHERE %(owner)s::text IS NULL OR principal = %(owner)s
GROUP BY client_id ORDER BY 2 DESC, 1 LIMIT %(most)s"""
_RATES = """
SELECT COALESCE(sum(updates) FILTER (WHERE second >= clock_timestamp() - interval '1 minute'), 0)::bigint
           AS last_minute,
       COALESCE(max(updates), 0) AS peak
FROM delivery_second
WHERE principal = COALESCE(%(owner)s, '') AND second >= clock_timestamp() - interval '1 day'"""


@dataclass(frozen=True, slots=True)
class _EventRow:
    kind: int
    type: int
    published: int
    count: int  # of those within the scope


@dataclass(frozen=True, slots=True)
class _Delivered:
    updates: int
    messages: int
    delivering: float
    longest: float
    writing: float
    last_updates: int
    last_written_at: datetime | None


@dataclass(frozen=True, slots=True)
class _SubscriptionRow:
    type: int
    status: int
    count: int
    connected: int


@dataclass(frozen=True, slots=True)
class _Rates:
    last_minute: int
    peak: int


async def publish_stats(store: Moment, scope: Scope, now: datetime) -> api.GetPublishStatsResponse:
    """Of all replicas, since the catalogue began; by type what is within a scope. Raises StoreUnavailable."""
    events = await store.rows(_EventRow, _EVENTS, {"providers": scope.listed})
    delivered = (await store.rows(_Delivered, _DELIVERED))[0]
    reasons = key_counts(await store.rows(KeyRow, _REASONS, {"most": MOST_KEYS}))
    answer = api.GetPublishStatsResponse(
        total_events_published=sum(row.published for row in events),
        successful_deliveries=delivered.updates,
        failed_deliveries=sum(one.count for one in reasons.top) + reasons.rest_count,
        events_by_type=by_type(row for row in events if row.count),
        errors_by_type=reasons,
        as_of_time=stamp(now),
    )
    if delivered.updates:
        answer.average_delivery_time.CopyFrom(span(delivered.delivering / delivered.updates))
        answer.peak_delivery_time.CopyFrom(span(delivered.longest))
    return answer


async def subscription_stats(store: Moment, owner: str | None, now: datetime) -> api.GetSubscriptionStatsResponse:
    """Of the subscriptions of a principal; None for those of all. Raises StoreUnavailable."""
    values = {"owner": owner, "most": MOST_KEYS}
    found = await store.rows(_SubscriptionRow, _SUBSCRIPTIONS, values)
    rates = (await store.rows(_Rates, _RATES, values))[0]
    delivered = (await store.rows(_Delivered, _DELIVERED_TO, values))[0]
    clients = await store.rows(KeyRow, _CLIENTS, values)
    by_status = {status: sum(row.count for row in found if row.status == status) for status in (1, 2, 3, 4)}
    types = sorted({row.type for row in found})
    return api.GetSubscriptionStatsResponse(
        total_count=sum(by_status.values()),
        active_count=by_status[1],
        paused_count=by_status[2],
        error_count=by_status[3],
        expired_count=by_status[4],
        connected_count=sum(row.connected for row in found),
        by_type=[
            pb.SubscriptionTypeCount(
                type=type_,  # type: ignore[arg-type] # a number of the enum
                count=sum(row.count for row in found if row.type == type_),
            )
            for type_ in types
        ],
        by_client=key_counts(clients),
        average_events_per_second=rates.last_minute / 60,
        peak_events_per_second=rates.peak,
        batches=_batches(delivered),
        as_of_time=stamp(now),
    )


def _batches(delivered: _Delivered) -> pb.BatchStats:
    batches = pb.BatchStats(last_batch_size=delivered.last_updates, total_batches=delivered.messages)
    if delivered.messages and delivered.last_written_at is not None:
        batches.average_batch_size = delivered.updates / delivered.messages
        batches.average_processing_time.CopyFrom(span(delivered.writing / delivered.messages))
        batches.last_batch_time.CopyFrom(stamp(delivered.last_written_at))
    return batches
