"""Cleanup: purges the documents of old versions, and forgets old finished rollbacks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import structlog
from google.protobuf.duration_pb2 import Duration
from psycopg.rows import class_row

from modeldex.v1 import history_service_pb2 as api
from modeldex_server.errors import ModeldexError
from modeldex_server.history import retention
from modeldex_server.history.retention import Horizon, Retention
from modeldex_server.ledger.statements import AUDIT, audit_parameters
from modeldex_server.security.origin import audited, carried_through
from modeldex_server.security.principals import HISTORY, Principal
from modeldex_server.store.database import Database, Moment

log = structlog.get_logger()

_EVERY = 3600.0  # seconds
_MODELS = 100  # of a page
_BATCH = 200  # versions, or rollbacks, of a transaction
_PAUSE = 0.02  # seconds between batches, for whoever else writes
_EXAMPLES = 100
_METHOD = "HistoryCleanup"  # in the audit trail, where calls stand by their names


@dataclass(frozen=True, slots=True)
class _Page:
    last: str | None  # model; None where there are no more
    model_ids: list[str]  # those of the page that have something due
    versions: int
    size: int
    example_ids: list[str]
    example_versions: list[int]


@dataclass(frozen=True, slots=True)
class _Purged:
    model_id: str
    version: int
    size: int


@dataclass(frozen=True, slots=True)
class _Count:
    count: int


class HistoryCleanup:
    """Purges what need not be kept. On how many replicas it runs at once makes no difference."""

    def __init__(self, database: Database, kept: Retention) -> None:
        self._database = database
        self._kept = kept
        self.purged = 0  # versions, by this process

    async def run(self) -> None:
        """Sweep each hour until cancelled; an outage of the store is waited out."""
        while True:
            try:
                await self.sweep()
            except ModeldexError as error:
                log.warning("history_cleanup_waits", why=error.message)
            await asyncio.sleep(_EVERY)

    async def sweep(self) -> api.CleanupHistoryResponse:
        """Purge what is due, at nobody's call. Where nothing is, nothing is written, and nothing told of it.

        Raises:
            StoreUnavailable, WriteContention: what was purged by then is; the rest is the next time.
        """
        due = await self._foresee("")
        if not due.purged_versions and not due.forgotten_rollbacks:
            return due
        return await self._clean("", HISTORY, _METHOD)

    async def clean(self, request: api.CleanupHistoryRequest, by: Principal) -> api.CleanupHistoryResponse:
        """Purge now, or say what would be purged.

        Raises:
            ProviderDenied: it has no right to the model, or, where none is named, to some provider.
            StoreUnavailable, WriteContention: what was purged by then is; the rest is the next time.
        """
        if request.model_id:
            by.require_model(request.model_id)
        else:
            by.require_every_provider()
        if request.dry_run:
            return await self._foresee(request.model_id)
        return await self._clean(request.model_id, by.name, "CleanupHistory")

    async def _foresee(self, model_id: str) -> api.CleanupHistoryResponse:
        """What would be purged, as of one moment."""

        async def foresee(store: Moment) -> api.CleanupHistoryResponse:
            told = api.CleanupHistoryResponse(dry_run=True)
            horizon = await self._horizon(store)
            async for page in self._pages(store, horizon, model_id):
                told.affected_models += len(page.model_ids)
                examples = zip(page.example_ids, page.example_versions, strict=True)
                _count(told, page.versions, page.size, examples)
            if not model_id:
                (old,) = await store.rows(_Count, retention.OLD_ROLLBACKS, {"moment": horizon.moment})
                told.forgotten_rollbacks = old.count
            return told

        begun = monotonic()
        told = await self._database.at_one_moment(foresee)
        told.duration.CopyFrom(_since(begun))
        return told

    async def _clean(self, model_id: str, by: str, method: str) -> api.CleanupHistoryResponse:
        begun = monotonic()
        done = api.CleanupHistoryResponse()
        await carried_through(by, self._audit(model_id, by, method))
        horizon = await self._horizon(self._database)
        async for page in self._pages(self._database, horizon, model_id):
            if page.model_ids:
                await self._purge(page.model_ids, horizon, done)
        if not model_id:
            done.forgotten_rollbacks = await self._forget_rollbacks(horizon)
        done.duration.CopyFrom(_since(begun))
        log.info(
            "history_cleaned",
            versions=done.purged_versions,
            models=done.affected_models,
            bytes=done.freed_bytes,
            rollbacks=done.forgotten_rollbacks,
            principal=by,
        )
        return done

    async def _horizon(self, store: Database | Moment) -> Horizon:
        return (await store.rows(Horizon, retention.HORIZON, {"span": self._kept.span}))[0]

    async def _pages(self, store: Database | Moment, horizon: Horizon, model_id: str) -> AsyncIterator[_Page]:
        """What is due, a hundred models at a time, in the order of their ids."""
        walk = self._parameters(horizon) | {"model_id": model_id, "models": _MODELS, "examples": _EXAMPLES}
        last: str | None = ""
        while last is not None:
            (page,) = await store.rows(_Page, retention.PAGE, walk | {"after": last})
            yield page
            last = page.last

    async def _purge(self, model_ids: Sequence[str], horizon: Horizon, done: api.CleanupHistoryResponse) -> None:
        """Purge what is due of these models, in short transactions."""
        affected: set[str] = set()
        purged: Sequence[_Purged] | None = None
        while purged is None or len(purged) == _BATCH:
            purged = await self._purge_batch(model_ids, horizon)
            self.purged += len(purged)
            affected.update(one.model_id for one in purged)
            _count(done, len(purged), sum(one.size for one in purged), ((one.model_id, one.version) for one in purged))
            await asyncio.sleep(_PAUSE)
        done.affected_models += len(affected)

    async def _purge_batch(self, model_ids: Sequence[str], horizon: Horizon) -> Sequence[_Purged]:
        """The next versions of these models, judged anew under the locks of the write path."""
        models = {"ids": list(model_ids)}
        async with self._database.connection() as connection, connection.transaction():
            await connection.execute(retention.LOCK, models)
            cursor = connection.cursor(row_factory=class_row(_Purged))
            await cursor.execute(retention.PURGE, models | self._parameters(horizon) | {"batch": _BATCH})
            purged = await cursor.fetchall()
            await connection.execute(retention.ADVANCE, models)
        return sorted(purged, key=lambda one: (one.model_id, one.version))

    async def _forget_rollbacks(self, horizon: Horizon) -> int:
        forgotten, old = 0, {"moment": horizon.moment, "batch": _BATCH}
        while batch := await self._database.execute(retention.FORGET_ROLLBACKS, old):
            forgotten += batch
        return forgotten

    async def _audit(self, model_id: str, by: str, method: str) -> None:
        provider_id = model_id.partition("/")[0]
        row = audit_parameters(principal=by, method=method, resource=model_id, provider_id=provider_id, outcome="done")
        await self._database.execute(AUDIT, row)
        audited(by)

    def _parameters(self, horizon: Horizon) -> dict[str, Any]:
        return {"horizon": horizon.revision, "keep": self._kept.versions}


def _count(told: api.CleanupHistoryResponse, versions: int, size: int, examples: Iterable[tuple[str, int]]) -> None:
    told.purged_versions += versions
    told.freed_bytes += size
    named = (api.PurgedVersion(model_id=model_id, version=version) for model_id, version in examples)
    told.examples.extend(list(named)[: _EXAMPLES - len(told.examples)])


def _since(begun: float) -> Duration:
    duration = Duration()
    duration.FromMicroseconds(round((monotonic() - begun) * 1e6))
    return duration
