"""Messages that people keep in files, as the JSON form of the contract."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from modeldex_server.cli.problems import UsageFailure
from modeldex_server.cli.terminal.texts import safe

if TYPE_CHECKING:
    from google.protobuf.message import Message

Read = TypeVar("Read", bound="Message")


def read(file: str, message: Read, what: str) -> Read:
    """The message that a file holds; "-" is stdin. `what` it is, for whoever gave another file.

    Raises:
        UsageFailure: it cannot be read, or holds something else.
    """
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageFailure(f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is not text'}.") from None
    return parse(text, message, "stdin" if file == "-" else file, what)


def parse(text: str, message: Read, where: str, what: str) -> Read:
    """The message that a text is. Raises UsageFailure."""
    from google.protobuf.json_format import Parse, ParseError  # noqa: PLC0415

    try:
        return Parse(text, message)
    except (ParseError, RecursionError) as error:
        raise UsageFailure(f"{where} holds no {what}: {safe(str(error))}") from None
