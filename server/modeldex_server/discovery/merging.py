"""From what all sources say of models to what the catalogue serves: pure, decided under the ledger's locks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from modeldex.v1 import model_pb2, update_pb2
from modeldex_server.catalogue.pinning import as_saved, differ, drift, effective
from modeldex_server.catalogue.upstream import Sources, upstream_of
from modeldex_server.ledger.changes import Decision, Head, ListingChange, ModelChange, Operation
from modeldex_server.ledger.documents import decode


def decide(
    heads: Mapping[str, Head],
    changes: Mapping[str, ListingChange],
    sources: Sources,
    events: Sequence[update_pb2.ProviderUpdate] = (),
) -> Decision:
    """What becomes of models when one source says something new of some of them.

    Args:
        heads: the models with what every source said of them before.
        changes: model id -> what the source says now; a head without one is judged anew as it is.
        sources: which count before others.
        events: what to tell of providers beside.
    """
    models: list[ModelChange] = []
    drifts: list[update_pb2.UpdateEvent] = []
    for before in heads.values():
        head = _with(before, changes.get(before.id))
        upstream = upstream_of(head, sources)
        if (change := _change(head, upstream)) is not None:
            models.append(change)
        if (told := _drift(before, change, upstream, sources)) is not None:
            drifts.append(told)
    return Decision(models=models, listings=list(changes.values()), providers=events, events=drifts)


def _with(head: Head, change: ListingChange | None) -> Head:
    """The head with what the source says of it now."""
    if change is None:
        return head
    others = {source_id: record for source_id, record in head.listings.items() if source_id != change.source_id}
    return replace(head, listings=others if change.record is None else {**others, change.source_id: change.record})


def _change(head: Head, upstream: model_pb2.Model | None) -> ModelChange | None:
    if not head.live and upstream is None:
        return None
    last = decode(head.document or b"")
    if head.live and head.private:
        # Who lists it is told beside.
        document, pins = as_saved(last, upstream, head.pins)
        return ModelChange(head.id, Operation.UPDATE, document, private=True, pins=pins)
    after = effective(upstream, head.pins, last)
    return ModelChange(head.id, _operation(head, after), after, pins=head.pins)


def _operation(head: Head, after: model_pb2.Model | None) -> Operation:
    if head.version == 0:
        return Operation.CREATE
    if after is None:
        return Operation.DELETE  # pins of its parts wait for it to come back
    return Operation.UPDATE if head.live else Operation.UNDELETE


def _drift(
    before: Head, change: ModelChange | None, upstream: model_pb2.Model | None, sources: Sources
) -> update_pb2.UpdateEvent | None:
    """What is told where sources begin to say something else of what is pinned."""
    if change is None or change.document is None or not change.pins:
        return None
    if not differ(upstream_of(before, sources), upstream, change.pins):
        return None
    return drift(change.document, upstream, change.pins)
