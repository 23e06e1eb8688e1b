"""`modeldex history`: the versions of a model as a timeline, or all of them in figures."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from modeldex_server.cli.completion import complete_model
from modeldex_server.cli.history import figures, timeline
from modeldex_server.cli.history.options import All, Counted, Limit, known, most
from modeldex_server.cli.problems import UsageFailure
from modeldex_server.cli.session import Session, asks

if TYPE_CHECKING:
    from modeldex.v1.history_pb2 import ModelVersionOperation

app = typer.Typer(add_completion=False)

_PAGE = 50  # versions with their whole models


class Operation(StrEnum):
    """What a version did to its model."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    UNDELETE = "undelete"
    ROLLBACK = "rollback"
    PIN = "pin"
    UNPIN = "unpin"


def operations(chosen: list[Operation] | None) -> "list[ModelVersionOperation.ValueType]":
    """As the contract has them."""
    from modeldex.v1.history_pb2 import ModelVersionOperation  # noqa: PLC0415

    return [ModelVersionOperation.Value(f"MODEL_VERSION_OPERATION_{one.name}") for one in chosen or ()]


@app.command()
@asks
def history(
    session: Session,
    id: Annotated[
        str | None,
        typer.Argument(
            metavar="MODEL",
            help="For example openai/gpt-4o; without one all versions are counted.",
            autocompletion=complete_model,
        ),
    ] = None,
    operation: Annotated[
        list[Operation] | None, typer.Option("--operation", "-O", help="Only versions that did this.")
    ] = None,
    limit: Limit = None,
    all: All = False,
) -> None:
    """Show the versions of a model, newest first: what changed, when, by whom and why.

    Without a model: how many versions, rollbacks and pins there are.
    """
    if id is None:
        if operation or limit or all:
            raise UsageFailure("Name a model. See: modeldex history --help")
        _count(session)
        return
    output, wanted = session.output, most(session, limit, all=all)
    with session.client() as client, known(client, id):
        found = Counted(
            client.history.versions(
                id,
                operations=operations(operation),
                include_models=output.for_reading,  # prices are told with what they are in
                page_size=min(wanted or _PAGE, _PAGE) if output.for_reading else 0,
                limit=wanted,
            )
        )
        if output.for_reading:
            output.lines(timeline.lines(found, output.width, colour=output.colour))
        else:
            output.list(timeline.sheet(), found)
    output.say(found.summary("version", wanted))


def _count(session: Session) -> None:
    with session.client() as client:
        answer = client.history.stats()
    output = session.output
    output.answer(answer, lambda: figures.lines(answer, output.width, colour=output.colour))
