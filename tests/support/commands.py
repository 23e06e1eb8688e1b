"""The command `modeldex`, run as a user runs it: in a pipe, or on a terminal of a stated width."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAM = str(Path(sys.executable).with_name("modeldex"))
_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it wrote. On a terminal both streams are one."""

    code: int
    out: str
    err: str = ""

    @property
    def plain(self) -> list[str]:
        """The lines without colour."""
        return _CODES.sub("", self.out).splitlines()


def environment(address: str, **variables: str) -> dict[str, str]:
    """That of a user who calls this server and set nothing else."""
    hidden = ("MODELDEX_", "NO_COLOR", "COLUMNS", "FORCE_COLOR", "TERM")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    return inherited | {"MODELDEX_TARGET": address, "TERM": "xterm-256color"} | variables


def run(address: str, *arguments: str, stdin: str = "", **variables: str) -> Done:
    """Run it in pipes. Fails where it shows a traceback."""
    done = subprocess.run(
        [PROGRAM, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=environment(address, **variables),
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


def run_on_terminal(address: str, *arguments: str, columns: int = 80, answer: str = "", **variables: str) -> Done:
    """Run it on a terminal. `answer` is typed once it asks something."""
    process, screen = _spawn([PROGRAM, *arguments], columns, environment(address, **variables))
    said, answered, ends = b"", not answer, time.monotonic() + 60
    while chunk := _read(screen):
        said += chunk
        if not answered and b"?" in said:
            os.write(screen, answer.encode())
            answered = True
        assert time.monotonic() < ends, said
    os.close(screen)
    text = said.decode().replace("\r\n", "\n")
    assert "Traceback" not in text, text
    return Done(process.wait(60), text)


class Screen:
    """A command that runs on a terminal until it is interrupted, and what it wrote."""

    def __init__(self, process: subprocess.Popen[bytes], screen: int) -> None:
        self._process = process
        self._screen = screen
        self._said = b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while chunk := _read(self._screen):
            self._said += chunk

    @property
    def plain(self) -> str:
        """All of it, in its order, without what moves the cursor and colours."""
        return _CODES.sub("", self._said.decode(errors="replace").replace("\r", ""))

    def interrupt(self) -> int:
        """Ctrl-C; the exit code."""
        os.killpg(self._process.pid, signal.SIGINT)
        code = self._process.wait(20)
        self._reader.join(20)
        return code


@contextmanager
def on_terminal(address: str, *arguments: str, columns: int = 80, **variables: str) -> Iterator[Screen]:
    """Run it on a terminal of 40 lines until the end of the block. Fails where it shows a traceback."""
    process, screen = _spawn([PROGRAM, *arguments], columns, environment(address, **variables))
    shown = Screen(process, screen)
    try:
        yield shown
    finally:
        process.kill()
        process.wait(20)
        os.close(screen)
        assert "Traceback" not in shown.plain, shown.plain


def _spawn(command: Sequence[str], columns: int, variables: Mapping[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    screen, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, env=dict(variables), start_new_session=True
    )
    os.close(terminal)
    return process, screen


def _read(screen: int) -> bytes:
    try:
        return os.read(screen, 65536)
    except OSError:  # the other side is closed
        return b""
