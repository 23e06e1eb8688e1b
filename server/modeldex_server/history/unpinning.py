"""The end of pins, by a caller or because they expire: what the model is without them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from modeldex.v1 import model_pb2, update_pb2
from modeldex.v1.history_pb2 import ModelPin
from modeldex_server.catalogue.pinning import as_saved, differ, drift, effective, is_under, operation, whole
from modeldex_server.ledger.changes import Head, ModelChange, Operation
from modeldex_server.ledger.documents import decode
from modeldex_server.store.database import Connection

_PIN = update_pb2.OPERATION_UPDATE_TYPE_PIN
_MOMENT = """
SELECT clock_timestamp(),
       (SELECT v.document FROM model m JOIN model_version v ON v.model_id = m.id AND v.version = m.pin_version
        WHERE m.id = %(id)s)"""
_MESSAGES = {
    "pin": "{principal} pinned {paths} of {id}.",
    "unpin": "{principal} unpinned {paths} of {id}.",
    "expire": "Pins of {id} expired: {paths}.",
}


class PinMoment:
    """What a decision about the pins of a model needs beside its head, read under the model's lock."""

    def __init__(self, model_id: str) -> None:
        self._model_id = model_id
        self.now = datetime.min.replace(tzinfo=UTC)
        self.held_whole: model_pb2.Model | None = None  # the document that the pin of the whole model came with

    async def read(self, connection: Connection) -> None:
        """Look at the store's clock and at the pinned version, which is kept as long as its pin."""
        cursor = await connection.execute(_MOMENT, {"id": self._model_id})
        (row,) = await cursor.fetchall()
        self.now, document = row
        self.held_whole = decode(document) if document is not None else None

    async def write(self, connection: Connection) -> None:
        """Pins stand in the head."""

    async def put_revision(self, connection: Connection) -> None:
        """And in its version."""


def unpinned(
    head: Head,
    ending: Sequence[ModelPin],
    upstream: model_pb2.Model | None,
    held_whole: model_pb2.Model | None,
    *,
    publish_saved: bool,
) -> ModelChange:
    """The model without some of its pins.

    Args:
        head: a live model.
        ending: which pins end.
        upstream: what sources say of it.
        held_whole: the document that the pin of the whole model came with.
        publish_saved: of a model that a caller saved, publish what sources say. Otherwise it stays as it was saved.
    """
    served = decode(head.document or b"")
    pins = [pin for pin in head.pins if pin not in ending]
    is_private = head.private
    if is_private and whole(pins) is None:
        if upstream is None or not publish_saved:
            ended = whole(ending)
            document, stay = as_saved(served, upstream, pins, since=ended.version if ended is not None else 0)
            return ModelChange(head.id, Operation.UNPIN, document, private=True, pins=stay)
        is_private = False
    after = effective(upstream, pins, served, held_whole)
    return ModelChange(head.id, Operation.DELETE if after is None else Operation.UNPIN, after, is_private, pins)


def held_again(
    head: Head, change: ModelChange, ending: Sequence[ModelPin], upstream: model_pb2.Model | None
) -> Sequence[update_pb2.UpdateEvent]:
    """What is told where a wider pin holds something else again than the one that ended: sources may differ from that
    since long ago."""
    if change.document is None or upstream is None:
        return ()
    inner = [pin for pin in ending if any(is_under(pin.path, wider.path) for wider in change.pins)]
    moved = differ(decode(head.document or b""), change.document, inner)
    event = drift(change.document, upstream, inner) if moved else None
    return () if event is None else (event,)


def told(model_id: str, pins: Sequence[ModelPin], action: str, by: str) -> update_pb2.UpdateEvent:
    """What is told of pins that were set ("pin") or ended ("unpin", "expire")."""
    message = _MESSAGES[action].replace("{principal}", by)
    paths = sorted(pin.path for pin in pins)
    return operation(_PIN, model_id, message, paths, principal=by, action=action)
