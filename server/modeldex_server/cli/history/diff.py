"""`modeldex diff`: what differs between two versions of a model, and what breaks."""

from typing import TYPE_CHECKING, Annotated

import typer

from modeldex_server.cli.history import diff_sheet, words
from modeldex_server.cli.history.options import ModelId, known
from modeldex_server.cli.problems import Failure
from modeldex_server.cli.session import Session, asks
from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.output import Format

if TYPE_CHECKING:
    from modeldex.v1.history_pb2 import ModelDiff
    from modeldex_client import Client

app = typer.Typer(add_completion=False)


@app.command()
@asks
def diff(
    session: Session,
    id: ModelId,
    before: Annotated[
        int | None, typer.Argument(min=1, metavar="A", help="A version (default: the last but one).")
    ] = None,
    after: Annotated[
        int | None, typer.Argument(min=1, metavar="B", help="The version to compare it with (default: the last).")
    ] = None,
) -> None:
    """Show what differs between two versions of a model: what it was, what it is, whether that breaks its users.

    What the last refresh changed: modeldex diff openai/gpt-4o
    """
    with session.client() as client, known(client, id):
        if after is None:
            after = client.history.versions(id, limit=1).first_page().versions[0].version
        if before is None:
            if after == 1:
                raise Failure(f"{texts.quoted(id)} has one version only: nothing to compare it with.")
            before = after - 1
        found = client.history.compare(id, before, after)
        show(session, client, found)


def show(session: Session, client: "Client", found: "ModelDiff") -> None:
    """Write a diff."""
    output = session.output
    if output.format is Format.JSON:
        output.answer(found, list)
    elif output.for_reading:
        units = units_of(client, found)
        output.lines(diff_sheet.lines(found, units, output.width, colour=output.colour))
    else:
        output.list(diff_sheet.sheet({}), diff_sheet.ordered(found.entries))


def units_of(client: "Client", found: "ModelDiff") -> words.Units:
    """What the prices of the version that a diff leads to are in; asked for where a price differs."""
    if not any(entry.change.path.startswith("prices[") for entry in found.entries):
        return {}
    version = client.history.version(found.model_id, found.to_version)
    return words.units(version.model if version.HasField("model") else None)
