"""Statistics, entries, invalidations and rules of the cache as people read them."""

from __future__ import annotations

import re

import pytest
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct
from rich.cells import cell_len

from modeldex.v1 import invalidation_pb2 as pb
from modeldex.v1.cache_pb2 import CACHE_TIER_REDIS, CacheEntry
from modeldex.v1.cache_service_pb2 import (
    EvaluateInvalidationRuleResponse,
    GetInvalidationStatsResponse,
    InvalidateResponse,
)
from modeldex_server.cli.cache import rule_sheet, sheet, statistics, watching
from modeldex_server.cli.problems import UsageFailure
from unit.cli.cached import NOW, stats


def figures(lines: list[str]) -> dict[str, str]:
    """Values by their labels; a table below them has its own."""
    found = (re.fullmatch(r"(\S+(?: \S+)*)  +(.*)", line) for line in reversed(lines))
    return {one[1]: one[2] for one in found if one is not None}


def test_statistics_tell_how_often_the_cache_helped() -> None:
    """Hit rate and memory as bars, evictions by reason, each tier, the policies."""
    lines = list(statistics.lines(stats(), NOW, None, colour=False))
    told = figures(lines)
    assert told["hit rate"] == "███████████████████░ 93.2% of 12,345 reads"
    assert told["memory"] == "████░░░░░░░░░░░░░░░░ 18 MiB of 100 MiB, 4,803 copies"
    assert told["evicted"] == "12: 3 expired, 9 superseded"
    assert told["by provider"] == "openai 1,200 and 3 more"
    assert told["of callers"] == "12 entries at the last cleanup; here 3 were set and 1 deleted"
    assert told["keeps"] == "10 min after a read, 10 min after a refresh, 1 h after a save"
    assert re.fullmatch(
        r"redis +500 +845 +3 +400 +0\.312 ms +41\.2 ms", next(x for x in lines if x.startswith("redis"))
    )
    assert told["redis keeps"] == "1 h, give or take a tenth"
    assert "cache" not in told


def test_statistics_do_not_speak_of_a_redis_that_is_not_there() -> None:
    answer = stats()
    answer.policies.ClearField("redis_ttl")
    assert "redis" not in "\n".join(statistics.lines(answer, NOW, None, colour=False))


def test_statistics_of_a_cache_that_does_nothing() -> None:
    """Switched off, never read: no division, no empty labels."""
    answer = stats(request_count=0, hit_count=0, miss_count=0, memory_pressure=0.0, dropped_fill_count=1)
    answer.policies.cache_enabled = False
    told = figures(list(statistics.lines(answer, NOW, None, colour=False)))
    assert told["cache"].startswith("switched off")
    assert told["hit rate"].endswith("no read yet")
    assert told["redis"] == "it was too slow for 1 copy, or away"


@pytest.mark.parametrize("width", [40, 80, 200])
def test_statistics_fit(width: int) -> None:
    assert all(cell_len(line) <= width for line in statistics.lines(stats(), NOW, width, colour=False))


def test_an_entry_tells_where_it_came_from_and_how_long_it_lives() -> None:
    metadata = Struct()
    metadata.update({"team": "search"})
    entry = CacheEntry(
        namespace="gateway", key="acme/one", entry_version=7, tags=["a"], stale=True, tier=CACHE_TIER_REDIS,
        metadata=metadata, access_count=1, size_bytes=2048,
    )  # fmt: skip
    entry.expire_time.FromDatetime(NOW.replace(minute=31))
    entry.ttl.FromSeconds(5400)
    told = figures(list(sheet.lines(entry, NOW, None, colour=False)))
    assert told["came from"] == "redis"
    assert (told["expires"], told["ttl"]) == ("in 30 min", "1 h 30 min")
    assert told["state"].startswith("stale")
    assert (told["read"], told["size"]) == ("1 time", "2 KiB")
    assert told["metadata"] == '{"team": "search"}'
    assert "created" not in told


