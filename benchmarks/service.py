"""A real `modeldex serve`, started as a user starts it: one process, a data folder of its own, nothing but loopback."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import grpc
from grpc_health.v1 import health_pb2

from benchmarks.postgres import stop_leftover
from benchmarks.process import free_port, stop
from modeldex.v1 import discovery_service_pb2 as pb

DISCOVERY = "/modeldex.v1.DiscoveryService/"
PACKAGED_MODELS = 4_803
HEALTH = "/grpc.health.v1.Health/Check"
# Answers of 500 models may be larger than the 4 MB that grpc's clients take by default.
_OPTIONS = (("grpc.max_receive_message_length", 64 << 20),)
_OWN_CONNECTION = (("grpc.use_local_subchannel_pool", 1),)


class NotServingError(Exception):
    """The server ended, or was not ready in time. The last lines of its log are in the message."""


class Service:
    """A running server and one channel to it. Use it as a context: leaving it drains and ends the server."""

    def __init__(self, data: Path, environment: Mapping[str, str] | None = None) -> None:
        self.data = data
        self.address = f"127.0.0.1:{free_port()}"
        self._environment = dict(environment or {})

    def __enter__(self) -> Self:
        command = [str(Path(sys.executable).with_name("modeldex")), "serve", "--listen", self.address]
        command += ["--data-dir", str(self.data), "--metrics-listen", ""]
        self._log = (self.data.parent / f"{self.data.name}.log").open("ab")
        self.process = subprocess.Popen(command, stdout=self._log, stderr=self._log, env=self._clean_environment())
        self.channel = grpc.insecure_channel(self.address, options=_OPTIONS)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.channel.close()
        stop(self.process)
        self._log.close()
        stop_leftover(self.data)

    @property
    def pid(self) -> int:
        """The server's process."""
        return self.process.pid

    def _clean_environment(self) -> dict[str, str]:
        """No settings and no API keys of whoever runs this: a key would switch on a source that asks its provider."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "TZ") if name in os.environ}
        return {**kept, **self._environment}

    def call(self, method: str, request: bytes, timeout: float = 60) -> bytes:
        """Calls a method of DiscoveryService, bytes to bytes."""
        return self.raw(DISCOVERY + method, request, timeout)

    def raw(self, path: str, request: bytes, timeout: float) -> bytes:
        """Calls any unary method, bytes to bytes."""
        call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = self.channel.unary_unary(path)
        answer: bytes = call(request, timeout=timeout)
        return answer

    def status(self) -> pb.GetStatusResponse:
        """GetStatus."""
        return pb.GetStatusResponse.FromString(self.call("GetStatus", b""))

    def wait_until_serving(self, seconds: float) -> None:
        """Waits until the health service says SERVING. Raises NotServingError."""
        self._wait(self._serving, seconds)

    def wait_for_models(self, count: int, seconds: float) -> None:
        """Waits until at least so many models are served. Raises NotServingError, at once where a source failed."""
        self._wait(lambda: self._has_models(count), seconds)

    def _has_models(self, count: int) -> bool:
        status = self.status()
        if failed := [source.last_error.message for source in status.sources if source.HasField("last_error")]:
            raise NotServingError(f"a source failed: {'; '.join(failed)}")
        return status.total_models >= count

    def _serving(self) -> bool:
        # A channel that once failed to connect waits for seconds before the next try: a new one tries at once.
        with grpc.insecure_channel(self.address, options=_OWN_CONNECTION) as channel:
            call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(HEALTH)
            answer = health_pb2.HealthCheckResponse.FromString(call(b"", timeout=5))
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)

    def _wait(self, met: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if (code := self.process.poll()) is not None:
                raise NotServingError(f"the server ended with code {code}; its log ends: {self._log_end()}")
            try:
                if met():
                    return
            except grpc.RpcError:
                pass
            time.sleep(0.02)
        raise NotServingError(f"the server was not ready in {seconds:.0f} s; its log ends: {self._log_end()}")

    def _log_end(self) -> str:
        self._log.flush()
        return Path(self._log.name).read_text(encoding="utf-8", errors="replace")[-1500:]


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is cleared away afterwards. Open to all users: as root, PostgreSQL runs as another one."""
    with TemporaryDirectory(prefix="modeldex-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@contextmanager
def packaged(environment: Mapping[str, str] | None = None, models: int = PACKAGED_MODELS) -> Iterator[Service]:
    """A server with its first refresh behind it: the packaged models, or those that `environment` points it at."""
    with scratch() as folder, Service(folder / "data", environment) as service:
        service.wait_until_serving(120)
        service.wait_for_models(models, 600)
        yield service
