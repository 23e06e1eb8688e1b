"""The command `modeldex`: `serve` runs a server, `tokens` says who may call it.

What is heavy to import is imported by the command that needs it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from modeldex_server import settings as server_settings
from modeldex_server.errors import StartError
from modeldex_server.security import tokens as token_file
from modeldex_server.security.roles import Role
from modeldex_server.settings import Settings

app = typer.Typer(
    name="modeldex",
    help="A live catalogue of AI models behind gRPC.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
tokens = typer.Typer(
    help="Who may call a server. Without an entry everybody on this machine may.", no_args_is_help=True
)
app.add_typer(tokens, name="tokens")

Config = Annotated[Path | None, typer.Option("--config", help="A TOML file with any of the options.")]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="The data folder (default: data).")]
TokensFile = Annotated[Path | None, typer.Option("--tokens-file", help="(default: tokens.toml in the data folder)")]


@app.command()
def serve(
    listen: Annotated[
        str | None, typer.Option(help="HOST:PORT (default: localhost:50051); port 0 takes a free one.")
    ] = None,
    data_dir: DataDir = None,
    database_url: Annotated[
        str | None, typer.Option(help="A PostgreSQL of yours (default: one in the data folder).")
    ] = None,
    processes: Annotated[int | None, typer.Option(help="Server processes that share the port (default: 1).")] = None,
    metrics_listen: Annotated[
        str | None, typer.Option(help='HOST:PORT of /metrics (default: localhost:9464); "" is off.')
    ] = None,
    tokens_file: TokensFile = None,
    tls_certificate: Annotated[Path | None, typer.Option(help="PEM file of the certificate chain.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="PEM file of its private key.")] = None,
    tls_client_ca: Annotated[
        Path | None, typer.Option(help="PEM file of who signs clients' certificates (mTLS).")
    ] = None,
    insecure: Annotated[bool, typer.Option("--insecure", help="Let everybody in, from everywhere.")] = False,
    log_level: Annotated[str | None, typer.Option(help="debug, info, warning or error (default: info).")] = None,
    config: Config = None,
) -> None:
    """Run a server until a signal ends it.

    Every option is also an environment variable (MODELDEX_LISTEN) and a key of the TOML file (listen). The command line
    counts first, then the environment, then the file.
    """
    options = {
        "listen": listen,
        "data_dir": data_dir,
        "database_url": database_url,
        "processes": processes,
        "metrics_listen": metrics_listen,
        "tokens_file": tokens_file,
        "tls_certificate": tls_certificate,
        "tls_key": tls_key,
        "tls_client_ca": tls_client_ca,
        "insecure": insecure or None,
        "log_level": log_level,
    }
    settings = server_settings.load(options, config)
    raise typer.Exit(_run(settings))


@tokens.command("add")
def tokens_add(
    name: Annotated[str, typer.Argument(help="A name for the caller, as it stands in versions and logs.")],
    role: Annotated[list[Role], typer.Option("--role", help="What it may do; may be given several times.")],
    certificate: Annotated[str, typer.Option(help="The name in its client certificate, for mTLS.")] = "",
    data_dir: DataDir = None,
    tokens_file: TokensFile = None,
    config: Config = None,
) -> None:
    """Add a caller and show its token, once."""
    file = _tokens_path(data_dir, tokens_file, config)
    token = token_file.add(file, name, frozenset(role), certificate)
    print(token)
    print(
        f"{name} is {', '.join(sorted(role))}. The token is shown only now: "
        'send it as "authorization: Bearer <token>".',
        file=sys.stderr,
    )


@tokens.command("list")
def tokens_list(data_dir: DataDir = None, tokens_file: TokensFile = None, config: Config = None) -> None:
    """List the callers."""
    entries = token_file.read(_tokens_path(data_dir, tokens_file, config))
    if not entries:
        print("Nobody: everybody on this machine may call the server.")
        return
    table = Table("name", "roles", "token", "certificate", box=None)
    for entry in sorted(entries, key=lambda entry: entry.name):
        known = f"sha256 {entry.sha256[:8]}..." if entry.sha256 else "-"
        table.add_row(entry.name, ", ".join(sorted(entry.roles)), known, entry.certificate or "-")
    Console().print(table)


@tokens.command("remove")
def tokens_remove(
    name: Annotated[str, typer.Argument(help="The caller.")],
    data_dir: DataDir = None,
    tokens_file: TokensFile = None,
    config: Config = None,
) -> None:
    """Remove a caller; running servers refuse it within a second or two."""
    token_file.remove(_tokens_path(data_dir, tokens_file, config), name)


def main() -> None:
    """The command; a problem of the start is told in its own words, without a traceback."""
    try:
        app()
    except StartError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


def _run(settings: Settings) -> int:
    from modeldex_server import log  # noqa: PLC0415

    log.configure(settings.log_level, settings.log_format)
    if settings.processes > 1 and settings.worker is None:
        from modeldex_server.processes import supervise  # noqa: PLC0415

        return supervise(settings, sys.argv[1:])
    from modeldex_server.app import run  # noqa: PLC0415

    return run(settings)


def _tokens_path(data_dir: Path | None, tokens_file: Path | None, config: Path | None) -> Path:
    settings = server_settings.load({"data_dir": data_dir, "tokens_file": tokens_file}, config)
    settings.tokens_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return settings.tokens_path