@pytest.mark.parametrize(
    ("target", "namespace", "said"),
    [
        (pb.InvalidationTarget(key="acme/one"), "", "acme/one: 1 entry of callers, 2 copies in this replica's memory."),
        (pb.InvalidationTarget(tags=pb.InvalidationTags(tags=["x"])), "own", "tag x in own: 1 entry"),
        (pb.InvalidationTarget(provider_id="acme"), "", "provider acme: 1 entry"),
        (pb.InvalidationTarget(expired=True), "", "what has expired: 1 entry"),
        (pb.InvalidationTarget(all=True), "own", "everything in own: 1 entry"),
    ],
)
def test_an_invalidation_says_what_it_did(target: pb.InvalidationTarget, namespace: str, said: str) -> None:
    made = pb.Invalidation(target=target, namespace=namespace, entry_count=1, mode=pb.INVALIDATION_MODE_HARD)
    answer = InvalidateResponse(invalidation=made, memory_count=2)
    assert sheet.invalidated(answer).startswith(f"Invalidated: {said}")
    assert "stale" not in sheet.invalidated(answer)
    answer.invalidation.mode = pb.INVALIDATION_MODE_SOFT
    assert "stale" in sheet.invalidated(answer)


def test_totals_of_the_history() -> None:
    assert sheet.totals(GetInvalidationStatsResponse()) == "No invalidation in the last 90 days."
    answer = GetInvalidationStatsResponse(total_count=1, last_week_count=1, success_rate=1)
    answer.average_duration.FromMicroseconds(2500)
    assert sheet.totals(answer) == (
        "1 invalidation in 90 days, 0 in the last day, 1 in the last week; 100.0% succeeded, 2.5 ms on average."
    )


RULE = {
    "id": "rule_1",
    "name": "Fresh prices",
    "strategy": "provider_update",
    "conditions": [
        {
            "subject": "INVALIDATION_SUBJECT_METADATA",
            "condition": {"field": "team", "operator": "CONDITION_OPERATOR_EQUALS", "value": "search"},
        },
        {
            "subject": "INVALIDATION_SUBJECT_ENTRY",
            "condition": {"field": "access_count", "operator": "CONDITION_OPERATOR_GREATER_THAN", "value": 10},
        },
    ],
    "actions": [
        {"invalidate": {"mode": "INVALIDATION_MODE_SOFT"}},
        {"invalidate": {}},
        {"refresh": {}},
        {"extendTtl": "90s"},
        {"tag": {"tags": ["a", "b"]}},
        {"notify": "look \u001b[2J"},
    ],
    "version": "3",
    "principal": "dana",
    "updateTime": "2026-11-22T12:00:00Z",
    "fireCount": "1",
}


def test_a_rule_is_told_as_a_sentence() -> None:
    """When it looks, what must hold, and what it does, in its order."""
    rule = ParseDict(RULE, pb.InvalidationRule())
    lines = list(rule_sheet.lines(rule, NOW, None, colour=False))
    told = figures(lines)
    assert told["when"] == "provider update happens"
    assert told["if"] == 'metadata team equals "search"'
    assert told["then"] == "invalidate, soft"
    assert told["fired"] == "1 time"
    assert [line.strip() for line in lines if line.startswith("  ")] == [
        "entry access_count greater than 10",
        "invalidate, hard",
        "refresh",
        "let them live 1 min 30 s from then",
        "tag them a, b",
        "notify: look <U+001B>[2J",
    ]
    assert told["state"] == "enabled"
    rule.dry_run = True
    assert rule_sheet.state(rule) == "dry run: only counts"
    rule.enabled = False
    assert rule_sheet.state(rule) == "disabled"


def test_what_a_rule_would_do() -> None:
    assert list(rule_sheet.tried(EvaluateInvalidationRuleResponse())) == ["It would not fire."]
    answer = EvaluateInvalidationRuleResponse(triggered=True, entry_count=0)
    assert list(rule_sheet.tried(answer)) == ["It would fire, and be about 0 entries."]
    answer.entry_count = 3
    answer.entries.add(namespace="gateway", key="acme/one")
    assert list(rule_sheet.tried(answer)) == [
        "It would fire, and be about 3 entries:",
        "  gateway  acme/one",
        "  and 2 more",
    ]


def test_kinds_are_typed_as_words() -> None:
    assert watching.kinds(["hit", "redis-lost"]) == [1, 10]
    with pytest.raises(UsageFailure, match=r"no kind hits\. There are hit, miss, eviction"):
        watching.kinds(["hits"])
