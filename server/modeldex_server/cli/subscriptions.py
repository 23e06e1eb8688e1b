"""`modeldex subscriptions`: durable wishes for updates, and what became of them."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from modeldex_server.cli import arguments, subscription_sheet
from modeldex_server.cli.filters import FilterOptions, filter_of
from modeldex_server.cli.groups import Group
from modeldex_server.cli.problems import UsageFailure
from modeldex_server.cli.session import Session, asks
from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.output import Format
from modeldex_server.cli.watch import follow

if TYPE_CHECKING:
    from modeldex.v1.condition_pb2 import EventFilter
    from modeldex.v1.subscription_pb2 import (
        Subscription,
        SubscriptionOptions,
        SubscriptionStatus,
        SubscriptionType,
    )
    from modeldex_client import Client, SubscriptionWatch
    from modeldex_server.cli.watch import Listener

app = typer.Typer(
    cls=Group, add_completion=False, help="Subscriptions: wishes for updates that the server keeps, with their place."
)

_EXAMPLE = (
    '{"type": "EVENT_FILTER_TYPE_MODEL", "conditions":'
    ' [{"field": "provider_id", "operator": "CONDITION_OPERATOR_EQUALS", "value": "openai"}]}'
)
SubscriptionId = Annotated[str, typer.Argument(metavar="ID", help="The subscription, as `list` names it.")]
EventFilters = Annotated[
    list[str] | None,
    typer.Option("--filter", metavar="JSON", help="Only updates that match it, or another such: an EventFilter."),
]


class Kind(StrEnum):
    """Which updates there are to choose from."""

    ALL = "all"
    MODEL = "model"
    PROVIDER = "provider"
    CAPABILITY = "capability"


class Status(StrEnum):
    """How a subscription stands."""

    ACTIVE = "active"
    PAUSED = "paused"
    ERROR = "error"
    EXPIRED = "expired"


@app.command("list")
@asks
def list_subscriptions(
    session: Session,
    client: Annotated[str, typer.Option(metavar="NAME", help="Of this client.")] = "",
    status: Annotated[list[Status] | None, typer.Option("--status", "-s", help="In one of these states.")] = None,
    kind: Annotated[list[Kind] | None, typer.Option("--kind", "-k", help="For these updates.")] = None,
) -> None:
    """List your subscriptions, the newest first; an admin sees those of all."""
    shown = 0
    with session.client() as caller:
        found = caller.subscriptions.list(
            client_id=client,
            statuses=[_status(one) for one in status or ()],
            types=[_type(one) for one in kind or ()],
        )

        def rows() -> Iterator["Subscription"]:
            nonlocal shown
            for row in found:
                shown += 1
                yield row

        session.output.list(subscription_sheet.sheet(datetime.now(UTC)), rows())
    session.output.say(f"{texts.plural(shown, 'subscription') if shown else 'No subscription'}.")


@app.command()
@asks
def get(session: Session, id: SubscriptionId) -> None:
    """Show one subscription: what it asks for, where it stands, what failed."""
    with session.client() as client:
        _show(session, client.subscriptions.get(id))


@app.command()
@asks
def create(
    session: Session,
    client: Annotated[str, typer.Argument(metavar="CLIENT", help="Whom it is for, in your own words.")],
    filter: FilterOptions,
    kind: Annotated[Kind, typer.Option("--kind", "-k", help="Which updates there are to choose from.")] = Kind.ALL,
    event_filter: EventFilters = None,
    explicit: Annotated[
        bool, typer.Option("--explicit", help="An update is done with only once it is acknowledged.")
    ] = False,
    since: Annotated[
        int | None, typer.Option(min=0, metavar="REVISION", help="Begin after this revision (default: now).")
    ] = None,
    expires_after: Annotated[
        str | None, typer.Option(metavar="SPAN", help="Expire after so long without use: 30d (default: 7d).")
    ] = None,
) -> None:
    """Create a subscription. Its id is written to stdout.

    Models with vision, acknowledged: modeldex subscriptions create billing --kind model --has vision --explicit
    """
    models = filter_of(filter) if filter != FilterOptions() else None
    with session.client() as caller:
        made = caller.subscriptions.create(
            client,
            _type(kind),
            filters=[_event_filter(text) for text in event_filter or ()],
            models=models,
            options=_options(explicit=explicit, expires_after=expires_after),
            after_revision=since,
        )
    if session.output.for_reading:
        session.output.lines([texts.safe(made.id)])
    else:
        session.output.one(subscription_sheet.sheet(datetime.now(UTC)), made, list)
    session.output.flush()
    session.output.say(f"To watch it: modeldex subscriptions watch {texts.quoted(made.id)}")


@app.command()
@asks
def watch(session: Session, id: SubscriptionId) -> None:
    """Show what a subscription brings, a line a change, until Ctrl-C; what is shown is done with.

    A watch elsewhere on the same subscription ends.
    """
    from modeldex.v1.subscription_pb2 import ACKNOWLEDGEMENT_MODE_EXPLICIT  # noqa: PLC0415

    if session.output.format is Format.CSV:
        raise UsageFailure("There is no CSV of this; --json is for programs.")
    stream: SubscriptionWatch | None = None
    explicit = False

    def opened(client: "Client", listener: "Listener") -> "SubscriptionWatch":
        nonlocal stream, explicit
        explicit = client.subscriptions.get(id).options.acknowledgement == ACKNOWLEDGEMENT_MODE_EXPLICIT
        stream = client.subscriptions.watch(id, on_interruption=listener)
        return stream

    def shown() -> None:
        if explicit and stream is not None:
            stream.acknowledge()

    follow(session, opened, shown)


@app.command()
@asks
def pause(session: Session, id: SubscriptionId) -> None:
    """Stop a subscription: nothing that is committed from now on is sent until `resume`."""
    with session.client() as client:
        answer = client.subscriptions.pause(id)
    session.output.say(f"Paused: {texts.quoted(id)} gets nothing after revision {answer.revision}.")
    session.output.answer(answer, list)


@app.command()
@asks
def resume(session: Session, id: SubscriptionId) -> None:
    """Let a paused subscription go on with what came meanwhile."""
    with session.client() as client:
        answer = client.subscriptions.resume(id)
    session.output.say(
        f"{texts.quoted(id)} goes on; {texts.plural(answer.subscription.lag_revisions, 'revision')} wait."
    )
    session.output.answer(answer, list)


@app.command("add-filter")
@asks
def add_filter(
    session: Session,
    id: SubscriptionId,
    filter: Annotated[str, typer.Argument(metavar="JSON", help="The EventFilter.")],
) -> None:
    """Add a filter to a subscription. Its id is written to stdout."""
    with session.client() as client:
        answer = client.subscriptions.add_filter(id, _event_filter(filter))
    session.output.answer(answer, lambda: [texts.safe(answer.filter_id)])


@app.command("remove-filter")
@asks
def remove_filter(
    session: Session,
    id: SubscriptionId,
    filter_id: Annotated[str, typer.Argument(metavar="FILTER", help="The filter's id, as `get` shows it.")],
) -> None:
    """Remove a filter from a subscription."""
    with session.client() as client:
        _show(session, client.subscriptions.remove_filter(id, filter_id))


@app.command()
@asks
def delete(
    session: Session,
    id: Annotated[str | None, typer.Argument(metavar="[ID]", help="The subscription.")] = None,
    client: Annotated[str | None, typer.Option(metavar="NAME", help="All of this client instead.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a subscription with its dead letters, or all of a client."""
    if (id is None) == (client is None):
        raise UsageFailure("Name a subscription, or --client NAME for all of one.")
    what = texts.quoted(id) if id is not None else f"all subscriptions of {texts.quoted(client or '')}"
    if not yes and sys.stdin.isatty():
        typer.confirm(f"Delete {what}?", abort=True, err=True)
    with session.client() as caller:
        if id is not None:
            caller.subscriptions.delete(id)
            session.output.say(f"Deleted: {what}.")
        else:
            count = caller.subscriptions.delete_client(client or "")
            session.output.say(f"Deleted: {texts.plural(count, 'subscription')} of {texts.quoted(client or '')}.")


