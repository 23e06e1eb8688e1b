"""ListModels with a capability and a price ceiling, page after page, beside the same question in plain SQL.

The time is the client's, with one caller on one connection: what the server takes and the way there and back, so an
upper bound of the server's own time. `a bare call` is that way alone: the same channel asking the health service.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg

from benchmarks.case import Bar, Case, Plan
from benchmarks.catalogue import enlarged, packaged_snapshot, parts
from benchmarks.postgres import DATABASE, connect
from benchmarks.rounds import Reading, Turn
from benchmarks.service import HEALTH, PACKAGED_MODELS, Service, packaged, scratch
from modeldex.v1 import discovery_service_pb2 as pb

_PAGE = 50
_MODELS_OF_A_FILE = 60_000
_SQL = """
SELECT m.id, v.document
  FROM model m JOIN model_version v ON v.model_id = m.id AND v.version = m.version
 WHERE m.live AND NOT m.unlisted AND m.stage <> 5
   AND m.terms @> '{cap:function_calling}' AND m.price_input <= 1
   AND m.id > %(after)s
 ORDER BY m.id
 LIMIT 51"""


@contextmanager
def _open(plan: Plan, models: int) -> Iterator[Mapping[str, Turn]]:
    with scratch() as folder:
        environment = _sources(folder, models) if models > PACKAGED_MODELS else {}
        with packaged(environment, models) as service, connect(service.data, DATABASE) as connection:
            connection.execute("ANALYZE")  # what autovacuum does within a minute of the refresh
            yield {
                "plain SQL": _timed(_sql_pages(connection), plan.seconds),
                "a bare call": _timed(_bare_calls(service), plan.seconds),
                "ListModels": _timed(_pages(service), plan.seconds),
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


def _timed(step: Callable[[], None], seconds: float) -> Turn:
    """Steps one after the other for a while; the value is the median step in milliseconds."""

    def turn() -> Reading:
        taken = []
        end = time.perf_counter() + seconds
        while (begin := time.perf_counter()) < end:
            step()
            taken.append((time.perf_counter() - begin) * 1e3)
        return Reading(statistics.median(taken), {"p99 ms": _percentile(taken, 0.99), "pages": len(taken)})

    return turn


def _percentile(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def _pages(service: Service) -> Callable[[], None]:
    """Asks for the next page each time and begins again after the last, so every part of the list has its share."""
    request = pb.ListModelsRequest(page_size=_PAGE)
    request.filter.capabilities_true.append("function_calling")
    request.filter.price_ceilings.add(meter="input", max_amount="1")

    def step() -> None:
        answer = pb.ListModelsResponse.FromString(service.call("ListModels", request.SerializeToString()))
        if not answer.models:
            raise LookupError("a page without models")
        request.page_token = answer.next_page_token

    return step


def _bare_calls(service: Service) -> Callable[[], None]:
    def step() -> None:
        service.raw(HEALTH, b"", 5)

    return step


def _sql_pages(connection: psycopg.Connection) -> Callable[[], None]:
    after = [""]

    def step() -> None:
        rows = connection.execute(_SQL, {"after": after[0]}, prepare=True).fetchall()
        after[0] = rows[_PAGE - 1][0] if len(rows) > _PAGE else ""

    return step


def _case(name: str, models: int, limit: float) -> Case:
    def opened(plan: Plan) -> AbstractContextManager[Mapping[str, Turn]]:
        return _open(plan, models)

    return Case(
        name=name,
        title=f"ListModels: function_calling and input price at most 1, pages of {_PAGE}, {models:,} models; median",
        unit="ms",
        open=opened,
        base="plain SQL",
        bars=(Bar("ListModels", limit),),
    )


CASE_5K = _case("list_models_5k", PACKAGED_MODELS, 3)
CASE_100K = _case("list_models_100k", 100_000, 15)
