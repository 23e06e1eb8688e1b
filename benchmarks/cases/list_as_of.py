"""ListModels as of a revision that many models were changed since, beside the current list: pages by id and by price.

The time is that of a client with one call at a time.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from benchmarks.case import Bar, Case, Plan
from benchmarks.documents import changed, documents, postgres
from benchmarks.rounds import Reading, Turn
from benchmarks.service import Service, scratch
from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import model_pb2
from modeldex_server.ledger.changes import Decision, Head, ModelChange, Operation, Write
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.store.database import Database

_MODELS, _CHANGED, _AT_A_TIME, _PAGE = 5_000, 2_000, 500, 50
_SETTINGS = {"MODELDEX_SOURCES__MODELS_DEV__ENABLED": "false", "MODELDEX_HISTORY__CLEANUP": "false"}
_PRICE = pb.MODEL_SORT_FIELD_INPUT_PRICE


@contextmanager
def _open(plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with postgres() as url, scratch() as folder:
        then = asyncio.run(_fill(url, documents(_MODELS)))
        with Service(folder / "data", _SETTINGS | {"MODELDEX_DATABASE_URL": url}) as service:
            service.wait_until_serving(120)
            yield {
                "by id": _pages(service, pb.ListModelsRequest(page_size=_PAGE), plan.seconds),
                "by price": _pages(service, pb.ListModelsRequest(page_size=_PAGE, sort_field=_PRICE), plan.seconds),
                "as of, by id": _pages(
                    service, pb.ListModelsRequest(page_size=_PAGE, as_of_revision=then), plan.seconds
                ),
                "as of, by price": _pages(
                    service,
                    pb.ListModelsRequest(page_size=_PAGE, sort_field=_PRICE, as_of_revision=then),
                    plan.seconds,
                ),
            }


async def _fill(url: str, models: Sequence[model_pb2.Model]) -> int:
    """The revision before the changes."""
    database = Database(url, size=2)
    await database.open()
    ledger = Ledger(database, lambda _: None)
    then = await _write(ledger, models)
    step = _MODELS // _CHANGED
    await _write(ledger, [changed(model, 1) for model in models[::step][:_CHANGED]])
    await database.execute("ANALYZE")  # what autovacuum does within a minute
    await database.close()
    return then


async def _write(ledger: Ledger, models: Sequence[model_pb2.Model]) -> int:
    revision = 0
    for first in range(0, len(models), _AT_A_TIME):
        wanted = {model.id: model for model in models[first : first + _AT_A_TIME]}

        def decide(heads: Mapping[str, Head], wanted: Mapping[str, model_pb2.Model] = wanted) -> Decision:
            return Decision(models=[ModelChange(head.id, _operation(head), wanted[head.id]) for head in heads.values()])

        write = Write("discovery", "Refresh", "", list(wanted), decide, create=True, timeout=None)
        revision = (await ledger.write(write)).revision
    return revision


def _operation(head: Head) -> Operation:
    return Operation.UPDATE if head.version else Operation.CREATE


def _pages(service: Service, request: pb.ListModelsRequest, seconds: float) -> Turn:
    """A turn that pages through the list, and begins anew where it ends."""
    token = ""

    def turn() -> Reading:
        nonlocal token
        taken = []
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            request.page_token = token
            begin = time.perf_counter()
            answer = service.call("ListModels", request.SerializeToString())
            taken.append((time.perf_counter() - begin) * 1e3)
            token = pb.ListModelsResponse.FromString(answer).next_page_token
        return Reading(statistics.median(taken), {"max ms": max(taken)})

    return turn


CASE = Case(
    name="list_as_of",
    title=f"ListModels as of a revision, {_MODELS:,} models, {_CHANGED:,} changed since, pages of {_PAGE}; client p50",
    unit="ms",
    open=_open,
    base=None,
    bars=(Bar("as of, by id", 50), Bar("as of, by price", 250)),
)
