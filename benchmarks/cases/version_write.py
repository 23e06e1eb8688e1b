"""A write of versions beside the same transaction of a catalogue that keeps none: one model, and 100 in a revision.

The bare script sends the statements of the write path, in the same pipelines, over tables of the server's migrations in
a database of its own, but puts nothing into model_version: the document stands in the head of its model, where it is
read from and written to. "With versions" sends them as they are. For both the parameters were made before the time
runs; the ledger compares documents and makes its rows within its own.
"""

from __future__ import annotations

import asyncio
import statistics
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from typing import Any, LiteralString

import psycopg
import uvloop
from psycopg import sql
from psycopg.conninfo import make_conninfo

from benchmarks.case import Bar, Case, Plan
from benchmarks.documents import changed, documents, postgres
from benchmarks.rounds import Reading, Turn
from modeldex.v1 import discovery_service_pb2 as api
from modeldex.v1 import model_pb2
from modeldex_server.ledger import statements
from modeldex_server.ledger.changes import Decision, Head, ModelChange, Operation, RequestKey, Write
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.ledger.rows import rows_of
from modeldex_server.store.database import Connection, Database
from modeldex_server.store.migrate import migrate

_MANY = 100
_DOCUMENT = "ALTER TABLE model ADD COLUMN document bytea"
_HEADS: LiteralString = """
SELECT id, version, revision, created_at, live, private, pins, document
FROM model WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE"""
_BEFORE, _, _AFTER = statements.COMMIT.partition("versions AS (")
_COMMIT: LiteralString = (
    _BEFORE.replace("retires_at = i.retires_at", "retires_at = i.retires_at, document = decode(i.document, 'base64')")
    + "told AS ("
    + _AFTER.partition("told AS (")[2]
)


class _Models:
    """Models that are written again and again, with what each shall be next."""

    def __init__(self, models: Sequence[model_pb2.Model]) -> None:
        self._models = models
        self._number = 0

    def next(self) -> Write:
        """A write in which each has changed."""
        self._number += 1
        wanted = {model.id: changed(model, self._number) for model in self._models}
        request = RequestKey(str(uuid.uuid4()), b"0123456789abcdef")

        def decide(heads: Mapping[str, Head]) -> Decision:
            changes = [ModelChange(head.id, _operation(head), wanted[head.id], private=True) for head in heads.values()]
            return Decision(models=changes, answer=api.SaveModelResponse(changed=True))

        return Write("bench", "SaveModel", "", list(wanted), decide, request=request, create=True)


def _operation(head: Head) -> Operation:
    return Operation.UPDATE if head.version else Operation.CREATE


class _Kept:
    """The ledger."""

    def __init__(self, database: Database) -> None:
        self._ledger = Ledger(database, lambda _: None)

    async def write(self, write: Write) -> float:
        """Seconds that a write takes."""
        begin = time.perf_counter()
        committed = await self._ledger.write(write)
        taken = time.perf_counter() - begin
        assert len(committed.changed) == len(write.model_ids)
        return taken


class _Bare:
    """The same as plain statements: one that reads and locks the heads, and one that commits."""

    def __init__(self, connection: Connection, heads: LiteralString, commit: LiteralString) -> None:
        self._connection = connection
        self._heads = heads
        self._commit = commit

    async def write(self, write: Write) -> float:
        """Seconds that a write takes once it is known what it comes to."""
        parameters = await self._prepare(write)
        begin = time.perf_counter()
        await self._send(write, parameters)
        return time.perf_counter() - begin

    async def _prepare(self, write: Write) -> dict[str, Any]:
        ids = {"ids": sorted(write.model_ids)}
        await self._connection.execute(statements.PLACEHOLDERS, ids)
        rows = await (await self._connection.execute(self._heads, ids)).fetchall()
        heads = {row[0]: statements.HeadRow(*row).head({}) for row in rows}
        return rows_of(write, write.decide(heads), heads).parameters

    async def _send(self, write: Write, parameters: dict[str, Any]) -> None:
        assert write.request is not None
        connection, key = self._connection, {"principal": write.principal, "request_id": write.request.request_id}
        async with connection.pipeline(), connection.transaction():
            await (await connection.execute(self._heads, {"ids": sorted(write.model_ids)})).fetchall()
            await (await connection.execute(statements.REQUEST, key)).fetchone()
            await connection.execute(self._commit, parameters)
            await connection.execute(statements.ANSWER, parameters)


@contextmanager
def _open(plan: Plan) -> Iterator[Mapping[str, Turn]]:
    *many, one = documents(_MANY + 1)
    with postgres() as url, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        opened = AsyncExitStack()
        sides = runner.run(_sides(url, opened))
        yield {
            f"{name}, {size}": partial(_turn, runner, side, _Models(models), plan.seconds)
            for size, models in (("1 model", [one]), (f"{_MANY} models", many))
            for name, side in sides.items()
        }
        runner.run(opened.aclose())


async def _sides(url: str, opened: AsyncExitStack) -> Mapping[str, _Kept | _Bare]:
    database = Database(url, size=2)
    await database.open()
    opened.push_async_callback(database.close)
    without, within = [await _beside(database, name, opened) for name in ("without", "within")]
    await without.execute(_DOCUMENT)
    return {
        "without versions": _Bare(without, _HEADS, _COMMIT),
        "with versions": _Bare(within, statements.HEADS, statements.COMMIT),
        "ledger": _Kept(database),
    }


async def _beside(database: Database, name: str, opened: AsyncExitStack) -> Connection:
    """A database of its own."""
    await database.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    url = make_conninfo(database.url, dbname=name)
    await migrate(url)
    connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
    opened.push_async_callback(connection.close)
    return connection


def _turn(runner: asyncio.Runner, side: _Kept | _Bare, models: _Models, seconds: float) -> Reading:
    return runner.run(_again(side, models, seconds))


async def _again(side: _Kept | _Bare, models: _Models, seconds: float) -> Reading:
    """Writes them again and again for a while; the value is the median of milliseconds."""
    await side.write(models.next())
    taken, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        taken.append(1e3 * await side.write(models.next()))
    return Reading(statistics.median(taken), {"max ms": max(taken), "writes": len(taken)})


CASE = Case(
    name="version_write",
    title="a write of versions beside the same transaction without versions, fsync on",
    unit="ms",
    open=_open,
    bars=(
        Bar("ledger, 1 model", 1.4, of="ratio", to="without versions, 1 model"),
        Bar("with versions, 1 model", 1.4, of="ratio", to="without versions, 1 model"),
        Bar(f"with versions, {_MANY} models", 1.4, of="ratio", to=f"without versions, {_MANY} models"),
    ),
)
