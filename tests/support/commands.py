"""The command `modeldex`, run as a user runs it: in a pipe, or on a terminal of a stated width."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
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
