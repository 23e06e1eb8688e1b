"""What goes wrong, told in one line that says what to do next, and the exit code of each kind."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from modeldex_server.cli.terminal.texts import safe

if TYPE_CHECKING:
    from modeldex_client import ModeldexError


class ExitCode(IntEnum):
    """How the command ended; `modeldex --help` explains each."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    UNAVAILABLE = 4
    DENIED = 5
    INTERRUPTED = 130  # 128 + SIGINT, as shells count
    CLOSED_PIPE = 141  # 128 + SIGPIPE


EXPLAINED = {
    ExitCode.OK: "done",
    ExitCode.FAILED: "refused by the server, or failed there",
    ExitCode.USAGE: "wrong on the command line, or a value the server does not take",
    ExitCode.NOT_FOUND: "no such model, provider or the like",
    ExitCode.UNAVAILABLE: "no server, or it cannot answer now: try again",
    ExitCode.DENIED: "no token, a wrong one, or one that may not",
    ExitCode.INTERRUPTED: "ended by Ctrl-C",
}
_BY_STATUS = {
    "INVALID_ARGUMENT": ExitCode.USAGE,
    "OUT_OF_RANGE": ExitCode.USAGE,
    "NOT_FOUND": ExitCode.NOT_FOUND,
    "UNAVAILABLE": ExitCode.UNAVAILABLE,
    "DEADLINE_EXCEEDED": ExitCode.UNAVAILABLE,
    "CANCELLED": ExitCode.UNAVAILABLE,
    "UNAUTHENTICATED": ExitCode.DENIED,
    "PERMISSION_DENIED": ExitCode.DENIED,
}


class Failure(Exception):
    """The command ends with this line and this code."""

    def __init__(self, message: str, exit_code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class UsageFailure(Failure):
    """What was typed is wrong."""

    def __init__(self, message: str) -> None:
        super().__init__(message, ExitCode.USAGE)


class ClosedPipe(Exception):
    """Whoever read the answer has read enough."""


@dataclass
class Outcome:
    """What the process ends with."""

    exit_code: int = ExitCode.OK


@contextmanager
def told() -> Iterator[Outcome]:
    """Turn what goes wrong inside into a line on stderr and an exit code."""
    outcome = Outcome()
    _complete_streams()
    try:
        yield outcome
    except KeyboardInterrupt:
        outcome.exit_code = _tell(Failure("Interrupted.", ExitCode.INTERRUPTED))
    except (BrokenPipeError, ClosedPipe):
        outcome.exit_code = ExitCode.CLOSED_PIPE
        _write_nowhere()
    except Exception as error:  # told below, or raised again
        outcome.exit_code = _tell(error)


def _complete_streams() -> None:
    """Where a stream was closed by the caller there is an empty one; what a terminal cannot show is shown as a code."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 # until the end of the process
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(message: str) -> None:
    """One line on stderr. Where nobody listens there, nothing is lost."""
    with suppress(OSError):
        print(message, file=sys.stderr, flush=True)


def failure_of(error: ModeldexError) -> Failure:
    """A refusal of the server, or its absence; a request that breaks several rules has a line for each."""
    lines = [f"{violation.field}: {violation.description}" for violation in error.violations]
    message = "\n".join(map(safe, lines)) if len(lines) > 1 else safe(str(error))
    return Failure(message, _BY_STATUS.get(error.code.name, ExitCode.FAILED))


def _tell(error: Exception) -> int:
    from typer.exceptions import Abort, TyperException  # noqa: PLC0415

    from modeldex_server.errors import StartError  # noqa: PLC0415

    match error:
        case Failure():
            # The terminal has echoed ^C; what follows begins on a line of its own.
            echoed = error.exit_code == ExitCode.INTERRUPTED and sys.stderr.isatty()
            say(f"\n{error}" if echoed else str(error))
            return error.exit_code
        case StartError():
            say(str(error))
            return ExitCode.FAILED
        case TyperException():
            say(_usage(error))
            return ExitCode.USAGE
        case Abort():
            say("Nothing was done.")
            return ExitCode.FAILED
        case OSError():
            say(f"The answer cannot be written: {error.strerror or error}.")
            _write_nowhere()
            return ExitCode.FAILED
    raise error


def _usage(error: Exception) -> str:
    message: str = error.format_message()  # type: ignore[attr-defined] # TyperException has it
    context = getattr(error, "ctx", None)
    command = f"modeldex {' '.join(context.command_path.split()[1:])}".strip() if context is not None else "modeldex"
    sentence = safe(message).replace("Value error, ", "").rstrip(".")
    return f"{sentence if sentence.endswith('?') else f'{sentence}.'} See: {command} --help"


def _write_nowhere() -> None:
    """Python writes what is left of stdout as it ends; nobody reads it, and another error would be told."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
