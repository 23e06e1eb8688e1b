"""The events of a revision beside those of its models' versions, as the rows that are written: pure."""

from __future__ import annotations

import json
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from modeldex.v1 import model_pb2
from modeldex.v1 import update_pb2 as pb
from modeldex_server.ledger.changes import MOST_EVENTS, Decision

# How an event's kind is stored: as the number of its field in UpdateEvent.update.
KINDS = {field.name: field.number for field in pb.UpdateEvent.DESCRIPTOR.oneofs_by_name["update"].fields}
MODEL, PROVIDER, CAPABILITY, LIFECYCLE = (KINDS[name] for name in ("model", "provider", "capability", "lifecycle"))

_CAPABILITY_PATH = "capabilities["
_Ids = dict[str, list[str]]  # of models, by capability


@dataclass(frozen=True, slots=True)
class CapabilityMoves:
    """The capabilities that one model gained, lost and changed."""

    gained: Sequence[str] = ()
    lost: Sequence[str] = ()
    changed: Sequence[str] = ()


def capability_moves(
    before: model_pb2.Model | None, after: model_pb2.Model | None, changes: Iterable[pb.FieldChange]
) -> CapabilityMoves:
    """What became of a model's capabilities.

    Args:
        before: its document where it was served before.
        after: its document where it is served now.
        changes: what differs between the two, where there are two.
    """
    if before is None or after is None:
        return CapabilityMoves(
            gained=list(after.capabilities) if after else (), lost=list(before.capabilities) if before else ()
        )
    moved: dict[int, list[str]] = {}
    for change in changes:
        if change.path.startswith(_CAPABILITY_PATH):
            name = json.loads(change.path[len(_CAPABILITY_PATH) : -1])
            moved.setdefault(change.operation, []).append(name)
    return CapabilityMoves(
        gained=moved.get(pb.FIELD_CHANGE_OPERATION_ADDED, ()),
        lost=moved.get(pb.FIELD_CHANGE_OPERATION_REMOVED, ()),
        changed=moved.get(pb.FIELD_CHANGE_OPERATION_REPLACED, ()),
    )


def capability_updates(moves: Iterable[tuple[str, CapabilityMoves]]) -> list[pb.CapabilityUpdate]:
    """One update for each capability that moved, by its name; `moves` come by the ids of their models."""
    # Lists first: a first refresh brings thousands of names, and a message's own list is slow to add to.
    gained: _Ids = defaultdict(list)
    lost: _Ids = defaultdict(list)
    changed: _Ids = defaultdict(list)
    for model_id, moved in moves:
        for name in moved.gained:
            gained[name].append(model_id)
        for name in moved.lost:
            lost[name].append(model_id)
        for name in moved.changed:
            changed[name].append(model_id)
    return [
        pb.CapabilityUpdate(
            type=pb.CAPABILITY_UPDATE_TYPE_UPDATED,
            capability=name,
            gained_model_ids=gained.get(name, ()),
            lost_model_ids=lost.get(name, ()),
            changed_model_ids=changed.get(name, ()),
        )
        for name in sorted(gained.keys() | lost.keys() | changed.keys())
    ]


def event_rows(
    decision: Decision,
    providers: Iterable[pb.ProviderUpdate],
    capabilities: Iterable[pb.CapabilityUpdate],
    *,
    start: int,
) -> list[dict[str, Any]]:
    """The rows of all that is told beside the models, with ordinals from `start` on.

    Raises:
        ValueError: it is too much, or an event is none that may be told so.
    """
    if len(decision.providers) + len(decision.events) > MOST_EVENTS:
        raise ValueError(f"More than {MOST_EVENTS} events in one revision")
    rows = [_row(PROVIDER, update) for update in providers]
    rows += [_given(event) for event in decision.events]
    rows += [_row(CAPABILITY, update) for update in capabilities]
    for ordinal, row in enumerate(rows, start):
        row["ordinal"] = ordinal
    return rows


def status_rows(decision: Decision) -> Iterator[dict[str, Any]]:
    """What the store keeps of providers whose status changed."""
    updates = [*decision.providers, *(event.provider for event in decision.events if _is_of_provider(event))]
    for update in updates:
        if update.type == pb.PROVIDER_UPDATE_TYPE_STATUS_CHANGED:
            yield {
                "provider_id": update.provider_id,
                "status": update.status,
                "availability": update.availability,
            }


def _is_of_provider(event: pb.UpdateEvent) -> bool:
    return event.WhichOneof("update") == "provider" and not event.external


def _given(event: pb.UpdateEvent) -> dict[str, Any]:
    name = event.WhichOneof("update")
    if name is None or (name == "model" and not event.external):
        raise ValueError("an event is of a provider, a capability, the life cycle or an operation, or it is external")
    update: Any = getattr(event, name)
    if name == "model" and (update.version or update.previous_version):
        raise ValueError("an external update carries no version")
    return _row(KINDS[name], update) | {
        "external": event.external,
        "source_id": event.source_id or None,
        "reason": event.reason or None,
    }


def _row(kind: int, update: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "type": update.milestone if kind == LIFECYCLE else update.type,
        "provider_id": getattr(update, "provider_id", ""),
        "model_id": getattr(update, "model_id", "") or None,
        "external": False,
        "source_id": None,
        "reason": None,
        "body": text_of(update),
    }


def text_of(message: Message) -> str:
    """A message as text that PostgreSQL's decode() reads."""
    return b64encode(message.SerializeToString()).decode("ascii")
