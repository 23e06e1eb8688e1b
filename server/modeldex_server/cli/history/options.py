"""What the commands of the history have in common: options, spans of the past, how many rows."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Generic, TypeVar

import typer

from modeldex_server.cli import arguments
from modeldex_server.cli.completion import complete_model, complete_provider
from modeldex_server.cli.problems import ExitCode, Failure, UsageFailure
from modeldex_server.cli.terminal import texts

if TYPE_CHECKING:
    from modeldex_client import Client
    from modeldex_server.cli.session import Session

Row = TypeVar("Row")

_ON_TERMINAL = 50  # rows, unless told otherwise; a pipe gets all
_DATE = re.compile(r"\d{4}-.*")

ModelId = Annotated[
    str, typer.Argument(metavar="MODEL", help="For example openai/gpt-4o.", autocompletion=complete_model)
]
OfModel = Annotated[
    str, typer.Option("--model", "-m", metavar="ID", help="Of this model.", autocompletion=complete_model)
]
OfProvider = Annotated[
    str,
    typer.Option("--provider", "-p", metavar="ID", help="Of this provider.", autocompletion=complete_provider),
]
Since = Annotated[
    str | None, typer.Option(metavar="SPAN|DATE", help="From then on: 30d ago, or a date such as 2026-03-01.")
]
Until = Annotated[str | None, typer.Option(metavar="SPAN|DATE", help="Before then: 7d ago, or a date.")]
ExpectedVersion = Annotated[
    int | None, typer.Option(min=1, metavar="VERSION", help="Only if this is the current version.")
]
WhyNeeded = Annotated[str, typer.Option("--reason", "-r", metavar="TEXT", help="Why, for the history.")]
Limit = Annotated[int | None, typer.Option("--limit", "-n", min=1, metavar="N", help="At most so many.")]
All = Annotated[bool, typer.Option("--all", "-a", help="All; a terminal gets 50 otherwise.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def past(text: str | None, option: str) -> datetime | None:
    """ "30d" as the time so long ago, "2026-03-01" as that day."""
    if text is None:
        return None
    if _DATE.fullmatch(text.strip()):
        return arguments.moment(text, option)
    try:
        return datetime.now(UTC) - timedelta(seconds=arguments.span(text, option))
    except (UsageFailure, OverflowError):
        advice = f"{option} takes a span or a date, for example 30d or 2026-03-01, not {texts.safe(text)!r}."
        raise UsageFailure(advice) from None


def most(session: "Session", limit: int | None, *, all: bool) -> int | None:
    """How many rows are asked for; None is all."""
    if all and limit is not None:
        raise UsageFailure("Give --limit or --all, not both.")
    return limit if limit or all or not session.output.on_terminal else _ON_TERMINAL


class Counted(Generic[Row]):
    """Rows, counted as they are read."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row

    def summary(self, noun: str, most: int | None) -> str:
        """ "3 pins.", or "No pin."; that there may be more, where they are as many as were asked for."""
        if not self.count:
            return f"No {noun}."
        more = " There may be more; --all shows all." if self.count == most else ""
        return f"{texts.plural(self.count, noun)}.{more}"


@contextmanager
def known(client: "Client", id: str) -> Iterator[None]:
    """Where there never was such a model, near ids are proposed."""
    from modeldex_client import ModelNotFound  # noqa: PLC0415

    try:
        yield
    except ModelNotFound as error:
        from modeldex_server.cli.near import near_ids  # noqa: PLC0415

        if error.metadata.get("state") == "deleted":
            raise
        near = ", ".join(map(texts.quoted, near_ids(client, id)))
        more = f"Near it: {near}." if near else f"To look for it: modeldex models search {texts.quoted(id)}"
        raise Failure(f"No model has the id {texts.quoted(id)}. {more}", ExitCode.NOT_FOUND) from None
