"""`modeldex tokens` says who may call a server: it writes the file that the server reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from modeldex_server.cli.groups import Group
from modeldex_server.cli.problems import say
from modeldex_server.cli.terminal.output import Output, OutputOptions, write
from modeldex_server.cli.terminal.tables import Column, draw
from modeldex_server.security import tokens as token_file
from modeldex_server.security.roles import Role

app = typer.Typer(
    cls=Group, add_completion=False, help="Who may call a server. Without an entry everybody on this machine may."
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The caller, as it stands in versions and logs.")]
DataDir = Annotated[Path | None, typer.Option(metavar="FOLDER", help="The data folder (default: data).")]
TokensFile = Annotated[Path | None, typer.Option(metavar="FILE", help="(default: tokens.toml in the data folder)")]
Config = Annotated[Path | None, typer.Option(metavar="FILE", help="The TOML file of the server.")]


@app.command()
def add(
    name: Name,
    role: Annotated[list[Role], typer.Option("--role", help="What it may do; may be given several times.")],
    certificate: Annotated[
        str, typer.Option(metavar="NAME", help="The name in its client certificate, for mTLS.")
    ] = "",
    provider: Annotated[
        list[str] | None,
        typer.Option(
            "--provider", metavar="ID", help="A provider that it may see; may be given several times (default: all)."
        ),
    ] = None,
    calls_per_second: Annotated[
        float | None, typer.Option(metavar="NUMBER", help="The most calls it may make; 0 for no limit.")
    ] = None,
    max_streams: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="The most watches it may have open; 0 for no limit.")
    ] = None,
    data_dir: DataDir = None,
    tokens_file: TokensFile = None,
    config: Config = None,
) -> None:
    """Add a caller and show its token, once."""
    file = _path(data_dir, tokens_file, config)
    providers = frozenset(provider) if provider else None
    token = token_file.add(
        file,
        name,
        frozenset(role),
        certificate,
        providers=providers,
        calls_per_second=calls_per_second,
        max_streams=max_streams,
    )
    write(token)
    of = f" for {', '.join(sorted(providers))}" if providers else ""
    say(
        f"{name} is {', '.join(sorted(role))}{of}. The token is shown only now: put it into MODELDEX_TOKEN, or "
        'send it as "authorization: Bearer <token>".'
    )


@app.command("list")
def list_tokens(data_dir: DataDir = None, tokens_file: TokensFile = None, config: Config = None) -> None:
    """List the callers."""
    entries = sorted(token_file.read(_path(data_dir, tokens_file, config)), key=lambda entry: entry.name)
    if not entries:
        write("Nobody: everybody on this machine may call the server.")
        return
    output = Output(OutputOptions())
    output.lines(draw(_COLUMNS, entries, output.width, colour=output.colour))


@app.command()
def remove(name: Name, data_dir: DataDir = None, tokens_file: TokensFile = None, config: Config = None) -> None:
    """Remove a caller; running servers refuse it within a second or two."""
    token_file.remove(_path(data_dir, tokens_file, config), name)


def _limits(entry: token_file.Entry) -> str:
    limits = ((entry.calls_per_second, "calls/s"), (entry.max_streams, "streams"))
    return ", ".join(f"{limit:g} {of}" if limit else f"any {of}" for limit, of in limits if limit is not None)


_COLUMNS: list[Column[token_file.Entry]] = [
    Column("name", lambda entry: entry.name, fold=True),
    Column("roles", lambda entry: ", ".join(sorted(entry.roles)), fold=True),
    Column(
        "providers", lambda entry: "all" if entry.providers is None else ", ".join(sorted(entry.providers)), fold=True
    ),
    Column("limits", _limits, drop=3, quiet=True),
    Column("token", lambda entry: f"sha256 {entry.sha256[:8]}..." if entry.sha256 else "-", drop=2),
    Column("certificate", lambda entry: entry.certificate or "-", drop=1),
]


def _path(data_dir: Path | None, tokens_file: Path | None, config: Path | None) -> Path:
    from modeldex_server import settings  # noqa: PLC0415

    loaded = settings.load({"data_dir": data_dir, "tokens_file": tokens_file}, config)
    loaded.tokens_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return loaded.tokens_path
