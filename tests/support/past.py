"""A catalogue with a past: writes of every kind, and what the log tells that it came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from modeldex.v1 import model_pb2 as pb
from modeldex_server.ledger.changes import Committed, Decision, Head, ModelChange, Operation, Write
from modeldex_server.ledger.documents import canonical, decode
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.ledger.log import MODEL, read_full
from modeldex_server.store.database import Database

Kind = Literal["save", "list", "delete", "undelete"]
State = dict[str, bytes]  # the bytes of each live `Model`, by id


@dataclass(frozen=True)
class Step:
    """One revision: what is done to some models. "list" is what a source does."""

    kind: Kind
    models: Sequence[pb.Model]


async def take(ledger: Ledger, step: Step) -> Committed:
    """Write a step. Models that it cannot be done to stay as they are."""
    documents = {model.id: model for model in step.models}

    def decide(heads: Mapping[str, Head]) -> Decision:
        changes = (_change(step.kind, head, documents[head.id]) for head in heads.values())
        return Decision(models=[change for change in changes if change is not None])

    return await ledger.write(Write("ann", step.kind, "", sorted(documents), decide, create=True))


def _change(kind: Kind, head: Head, model: pb.Model) -> ModelChange | None:
    """As saves, refreshes and deletions do: no source lists a private model that is deleted."""
    if kind == "delete":
        return ModelChange(head.id, Operation.DELETE, None, private=head.private) if head.live else None
    if kind == "undelete":
        if head.live or head.document is None:
            return None
        return ModelChange(head.id, Operation.UNDELETE, decode(head.document), private=head.private)
    document = canonical(model)
    document.listed_by[:] = [] if kind == "save" else ["models_dev"]
    operation = Operation.CREATE if not head.version else Operation.UPDATE if head.live else Operation.UNDELETE
    return ModelChange(head.id, operation, document, private=kind == "save")


async def folded(database: Database) -> list[State]:
    """The models after each revision, the first of which is 0, as the events of the log tell."""
    states: list[State] = [{}]
    while revisions := (await read_full(database, len(states) - 1)).revisions:
        for revision in revisions:
            assert revision.number == len(states), "a revision without events"
            state = dict(states[-1])
            for event in revision.events:
                if event.kind == MODEL and not event.external:
                    state.pop(event.model_id, None)
                    if event.after_bytes is not None:
                        state[event.model_id] = event.after_bytes
            states.append(state)
    return states
