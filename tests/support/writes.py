"""Writes of a ledger, for tests without a server."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from modeldex.v1 import model_pb2, update_pb2
from modeldex_server.ledger.changes import Committed, Decision, Head, ModelChange, Operation, Write
from modeldex_server.ledger.documents import canonical
from modeldex_server.ledger.ledger import Ledger
from support.models import plain


async def save(ledger: Ledger, *models: model_pb2.Model, events: Sequence[update_pb2.UpdateEvent] = ()) -> Committed:
    """Save models, as private ones, and tell events in one revision."""
    documents = {model.id: canonical(model) for model in models}

    def decide(heads: Mapping[str, Head]) -> Decision:
        changes = [ModelChange(head.id, _operation(head), documents[head.id], private=True) for head in heads.values()]
        return Decision(models=changes, events=events)

    return await ledger.write(Write("ann", "SaveModel", "", list(documents), decide, create=True, reason="for a test"))


async def delete(ledger: Ledger, *model_ids: str) -> Committed:
    """Delete models in one revision."""

    def decide(heads: Mapping[str, Head]) -> Decision:
        return Decision(models=[ModelChange(head.id, Operation.DELETE, None) for head in heads.values()])

    return await ledger.write(Write("ann", "DeleteModel", "", model_ids, decide))


async def save_or_delete(ledger: Ledger, model_id: str, live: set[str], chance: random.Random) -> None:
    """Save a model with another name, or now and then delete it. `live`: those that there are."""
    if model_id in live and chance.random() < 0.2:
        await delete(ledger, model_id)
        live.discard(model_id)
    else:
        await save(ledger, plain(model_id, str(chance.random())))
        live.add(model_id)


def _operation(head: Head) -> Operation:
    if head.version == 0:
        return Operation.CREATE
    return Operation.UPDATE if head.live else Operation.UNDELETE
