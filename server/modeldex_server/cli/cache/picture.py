"""The cache of a replica as a picture: what a watch shows at a terminal. Pure: it is told, and asked for its lines."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from modeldex_server.cli.cache import event_line, statistics
from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.cards import Card
from modeldex_server.cli.terminal.styles import Style, styled
from modeldex_server.cli.terminal.tables import cut, fold

if TYPE_CHECKING:
    from modeldex.v1.cache_pb2 import CacheEvent
    from modeldex.v1.cache_service_pb2 import GetCacheStatsResponse, WatchCacheEventsResponse
    from modeldex.v1.cache_statistics_pb2 import CacheStats

MINUTE = 60.0
_RATE = 5.0  # seconds over which a rate is taken: shorter jumps, longer lags
_LAST = 100  # events that are kept: more than any terminal shows


class _Counted(NamedTuple):
    """Counters at a time."""

    at: float
    hits: int
    misses: int
    evictions: int
    sets: int
    deletions: int


class Picture:
    """What was counted in the last minute, and the last events."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._events: deque[CacheEvent] = deque(maxlen=_LAST)
        self._counted: deque[_Counted] = deque()
        self._answer: GetCacheStatsResponse | None = None
        self._lost = 0
        self.trouble = ""  # why nothing comes now

    def arrived(self, message: WatchCacheEventsResponse) -> None:
        """Events came, or a sign of life."""
        self._events.extend(message.events)
        self._lost += message.lost_count
        self.trouble = ""

    def counted(self, answer: GetCacheStatsResponse, at: float) -> None:
        """Statistics came, at a time of a monotonic clock. Those of another process, or cleared ones, begin anew."""
        before, self._answer = self._answer, answer
        if before is not None and _begin(before) != _begin(answer):
            self._counted.clear()
        self._counted.append(_count(answer.stats, at))
        # The newest that is a minute old is where the minute begins.
        while len(self._counted) > 2 and self._counted[1].at <= at - MINUTE:
            self._counted.popleft()

    def lines(self, width: int, height: int, *, colour: bool) -> list[str]:
        """So many lines at the most, none wider."""
        answer = self._answer
        name = f" of {texts.safe(answer.replica_id)}" if answer is not None else ""
        shown = [cut(f"The cache{name} at {texts.safe(self._target)}", width)]
        if colour:
            shown = [styled(line, Style.HEAD) for line in shown]
        if self.trouble:
            told = fold(texts.safe(self.trouble), width)
            shown += (styled(line, Style.CAUTION) if colour else line for line in told)
        if answer is not None:
            shown += self._figures(answer, width, colour=colour)
        shown.append("")
        events = [*self._events][-max(height - len(shown), 0) :] if height > len(shown) else []
        shown += (event_line.line(one, width, colour=colour, form="%H:%M:%S") for one in events)
        return shown[:height]

    def _figures(self, answer: GetCacheStatsResponse, width: int, *, colour: bool) -> Iterator[str]:
        first, last = self._counted[0], self._counted[-1]
        hits, misses = last.hits - first.hits, last.misses - first.misses
        card = Card(width, colour)
        if not answer.policies.cache_enabled:
            card.add("cache", "switched off: every read asks PostgreSQL", Style.CAUTION)
        card.add("last minute", statistics.hit_rate(hits, hits + misses))
        card.add("memory", statistics.memory(answer.stats))
        card.add("a second", ", ".join(self._rates(last)))
        if self._lost:
            card.add("lost", f"{texts.plural(self._lost, 'event')}: --sample 0.01 tells fewer", Style.CAUTION)
        return card.lines()

    def _rates(self, last: _Counted) -> Iterator[str]:
        """Of the last seconds: what is counted, and how often."""
        recent = next((one for one in self._counted if one.at >= last.at - _RATE), last)
        span = last.at - recent.at
        named = ("hits", "misses", "evictions", "sets", "deletions")
        for name, now, before in zip(named, last[1:], recent[1:], strict=True):
            yield f"{_rate(now - before, span)} {name}"


def _begin(answer: GetCacheStatsResponse) -> tuple[str, int, int]:
    return answer.replica_id, answer.start_time.seconds, answer.start_time.nanos


def _count(stats: CacheStats, at: float) -> _Counted:
    return _Counted(at, stats.hit_count, stats.miss_count, stats.eviction_count, stats.set_count, stats.delete_count)


def _rate(count: int, span: float) -> str:
    if not count or span <= 0:
        return "0"
    rate = count / span
    return f"{rate:,.0f}" if rate >= 9.95 else f"{rate:.2g}"
