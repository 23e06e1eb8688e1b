"""GetModel of a warm model, beside a bare handler that answers the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from benchmarks.bare_grpc import BareServer
from benchmarks.case import Bar, Case, Plan
from benchmarks.h2load import load
from benchmarks.rounds import Reading, Turn
from benchmarks.service import DISCOVERY, Service, packaged
from modeldex.v1 import discovery_service_pb2 as pb

METHOD = DISCOVERY + "GetModel"
REQUEST = pb.GetModelRequest(id="openai/gpt-4o").SerializeToString()


def calls(server: Service | BareServer, answer: bytes, seconds: float) -> Turn:
    """A turn of GetModel calls against either server."""

    def turn() -> Reading:
        size = len(answer)
        measured = load(server.address, METHOD, REQUEST, answer_bytes=size, seconds=seconds, pid=server.pid)
        return Reading(measured.rate, {"server CPU us/call": measured.server_us, "answer bytes": size})

    return turn


@contextmanager
def _open(plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with packaged() as service:
        answer = service.call("GetModel", REQUEST)
        with BareServer(answer) as bare:
            yield {"bare grpc.aio": calls(bare, answer, plan.seconds), "modeldex": calls(service, answer, plan.seconds)}


CASE = Case(
    name="get_model",
    title="GetModel of a warm model, one process, h2load with 8 connections of 16 calls",
    unit="calls/s",
    open=_open,
    base="bare grpc.aio",
    bars=(Bar("modeldex", 0.9, at_least=True, of="ratio"),),
    tools=("h2load",),
)
