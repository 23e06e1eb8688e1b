"""`modeldex providers`: who serves models, how fresh what is known of them is, and asking them now."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from modeldex_server.cli import arguments, refresh
from modeldex_server.cli.completion import complete_provider
from modeldex_server.cli.groups import Group
from modeldex_server.cli.session import Session, asks
from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.output import Sheet
from modeldex_server.cli.terminal.styles import Style
from modeldex_server.cli.terminal.tables import Column

if TYPE_CHECKING:
    from modeldex.v1.provider_pb2 import Provider, ProviderStatus

app = typer.Typer(
    cls=Group, add_completion=False, help="The providers: who serves models, and how discovery stands with them."
)


class Status(StrEnum):
    """How discovery stands with a provider."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    ERROR = "error"
    MAINTENANCE = "maintenance"
    RATE_LIMITED = "rate-limited"
    UNKNOWN = "unknown"


@app.command("list")
@asks
def list_providers(
    session: Session,
    status: Annotated[list[Status] | None, typer.Option("--status", "-s", help="In one of these states.")] = None,
    stale: Annotated[
        str | None,
        typer.Option(metavar="AGE", help="Only those whose last complete listing is older (2h, 1d) or never came."),
    ] = None,
) -> None:
    """List the providers.

    Which are stale: modeldex providers list --stale 2h. Which fail: modeldex providers list --status error
    """
    now = datetime.now(UTC)
    limit = timedelta(seconds=arguments.span(stale, "--stale")) if stale is not None else None
    shown = 0
    with session.client() as client:
        providers = client.providers.list(statuses=[_number(one) for one in status or ()])

        def chosen() -> Iterator["Provider"]:
            nonlocal shown
            for provider in providers:
                if limit is None or is_stale(provider, now, limit):
                    shown += 1
                    yield provider

        session.output.list(sheet(now), chosen())
    suffix = "" if limit is None else f" without a complete listing in the last {texts.span(limit.total_seconds())}"
    session.output.say(f"{texts.plural(shown, 'provider') if shown else 'No provider'}{suffix}.")


@app.command("refresh")
@asks
def refresh_providers(
    session: Session,
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="The providers (default: all).", autocompletion=complete_provider),
    ] = None,
) -> None:
    """Ask the sources of providers now. A row each as they end; exit code 1 if any failed."""
    refresh.run(session, ids or [])


def is_stale(provider: "Provider", now: datetime, limit: timedelta) -> bool:
    """Whether its last complete listing is older, or never came."""
    return not provider.HasField("last_refresh_time") or now - texts.moment(provider.last_refresh_time) > limit


def sheet(now: datetime) -> Sheet["Provider"]:
    """How a list of providers is written."""
    return Sheet(_columns(now), _FIELDS, lambda provider: provider.id)


def status_word(number: int) -> str:
    """ "rate limited"."""
    from modeldex.v1.provider_pb2 import ProviderStatus  # noqa: PLC0415

    return texts.word(ProviderStatus.Name, number, "PROVIDER_STATUS_")


def status_style(number: int) -> Style:
    """Green where all is well, red where nothing comes."""
    return {"active": Style.GOOD, "error": Style.BAD}.get(status_word(number), Style.CAUTION)


def _number(status: Status) -> "ProviderStatus.ValueType":
    from modeldex.v1.provider_pb2 import ProviderStatus  # noqa: PLC0415

    name = "UNSPECIFIED" if status is Status.UNKNOWN else status.replace("-", "_").upper()
    return ProviderStatus.Value(f"PROVIDER_STATUS_{name}")


def _columns(now: datetime) -> Sequence[Column["Provider"]]:
    return [
        Column("id", lambda provider: texts.safe(provider.id), fold=True),
        Column(
            "status",
            lambda provider: status_word(provider.status),
            style=lambda provider: status_style(provider.status),
        ),
        Column("models", lambda provider: texts.count(provider.model_count), drop=2, right=True),
        Column("refreshed", lambda provider: _age(provider, now), drop=1),
        Column("sources", lambda provider: texts.words(provider.source_ids), drop=4),
        Column("error", _error, drop=3, fold=True, quiet=True, style=lambda _: Style.BAD),
    ]


def _age(provider: "Provider", now: datetime) -> str:
    return texts.age(provider.last_refresh_time, now) if provider.HasField("last_refresh_time") else "never"


def _error(provider: "Provider") -> str:
    return texts.safe(provider.last_error.message) if provider.HasField("last_error") else ""


_FIELDS: dict[str, Callable[["Provider"], str]] = {
    "id": lambda provider: provider.id,
    "display_name": lambda provider: provider.display_name,
    "status": lambda provider: status_word(provider.status),
    "model_count": lambda provider: str(provider.model_count),
    "last_refresh_time": lambda provider: (
        provider.last_refresh_time.ToJsonString() if provider.HasField("last_refresh_time") else ""
    ),
    "source_ids": lambda provider: " ".join(provider.source_ids),
    "own_source_id": lambda provider: provider.own_source_id,
    "last_error": lambda provider: provider.last_error.message,
}
