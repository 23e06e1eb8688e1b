"""The first refresh of the packaged models, beside a bare COPY and merge of the same documents; and one that finds
nothing new.

The first refresh is timed by the server: from when the source's refresh began to when its listing was in, as GetStatus
tells. The bare thing is timed by its client, from the first row to the commit.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import grpc
import psycopg

from benchmarks.case import Bar, Case, Plan
from benchmarks.postgres import DATABASE, connect, second_database
from benchmarks.rounds import Reading, Turn
from benchmarks.service import DISCOVERY, PACKAGED_MODELS, Service, packaged
from modeldex.v1 import discovery_service_pb2 as pb

_SOURCE = "models_dev"
_PROVIDERS = 132

# The documents as they are served, each with all that lists filter and order by.
_ROWS = """
SELECT m.*, v.document
  FROM model m JOIN model_version v ON v.model_id = m.id AND v.version = m.version
 ORDER BY m.id"""
_PLAIN = """
DROP TABLE IF EXISTS plain;
CREATE TABLE plain (LIKE model, document bytea, PRIMARY KEY (id));"""
_INDEXES = """
CREATE INDEX ON plain (provider_id, id);
CREATE INDEX ON plain (canonical_id);
CREATE INDEX ON plain USING gin (terms);
CREATE INDEX ON plain USING gin (search_text gin_trgm_ops);
CREATE INDEX ON plain (price_input, id);"""
_INCOMING = "CREATE TEMPORARY TABLE incoming (LIKE plain) ON COMMIT DROP"
_COPY = "COPY incoming FROM STDIN (FORMAT BINARY)"
_MERGE = """
INSERT INTO plain AS p SELECT * FROM incoming
ON CONFLICT (id) DO UPDATE SET document = EXCLUDED.document, terms = EXCLUDED.terms, prices = EXCLUDED.prices
 WHERE p.document IS DISTINCT FROM EXCLUDED.document"""


@contextmanager
def _open_first(_plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with (
        packaged() as service,
        connect(service.data, DATABASE) as own,
        second_database(service.data) as other,
        other.cursor() as cursor,
    ):
        read = own.execute(_ROWS)
        types = [column.type_code for column in read.description or ()]
        rows = read.fetchall()
        yield {
            "COPY and merge, 5 indexes": lambda: _copy_and_merge(cursor, rows, types, _PLAIN + _INDEXES),
            "COPY and merge, no index": lambda: _copy_and_merge(cursor, rows, types, _PLAIN),
            "first refresh": _first_refresh,
        }


def _first_refresh() -> Reading:
    with packaged() as service:
        source = next(source for source in service.status().sources if source.id == _SOURCE)
        taken = source.last_success_time.ToNanoseconds() - source.last_start_time.ToNanoseconds()
        return Reading(taken / 1e9, {"models": source.model_count})


def _copy_and_merge(cursor: psycopg.Cursor[Any], rows: list[Any], types: list[int], tables: str) -> Reading:
    cursor.execute(tables.encode())
    begin = time.perf_counter()
    with cursor.connection.transaction():
        cursor.execute(_INCOMING)
        with cursor.copy(_COPY) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)
        cursor.execute(_MERGE)
    return Reading(time.perf_counter() - begin, {"models": len(rows)})


@contextmanager
def _open_quiet(_plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with packaged() as service, connect(service.data, DATABASE) as connection:
        yield {"RefreshProviders": lambda: _quiet_refresh(service, connection)}


def _quiet_refresh(service: Service, connection: psycopg.Connection) -> Reading:
    before = _counted(connection)
    begin = time.perf_counter()
    results = list(_refresh_all(service))
    taken = time.perf_counter() - begin
    after = _counted(connection)
    return Reading(
        taken,
        {
            "providers": len(results),
            "failed": sum(bool(result.errors) for result in results),
            "unchanged models": sum(result.unchanged_count for result in results),
            "revisions": after[0] - before[0],
            "version rows": after[1] - before[1],
            "event rows": after[2] - before[2],
        },
    )


def _refresh_all(service: Service) -> Iterator[pb.RefreshResult]:
    call: grpc.UnaryStreamMultiCallable[bytes, bytes] = service.channel.unary_stream(DISCOVERY + "RefreshProviders")
    for answer in call(b"", timeout=120):
        yield pb.RefreshProvidersResponse.FromString(answer).result


def _counted(connection: psycopg.Connection) -> tuple[int, int, int]:
    """(revisions, version rows, event rows) as the tables have them."""
    row = connection.execute(
        "SELECT (SELECT revision FROM ledger_head), (SELECT count(*) FROM model_version),"
        " (SELECT count(*) FROM update_event)"
    ).fetchone()
    assert row is not None
    return row


FIRST = Case(
    name="first_refresh",
    title=f"first refresh of {PACKAGED_MODELS:,} models: reading, mapping, comparing, versions, events",
    unit="s",
    open=_open_first,
    base="COPY and merge, 5 indexes",
    bars=(Bar("first refresh", 8, of="ratio"),),
    rounds=3,
)
QUIET = Case(
    name="noop_refresh",
    title=f"RefreshProviders of all {_PROVIDERS} providers that finds nothing new",
    unit="s",
    open=_open_quiet,
    bars=(
        Bar("RefreshProviders", 1.5),
        Bar("RefreshProviders", 0, of="revisions"),
        Bar("RefreshProviders", 0, of="version rows"),
        Bar("RefreshProviders", 0, of="failed"),
        Bar("RefreshProviders", _PROVIDERS, at_least=True, of="providers"),
    ),
    rounds=5,
)
