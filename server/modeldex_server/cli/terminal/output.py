"""How an answer is written: a table for people, JSON or CSV for programs, or ids only.

Data goes to stdout, talk to stderr. JSON is the JSON form of the contract's messages: one object for one thing, and for
a list one object a line, so that a long list can be read while it comes. 64-bit numbers are strings there and money is
the exact decimal text, as in the contract.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Generic, TypeVar

import typer

from modeldex_server.cli.problems import UsageFailure, say
from modeldex_server.cli.terminal.styles import can_colour
from modeldex_server.cli.terminal.tables import Column, draw
from modeldex_server.cli.terminal.texts import safe

if TYPE_CHECKING:
    from google.protobuf.message import Message

_PANEL = "How the answer is written"
Row = TypeVar("Row", bound="Message")


class Format(StrEnum):
    """The forms of an answer."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True)
class OutputOptions:
    """The options of every command that answers."""

    output: Annotated[
        Format | None,
        typer.Option("--output", "-o", help="For people, or for programs.", rich_help_panel=_PANEL),
    ] = None
    json: Annotated[
        bool,
        typer.Option("--json", help="--output json: one object, for a list one object a line.", rich_help_panel=_PANEL),
    ] = False
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Ids only; nothing on stderr but errors.", rich_help_panel=_PANEL)
    ] = False


@dataclass(frozen=True)
class Sheet(Generic[Row]):
    """How things of one kind are written: as rows of a table, as rows of CSV by the fields' names, and by id."""

    columns: Sequence[Column[Row]]
    fields: dict[str, Callable[[Row], str]]
    id: Callable[[Row], str]


class Output:
    """Writes answers as the options say."""

    def __init__(self, options: OutputOptions) -> None:
        if options.json and options.output not in (None, Format.JSON):
            raise UsageFailure(f"Give --json or --output {options.output}, not both.")
        self.format = Format.JSON if options.json else options.output or Format.TABLE
        self.quiet = options.quiet
        self.colour = can_colour(sys.stdout)
        self.on_terminal = sys.stdout.isatty()

    @property
    def for_reading(self) -> bool:
        """Lines for people, wherever they go."""
        return self.format is Format.TABLE and not self.quiet

    @property
    def width(self) -> int | None:
        """Cells a line may take. None is any number: in a pipe nothing is folded or left out, unless COLUMNS asks."""
        if self.on_terminal or os.environ.get("COLUMNS", "").isdigit():
            return shutil.get_terminal_size().columns
        return None

    def say(self, message: str) -> None:
        """Talk, beside the answer."""
        if not self.quiet:
            say(message)

    def list(self, sheet: Sheet[Row], rows: Iterable[Row]) -> None:
        """Write a list."""
        if self.format is Format.JSON:
            for row in rows:
                write(to_json(row))
        elif self.format is Format.CSV:
            self._csv(sheet, rows)
        elif self.quiet:
            for row in rows:
                write(self._text(sheet.id(row)))
        elif found := [*rows]:
            self.lines(draw(sheet.columns, found, self.width, colour=self.colour))

    def one(self, sheet: Sheet[Row], row: Row, lines: Callable[[], Iterable[str]]) -> None:
        """Write one thing; `lines` are how people read it."""
        if self.format is Format.JSON:
            write(to_json(row, indent=2))
        elif self.format is Format.CSV or self.quiet:
            self.list(sheet, [row])
        else:
            self.lines(lines())

    def answer(self, message: "Message", lines: Callable[[], Iterable[str]]) -> None:
        """Write an answer that is no row: an object of JSON, or lines."""
        if self.format is Format.JSON:
            write(to_json(message, indent=2))
        elif self.format is Format.CSV:
            raise UsageFailure("There is no CSV of this; --json is for programs.")
        elif not self.quiet:
            self.lines(lines())

    def raw(self, messages: Iterable["Message"]) -> None:
        """Write messages that have no other form than JSON."""
        for message in messages:
            write(to_json(message))

    def lines(self, lines: Iterable[str]) -> None:
        """Write lines that are ready."""
        for line in lines:
            write(line)

    def flush(self) -> None:
        """What was written is seen now."""
        sys.stdout.flush()

    def _csv(self, sheet: Sheet[Row], rows: Iterable[Row]) -> None:
        import csv  # noqa: PLC0415

        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(sheet.fields)
        for row in rows:
            writer.writerow([self._text(field(row)) for field in sheet.fields.values()])

    def _text(self, text: str) -> str:
        """As it is for a program; a terminal is not given what it would obey."""
        return safe(text) if self.on_terminal else text


def write(line: str) -> None:
    """One line of the answer."""
    sys.stdout.write(f"{line}\n")


def to_json(message: "Message", indent: int | None = None) -> str:
    """The JSON form of a message, in ASCII, so that no terminal obeys it."""
    from google.protobuf.json_format import MessageToJson  # noqa: PLC0415

    return MessageToJson(message, indent=indent, ensure_ascii=True)
