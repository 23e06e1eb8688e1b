"""GetModel as of a revision, of models with 1,000 versions each and 1,000,000 in all, beside the current GetModel.

Both are read from PostgreSQL: the server's memory is switched off. The time in the server is that of a client with one
call at a time, less that of a bare call (the health service) made between any two on the same connection.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import psycopg

from benchmarks.case import Bar, Case, Plan
from benchmarks.documents import documents, postgres
from benchmarks.rounds import Reading, Turn
from benchmarks.service import HEALTH, Service, scratch
from modeldex.v1 import discovery_service_pb2 as pb
from modeldex_server.ledger.documents import encode

_MODELS, _VERSIONS = 1_000, 1_000
_BEGAN = 1_767_225_600  # 2026-01-01; a revision a second
_SETTINGS = {
    "MODELDEX_DISCOVERY__CACHE_ENABLED": "false",
    "MODELDEX_SOURCES__MODELS_DEV__ENABLED": "false",
    "MODELDEX_HISTORY__CLEANUP": "false",
}

# Version v of model m is of revision (v - 1) * models + m, so that the versions of a model lie far apart, as they do.
_FILL_VERSIONS = """
INSERT INTO model_version (model_id, version, revision, operation, document, changes, principal, source_id, reason,
                           created_at, committed_at)
SELECT 'acme/model-' || m, v, (v - 1) * %(models)s + m, CASE v WHEN 1 THEN 1 ELSE 2 END, %(document)s, '', 'discovery',
       'bench', '', to_timestamp(%(began)s + m), to_timestamp(%(began)s + (v - 1) * %(models)s + m)
FROM generate_series(1, %(versions)s) v, generate_series(1, %(models)s) m"""
_FILL_MODELS = """
INSERT INTO model (id, provider_id, version, revision, created_at, live, private)
SELECT 'acme/model-' || m, 'acme', %(versions)s, (%(versions)s - 1) * %(models)s + m, to_timestamp(%(began)s + m), true,
       false
FROM generate_series(1, %(models)s) m"""
_HEAD = """
UPDATE ledger_head SET revision = %(all)s, compacted = %(all)s, committed_at = to_timestamp(%(began)s + %(all)s)"""


@contextmanager
def _open(plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with postgres() as url, scratch() as folder:
        _fill(url)
        with Service(folder / "data", _SETTINGS | {"MODELDEX_DATABASE_URL": url}) as service:
            service.wait_until_serving(120)
            yield {
                "GetModel": _reads(service, _current, plan.seconds),
                "as of a revision": _reads(service, _as_of_revision, plan.seconds),
                "as of a time": _reads(service, _as_of_time, plan.seconds),
            }


def _fill(url: str) -> None:
    values = {
        "models": _MODELS,
        "versions": _VERSIONS,
        "all": _MODELS * _VERSIONS,
        "began": _BEGAN,
        "document": encode(documents(1)[0]),
    }
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_FILL_VERSIONS, values)
        connection.execute(_FILL_MODELS, values)
        connection.execute(_HEAD, values)
        connection.execute("VACUUM ANALYZE model_version")  # what autovacuum does within a minute
        connection.execute("VACUUM ANALYZE model")


def _current(chance: random.Random) -> pb.GetModelRequest:
    return pb.GetModelRequest(id=f"acme/model-{chance.randint(1, _MODELS)}")


def _as_of_revision(chance: random.Random) -> pb.GetModelRequest:
    request = _current(chance)
    request.as_of_revision = chance.randint(_MODELS, _MODELS * _VERSIONS)
    return request


def _as_of_time(chance: random.Random) -> pb.GetModelRequest:
    request = _current(chance)
    request.as_of_time.seconds = _BEGAN + chance.randint(_MODELS, _MODELS * _VERSIONS)
    return request


def _reads(service: Service, make: Callable[[random.Random], pb.GetModelRequest], seconds: float) -> Turn:
    chance = random.Random(0)

    def turn() -> Reading:
        reads, bare = [], []
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            request = make(chance).SerializeToString()
            reads.append(_milliseconds(partial(service.call, "GetModel", request)))
            bare.append(_milliseconds(partial(service.raw, HEALTH, b"", 5)))
        read, way = statistics.median(reads), statistics.median(bare)
        return Reading(read - way, {"client p50 ms": read, "bare call ms": way})

    return turn


def _milliseconds(work: Callable[[], bytes]) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1e3


CASE = Case(
    name="model_as_of",
    title=f"GetModel as of a revision, from PostgreSQL, {_VERSIONS:,} versions of each of {_MODELS:,} models; p50",
    unit="ms",
    open=_open,
    base="GetModel",
    bars=(Bar("as of a revision", 2, of="ratio"),),
)
