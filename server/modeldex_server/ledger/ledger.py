"""The one write path of the catalogue.

One transaction locks the heads in the order of their ids, asks the caller what shall be, and writes what differs: the
heads, the versions, the events, the audit row and the answer. The counter row is locked last, in the same statement
that writes, so revisions become visible in their order and without a gap.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import structlog
from psycopg import errors as pg
from psycopg.rows import class_row

from modeldex.v1.error_reason_pb2 import ErrorReason
from modeldex_server.errors import CommitUnknown, ModeldexError, RequestIdReused, StoreUnavailable, WriteContention
from modeldex_server.ledger import statements
from modeldex_server.ledger.changes import MOST_MODELS, Committed, Decision, Head, Operation, Write
from modeldex_server.ledger.rows import Rows, rows_of
from modeldex_server.ledger.statements import HeadRow, RequestRow
from modeldex_server.security.origin import audited, carried_through, replayed
from modeldex_server.store.database import STATEMENT_SECONDS, Connection, Database, lost_connection

log = structlog.get_logger()

_TRIES = 4
_THREAD_FROM = 20  # deciding over more models than this would hold up the loop

OnCommit = Callable[[Committed], None]


class LeaseLost(Exception):
    """Another replica holds the source's lease now; nothing was written."""


class _Conflict(Exception):
    pass


@dataclass
class _Stage:
    """How far a transaction went."""

    committing: bool = False


class Ledger:
    """Writes changes of the catalogue. `on_commit` hears of each after it is durable and before it is answered."""

    def __init__(self, database: Database, on_commit: OnCommit) -> None:
        self._database = database
        self._on_commit = on_commit
        self._running: set[asyncio.Task[Committed]] = set()
        self.commits = 0  # revisions
        self.retries = 0  # transactions begun again after a conflict
        self.versions = dict.fromkeys(Operation, 0)  # written here, by what they did

    async def write(self, write: Write) -> Committed:
        """Write a change; done once, whole or not at all, also where the caller goes away meanwhile.

        Raises:
            ModeldexError: what `decide` raised, after it was put into the audit trail.
            RequestIdReused, WriteContention, StoreUnavailable, CommitUnknown, LeaseLost.
        """
        if len(write.model_ids) > MOST_MODELS:
            raise ValueError(f"{len(write.model_ids)} models in one revision; {MOST_MODELS} are the most")
        task = asyncio.ensure_future(self._write_with_retries(write))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await carried_through(write.principal, task)

    async def settle(self) -> None:
        """Wait for the writes that run."""
        while self._running:
            await asyncio.wait(self._running)

    async def _write_with_retries(self, write: Write) -> Committed:
        for attempt in range(1, _TRIES + 1):
            try:
                committed = await self._write_once(write)
            except _Conflict:
                self.retries += 1
                await asyncio.sleep(random.uniform(0, 0.02 * attempt))  # noqa: S311 - jitter
            except ModeldexError as refusal:
                await self._audit_refusal(write, refusal)
                raise
            else:
                _tell_origin(write, committed)
                if committed.revision and not committed.replayed:
                    self.commits += 1
                    for operation in committed.operations.values():
                        self.versions[operation] += 1
                    self._on_commit(committed)
                return committed
        raise WriteContention

    async def _write_once(self, write: Write) -> Committed:
        stage = _Stage()
        try:
            async with self._database.connection() as connection:
                return await _transaction(connection, write, stage)
        except StoreUnavailable as error:
            if stage.committing and lost_connection(error):
                return await self._outcome_of(write)
            raise
        except WriteContention as error:
            if isinstance(error.__cause__, pg.LockNotAvailable):
                raise
            raise _Conflict from error
        except pg.UniqueViolation as error:  # the same request_id at the same time
            raise _Conflict from error

    async def _outcome_of(self, write: Write) -> Committed:
        """Whether a write whose connection broke while committing was made: its request row says so."""
        if write.request is None:
            raise CommitUnknown
        parameters = {"principal": write.principal, "request_id": write.request.request_id}
        try:
            found = await self._database.rows(RequestRow, statements.REQUEST, parameters)
        except ModeldexError:
            raise CommitUnknown from None
        if not found:
            raise CommitUnknown
        return _answered_before(write, found[0])

    async def _audit_refusal(self, write: Write, refusal: ModeldexError) -> None:
        if isinstance(refusal, StoreUnavailable | CommitUnknown | WriteContention):
            return
        reason = ErrorReason.Name(refusal.reason).removeprefix("ERROR_REASON_")
        # Where the store is away its caller is told of the refusal all the same, and the frame keeps the row.
        with suppress(ModeldexError):
            await self._database.execute(statements.AUDIT, statements.audit_row(write, outcome=reason))
            audited(write.principal)


def _tell_origin(write: Write, committed: Committed) -> None:
    """Say of the call under way what became of its row in the audit trail: a replay wrote none."""
    (replayed if committed.replayed else audited)(write.principal)


