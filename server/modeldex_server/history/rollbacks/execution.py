"""The execution of a rollback: pure, decided under the lock of its model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from modeldex.v1 import history_pb2, model_pb2, update_pb2
from modeldex_server.catalogue import facts
from modeldex_server.catalogue.pinning import drift
from modeldex_server.catalogue.upstream import Sources, upstream_of
from modeldex_server.errors import VersionIsDeletion, VersionNotFound, VersionPurged
from modeldex_server.history.rollbacks.records import RollbackRow
from modeldex_server.ledger.changes import Head, ModelChange, Operation
from modeldex_server.ledger.documents import decode, stamp
from modeldex_server.store.database import Connection

_TARGET = """
SELECT operation, document FROM model_version WHERE model_id = %(model_id)s AND version = %(version)s"""


@dataclass(frozen=True, slots=True)
class Target:
    """The version to put back."""

    model_id: str
    version: int
    operation: int | None = None  # None: there is no such version
    document: bytes | None = None

    def kept(self, newest: int) -> bytes:
        """Its document. `newest`: the newest version of the model.

        Raises:
            VersionNotFound, VersionIsDeletion, VersionPurged.
        """
        if self.operation is None:
            raise VersionNotFound(self.model_id, self.version, newest=newest)
        if self.operation == Operation.DELETE:
            raise VersionIsDeletion(self.model_id, self.version)
        if self.document is None:
            raise VersionPurged(self.model_id, self.version)
        return self.document


async def read_target(connection: Connection, model_id: str, version: int) -> Target:
    """The version to put back; the lock of its model keeps it from being purged."""
    cursor = await connection.execute(_TARGET, {"model_id": model_id, "version": version})
    row = await cursor.fetchone()
    return Target(model_id, version, *row) if row is not None else Target(model_id, version)


def is_saved(document: model_pb2.Model) -> bool:
    """Whether it is what a caller saved, and not what sources say; whether or not one lists it, too."""
    return not document.listed_by or document.field_sources.get(facts.EVERY_OTHER) == facts.PRIVATE


@dataclass(frozen=True, slots=True)
class Execution:
    """A rollback of a model, as it is executed now."""

    row: RollbackRow
    head: Head
    target: bytes
    sources: Sources

    @property
    def version(self) -> int:
        """The version that it makes."""
        return self.head.version + 1

    def change(self) -> ModelChange:
        """The model as it shall be."""
        document = decode(self.target)
        return ModelChange(
            self.head.id,
            Operation.ROLLBACK,
            document,
            private=is_saved(document),
            pins=self._pins(document),
            restored_version=self.row.target_version,
        )

    def drifts(self) -> Iterator[update_pb2.UpdateEvent]:
        """Tells where sources say something else than what is put back."""
        document = decode(self.target)
        if pins := self._pins(document):
            told = drift(document, upstream_of(self.head, self.sources), pins)
            if told is not None:
                yield told

    def _pins(self, document: model_pb2.Model) -> Sequence[history_pb2.ModelPin]:
        """What keeps the next refresh from undoing it. No refresh changes what nobody lists, now or then."""
        if not (document.listed_by or self.head.listings):
            return ()
        row, expires = self.row, None
        if row.pin_seconds is not None:
            expires = stamp(row.now + timedelta(seconds=row.pin_seconds))
        return (
            history_pb2.ModelPin(principal=row.requester, reason=row.reason, expire_time=expires, rollback_id=row.id),
        )
