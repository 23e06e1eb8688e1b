"""BatchGetModels of 100 ids, beside GetModel of one: models a second."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice

from benchmarks.bare_grpc import BareServer
from benchmarks.case import Bar, Case, Plan
from benchmarks.cases import get_model
from benchmarks.catalogue import all_models
from benchmarks.h2load import load
from benchmarks.rounds import Reading, Turn
from benchmarks.service import DISCOVERY, Service, packaged
from modeldex.v1 import discovery_service_pb2 as pb

_IDS = 100


@contextmanager
def _open(plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with packaged() as service:
        request = _request(service)
        answer = service.call("BatchGetModels", request)
        found = len(pb.BatchGetModelsResponse.FromString(answer).models)
        if found != _IDS:
            raise LookupError(f"{found} of {_IDS} models were answered")
        with BareServer(answer) as bare:
            yield {
                "GetModel": get_model.calls(service, service.call("GetModel", get_model.REQUEST), plan.seconds),
                f"BatchGetModels of {_IDS}": _batches(service, request, answer, plan.seconds),
                "bare grpc.aio, the same bytes": _batches(bare, request, answer, plan.seconds),
            }


def _request(service: Service) -> bytes:
    """100 ids from all over the catalogue, the same in every run."""
    ids = random.Random(0).sample([model.id for model in islice(all_models(service), 4_000)], _IDS)
    return pb.BatchGetModelsRequest(ids=ids).SerializeToString()


def _batches(server: Service | BareServer, request: bytes, answer: bytes, seconds: float) -> Turn:
    def turn() -> Reading:
        size, path = len(answer), DISCOVERY + "BatchGetModels"
        measured = load(server.address, path, request, answer_bytes=size, seconds=seconds, pid=server.pid)
        beside = {"calls/s": measured.rate, "server CPU us/call": measured.server_us, "answer bytes": size}
        return Reading(measured.rate * _IDS, beside)

    return turn


CASE = Case(
    name="batch_get",
    title=f"BatchGetModels of {_IDS} ids beside single GetModel",
    unit="models/s",
    open=_open,
    base="GetModel",
    bars=(Bar(f"BatchGetModels of {_IDS}", 40, at_least=True, of="ratio"),),
    tools=("h2load",),
)
