"""The Redis tier for tests: as servers have it, with what it counts at hand."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from modeldex_server.cache.copies import Copies, Copy, CopyKey
from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.policies import Policies
from modeldex_server.cache.statistics import CacheStatistics
from modeldex_server.settings.cache import CacheSettings
from modeldex_server.store.redis import RedisClient
from support.waiting import eventually

EPOCH = "0b1f8b0e-8a37-4d35-9a0c-3a2a5f0f6f11"
PATIENT = 20.0  # seconds: where a test is not of the limits, so that a slow machine is no outage


@dataclass(frozen=True)
class Tier:
    """The copies of a process."""

    copies: Copies
    policies: Policies
    statistics: CacheStatistics
    events: CacheEvents

    async def hold(self, copies: Mapping[CopyKey, Copy]) -> None:
        """Put copies, and wait until Redis has them."""
        written = self.copies.written
        self.copies.put(copies)

        async def done() -> bool:
            return self.copies.written >= written + len(copies)

        await eventually(done, "copies to be written")


def copies_of(
    redis: RedisClient | None,
    *,
    prefix: str = "test:",
    ttl: timedelta = timedelta(hours=1),
    epoch: Callable[[], str] = lambda: EPOCH,
    chance: Callable[[], float] = random.random,
) -> Tier:
    """Copies as servers have them, over a client."""
    policies, statistics = Policies(CacheSettings()), CacheStatistics()
    events = CacheEvents(statistics, now=lambda: datetime.now(UTC))
    copies = Copies(
        redis,
        prefix=prefix,
        ttl=ttl,
        epoch=epoch,
        policies=policies,
        statistics=statistics,
        events=events,
        chance=chance,
    )
    return Tier(copies, policies, statistics, events)


@asynccontextmanager
async def client_of(url: str, *, seconds: float | None = None) -> AsyncIterator[RedisClient]:
    """A client of the Redis at the address, as servers have it; or with other limits."""
    limits = {} if seconds is None else {"connect_seconds": seconds, "operation_seconds": seconds}
    client = RedisClient(url, **limits)
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def written(tier: Tier) -> AsyncIterator[None]:
    """What is put is written, until the end of the block."""
    writer = asyncio.create_task(tier.copies.run())
    try:
        yield
        assert not writer.done(), "the writer ended"
    finally:
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)


def some(count: int, *, mark: int = 7, size: int = 0) -> dict[CopyKey, Copy]:
    """Copies with a value each that only that key has."""
    return {
        ("catalogue", f"acme/model-{number}", number + 1): Copy(own_value(f"acme/model-{number}", size), mark)
        for number in range(count)
    }


def own_value(key: str, size: int = 0) -> bytes:
    """Bytes that only this key has, at least so many."""
    text = f"the value of {key};".encode()
    return text * max(1, -(-size // len(text)))
