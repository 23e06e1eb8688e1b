"""Entries and invalidations as people read them: a row each, or one whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from modeldex_server.cli.cache import words
from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.cards import Card
from modeldex_server.cli.terminal.output import Sheet
from modeldex_server.cli.terminal.styles import Style
from modeldex_server.cli.terminal.tables import Column

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from modeldex.v1.cache_pb2 import CacheEntry
    from modeldex.v1.cache_service_pb2 import GetInvalidationStatsResponse, InvalidateResponse
    from modeldex.v1.invalidation_pb2 import Invalidation


def entries(now: datetime) -> Sheet[CacheEntry]:
    """How a list of entries is written."""
    return Sheet(_columns(now), _FIELDS, lambda entry: entry.key)


def history(now: datetime) -> Sheet[Invalidation]:
    """How a list of invalidations is written."""
    return Sheet(_history_columns(now), _HISTORY_FIELDS, lambda one: str(one.number))


def lines(entry: CacheEntry, now: datetime, width: int | None, *, colour: bool) -> Iterator[str]:
    """One entry, without its model."""
    card = Card(width, colour)
    card.add("key", texts.safe(entry.key))
    card.add("namespace", texts.safe(entry.namespace))
    card.add("version", str(entry.entry_version))
    card.add("came from", words.tier(entry.tier) if entry.tier else "")
    card.add("state", "stale: invalidated softly, and not set since" if entry.stale else "", Style.CAUTION)
    card.add("in memory", "yes" if entry.in_memory else "no")
    card.add("expires", _expires(entry, now))
    card.add("ttl", texts.span(texts.seconds(entry.ttl)) if entry.HasField("ttl") else "")
    card.add("tags", texts.words(entry.tags))
    card.add("priority", str(entry.priority))
    card.add("metadata", _metadata(entry))
    card.add("size", texts.size(entry.size_bytes))
    card.add("read", _reads(entry, now))
    card.add("created", _age(entry, "create_time", now))
    card.add("changed", _age(entry, "update_time", now))
    return card.lines()


def invalidated(answer: InvalidateResponse) -> str:
    """What an invalidation did."""
    made = answer.invalidation
    stored = texts.plural(made.entry_count, "entry of callers", "entries of callers")
    copies = texts.plural(answer.memory_count, "copy", "copies")
    soft = " May be answered as stale until better is set." if words.mode(made.mode) == "soft" else ""
    return f"Invalidated: {words.about(made)}: {stored}, {copies} in this replica's memory.{soft}"


def totals(answer: GetInvalidationStatsResponse) -> str:
    """How many invalidations there were, and how they went."""
    if not answer.total_count:
        return "No invalidation in the last 90 days."
    spans = f"{answer.last_day_count:,} in the last day, {answer.last_week_count:,} in the last week"
    took = f"{texts.brief(texts.seconds(answer.average_duration))} on average"
    went = f"{answer.success_rate:.1%} succeeded, {took}"
    return f"{texts.plural(answer.total_count, 'invalidation')} in 90 days, {spans}; {went}."


def _columns(now: datetime) -> Sequence[Column[CacheEntry]]:
    return [
        Column("key", lambda one: texts.safe(one.key), fold=True),
        Column("version", lambda one: str(one.entry_version), drop=4, right=True),
        Column("expires", lambda one: _expires(one, now), drop=1),
        Column("tags", lambda one: texts.words(one.tags), drop=5, fold=True, quiet=True),
        Column("priority", lambda one: str(one.priority), drop=7, right=True),
        Column("read", lambda one: texts.count(one.access_count), drop=3, right=True),
        Column("size", lambda one: texts.size(one.size_bytes), drop=6, right=True),
        Column("changed", lambda one: _age(one, "update_time", now), drop=8),
        Column("in memory", lambda one: "yes" if one.in_memory else "no", drop=2),
        Column("state", lambda one: "stale" if one.stale else "", quiet=True, style=lambda _: Style.CAUTION),
    ]


def _expires(entry: CacheEntry, now: datetime) -> str:
    return _age(entry, "expire_time", now)


def _age(message: Message, name: str, now: datetime) -> str:
    return texts.age(getattr(message, name), now) if message.HasField(name) else ""


def _reads(entry: CacheEntry, now: datetime) -> str:
    last = f", last {texts.age(entry.last_access_time, now)}" if entry.HasField("last_access_time") else ""
    return f"{texts.plural(entry.access_count, 'time')}{last}"


def _metadata(entry: CacheEntry) -> str:
    from google.protobuf.json_format import MessageToJson  # noqa: PLC0415

    return texts.safe(MessageToJson(entry.metadata, indent=None)) if entry.HasField("metadata") else ""


def _history_columns(now: datetime) -> Sequence[Column[Invalidation]]:
    return [
        Column("number", lambda one: str(one.number), right=True),
        Column("made", lambda one: texts.age(one.create_time, now), drop=1),
        Column("about", words.about, fold=True),
        Column("reason", lambda one: words.reason(one.reason), drop=2),
        Column("mode", lambda one: words.mode(one.mode), drop=5),
        Column("entries", lambda one: texts.count(one.entry_count), drop=3, right=True),
        Column("by", _maker, drop=4, fold=True),
        Column("took", lambda one: texts.brief(texts.seconds(one.duration)), drop=6, right=True),
        Column("failed", lambda one: texts.safe(one.error_reason), quiet=True, style=lambda _: Style.BAD),
    ]


def _maker(one: Invalidation) -> str:
    return f"rule {texts.safe(one.rule_id)}" if one.rule_id else texts.safe(one.principal)


_FIELDS: dict[str, Callable[[CacheEntry], str]] = {
    "namespace": lambda one: one.namespace,
    "key": lambda one: one.key,
    "entry_version": lambda one: str(one.entry_version),
    "ttl_seconds": lambda one: f"{texts.seconds(one.ttl):g}" if one.HasField("ttl") else "",
    "tags": lambda one: " ".join(one.tags),
    "priority": lambda one: str(one.priority),
    "access_count": lambda one: str(one.access_count),
    "size_bytes": lambda one: str(one.size_bytes),
    "stale": lambda one: str(one.stale).lower(),
    "in_memory": lambda one: str(one.in_memory).lower(),
    "expire_time": lambda one: one.expire_time.ToJsonString() if one.HasField("expire_time") else "",
    "update_time": lambda one: one.update_time.ToJsonString() if one.HasField("update_time") else "",
}
_HISTORY_FIELDS: dict[str, Callable[[Invalidation], str]] = {
    "number": lambda one: str(one.number),
    "create_time": lambda one: one.create_time.ToJsonString(),
    "namespace": lambda one: one.namespace,
    "target": lambda one: words.target(one.target),
    "reason": lambda one: words.reason(one.reason),
    "mode": lambda one: words.mode(one.mode),
    "entry_count": lambda one: str(one.entry_count),
    "seconds": lambda one: f"{texts.seconds(one.duration):g}",
    "principal": lambda one: one.principal,
    "rule_id": lambda one: one.rule_id,
    "error_reason": lambda one: one.error_reason,
}
