"""The Python client beside the raw stubs: a unary call from both halves, and all models through the pager."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

import grpc

from benchmarks.case import Bar, Case, Plan
from benchmarks.rounds import Reading, Turn
from benchmarks.service import PACKAGED_MODELS, packaged
from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import model_pb2
from modeldex.v1.discovery_service_pb2_grpc import DiscoveryServiceStub
from modeldex_client import AsyncClient, Client, ModelFilter

_ID = "openai/gpt-4o"
_CALLS = 500
_PAGE = 500
_MICROSECONDS = 1e6
# All stages by name, so that retired models are listed too.
_ALL = ModelFilter(lifecycle_stages=[0, *model_pb2.LifecycleStage.values()[1:]], include_unlisted=True)


@contextmanager
def _open_unary(_plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with packaged() as service, Client(service.address) as client, grpc.insecure_channel(service.address) as channel:
        stub = DiscoveryServiceStub(channel)
        yield {
            "raw stub": lambda: _calls(lambda: stub.GetModel(pb.GetModelRequest(id=_ID), timeout=10)),
            "client": lambda: _calls(lambda: client.models.get(_ID)),
        }


def _calls(call: Callable[[], object]) -> Reading:
    begin = time.perf_counter()
    for _ in range(_CALLS):
        call()
    return Reading((time.perf_counter() - begin) / _CALLS * _MICROSECONDS)


@contextmanager
def _open_async(_plan: Plan) -> Iterator[Mapping[str, Turn]]:
    with packaged() as service, asyncio.Runner() as runner:
        client = AsyncClient(service.address)
        channel = runner.run(_channel(service.address))
        stub = DiscoveryServiceStub(channel)
        yield {
            "raw stub": lambda: runner.run(_awaits(lambda: stub.GetModel(pb.GetModelRequest(id=_ID), timeout=10))),
            "client": lambda: runner.run(_awaits(lambda: client.models.get(_ID))),
        }
        runner.run(client.close())
        runner.run(channel.close())


async def _channel(address: str) -> grpc.aio.Channel:
    return grpc.aio.insecure_channel(address)


async def _awaits(call: Callable[[], Awaitable[object]]) -> Reading:
    begin = time.perf_counter()
    for _ in range(_CALLS):
        await call()
    return Reading((time.perf_counter() - begin) / _CALLS * _MICROSECONDS)


@contextmanager
def _open_pager(_plan: Plan) -> Iterator[Mapping[str, Turn]]:
    options = [("grpc.max_receive_message_length", 64 << 20)]
    with (
        packaged() as service,
        Client(service.address) as client,
        grpc.insecure_channel(service.address, options=options) as channel,
    ):
        stub = DiscoveryServiceStub(channel)
        yield {
            "raw pages": lambda: _walk(lambda: _raw_pages(stub)),
            "pager": lambda: _walk(lambda: client.models.list(_ALL, page_size=_PAGE)),
        }


def _raw_pages(stub: DiscoveryServiceStub) -> Iterator[model_pb2.Model]:
    request = pb.ListModelsRequest(filter=_ALL, page_size=_PAGE)
    while True:
        page = stub.ListModels(request, timeout=10)
        yield from page.models
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


def _walk(models: Callable[[], Iterator[model_pb2.Model]]) -> Reading:
    begin = time.perf_counter()
    count = sum(1 for _ in models())
    if count != PACKAGED_MODELS:
        raise LookupError(f"{count} models were listed, not {PACKAGED_MODELS}")
    return Reading((time.perf_counter() - begin) * 1000, {"models": count})


UNARY = Case(
    name="client_call",
    title="models.get of the Python client beside the raw stub",
    unit="us",
    open=_open_unary,
    base="raw stub",
    bars=(Bar("client", 1.25, of="ratio"),),
)
ASYNC = Case(
    name="client_call_async",
    title="models.get of the asyncio client beside the raw stub",
    unit="us",
    open=_open_async,
    base="raw stub",
    bars=(Bar("client", 1.25, of="ratio"),),
)
PAGER = Case(
    name="client_pager",
    title=f"{PACKAGED_MODELS:,} models through the client's pager beside the raw pages of {_PAGE}",
    unit="ms",
    open=_open_pager,
    base="raw pages",
    bars=(Bar("pager", 1.2, of="ratio"),),
)
