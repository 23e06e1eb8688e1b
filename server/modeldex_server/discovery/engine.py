"""The engine: refreshes sources at intervals and on demand, side by side, each on one replica at a time."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from modeldex.v1 import discovery_service_pb2 as api
from modeldex.v1 import provider_pb2 as pb
from modeldex_server import errors
from modeldex_server.discovery.concurrency import side_by_side
from modeldex_server.discovery.configuration import DiscoveryState
from modeldex_server.discovery.records import Records
from modeldex_server.discovery.refresh import Refresher, Report
from modeldex_server.discovery.sources.source import FetchLimits, Source
from modeldex_server.discovery.task import Task
from modeldex_server.errors import ModeldexError, ProviderNotFound, SourceError
from modeldex_server.ledger.ledger import LeaseLost
from modeldex_server.security.scope import EVERYTHING, Scope
from modeldex_server.store.leases import Lease, Leases

log = structlog.get_logger()

LEASE_SPAN = timedelta(seconds=30)
_TICK = 1.0  # seconds between looks at what is due
_JOIN_POLL = 0.1
_JITTER = 0.1
_SOONEST = timedelta(seconds=10)  # after a failure that may pass

# (source, outcome "succeeded" | "failed", seconds)
OnRefresh = Callable[[str, str, float], None]


class Engine:
    """Refreshes sources. Work that has begun is finished, also where the caller who asked for it goes away."""

    def __init__(
        self,
        sources: Sequence[Source],
        refresher: Refresher,
        records: Records,
        leases: Leases,
        state: DiscoveryState,
        *,
        on_refresh: OnRefresh,
    ) -> None:
        self.sources = {source.id: source for source in sources}
        self._own = {source.provider_id: source.id for source in sources if source.provider_id is not None}
        self._refresher = refresher
        self._records = records
        self._leases = leases
        self._state = state
        self._on_refresh = on_refresh
        self._running: set[asyncio.Task[Any]] = set()

    @property
    def own_sources(self) -> dict[str, str]:
        """Provider id -> the source that asks the provider itself."""
        return dict(self._own)

    async def register(self) -> None:
        """Make the sources known to the store."""
        await self._records.register(self.sources.values())

    async def run(self) -> None:
        """Refresh what is due until cancelled; an outage of the store is waited out."""
        while True:
            try:
                await self._refresh_due()
            except ModeldexError as error:
                log.warning("discovery_waits", why=error.message)
            await asyncio.sleep(_TICK)

    async def first_refresh(self) -> None:
        """Refresh the catalogues that have never been read, if discovery runs: the first start is useful at once."""
        state = await self._state.read()
        if not state.running:
            return
        rows = await self._records.sources(list(self.sources))
        new = [row.id for row in rows if row.succeeded_at is None and row.ended_at is None and not row.provider_id]
        await asyncio.gather(*(self._refresh_or_join(self.sources[source_id], None, _ignore) for source_id in new))

    async def settle(self) -> None:
        """Wait for the refreshes that run."""
        while self._running:
            await asyncio.wait(self._running)

    async def refresh_one(self, provider_id: str) -> api.RefreshResult:
        """Refresh one provider now.

        Raises:
            ProviderNotFound: no source knows it.
            SourceError: every source of it failed.
            StoreUnavailable, WriteContention.
        """
        source_count = len(await self._plan([provider_id]))
        async for result in self.refresh([provider_id]):
            if len(result.errors) == source_count:
                raise source_error(result.errors[0])
            return result
        raise ProviderNotFound(provider_id)

    async def refresh(self, provider_ids: Sequence[str], scope: Scope = EVERYTHING) -> AsyncIterator[api.RefreshResult]:
        """Refresh providers now, all of the scope where none is named; a result for each as it ends.

        Raises:
            ProviderNotFound: no source knows one of them.
            StoreUnavailable, WriteContention.
        """
        plan = await self._plan(provider_ids) if provider_ids else self._whole_plan(scope)
        results: asyncio.Queue[api.RefreshResult | BaseException | None] = asyncio.Queue()
        gathering = _Gathering(plan, results.put_nowait)
        run = self._keep(self._run_plan(plan, gathering))
        run.add_done_callback(lambda done: results.put_nowait(None if done.cancelled() else done.exception()))
        while (result := await results.get()) is not None:
            if isinstance(result, BaseException):
                raise result
            yield result

    def _whole_plan(self, scope: Scope) -> dict[str, frozenset[str] | None]:
        """Source id -> the providers to refresh by it; None for all of them. A catalogue is read whole for anybody, but
        only what the scope covers is written."""
        return {
            source.id: scope.providers if source.provider_id is None else None
            for source in self.sources.values()
            if source.provider_id is None or scope.covers(source.provider_id)
        }

    async def _plan(self, provider_ids: Sequence[str]) -> dict[str, frozenset[str] | None]:
        """Source id -> the providers to refresh by it."""
        rows = [row for row in await self._records.refreshes() if row.source_id in self.sources]
        plan: dict[str, set[str]] = {}
        for provider_id in provider_ids:
            knowing = {row.source_id for row in rows if row.provider_id == provider_id}
            if own := self._own.get(provider_id):
                knowing.add(own)
            if not knowing:
                raise ProviderNotFound(provider_id)
            for source_id in knowing:
                plan.setdefault(source_id, set()).add(provider_id)
        return {source_id: frozenset(providers) for source_id, providers in plan.items()}

    async def _run_plan(self, plan: dict[str, frozenset[str] | None], gathering: _Gathering) -> None:
        configuration = self._state.in_force(await self._state.read())

        async def one(source_id: str, only: frozenset[str] | None) -> None:
            try:
                await self._refresh_or_join(self.sources[source_id], only, gathering.reporter(source_id))
            finally:
                gathering.ended(source_id)

        refreshes = (one(source_id, only) for source_id, only in plan.items())
        await side_by_side(refreshes, most=configuration.max_concurrent_providers)

    async def _refresh_due(self) -> None:
        state = await self._state.read()
        if not state.running:
            return
        configuration = self._state.in_force(state)
        due = await self._records.due(list(self.sources))
        for source_id in due[: configuration.max_concurrent_providers - len(self._running)]:
            if (lease := await self._leases.take(source_id)) is not None:
                self._keep(self._refresh_quietly(self.sources[source_id], lease))

    async def _refresh_quietly(self, source: Source, lease: Lease) -> None:
        try:
            await self._refresh(source, lease, None, _ignore)
        except ModeldexError as error:
            log.warning("refresh_failed", source=source.id, why=error.message)
        except LeaseLost:
            log.warning("lease_lost", source=source.id)

    async def _refresh_or_join(self, source: Source, only: frozenset[str] | None, report: Report) -> None:
        """Refresh a source, or wait for the refresh that runs elsewhere and give its results."""
        asked_at = await self._records.now()
        while (lease := await self._leases.take(source.id)) is None:
            await asyncio.sleep(_JOIN_POLL)
            if await self._report_if_ended(source, only, asked_at, report):
                return
        # The refresh that was waited for may have ended between the last look and the lease.
        try:
            ended = await self._report_if_ended(source, only, asked_at, report)
        except ModeldexError:
            with contextlib.suppress(ModeldexError):
                await self._leases.release(lease)
            raise
        if ended:
            await self._leases.release(lease)
            return
        try:
            await self._keep(self._refresh(source, lease, only, report))
        except LeaseLost:
            await self._refresh_or_join(source, only, report)

    async def _report_if_ended(
        self, source: Source, only: frozenset[str] | None, asked_at: datetime, report: Report
    ) -> bool:
        rows = [row for row in await self._records.refreshes(source.id) if only is None or row.provider_id in only]
        if not rows or any(row.ended_at < asked_at for row in rows):
            return False
        for row in rows:
            report(row.provider_id, api.RefreshResult.FromString(row.result))
        return True

    async def _refresh(self, source: Source, lease: Lease, only: frozenset[str] | None, report: Report) -> None:
        started = time.monotonic()
        renewing = asyncio.ensure_future(self._renew(lease))
        outcome = "failed"
        try:
            configuration = self._state.in_force(await self._state.read())
            error = await self._refresher.run(_task(source, lease, only, configuration, self._own), report)
            outcome = "failed" if error else "succeeded"
            if only is None:
                await self._records.end(source.id, error, _wait(configuration, error))
        finally:
            renewing.cancel()
            self._on_refresh(source.id, outcome, time.monotonic() - started)
            with contextlib.suppress(ModeldexError):
                await self._leases.release(lease)
        log.info("refreshed", source=source.id, outcome=outcome, seconds=round(time.monotonic() - started, 2))

    async def _renew(self, lease: Lease) -> None:
        while True:
            await asyncio.sleep(LEASE_SPAN.total_seconds() / 3)
            with contextlib.suppress(ModeldexError):
                await self._leases.renew(lease)

    def _keep(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        # Whoever waits for it hears of it; this is for the work whose caller went away.
        if error is not None and not isinstance(error, ModeldexError | LeaseLost):
            log.error("refresh_broke", exc_info=error)


class _Gathering:
    """Puts together what several sources say of a provider; a result goes out when its last source has ended."""

    def __init__(self, plan: dict[str, frozenset[str] | None], emit: Callable[[api.RefreshResult], None]) -> None:
        self._open = dict(plan)  # the sources that still run
        self._results: dict[str, api.RefreshResult] = {}
        self._emit = emit

    def reporter(self, source_id: str) -> Report:
        """What a source's refresh reports to."""

        def report(provider_id: str, result: api.RefreshResult) -> None:
            known = self._results.get(provider_id)
            self._results[provider_id] = result if known is None else _combined(known, result)
            if len(self._open) == 1 and source_id in self._open:
                self._emit(self._results.pop(provider_id))

        return report

    def ended(self, source_id: str) -> None:
        """A source has ended: what waited for nothing else goes out."""
        del self._open[source_id]
        awaited = list(self._open.values())
        for provider_id in sorted(self._results):
            if not any(only is None or provider_id in only for only in awaited):
                self._emit(self._results.pop(provider_id))


