"""Spans of time that are counted, and the steps of their time series. Everything here is pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import feed_statistics_pb2 as pb
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex_server.errors import InvalidRequest, Violation
from modeldex_server.ledger.documents import stamp

MINUTE = timedelta(minutes=1)
MOST_STEPS = 2_000
_DEFAULT = timedelta(days=1)
_LONGEST = timedelta(days=400)
# The shortest that gives few enough is taken.
_STEPS = (MINUTE, timedelta(minutes=5), timedelta(hours=1), timedelta(days=1))
_FEW = 500


@dataclass(frozen=True, slots=True)
class Span:
    """Whole minutes from `start` to before `end`, in steps; the last one may be shorter."""

    start: datetime
    end: datetime
    step: timedelta

    def steps(self) -> Iterator[datetime]:
        """When each step begins."""
        at = self.start
        while at < self.end:
            yield at
            at += self.step

    def time_range(self) -> pb.TimeRange:
        """As callers see it."""
        return pb.TimeRange(start_time=stamp(self.start), end_time=stamp(self.end))


def span_of(request: api.GetEventStatsRequest, now: datetime) -> Span:
    """What a request asks for.

    Raises:
        InvalidRequest: it ends before it begins, is too long, or has too many steps.
    """
    given = request.time_range
    end = _moment(given.end_time) if given.HasField("end_time") else now
    start = _moment(given.start_time) if given.HasField("start_time") else end - _DEFAULT
    if start >= end:
        raise InvalidRequest([Violation("time_range", "must begin before it ends")])
    if end - start > _LONGEST:
        raise InvalidRequest([Violation("time_range", f"must be at most {_LONGEST.days} days")])
    step = request.step.ToTimedelta() if request.HasField("step") else None
    if step is not None and (end - start) / step > MOST_STEPS:
        problem = f"must be such that the span has at most {MOST_STEPS:,} steps"
        raise InvalidRequest([Violation("step", problem)])
    start, end = _floor(start), _ceiling(end)
    return Span(start, end, step or _fitting(end - start))


def _fitting(length: timedelta) -> timedelta:
    return next(step for step in _STEPS if length <= step * _FEW)


def _floor(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _ceiling(moment: datetime) -> datetime:
    floor = _floor(moment)
    return floor if floor == moment else floor + MINUTE


def _moment(time: Timestamp) -> datetime:
    return time.ToDatetime(UTC)
