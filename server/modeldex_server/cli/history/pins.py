"""`modeldex pins`: what is held, by whom, why and until when."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from modeldex_server.cli.completion import complete_model
from modeldex_server.cli.history import words
from modeldex_server.cli.history.options import All, Counted, Limit, OfProvider, most
from modeldex_server.cli.session import Session, asks
from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.output import Sheet
from modeldex_server.cli.terminal.tables import Column

if TYPE_CHECKING:
    from modeldex.v1.history_pb2 import ModelPin

app = typer.Typer(add_completion=False)


@app.command()
@asks
def pins(
    session: Session,
    id: Annotated[
        str, typer.Argument(metavar="MODEL", help="Of this model (default: of all).", autocompletion=complete_model)
    ] = "",
    provider: OfProvider = "",
    limit: Limit = None,
    all: All = False,
) -> None:
    """List the pins in force, by model: what each holds, who set it, why and until when."""
    wanted = most(session, limit, all=all)
    with session.client() as client:
        found = Counted(client.history.pins(id, provider_id=provider, limit=wanted))
        session.output.list(_sheet(), found)
    session.output.say(found.summary("pin", wanted))


def _sheet() -> "Sheet[ModelPin]":
    return Sheet(_COLUMNS, _FIELDS, lambda one: one.model_id)


def _ends(one: "ModelPin") -> str:
    return texts.minute(one.expire_time) if one.HasField("expire_time") else "never"


_COLUMNS: "Sequence[Column[ModelPin]]" = [
    Column("model", lambda one: texts.safe(one.model_id), fold=True),
    Column("holds", words.pin, fold=True),
    Column("ends", _ends, drop=1),
    Column("by", lambda one: texts.safe(one.principal), drop=2, fold=True),
    Column("since version", lambda one: str(one.version), drop=4, right=True),
    Column("reason", lambda one: texts.safe(one.reason), drop=3, fold=True, quiet=True),
    Column("rollback", lambda one: texts.safe(one.rollback_id), drop=5, quiet=True),
]
_FIELDS: "dict[str, Callable[[ModelPin], str]]" = {
    "model_id": lambda one: one.model_id,
    "path": lambda one: one.path,
    "principal": lambda one: one.principal,
    "reason": lambda one: one.reason,
    "expire_time": lambda one: one.expire_time.ToJsonString() if one.HasField("expire_time") else "",
    "version": lambda one: str(one.version),
    "rollback_id": lambda one: one.rollback_id,
}
