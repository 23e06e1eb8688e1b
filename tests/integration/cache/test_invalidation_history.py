"""The history of invalidations over a real PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import feed_statistics_pb2
from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.invalidation.history import InvalidationHistory
from modeldex_server.cache.invalidation.recording import Attempt, Made, record
from modeldex_server.errors import InvalidRequest
from modeldex_server.security.scope import EVERYTHING, Scope
from modeldex_server.store.database import Database
from support.checks import Catalogue
from support.invalidations import Replica, invalidation, replica

TAGS, MANUAL = pb.INVALIDATION_REASON_TAG_INVALIDATION, pb.INVALIDATION_REASON_MANUAL_INVALIDATION


@pytest.fixture
async def history(database: Database) -> InvalidationHistory:
    """Eight invalidations, the last by a rule, the one before failed."""
    async with replica(database) as one:
        await make_all(one)
    return InvalidationHistory(database)


async def make_all(one: Replica) -> None:
    """1 to 8."""
    await one.invalidate(key="acme/one")
    await one.invalidate(provider="acme")
    await one.invalidate(key="zeta/one")
    await one.invalidate(tags=["red"])
    await one.invalidate(tags=["blue"])
    await one.invalidate(everything=True)
    async with one.database.connection() as connection, connection.transaction():
        failed = Made(Attempt(invalidation(tags=["red"]), "ann"), 0, "WRITE_CONTENTION")
        ruled = Attempt(invalidation(key="acme/two"), "cache", rule_id="r1", rule_version=4, depth=2, revision=9)
        await record(connection, [failed, Made(ruled, 3)])


async def numbers(history: InvalidationHistory, scope: Scope = EVERYTHING, **filters: Any) -> list[int]:
    """Those on one page."""
    page, _ = await history.page(api.ListInvalidationsRequest(**filters), scope, after=None, size=50)
    return [one.number for one in page]


async def test_pages_are_the_newest_first(history: InvalidationHistory) -> None:
    """Page after page each comes once, the newest first; the last page says that it is, and an empty one follows
    nothing."""
    found: list[int] = []
    after: int | None = None
    for _ in range(4):
        page, after = await history.page(api.ListInvalidationsRequest(), EVERYTHING, after=after, size=2)
        found += [one.number for one in page]
    assert (found, after) == ([8, 7, 6, 5, 4, 3, 2, 1], None)
    page, after = await history.page(api.ListInvalidationsRequest(), EVERYTHING, after=1, size=2)
    assert (list(page), after) == ([], None)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"reasons": [TAGS]}, [7, 5, 4]),
        ({"reasons": [TAGS, MANUAL]}, [8, 7, 6, 5, 4, 3, 2, 1]),
        ({"provider_id": "acme"}, [8, 2, 1]),
        ({"provider_id": "acme", "reasons": [TAGS]}, []),
        ({"rule_id": "r1"}, [8]),
        ({"rule_id": "r2"}, []),
    ],
)
async def test_filters_choose(history: InvalidationHistory, filters: dict[str, Any], expected: list[int]) -> None:
    """By reason, by provider or a key of it, and by rule; all that are set must be met."""
    assert await numbers(history, **filters) == expected


async def test_what_a_rule_made_says_so(history: InvalidationHistory) -> None:
    """With its rule, that rule's version, how deep it was, the revision, and how many entries it was about; one that
    failed says why."""
    page, _ = await history.page(api.ListInvalidationsRequest(), EVERYTHING, after=None, size=2)
    made, failed = page
    assert (made.rule_id, made.rule_version, made.depth, made.revision, made.entry_count) == ("r1", 4, 2, 9, 3)
    assert (failed.error_reason, failed.entry_count) == ("WRITE_CONTENTION", 0)


async def test_a_time_range_chooses(history: InvalidationHistory, tables: Catalogue) -> None:
    """From its begin to before its end; without a begin the day before its end; one that ends before it begins is
    refused."""
    tables.run("UPDATE invalidation SET created_at = created_at - interval '1 day' * (9 - number)")
    now = datetime.now(UTC)

    def span(start: float | None, end: float | None) -> feed_statistics_pb2.TimeRange:
        days = feed_statistics_pb2.TimeRange()
        if start is not None:
            days.start_time.FromDatetime(now - timedelta(days=start))
        if end is not None:
            days.end_time.FromDatetime(now - timedelta(days=end))
        return days

    assert await numbers(history, time_range=span(3.5, 1.5)) == [7, 6]
    assert await numbers(history, time_range=span(2.5, None)) == [8, 7]
    assert await numbers(history, time_range=span(None, 4.5)) == [4]
    with pytest.raises(InvalidRequest):
        await numbers(history, time_range=span(1, 2))


async def test_those_of_other_providers_are_as_if_they_had_not_been_made(history: InvalidationHistory) -> None:
    """In pages and in counts: a caller with a right to some providers is told of what was about one of these; tags and
    contexts of others may name any provider."""
    acme = Scope(frozenset({"acme"}))
    assert await numbers(history, acme) == [8, 2, 1]
    assert await numbers(history, acme, provider_id="zeta") == []
    stats = await history.stats(acme)
    assert stats.total_count == 3
    assert [(one.key, one.count) for one in stats.providers.top] == [("acme", 3)]


async def test_counts(history: InvalidationHistory, tables: Catalogue) -> None:
    """In all, of the last day and week, by reason and provider, how long one took and how many succeeded."""
    tables.run("UPDATE invalidation SET created_at = created_at - interval '2 days' WHERE number <= 3")
    tables.run("UPDATE invalidation SET created_at = created_at - interval '8 days' WHERE number = 1")
    tables.run("UPDATE invalidation SET duration = interval '1 ms' * number")
    stats = await history.stats(EVERYTHING)
    assert (stats.total_count, stats.last_day_count, stats.last_week_count) == (8, 5, 7)
    assert stats.average_duration.ToTimedelta() == timedelta(milliseconds=4.5)
    assert stats.success_rate == 7 / 8
    assert {one.key: one.count for one in stats.reasons.top} == {"manual_invalidation": 5, "tag_invalidation": 3}
    assert {one.key: one.count for one in stats.providers.top} == {"acme": 3, "zeta": 1}
    assert (stats.most_common_reason, stats.most_active_provider_id) == ("manual_invalidation", "acme")


async def test_counts_of_nothing(database: Database) -> None:
    """Before the first one everything is 0, and nothing is most frequent."""
    stats = await InvalidationHistory(database).stats(EVERYTHING)
    assert (stats.total_count, stats.success_rate) == (0, 0)
    assert (stats.most_common_reason, stats.most_active_provider_id) == ("", "")
