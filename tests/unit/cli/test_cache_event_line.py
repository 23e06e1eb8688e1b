"""An event of the cache as one line."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from modeldex.v1 import invalidation_pb2
from modeldex.v1.cache_pb2 import (
    CACHE_EVICTION_REASON_TAG_INVALIDATION,
    CACHE_TIER_MEMORY,
    CACHE_TIER_REDIS,
    CacheEntry,
    CacheEvent,
    CacheEventKind,
)
from modeldex_server.cli.cache import event_line
from unit.cli.cached import event

ENTRY = CacheEntry(namespace="gateway", key="acme/one")
MADE = invalidation_pb2.Invalidation(
    number=7,
    namespace="gateway",
    target=invalidation_pb2.InvalidationTarget(tags=invalidation_pb2.InvalidationTags(tags=["a", "b"])),
    mode=invalidation_pb2.INVALIDATION_MODE_SOFT,
    reason=invalidation_pb2.INVALIDATION_REASON_TAG_INVALIDATION,
    entry_count=1,
)
RULE = invalidation_pb2.InvalidationRule(id="rule_1", name="Fresh prices")


def line(one: CacheEvent, width: int | None = None) -> str:
    return event_line.line(one, width, colour=False)


@pytest.mark.parametrize(
    ("one", "subject", "said"),
    [
        (event("HIT", entry=ENTRY, tier=CACHE_TIER_MEMORY), "acme/one", "gateway, memory"),
        (event("HIT", entry=CacheEntry(key="a/b", stale=True), tier=CACHE_TIER_REDIS), "a/b", "redis, stale"),
        (event("MISS", entry=ENTRY), "acme/one", "gateway"),
        (
            event("EVICTION", entry=ENTRY, eviction_reason=CACHE_EVICTION_REASON_TAG_INVALIDATION),
            "acme/one",
            "gateway, tag invalidation",
        ),
        (
            event("INVALIDATION_COMPLETED", invalidation=MADE),
            "tags a, b in gateway",
            "soft, tag invalidation, 1 entry, number 7",
        ),
        (event("RULE_FIRED", rule=RULE, message="look"), "rule_1", "Fresh prices, look"),
        (event("ERROR", tier=CACHE_TIER_REDIS, message="it timed out"), "", "redis, it timed out"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_happened_to_what_and_how(one: CacheEvent, subject: str, said: str) -> None:
    kind = CacheEventKind.Name(one.kind).removeprefix("CACHE_EVENT_KIND_").lower().replace("_", " ")
    assert event_line.subject(one) == subject
    expected = [part for part in ("2026-11-22 12:01:00", kind, subject, said) if part]
    assert [part.strip() for part in line(one).split("  ") if part] == expected


def test_an_invalidation_of_everything_says_so() -> None:
    made = invalidation_pb2.Invalidation(target=invalidation_pb2.InvalidationTarget(all=True))
    assert event_line.subject(event("CLEARED", invalidation=made)) == "everything"


def test_every_kind_has_its_column() -> None:
    """The words of the longest kind fit, so that what follows stands below each other."""
    for number in CacheEventKind.values()[1:]:
        one = CacheEvent(kind=number, entry=ENTRY)
        assert line(one)[:45].endswith("  ")
        assert line(one)[45:].startswith("acme/one")


def test_a_narrow_terminal_gets_a_part_of_it_and_nothing_to_obey() -> None:
    """Keys and messages come from outside."""
    one = event("ERROR", entry=CacheEntry(key="acme/\x1b[2J" + "x" * 200), message="\u202eno")
    for width in (60, 80, 120):
        shown = line(one, width)
        assert cell_len(shown) <= width
        assert shown.endswith("…")
    assert "<U+001B>" in line(one)
    assert "<U+202E>no" in line(one)
    assert "\x1b[" in event_line.line(one, 80, colour=True)
