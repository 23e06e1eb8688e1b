"""ListModelChanges over 1,000,000 versions, filtered by time and field: fields that nearly every change touches and
fields that few do; beside the same page in plain SQL."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import psycopg

from benchmarks.case import Bar, Case, Plan
from benchmarks.documents import documents, postgres
from benchmarks.in_server import history, milliseconds, percentile
from benchmarks.rounds import Reading, Turn
from benchmarks.service import Service, scratch
from modeldex.v1 import history_service_pb2 as api
from modeldex.v1 import model_pb2, update_pb2
from modeldex_server.ledger import diff
from modeldex_server.ledger.documents import encode
from modeldex_server.ledger.terms import version_terms

_VERSIONS, _MODELS, _PAGE = 1_000_000, 100_000, 50
_BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
_SECONDS = 200  # from one revision to the next; ten versions each
_SETTINGS = {"MODELDEX_SOURCES__MODELS_DEV__ENABLED": "false", "MODELDEX_HISTORY__CLEANUP": "false"}

# Of a thousand versions so many touch a field.
_KINDS = {"prices": 550, "description": 300, "context_window": 140, "lifecycle": 9, "output_modalities": 1}
_ROWS = {"common field": "prices", "rare field": "lifecycle", "very rare field": "output_modalities"}

_FILL = """
INSERT INTO model_version (model_id, version, revision, operation, document, changes, terms, principal, source_id,
                           reason, created_at, committed_at)
SELECT 'p' || n %% 100 || '/m' || n %% %(models)s, n / %(models)s + 1, n / 10 + 1, 2, document, changes, terms,
       'discovery', 'bench', '', %(began)s, %(began)s + (n / 10 + 1) * %(seconds)s * interval '1 second'
FROM generate_series(0, %(versions)s - 1) n
JOIN kind ON kind.slot = (n * 7919::bigint) %% 1000
ORDER BY n"""
_SQL = """
SELECT model_id, version, revision, operation, changes, principal, source_id, reason, committed_at
  FROM model_version
 WHERE terms && ARRAY[%(field)s] AND committed_at >= %(start)s AND committed_at < %(end)s
 ORDER BY committed_at DESC, revision DESC, model_id
 LIMIT 51"""


@contextmanager
def _open(plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with postgres() as url, scratch() as folder:
        _fill(url)
        settings = _SETTINGS | {"MODELDEX_DATABASE_URL": url}
        with psycopg.connect(url, autocommit=True) as connection, Service(folder / "data", settings) as service:
            service.wait_until_serving(120)
            turns = {
                name: history(service, "ListModelChanges", _requests(field), plan.seconds)
                for name, field in _ROWS.items()
            }
            yield {"plain SQL": _queries(connection, plan.seconds), **turns}


def _fill(url: str) -> None:
    values = {"models": _MODELS, "versions": _VERSIONS, "began": _BEGAN, "seconds": _SECONDS}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TEMP TABLE kind (slot integer, document bytea, changes bytea, terms text[])")
        slots = iter(range(1000))
        for field, count in _KINDS.items():
            row = _version(field)
            for slot, _ in zip(slots, range(count), strict=False):
                connection.execute("INSERT INTO kind VALUES (%s, %s, %s, %s)", (slot, *row))
        connection.execute(_FILL, values)
        connection.execute("UPDATE ledger_head SET revision = %(all)s, compacted = %(all)s", {"all": _VERSIONS // 10})
        connection.execute("VACUUM ANALYZE model_version")  # what autovacuum does within a minute


def _version(field: str) -> tuple[bytes, bytes, list[str]]:
    """The document, the changes and the terms of a version that touches a field."""
    before = next(model for model in documents(1000) if model.prices and model.context_window)
    after = model_pb2.Model()
    after.CopyFrom(before)
    match field:
        case "prices":
            after.prices["input"].amount = "99"
        case "description":
            after.description = "Another description."
        case "context_window":
            after.context_window += 1
        case "lifecycle":
            after.lifecycle.retirement_time.FromJsonString("2027-01-01T00:00:00Z")
        case "output_modalities":
            after.output_modalities.append(model_pb2.MODALITY_SCORE)
    changes = diff.diff(before, after)
    terms = version_terms(2, "discovery", changes)
    return encode(after), update_pb2.ModelUpdate(changes=changes).SerializeToString(), terms


def _spans() -> Iterator[tuple[datetime, datetime]]:
    """Times to ask for: between a tenth of all and the half, anywhere."""
    chance, whole = random.Random(0), timedelta(seconds=_VERSIONS / 10 * _SECONDS)
    while True:
        length = whole * chance.uniform(0.1, 0.5)
        start = _BEGAN + (whole - length) * chance.random()
        yield start, start + length


def _requests(field: str) -> Iterator[api.ListModelChangesRequest]:
    for start, end in _spans():
        wanted = api.ModelChangeFilter(paths=[field], start_time=start, end_time=end)
        yield api.ListModelChangesRequest(filter=wanted, page_size=_PAGE)


def _queries(connection: psycopg.Connection, seconds: float) -> Turn:
    spans = _spans()

    def turn() -> Reading:
        taken = []
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            start, end = next(spans)
            taken.append(milliseconds(partial(_query, connection, {"field": "prices", "start": start, "end": end})))
        return Reading(sorted(taken)[len(taken) // 2], {"p99 ms": percentile(taken, 0.99)})

    return turn


def _query(connection: psycopg.Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return connection.execute(_SQL, values, prepare=True).fetchall()


CASE = Case(
    name="model_changes",
    title=f"ListModelChanges by time and field, {_VERSIONS:,} versions, pages of {_PAGE}; p50 in it",
    unit="ms",
    open=_open,
    base="plain SQL",
    bars=tuple(Bar(name, 50) for name in _ROWS),
)