async def _transaction(connection: Connection, write: Write, stage: _Stage) -> Committed:
    # Two round trips for most writes: what is read under the locks, and what is written with the commit.
    async with connection.pipeline(), connection.transaction():
        heads = await _read(connection, write)
        if (request := await _asked_before(connection, write)) is not None:
            return _answered_before(write, request)
        rows = await _decide(write, heads)
        written = await _send(connection, write, rows)
        stage.committing = True
    row = await written.fetchone() if written is not None else None
    revision, committed_at = row or (0, None)
    return Committed(
        revision=revision,
        changed=[item.changed(revision) for item in rows.items],
        written=_written(rows, revision, committed_at),
        operations={item.model_id: item.operation for item in rows.items},
        answer=rows.parameters["answer"],
        answer_model=_answer_model(rows.parameters["answer_model"], rows.parameters["answer_version"]),
    )


def _written(rows: Rows, revision: int, committed_at: datetime | None) -> dict[tuple[str, int], bytes]:
    if len(rows.items) != 1 or committed_at is None:
        return {}
    item = rows.items[0]
    model = item.written(revision, committed_at)
    return {} if model is None else {(item.model_id, item.version): model}


async def _read(connection: Connection, write: Write) -> Mapping[str, Head]:
    """The heads, locked, and whatever stands beside them."""
    # Most callers name no deadline, and the limit of the session is the one they get.
    if write.timeout is not None and not 0.95 * STATEMENT_SECONDS <= write.timeout <= STATEMENT_SECONDS:
        limit = {"milliseconds": str(max(1, int(write.timeout * 1000)))}
        await connection.execute(statements.LIMITS, limit)
    if write.lease is not None:
        fenced = {"source_id": write.lease.source_id, "fencing": write.lease.fencing}
        fence = await connection.execute(statements.FENCE, fenced)
        if await fence.fetchone() is None:
            raise LeaseLost
    rows = await _lock(connection, write)
    said: dict[str, dict[str, bytes]] = {}
    if write.with_listings:
        listings = await connection.execute(statements.LISTINGS, {"ids": list(write.model_ids)})
        for model_id, source_id, record in await listings.fetchall():
            said.setdefault(model_id, {})[source_id] = record
    if write.beside is not None:
        await write.beside.read(connection)
    return {row.id: row.head(said.get(row.id, {})) for row in rows}


async def _lock(connection: Connection, write: Write) -> list[HeadRow]:
    """The heads, locked. Nearly always one statement: what exists and is free needs no second look."""
    if not write.model_ids:
        return []
    ids = {"ids": sorted(write.model_ids)}
    rows = await _heads(connection, ids)
    missing = sorted(set(write.model_ids) - {row.id for row in rows})
    if write.create and missing:
        await connection.execute(statements.PLACEHOLDERS, {"ids": missing})
        rows = await _heads(connection, ids)
    if any(row.version and row.document is None for row in rows):
        rows = await _heads(connection, ids)
    return rows


async def _heads(connection: Connection, ids: Mapping[str, list[str]]) -> list[HeadRow]:
    cursor = connection.cursor(row_factory=class_row(HeadRow))
    return await (await cursor.execute(statements.HEADS, ids)).fetchall()


async def _asked_before(connection: Connection, write: Write) -> RequestRow | None:
    """The stored answer to this request. Looked for under the locks, which the first of two at a time holds."""
    if write.request is None:
        return None
    cursor = connection.cursor(row_factory=class_row(RequestRow))
    key = {"principal": write.principal, "request_id": write.request.request_id}
    return await (await cursor.execute(statements.REQUEST, key)).fetchone()


async def _decide(write: Write, heads: Mapping[str, Head]) -> Rows:
    def decided() -> Rows:
        decision: Decision = write.decide(heads)
        return rows_of(write, decision, heads)

    return await asyncio.to_thread(decided) if len(write.model_ids) > _THREAD_FROM else decided()


async def _send(connection: Connection, write: Write, rows: Rows) -> psycopg.AsyncCursor[tuple[Any, ...]] | None:
    if rows.unused:
        await connection.execute(statements.FORGET_PLACEHOLDERS, {"ids": list(rows.unused)})
    if rows.listed:
        await connection.execute(statements.LIST, {"rows": rows.listed})
    for source_id, model_ids in rows.unlisted.items():
        await connection.execute(statements.UNLIST, {"source_id": source_id, "ids": model_ids})
    committed = None
    if rows.revises:
        if write.beside is not None:
            await write.beside.write(connection)
        committed = await connection.execute(statements.COMMIT, rows.parameters)
        if rows.statuses:
            await connection.execute(statements.STATUSES, {"statuses": rows.statuses})
        if write.beside is not None:
            await write.beside.put_revision(connection)
    elif not write.source_id:
        await connection.execute(statements.AUDIT, rows.parameters)
    if write.request is not None:
        await connection.execute(statements.ANSWER, rows.parameters)
    return committed


def _answered_before(write: Write, row: RequestRow) -> Committed:
    assert write.request is not None
    if row.payload_hash != write.request.payload_hash:
        raise RequestIdReused(write.request.request_id)
    return Committed(
        revision=row.revision,
        answer=row.answer,
        answer_model=_answer_model(row.model_id, row.model_version),
        replayed=True,
    )


def _answer_model(model_id: str | None, version: int | None) -> tuple[str, int] | None:
    return (model_id, version) if model_id is not None and version is not None else None
