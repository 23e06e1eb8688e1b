"""Values from the command line, without the 0.14 seconds that it takes to import pydantic.

typer reads every value with pydantic, also one that is not there. Where a value is plain it is read here; whatever is
not, or is wrong, is left to typer, which has the words for it.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_origin


class _NotPlain(Exception):
    """typer shall read it."""


def quicken(command: Any) -> None:
    """Let the parameters of a command read plain values themselves; --help, made when asked for, is one of them."""
    params_of = command.get_params

    def get_params(context: Any) -> list[Any]:
        found: list[Any] = params_of(context)
        for parameter in found:
            if hasattr(parameter, "type_descriptor") and "process_value" not in vars(parameter):
                parameter.process_value = _reader(parameter, parameter.process_value)
        return found

    command.get_params = get_params


def _reader(parameter: Any, slow: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def process_value(context: Any, value: Any) -> Any:
        try:
            read = _read(value, parameter)
        except (_NotPlain, ValueError):
            return slow(context, value)
        return parameter.callback(context, parameter, read) if parameter.callback else read

    return process_value


def _read(value: Any, parameter: Any) -> Any:
    annotation = parameter.type_descriptor.annotation
    if value is None or value in ((), []):
        if parameter.required:
            raise _NotPlain
        return value
    if get_origin(annotation) is list and isinstance(value, tuple | list):
        return [_read_one(item, get_args(annotation)[0], parameter) for item in value]
    return _read_one(value, annotation, parameter)


def _read_one(value: Any, annotation: Any, parameter: Any) -> Any:
    if not isinstance(annotation, type):
        raise _NotPlain
    if isinstance(value, annotation):
        return value
    if not isinstance(value, str):
        raise _NotPlain
    if annotation is Path or issubclass(annotation, StrEnum):
        return annotation(value)
    if annotation in (int, float) and value.isascii() and value.isdigit():
        number = annotation(value)
        if (parameter.min is None or number >= parameter.min) and (parameter.max is None or number <= parameter.max):
            return number
    raise _NotPlain
