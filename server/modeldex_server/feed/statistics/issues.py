"""Issues: what people should look at, told from what a replica knows of itself. Everything here is pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from modeldex.v1 import feed_statistics_pb2 as pb
from modeldex_server.feed.feed import DEGRADED_SECONDS
from modeldex_server.ledger.documents import stamp

_MEMORY, _PERFORMANCE, _CONNECTIVITY, _ERRORS = (
    pb.HEALTH_ISSUE_TYPE_MEMORY,
    pb.HEALTH_ISSUE_TYPE_PERFORMANCE,
    pb.HEALTH_ISSUE_TYPE_CONNECTIVITY,
    pb.HEALTH_ISSUE_TYPE_ERROR_RATE,
)
_LOW, _MEDIUM, _HIGH, _CRITICAL = (
    pb.HEALTH_ISSUE_SEVERITY_LOW,
    pb.HEALTH_ISSUE_SEVERITY_MEDIUM,
    pb.HEALTH_ISSUE_SEVERITY_HIGH,
    pb.HEALTH_ISSUE_SEVERITY_CRITICAL,
)
_TOLD_AFTERWARDS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Signs:
    """What a replica knows of itself. Spans are in seconds."""

    away: float = 0.0  # since the store last answered
    lag: float = 0.0  # since the log was last read to its end
    redis_away: bool = False
    late: float = 0.0  # how late the event loop was, at the most, a moment ago
    streams: int = 0
    most_streams: int = 1
    stalled: int = 0
    memory: int = 0  # bytes
    memory_limit: int = 0  # bytes; 0 where it is unknown
    error_rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Issue:
    """Something to look at. What has the same `about` is the same issue, however bad it is by now."""

    about: str
    type: pb.HealthIssueType.ValueType
    severity: pb.HealthIssueSeverity.ValueType
    message: str


def issues_in(signs: Signs) -> Iterator[Issue]:
    """What there is to look at."""
    if signs.away > DEGRADED_SECONDS:
        yield Issue(
            "store",
            _CONNECTIVITY,
            _CRITICAL,
            f"PostgreSQL has not answered for {signs.away:.0f} s: streams bring nothing new until it does; look at"
            " MODELDEX_DATABASE_URL and the server there.",
        )
    elif signs.lag > DEGRADED_SECONDS:
        yield Issue(
            "lag",
            _PERFORMANCE,
            _HIGH if signs.lag > 30 else _MEDIUM,
            f"This replica has been reading the log for {signs.lag:.0f} s without coming to its end: what is new"
            " arrives late; more is written than it can read, or PostgreSQL is slow.",
        )
    if signs.redis_away:
        yield Issue(
            "redis",
            _CONNECTIVITY,
            _LOW,
            "Redis does not answer: nothing is lost, some changes arrive a moment later; look at MODELDEX_REDIS_URL.",
        )
    if signs.late > 0.25:
        yield Issue(
            "loop",
            _PERFORMANCE,
            _HIGH if signs.late > 1 else _MEDIUM,
            f"The process was late by {signs.late * 1000:.0f} ms: it has too much to do; give it more processor time or"
            " start another replica.",
        )
    if signs.stalled:
        yield Issue(
            "stalled",
            _PERFORMANCE,
            _LOW,
            f"{signs.stalled} of {signs.streams} streams have waited for more than a minute for their client to read;"
            " others are not held up by them.",
        )
    if signs.streams > 0.9 * signs.most_streams:
        full = signs.streams >= signs.most_streams
        yield Issue(
            "streams",
            _PERFORMANCE,
            _HIGH if full else _MEDIUM,
            f"{signs.streams} of at most {signs.most_streams} streams are open"
            f"{': others are refused' if full else ''}; raise MODELDEX_MAX_STREAMS or start another replica.",
        )
    if signs.memory_limit and signs.memory > 0.8 * signs.memory_limit:
        share = signs.memory / signs.memory_limit
        yield Issue(
            "memory",
            _MEMORY,
            _HIGH if share > 0.95 else _MEDIUM,
            f"The process takes {share:.0%} of the memory that there is for it; give it more or lower"
            " MODELDEX_CACHE_BYTES.",
        )
    if signs.error_rate > 0.05:
        yield Issue(
            "errors",
            _ERRORS,
            _HIGH if signs.error_rate > 0.25 else _MEDIUM,
            f"{signs.error_rate:.0%} of the updates of the last five minutes were rejected or not acknowledged in time;"
            " GetPublishStats tells the reasons, ListDeadLetters what was given up.",
        )


class IssueBook:
    """Remembers since when issues last, and tells those that are over for ten minutes more."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[Issue, datetime]] = {}
        self._over: dict[str, tuple[Issue, datetime, datetime]] = {}

    def note(self, issues: Iterable[Issue], now: datetime) -> None:
        """These are the issues that there are now."""
        before, self._open = self._open, {}
        for issue in issues:
            _, since = before.pop(issue.about, (issue, now))
            self._open[issue.about] = (issue, since)
            self._over.pop(issue.about, None)
        for about, (issue, since) in before.items():
            self._over[about] = (issue, since, now)
        over = self._over.items()
        self._over = {about: one for about, one in over if now - one[2] < _TOLD_AFTERWARDS}

    @property
    def status(self) -> pb.HealthStatus.ValueType:
        """What the worst of those that last comes to."""
        worst = max((issue.severity for issue, _ in self._open.values()), default=0)
        if worst == _CRITICAL:
            return pb.HEALTH_STATUS_UNHEALTHY
        return pb.HEALTH_STATUS_DEGRADED if worst else pb.HEALTH_STATUS_HEALTHY

    def told(self) -> list[pb.HealthIssue]:
        """Those that last and then those that are over, the worst first."""
        lasting = [_message(issue, since) for issue, since in self._open.values()]
        over = [_message(issue, since, until) for issue, since, until in self._over.values()]
        return [issue for some in (lasting, over) for issue in sorted(some, key=lambda one: -one.severity)]


def _message(issue: Issue, since: datetime, until: datetime | None = None) -> pb.HealthIssue:
    message = pb.HealthIssue(type=issue.type, severity=issue.severity, message=issue.message, start_time=stamp(since))
    if until is not None:
        message.resolve_time.CopyFrom(stamp(until))
    return message
