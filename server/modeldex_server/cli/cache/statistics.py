"""How the cache of a replica does, as people read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from modeldex_server.cli.cache import words
from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.bars import bar
from modeldex_server.cli.terminal.cards import Card
from modeldex_server.cli.terminal.styles import Style
from modeldex_server.cli.terminal.tables import Column, draw

if TYPE_CHECKING:
    from modeldex.v1.cache_service_pb2 import GetCacheStatsResponse
    from modeldex.v1.cache_statistics_pb2 import CachePolicies, CacheStats, CacheTierStats

_CELLS = 20  # of a bar


def lines(answer: GetCacheStatsResponse, now: datetime, width: int | None, *, colour: bool) -> Iterator[str]:
    """The sheet: how often the cache helped, what it holds, why copies left, each tier, the policies."""
    stats = answer.stats
    card = Card(width, colour)
    if not answer.policies.cache_enabled:
        card.add("cache", "switched off: every read asks PostgreSQL", Style.CAUTION)
    card.add("replica", f"{texts.safe(answer.replica_id)}, revision {answer.revision}")
    card.add("counted", f"since {texts.age(answer.start_time, now)}")
    card.add("hit rate", hit_rate(stats.hit_count, stats.request_count))
    card.add("memory", memory(stats), _pressure(answer))
    _add_held(card, stats, now)
    _add_entries(card, stats)
    card.add("evicted", _evictions(stats))
    if stats.dropped_fill_count:
        dropped = texts.plural(stats.dropped_fill_count, "copy", "copies")
        card.add("redis", f"it was too slow for {dropped}, or away", Style.CAUTION)
    yield from card.lines()
    yield ""
    yield from draw(_COLUMNS, _tiers(answer), width, colour=colour)
    yield ""
    yield from _policies(answer.policies, width, colour=colour)


def hit_rate(hits: int, reads: int) -> str:
    """ "███████████████████░ 93.1% of 12,345 reads"."""
    if not reads:
        return f"{bar(0, _CELLS)} no read yet"
    return f"{bar(hits / reads, _CELLS)} {hits / reads:.1%} of {texts.plural(reads, 'read')}"


def memory(stats: CacheStats) -> str:
    """ "███░░░░░░░░░░░░░░░░░ 17.3 MiB of 100 MiB, 4,803 copies"."""
    copies = texts.plural(stats.entry_count, "copy", "copies")
    used = f"{texts.size(stats.memory_bytes)} of {texts.size(stats.budget_bytes)}"
    return f"{bar(stats.memory_pressure, _CELLS)} {used}, {copies}"


def _pressure(answer: GetCacheStatsResponse) -> Style:
    """A budget that is used up is no fault; above the mark copies are being dropped."""
    above = answer.stats.memory_pressure > answer.policies.high_water_mark
    return Style.CAUTION if above else Style.PLAIN


def _add_held(card: Card, stats: CacheStats, now: datetime) -> None:
    """What is in memory."""
    answers = f"{texts.size(stats.answer_bytes)} of ready answers beside them; "
    card.add("", f"{answers if stats.answer_bytes else ''}the process takes {texts.size(stats.process_bytes)}")
    if stats.HasField("oldest_entry_time"):
        span = f"{texts.age(stats.oldest_entry_time, now)}, the newest {texts.age(stats.newest_entry_time, now)}"
        card.add("oldest copy", span)
    card.add("by provider", texts.keys(stats.providers))
    card.add("by tag", texts.keys(stats.tags))
    named = (f"{one.priority}: {one.entry_count:,} ({texts.size(one.memory_bytes)})" for one in stats.priorities)
    card.add("by priority", ", ".join(named))
    if stats.HasField("last_cleanup_time"):
        card.add("cleaned up", texts.age(stats.last_cleanup_time, now))


def _add_entries(card: Card, stats: CacheStats) -> None:
    """What callers set."""
    stored = texts.plural(stats.stored_entry_count, "entry", "entries")
    here = f"here {stats.set_count:,} were set and {stats.delete_count:,} deleted"
    card.add("of callers", f"{stored} at the last cleanup; {here}")


def _evictions(stats: CacheStats) -> str:
    named = [f"{one.count:,} {words.eviction(one.reason)}" for one in stats.evictions if one.count]
    return f"{stats.eviction_count:,}" + (f": {', '.join(named)}" if named else "")


def _tiers(answer: GetCacheStatsResponse) -> list[CacheTierStats]:
    """Those that there are: Redis only where it is set up."""
    from modeldex.v1.cache_pb2 import CACHE_TIER_REDIS  # noqa: PLC0415

    with_redis = answer.policies.HasField("redis_ttl")
    return [one for one in answer.stats.tiers if with_redis or one.tier != CACHE_TIER_REDIS]


def _policies(policies: CachePolicies, width: int | None, *, colour: bool) -> Iterator[str]:
    """Those in force, in the words of the settings."""
    card = Card(width, colour)
    order = {"lru": "the one read least recently", "ttl": "the one that expires first"}
    card.add("evicts", f"{order.get(policies.eviction, texts.safe(policies.eviction))} of the lowest priority")
    spans = {"read": policies.discovery_ttl, "refresh": policies.refresh_ttl, "save": policies.manual_ttl}
    told = ", ".join(f"{texts.span(texts.seconds(ttl))} after a {what}" for what, ttl in spans.items())
    shorter = "; shorter as memory fills" if policies.ttl == "pressure" else ""
    card.add("keeps", f"{told}{shorter}")
    if policies.early_refresh < 1:
        card.add("reads anew", f"after {policies.early_refresh:.0%} of that, in the background")
    marks = f"above {policies.high_water_mark:.0%} of memory down to {policies.low_water_mark:.0%}"
    card.add("drops", f"{marks}; what has expired, each {texts.span(texts.seconds(policies.cleanup_interval))}")
    if policies.HasField("redis_ttl"):
        card.add("redis keeps", f"{texts.span(texts.seconds(policies.redis_ttl))}, give or take a tenth")
    return card.lines()


def _time(one: CacheTierStats, name: str) -> str:
    return texts.brief(texts.seconds(getattr(one, name))) if one.load_count else ""


_COLUMNS: list[Column[CacheTierStats]] = [
    Column("tier", lambda one: words.tier(one.tier)),
    Column("hits", lambda one: texts.count(one.hit_count), right=True),
    Column("misses", lambda one: texts.count(one.miss_count), right=True),
    Column(
        "failed",
        lambda one: texts.count(one.error_count),
        right=True,
        drop=3,
        style=lambda one: Style.CAUTION if one.error_count else Style.PLAIN,
    ),
    Column("requests", lambda one: texts.count(one.load_count) if one.load_count else "", right=True, drop=4),
    Column("average", lambda one: _time(one, "average_load_time"), right=True, drop=1),
    Column("longest", lambda one: _time(one, "longest_load_time"), right=True, drop=2),
]
