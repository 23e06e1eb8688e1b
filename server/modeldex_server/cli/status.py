"""`modeldex status`: how discovery, the catalogue, the store, the sources and the replicas are."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import typer

from modeldex_server.cli import providers
from modeldex_server.cli.session import Session, asks
from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.cards import Card
from modeldex_server.cli.terminal.output import Output
from modeldex_server.cli.terminal.styles import Style
from modeldex_server.cli.terminal.tables import Column, draw

if TYPE_CHECKING:
    from modeldex.v1.discovery_service_pb2 import GetStatusResponse, ReplicaStatus, SourceStatus
    from modeldex.v1.provider_pb2 import Provider

# A source is late once it missed a whole interval.
_INTERVALS = 2
_NAMED = 8  # providers; the list shows them all

app = typer.Typer(add_completion=False)


@app.command()
@asks
def status(session: Session) -> None:
    """Show how discovery, its sources, the store and the replicas are, and which providers are stale or fail."""
    with session.client() as client:
        answer = client.discovery.status()
        if session.output.for_reading:
            interval = texts.seconds(client.discovery.configuration().configuration.refresh_interval)
            limit = timedelta(seconds=_INTERVALS * interval)
            known = [*client.providers.list()]
        else:
            limit, known = timedelta(), []
    now = datetime.now(UTC)
    session.output.answer(answer, lambda: _lines(answer, known, limit, now, session.output))


def _lines(
    answer: "GetStatusResponse", known: list["Provider"], limit: timedelta, now: datetime, output: Output
) -> Iterator[str]:
    width, colour = output.width, output.colour
    card = Card(width, colour)
    _add_discovery(card, answer, now)
    card.add("catalogue", f"{texts.plural(answer.total_models, 'model')} at revision {answer.revision}")
    _add_providers(card, answer, known, limit, now)
    _add_store(card, answer)
    _add_redis(card, answer)
    yield from card.lines()
    yield ""
    yield from draw(_source_columns(now), answer.sources, width, colour=colour)
    yield ""
    yield from draw(_replica_columns(now, answer.revision), answer.replicas, width, colour=colour)


def _add_discovery(card: Card, answer: "GetStatusResponse", now: datetime) -> None:
    from modeldex.v1.discovery_service_pb2 import DiscoveryState  # noqa: PLC0415

    state = texts.word(DiscoveryState.Name, answer.state, "DISCOVERY_STATE_")
    last = ""
    if answer.HasField("last_refresh_time"):
        last = f", last refresh {texts.age(answer.last_refresh_time, now)}"
    style = {"running": Style.GOOD, "error": Style.BAD}.get(state, Style.CAUTION)
    card.add("discovery", f"{state}{last}", style)


def _add_providers(
    card: Card, answer: "GetStatusResponse", known: list["Provider"], limit: timedelta, now: datetime
) -> None:
    active = "all" if answer.active_providers == answer.total_providers else f"{answer.active_providers:,}"
    card.add("providers", f"{answer.total_providers:,}, {active} active")
    stale = [provider.id for provider in known if providers.is_stale(provider, now, limit)]
    advice = f"modeldex providers list --stale {texts.typed(limit.total_seconds())}"
    if stale:
        age = texts.span(limit.total_seconds())
        card.add("stale", f"{_some(stale)}: no complete listing in {age}. See: {advice}", Style.CAUTION)
    if answer.error_provider_ids:
        text = f"{_some(answer.error_provider_ids)}. See: modeldex providers list --status error"
        card.add("failing", text, Style.BAD)


def _some(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _NAMED:,} more" if len(ids) > _NAMED else ""
    return f"{texts.words(ids[:_NAMED])}{more}"


def _add_store(card: Card, answer: "GetStatusResponse") -> None:
    store = answer.storage
    if not store.healthy:
        card.add("store", texts.safe(store.error) or "it does not answer", Style.BAD)
        return
    time = texts.span(texts.seconds(store.response_time))
    used = f"{store.active_connections} of {store.total_connections} connections in use"
    card.add("store", f"healthy, answers in {time}, {used}")


def _add_redis(card: Card, answer: "GetStatusResponse") -> None:
    if not answer.HasField("redis"):
        return
    redis = answer.redis
    asked = f"{redis.operations:,} operations, {redis.failures:,} of them failed"
    if redis.healthy:
        card.add("redis", f"healthy, {asked}")
    else:
        card.add("redis", f"away: nothing needs it, answers take longer; {asked}", Style.CAUTION)


def _source_columns(now: datetime) -> list[Column["SourceStatus"]]:
    return [
        Column("source", lambda source: texts.safe(source.id), fold=True),
        Column("kind", lambda source: texts.safe(source.kind), drop=5),
        Column("models", lambda source: texts.count(source.model_count), drop=4, right=True),
        Column("complete", lambda source: _age(source, "last_success_time", now, "never")),
        Column("next", lambda source: _next(source, now), drop=3),
        Column(
            "error",
            lambda source: texts.safe(source.last_error.message) if source.HasField("last_error") else "",
            drop=1,
            fold=True,
            quiet=True,
            style=lambda _: Style.BAD,
        ),
    ]


def _age(source: "SourceStatus", name: str, now: datetime, absent: str) -> str:
    return texts.age(getattr(source, name), now) if source.HasField(name) else absent  # type: ignore[arg-type]


def _next(source: "SourceStatus", now: datetime) -> str:
    return "runs now" if source.refreshing else _age(source, "next_refresh_time", now, "-")


def _replica_columns(now: datetime, newest: int) -> list[Column["ReplicaStatus"]]:
    return [
        Column("replica", lambda replica: texts.safe(replica.address), fold=True),
        Column("id", lambda replica: texts.safe(replica.id), drop=3),
        Column("release", lambda replica: texts.safe(replica.release), drop=2),
        Column("started", lambda replica: texts.age(replica.start_time, now), drop=1),
        Column(
            "revision",
            lambda replica: str(replica.revision),
            right=True,
            style=lambda replica: Style.CAUTION if replica.revision < newest else Style.PLAIN,
        ),
    ]
