"""Sweeping: frees what is not needed any more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.invalidation.following import Follower
from modeldex_server.cache.invalidation.recording import Attempt, Made, record
from modeldex_server.cache.invalidation.strategies import TTL, Strategies
from modeldex_server.cache.memory import Memory
from modeldex_server.errors import ModeldexError
from modeldex_server.security.principals import CACHE, Principal
from modeldex_server.store.database import Database, Query

log = structlog.get_logger()

_BATCH = 10_000

# Several replicas may sweep at once: each takes what no other holds, nor a caller who sets it anew.
_EXPIRED = """
WITH expired AS MATERIALIZED (
    SELECT namespace, key FROM cache_entry WHERE expires_at <= statement_timestamp()
    ORDER BY expires_at LIMIT %(batch)s
    FOR UPDATE SKIP LOCKED
)
DELETE FROM cache_entry e USING expired x WHERE e.namespace = x.namespace AND e.key = x.key"""
_OLD = """
WITH old AS MATERIALIZED (
    SELECT number FROM invalidation WHERE created_at <= statement_timestamp() - interval '90 days'
    ORDER BY created_at LIMIT %(batch)s
    FOR UPDATE SKIP LOCKED
)
DELETE FROM invalidation i USING old WHERE i.number = old.number"""
_OLD_FIRINGS = """
WITH old AS MATERIALIZED (
    SELECT rule_id, rule_version, number, revision, ordinal FROM invalidation_firing
    WHERE created_at <= statement_timestamp() - interval '90 days'
    ORDER BY created_at LIMIT %(batch)s
    FOR UPDATE SKIP LOCKED
)
DELETE FROM invalidation_firing f USING old o
WHERE (f.rule_id, f.rule_version, f.number, f.revision, f.ordinal)
    = (o.rule_id, o.rule_version, o.number, o.revision, o.ordinal)"""


class Sweeper:
    """Frees rows of all replicas, and the memory of this one. On how many replicas it runs makes no difference."""

    def __init__(
        self,
        database: Database,
        follower: Follower,
        memory: Memory,
        strategies: Strategies,
        *,
        recount: Callable[[], Awaitable[None]],
        interval: timedelta,
    ) -> None:
        """`recount`: has the entries that are left counted."""
        self._database = database
        self._follower = follower
        self._memory = memory
        self._strategies = strategies
        self._recount = recount
        self._interval = interval.total_seconds()

    async def run(self) -> None:
        """Sweep at each interval until cancelled; an outage of the store is waited out."""
        while True:
            await asyncio.sleep(self._interval)
            try:
                await self.sweep()
            except ModeldexError as error:
                log.warning("sweep_waits", why=error.message)

    async def cleanup(self, principal: Principal) -> api.CleanupCacheResponse:
        """Sweep now. Raises ProviderDenied, and what `sweep` does."""
        principal.require_every_provider()
        return await self.sweep()

    async def sweep(self) -> api.CleanupCacheResponse:
        """Free what is not needed any more, memory first, for that needs no store.

        Raises:
            StoreUnavailable, WriteContention: what was freed by then is; the rest is the next time.
        """
        freed = await self._memory.cleanup()
        expired = await self._expired() if self._strategies.enabled(TTL) else 0
        old = await self._remove(_OLD)
        await self._remove(_OLD_FIRINGS)
        await self._follower.forget()
        await self._recount()
        if expired or old or freed.count:
            log.info("cache_swept", expired=expired, invalidations=old, copies=freed.count, bytes=freed.bytes)
        return api.CleanupCacheResponse(
            expired_count=expired, memory_count=freed.count, freed_bytes=freed.bytes, invalidation_count=old
        )

    async def _expired(self) -> int:
        removed = 0
        while batch := await self._expired_batch():
            removed += batch
        self._follower.nudge()
        return removed

    async def _expired_batch(self) -> int:
        attempt = Attempt(api.InvalidateRequest(target=pb.InvalidationTarget(expired=True)), CACHE)
        async with self._database.connection() as connection, connection.transaction():
            removed = (await connection.execute(_EXPIRED, {"batch": _BATCH})).rowcount
            if removed:
                await record(connection, [Made(attempt, removed)])
            return removed

    async def _remove(self, old: Query) -> int:
        removed = 0
        while batch := await self._database.execute(old, {"batch": _BATCH}):
            removed += batch
        return removed
