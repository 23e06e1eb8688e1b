"""The rule of a path into a model, as `FieldChange.path` states it: a fact, or a part with facts under it."""

from __future__ import annotations

from modeldex_server.ledger.places import place_of
from modeldex_server.rpc.validation.rules import shown, text_problem

PATH_BYTES = 8 * 1024  # a member of a set has up to 1,024 bytes, and each may be escaped

_MUST_BE = 'must be a path into a model, for example "context_window", "prices" or "capabilities[\\"vision\\"]"'


def path_problem(value: str) -> str | None:
    """What is wrong with a path of a document."""
    if problem := text_problem(value, PATH_BYTES, least=1):
        return problem
    place = place_of(value)
    if place is None:
        return _MUST_BE
    return None if place.path == value else f"must be spelled {shown(place.path)}"
