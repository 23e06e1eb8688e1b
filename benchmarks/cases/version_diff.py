"""Reading the first version of a model and its hundredth, and comparing two of them, over real documents: nothing is
put together from the versions between."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import psycopg

from benchmarks.case import Bar, Case, Plan
from benchmarks.documents import changed, documents, postgres
from benchmarks.in_server import history
from benchmarks.rounds import Turn
from benchmarks.service import Service, scratch
from modeldex.v1 import history_service_pb2 as api
from modeldex.v1 import model_pb2
from modeldex_server.ledger.documents import encode

_MODELS, _VERSIONS = 500, 100
_SETTINGS = {"MODELDEX_SOURCES__MODELS_DEV__ENABLED": "false", "MODELDEX_HISTORY__CLEANUP": "false"}

_FILL_VERSION = """
INSERT INTO model_version (model_id, version, revision, operation, document, changes, principal, source_id, reason,
                           created_at, committed_at)
VALUES (%s, %s, %s, 2, %s, '', 'discovery', 'bench', '', now(), to_timestamp(%s))"""
_FILL_MODELS = """
INSERT INTO model (id, provider_id, version, revision, created_at, live, private)
SELECT model_id, split_part(model_id, '/', 1), version, revision, created_at, true, false
FROM model_version WHERE version = %s"""
_HEAD = "UPDATE ledger_head SET revision = %(all)s, compacted = %(all)s"
_BEGAN = 1_767_225_600  # 2026-01-01; a revision a second


@contextmanager
def _open(plan: Plan) -> Iterator[Mapping[str, Turn]]:
    models = random.Random(0).sample(documents(2_000), _MODELS)
    with postgres() as url, scratch() as folder:
        _fill(url, models)
        with Service(folder / "data", _SETTINGS | {"MODELDEX_DATABASE_URL": url}) as service:
            service.wait_until_serving(120)
            yield {
                "version 1": history(service, "GetModelVersion", _version(models, 1), plan.seconds),
                "version 100": history(service, "GetModelVersion", _version(models, _VERSIONS), plan.seconds),
                "diff": history(service, "CompareModelVersions", _pairs(models), plan.seconds),
            }


def _fill(url: str, models: Sequence[model_pb2.Model]) -> None:
    revisions = iter(range(1, _MODELS * _VERSIONS + 1))
    rows = (
        (model.id, version, revision, encode(changed(model, version)), _BEGAN + revision)
        for version in range(1, _VERSIONS + 1)
        for model, revision in zip(models, revisions, strict=False)
    )
    with psycopg.connect(url, autocommit=True) as connection:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.executemany(_FILL_VERSION, rows)
        connection.execute(_FILL_MODELS, [_VERSIONS])
        connection.execute(_HEAD, {"all": _MODELS * _VERSIONS})
        connection.execute("VACUUM ANALYZE model_version")  # what autovacuum does within a minute
        connection.execute("VACUUM ANALYZE model")


def _version(models: Sequence[model_pb2.Model], version: int) -> Iterator[api.GetModelVersionRequest]:
    chance = random.Random(0)
    while True:
        yield api.GetModelVersionRequest(model_id=chance.choice(models).id, version=version)


def _pairs(models: Sequence[model_pb2.Model]) -> Iterator[api.CompareModelVersionsRequest]:
    chance = random.Random(0)
    while True:
        first, last = chance.sample(range(1, _VERSIONS + 1), 2)
        yield api.CompareModelVersionsRequest(model_id=chance.choice(models).id, from_version=first, to_version=last)


CASE = Case(
    name="version_diff",
    title=f"GetModelVersion and CompareModelVersions, {_VERSIONS} versions of each of {_MODELS} models; p50 in it",
    unit="ms",
    open=_open,
    base="version 1",
    bars=(Bar("diff", 3), Bar("version 100", 1.2, of="ratio")),
)
