"""Resident memory of the server with 5,000 models, each read once, after a load of GetModel; beside a bare server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from benchmarks.bare_grpc import BareServer
from benchmarks.case import Bar, Case, Plan
from benchmarks.cases import get_model
from benchmarks.catalogue import all_models
from benchmarks.process import resident_mb
from benchmarks.rounds import Reading, Turn
from benchmarks.service import Service, packaged
from modeldex.v1 import discovery_service_pb2 as pb


@contextmanager
def _open(plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with packaged() as service:
        _read_every_model(service)
        answer = service.call("GetModel", get_model.REQUEST)
        with BareServer(answer) as bare:
            yield {"bare grpc.aio": _loaded(bare, answer, plan), "modeldex": _loaded(service, answer, plan)}


def _read_every_model(service: Service) -> None:
    """Fills the cache as a server in use has it."""
    ids = [model.id for model in all_models(service)]
    for first in range(0, len(ids), 500):
        service.call("BatchGetModels", pb.BatchGetModelsRequest(ids=ids[first : first + 500]).SerializeToString())


def _loaded(server: Service | BareServer, answer: bytes, plan: Plan) -> Turn:
    calls = get_model.calls(server, answer, plan.seconds)

    def turn() -> Reading:
        rate = calls().value
        return Reading(resident_mb(server.pid), {"calls/s before": rate})

    return turn


CASE = Case(
    name="memory",
    title="resident memory of the server process with all packaged models read, after a load of GetModel",
    unit="MB",
    open=_open,
    base="bare grpc.aio",
    bars=(Bar("modeldex", 200),),
    rounds=3,
    tools=("h2load",),
)
