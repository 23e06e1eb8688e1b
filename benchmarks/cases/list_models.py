"""ListModels with a capability and a price ceiling, page by page, beside the same pages in plain SQL.

The time in the server is that of a client with one call at a time, less that of a bare call (the health service) made
between any two pages on the same connection; what the client saw is told beside it.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sized
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.case import Bar, Case, Plan
from benchmarks.catalogue import enlarged, packaged_snapshot, parts
from benchmarks.postgres import DATABASE, connect
from benchmarks.rounds import Reading, Turn
from benchmarks.service import HEALTH, PACKAGED_MODELS, Service, packaged, scratch
from modeldex.v1 import discovery_service_pb2 as pb

_PAGE = 50
_MODELS_OF_A_FILE = 60_000
# The ids first: a join under the limit is planned over the whole list.
_SQL = """
SELECT page.id, v.document
  FROM (SELECT m.id, m.version
          FROM model m
         WHERE m.live AND NOT m.unlisted AND m.stage <> 5
           AND m.terms @> '{cap:function_calling}' AND m.price_input <= 1
           AND m.id > %(after)s
         ORDER BY m.id
         LIMIT 51) page
  JOIN model_version v ON v.model_id = page.id AND v.version = page.version
 ORDER BY page.id"""


@contextmanager
def _open(plan: Plan, models: int) -> Iterator[Mapping[str, Turn]]:
    with scratch() as folder:
        environment = _sources(folder, models) if models > PACKAGED_MODELS else {}
        with packaged(environment, models) as service, connect(service.data, DATABASE) as connection:
            connection.execute("ANALYZE")  # what autovacuum does within a minute of the refresh
            places = _places(service)
            yield {
                "plain SQL": _queries(connection, cycle(places), plan.seconds),
                "ListModels": _pages(service, cycle(places), plan.seconds),
            }


def _sources(folder: Path, models: int) -> dict[str, str]:
    """Settings for a larger catalogue: files of the packaged one's shape, a source each, for a file has its limit."""
    environment: dict[str, str] = {}
    for number, part in enumerate(parts(enlarged(packaged_snapshot(), models), most=_MODELS_OF_A_FILE), start=1):
        file = folder / f"models-{number}.json"
        file.write_text(json.dumps(part, separators=(",", ":")), encoding="utf-8")
        name = "MODELDEX_SOURCES__MODELS_DEV" + (f"_{number}" if number > 1 else "")
        environment |= {f"{name}__KIND": "models_dev", f"{name}__FILE": str(file)}
    return environment


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page begins: the token that asks for it, and the id before it."""

    token: str
    after: str


def _places(service: Service) -> list[_Place]:
    """Where the pages of the whole list begin, in random order, the same in every run: both sides ask for the same."""
    places = [_Place("", "")]
    while True:
        answer = _page(service, places[-1].token)
        if not answer.next_page_token:
            random.Random(0).shuffle(places)
            return places
        places.append(_Place(answer.next_page_token, answer.models[-1].id))


def _page(service: Service, token: str) -> pb.ListModelsResponse:
    return pb.ListModelsResponse.FromString(service.call("ListModels", _request(token)))


def _request(token: str) -> bytes:
    request = pb.ListModelsRequest(page_size=_PAGE, page_token=token)
    request.filter.capabilities_true.append("function_calling")
    request.filter.price_ceilings.add(meter="input", max_amount="1")
    return request.SerializeToString()


def _pages(service: Service, places: Iterator[_Place], seconds: float) -> Turn:
    def turn() -> Reading:
        pages, bare = [], []
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            request = _request(next(places).token)
            pages.append(_milliseconds(partial(service.call, "ListModels", request)))
            bare.append(_milliseconds(partial(service.raw, HEALTH, b"", 5)))
        page, way = statistics.median(pages), statistics.median(bare)
        beside = {"client p50 ms": page, "client p99 ms": _percentile(pages, 0.99), "bare call ms": way}
        return Reading(page - way, beside)

    return turn


def _queries(connection: psycopg.Connection, places: Iterator[_Place], seconds: float) -> Turn:
    def turn() -> Reading:
        taken = []
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            taken.append(_milliseconds(partial(_query, connection, next(places).after)))
        return Reading(statistics.median(taken), {"p99 ms": _percentile(taken, 0.99)})

    return turn


def _query(connection: psycopg.Connection, after: str) -> list[tuple[Any, ...]]:
    return connection.execute(_SQL, {"after": after}, prepare=True).fetchall()


def _milliseconds(work: Callable[[], Sized]) -> float:
    """How long it took. Raises LookupError where it gave nothing."""
    begin = time.perf_counter()
    given = work()
    taken = (time.perf_counter() - begin) * 1e3
    if not given:
        raise LookupError("a page without models")
    return taken


def _percentile(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def _case(name: str, models: int, limit: float) -> Case:
    def opened(plan: Plan) -> AbstractContextManager[Mapping[str, Turn]]:
        return _open(plan, models)

    return Case(
        name=name,
        title=f"ListModels: function_calling, input price at most 1, pages of {_PAGE}, {models:,} models; p50 in it",
        unit="ms",
        open=opened,
        base="plain SQL",
        bars=(Bar("ListModels", limit),),
    )


CASE_5K = _case("list_models_5k", PACKAGED_MODELS, 3)
CASE_100K = _case("list_models_100k", 100_000, 15)
