"""The versions of a model as a timeline: what was done, when, by whom, why, and what changed, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from modeldex_server.cli.history import words
from modeldex_server.cli.terminal import texts
from modeldex_server.cli.terminal.output import Sheet
from modeldex_server.cli.terminal.styles import Style, styled
from modeldex_server.cli.terminal.tables import fold

if TYPE_CHECKING:
    from modeldex.v1.history_pb2 import ModelVersion

_SHOWN = 12  # changes of a version; `diff` shows all
_VERBS = {
    "create": "created",
    "update": "changed",
    "delete": "deleted",
    "undelete": "brought back",
    "pin": "pinned",
    "unpin": "unpinned",
}
_STYLES = {
    "created": Style.GOOD,
    "brought back": Style.GOOD,
    "deleted": Style.BAD,
    "changed": Style.PLAIN,
}
_NARROWEST = 20

FIELDS: dict[str, Callable[[ModelVersion], str]] = {
    "model_id": lambda one: one.model_id,
    "version": lambda one: str(one.version),
    "revision": lambda one: str(one.revision),
    "create_time": lambda one: one.create_time.ToJsonString(),
    "operation": lambda one: words.operation(one.operation),
    "principal": lambda one: one.principal,
    "source_id": lambda one: one.source_id,
    "reason": lambda one: one.reason,
    "changes": lambda one: " ".join(change.path for change in one.changes),
    "pins": lambda one: " ".join(pin.path or "*" for pin in one.pins),
    "restored_version": lambda one: str(one.restored_version or ""),
    "document_hash": lambda one: one.document_hash.hex(),
    "purge_time": lambda one: one.purge_time.ToJsonString() if one.HasField("purge_time") else "",
}


def sheet() -> Sheet[ModelVersion]:
    """How versions are written for programs."""
    return Sheet((), FIELDS, lambda version: str(version.version))


def lines(versions: Iterable[ModelVersion], width: int | None, *, colour: bool) -> Iterator[str]:
    """A block a version; `versions` are newest first."""
    indent = 0
    for version, older in pairwise(chain(versions, [None])):
        if version is None:
            return
        number = str(version.version)
        indent = indent or len(number) + 2  # the newest has the longest
        yield f"{' ' * (indent - 2 - len(number))}{_head(version, colour=colour)}"
        for text, style in _below(version, older):
            for line in fold(text, max(width - indent, _NARROWEST)) if width is not None else [text]:
                yield f"{' ' * indent}{styled(line, style) if colour else line}"


def _head(version: ModelVersion, *, colour: bool) -> str:
    time, verb = texts.minute(version.create_time), _verb(version)
    if not colour:
        return f"{version.version}  {time}  {verb} by {words.by(version.principal, version.source_id)}"
    number, style = styled(str(version.version), Style.HEAD), _STYLES.get(verb, Style.CAUTION)
    who = words.by(version.principal, version.source_id)
    return f"{number}  {styled(time, Style.FAINT)}  {styled(verb, style)} by {who}"


def _verb(version: ModelVersion) -> str:
    operation = words.operation(version.operation)
    if operation == "rollback":
        return f"rolled back to version {version.restored_version}"
    return _VERBS.get(operation, operation)


def _below(version: ModelVersion, older: ModelVersion | None) -> Iterator[tuple[str, Style]]:
    if version.reason:
        yield texts.safe(version.reason), Style.FAINT
    units = words.units(version.model if version.HasField("model") else None)
    told = [*words.told(version.changes, units)]
    yield from ((text, Style.PLAIN) for text in told[:_SHOWN])
    if len(told) > _SHOWN:
        id = texts.quoted(version.model_id)
        command = f"modeldex diff {id} {version.version - 1} {version.version}"
        yield f"and {len(told) - _SHOWN:,} more: {command}", Style.FAINT
    yield from ((text, Style.CAUTION) for text in _pins(version, older))
    if version.HasField("purge_time"):
        yield f"document purged on {texts.date(version.purge_time)}", Style.FAINT


def _pins(version: ModelVersion, older: ModelVersion | None) -> Iterator[str]:
    """The pins that came with it, and those that ended; these only where the version before is there to tell."""
    for pin in version.pins:
        if pin.version == version.version:
            until = words.until(pin)
            yield f"pinned: {words.pin(pin)}{f', {until}' if until else ''}"
    if older is not None and older.version == version.version - 1:
        kept = {pin.path for pin in version.pins}
        yield from (f"no longer pinned: {words.pin(pin)}" for pin in older.pins if pin.path not in kept)