@app.command("dead-letters")
@asks
def dead_letters(session: Session, id: SubscriptionId) -> None:
    """List the updates that a subscription gave up, the newest first."""
    with session.client() as client:
        session.output.list(subscription_sheet.letters(datetime.now(UTC)), client.subscriptions.dead_letters(id))


@app.command()
@asks
def cleanup(session: Session) -> None:
    """Remove expired subscriptions and what is too old. The server does so by itself, too."""
    with session.client() as client:
        answer = client.subscriptions.cleanup()
    session.output.answer(answer, lambda: [subscription_sheet.removed(answer)])


def _show(session: Session, subscription: "Subscription") -> None:
    output, now = session.output, datetime.now(UTC)
    output.one(
        subscription_sheet.sheet(now),
        subscription,
        lambda: subscription_sheet.lines(subscription, now, output.width, colour=output.colour),
    )


def _options(*, explicit: bool, expires_after: str | None) -> "SubscriptionOptions":
    from modeldex.v1 import subscription_pb2 as pb  # noqa: PLC0415

    options = pb.SubscriptionOptions()
    if explicit:
        options.acknowledgement = pb.ACKNOWLEDGEMENT_MODE_EXPLICIT
    if expires_after is not None:
        options.idle_timeout.FromNanoseconds(round(arguments.span(expires_after, "--expires-after") * 1e9))
    return options


def _event_filter(text: str) -> "EventFilter":
    from google.protobuf.json_format import Parse, ParseError  # noqa: PLC0415

    from modeldex.v1.condition_pb2 import EventFilter  # noqa: PLC0415

    try:
        return Parse(text, EventFilter())
    except ParseError as error:
        raise UsageFailure(f"That is no EventFilter: {texts.safe(str(error))} One is {_EXAMPLE}") from None


def _type(kind: Kind) -> "SubscriptionType.ValueType":
    from modeldex.v1.subscription_pb2 import SubscriptionType  # noqa: PLC0415

    return SubscriptionType.Value(f"SUBSCRIPTION_TYPE_{kind.upper()}_UPDATES")


def _status(status: Status) -> "SubscriptionStatus.ValueType":
    from modeldex.v1.subscription_pb2 import SubscriptionStatus  # noqa: PLC0415

    return SubscriptionStatus.Value(f"SUBSCRIPTION_STATUS_{status.upper()}")
