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
    data_dir: DataDir = None,
    tokens_file: TokensFile = None,
    config: Config = None,
) -> None:
    """Add a caller and show its token, once."""
    file = _path(data_dir, tokens_file, config)
    write(token_file.add(file, name, frozenset(role), certificate))
    say(
        f"{name} is {', '.join(sorted(role))}. The token is shown only now: put it into MODELDEX_TOKEN, or "
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


_COLUMNS: list[Column[token_file.Entry]] = [
    Column("name", lambda entry: entry.name, fold=True),
    Column("roles", lambda entry: ", ".join(sorted(entry.roles)), fold=True),
    Column("token", lambda entry: f"sha256 {entry.sha256[:8]}..." if entry.sha256 else "-", drop=2),
    Column("certificate", lambda entry: entry.certificate or "-", drop=1),
]


def _path(data_dir: Path | None, tokens_file: Path | None, config: Path | None) -> Path:
    from modeldex_server import settings  # noqa: PLC0415

    loaded = settings.load({"data_dir": data_dir, "tokens_file": tokens_file}, config)
    loaded.tokens_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return loaded.tokens_path
