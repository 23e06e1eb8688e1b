"""Copies on their way to Redis: how many may wait, and how they are dropped."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from modeldex_server.cache.copies import Copy
from modeldex_server.cache.envelope import MOST_BYTES
from modeldex_server.store.redis import RedisClient
from support.copies import Tier, client_of, copies_of, some


@pytest.fixture
async def client() -> AsyncIterator[RedisClient]:
    """Of nobody."""
    async with client_of("redis://127.0.0.1:1") as client:
        yield client


@pytest.fixture
def still(client: RedisClient) -> Tier:
    """Copies that nobody writes."""
    return copies_of(client)


async def test_so_many_wait_and_what_is_too_much_is_dropped(still: Tier, client: RedisClient) -> None:
    """A Redis that is too slow costs no memory: 10,000 copies wait at most."""
    still.copies.put(some(25_000))
    assert (still.copies.pending, still.copies.dropped) == (10_000, 15_000)
    still.copies.put(some(25_000))  # the first 10,000 of which wait already
    assert (still.copies.pending, still.copies.dropped) == (10_000, 30_000)
    assert client.operations == 0


async def test_so_many_bytes_wait_and_what_is_too_much_is_dropped(still: Tier, client: RedisClient) -> None:
    still.copies.put(some(1000, size=60_000))
    assert 250 < still.copies.pending < 300  # 16 MiB
    assert still.copies.dropped == 1000 - still.copies.pending


async def test_what_nobody_would_read_is_not_written(still: Tier, client: RedisClient) -> None:
    key = ("catalogue", "acme/huge", 1)
    still.copies.put({key: Copy(b"x" * (MOST_BYTES + 1), 1)})
    assert (still.copies.pending, still.copies.dropped) == (0, 1)
    still.copies.put({key: Copy(b"x" * MOST_BYTES, 1)})
    assert (still.copies.pending, still.copies.dropped) == (1, 1)


async def test_with_the_cache_off_nothing_waits_and_nothing_is_asked(still: Tier, client: RedisClient) -> None:
    """switched off"""
    still.policies.use(enabled=False, ttl=timedelta(minutes=1))
    still.copies.put(some(10))
    assert await still.copies.get(some(10)) == {}
    assert (still.copies.pending, still.copies.dropped, client.operations) == (0, 0, 0)


async def test_without_a_redis_nothing_is_kept() -> None:
    nothing = copies_of(None)
    nothing.copies.put(some(10))
    assert await nothing.copies.get(some(10)) == {}
    assert (nothing.copies.pending, nothing.copies.dropped) == (0, 0)
