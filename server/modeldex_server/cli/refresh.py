"""A refresh as it runs: a bar on a terminal, and a row for each provider as it ends."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from modeldex_server.cli.problems import ExitCode, Failure
from modeldex_server.cli.session import Session
from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.output import Format, Output, to_json, write
from modeldex_server.cli.terminal.styles import Style, can_colour, styled
from modeldex_server.cli.terminal.tables import fold, width_of

if TYPE_CHECKING:
    from modeldex.v1.discovery_service_pb2 import RefreshResult

_SECONDS = 600.0
_ID = 20  # cells of the first column, at least


def run(session: Session, ids: Sequence[str]) -> None:
    """Refresh providers, all where none is named, and write each result as it comes.

    Raises:
        Failure: some failed; all others were written.
    """
    from modeldex_client import ProviderNotFound  # noqa: PLC0415

    counted = _Counted()
    seconds = session.target.timeout or _SECONDS
    with session.client() as client:
        known = list(ids) or _all_ids(session, lambda: [provider.id for provider in client.providers.list()])
        with _bar(session.output, len(known)) as advance:
            try:
                _write(session.output, counted, client.providers.refresh_all(ids, timeout=seconds), known, advance)
            except ProviderNotFound as error:
                name = texts.quoted(error.metadata.get("provider_id", ""))
                advice = f"No source knows a provider {name}. Those known: modeldex providers list"
                raise Failure(advice, ExitCode.NOT_FOUND) from None
    session.output.say(counted.summary)
    if counted.failed:
        raise Failure(f"{texts.plural(counted.failed, 'provider')} failed. See: modeldex providers list --status error")


class _Counted:
    """What has ended so far."""

    def __init__(self) -> None:
        self.ended = self.changed = self.failed = 0

    def count(self, result: "RefreshResult") -> None:
        self.ended += 1
        self.changed += bool(result.committed_revision)
        self.failed += bool(result.errors)

    @property
    def summary(self) -> str:
        return f"{texts.plural(self.ended, 'provider')} refreshed: {self.changed:,} changed, {self.failed:,} failed."


def _all_ids(session: Session, ask: Callable[[], list[str]]) -> list[str]:
    """Every provider, for the bar and the width of the first column; programs need neither."""
    return ask() if session.output.format is Format.TABLE and not session.output.quiet else []


def _write(
    output: Output,
    counted: _Counted,
    results: Iterable["RefreshResult"],
    ids: Sequence[str],
    advance: Callable[[int], None],
) -> None:
    try:
        for result in results:
            counted.count(result)
            if output.format is Format.JSON:
                write(to_json(result))
            elif output.format is Format.CSV:
                _write_csv(result, first=counted.ended == 1)
            elif output.quiet:
                write(texts.safe(result.provider_id))
            else:
                output.lines(_row(result, ids, output.width, colour=output.colour))
            output.flush()
            advance(counted.ended)
    except KeyboardInterrupt:
        ended = f"{texts.plural(counted.ended, 'provider')} had ended"
        raise Failure(f"Interrupted: {ended}; the server finishes what it has begun.", ExitCode.INTERRUPTED) from None


def _row(result: "RefreshResult", ids: Sequence[str], width: int | None, *, colour: bool) -> Iterator[str]:
    indent = min(max(map(width_of, ids), default=0), _ID) + 2
    name, text = texts.safe(result.provider_id), _outcome(result)
    if width_of(name) > indent - 2:
        yield name
        name = ""
    rest = max(width - indent, 10) if width is not None else width_of(text)
    style = Style.BAD if result.errors else Style.GOOD if result.committed_revision else Style.PLAIN
    for line in fold(text, rest):
        yield f"{name}{' ' * (indent - width_of(name))}{styled(line, style) if colour else line}"
        name = ""


def _outcome(result: "RefreshResult") -> str:
    """ "3 added, 12 changed, 9 rejected (1.2 s)", "no change (20 ms)", or why it failed."""
    counts = (
        (result.added_count, "added"),
        (result.updated_count, "changed"),
        (result.removed_count, "removed"),
        (result.rejected_count, "unreadable"),
    )
    changes = ", ".join(f"{number:,} {what}" for number, what in counts if number) or "no change"
    errors = "; ".join(f"failed: {texts.safe(error.message)}" for error in result.errors)
    if errors and changes == "no change":
        return errors
    text = f"{changes} ({texts.span(texts.seconds(result.duration))})"
    return f"{text}; {errors}" if errors else text


_FIELDS = ("provider_id", "added", "updated", "removed", "unchanged", "rejected", "seconds", "revision", "error")


def _write_csv(result: "RefreshResult", *, first: bool) -> None:
    import csv  # noqa: PLC0415
    import sys  # noqa: PLC0415

    writer = csv.writer(sys.stdout, lineterminator="\n")
    if first:
        writer.writerow(_FIELDS)
    counts = (
        result.added_count,
        result.updated_count,
        result.removed_count,
        result.unchanged_count,
        result.rejected_count,
    )
    errors = "; ".join(error.message for error in result.errors)
    writer.writerow(
        [result.provider_id, *counts, texts.seconds(result.duration), result.committed_revision or "", errors]
    )


@contextmanager
def _bar(output: Output, total: int) -> Iterator[Callable[[int], None]]:
    """A bar below the rows, gone at the end; where nobody looks, none. It stands on stderr, unless rows go to the same
    terminal: then rich must know of both."""
    import sys  # noqa: PLC0415

    stream = sys.stdout if output.on_terminal else sys.stderr
    if output.format is not Format.TABLE or output.quiet or not stream.isatty():
        yield lambda ended: None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn  # noqa: PLC0415

    console = Console(file=stream, no_color=not can_colour(stream), highlight=False)
    with Progress(BarColumn(None), MofNCompleteColumn(), TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=total or None)
        yield lambda ended: bar.update(task, completed=ended, total=max(total, ended))
