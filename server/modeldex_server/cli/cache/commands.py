"""`modeldex cache`: entries that services share, the copies that answer reads, and what happens to both."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from modeldex_server.cli import arguments
from modeldex_server.cli.cache import rules, sheet, statistics
from modeldex_server.cli.cache.words import Why, reason_of
from modeldex_server.cli.completion import complete_entry, complete_provider
from modeldex_server.cli.filters import FilterOptions, filter_of
from modeldex_server.cli.groups import Group
from modeldex_server.cli.problems import UsageFailure
from modeldex_server.cli.reading import parse, read
from modeldex_server.cli.session import Session, asks
from modeldex_server.cli.terminal import texts

if TYPE_CHECKING:
    from modeldex.v1.cache_pb2 import CacheEntry
    from modeldex.v1.cache_service_pb2 import CacheEntryFilter

_CATALOGUE = "catalogue"
_ON_TERMINAL = 50  # rows, unless told otherwise; a pipe gets all
_TARGET = "What is invalidated (KEY, or one of these)"

app = typer.Typer(
    cls=Group, add_completion=False, help="The cache: entries that services share, and the copies that answer reads."
)
app.add_typer(rules.app, name="rules")

Key = Annotated[str, typer.Argument(metavar="KEY", help="A model's id.", autocompletion=complete_entry)]
Namespace = Annotated[
    str, typer.Option("--namespace", "-N", metavar="NAME", help="The namespace (default: the catalogue's models).")
]
OwnNamespace = Annotated[str, typer.Option("--namespace", "-N", metavar="NAME", help="The namespace; yours to name.")]
ExpectedVersion = Annotated[
    int | None, typer.Option(min=0, metavar="VERSION", help="Only if this is the entry's version now.")
]
Limit = Annotated[int | None, typer.Option("--limit", "-n", min=1, metavar="N", help="At most so many.")]
All = Annotated[bool, typer.Option("--all", "-a", help="All; a terminal gets 50 otherwise.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@dataclass(frozen=True)
class TargetOfInvalidation:
    """What is to be invalidated."""

    tag: Annotated[
        list[str] | None, typer.Option(metavar="TAG", help="What has any of these tags.", rich_help_panel=_TARGET)
    ] = None
    provider: Annotated[
        str | None,
        typer.Option(
            "--provider",
            "-p",
            metavar="ID",
            help="What is of this provider.",
            autocompletion=complete_provider,
            rich_help_panel=_TARGET,
        ),
    ] = None
    expired: Annotated[
        bool, typer.Option("--expired", help="What has expired; it only takes place.", rich_help_panel=_TARGET)
    ] = False
    all: Annotated[bool, typer.Option("--all", help="All of it.", rich_help_panel=_TARGET)] = False


@app.command()
@asks
def stats(session: Session) -> None:
    """Show how often the cache of the replica that answers helped, what it holds, and its policies."""
    with session.client() as client:
        answer = client.cache.stats()
    output = session.output
    output.answer(answer, lambda: statistics.lines(answer, datetime.now(UTC), output.width, colour=output.colour))


@app.command("list")
@asks
def list_entries(
    session: Session,
    filter: FilterOptions,
    namespace: Namespace = _CATALOGUE,
    in_memory: Annotated[
        bool | None,
        typer.Option("--in-memory/--not-in-memory", help="Only what the replica holds in memory, or does not."),
    ] = None,
    stale: Annotated[
        bool | None, typer.Option("--stale/--fresh", help="Only what is stale, or is not. Not of the catalogue.")
    ] = None,
    limit: Limit = None,
    all: All = False,
) -> None:
    """List the entries of a namespace, and which of them the replica that answers holds in memory.

    What a gateway keeps of OpenAI: modeldex cache list --namespace gateway --provider openai
    """
    output = session.output
    chosen = _filter(filter, in_memory=in_memory, stale=stale)
    most = _most(session, limit, all=all)
    shown = 0
    with session.client() as client:
        found = client.cache.list(chosen, namespace=namespace, omit_values=output.for_reading, limit=most)

        def rows() -> Iterator["CacheEntry"]:
            nonlocal shown
            for row in found:
                shown += 1
                yield row

        output.list(sheet.entries(datetime.now(UTC)), rows())
        if not output.quiet:
            counted = client.cache.count(chosen, namespace=namespace)
            output.say(_summary(shown, counted.count, counted.in_memory_count))


@app.command()
@asks
def get(session: Session, entry: Key, namespace: Namespace = _CATALOGUE) -> None:
    """Show one entry: how long it lives, how often it was read, which tier it came from, and its model."""
    with session.client() as client:
        found = client.cache.get(entry, namespace=namespace)
    _show(session, found)


@app.command("set")
@asks
def set_entry(
    session: Session,
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="The model as JSON, as `models get --json` writes it.")],
    namespace: OwnNamespace,
    ttl: Annotated[
        str | None, typer.Option(metavar="SPAN", help="How long it lives: 10m (default: the policy).")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(metavar="TAG", help="What it can be invalidated by.")] = None,
    priority: Annotated[int, typer.Option(min=0, max=9, help="The higher stay in memory longest.")] = 0,
    metadata: Annotated[str | None, typer.Option(metavar="JSON", help="An object, for your own use.")] = None,
    expected_version: ExpectedVersion = None,
) -> None:
    """Set an entry: a model under its id, in a namespace of yours.

    Keep one for an hour: modeldex models get openai/gpt-4o --json | modeldex cache set - -N gateway --ttl 1h
    """
    from google.protobuf.struct_pb2 import Struct  # noqa: PLC0415

    from modeldex.v1.model_pb2 import Model  # noqa: PLC0415

    model = read(file, Model(), "model")
    with session.client() as client:
        entry = client.cache.set(
            model.id,
            model,
            namespace=namespace,
            ttl=_ttl(ttl),
            tags=arguments.items(tag),
            priority=priority,
            metadata=parse(metadata, Struct(), "--metadata", "object") if metadata is not None else None,
            expected_version=expected_version,
        )
    until = texts.age(entry.expire_time, datetime.now(UTC))
    session.output.say(f"Set: {texts.quoted(entry.key)} is version {entry.entry_version}, and expires {until}.")
    session.output.answer(entry, list)


@app.command()
@asks
def delete(session: Session, entry: Key, namespace: OwnNamespace, expected_version: ExpectedVersion = None) -> None:
    """Delete an entry."""
    with session.client() as client:
        deleted = client.cache.delete(entry, namespace=namespace, expected_version=expected_version)
    where = f"{texts.quoted(entry)} in {texts.quoted(namespace)}"
    session.output.say(f"Deleted: {where}." if deleted else f"There was no {where}.")


@app.command()
@asks
def invalidate(
    session: Session,
    target: TargetOfInvalidation,
    entry: Annotated[
        str | None, typer.Argument(metavar="[KEY]", help="A model's id.", autocompletion=complete_entry)
    ] = None,
    namespace: Annotated[
        str, typer.Option("--namespace", "-N", metavar="NAME", help="Only in this namespace (default: in all).")
    ] = "",
    soft: Annotated[
        bool, typer.Option("--soft", help="May be answered, marked as stale, while better is read or set.")
    ] = False,
    expected_version: Annotated[
        int | None,
        typer.Option(min=0, metavar="VERSION", help="With KEY: only where the model has another version."),
    ] = None,
    reason: Annotated[
        Why | None, typer.Option("--reason", help="Why (default: what goes with what is invalidated).")
    ] = None,
    yes: Yes = False,
) -> None:
    """Make entries of callers, and copies of models, count no more: on all replicas, within a second.

    Refresh what a price list made: modeldex cache invalidate --tag prices --soft
    """
    given = (entry, target.tag, target.provider, target.expired or None, target.all or None)
    if sum(one is not None for one in given) != 1:
        raise UsageFailure("Name one: KEY, --tag TAG, --provider ID, --expired or --all.")
    if target.all and not soft:
        _confirm(f"Invalidate all of {texts.quoted(namespace) if namespace else 'every namespace'}?", yes=yes)
    with session.client() as client:
        answer = client.cache.invalidate(
            key=entry,
            tags=arguments.items(target.tag) if target.tag is not None else None,
            provider_id=target.provider,
            expired=target.expired,
            all=target.all,
            namespace=namespace,
            soft=soft,
            reason=reason_of(reason),
            expected_version=expected_version,
        )
    session.output.say(sheet.invalidated(answer))
    session.output.answer(answer, list)


@app.command()
@asks
def clear(
    session: Session,
    namespace: Annotated[
        str, typer.Argument(metavar="[NAMESPACE]", help="Only this one (default: all, and the statistics).")
    ] = "",
    yes: Yes = False,
) -> None:
    """Delete the entries of callers and drop all copies, on all replicas."""
    _confirm(f"Clear {texts.quoted(namespace) if namespace else 'the whole cache'}?", yes=yes)
    with session.client() as client:
        answer = client.cache.clear(namespace)
    stored = texts.plural(answer.invalidation.entry_count, "entry of callers", "entries of callers")
    copies = texts.plural(answer.memory_count, "copy", "copies")
    session.output.say(f"Cleared: {stored}, {copies} in this replica's memory.")
    session.output.answer(answer, list)


@app.command()
@asks
def history(
    session: Session,
    last: Annotated[
        str | None, typer.Option(metavar="SPAN", help="How far back (default: 90 days, which is all).")
    ] = None,
    reason: Annotated[list[Why] | None, typer.Option("--reason", help="Made for one of these reasons.")] = None,
    provider: Annotated[
        str, typer.Option("--provider", "-p", metavar="ID", help="Of this provider.", autocompletion=complete_provider)
    ] = "",
    rule: Annotated[str, typer.Option(metavar="ID", help="Made by this rule.")] = "",
    limit: Limit = None,
    all: All = False,
) -> None:
    """List the invalidations that were made, the newest first, those that failed among them."""
    most = _most(session, limit, all=all)
    start = None if last is None else datetime.now(UTC) - timedelta(seconds=arguments.span(last, "--last"))
    with session.client() as client:
        found = client.cache.invalidations(
            start, reasons=[reason_of(one) for one in reason or ()], provider_id=provider, rule_id=rule, limit=most
        )
        session.output.list(sheet.history(datetime.now(UTC)), found)
        if not session.output.quiet:
            session.output.say(sheet.totals(client.cache.invalidation_stats()))


@app.command()
@asks
def watch(
    session: Session,
    kind: Annotated[
        list[str] | None, typer.Option(metavar="KIND", help="Only these: hit,miss,eviction,set,error and so on.")
    ] = None,
    namespace: Annotated[
        list[str] | None, typer.Option("--namespace", "-N", metavar="NAME", help="Only of entries in it.")
    ] = None,
    provider: Annotated[
        list[str] | None,
        typer.Option("--provider", "-p", metavar="ID", help="Only of its entries.", autocompletion=complete_provider),
    ] = None,
    sample: Annotated[
        float | None,
        typer.Option(min=0.0, max=1.0, metavar="SHARE", help="The share of hits and misses to tell: 0.01."),
    ] = None,
    lines: Annotated[bool, typer.Option("--lines", help="A line an event, at a terminal, too.")] = False,
) -> None:
    """Show what happens in the cache of the replica that answers, until Ctrl-C.

    At a terminal a picture: rates, memory, hit rate of the last minute, and the last events. Else a line an event.
    """
    from modeldex_server.cli.cache import watching  # noqa: PLC0415

    wanted = watching.Wanted(
        watching.kinds(arguments.items(kind)), arguments.items(namespace), arguments.items(provider), sample
    )
    watching.run(session, wanted, lines=lines)


def _filter(options: FilterOptions, *, in_memory: bool | None, stale: bool | None) -> "CacheEntryFilter":
    """The options of models, but for tags: those are the entry's own."""
    from modeldex.v1.cache_service_pb2 import CacheEntryFilter  # noqa: PLC0415

    of_models = replace(options, tag=None)
    return CacheEntryFilter(
        models=filter_of(of_models) if of_models != FilterOptions() else None,
        tags=arguments.items(options.tag),
        in_memory=in_memory,
        stale=stale,
    )


