"""From what all sources say of models to what the catalogue serves: pure, decided under the ledger's locks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from modeldex.v1 import history_pb2, update_pb2
from modeldex_server.catalogue import facts
from modeldex_server.ledger.changes import Decision, Head, ListingChange, ModelChange, Operation
from modeldex_server.ledger.documents import decode
from modeldex_server.security.principals import DISCOVERY

# Of a model that a caller had saved before a source listed it.
_SAVED = history_pb2.ModelPin(principal=DISCOVERY, reason="A caller saved this model before a source listed it.")


def decide(
    heads: Mapping[str, Head],
    changes: Mapping[str, ListingChange],
    own_sources: Mapping[str, str],
    complete: Collection[str],
    events: Sequence[update_pb2.ProviderUpdate] = (),
) -> Decision:
    """What becomes of models when one source says something new of some of them.

    Args:
        heads: the models with what every source said of them before.
        changes: model id -> what the source says now; a head without one is judged anew as it is.
        own_sources: provider id -> its own source, where one is on. What it says counts before all others.
        complete: the own sources that have given a complete listing: what one of them lacks is unlisted.
        events: what to tell of providers beside.
    """
    models = [
        model
        for head in heads.values()
        if (model := _model_change(head, changes.get(head.id), own_sources, complete)) is not None
    ]
    return Decision(models=models, listings=list(changes.values()), providers=events)


def _model_change(
    head: Head, change: ListingChange | None, own_sources: Mapping[str, str], complete: Collection[str]
) -> ModelChange | None:
    records = dict(head.listings)
    if change is not None and change.record is not None:
        records[change.source_id] = change.record
    elif change is not None:
        records.pop(change.source_id, None)
    own = own_sources.get(head.id.partition("/")[0], "")
    if not records:
        return _without_sources(head)
    upstream = facts.merge([(source_id, decode(records[source_id])) for source_id in _by_trust(records, own)])
    upstream.unlisted = own in complete and own not in records
    operation = _operation(head)
    if head.live and head.private:
        # What a caller saved stays as it is; who lists it is told beside.
        document = decode(head.document or b"")
        document.listed_by[:] = upstream.listed_by
        return ModelChange(head.id, operation, document, head.private, head.pins or (_SAVED,))
    return ModelChange(head.id, operation, upstream)


def _without_sources(head: Head) -> ModelChange | None:
    if not head.live:
        return None
    if not head.private:
        return ModelChange(head.id, Operation.DELETE, None)
    document = decode(head.document or b"")
    document.ClearField("listed_by")
    return ModelChange(head.id, Operation.UPDATE, document, private=True)


def _operation(head: Head) -> Operation:
    if head.version == 0:
        return Operation.CREATE
    return Operation.UPDATE if head.live else Operation.UNDELETE


def _by_trust(records: Mapping[str, bytes], own: str) -> list[str]:
    """The provider's own source first, then catalogues by name."""
    return sorted(records, key=lambda source_id: (source_id != own, source_id))
