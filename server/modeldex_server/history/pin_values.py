"""The values that callers pin facts to: pure."""

from __future__ import annotations

from collections.abc import Sequence

from modeldex.v1 import model_pb2
from modeldex.v1.history_service_pb2 import PinnedField
from modeldex_server.catalogue import facts
from modeldex_server.catalogue.pinning import PINNED, fact_of, is_under, pinned_as
from modeldex_server.catalogue.saving import NOT_HERE
from modeldex_server.errors import InvalidRequest, Violation
from modeldex_server.ledger import diff
from modeldex_server.security.secret_paths import SecretPaths

_OF_A_PRICE = ("amount", "unit")  # without which there is none


def paths_of(fields: Sequence[PinnedField]) -> list[str]:
    """The paths of the pins that are asked for, each once; without fields that of the whole model."""
    return list(dict.fromkeys(pinned_as(one.path) for one in fields)) or [""]


def with_values(document: model_pb2.Model, fields: Sequence[PinnedField]) -> model_pb2.Model:
    """A document with those facts that have a value in a request.

    Raises:
        InvalidRequest: it would have a price without an amount or a unit.
    """
    given = [one for one in fields if one.HasField("value")]
    wanted = diff.leaves(document)
    for one in given:
        if _is_null(one):
            gone = pinned_as(one.path) if one.path.endswith(".amount") else one.path
            wanted = {path: value for path, value in wanted.items() if not is_under(path, gone)}
        else:
            wanted[one.path] = one.value
    _refuse_half_prices(wanted, fields)
    after = diff.document_of(wanted)
    facts.reattribute(after, {fact_of(one.path): PINNED for one in given})
    return after


def refuse_secrets(secret_paths: SecretPaths, fields: Sequence[PinnedField]) -> None:
    """Raises InvalidRequest where a value is declared secret."""
    violations = [
        Violation(f"fields[{at}].value", NOT_HERE)
        for at, one in enumerate(fields)
        if one.HasField("value")
        and not _is_null(one)
        and one.path.startswith("metadata[")
        and secret_paths.found(diff.document_of({one.path: one.value}).metadata)
    ]
    if violations:
        raise InvalidRequest(violations)


def _refuse_half_prices(wanted: diff.Leaves, fields: Sequence[PinnedField]) -> None:
    violations = []
    for at, one in enumerate(fields):
        price = pinned_as(one.path)
        if price.startswith("prices[") and any(is_under(path, price) for path in wanted):
            missing = [name for name in (f"{price}.{part}" for part in _OF_A_PRICE) if name not in wanted]
            violations += [
                Violation(f"fields[{at}]", f"needs {name} beside it: there is no such price") for name in missing
            ]
    if violations:
        raise InvalidRequest(violations)


def _is_null(pinned: PinnedField) -> bool:
    return pinned.value.WhichOneof("kind") == "null_value"
