"""Versions: what each of them was, read by model and number. Every document is whole, so none is put together from
others: the hundredth version costs what the first does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from modeldex.v1 import history_pb2, model_pb2, update_pb2
from modeldex_server.errors import ModelNotFound, VersionNotFound, VersionPurged
from modeldex_server.ledger.changes import Operation
from modeldex_server.ledger.documents import decode, envelope, stamp
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Database
from modeldex_server.wire import fitting

# The model first: where it has no such version it gives a row with the version 0. Asked for, 0 is the newest. `shown`
# is the document to show: of a deletion (3) what it deleted.
_GET = """
SELECT m.id AS model_id, m.version AS newest, (SELECT revision FROM ledger_head) AS head,
       COALESCE(v.version, 0) AS version, v.revision, v.operation, v.changes, v.pins, v.restored_version,
       v.principal, v.source_id, v.reason,
       v.created_at, v.committed_at, v.purged_at, v.document IS NOT NULL AS kept,
       COALESCE(v.document_hash, sha256(v.document)) AS document_hash, COALESCE(v.document, before.document) AS shown
FROM model m
LEFT JOIN model_version v
    ON v.model_id = m.id AND v.version = CASE %(version)s::bigint WHEN 0 THEN m.version ELSE %(version)s::bigint END
LEFT JOIN model_version before
    ON before.model_id = v.model_id AND before.version = CASE v.operation WHEN 3 THEN v.version - 1 END
WHERE m.id = %(model_id)s AND m.version > 0"""

_LIST = """
SELECT m.id AS model_id, m.version AS newest, (SELECT revision FROM ledger_head) AS head,
       COALESCE(v.version, 0) AS version, v.revision, v.operation, v.changes, v.pins, v.restored_version,
       v.principal, v.source_id, v.reason,
       v.created_at, v.committed_at, v.purged_at, v.document IS NOT NULL AS kept,
       COALESCE(v.document_hash, sha256(v.document)) AS document_hash,
       CASE WHEN %(include_models)s THEN COALESCE(v.document, before.document) END AS shown
FROM model m
LEFT JOIN LATERAL (
    SELECT * FROM model_version one
    WHERE one.model_id = m.id AND one.version < %(below)s
      AND (%(operations)s::smallint[] IS NULL OR one.operation = ANY(%(operations)s::smallint[]))
    ORDER BY one.version DESC
    LIMIT %(limit)s
) v ON true
LEFT JOIN model_version before
    ON %(include_models)s
       AND before.model_id = v.model_id AND before.version = CASE v.operation WHEN 3 THEN v.version - 1 END
WHERE m.id = %(model_id)s AND m.version > 0
ORDER BY v.version DESC"""

_DOCUMENTS = """
SELECT m.version AS newest, (SELECT revision FROM ledger_head) AS head, wanted.place, v.version, v.operation,
       v.document
FROM model m
CROSS JOIN unnest(%(versions)s::bigint[]) WITH ORDINALITY AS wanted(version, place)
LEFT JOIN model_version v
    ON v.model_id = m.id AND v.version = CASE wanted.version WHEN 0 THEN m.version ELSE wanted.version END
WHERE m.id = %(model_id)s AND m.version > 0
ORDER BY wanted.place"""

_TOP = 2**63 - 1


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version as it is stored."""

    model_id: str
    newest: int  # the model's newest version
    head: int  # the catalogue's revision when this was read
    version: int
    revision: int
    operation: int
    changes: bytes
    pins: bytes | None
    restored_version: int | None
    principal: str
    source_id: str
    reason: str
    created_at: datetime
    committed_at: datetime
    purged_at: datetime | None
    kept: bool  # it has a document
    document_hash: bytes | None
    shown: bytes | None  # the document, of a deletion what it deleted; None where purged or not asked for

    @property
    def rollback_available(self) -> bool:
        """Whether the model can be put back to it."""
        return self.kept and self.version != self.newest

    @property
    def size(self) -> int:
        """The bytes of its message, about."""
        return len(self.changes) + len(self.pins or b"") + len(self.shown or b"")

    def message(self) -> history_pb2.ModelVersion:
        """The version as callers see it."""
        version = history_pb2.ModelVersion.FromString(self.pins or b"")
        version.model_id, version.version, version.revision = self.model_id, self.version, self.revision
        version.create_time.CopyFrom(stamp(self.committed_at))
        version.operation = history_pb2.ModelVersionOperation.ValueType(self.operation)
        version.principal, version.source_id, version.reason = self.principal, self.source_id, self.reason
        version.changes.extend(update_pb2.ModelUpdate.FromString(self.changes).changes)
        version.restored_version = self.restored_version or 0
        version.document_hash = self.document_hash or b""
        version.rollback_available = self.rollback_available
        if self.purged_at is not None:
            version.purge_time.CopyFrom(stamp(self.purged_at))
        if self.shown is not None:
            around = envelope(self.version, self.revision, self.created_at, self.committed_at)
            version.model.CopyFrom(model_pb2.Model.FromString(self.shown + around))
        return version


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """The document of one version; None for a deletion."""

    version: int
    document: model_pb2.Model | None
    head: int


