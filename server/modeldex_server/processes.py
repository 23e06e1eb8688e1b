"""Several server processes on one port: started by exec, watched, and ended together.

The supervisor holds the data folder and its PostgreSQL; it never imports grpc, whose threads do not survive a fork.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import structlog

from modeldex_server.errors import StartError
from modeldex_server.settings import WORKER_VARIABLE, Settings
from modeldex_server.settings.values import split_address
from modeldex_server.store import embedded
from modeldex_server.store.folder import FolderLock

log = structlog.get_logger()

_LOOK_SECONDS = 0.2
_BACKOFF_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0)
_HEALTHY_SECONDS = 60.0  # a process that ran as long begins with the shortest wait again
_REFUSED = 1  # the exit code of a process that cannot start: it would not the next time either


@dataclass
class _Worker:
    """One of the processes."""

    number: int
    process: subprocess.Popen[bytes]
    started: float
    deaths: int = 0
    restart_at: float | None = None


def supervise(settings: Settings, arguments: Sequence[str]) -> int:
    """Run `modeldex` with the same arguments in several processes until a signal ends them; returns the exit code.

    Raises:
        StartError: they cannot start.
    """
    if split_address(settings.listen)[1] == 0:
        raise StartError("Several processes share one port: name it in --listen, port 0 would give each its own.")
    with ExitStack() as stack:
        stack.enter_context(FolderLock(settings.data_dir, settings.listen))
        environment = dict(os.environ)
        if settings.database_url is None:
            environment["MODELDEX_DATABASE_URL"] = stack.enter_context(embedded.start(settings.data_dir)).url
        return _Supervisor(settings, arguments, environment).run()


def follow_supervisor(supervisor: int) -> None:
    """End this process when its supervisor, named by its process id, is gone, however that died: nobody else would. It
    may be gone by now."""

    def watch() -> None:
        while os.getppid() == supervisor:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="supervisor", daemon=True).start()


class _Supervisor:
    def __init__(self, settings: Settings, arguments: Sequence[str], environment: dict[str, str]) -> None:
        self._count = settings.processes
        self._patience = settings.drain_delay.total_seconds() + settings.drain_timeout.total_seconds() + 30
        self._arguments = list(arguments)
        self._environment = environment
        self._ending = False

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        workers = [_Worker(number, self._start(number), time.monotonic()) for number in range(self._count)]
        code = 0
        while not self._ending and code == 0:
            time.sleep(_LOOK_SECONDS)
            for worker in workers:
                code = code or self._look_after(worker)
        return self._stop(workers) or code

    def _end(self, *_: object) -> None:
        self._ending = True

    def _start(self, number: int) -> subprocess.Popen[bytes]:
        environment = self._environment | {WORKER_VARIABLE: f"{number}/{self._count}/{os.getpid()}"}
        return subprocess.Popen(  # noqa: S603 - this program itself
            [sys.executable, "-m", "modeldex_server", *self._arguments], env=environment
        )

    def _look_after(self, worker: _Worker) -> int:
        """Start a process again that died; the exit code where that would not help."""
        now = time.monotonic()
        if worker.restart_at is not None:
            if now >= worker.restart_at:
                worker.process, worker.started, worker.restart_at = self._start(worker.number), now, None
            return 0
        code = worker.process.poll()
        if code is None or self._ending:
            return 0
        if code == _REFUSED and worker.deaths == 0 and now - worker.started < _HEALTHY_SECONDS:
            return code
        worker.deaths = 0 if now - worker.started > _HEALTHY_SECONDS else worker.deaths + 1
        wait = _BACKOFF_SECONDS[min(worker.deaths, len(_BACKOFF_SECONDS) - 1)]
        log.warning("process_died", number=worker.number, code=code, starts_again_in_seconds=wait)
        worker.restart_at = now + wait
        return 0

    def _stop(self, workers: Sequence[_Worker]) -> int:
        for worker in workers:
            if worker.process.poll() is None:
                worker.process.terminate()
        until = time.monotonic() + self._patience
        codes = [self._wait(worker.process, until) for worker in workers]
        return max((code for code in codes if code > 0), default=0)

    def _wait(self, process: subprocess.Popen[bytes], until: float) -> int:
        try:
            return process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()