def _combined(one: api.RefreshResult, other: api.RefreshResult) -> api.RefreshResult:
    result = api.RefreshResult()
    result.CopyFrom(one)
    for name in ("added_count", "updated_count", "removed_count", "rejected_count"):
        setattr(result, name, getattr(one, name) + getattr(other, name))
    result.unchanged_count = max(one.unchanged_count, other.unchanged_count)
    result.committed_revision = max(one.committed_revision, other.committed_revision)
    result.errors.extend(other.errors)
    if other.duration.ToTimedelta() > one.duration.ToTimedelta():
        result.duration.CopyFrom(other.duration)
    return result


def source_error(told: pb.RefreshError) -> SourceError:
    """The error that a refresh met, to be raised again."""
    classes: Iterable[type[SourceError]] = (
        errors.SourceMalformed,
        errors.SourceRateLimited,
        errors.SourceUnauthenticated,
    )
    matching = [kind for kind in classes if kind.reason == told.reason]
    return (matching[0] if matching else errors.SourceUnavailable)(told.source_id, told.message)


def _task(
    source: Source,
    lease: Lease,
    only: frozenset[str] | None,
    configuration: api.DiscoveryConfiguration,
    own: dict[str, str],
) -> Task:
    limits = FetchLimits(
        timeout=configuration.provider_timeout.ToTimedelta().total_seconds(),
        retry_attempts=configuration.retry_attempts,
        retry_delay=configuration.retry_delay.ToTimedelta().total_seconds(),
    )
    return Task(source, lease, limits, configuration.removal_threshold, only, own)


def _wait(configuration: api.DiscoveryConfiguration, error: pb.RefreshError | None) -> timedelta:
    """Until the next refresh: the interval, or after a failure a tenth of it."""
    interval = configuration.refresh_interval.ToTimedelta()
    if error is not None:
        interval = max(_SOONEST, interval / 10)
    return interval * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - jitter


def _ignore(_provider_id: str, _result: api.RefreshResult) -> None:
    pass
