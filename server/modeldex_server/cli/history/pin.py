"""`modeldex pin`: hold a model, or facts of it, so that no refresh changes them."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from modeldex_server.cli import arguments
from modeldex_server.cli.history import typed, words
from modeldex_server.cli.history.options import ExpectedVersion, ModelId, WhyNeeded, known
from modeldex_server.cli.problems import UsageFailure
from modeldex_server.cli.session import Session, asks
from modeldex_server.cli.terminal import texts

app = typer.Typer(add_completion=False)


@app.command()
@asks
def pin(
    session: Session,
    id: ModelId,
    reason: WhyNeeded,
    fields: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FIELD[=VALUE]",
            help="What to hold, as it is or at a value: prices.input=2.50, capabilities.vision=yes, context_window. "
            "Default: the whole model.",
        ),
    ] = None,
    for_: Annotated[
        str | None, typer.Option("--for", metavar="SPAN", help="How long: 7d (default: until it is unpinned).")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Until then: 2026-12-31.")] = None,
    expected_version: ExpectedVersion = None,
) -> None:
    """Hold a model that sources list, whole or in parts: no refresh changes what is pinned.

    The price of our contract: modeldex pin openai/gpt-4o prices.input=2.10 --reason "our contract" --until 2027-01-01
    """
    with session.client() as client, known(client, id):
        answer = client.history.pin(
            id,
            typed.pinned(fields or []),
            reason=reason,
            until=_end(for_, until),
            expected_version=expected_version,
        )
    held = ", ".join(words.pin(one) for one in answer.pins)
    session.output.say(f"Pinned: {texts.quoted(id)} is version {answer.model.version}, and holds {held}.")
    session.output.answer(answer, list)


def _end(span: str | None, date: str | None) -> datetime | None:
    if span is not None and date is not None:
        raise UsageFailure("Give --for or --until, not both.")
    if span is not None:
        return datetime.now(UTC) + timedelta(seconds=arguments.span(span, "--for"))
    return None if date is None else arguments.moment(date, "--until")
