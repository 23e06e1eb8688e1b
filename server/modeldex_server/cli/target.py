"""Which server is asked, and as whom: options that every command has, before and after its name."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from modeldex_server.cli.problems import UsageFailure, say

if TYPE_CHECKING:
    from modeldex_client import Client

_SECONDS = 10.0
_PANEL = "Which server, and as whom"


@dataclass(frozen=True)
class TargetOptions:
    """What is None comes from the environment, then from the client's defaults."""

    target: Annotated[
        str | None,
        typer.Option(
            "--target",
            "-t",
            metavar="HOST:PORT",
            help="The server (MODELDEX_TARGET; default localhost:50051).",
            rich_help_panel=_PANEL,
        ),
    ] = None
    token: Annotated[
        str | None,
        typer.Option(
            metavar="TOKEN",
            help="The token; everybody on this machine can see it here. Prefer MODELDEX_TOKEN or --token-file.",
            rich_help_panel=_PANEL,
        ),
    ] = None
    token_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A file that holds the token.", rich_help_panel=_PANEL)
    ] = None
    tls: Annotated[
        bool | None,
        typer.Option("--tls/--no-tls", help="Whether to speak TLS (MODELDEX_TLS).", rich_help_panel=_PANEL),
    ] = None
    ca: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="PEM file of who signs the server (MODELDEX_CA).", rich_help_panel=_PANEL),
    ] = None
    certificate: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="PEM file, for mTLS (MODELDEX_CERTIFICATE).", rich_help_panel=_PANEL),
    ] = None
    key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="PEM file of its key (MODELDEX_KEY).", rich_help_panel=_PANEL),
    ] = None
    timeout: Annotated[
        float | None,
        typer.Option(
            min=0.001, metavar="SECONDS", help="The most a call may take (10; a refresh 600).", rich_help_panel=_PANEL
        ),
    ] = None


def connect(options: TargetOptions, *, quiet: bool = False, timeout: float | None = None) -> "Client":
    """A client; it connects with its first call. `timeout`: seconds for a call, unless --timeout names others."""
    from modeldex_client import Client  # noqa: PLC0415

    if options.token is not None and not quiet:
        say("A token on the command line can be seen by others here; MODELDEX_TOKEN or --token-file hide it.")
    return Client(
        options.target,
        token=_token(options),
        tls=options.tls,
        ca=options.ca,
        certificate=options.certificate,
        key=options.key,
        timeout=options.timeout or timeout or _SECONDS,
    )


def _token(options: TargetOptions) -> str | None:
    if options.token_file is None:
        return options.token
    if options.token is not None:
        raise UsageFailure("Give --token or --token-file, not both.")
    try:
        return options.token_file.read_text().strip()
    except OSError as error:
        raise UsageFailure(f"The file of the token {options.token_file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UsageFailure(f"{options.token_file} holds no token: it is not text.") from None
