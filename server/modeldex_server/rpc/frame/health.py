"""grpc.health.v1: which services serve.

Of our own instead of grpcio's servicer, whose `set` waits for every watcher (one that stopped reading holds up a
drain), and which forgets all watchers of a service when the first of them leaves. Here a watcher is woken and reads
what is true by then; nobody waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import grpc
from grpc_health.v1 import health_pb2 as pb
from grpc_health.v1 import health_pb2_grpc

from modeldex_server.rpc.frame.credentials import Context
from modeldex_server.rpc.frame.ending import end
from modeldex_server.rpc.frame.handlers import Handlers, captured

_SERVING = pb.HealthCheckResponse.SERVING
_NOT_SERVING = pb.HealthCheckResponse.NOT_SERVING
_UNKNOWN = pb.HealthCheckResponse.SERVICE_UNKNOWN


class Health(health_pb2_grpc.HealthServicer):  # type: ignore[misc] # has no types
    """The health of the server, "", and of each of its services. Nothing serves at first."""

    def __init__(self, services: Iterable[str]) -> None:
        self._status = dict.fromkeys(("", *services), _NOT_SERVING)
        self._watchers: set[asyncio.Event] = set()
        self._closed = False

    def set_serving(self, serving: bool, service: str | None = None) -> None:
        """Says that one service, or without a name all of them, serves or does not. After `close` nothing changes."""
        if self._closed:
            return
        for name in self._status if service is None else (service,):
            self._status[name] = _SERVING if serving else _NOT_SERVING
        self._wake()

    def end_watches(self) -> None:
        """Ends the streams of all watchers, for good; each is told to come again, elsewhere."""
        self._closed = True
        self._wake()

    def handlers(self) -> Handlers:
        """What gRPC calls, by the path of the method."""
        return captured(health_pb2_grpc.add_HealthServicer_to_server, self)

    async def Check(self, request: pb.HealthCheckRequest, context: Context) -> pb.HealthCheckResponse:  # noqa: N802 - gRPC's name
        """The health of a service now."""
        status = self._status.get(request.service)
        if status is None:
            aborting = context.abort(grpc.StatusCode.NOT_FOUND, "There is no such service.")
            del context
            await end(aborting)
        return pb.HealthCheckResponse(status=status)

    async def Watch(self, request: pb.HealthCheckRequest, context: Context) -> None:  # noqa: N802 - gRPC's name
        """The health of a service now and whenever it changes."""
        changed = asyncio.Event()
        self._watchers.add(changed)
        told = None
        try:
            while True:
                changed.clear()
                status = self._status.get(request.service, _UNKNOWN)
                if status != told:
                    await context.write(pb.HealthCheckResponse(status=status))
                    told = status
                elif self._closed:
                    break
                else:
                    await changed.wait()
        finally:
            self._watchers.discard(changed)
        aborting = context.abort(grpc.StatusCode.UNAVAILABLE, "The server is shutting down; watch again.")
        del context
        await end(aborting)

    def _wake(self) -> None:
        for watcher in self._watchers:
            watcher.set()
