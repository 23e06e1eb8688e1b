"""A shell that follows a document: its commands, in order, as a reader would type them."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

from support.documents import Step, matches, steps
from support.ports import free_port
from support.waiting import until

ROOT = Path(__file__).parents[2]


class Console:
    """A shell beside what looks like a fresh clone, the folder `modeldex`.

    Its servers run until another takes their place, or the end. The address of the documents, localhost:50051, is a
    free port here, in commands and in what they show; so is that of the metrics.
    """

    def __init__(self, folder: Path, variables: Mapping[str, str] | None = None) -> None:
        """`variables` join the environment, for example DATABASE_URL."""
        self.folder = folder
        self._ports = {"localhost:50051": f"localhost:{free_port()}", "localhost:9464": f"localhost:{free_port()}"}
        self._servers: list[int] = []
        _imitate_clone(folder / "modeldex")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MODELDEX_")}
        own = {
            "PATH": _without_environment(inherited["PATH"]),
            "HOME": str(folder),
            "COLUMNS": "120",
            "MODELDEX_LISTEN": self.address,
            "MODELDEX_TARGET": self.address,
            "MODELDEX_METRICS_LISTEN": self._ports["localhost:9464"],
        }
        # A reader is in no environment yet, and in no make, which would tell of the folders that it enters.
        for name in ("VIRTUAL_ENV", "MAKELEVEL", "MAKEFLAGS", "MFLAGS"):
            inherited.pop(name, None)
        self._shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=inherited | own | dict(variables or {}),
            text=True,
        )
        # A server gets a process group of its own.
        self.run("set -m")

    @property
    def address(self) -> str:
        """Where the servers of this console listen."""
        return self._ports["localhost:50051"]

    def follow(self, document: str) -> None:
        """Do all that a document asks for. Fails at the first command that does not do what it shows."""
        for step in steps(document):
            if not step.is_exempt:
                self.do(step)

    def do(self, step: Step) -> None:
        """One command of a document."""
        command, shown = self._here(step.command), self._here(step.shown)
        if step.is_server:
            self._serve(command, shown, step)
            return
        code, output = self.run(command)
        assert not shown or matches(shown, output), _difference(step, shown, output)
        assert shown or code == 0, f"line {step.line}: {command} ends with {code}:\n{output}"

    def run(self, command: str, *, patience: float = 60) -> tuple[int, str]:
        """The exit code and the output of a command."""
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        end = f"end-{uuid.uuid4().hex}"
        self._shell.stdin.write(f"{{ {command}\n}} </dev/null 2>&1; printf '\\n%s %s\\n' {end} $?\n")
        self._shell.stdin.flush()
        lines: list[str] = []
        # A command that never ends would leave the reading below waiting: then the shell is ended, and that ends too.
        limit = threading.Timer(patience, self._shell.kill)
        limit.start()
        try:
            for line in self._shell.stdout:
                if line.startswith(end):
                    return int(line.split()[1]), "".join(lines)
                lines.append(line)
        finally:
            limit.cancel()
        raise AssertionError(f"the shell ended within {patience:g} s in {command}:\n{''.join(lines)}")

    def _serve(self, command: str, shown: str, step: Step) -> None:
        """Start a server, in the place of the one before: a reader would have stopped that."""
        self.stop_servers()
        said = self.folder / f"server-{step.line}"
        # The environment of the tests is not set up anew under them; the address is this console's.
        command = re.sub(r"\bmake serve\b", f"make -o .venv/.ready serve LISTEN={self.address}", command)
        said.touch()
        code, output = self.run(f"{{ {command}\n}} >{shlex.quote(str(said))} 2>{said}.log &\necho $!")
        assert code == 0, output
        self._servers.append(int(output.split()[-1]))
        self._wait(said, shown, step)

    def _wait(self, said: Path, shown: str, step: Step) -> None:
        if shown:
            until(lambda: matches(shown, said.read_text()) or self._has_ended(), f"line {step.line}", patience=60)
            assert matches(shown, said.read_text()), _difference(step, shown, said.read_text() + _tail(said))
        else:
            until(
                lambda: " serves " in said.read_text() or self._has_ended(), f"line {step.line} to serve", patience=60
            )
            assert " serves " in said.read_text(), said.read_text() + _tail(said)

    def stop_servers(self) -> None:
        """End the servers as Ctrl-C does."""
        for pid in self._servers:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGINT)
            self.run(f"wait {pid}")
        self._servers.clear()

    def _has_ended(self) -> bool:
        return any(self.run(f"kill -0 {pid}")[0] != 0 for pid in self._servers)

    def _here(self, text: str) -> str:
        for theirs, ours in self._ports.items():
            text = text.replace(theirs, ours)
        return text

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop_servers()
        finally:
            assert self._shell.stdin is not None
            self._shell.stdin.close()
            self._shell.wait(10)


def _imitate_clone(folder: Path) -> None:
    """What a clone has after `make setup`, without its data."""
    folder.mkdir(parents=True)
    for entry in ROOT.iterdir():
        if entry.name not in ("data", ".git"):
            (folder / entry.name).symlink_to(entry)


def _without_environment(path: str) -> str:
    """Without the programs of the tests' own environment: a reader has them only after activating it."""
    own = str(Path(sys.executable).parent)
    return os.pathsep.join(part for part in path.split(os.pathsep) if part != own)


def _difference(step: Step, shown: str, output: str) -> str:
    return f"line {step.line}: {step.command}\n--- shown ---\n{shown}\n--- was ---\n{output}"


def _tail(said: Path) -> str:
    return Path(f"{said}.log").read_text()[-2000:]
