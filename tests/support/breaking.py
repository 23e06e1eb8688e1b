"""A second reading of what breaks users between two releases of a catalogue, from the files alone.

It shares no code with the rules of the server. Documents are those of `support.reading`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from support.reading import Document

_LIMITS = ("context_window", "max_input_tokens", "max_output_tokens")
_MODALITIES = ("input_modalities", "output_modalities")
_TRAITS = ("knowledge_cutoff", "license", "parameter_count", "quantization")  # what it is, not what it can do
_RAISED = Decimal("1.1")  # what costs more than so many times as much
Documents = Mapping[str, Document]


def breaking(before: Documents, after: Documents) -> set[tuple[str, str]]:
    """What broke from one file to the next: models and paths. The path of a model that went is empty."""
    gone = {(model_id, "") for model_id in before.keys() - after.keys()}
    return gone | {
        (model_id, path)
        for model_id in before.keys() & after.keys()
        for path in _of_model(before[model_id], after[model_id])
    }


def _of_model(before: Document, after: Document) -> Iterator[str]:
    for name in _LIMITS:
        if name in before and name in after and int(after[name]) < int(before[name]):
            yield name
    for name in _MODALITIES:
        for lost in set(before.get(name, ())) - set(after.get(name, ())):
            yield f'{name}["{lost}"]'
    yield from _capabilities(before.get("capabilities", {}), after.get("capabilities", {}))
    yield from _prices(before.get("prices", {}), after.get("prices", {}))
    stage = after.get("lifecycle", {}).get("stage")
    if stage == "LIFECYCLE_STAGE_DEPRECATED" and before.get("lifecycle", {}).get("stage") != stage:
        yield "lifecycle.stage"


def _capabilities(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """A flag that is no longer true, a value that is no longer known, a word that is no longer in a list."""
    for name, value in before.items():
        if name in _TRAITS:
            continue
        now = after.get(name, {"flag": False})
        lost = now == {"flag": False} and value != {"flag": False}
        if lost or set(_words(value)) - set(_words(now)):
            yield f'capabilities["{name}"]'


def _words(value: Mapping[str, Any]) -> list[str]:
    return list(value.get("list", {}).get("values", ()))


def _prices(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for meter in before.keys() & after.keys():
        if _raised(before[meter]["amount"], after[meter]["amount"]):
            yield f'prices["{meter}"].amount'
        tiers = {tier["above_tokens"]: tier["amount"] for tier in before[meter].get("tiers", ())}
        for tier in after[meter].get("tiers", ()):
            above = tier["above_tokens"]
            if above in tiers and _raised(tiers[above], tier["amount"]):
                yield f'prices["{meter}"].tiers["{above}"]'


def _raised(old: str, new: str) -> bool:
    return Decimal(new) > Decimal(old) * _RAISED
