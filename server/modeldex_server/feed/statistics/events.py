"""What the log took in over a span of time, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from modeldex.v1 import feed_statistics_pb2 as pb
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex_server.feed.statistics.keys import MOST_KEYS, KeyRow, by_type, key_counts
from modeldex_server.feed.statistics.spans import Span
from modeldex_server.feed.times import span
from modeldex_server.ledger.documents import stamp
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Moment

# What is about no provider counts for everybody; but which models a capability's update named is not known here, so it
# counts for those who see all.
_SEEN = """(%(providers)s::text[] IS NULL OR provider_id = ANY(%(providers)s)
     OR (provider_id = '' AND NOT (kind = 12 AND type = 3)))"""
_SERIES = f"""
WITH event AS (
    SELECT date_bin(%(step)s, minute, %(start)s) AS step, kind, type, sum(count) AS count
    FROM event_count WHERE minute >= %(start)s AND minute < %(end)s AND {_SEEN}
    GROUP BY 1, 2, 3
)
SELECT step, kind, type, count::bigint FROM event ORDER BY step"""  # noqa: S608 - of a constant of ours
_DELIVERIES = """
SELECT date_bin(%(step)s, minute, %(start)s) AS step, sum(updates)::bigint AS updates, sum(delivering) AS delivering,
       sum(rejected)::bigint AS rejected
FROM delivery_count WHERE minute >= %(start)s AND minute < %(end)s
GROUP BY 1"""
_PROVIDERS = """
SELECT provider_id AS key, sum(count)::bigint AS count, count(*) OVER () AS keys,
       (sum(sum(count)) OVER ())::bigint AS total
FROM event_count
WHERE minute >= %(start)s AND minute < %(end)s AND provider_id <> ''
  AND (%(providers)s::text[] IS NULL OR provider_id = ANY(%(providers)s))
GROUP BY provider_id
ORDER BY 2 DESC, 1
LIMIT %(most)s"""
_MODELS = """
SELECT model_id AS key, sum(count)::bigint AS count, count(*) OVER () AS keys,
       (sum(sum(count)) OVER ())::bigint AS total
FROM model_event_count
WHERE minute >= %(start)s AND minute < %(end)s
  AND (%(providers)s::text[] IS NULL OR split_part(model_id, '/', 1) = ANY(%(providers)s))
GROUP BY model_id
ORDER BY 2 DESC, 1
LIMIT %(most)s"""


@dataclass(frozen=True, slots=True)
class _EventRow:
    step: datetime
    kind: int
    type: int
    count: int


@dataclass(frozen=True, slots=True)
class _DeliveryRow:
    step: datetime
    updates: int
    delivering: float
    rejected: int


async def event_stats(store: Moment, wanted: Span, scope: Scope, now: datetime) -> api.GetEventStatsResponse:
    """The events of a span that are about providers within a scope, or about none. Raises StoreUnavailable."""
    values: dict[str, Any] = {
        "start": wanted.start,
        "end": wanted.end,
        "step": wanted.step,
        "providers": scope.listed,
        "most": MOST_KEYS,
    }
    events = await store.rows(_EventRow, _SERIES, values)
    deliveries = await store.rows(_DeliveryRow, _DELIVERIES, values)
    answer = api.GetEventStatsResponse(
        total_events=sum(row.count for row in events),
        events_by_type=by_type(events),
        events_by_provider=key_counts(await store.rows(KeyRow, _PROVIDERS, values)),
        events_by_model=key_counts(await store.rows(KeyRow, _MODELS, values)),
        error_rate=error_rate(sum(row.rejected for row in deliveries), sum(row.updates for row in deliveries)),
        time_series=_series(wanted, events, deliveries),
        time_range=wanted.time_range(),
        step=span(wanted.step.total_seconds()),
        as_of_time=stamp(now),
    )
    if updates := sum(row.updates for row in deliveries):
        answer.average_processing_time.CopyFrom(span(sum(row.delivering for row in deliveries) / updates))
    return answer


def error_rate(rejected: int, delivered: int) -> float:
    """Rejected updates as a share of delivered ones. What was delivered before the span can be rejected in it."""
    return min(1.0, rejected / delivered) if delivered else float(rejected > 0)


def _series(wanted: Span, events: list[_EventRow], deliveries: list[_DeliveryRow]) -> list[pb.EventStatsPoint]:
    """All steps, those without anything among them."""
    points = {start: pb.EventStatsPoint(start_time=stamp(start)) for start in wanted.steps()}
    for row in events:
        points[row.step].event_count += row.count
    for told in deliveries:
        point = points[told.step]
        point.delivery_count, point.error_count = told.updates, told.rejected
        if told.updates:
            point.average_delivery_time.CopyFrom(span(told.delivering / told.updates))
    return list(points.values())
