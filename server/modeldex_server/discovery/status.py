"""How the service is: discovery, its sources, the store, the replicas."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from modeldex.v1 import discovery_service_pb2 as api
from modeldex.v1 import provider_pb2 as pb
from modeldex_server.discovery.configuration import DiscoveryState
from modeldex_server.discovery.records import Records, SourceRow
from modeldex_server.discovery.replicas import Replicas
from modeldex_server.errors import ModeldexError
from modeldex_server.ledger.documents import stamp
from modeldex_server.ledger.index import Index
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Database
from modeldex_server.store.redis import RedisClient

_PROVIDERS = """
SELECT count(*) AS total, count(*) FILTER (WHERE status = 1) AS active,
       array_agg(id ORDER BY id) FILTER (WHERE status IN (3, 4, 5)) AS failing
FROM provider
WHERE (live_models > 0 OR EXISTS (SELECT FROM provider_source known WHERE known.provider_id = provider.id))
    AND (%(seen)s::text[] IS NULL OR id = ANY(%(seen)s))"""


@dataclass(frozen=True, slots=True)
class _Providers:
    total: int
    active: int
    failing: list[str] | None


class Reporter(Protocol):
    """What another room has to say about its status. Where it fails with a ModeldexError, it says nothing."""

    async def report(self, status: api.GetStatusResponse) -> None: ...


class RedisReporter:
    """Says how Redis is."""

    def __init__(self, redis: RedisClient) -> None:
        self._redis = redis

    async def report(self, status: api.GetStatusResponse) -> None:
        """Fill in what is known of it, without asking it."""
        redis = self._redis
        status.redis.CopyFrom(
            api.RedisStatus(healthy=redis.healthy, operations=redis.operations, failures=redis.failures)
        )


class StatusBoard:
    """Answers GetStatus. Where the store is away it tells what this replica knows by itself."""

    def __init__(
        self,
        database: Database,
        index: Index,
        records: Records,
        state: DiscoveryState,
        replicas: Replicas,
        source_ids: Sequence[str],
        *,
        started_at: datetime,
        reporters: Sequence[Reporter] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._index = index
        self._records = records
        self._state = state
        self._replicas = replicas
        self._source_ids = list(source_ids)
        self._started_at = started_at
        self._reporters = reporters
        self._clock = clock
        self._started = clock()

    async def read(self, scope: Scope) -> api.GetStatusResponse:
        """How the service is now, as far as it concerns the providers of a scope."""
        status = api.GetStatusResponse(
            state=api.DISCOVERY_STATE_STARTING,
            start_time=stamp(self._started_at),
            total_models=self._index.count_live(scope),
            storage=await self._storage(),
            revision=self._index.revision,
        )
        status.uptime.FromSeconds(round(self._clock() - self._started))
        try:
            await self._fill(status, scope)
        except ModeldexError:
            status.state = api.DISCOVERY_STATE_ERROR
        for reporter in self._reporters:
            with suppress(ModeldexError):
                await reporter.report(status)
        return status

    async def discovery_state(self, scope: Scope) -> api.DiscoveryState.ValueType:
        """Whether refreshes run at intervals."""
        return self._state_of(await self._is_running(), await self._records.sources(self._source_ids, scope))

    async def _fill(self, status: api.GetStatusResponse, scope: Scope) -> None:
        running = await self._is_running()
        sources = await self._records.sources(self._source_ids, scope)
        status.state = self._state_of(running, sources)
        status.sources.extend(_source(row, running=running) for row in sources)
        if ended := [row.ended_at for row in sources if row.ended_at is not None]:
            status.last_refresh_time.CopyFrom(stamp(max(ended)))
        providers = (await self._database.rows(_Providers, _PROVIDERS, {"seen": scope.listed}))[0]
        status.total_providers = providers.total
        status.active_providers = providers.active
        status.error_provider_ids.extend(providers.failing or ())
        status.replicas.extend(await self._replicas.seen())

    async def _is_running(self) -> bool:
        return (await self._state.read()).running

    def _state_of(self, running: bool, sources: Sequence[SourceRow]) -> api.DiscoveryState.ValueType:
        if not self._index.loaded:
            return api.DISCOVERY_STATE_STARTING
        if running:
            return api.DISCOVERY_STATE_RUNNING
        busy = any(row.refreshing for row in sources)
        return api.DISCOVERY_STATE_STOPPING if busy else api.DISCOVERY_STATE_STOPPED

    async def _storage(self) -> api.StorageStatus:
        asked = time.perf_counter()
        storage = api.StorageStatus(check_time=stamp(datetime.now(UTC)))
        try:
            await self._database.execute("SELECT 1")
        except ModeldexError as error:
            storage.error = error.message
        else:
            storage.healthy = True
        storage.response_time.FromMicroseconds(round((time.perf_counter() - asked) * 1_000_000))
        size, active, _ = self._database.statistics()
        storage.total_connections, storage.active_connections, storage.idle_connections = size, active, size - active
        return storage


def _source(row: SourceRow, *, running: bool) -> api.SourceStatus:
    return api.SourceStatus(
        id=row.id,
        kind=row.kind,
        provider_id=row.provider_id,
        last_start_time=stamp(row.started_at) if row.started_at else None,
        last_success_time=stamp(row.succeeded_at) if row.succeeded_at else None,
        next_refresh_time=stamp(row.next_at) if running and row.ended_at else None,
        refreshing=row.refreshing,
        model_count=row.model_count,
        last_error=pb.RefreshError.FromString(row.error) if row.error else None,
    )
