"""Making invalidations: in force whole or not at all, and on this replica before it is said."""

from __future__ import annotations

import asyncio
import random

import structlog
from psycopg import errors as pg

from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import invalidation_pb2 as pb
from modeldex.v1.error_reason_pb2 import ErrorReason
from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.invalidation.following import Follower
from modeldex_server.cache.invalidation.recording import Attempt, Made, affect, record
from modeldex_server.cache.invalidation.strategies import Strategies
from modeldex_server.cache.memory import Memory
from modeldex_server.cache.statistics import CacheStatistics
from modeldex_server.errors import ModeldexError, StoreUnavailable, WriteContention
from modeldex_server.security.principals import Principal
from modeldex_server.store.database import Database, lost_connection

log = structlog.get_logger()

_TRIES = 4
# The others of a process wait in line, not on connections, which reads need as well.
_AT_ONCE = 4
# One may be about a million entries, and others wait for its locks. The caller's deadline is nearer.
_LIMITS = "SELECT set_config('statement_timeout', '60s', true), set_config('lock_timeout', '60s', true)"
_UNKNOWN = "The store was lost meanwhile: whether it was invalidated is not known; invalidate again."


class _Conflict(Exception):
    pass


class Invalidator:
    """Makes invalidations for callers."""

    def __init__(
        self,
        database: Database,
        follower: Follower,
        memory: Memory,
        strategies: Strategies,
        statistics: CacheStatistics,
        events: CacheEvents,
    ) -> None:
        self._database = database
        self._follower = follower
        self._memory = memory
        self._strategies = strategies
        self._statistics = statistics
        self._events = events
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def invalidate(self, request: api.InvalidateRequest, principal: Principal) -> api.InvalidateResponse:
        """Invalidate; when it returns it is in force here.

        Raises:
            ProviderDenied: the principal has no right to all providers.
            StrategyDisabled, WriteContention, StoreUnavailable: stored as failed, where that can be.
        """
        principal.require_every_provider()
        memory_count = self._memory.count(request.target, request.namespace)
        invalidation = await self._make(Attempt(request, principal.name))
        await self._put_in_force(invalidation)
        return api.InvalidateResponse(invalidation=invalidation, memory_count=memory_count)

    async def clear(self, request: api.ClearCacheRequest, principal: Principal) -> api.ClearCacheResponse:
        """Delete all entries of callers, or those of a namespace, and drop all copies. Raises as `invalidate` does."""
        target = pb.InvalidationTarget(all=True)
        everything = api.InvalidateRequest(namespace=request.namespace, target=target)
        answer = await self.invalidate(everything, principal)
        # Copies are dead by now. Their place is given back without holding up the loop.
        await self._memory.cleanup()
        if not request.namespace:
            self._statistics.reset()
        return api.ClearCacheResponse(invalidation=answer.invalidation, memory_count=answer.memory_count)

    async def _put_in_force(self, invalidation: pb.Invalidation) -> None:
        try:
            await self._follower.catch_up(invalidation.number)
        except StoreUnavailable as error:
            raise StoreUnavailable(_UNKNOWN) from error

    async def _make(self, attempt: Attempt) -> pb.Invalidation:
        try:
            self._strategies.require(attempt.request)
            async with self._turn:
                return await self._with_retries(attempt)
        except ModeldexError as error:
            await self._record_failure(attempt, error)
            raise

    async def _with_retries(self, attempt: Attempt) -> pb.Invalidation:
        for tries in range(1, _TRIES + 1):
            try:
                return await self._once(attempt)
            except _Conflict:
                await asyncio.sleep(random.uniform(0, 0.02 * tries))  # noqa: S311 - jitter
        raise WriteContention

    async def _once(self, attempt: Attempt) -> pb.Invalidation:
        committing = False
        try:
            async with self._database.connection() as connection, connection.pipeline(), connection.transaction():
                await connection.execute(_LIMITS)
                entry_count = await affect(connection, attempt)
                (invalidation,) = await record(connection, [Made(attempt, entry_count)])
                committing = True
        except StoreUnavailable as error:
            if committing and lost_connection(error):
                raise StoreUnavailable(_UNKNOWN) from error
            raise
        except WriteContention as error:
            if isinstance(error.__cause__, pg.LockNotAvailable):
                raise
            raise _Conflict from error
        return invalidation

    async def _record_failure(self, attempt: Attempt, error: ModeldexError) -> None:
        """Keep it in the history that nothing was invalidated, where the store can be written."""
        reason = ErrorReason.Name(error.reason).removeprefix("ERROR_REASON_")
        log.warning("invalidation_failed", reason=reason, principal=attempt.principal, why=error.message)
        self._events.failed(error.message)
        if isinstance(error, StoreUnavailable) and not isinstance(error.__cause__, pg.QueryCanceled):
            return
        try:
            async with self._database.connection() as connection, connection.transaction():
                await record(connection, [Made(attempt, 0, reason)])
        except ModeldexError as trouble:
            log.warning("invalidation_not_recorded", why=trouble.message)
