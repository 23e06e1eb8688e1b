"""The tree of commands. Each noun is a file, read when it is asked for."""

import inspect
from collections.abc import Iterator
from importlib import import_module
from typing import Annotated, Any

import typer

from modeldex_server.cli.coercion import quicken
from modeldex_server.cli.groups import Group
from modeldex_server.cli.problems import EXPLAINED, ExitCode, UsageFailure
from modeldex_server.cli.session import Before, remember, with_options
from modeldex_server.cli.target import TargetOptions
from modeldex_server.cli.terminal.output import OutputOptions

_HISTORY = ("history", "diff", "changes", "rollback", "pin", "unpin", "pins", "audit", "purge")
NOUNS = (
    "serve",
    "models",
    "providers",
    "watch",
    "subscriptions",
    "feed",
    "cache",
    *_HISTORY,
    "status",
    "health",
    "config",
    "tokens",
)
_WITHOUT_CLIENT = ("serve", "tokens")
_EPILOG = (
    "Exit codes: "
    + "; ".join(f"{code:d} {words}" for code, words in EXPLAINED.items())
    + ". NO_COLOR switches colour off."
)


class Nouns(Group):
    """The root: its groups are read from their files when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The nouns in the order in which a newcomer meets them."""
        return [*NOUNS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """One noun; for a word that is none, all are read, so that a near one can be proposed."""
        for noun in [cmd_name] if cmd_name in NOUNS else NOUNS:
            if noun not in self.commands:
                self.add_command(_built(import_module(f"modeldex_server.cli.{_place(noun)}").app, noun))
        return self.commands.get(cmd_name)


def _root(context: typer.Context, *, version: bool = False, **given: Any) -> None:
    """A live catalogue of AI models behind gRPC: which models exist, what they can do, what they cost.

    `modeldex serve` runs a server; the others but tokens ask one: -t HOST:PORT or MODELDEX_TARGET says which.
    Data goes to stdout, talk to stderr. --json and --output csv are for programs.
    """
    if version:
        from importlib.metadata import version as version_of  # noqa: PLC0415

        print(f"modeldex {version_of('modeldex')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise UsageFailure(f"Name a command: {', '.join(NOUNS)}. See: modeldex --help")
    remember(context, **given)
    if context.invoked_subcommand in _WITHOUT_CLIENT and not _kept(context).is_empty:
        raise UsageFailure(f"{context.invoked_subcommand} asks no server: give its options after its name.")


def _kept(context: typer.Context) -> Before:
    kept: Before = context.obj
    return kept


def _version_option() -> inspect.Parameter:
    option = Annotated[bool, typer.Option("--version", is_eager=True, help="Show the release.")]
    return inspect.Parameter("version", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=option)


app = typer.Typer(
    name="modeldex",
    cls=Nouns,
    epilog=_EPILOG,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# Whoever reads the first help needs the nouns; each command's help shows the common options.
app.callback()(with_options(_root, [_version_option()], TargetOptions, OutputOptions, hidden=True))


def run() -> Any:
    """Run the command line. Without standalone mode errors come to the caller, and a number is an exit code."""
    code = _built(app, "modeldex").main(prog_name="modeldex", standalone_mode=False)
    if code == ExitCode.INTERRUPTED:
        raise KeyboardInterrupt  # which typer had turned into the number
    return code


def _place(noun: str) -> str:
    """Where a noun is: in a file or a folder of its name, or among those of the history."""
    return f"history.{noun}" if noun in _HISTORY else noun


def _built(noun: typer.Typer, name: str) -> Any:
    """The command of a noun, ready to run."""
    command: Any = typer.main.get_command(noun)
    command.name = name
    for one in _below(command):
        quicken(one)
    return command


def _below(command: Any) -> Iterator[Any]:
    """A command and all those under it."""
    yield command
    for one in getattr(command, "commands", {}).values():
        yield from _below(one)
