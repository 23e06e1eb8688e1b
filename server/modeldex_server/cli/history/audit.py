"""`modeldex audit`: who changed what, or tried to."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from modeldex_server.cli import arguments
from modeldex_server.cli.history.options import All, Counted, Limit, OfProvider, Since, Until, most, past
from modeldex_server.cli.session import Session, asks
from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.output import Sheet
from modeldex_server.cli.terminal.styles import Style
from modeldex_server.cli.terminal.tables import Column

if TYPE_CHECKING:
    from modeldex.v1.history_pb2 import AuditEvent

app = typer.Typer(add_completion=False)


@app.command()
@asks
def audit(
    session: Session,
    by: Annotated[str, typer.Option(metavar="NAME", help="What this principal did.")] = "",
    method: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only these calls: SaveModel,PinModel.")
    ] = None,
    about: Annotated[
        str, typer.Option(metavar="ID", help="About this model, provider, subscription, rule or rollback.")
    ] = "",
    provider: OfProvider = "",
    outcome: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only with this outcome: changed, PERMISSION_DENIED.")
    ] = None,
    refused: Annotated[bool, typer.Option("--refused", help="Only what was refused.")] = False,
    since: Since = None,
    until: Until = None,
    request_id: Annotated[str, typer.Option(metavar="ID", help="Only the call with this request_id.")] = "",
    limit: Limit = None,
    all: All = False,
) -> None:
    """List who changed what, from where and when, and what was refused, newest first. For admins.

    What was refused today: modeldex audit --refused --since 1d
    """
    wanted = most(session, limit, all=all)
    with session.client() as client:
        found = Counted(
            client.history.audit(
                past(since, "--since"),
                past(until, "--until"),
                principal=by,
                methods=arguments.items(method),
                resource=about,
                provider_id=provider,
                outcomes=arguments.items(outcome),
                refused_only=refused,
                request_id=request_id,
                limit=wanted,
            )
        )
        session.output.list(sheet(), found)
    session.output.say(found.summary("event", wanted))


def sheet() -> "Sheet[AuditEvent]":
    """How events are written."""
    return Sheet(_COLUMNS, _FIELDS, lambda one: str(one.number))


def _how(event: "AuditEvent") -> str:
    from modeldex.v1.history_pb2 import Authentication  # noqa: PLC0415

    return texts.word(Authentication.Name, event.authentication, "AUTHENTICATION_")


def _versions(event: "AuditEvent") -> str:
    if not event.after_version:
        return str(event.before_version or "")
    if event.before_version == event.after_version:
        return str(event.after_version)
    return f"{event.before_version} -> {event.after_version}"


def _style(event: "AuditEvent") -> Style:
    """Refusals have the names of their reasons, in capital letters."""
    return Style.BAD if event.outcome.isupper() else Style.PLAIN


_COLUMNS: "Sequence[Column[AuditEvent]]" = [
    Column("when (UTC)", lambda one: f"{texts.moment(one.time):%Y-%m-%d %H:%M:%S}"),
    Column("who", lambda one: texts.safe(one.principal) or "-", fold=True),
    Column("by", _how, drop=4),
    Column("from", lambda one: texts.safe(one.peer), drop=6, quiet=True),
    Column("did", lambda one: texts.safe(one.method)),
    Column("about", lambda one: texts.safe(one.resource), drop=1, fold=True),
    Column("outcome", lambda one: texts.safe(one.outcome), drop=2, style=_style),
    Column("version", _versions, drop=5, quiet=True),
    Column("reason", lambda one: texts.safe(one.reason), drop=3, fold=True, quiet=True),
]
_FIELDS: "dict[str, Callable[[AuditEvent], str]]" = {
    "number": lambda one: str(one.number),
    "time": lambda one: one.time.ToJsonString(),
    "principal": lambda one: one.principal,
    "authentication": _how,
    "peer": lambda one: one.peer,
    "method": lambda one: one.method,
    "resource": lambda one: one.resource,
    "provider_id": lambda one: one.provider_id,
    "request_id": lambda one: one.request_id,
    "outcome": lambda one: one.outcome,
    "before_version": lambda one: str(one.before_version or ""),
    "after_version": lambda one: str(one.after_version or ""),
    "revision": lambda one: str(one.revision or ""),
    "reason": lambda one: one.reason,
}