def _most(session: Session, limit: int | None, *, all: bool) -> int | None:
    if all and limit is not None:
        raise UsageFailure("Give --limit or --all, not both.")
    return limit if limit or all or not session.output.on_terminal else _ON_TERMINAL


def _summary(shown: int, total: int, in_memory: int) -> str:
    if not total:
        return "No entry."
    held = f"{in_memory:,} of them in this replica's memory"
    if shown < total:
        return f"{shown:,} of {texts.plural(total, 'entry', 'entries')}, {held}; --all shows all."
    return f"{texts.plural(total, 'entry', 'entries')}, {held}."


def _confirm(question: str, *, yes: bool) -> None:
    if not yes and sys.stdin.isatty():
        typer.confirm(question, abort=True, err=True)


def _ttl(text: str | None) -> timedelta | None:
    return None if text is None else timedelta(seconds=arguments.span(text, "--ttl"))


def _show(session: Session, entry: "CacheEntry") -> None:
    from modeldex_server.cli import model_card  # noqa: PLC0415

    output, now = session.output, datetime.now(UTC)

    def lines() -> Iterator[str]:
        yield from sheet.lines(entry, now, output.width, colour=output.colour)
        yield ""
        yield from model_card.lines(entry.value, now, output.width, colour=output.colour)

    output.one(sheet.entries(now), entry, lines)
