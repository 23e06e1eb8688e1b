"""Server processes, started as a user starts them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from support.waiting import until

_READY = re.compile(r"serves ([\d,]+) models? of ([\d,]+) providers? on (\S+)")
LEFT_BEHIND = ("Task was destroyed", "never retrieved", "was never awaited")
PROGRAM = str(Path(sys.executable).with_name("modeldex"))
# Nothing but what the test switches on, and no waits between retries that only make a test long.
QUIET = {
    "MODELDEX_METRICS_LISTEN": "",
    "MODELDEX_LOG_FORMAT": "json",
    "MODELDEX_SOURCES__MODELS_DEV__ENABLED": "false",
}


class ServerProcess:
    """One `modeldex serve`. It can be started, ended and started again on the same folder and address."""

    def __init__(
        self,
        folder: Path,
        *,
        database_url: str | None = None,
        settings: Mapping[str, str] | None = None,
        listen: str = "127.0.0.1:0",
        program: str = PROGRAM,
        arguments: Sequence[str] = (),
    ) -> None:
        """`settings`: variables beside QUIET, for example {"MODELDEX_DRAIN_TIMEOUT": "5"}. `program`: another
        installation's command. `arguments`: of `serve`, beside its address and its folder."""
        self.folder = folder
        self.settings = QUIET | dict(settings or {})
        if database_url is not None:
            self.settings["MODELDEX_DATABASE_URL"] = database_url
        # Databases of tests are copies of one, so what one catalogue calls its own in Redis others would, too.
        self.settings.setdefault("MODELDEX_REDIS_PREFIX", f"{urlsplit(database_url or str(folder)).path[-60:]}:")
        self.listen = listen
        self._program = program
        self.arguments = list(arguments)
        self.prefix = ""  # of the files of this process, where two share a folder
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0

    def launch(self) -> Self:
        """Start the process and wait for nothing."""
        self._starts += 1
        self.folder.mkdir(parents=True, exist_ok=True)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MODELDEX_")}
        with self._file("out").open("wb") as out, self._file("err").open("wb") as err:
            self._process = subprocess.Popen(
                [self._program, "serve", "--listen", self.listen, "--data-dir", str(self.folder), *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=inherited | self.settings,
                cwd=self.folder,
            )
        return self

    def start(self) -> Self:
        """Start the process and wait until it serves."""
        return self.launch().wait_until_ready()

    def wait_until_ready(self) -> Self:
        """Wait until it says that it serves."""
        until(lambda: _READY.search(self.output) or self._has_ended(), "a server to serve", patience=60)
        assert _READY.search(self.output), f"the server ended with {self.exit_code}: {self.errors[-3000:]}"
        return self

    @property
    def address(self) -> str:
        """Where it listens, also before it serves."""
        return until(self._address, "a server to listen", patience=60)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def output(self) -> str:
        """What it printed since its last start."""
        return self._file("out").read_text()

    @property
    def errors(self) -> str:
        """What it logged since its last start."""
        return self._file("err").read_text()

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll() if self._process else None

    @property
    def left_behind(self) -> list[str]:
        """Lines of its log that tell of tasks nobody looked after."""
        return [line for line in self.errors.splitlines() if any(sign in line for sign in LEFT_BEHIND)]

    def ask_to_end(self) -> None:
        """Send SIGTERM and wait for nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    def wait_for_end(self, patience: float = 60) -> int:
        """The exit code, once it has ended."""
        assert self._process is not None
        return self._process.wait(patience)

    def end(self) -> int:
        """Ask it to end and wait; the exit code."""
        self.ask_to_end()
        return self.wait_for_end()

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self.ask_to_end()
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self.kill()

    def _has_ended(self) -> bool:
        return self.exit_code is not None

    def _address(self) -> str:
        assert self.exit_code is None, f"the server ended with {self.exit_code}: {self.errors[-3000:]}"
        if ready := _READY.search(self.output):
            return ready[3]
        lock = self.folder / "lock"
        pid, _, address = lock.read_text().strip().partition(" ") if lock.exists() else ("", "", "")
        return address if pid == str(self.pid) and not address.endswith(":0") else ""

    def _file(self, kind: str) -> Path:
        return self.folder / f"{self.prefix}{kind}.{self._starts}"
