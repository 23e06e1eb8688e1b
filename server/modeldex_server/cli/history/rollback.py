"""`modeldex rollback`: ask to put an earlier version back, look at it, decide on it."""

import base64
import binascii
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from modeldex_server.cli import arguments
from modeldex_server.cli.completion import complete_rollback
from modeldex_server.cli.groups import Group
from modeldex_server.cli.history import diff_sheet, rollback_sheet, words
from modeldex_server.cli.history.diff import units_of
from modeldex_server.cli.history.options import (
    All,
    Counted,
    ExpectedVersion,
    Limit,
    ModelId,
    OfModel,
    Since,
    Until,
    WhyNeeded,
    Yes,
    known,
    most,
    past,
)
from modeldex_server.cli.problems import UsageFailure
from modeldex_server.cli.session import Session, asks
from modeldex_server.cli.terminal import texts

if TYPE_CHECKING:
    from modeldex.v1.history_pb2 import Rollback
    from modeldex_client import Client

app = typer.Typer(
    cls=Group, add_completion=False, help="Rollbacks: putting earlier versions back, with approval where that is asked."
)

RollbackId = Annotated[
    str, typer.Argument(metavar="ID", help="The rollback, as `list` names it.", autocompletion=complete_rollback)
]


class State(StrEnum):
    """Where a rollback stands."""

    PENDING = "pending"
    EXECUTED = "executed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    STALE = "stale"


@app.command()
@asks
def request(
    session: Session,
    model: ModelId,
    version: Annotated[int, typer.Argument(min=1, metavar="VERSION", help="The version to put back.")],
    reason: WhyNeeded,
    pin_for: Annotated[
        str | None,
        typer.Option(metavar="SPAN", help="How long no refresh may undo it: 30d (default: the server's, 7 days)."),
    ] = None,
    expected_version: ExpectedVersion = None,
    break_glass: Annotated[
        bool,
        typer.Option("--break-glass", help="Without approval. Needs the role break_glass; all who watch are told."),
    ] = False,
) -> None:
    """Ask to put a version of a model back. Its id is written to stdout.

    Where no approval is needed it is done at once; else `approve` does it.
    """
    duration = None if pin_for is None else timedelta(seconds=arguments.span(pin_for, "--pin-for"))
    with session.client() as client, known(client, model):
        made = client.history.rollbacks.request(
            model,
            version,
            reason=reason,
            expected_version=expected_version,
            pin_duration=duration,
            break_glass=break_glass,
        )
    if session.output.for_reading:
        session.output.lines([texts.safe(made.id)])
    else:
        session.output.one(rollback_sheet.sheet(), made, list)
    session.output.flush()
    session.output.say(rollback_sheet.told(made))


@app.command()
@asks
def approve(
    session: Session,
    id: RollbackId,
    diff_hash: Annotated[
        str | None, typer.Option(metavar="HASH", help="Approve only this diff: its hash, as `show` has it.")
    ] = None,
    comment: Annotated[str, typer.Option(metavar="TEXT", help="In your words, for the history.")] = "",
    yes: Yes = False,
) -> None:
    """Approve a rollback, once you have seen what it changes. The last approval that is needed does it."""
    from modeldex.v1.history_pb2 import ModelDiff, Rollback  # noqa: PLC0415

    with session.client() as client:
        if diff_hash is not None:
            seen = Rollback(id=id, diff=ModelDiff(hash=_hash(diff_hash)))
        else:
            seen = client.history.rollbacks.get(id)
            _look(session, client, seen, yes=yes)
        answer = client.history.rollbacks.approve(seen, comment=comment)
    _tell(session, answer)


@app.command()
@asks
def reject(session: Session, id: RollbackId, reason: WhyNeeded) -> None:
    """Reject a rollback, for good."""
    with session.client() as client:
        _tell(session, client.history.rollbacks.reject(id, reason=reason))


@app.command()
@asks
def cancel(
    session: Session, id: RollbackId, reason: Annotated[str, typer.Option("--reason", "-r", metavar="TEXT")] = ""
) -> None:
    """Take a rollback back that you asked for."""
    with session.client() as client:
        _tell(session, client.history.rollbacks.cancel(id, reason=reason))


@app.command()
@asks
def show(session: Session, id: RollbackId) -> None:
    """Show one rollback: what it changes, who asked for it and why, who decided."""
    with session.client() as client:
        found = client.history.rollbacks.get(id)
        units = units_of(client, found.diff) if session.output.for_reading else {}
    output, now = session.output, datetime.now(UTC)

    def lines() -> Iterator[str]:
        yield from rollback_sheet.lines(found, now, output.width, colour=output.colour)
        yield ""
        yield from diff_sheet.lines(found.diff, units, output.width, colour=output.colour)

    output.one(rollback_sheet.sheet(), found, lines)


@app.command("list")
@asks
def list_rollbacks(
    session: Session,
    model: OfModel = "",
    state: Annotated[list[State] | None, typer.Option("--state", "-s", help="In one of these states.")] = None,
    by: Annotated[str, typer.Option(metavar="NAME", help="Requested by this principal.")] = "",
    since: Since = None,
    until: Until = None,
    limit: Limit = None,
    all: All = False,
) -> None:
    """List rollbacks, the newest first. Those that wait for you: modeldex rollback list --state pending."""
    from modeldex.v1.history_pb2 import RollbackState  # noqa: PLC0415

    wanted = most(session, limit, all=all)

    with session.client() as client:
        found = Counted(
            client.history.rollbacks.list(
                past(since, "--since"),
                past(until, "--until"),
                model_id=model,
                states=[RollbackState.Value(f"ROLLBACK_STATE_{one.name}") for one in state or ()],
                requester=by,
                limit=wanted,
            )
        )
        session.output.list(rollback_sheet.sheet(), found)
    session.output.say(found.summary("rollback", wanted))


def _look(session: Session, client: "Client", seen: "Rollback", *, yes: bool) -> None:
    """Show what is to be approved, and ask. Where nobody looks, the diff must be named."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageFailure("Nobody looks at the diff here: name it with --diff-hash HASH, or say --yes.")
    if words.state(seen.state) != "pending":
        return  # the server says what is wrong
    lines = diff_sheet.lines(seen.diff, units_of(client, seen.diff), session.output.width, colour=session.output.colour)
    for line in lines:
        typer.echo(line, err=True)
    asked = f"{texts.safe(seen.requester)} asks for it: {texts.safe(seen.reason)}"
    typer.confirm(f"{asked}\nApprove it?", abort=True, err=True)


def _tell(session: Session, answer: "Rollback") -> None:
    session.output.say(rollback_sheet.told(answer))
    session.output.answer(answer, list)


def _hash(text: str) -> bytes:
    """The hash as `show` writes it, or as JSON has it."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error:
            raise UsageFailure("--diff-hash takes the hash that `modeldex rollback show` writes.") from None
