"""The bare thing of a feed: a `grpc.aio` server whose streams write one message again and again, or nothing at all.

Run as a program of its own, `python -m benchmarks.bare_feed ADDRESS FILE`; `BareFeed` does that.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import grpc
import uvloop

from benchmarks.bare_grpc import BareServer

FLOOD = "/bare/Flood"
IDLE = "/bare/Idle"


class _Streams(grpc.GenericRpcHandler):
    def __init__(self, message: bytes) -> None:
        async def flood(_request: bytes, context: grpc.aio.ServicerContext[Any, Any]) -> None:
            while True:
                await context.write(message)

        async def idle(_request: bytes, context: grpc.aio.ServicerContext[Any, Any]) -> None:
            await context.send_initial_metadata(())
            await asyncio.Event().wait()

        self._handlers: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
            FLOOD: grpc.unary_stream_rpc_method_handler(flood),
            IDLE: grpc.unary_stream_rpc_method_handler(idle),
        }

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[Any, Any] | None:
        return self._handlers.get(details.method)


async def _serve(address: str, message: bytes) -> None:
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((_Streams(message),))
    server.add_insecure_port(address)
    await server.start()
    await server.wait_for_termination()


class BareFeed(BareServer):
    """The bare streams in a process of their own. Use it as a context."""

    module = "benchmarks.bare_feed"


if __name__ == "__main__":
    uvloop.run(_serve(sys.argv[1], Path(sys.argv[2]).read_bytes()))
