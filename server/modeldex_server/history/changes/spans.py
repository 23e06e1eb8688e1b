"""The times between which a list of changes looks: those that are asked for, and those of the revisions that are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from modeldex_server.history.changes.matching import Matching
from modeldex_server.store.database import Database

# When the first revision after one was committed. Times grow with revisions: halve the time until one is left.
_TIME_AFTER = """
WITH RECURSIVE halves (low, high) AS (
    SELECT * FROM (SELECT min(committed_at) - interval '1 microsecond', max(committed_at) FROM model_version) AS ends
    WHERE %(revision)s < (SELECT revision FROM model_version ORDER BY committed_at DESC, revision DESC LIMIT 1)
    UNION ALL
    SELECT CASE WHEN below.revision > %(revision)s THEN h.low ELSE middle.at END,
           CASE WHEN below.revision > %(revision)s THEN below.committed_at ELSE h.high END
    FROM halves h
    CROSS JOIN LATERAL (SELECT h.low + (h.high - h.low) / 2 AS at) middle
    LEFT JOIN LATERAL (
        SELECT v.revision, v.committed_at FROM model_version v
        WHERE v.committed_at <= middle.at
        ORDER BY v.committed_at DESC, v.revision DESC LIMIT 1
    ) below ON true
    WHERE h.high - h.low > interval '1 microsecond'
)
SELECT min(high) AS at FROM halves"""


@dataclass(frozen=True, slots=True)
class Span:
    """A range of times: from the first to before the last."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class _Time:
    at: datetime | None


async def span_of(database: Database, matching: Matching) -> Span:
    """The times that a filter asks for, with those of its revisions."""
    starts, ends = [matching.start], [matching.end]
    if matching.after_revision:
        starts.append(await _time_after(database, matching.after_revision) or datetime.max.replace(tzinfo=UTC))
    if matching.up_to_revision:
        ends.append(await _time_after(database, matching.up_to_revision))
    return Span(
        max((one for one in starts if one is not None), default=None),
        min((one for one in ends if one is not None), default=None),
    )


async def _time_after(database: Database, revision: int) -> datetime | None:
    return (await database.rows(_Time, _TIME_AFTER, {"revision": revision}))[0].at
