"""The page of the command: every command with its arguments and options, from the program itself."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from enum import Enum
from typing import Any, get_args

import typer

from modeldex_server.cli.problems import EXPLAINED
from modeldex_server.cli.program import app
from reference.markdown import GENERATED, cell, code, escaped, table

_NAME = "modeldex"
_INTRODUCTION = """# The command

`modeldex` as it is installed; every command shows its part of this with `--help`. A command that asks a server asks
`--target`, else `MODELDEX_TARGET`, else `localhost:50051`; the other variables are under
[Settings](settings.md#clients). Data goes to standard output, talk to standard error.
"""


def page() -> str:
    """The page: a table of all commands, the exit codes, then each command."""
    root = typer.main.get_command(app)
    common = {option.name for option in _options(root)}
    found = list(_commands(root, _NAME))
    parts = [GENERATED, _INTRODUCTION]
    parts.append(table(("command", ""), ((f"[`{name}`](#{_anchor(name)})", cell(_short(one))) for name, one in found)))
    parts.append("## Exit codes { #exit-codes }\n")
    parts.append(table(("code", ""), ((str(int(number)), cell(words)) for number, words in EXPLAINED.items())))
    for name, command in found:
        parts += _command(name, command, common if name != _NAME else set())
    return "\n".join(parts)


def _commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """A command, or a group with the commands under it; none that are hidden."""
    yield name, command
    if hasattr(command, "list_commands"):
        for word in command.list_commands(None):
            sub = command.get_command(None, word)
            if not sub.hidden:
                yield from _commands(sub, f"{name} {word}")


def _command(name: str, command: Any, common: set[str]) -> Iterator[str]:
    """One command; what it has in common with all that ask a server is told once, at the top."""
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = _options(command)
    own = [one for one in options if one.name not in common]
    yield f"## {name} {{ #{_anchor(name)} }}\n"
    words = [name, *(_usage(one) for one in arguments), *(["[OPTIONS]"] if options else [])]
    if hasattr(command, "list_commands"):
        words.append("COMMAND")
    yield f"```text\n{' '.join(words)}\n```\n"
    yield _help(command) + "\n"
    rows = [(code(_label(one)), cell(one.help or "") + _default(one)) for one in [*arguments, *own]]
    if rows:
        yield table(("argument or option", ""), rows)
    if len(own) < len(options):
        yield f"And the options of [every command that asks a server](#{_anchor(_NAME)}).\n"


def options_of_serve() -> set[str]:
    """The fields of the settings that are options of `modeldex serve`."""
    serve = typer.main.get_command(app).get_command(None, "serve")  # type: ignore[attr-defined] # typer types no groups
    return {option.name for option in _options(serve)}


def _options(command: Any) -> list[Any]:
    return [one for one in command.params if one.param_type_name == "option" and not one.hidden and one.name != "help"]


def _usage(argument: Any) -> str:
    """An argument in the line of usage; what may be left out stands in brackets."""
    name = _metavar(argument)
    if argument.required or name.startswith("["):
        return name
    return f"[{name}]" + ("..." if argument.nargs == -1 else "")


def _label(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return _metavar(parameter)
    names = ", ".join([*parameter.opts, *parameter.secondary_opts])
    return names if parameter.is_flag else f"{names} {_metavar(parameter)}"


def _metavar(parameter: Any) -> str:
    """The word that stands for the value, or the words to choose from."""
    if parameter.metavar:
        return str(parameter.metavar)
    annotation = parameter.type_descriptor.annotation
    kind = next((one for one in (annotation, *get_args(annotation)) if isinstance(one, type)), str)
    if issubclass(kind, Enum):
        return "|".join(str(one.value) for one in kind)
    return str(parameter.name).upper()


def _default(parameter: Any) -> str:
    value = parameter.default
    if value is None or isinstance(value, bool) or callable(value) or value in ("", ()):
        return ""
    return f" (default: {value.value if isinstance(value, Enum) else value})"


def _help(command: Any) -> str:
    """What a command says of itself, its examples in lines of their own."""
    text = inspect.cleandoc(command.help or "").replace("\b\n", "")
    return escaped(re.sub(r"(modeldex [a-z]+ [a-z]+ --?[^:`]+?)(?=\.\s|$)", r"`\1`", text))


def _short(command: Any) -> str:
    return " ".join(inspect.cleandoc(command.help or "").split("\n\n")[0].split())


def _anchor(name: str) -> str:
    return name.replace(" ", "-")
