"""The bare thing of a unary call: a `grpc.aio` server that reads nothing and answers fixed bytes to every method.

Run as a program of its own, `python -m benchmarks.bare_grpc ADDRESS FILE`; `BareServer` does that. It uses the event
loop, the release of grpcio and the kind of handlers of the real server: docs/decisions/0004.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

import grpc
import uvloop

from benchmarks.process import free_port, stop

_ROOT = Path(__file__).parents[1]


class _AnyMethod(grpc.GenericRpcHandler):
    def __init__(self, answer: bytes) -> None:
        async def handle(_request: bytes, _context: object) -> bytes:
            return answer

        self._handler: grpc.RpcMethodHandler[Any, Any] = grpc.unary_unary_rpc_method_handler(handle)

    def service(self, _details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[Any, Any]:
        return self._handler


async def _serve(address: str, answer: bytes) -> None:
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((_AnyMethod(answer),))
    server.add_insecure_port(address)
    await server.start()
    await server.wait_for_termination()


class BareServer:
    """The bare handler in a process of its own. Use it as a context."""

    module = "benchmarks.bare_grpc"  # the program

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self.address = f"127.0.0.1:{free_port()}"

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="modeldex-bench-")
        file = Path(self._folder.name, "answer")
        file.write_bytes(self._answer)
        command = [sys.executable, "-m", self.module, self.address, str(file)]
        self.process = subprocess.Popen(command, cwd=_ROOT)
        self._wait_until_ready(time.monotonic() + 30)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        stop(self.process)
        self._folder.cleanup()

    def _wait_until_ready(self, end: float) -> None:
        with grpc.insecure_channel(self.address) as channel:
            grpc.channel_ready_future(channel).result(timeout=max(0.0, end - time.monotonic()))

    @property
    def pid(self) -> int:
        """The handler's process."""
        return self.process.pid


if __name__ == "__main__":
    uvloop.run(_serve(sys.argv[1], Path(sys.argv[2]).read_bytes()))
