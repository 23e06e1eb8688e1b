"""Bytes on disk of a version, indexes included, beside the bytes of its snapshot: models that changed nine times each.

They are written as a refresh writes them, 500 models a revision, and a version changes two prices. A turn counts what
stands there. By default there are 5,000 models; MODELDEX_BENCH_MODELS=100000 takes so many, and a quarter of an hour.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import psycopg

from benchmarks.case import Bar, Case, Plan
from benchmarks.documents import changed, documents, postgres
from benchmarks.rounds import Reading, Turn
from modeldex.v1 import model_pb2
from modeldex_server.ledger.changes import Decision, Head, ModelChange, Operation, Write
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.store.database import Database

_MODELS = int(os.environ.get("MODELDEX_BENCH_MODELS", "5000"))
_VERSIONS = 10
_AT_A_TIME = 500
_SIZES = """
SELECT count(*), avg(octet_length(document))::float8, pg_total_relation_size('model_version'),
       pg_indexes_size('model_version')
FROM model_version"""


@contextmanager
def _open(_plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with postgres() as url:
        asyncio.run(_fill(url, documents(_MODELS)))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM model_version")  # the pending entries of an index are put in their places
            yield {
                "snapshot": lambda: Reading(_sizes(connection)[1]),
                "version": lambda: _version(connection),
            }


async def _fill(url: str, models: Sequence[model_pb2.Model]) -> None:
    database = Database(url, size=2)
    await database.open()
    ledger = Ledger(database, lambda _: None)
    for number in range(_VERSIONS):
        for first in range(0, len(models), _AT_A_TIME):
            await ledger.write(_refresh(models[first : first + _AT_A_TIME], number))
    await database.close()


def _refresh(models: Sequence[model_pb2.Model], number: int) -> Write:
    wanted = {model.id: changed(model, number) for model in models}

    def decide(heads: Mapping[str, Head]) -> Decision:
        return Decision(models=[ModelChange(head.id, _operation(head), wanted[head.id]) for head in heads.values()])

    return Write(
        "discovery", "Refresh", "models_dev", list(wanted), decide, source_id="models_dev", create=True, timeout=None
    )


def _operation(head: Head) -> Operation:
    return Operation.UPDATE if head.version else Operation.CREATE


def _version(connection: psycopg.Connection) -> Reading:
    count, snapshot, total, indexes = _sizes(connection)
    size = total / count
    return Reading(size, {"over the snapshot": size - snapshot, "of indexes": indexes / count, "versions": count})


def _sizes(connection: psycopg.Connection) -> tuple[int, float, int, int]:
    row = connection.execute(_SIZES).fetchone()
    assert row is not None
    return row


CASE = Case(
    name="version_size",
    title=f"bytes on disk of a version, indexes included: {_MODELS:,} models x {_VERSIONS} versions",
    unit="bytes",
    open=_open,
    base="snapshot",
    bars=(Bar("version", 600, of="excess", to="snapshot"),),
    rounds=1,
)