@dataclass(frozen=True, slots=True)
class VersionPage:
    """Versions of a model, newest first. `next`: the version that the next page begins below; None for the last."""

    versions: Sequence[StoredVersion]
    next: int | None
    head: int


@dataclass(frozen=True, slots=True)
class _DocumentRow:
    newest: int
    head: int
    place: int
    version: int | None
    operation: int | None
    document: bytes | None


class Versions:
    """Reads versions, straight from the store: as current as it is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, model_id: str, version: int, scope: Scope) -> StoredVersion:
        """One version; 0 is the newest. Where its document was purged it has none.

        Raises:
            ModelNotFound: also for one outside of the scope.
            VersionNotFound, StoreUnavailable.
        """
        rows = await self._of_model(model_id, scope, _GET, {"version": version})
        found = rows[0]
        if not found.version:
            raise VersionNotFound(model_id, version, newest=found.newest)
        return found

    async def page(
        self,
        model_id: str,
        scope: Scope,
        *,
        operations: Sequence[int] = (),
        include_models: bool = False,
        below: int | None = None,
        size: int,
    ) -> VersionPage:
        """The versions of a model below one, newest first, at most `size`; of fewer where they have megabytes of facts.
        `operations`: only those that did one of these.

        Raises:
            ModelNotFound: also for one outside of the scope.
            StoreUnavailable.
        """
        parameters = {
            "operations": list(operations) or None,
            "include_models": include_models,
            "below": _TOP if below is None else below,
            "limit": size + 1,
        }
        rows = await self._of_model(model_id, scope, _LIST, parameters)
        found = [row for row in rows if row.version]
        shown = found[: fitting(row.size for row in found[:size])]
        return VersionPage(shown, shown[-1].version if len(shown) < len(found) else None, rows[0].head)

    async def documents(self, model_id: str, versions: Sequence[int], scope: Scope) -> list[StoredDocument]:
        """The documents of versions of a model, in their order; 0 is the newest.

        Raises:
            ModelNotFound: also for one outside of the scope.
            VersionNotFound, VersionPurged, StoreUnavailable.
        """
        parameters = {"model_id": model_id, "versions": list(versions)}
        rows = await self._database.rows(_DocumentRow, _DOCUMENTS, parameters) if scope.covers_model(model_id) else []
        if not rows:
            raise ModelNotFound(model_id)
        return [_document(model_id, asked, row) for asked, row in zip(versions, rows, strict=True)]

    async def _of_model(
        self, model_id: str, scope: Scope, query: str, parameters: Mapping[str, object]
    ) -> list[StoredVersion]:
        """Rows of a model; one without a version where it has none such."""
        if not scope.covers_model(model_id):
            raise ModelNotFound(model_id)
        rows = await self._database.rows(StoredVersion, query, {**parameters, "model_id": model_id})
        if not rows:
            raise ModelNotFound(model_id)
        return rows


def _document(model_id: str, asked: int, row: _DocumentRow) -> StoredDocument:
    if row.version is None:
        raise VersionNotFound(model_id, asked, newest=row.newest)
    if row.operation == Operation.DELETE:
        return StoredDocument(row.version, None, row.head)
    if row.document is None:
        raise VersionPurged(model_id, row.version)
    return StoredDocument(row.version, decode(row.document), row.head)
