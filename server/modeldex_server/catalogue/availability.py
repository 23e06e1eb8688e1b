"""Whether models can be had now: a fact of their provider, joined to a model when it is read, never versioned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from modeldex.v1 import model_pb2, update_pb2
from modeldex_server.ledger.log import PROVIDER, LogRow
from modeldex_server.store.database import Database

_LOAD = "SELECT id, availability FROM provider WHERE availability <> 0"


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    availability: int


class Availability:
    """Provider id -> availability, as the bytes to append to a serialised `Model`."""

    def __init__(self) -> None:
        self._suffixes: dict[str, bytes] = {}
        self.generation = 0  # grows with each change

    def suffix(self, model_id: str) -> bytes:
        """What to append to a model's bytes; nothing where its provider's availability is unknown."""
        return self._suffixes.get(model_id.partition("/")[0], b"")

    async def load(self, database: Database) -> None:
        """Read the availability of all providers."""
        rows = await database.rows(_Row, _LOAD)
        self._suffixes = {row.id: _suffix(row.availability) for row in rows}
        self.generation += 1

    def apply(self, events: Sequence[LogRow]) -> None:
        """Take in one revision of the log."""
        for event in events:
            moved = event.kind == PROVIDER and event.type == update_pb2.PROVIDER_UPDATE_TYPE_STATUS_CHANGED
            if moved and not event.external:
                update = update_pb2.ProviderUpdate.FromString(event.body or b"")
                self._suffixes[update.provider_id] = _suffix(update.availability)
                self.generation += 1


def _suffix(availability: int) -> bytes:
    return model_pb2.Model(availability=availability).SerializeToString()  # type: ignore[arg-type]
