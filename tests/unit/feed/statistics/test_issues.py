"""Issues of a replica."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from modeldex.v1 import feed_statistics_pb2 as pb
from modeldex_server.feed.statistics.issues import IssueBook, Signs, issues_in
from modeldex_server.ledger.documents import stamp

NOW = datetime(2026, 1, 1, tzinfo=UTC)
WELL = Signs(streams=1, most_streams=10, memory=1, memory_limit=100)


def told(signs: Signs) -> list[tuple[str, str, str]]:
    """About, type and severity of each issue."""
    return [
        (
            one.about,
            pb.HealthIssueType.Name(one.type).removeprefix("HEALTH_ISSUE_TYPE_"),
            pb.HealthIssueSeverity.Name(one.severity).removeprefix("HEALTH_ISSUE_SEVERITY_"),
        )
        for one in issues_in(signs)
    ]


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        (WELL, []),
        (Signs(away=3, lag=3), []),
        (Signs(away=3.1, lag=100), [("store", "CONNECTIVITY", "CRITICAL")]),  # why it lags is said
        (Signs(lag=3.1), [("lag", "PERFORMANCE", "MEDIUM")]),
        (Signs(lag=31), [("lag", "PERFORMANCE", "HIGH")]),
        (Signs(redis_away=True), [("redis", "CONNECTIVITY", "LOW")]),
        (Signs(late=0.3), [("loop", "PERFORMANCE", "MEDIUM")]),
        (Signs(late=1.1), [("loop", "PERFORMANCE", "HIGH")]),
        (Signs(streams=5, most_streams=10, stalled=1), [("stalled", "PERFORMANCE", "LOW")]),
        (Signs(streams=90, most_streams=100), []),
        (Signs(streams=91, most_streams=100), [("streams", "PERFORMANCE", "MEDIUM")]),
        (Signs(streams=100, most_streams=100), [("streams", "PERFORMANCE", "HIGH")]),
        (Signs(memory=81, memory_limit=100), [("memory", "MEMORY", "MEDIUM")]),
        (Signs(memory=96, memory_limit=100), [("memory", "MEMORY", "HIGH")]),
        (Signs(memory=96, memory_limit=0), []),  # unknown
        (Signs(error_rate=0.05), []),
        (Signs(error_rate=0.06), [("errors", "ERROR_RATE", "MEDIUM")]),
        (Signs(error_rate=0.26), [("errors", "ERROR_RATE", "HIGH")]),
    ],
)
def test_signs_come_to_issues(signs: Signs, expected: list[tuple[str, str, str]]) -> None:
    """health is told: what there is to look at, and how bad it is."""
    assert told(signs) == expected


def test_the_worst_that_lasts_decides() -> None:
    """health is told: healthy without issues, degraded with some, unhealthy with a critical one; what is over does not
    count, and comes last."""
    book = IssueBook()
    assert book.status == pb.HEALTH_STATUS_HEALTHY
    book.note(issues_in(Signs(redis_away=True)), NOW)
    assert book.status == pb.HEALTH_STATUS_DEGRADED
    book.note(issues_in(Signs(redis_away=True, away=5)), NOW)
    assert book.status == pb.HEALTH_STATUS_UNHEALTHY
    assert [one.severity for one in book.told()] == [pb.HEALTH_ISSUE_SEVERITY_CRITICAL, pb.HEALTH_ISSUE_SEVERITY_LOW]
    book.note(issues_in(Signs(redis_away=True)), NOW)
    assert book.status == pb.HEALTH_STATUS_DEGRADED
    assert [one.HasField("resolve_time") for one in book.told()] == [False, True]
    book.note([], NOW)
    assert book.status == pb.HEALTH_STATUS_HEALTHY


def test_an_issue_is_remembered_from_its_begin_to_ten_minutes_after_its_end() -> None:
    """health is told: since when it lasts, also where it became worse; once it is over, when that was."""
    book = IssueBook()
    at = [NOW + timedelta(minutes=number) for number in range(30)]
    book.note(issues_in(Signs(late=0.5)), at[0])
    book.note(issues_in(Signs(late=2.0)), at[1])
    (issue,) = book.told()
    assert (issue.start_time, issue.severity) == (stamp(at[0]), pb.HEALTH_ISSUE_SEVERITY_HIGH)
    assert "2000 ms" in issue.message
    book.note([], at[2])
    book.note([], at[11])
    (issue,) = book.told()
    assert (issue.start_time, issue.resolve_time) == (stamp(at[0]), stamp(at[2]))
    book.note([], at[12])
    assert book.told() == []


def test_an_issue_that_comes_back_is_one() -> None:
    """health is told: what comes back lasts, and is not told as over, too."""
    book = IssueBook()
    for minute, signs in enumerate((Signs(late=0.5), Signs(), Signs(late=0.5))):
        book.note(issues_in(signs), NOW + timedelta(minutes=minute))
    (issue,) = book.told()
    assert not issue.HasField("resolve_time")
    assert issue.start_time == stamp(NOW + timedelta(minutes=2))
