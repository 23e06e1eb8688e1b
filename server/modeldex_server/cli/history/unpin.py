"""`modeldex unpin`: end pins, so that what sources say counts again."""

from typing import Annotated

import typer

from modeldex_server.cli.history import words
from modeldex_server.cli.history.options import ExpectedVersion, ModelId, known
from modeldex_server.cli.history.typed import path_of
from modeldex_server.cli.session import Session, asks
from modeldex_server.cli.terminal import texts

app = typer.Typer(add_completion=False)


@app.command()
@asks
def unpin(
    session: Session,
    id: ModelId,
    fields: Annotated[
        list[str] | None,
        typer.Argument(metavar="FIELD", help='The pins to end, as `pins` names them; "" is that of the whole.'),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", "-r", metavar="TEXT", help="Why, for the history.")] = "",
    expected_version: ExpectedVersion = None,
) -> None:
    """End pins of a model, all unless told: what its sources say counts again, at once."""
    with session.client() as client, known(client, id):
        answer = client.history.unpin(
            id, [path_of(field) for field in fields or ()], reason=reason, expected_version=expected_version
        )
    if not answer.HasField("model"):
        what = "no source lists it any more, and it left the catalogue."
    elif answer.pins:
        what = f"version {answer.model.version}, which still holds {', '.join(map(words.pin, answer.pins))}."
    else:
        what = f"version {answer.model.version} is what its sources say."
    session.output.say(f"Unpinned: {texts.quoted(id)}: {what}")
    session.output.answer(answer, list)
