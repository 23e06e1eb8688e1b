"""The terms of a version: words for what it touched, by which lists of changes find it."""

from __future__ import annotations

from collections.abc import Iterable

from modeldex.v1 import update_pb2 as pb
from modeldex_server.ledger.diff import steps

_BY_KEY = ("capabilities", "prices")  # fields whose keys are terms of their own


def version_terms(operation: int, principal: str, changes: Iterable[pb.FieldChange]) -> list[str]:
    """The terms of a version, sorted."""
    paths = [list(steps(change.path)) for change in changes]
    fields = {path[0] for path in paths}
    keyed = {keyed_term(path[0], path[1]) for path in paths if path[0] in _BY_KEY and len(path) > 1}
    return sorted({operation_term(operation), principal_term(principal), *fields, *keyed})


def operation_term(operation: int) -> str:
    """The term of a version that did this."""
    return f"@{operation}"


def principal_term(principal: str) -> str:
    """The term of a version by somebody."""
    return f"by:{principal}"


def keyed_term(field: str, key: str) -> str:
    """The term of a version that touched what stands under a key."""
    return f"{field}[{key}]"


def path_term(path: str) -> str:
    """The term that every version has which touched something at or under a path."""
    name, *rest = steps(path)
    return name if name not in _BY_KEY or not rest else keyed_term(name, rest[0])
