"""From a decision to the rows that are written: pure."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import history_pb2
from modeldex.v1 import update_pb2 as pb
from modeldex_server.ledger import diff
from modeldex_server.ledger.changes import Changed, Decision, Head, ListingChange, ModelChange, Operation, Write
from modeldex_server.ledger.columns import head_columns
from modeldex_server.ledger.documents import decode, encode, envelope
from modeldex_server.ledger.events import (
    CapabilityMoves,
    capability_moves,
    capability_updates,
    event_rows,
    status_rows,
)
from modeldex_server.ledger.statements import audit_row
from modeldex_server.ledger.terms import version_terms

# A NUL as JSON writes it, and not the words "\\u0000": there the backslash is escaped itself.
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_EVENT_BYTES = 100  # of an event beside its documents
_EVENTS = {
    Operation.CREATE: pb.MODEL_UPDATE_TYPE_ADDED,
    Operation.UNDELETE: pb.MODEL_UPDATE_TYPE_ADDED,
    Operation.DELETE: pb.MODEL_UPDATE_TYPE_REMOVED,
}


@dataclass(frozen=True, slots=True)
class Item:
    """A version to be written: its row, and what is told of it."""

    row: dict[str, Any]
    model_id: str
    provider_id: str
    version: int
    live: bool
    operation: Operation
    document: bytes | None
    created_at: datetime | None  # None: with this version
    moves: CapabilityMoves
    size: int  # bytes that its event brings, about

    def changed(self, revision: int) -> Changed:
        """The version, once its revision is known."""
        return Changed(self.model_id, self.provider_id, self.version, revision, self.live)

    def written(self, revision: int, committed_at: datetime) -> bytes | None:
        """The bytes of the `Model` that was written; None for a deletion."""
        if self.document is None:
            return None
        return self.document + envelope(self.version, revision, self.created_at or committed_at, committed_at)


@dataclass(frozen=True, slots=True)
class Rows:
    """All that one write puts into the store."""

    items: Sequence[Item]
    parameters: dict[str, Any]
    statuses: str  # JSON rows for STATUSES, "" for none
    listed: str  # JSON rows for LIST, "" for none
    unlisted: Mapping[str, list[str]]  # source id -> model ids
    unused: Sequence[str]  # placeholders that came to nothing

    @property
    def revises(self) -> bool:
        """Whether a revision is taken: nothing changed, none taken."""
        return bool(self.items) or self.parameters["events"] != "[]"


def rows_of(write: Write, decision: Decision, heads: Mapping[str, Head]) -> Rows:
    """The rows of a decision. Changes that leave document, pin and state as they are fall away here."""
    wanted = sorted(decision.models, key=lambda change: change.id)
    items = [item for change in wanted if (item := _item(write, change, heads[change.id])) is not None]
    for ordinal, item in enumerate(items):
        item.row["ordinal"] = ordinal
    written = {item.model_id for item in items}
    return Rows(
        items=items,
        parameters=_parameters(write, decision, items, heads),
        statuses=_json_or_nothing(list(status_rows(decision))),
        listed=_listed(decision.listings),
        unlisted=_unlisted(decision.listings),
        unused=[head.id for head in heads.values() if head.version == 0 and head.id not in written],
    )


def _item(write: Write, change: ModelChange, head: Head) -> Item | None:
    before = decode(head.document) if head.document is not None else None
    document = encode(change.document) if change.document is not None else None
    live = change.document is not None
    if _is_no_change(change, head, document):
        return None
    served = before if head.live else None
    both = served is not None and change.document is not None
    changes = diff.diff(served, change.document) if both else []
    shown = change.document if change.document is not None else before
    assert shown is not None, "only what exists is deleted"
    version = head.version + 1
    row = {
        "id": change.id,
        "provider_id": shown.provider_id,
        "version": version,
        "operation": change.operation,
        "type": _event_type(change, head, changes),
        "live": live,
        "delta": live - head.live,
        "private": change.private,
        **_pin_columns(change.pins, version),
        "restored": change.restored_version,
        "created_at": head.created_at.isoformat() if head.version else None,
        "document": _text(document) if document is not None else None,
        "changes": _text(pb.ModelUpdate(changes=changes).SerializeToString()) if changes else "",
        "touched": version_terms(change.operation, write.principal, changes),
        **head_columns(shown),
    }
    return Item(
        row,
        change.id,
        shown.provider_id,
        version,
        live,
        change.operation,
        document,
        created_at=head.created_at if head.version else None,
        moves=capability_moves(served, change.document, changes),
        size=_EVENT_BYTES + len(document or b"") + len(head.document or b"") + len(row["changes"]),
    )


def _is_no_change(change: ModelChange, head: Head, document: bytes | None) -> bool:
    if document is None:
        return not head.live
    state = (head.live, head.private, _in_order(head.pins))
    wanted = (True, change.private, _in_order(change.pins))
    return state == wanted and document == head.document


def _pin_columns(pins: Sequence[history_pb2.ModelPin], version: int) -> dict[str, Any]:
    """The pins as they are stored: new ones with the version that they come with."""
    if not pins:
        return {"pins": None, "pin_version": None, "pin_until": None}
    stored = history_pb2.ModelVersion(pins=_in_order(pins))
    for pin in stored.pins:
        pin.version = pin.version or version
    ends = [pin.expire_time for pin in pins if pin.HasField("expire_time")]
    return {
        "pins": _text(stored.SerializeToString(deterministic=True)),
        "pin_version": next((pin.version for pin in stored.pins if not pin.path), None),
        "pin_until": min(map(_moment, ends)).isoformat() if ends else None,
    }


def _in_order(pins: Sequence[history_pb2.ModelPin]) -> list[history_pb2.ModelPin]:
    return sorted(pins, key=lambda pin: pin.path)


def _moment(timestamp: Timestamp) -> datetime:
    return timestamp.ToDatetime(UTC)


def _event_type(change: ModelChange, head: Head, changes: Sequence[pb.FieldChange]) -> int:
    if change.operation in _EVENTS:
        return _EVENTS[change.operation]
    if not head.live:
        return pb.MODEL_UPDATE_TYPE_ADDED
    about_capabilities = changes and all(change.kind == pb.FIELD_CHANGE_KIND_CAPABILITY for change in changes)
    return pb.MODEL_UPDATE_TYPE_CAPABILITIES_CHANGED if about_capabilities else pb.MODEL_UPDATE_TYPE_UPDATED


def _parameters(write: Write, decision: Decision, items: Sequence[Item], heads: Mapping[str, Head]) -> dict[str, Any]:
    capabilities = capability_updates((item.model_id, item.moves) for item in items)
    events = event_rows(decision, _told(decision, items), capabilities, start=len(items))
    head = heads[write.model_ids[0]] if len(write.model_ids) == 1 else None
    after = items[0].version if items and head else (head.version if head else None)
    changed = bool(items or events)
    return {
        "items": _json([item.row for item in items]),
        "events": _json(events),
        "ordinals": len(items) + len(events) - 1,
        "size": sum(item.size for item in items) + sum(_EVENT_BYTES + len(event["body"]) for event in events),
        **audit_row(
            write,
            outcome=decision.outcome or ("changed" if changed else "unchanged"),
            before=head.version if head else None,
            after=after,
        ),
        "why": write.reason if decision.reason is None else decision.reason,
        "source_id": write.source_id,
        "payload_hash": write.request.payload_hash if write.request else b"",
        "answer": decision.answer.SerializeToString() if decision.answer is not None else b"",
        "answer_model": head.id if head else None,
        "answer_version": after,
    }


def _told(decision: Decision, items: Sequence[Item]) -> list[pb.ProviderUpdate]:
    """What is told of providers. That models were refreshed is told where some changed, never by itself."""
    moved = {item.provider_id for item in items}
    refreshed = pb.PROVIDER_UPDATE_TYPE_MODELS_REFRESHED
    return [update for update in decision.providers if update.type != refreshed or update.provider_id in moved]


def _listed(changes: Sequence[ListingChange]) -> str:
    rows = [
        {
            "source_id": change.source_id,
            "model_id": change.model_id,
            "provider_id": change.provider_id,
            "raw_hash": _text(change.raw_hash),
            "record": _text(change.record),
            "raw": change.raw,
        }
        for change in changes
        if change.record is not None
    ]
    return _json_or_nothing(rows)


def _unlisted(changes: Sequence[ListingChange]) -> Mapping[str, list[str]]:
    gone: dict[str, list[str]] = {}
    for change in changes:
        if change.record is None:
            gone.setdefault(change.source_id, []).append(change.model_id)
    return gone


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def _json_or_nothing(rows: Sequence[Mapping[str, Any]]) -> str:
    return _json(rows) if rows else ""


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    # PostgreSQL's jsonb holds no NUL; the document's bytes keep it.
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return _NUL.sub(r"\1", text) if "\\u0000" in text else text
