"""Pins: what holds a model, or parts of it, against what sources say. Pure.

A pin of a part carries its facts. That of the whole model, whose path is empty, carries none: they are those of the
version that it came with. Where several cover a fact, the narrowest counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from modeldex.v1 import model_pb2, update_pb2
from modeldex.v1.history_pb2 import ModelPin
from modeldex_server.catalogue import facts
from modeldex_server.ledger import diff
from modeldex_server.security.principals import DISCOVERY

PINNED = "pin"  # the source of a fact whose value came with its pin
# Of a model that a caller had saved before a source listed it.
SAVED = ModelPin(principal=DISCOVERY, reason="A caller saved this model before a source listed it.")

_DRIFT = update_pb2.OPERATION_UPDATE_TYPE_UPSTREAM_DRIFT
_NAMED = 4_000  # characters of paths in an event
_BY_KEY = ("capabilities", "prices", "metadata", "lifecycle")  # fields with more than one fact
# What no pin holds: which model it is, and what is said of its sources.
_NO_FACTS = frozenset({"id", "provider_id", "provider_model_id", "field_sources", "listed_by", "unlisted"})

Pins = Sequence[ModelPin]


def whole(pins: Pins) -> ModelPin | None:
    """The pin of the whole model, where there is one."""
    return next((pin for pin in pins if not pin.path), None)


def with_new(pins: Pins, new: Pins) -> list[ModelPin]:
    """All pins once there are new ones: they take the place of what is at or under their paths."""
    kept = [pin for pin in pins if not any(is_under(pin.path, one.path) for one in new)]
    return [*kept, *new]


def is_under(path: str, above: str) -> bool:
    """Whether a path leads to the same place as another, or to a part of it."""
    return not above or path == above or path.startswith((above + ".", above + "["))


def pinned_as(path: str) -> str:
    """The path that a pin of a path has: a price is pinned as a whole, for an amount says nothing without its unit."""
    return path.partition("]")[0] + "]" if path.startswith("prices[") else path


def held(document: model_pb2.Model, path: str) -> list[update_pb2.FieldChange]:
    """The facts of a document at or under a path, as a pin carries them."""
    return [fact for fact in diff.diff(None, document) if is_under(fact.path, path)]


def effective(
    upstream: model_pb2.Model | None,
    pins: Pins,
    served: model_pb2.Model,
    held_whole: model_pb2.Model | None = None,
) -> model_pb2.Model | None:
    """What is to be served under pins; None where the model is to leave the catalogue.

    Args:
        upstream: what sources say; None where none of them lists the model. Only one that is pinned whole stays then.
        pins: those in force.
        served: what is served now, or was last, with these pins in force, or more.
        held_whole: the document of the version that the pin of the whole model came with, where narrower ones have
            ended since.
    """
    if whole(pins) is None:
        return _laid_over(upstream, pins, served) if upstream is not None and pins else upstream
    if held_whole is None:
        return served
    document = _laid_over(held_whole, pins, served)
    document.listed_by[:] = served.listed_by
    document.unlisted = served.unlisted
    return document


def as_saved(
    served: model_pb2.Model, upstream: model_pb2.Model | None, pins: Pins, since: int = 0
) -> tuple[model_pb2.Model, Sequence[ModelPin]]:
    """What a caller saved, which stays as it is: with who lists it now, and the pins while somebody does. Of one that a
    caller pinned whole even that stays. `since`: the version that has what was saved; 0 for the one that is made."""
    pin = whole(pins)
    if pin is not None and pin.principal != SAVED.principal:
        return served, pins
    document = model_pb2.Model()
    document.CopyFrom(served)
    document.listed_by[:] = upstream.listed_by if upstream is not None else ()
    if upstream is None:
        return document, ()
    if pin is not None:
        return document, pins
    return document, (*pins, ModelPin(principal=SAVED.principal, reason=SAVED.reason, version=since))


def drift(served: model_pb2.Model, upstream: model_pb2.Model | None, pins: Pins) -> update_pb2.UpdateEvent | None:
    """What is told where sources do not say of what is pinned what is served; None where they do.

    Args:
        served: the document under the pins.
        upstream: what sources say; None where none of them lists the model.
        pins: those in force.
    """
    if not pins:
        return None
    if upstream is None:
        return operation(_DRIFT, served.id, "No source lists {id} any more; it stays while pinned.", [], listed="false")
    if not (paths := _differences(upstream, served, pins)):
        return None
    return operation(_DRIFT, served.id, "Sources say otherwise of {id}: {paths}.", paths, listed="true")


def differ(one: model_pb2.Model | None, other: model_pb2.Model | None, pins: Pins) -> bool:
    """Whether two documents differ in what is pinned, or there is but one of them."""
    if one is None or other is None:
        return one is not other
    return bool(_differences(one, other, pins))


def _differences(one: model_pb2.Model, other: model_pb2.Model, pins: Pins) -> list[str]:
    """The paths of the pinned facts that differ between two documents."""
    return [
        change.path
        for change in diff.diff(one, other)
        if next(diff.steps(change.path)) not in _NO_FACTS and any(is_under(change.path, pin.path) for pin in pins)
    ]


def operation(
    kind: update_pb2.OperationUpdateType.ValueType,
    model_id: str,
    message: str,
    paths: Sequence[str],
    **metadata: str,
) -> update_pb2.UpdateEvent:
    """An event about pinned parts of a model. `{id}` and `{paths}` in the message stand for these."""
    names, more = _named(paths)
    rest = {"more_paths": str(more)} if more else {}
    shown = ", ".join(name or "all" for name in names) + (f" and {more} more" if more else "")
    return update_pb2.UpdateEvent(
        operation=update_pb2.OperationUpdate(
            type=kind,
            model_id=model_id,
            provider_id=model_id.partition("/")[0],
            message=message.replace("{id}", model_id).replace("{paths}", shown),
            metadata={"paths": ",".join(names), **rest, **metadata},
        )
    )


def _named(paths: Sequence[str]) -> tuple[Sequence[str], int]:
    """As many paths as an event names, and how many more there are."""
    size = 0
    for count, path in enumerate(paths):
        size += len(path)
        if size > _NAMED:
            return paths[:count], len(paths) - count
    return paths, 0


def _laid_over(below: model_pb2.Model, pins: Pins, served: model_pb2.Model) -> model_pb2.Model:
    """A document under the facts of pins. Whoever supplied a pinned fact still did so."""
    wanted = diff.leaves(below)
    parts = sorted((pin for pin in pins if pin.path), key=lambda pin: len(pin.path))  # what is narrower is longer
    for pin in parts:
        wanted = {path: value for path, value in wanted.items() if not is_under(path, pin.path)}
        wanted |= {fact.path: fact.new_value for fact in pin.facts}
    document = diff.document_of(wanted)
    pinned = {fact_of(pin.path) for pin in parts}
    facts.reattribute(
        document,
        {
            path: source
            for path in facts.paths(document)
            if not pinned.isdisjoint(_covering(path)) and (source := facts.source_of(served, path))
        },
    )
    return document


def fact_of(path: str) -> str:
    """The fact that a path leads to, or to a part of, as `field_sources` names it; or the field that has it."""
    name, *rest = diff.steps(path)
    return f"{name}.{rest[0]}" if rest and name in _BY_KEY else name


def _covering(fact: str) -> tuple[str, str]:
    """A fact, and the field that has it with others."""
    return fact, fact.partition(".")[0]
