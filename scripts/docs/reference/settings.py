"""The page of settings: every field of the settings' tree, and the environment of clients."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, SecretStr
from pydantic.fields import FieldInfo

from modeldex_server.settings import CacheSettings, DiscoverySettings, Settings, SourceSettings
from modeldex_server.settings.history import HistorySettings
from modeldex_server.settings.problems import option_name, variable_name
from reference.command import options_of_serve
from reference.contract import Contract
from reference.markdown import GENERATED, code, table

_HEAD = ("setting", "value", "")
_TYPES = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
    Path: "path",
    SecretStr: "secret",
    timedelta: "span",
}
_NOT_TOLD = ("worker", "cache", "history", "sources", "discovery")
_INTRODUCTION = """# Settings

What `modeldex serve` is told. A value comes from the command line, else the environment, else a TOML file
(`--config FILE` or `MODELDEX_CONFIG`), else its default. A name that means nothing is refused, and the message names
the one that was meant.

Each setting is told by its key in the file, its option where it has one, and its variable. A span is a number of
seconds (`10`, `0.5`) or ISO 8601 (`PT10S`). A list is a list in the file, and has commas between in a variable. A
relative path starts at the folder that the server is started in.

```toml
listen = "localhost:50051"
pool_size = 20

[sources.my_vllm]
kind = "openai_compatible"
url = "http://gpu1:8000/v1"

[discovery]
refresh_interval = 600

[cache.strategies.provider_update]
automatic = true
```
"""
_CLIENTS = """## Clients and the command { #clients }

Every client and every command but `serve` and `tokens` read these. An argument or an option counts before them.

| variable | meaning | default |
| --- | --- | --- |
| `MODELDEX_TARGET` | The server, as HOST:PORT. | `localhost:50051` |
| `MODELDEX_TOKEN` | The token to send. | none |
| `MODELDEX_TLS` | `1` speaks TLS. | off |
| `MODELDEX_CA` | PEM file of who signs the server's certificate. | the system's |
| `MODELDEX_CERTIFICATE` | PEM file of the client's own certificate, for mTLS. | none |
| `MODELDEX_KEY` | PEM file of its private key. | none |
"""


def page(contract: Contract) -> str:
    """The page. What the fields of `discovery` default to stands in the contract."""
    (configuration,) = (one for one in contract.messages if one.name == "DiscoveryConfiguration")
    defaults = {
        field.name: found[1]
        for field in configuration.fields
        if (found := re.search(r"Defaults\s+to\s+(.+?)\.(?:\s|$)", field.comment))
    }
    parts = [GENERATED, _INTRODUCTION, "## Server { #server }\n", _server()]
    parts += ["## Cache { #cache }\n", _first_line(CacheSettings), _nested(("cache",), CacheSettings)]
    parts += ["## History { #history }\n", _first_line(HistorySettings), _nested(("history",), HistorySettings)]
    parts += ["## Sources { #sources }\n", _first_line(SourceSettings), _nested(("sources", "NAME"), SourceSettings)]
    parts += ["## Discovery { #discovery }\n", _first_line(DiscoverySettings)]
    parts.append(_nested(("discovery",), DiscoverySettings, defaults))
    parts.append(_CLIENTS)
    return "\n".join(parts)


def _server() -> str:
    docs, options = _docstrings(Settings), options_of_serve()
    rows = (
        (
            _names((name,), option_name(name) if name in options else ""),
            _value(field, _default(field)),
            _prose(docs[name]),
        )
        for name, field in Settings.model_fields.items()
        if name not in _NOT_TOLD
    )
    return table(_HEAD, rows)


def _nested(path: tuple[str, ...], model: type[BaseModel], defaults: dict[str, str] | None = None) -> str:
    return table(_HEAD, _rows(path, model, defaults))


def _rows(
    path: tuple[str, ...], model: type[BaseModel], defaults: dict[str, str] | None = None
) -> Iterator[tuple[str, str, str]]:
    docs = _docstrings(model)
    for name, field in model.model_fields.items():
        if (table_of_fields := _model(field)) is not None:
            yield _anchored(".".join((*path, name))), "table", _prose(docs[name])
            yield from _rows((*path, name), table_of_fields)
        else:
            default = _prose(defaults[name]) if defaults else _default(field)
            yield _names((*path, name)), _value(field, default), _prose(docs[name])


def _model(field: FieldInfo) -> type[BaseModel] | None:
    """The fields of a setting that is a table."""
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _names(path: tuple[str, ...], option: str = "") -> str:
    """All names of a setting: its key in the file, its option, its variable. The key is what links lead to."""
    rest = (code(name) for name in (option, variable_name(path)) if name)
    return "<br>".join((_anchored(".".join(path)), *rest))


def _anchored(key: str) -> str:
    return f'<span id="{key}"></span>{code(key)}'


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The text under each field of a model, those among them that it shares with others."""
    ours = [one for one in reversed(model.__mro__) if one.__module__.startswith("modeldex_server")]
    return {name: text for one in ours for name, text in _texts_under_fields(one)}


def _texts_under_fields(model: type[object]) -> Iterator[tuple[str, str]]:
    body = ast.parse(inspect.getsource(model)).body[0]
    assert isinstance(body, ast.ClassDef)
    for field, text in pairwise(body.body):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
            and isinstance(text.value.value, str)
        ):
            yield field.target.id, " ".join(text.value.value.split())


def _value(field: FieldInfo, default: str) -> str:
    """The type of a setting, its bounds and its default."""
    bounds = [*_limits(field.metadata), *_bounds_within(field.annotation)]
    words = ", ".join([_words(field.annotation), *bounds])
    return f"{words}<br>default {default}" if default else words


def _words(annotation: Any) -> str:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _words(get_args(annotation)[0])
    if origin in (UnionType, Union):
        return _words(next(one for one in get_args(annotation) if one is not NoneType))
    if origin is list:
        return f"list of {_words(get_args(annotation)[0])}"
    if origin is Literal:
        return ", ".join(code(str(one)) for one in get_args(annotation))
    return _TYPES[annotation]


def _bounds_within(annotation: Any) -> Iterator[str]:
    """Bounds of the parts of a type, as in `Annotated[int, Field(ge=1)] | None`."""
    for part in get_args(annotation):
        if get_origin(part) is Annotated:
            for one in get_args(part)[1:]:
                yield from _limits(one.metadata if isinstance(one, FieldInfo) else [one])


def _limits(metadata: list[Any]) -> list[str]:
    """ "1 to 64", from rules of pydantic's and of the settings' own."""
    least = next((one.ge for one in metadata if hasattr(one, "ge")), None)
    most = next((one.le for one in metadata if hasattr(one, "le")), None)
    own = [
        # A bound in words of its own: the words are what its check would say.
        inspect.getclosurevars(one.func).nonlocals["words"]
        for one in metadata
        if isinstance(one, AfterValidator)
    ]
    if least is not None and most is not None:
        return [f"{least:,} to {most:,}", *own]
    return [f"at least {least:,}", *own] if least is not None else own


def _default(field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True)
    if default is None or default == []:
        return ""
    if isinstance(default, bool):
        return code(str(default).lower())
    if isinstance(default, timedelta):
        return f"{default.total_seconds():g} s"
    return f"{default:,}" if isinstance(default, int | float) else code(str(default))


def _first_line(model: type[BaseModel]) -> str:
    return _prose((model.__doc__ or "").strip()) + "\n"


def _prose(text: str) -> str:
    """A docstring, which marks code itself."""
    return " ".join(text.split()).replace("|", "\\|")
