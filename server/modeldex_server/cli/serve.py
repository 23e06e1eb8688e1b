"""`modeldex serve` runs a server."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from modeldex_server.settings import Settings

app = typer.Typer(add_completion=False)


@app.command()
def serve(
    listen: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="(default: localhost:50051); port 0 takes a free one.")
    ] = None,
    data_dir: Annotated[Path | None, typer.Option(metavar="FOLDER", help="The data folder (default: data).")] = None,
    database_url: Annotated[
        str | None, typer.Option(metavar="URL", help="A PostgreSQL of yours (default: one in the data folder).")
    ] = None,
    processes: Annotated[
        int | None, typer.Option(metavar="N", help="Server processes that share the port (default: 1).")
    ] = None,
    metrics_listen: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help='Where /metrics is (default: localhost:9464); "" is off.'),
    ] = None,
    tokens_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="(default: tokens.toml in the data folder)")
    ] = None,
    tls_certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="PEM file of the certificate chain.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="FILE", help="PEM file of its private key.")] = None,
    tls_client_ca: Annotated[
        Path | None, typer.Option(metavar="FILE", help="PEM file of who signs clients' certificates (mTLS).")
    ] = None,
    insecure: Annotated[bool, typer.Option("--insecure", help="Let everybody in, from everywhere.")] = False,
    log_level: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="debug, info, warning or error (default: info).")
    ] = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="A TOML file with any of the options.")] = None,
    restored: Annotated[
        bool, typer.Option("--restored", help="The database was restored from a backup: for its first start.")
    ] = False,
) -> None:
    """Run a server until a signal ends it.

    Every option but the last is also an environment variable (MODELDEX_LISTEN) and a key of the TOML file (listen).
    The command line counts first, then the environment, then the file.
    """
    from modeldex_server import settings  # noqa: PLC0415

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
    raise typer.Exit(_run(settings.load(options, config), restored=restored))


def _run(settings: Settings, *, restored: bool) -> int:
    from modeldex_server import log  # noqa: PLC0415

    gc.enable()
    log.configure(settings.log_level, settings.log_format)
    if restored and settings.worker is None:
        from modeldex_server.restoring import begin_history  # noqa: PLC0415

        begin_history(settings)
    if settings.processes > 1 and settings.worker is None:
        from modeldex_server.processes import supervise  # noqa: PLC0415

        return supervise(settings, sys.argv[1:])
    from modeldex_server.app import run  # noqa: PLC0415

    return run(settings)
