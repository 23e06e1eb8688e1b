"""`modeldex watch`: what changes in the catalogue, as it changes."""

import select
import sys
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, cast

import typer

from modeldex_server.cli.filters import FilterOptions, filter_of
from modeldex_server.cli.problems import ExitCode, UsageFailure
from modeldex_server.cli.session import Session, asks
from modeldex_server.cli.terminal.output import Format, write

if TYPE_CHECKING:
    from modeldex.v1.discovery_service_pb2 import ModelFilter
    from modeldex.v1.update_pb2 import UpdateEvent
    from modeldex_client import Client, Interruption, Watch
    from modeldex_client import UpdateKind as Kind

    Listener = Callable[[Interruption], None]

app = typer.Typer(add_completion=False)


class UpdateKind(StrEnum):
    """Kinds of updates."""

    MODEL = "model"
    PROVIDER = "provider"
    CAPABILITY = "capability"
    LIFECYCLE = "lifecycle"
    OPERATION = "operation"
    SUBSCRIPTION = "subscription"


@app.command()
@asks
def watch(
    session: Session,
    filter: FilterOptions,
    since: Annotated[
        int | None,
        typer.Option(min=0, metavar="REVISION", help="Begin after this revision; 0 is the beginning of the log."),
    ] = None,
    kind: Annotated[
        list[UpdateKind] | None, typer.Option(metavar="KIND", help=f"Only of this kind: {', '.join(UpdateKind)}.")
    ] = None,
) -> None:
    """Show what changes, a line a change, until Ctrl-C. It connects again by itself and misses nothing.

    Prices and capabilities of models with vision: modeldex watch --has vision
    """
    models = _models(filter, kind)
    if session.output.format is Format.CSV:
        raise UsageFailure("There is no CSV of this; --json is for programs.")

    def opened(client: "Client", listener: "Listener") -> "Watch":
        return client.watch(
            models,
            kinds=cast("list[Kind] | None", kind),
            since=since,
            omit_before=session.output.format is not Format.JSON,
            on_interruption=listener,
        )

    follow(session, opened)


def _models(options: FilterOptions, kind: list[UpdateKind] | None) -> "ModelFilter | None":
    """The filter of models, where there is any condition."""
    if options == FilterOptions():
        return None
    if kind is not None and {*kind} != {UpdateKind.MODEL}:
        raise UsageFailure("Conditions on models bring updates of models only: leave them or --kind out.")
    return filter_of(options)


def follow(
    session: Session,
    opened: "Callable[[Client, Listener], Watch]",
    shown: "Callable[[], None]" = lambda: None,
) -> None:
    """Show what a watch brings until Ctrl-C. `shown` is called once a message with updates was written."""
    try:
        with session.client() as client:
            talk = Talk(session)
            for message in opened(client, talk.interrupted).messages():
                talk.arrived(client.target, f"after revision {message.revision}")
                for event in message.updates:
                    _show(session, event)
                session.output.flush()
                require_reader()
                if message.updates:
                    shown()
    except KeyboardInterrupt:  # how a watch ends: there is nothing to say about it
        raise SystemExit(ExitCode.INTERRUPTED) from None


def require_reader() -> None:
    """Where nothing is written nobody learns that the pipe was closed; looked at with each sign of life."""
    if hasattr(select, "poll"):
        looking = select.poll()
        looking.register(sys.stdout, 0)
        if any(happened & select.POLLERR for _, happened in looking.poll(0)):
            raise BrokenPipeError


class Talk:
    """What is said beside the answer: that it begins, that the connection is lost, that it goes on."""

    def __init__(self, session: Session) -> None:
        self._say = session.output.say
        self._connected = False
        self._began = False

    def arrived(self, what: str, where: str = "") -> None:
        """Something came of what is watched; `where` that stands, for example "after revision 7"."""
        if not self._connected and self._began:
            self._say(f"Connected again, {where}." if where else "Connected again.")
        elif not self._connected:
            self._say(f"Watching {f'{what} {where}'.rstrip()}. Ctrl-C ends it.")
        self._connected = self._began = True

    def interrupted(self, interruption: "Interruption") -> None:
        """The connection is lost. Where there never was one, that is the end: the target may be wrong."""
        if not self._began and interruption.error is not None:
            raise interruption.error
        if self._connected:
            self._say(f"{interruption.reason} Connecting again.")
        self._connected = False


def _show(session: Session, event: "UpdateEvent") -> None:
    from modeldex_server.cli import update_line  # noqa: PLC0415
    from modeldex_server.cli.terminal.texts import safe  # noqa: PLC0415

    output = session.output
    if output.format is Format.JSON:
        output.raw([event])
    elif output.quiet:
        of = update_line.subject(event)
        write(safe(of) if output.on_terminal else of)
    else:
        write(update_line.line(event, output.width, colour=output.colour))
