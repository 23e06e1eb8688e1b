"""Problems of the settings, told so that whoever wrote them knows where to correct what. No value is shown: it may be
a secret."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsError

_PREFIX = "MODELDEX_"
# Variables of the client and the command, which may stand in the same environment.
_OF_CLIENTS = (
    "MODELDEX_TARGET", "MODELDEX_TOKEN", "MODELDEX_TLS", "MODELDEX_CA", "MODELDEX_CERTIFICATE", "MODELDEX_KEY",
)  # fmt: skip
_NOT_SETTINGS = ("MODELDEX_CONFIG", "MODELDEX_WORKER", *_OF_CLIENTS)
_HIDDEN_FIELDS = ("worker",)  # set by the supervisor of several processes, by nobody else
# Options of `modeldex serve`; every other field is set by environment or file.
OPTIONS = (
    "listen", "data_dir", "processes", "database_url", "metrics_listen", "insecure", "tokens_file", "tls_certificate",
    "tls_key", "tls_client_ca", "log_level",
)  # fmt: skip


def option_name(field: str) -> str:
    """The option of the command line that sets a field."""
    return "--" + field.replace("_", "-")


def variable_name(path: Sequence[str]) -> str:
    """The environment variable that sets the field at a path."""
    return _PREFIX + "__".join(part.upper() for part in path)


def describe(error: ValidationError) -> Iterator[str]:
    """One line for each problem pydantic found."""
    for problem in error.errors(include_input=False, include_url=False):
        path = [str(part) for part in problem["loc"]]
        rule = _rule(problem["type"], problem["msg"], problem.get("ctx", {}))
        if path == ["MODELDEX_WORKER"]:
            yield 'MODELDEX_WORKER must be "INDEX/COUNT/SUPERVISOR"; leave it to the server.'
        else:
            yield f"{_places(path)}: {rule}." if path else f"{rule}."


_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "less_than_equal": ("at most", "le"),
    "greater_than": ("more than", "gt"),
    "less_than": ("less than", "lt"),
}


def _rule(kind: str, message: str, context: Mapping[str, Any]) -> str:
    if kind in _BOUNDS:
        words, key = _BOUNDS[kind]
        return f"must be {words} {context[key]}"
    if kind.startswith("time_delta"):
        return "must be a number of seconds, for example 10"
    if kind in ("dict_type", "model_type"):
        return "is a table; set its fields one by one"
    return message.removeprefix("Value error, ").replace("Input should", "must")


def describe_unreadable(error: SettingsError) -> str:
    """One line for a variable of a table whose text is no JSON."""
    field = str(error).partition('field "')[2].partition('"')[0]
    return f"{_places([field])}: is a table; set its fields one by one, for example {variable_name([field])}__...=..."


def unknown_variables(settings: type[BaseModel], environment: Mapping[str, str]) -> Iterator[str]:
    """One line for each MODELDEX_ variable that sets nothing."""
    for name in sorted(environment):
        if not name.upper().startswith(_PREFIX) or name.upper() in _NOT_SETTINGS:
            continue
        path = name[len(_PREFIX) :].lower().split("__")
        near = _unknown(settings, path)
        if near is not None:
            meant = _closest(path, near)
            yield f"{name} is no setting" + (f"; did you mean {variable_name(meant)}?" if meant else ".")


def unknown_keys(settings: type[BaseModel], table: Mapping[str, Any], file: Path | None) -> Iterator[str]:
    """One line for each key of the file that sets nothing."""
    for path in _paths(table):
        near = _unknown(settings, path)
        if near is not None:
            meant = _closest(path, near)
            yield f"{'.'.join(path)} in {file} is no setting" + (f"; did you mean {'.'.join(meant)}?" if meant else ".")


def _closest(path: Sequence[str], possible: list[list[str]]) -> list[str] | None:
    by_name = {one[-1]: one for one in possible}
    depth = len(possible[0])
    names = difflib.get_close_matches(path[min(depth, len(path)) - 1], by_name, n=1)
    return by_name[names[0]] if names else None


def _paths(table: Mapping[str, Any], parents: tuple[str, ...] = ()) -> Iterator[list[str]]:
    for key, value in table.items():
        # No setting is deeper than cache.strategies.NAME.FIELD.
        if isinstance(value, Mapping) and len(parents) < 3:
            yield from _paths(value, (*parents, key))
        else:
            yield [*parents, key]


def _unknown(model: type[BaseModel], path: Sequence[str]) -> list[list[str]] | None:
    """None where the path names a field; otherwise the paths that were possible there."""
    first, *rest = path
    fields = {name: field.annotation for name, field in model.model_fields.items() if name not in _HIDDEN_FIELDS}
    if first not in fields:
        return [[name] for name in fields]
    if not rest:
        return None
    annotation = fields[first]
    prefix = [first]
    if get_origin(annotation) is dict:
        prefix, annotation, rest = [first, rest[0]], get_args(annotation)[1], rest[1:]
        if not rest:
            return None
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return [[first]]
    near = _unknown(annotation, rest)
    return None if near is None else [[*prefix, *one] for one in near]


def _places(path: Sequence[str]) -> str:
    """Where a field can be set: "--listen (MODELDEX_LISTEN)", or the key of the file and the variable."""
    key = option_name(path[0]) if len(path) == 1 and path[0] in OPTIONS else ".".join(path)
    return f"{key} ({variable_name(path)})"
