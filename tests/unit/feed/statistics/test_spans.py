"""Spans of time and their steps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from modeldex.v1 import feed_statistics_pb2 as pb
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex_server.errors import InvalidRequest
from modeldex_server.feed.statistics.spans import span_of
from modeldex_server.ledger.documents import stamp

NOW = datetime(2026, 3, 1, 12, 30, 20, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def asked(
    start: datetime | None = None, end: datetime | None = None, step: timedelta | None = None
) -> api.GetEventStatsRequest:
    request = api.GetEventStatsRequest(
        time_range=pb.TimeRange(start_time=stamp(start) if start else None, end_time=stamp(end) if end else None)
    )
    if step is not None:
        request.step.FromTimedelta(step)
    return request


def test_the_last_day_is_the_default() -> None:
    """The span is the last day, widened to whole minutes, so that the newest events are in it."""
    for request in (api.GetEventStatsRequest(), asked()):
        span = span_of(request, NOW)
        assert (span.start, span.end) == (NOW.replace(second=0) - DAY, NOW.replace(second=0) + MINUTE)
        assert span.step == 5 * MINUTE


def test_one_end_gives_the_other() -> None:
    """The begin defaults to a day before the end, the end to now."""
    begun = span_of(asked(start=NOW.replace(second=0) - HOUR), NOW.replace(second=0))
    assert (begun.start, begun.end) == (NOW.replace(second=0) - HOUR, NOW.replace(second=0))
    ended = span_of(asked(end=NOW - 10 * DAY), NOW)
    assert ended.end - ended.start == DAY + MINUTE
    assert ended.start == NOW.replace(second=0) - 11 * DAY


@pytest.mark.parametrize(
    ("length", "step"),
    [
        (MINUTE, MINUTE),
        (500 * MINUTE, MINUTE),
        (501 * MINUTE, 5 * MINUTE),
        (2500 * MINUTE, 5 * MINUTE),
        (2501 * MINUTE, HOUR),
        (500 * HOUR, HOUR),
        (500 * HOUR + MINUTE, DAY),
        (400 * DAY, DAY),
    ],
)
def test_the_shortest_step_that_gives_few_enough_is_taken(length: timedelta, step: timedelta) -> None:
    """Of 1 minute, 5 minutes, 1 hour and 1 day the shortest that gives at most 500 steps."""
    end = NOW.replace(second=0)
    span = span_of(asked(end - length, end), NOW)
    assert span.step == step
    steps = list(span.steps())
    assert len(steps) <= 500
    assert steps[0] == span.start
    assert steps[-1] < span.end <= steps[-1] + step


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (asked(NOW, NOW), "time_range"),
        (asked(NOW, NOW - HOUR), "time_range"),
        (asked(start=NOW + HOUR), "time_range"),
        (asked(NOW - 401 * DAY, NOW), "time_range"),
        (asked(start=NOW - 401 * DAY), "time_range"),
        (asked(NOW - 2001 * MINUTE, NOW, MINUTE), "step"),
        (asked(step=timedelta(minutes=0.5)), "step"),
    ],
)
def test_what_cannot_be_counted_is_refused(request_: api.GetEventStatsRequest, field: str) -> None:
    """typed errors: a span that ends before it begins, is longer than 400 days or has more than 2,000 steps."""
    with pytest.raises(InvalidRequest) as refused:
        span_of(request_, NOW)
    assert [violation.field for violation in refused.value.violations] == [field]


def test_the_limits_themselves_are_allowed() -> None:
    """400 days, and 2,000 steps that begin within a minute."""
    assert span_of(asked(NOW - 400 * DAY, NOW), NOW).step == DAY
    assert len(list(span_of(asked(NOW - 2000 * MINUTE, NOW, MINUTE), NOW).steps())) == 2001
