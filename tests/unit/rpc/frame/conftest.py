"""A real server with a servicer of the tests, and a client of it, in the loop of the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import discovery_service_pb2_grpc
from modeldex_server import settings as configuration
from modeldex_server.capabilities.vocabulary import Vocabulary
from modeldex_server.metrics import Metrics
from modeldex_server.rpc.frame.server import Server
from modeldex_server.security.attempts import Attempt
from modeldex_server.security.identity import Identity

SERVICE = pb.DESCRIPTOR.services_by_name["DiscoveryService"]


class Servicer:
    """Answers GetModel with the id it was asked for, and the rest with nothing, unless a test says otherwise."""

    def __init__(self) -> None:
        self.get_model: Callable[[Any, Any], Awaitable[Any]] | None = None
        self.save_model: Callable[[Any, Any], Awaitable[Any]] | None = None
        self.refresh: Callable[[Any, Any], Awaitable[None]] | None = None
        self.principals: list[str] = []  # of the calls; a call itself, kept, would keep its stream open

    async def GetModel(self, request: pb.GetModelRequest, call: Any) -> Any:
        self.principals.append(call.principal.name)
        if self.get_model is not None:
            return await self.get_model(request, call)
        answer = pb.GetModelResponse(revision=7)
        answer.model.id = request.id
        return answer

    async def SaveModel(self, request: pb.SaveModelRequest, call: Any) -> Any:
        return await self.save_model(request, call) if self.save_model is not None else pb.SaveModelResponse()

    async def RefreshProviders(self, request: pb.RefreshProvidersRequest, call: Any) -> None:
        if self.refresh is not None:
            await self.refresh(request, call)

    def __getattr__(self, name: str) -> Any:
        if name not in SERVICE.methods_by_name:
            raise AttributeError(name)

        async def empty(request: Any, call: Any) -> bytes:
            return b""

        return empty


class KeptAttempts:
    """An audit trail of the tests, in memory. It admits all but what `closed` names."""

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []
        self.closed: set[str] = set()

    def admits(self, method: str, principal: str, outcome: str) -> bool:
        return outcome not in self.closed

    async def add(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)


class Frame:
    """A server of the tests: its servicer, its audit trail, its address, a stub."""

    def __init__(
        self, server: Server, servicer: Servicer, trail: KeptAttempts, address: str, channel: grpc.aio.Channel
    ) -> None:
        self.server = server
        self.servicer = servicer
        self.trail = trail
        self.address = address
        self.channel = channel
        self.stub: Any = discovery_service_pb2_grpc.DiscoveryServiceStub(channel)


Start = Callable[..., Awaitable[Frame]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Starts servers; takes settings by name, and `ready=False` for one that has not loaded its catalogue."""
    async with AsyncExitStack() as stack:

        async def begin(*, ready: bool = True, **options: Any) -> Frame:
            return await stack.enter_async_context(_running(tmp_path, ready, options))

        yield begin


@asynccontextmanager
async def _running(folder: Path, ready: bool, options: dict[str, Any]) -> AsyncIterator[Frame]:
    defaults = {"listen": "127.0.0.1:0", "data_dir": folder, "drain_timeout": 2.0}
    settings = configuration.load(defaults | options)
    metrics = Metrics()
    certificates = settings.tls_client_ca is not None
    identity = Identity(settings.tokens_path, certificates=certificates, quota=settings.quota)
    trail = KeptAttempts()
    server = Server(settings, identity=identity, names=Vocabulary.load(), metrics=metrics, trail=trail)
    servicer = Servicer()
    server.add(SERVICE, servicer)
    address = await server.start()
    if ready:
        server.set_serving(True)
    async with grpc.aio.insecure_channel(address) as channel:
        frame = Frame(server, servicer, trail, address, channel)
        frame.metrics = metrics  # type: ignore[attr-defined]
        yield frame
    await asyncio.wait_for(server.drain(), 10)
