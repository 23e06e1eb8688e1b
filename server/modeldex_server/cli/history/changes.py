"""`modeldex changes`: what changed across models, and who changed it."""

from enum import StrEnum
from typing import Annotated

import typer

from modeldex_server.cli import arguments
from modeldex_server.cli.completion import complete_model, complete_provider
from modeldex_server.cli.history import change_sheet
from modeldex_server.cli.history.history import Operation, operations
from modeldex_server.cli.history.options import All, Counted, Limit, Since, Until, most, past
from modeldex_server.cli.history.typed import path_of
from modeldex_server.cli.session import Session, asks

app = typer.Typer(add_completion=False)


class Class(StrEnum):
    """Whether a change breaks users."""

    BREAKING = "breaking"
    COMPATIBLE = "compatible"
    COSMETIC = "cosmetic"


class Kind(StrEnum):
    """What happened to a value."""

    ADDED = "added"
    REMOVED = "removed"
    REPLACED = "replaced"


@app.command()
@asks
def changes(
    session: Session,
    model: Annotated[
        list[str] | None,
        typer.Option("--model", "-m", metavar="ID", help="Of this model.", autocompletion=complete_model),
    ] = None,
    provider: Annotated[
        list[str] | None,
        typer.Option("--provider", "-p", metavar="ID", help="Of its models.", autocompletion=complete_provider),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option("--field", "-f", metavar="PATH", help="At or under it: context_window, prices.input, tags."),
    ] = None,
    change_class: Annotated[
        list[Class] | None, typer.Option("--class", "-c", help="Only changes of this class.")
    ] = None,
    kind: Annotated[list[Kind] | None, typer.Option("--type", help="Only values that came, went, or others.")] = None,
    operation: Annotated[
        list[Operation] | None, typer.Option("--operation", "-O", help="Only versions that did this.")
    ] = None,
    by: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only by this principal.")] = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = None,
    all: All = False,
) -> None:
    """List what changed across models, newest first.

    Who removed tool calling last month: modeldex changes --field capabilities.function_calling --since 30d
    """
    from modeldex.v1.history_pb2 import ChangeClass  # noqa: PLC0415
    from modeldex.v1.update_pb2 import FieldChangeOperation  # noqa: PLC0415

    wanted = most(session, limit, all=all)
    with session.client() as client:
        found = Counted(
            client.history.changes(
                past(since, "--since"),
                past(until, "--until"),
                model_ids=arguments.items(model),
                provider_ids=arguments.items(provider),
                paths=[path_of(one) for one in field or ()],
                types=[FieldChangeOperation.Value(f"FIELD_CHANGE_OPERATION_{one.name}") for one in kind or ()],
                change_classes=[ChangeClass.Value(f"CHANGE_CLASS_{one.name}") for one in change_class or ()],
                operations=operations(operation),
                principals=arguments.items(by),
                limit=wanted,
            )
        )
        session.output.list(change_sheet.sheet(), found)
    session.output.say(found.summary("change", wanted))
