"""`modeldex cache rules`: what is done by itself when an invalidation happens."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from modeldex_server.cli import arguments
from modeldex_server.cli.cache import rule_sheet
from modeldex_server.cli.cache.words import Why, reason_of
from modeldex_server.cli.completion import complete_entry, complete_provider, complete_rule
from modeldex_server.cli.groups import Group
from modeldex_server.cli.problems import UsageFailure
from modeldex_server.cli.reading import read
from modeldex_server.cli.session import Session, asks
from modeldex_server.cli.terminal import texts

if TYPE_CHECKING:
    from modeldex.v1.cache_service_pb2 import InvalidateRequest
    from modeldex.v1.invalidation_pb2 import InvalidationRule

app = typer.Typer(
    cls=Group, add_completion=False, help="Rules: what is done with entries of callers when something is invalidated."
)

RuleId = Annotated[
    str, typer.Argument(metavar="ID", help="The rule, as `list` names it.", autocompletion=complete_rule)
]
RuleFile = Annotated[str, typer.Argument(metavar="FILE|-", help="The rule as JSON, as `show --json` writes it.")]
ExpectedVersion = Annotated[
    int | None, typer.Option(min=0, metavar="VERSION", help="Only if this is the rule's version now.")
]


@app.command("list")
@asks
def list_rules(
    session: Session,
    enabled: Annotated[bool, typer.Option("--enabled", help="Only those that count.")] = False,
) -> None:
    """List the rules, in the order in which they are applied."""
    with session.client() as client:
        rules = client.cache.rules.list(enabled_only=enabled)
    session.output.list(rule_sheet.sheet(datetime.now(UTC)), rules)
    session.output.say(f"{texts.plural(len(rules), 'rule') if rules else 'No rule'}.")


@app.command()
@asks
def show(session: Session, id: RuleId) -> None:
    """Show one rule: when it looks, at what, what it does, and how often it did."""
    with session.client() as client:
        _show(session, client.cache.rules.get(id))


@app.command()
@asks
def create(session: Session, file: RuleFile) -> None:
    """Create a rule. Its id is written to stdout."""
    rule = _read(file)
    with session.client() as client:
        made = client.cache.rules.create(rule)
    if session.output.for_reading:
        session.output.lines([texts.safe(made.id)])
    else:
        session.output.one(rule_sheet.sheet(datetime.now(UTC)), made, list)
    session.output.flush()
    session.output.say(f"To see which entries it is about now: modeldex cache rules try {texts.quoted(made.id)}")


@app.command()
@asks
def update(session: Session, id: RuleId, file: RuleFile, expected_version: ExpectedVersion = None) -> None:
    """Change a rule, whole: what the file does not say has its default."""
    rule = _read(file)
    with session.client() as client:
        _show(session, client.cache.rules.update(id, rule, expected_version=expected_version))


@app.command()
@asks
def delete(session: Session, id: RuleId, expected_version: ExpectedVersion = None) -> None:
    """Delete a rule. What it did stays in the history."""
    with session.client() as client:
        client.cache.rules.delete(id, expected_version=expected_version)
    session.output.say(f"Deleted: {texts.quoted(id)}.")


@app.command("try")
@asks
def try_rule(
    session: Session,
    id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A stored rule.", autocompletion=complete_rule)
    ] = None,
    file: Annotated[
        str | None, typer.Option("--file", "-f", metavar="FILE|-", help="A rule that is not stored, as JSON.")
    ] = None,
    entry: Annotated[
        str | None, typer.Option(metavar="KEY", help="As if it were invalidated.", autocompletion=complete_entry)
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(metavar="TAG", help="As if these were.")] = None,
    provider: Annotated[
        str | None,
        typer.Option("--provider", "-p", metavar="ID", help="As if it were.", autocompletion=complete_provider),
    ] = None,
    reason: Annotated[Why | None, typer.Option("--reason", help="As if for this reason.")] = None,
) -> None:
    """Show which entries a rule would be about now, were something invalidated: all, unless told. Nothing is done."""
    if (id is None) == (file is None):
        raise UsageFailure("Name a rule, or --file FILE for one that is not stored.")
    subject = id if id is not None else _read(file or "")
    with session.client() as client:
        answer = client.cache.rules.evaluate(subject, _trigger(entry, tag, provider, reason))
    output = session.output
    output.answer(answer, lambda: rule_sheet.tried(answer))


def _trigger(entry: str | None, tag: list[str] | None, provider: str | None, reason: Why | None) -> "InvalidateRequest":
    from modeldex.v1.cache_service_pb2 import InvalidateRequest  # noqa: PLC0415
    from modeldex.v1.invalidation_pb2 import InvalidationTags, InvalidationTarget  # noqa: PLC0415

    if sum(one is not None for one in (entry, tag, provider)) > 1:
        raise UsageFailure("Give one of --entry, --tag and --provider, or none.")
    if entry is not None:
        target = InvalidationTarget(key=entry)
    elif provider is not None:
        target = InvalidationTarget(provider_id=provider)
    elif tag is not None:
        target = InvalidationTarget(tags=InvalidationTags(tags=arguments.items(tag)))
    else:
        target = InvalidationTarget(all=True)
    return InvalidateRequest(target=target, reason=reason_of(reason))


def _read(file: str) -> "InvalidationRule":
    from modeldex.v1.invalidation_pb2 import InvalidationRule  # noqa: PLC0415

    return read(file, InvalidationRule(), "rule")


def _show(session: Session, rule: "InvalidationRule") -> None:
    output, now = session.output, datetime.now(UTC)
    output.one(
        rule_sheet.sheet(now),
        rule,
        lambda: rule_sheet.lines(rule, now, output.width, colour=output.colour),
    )
