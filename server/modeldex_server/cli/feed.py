"""`modeldex feed`: what was published and delivered, and how the feed does."""

from typing import Annotated

import typer

from modeldex_server.cli import arguments, feed_cards
from modeldex_server.cli.groups import Group
from modeldex_server.cli.session import Session, asks

app = typer.Typer(
    cls=Group, add_completion=False, help="The feed: what was published and delivered, and how well it does."
)


@app.command()
@asks
def stats(
    session: Session,
    last: Annotated[str, typer.Option(metavar="SPAN", help="How far back events are counted.")] = "1d",
) -> None:
    """Count subscriptions, deliveries and events."""
    seconds = arguments.span(last, "--last")
    with session.client() as client:
        feed_cards.show_stats(session.output, client, seconds)


@app.command()
@asks
def health(session: Session) -> None:
    """How the feed does on the replica that answers, and what there is to look at."""
    with session.client() as client:
        answer = client.feed.health()
    output = session.output
    output.answer(answer, lambda: feed_cards.health_lines(answer, output.width, colour=output.colour))
