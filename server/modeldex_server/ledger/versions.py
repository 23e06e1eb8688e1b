"""Versions: immutable snapshots, read by model and number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from modeldex_server.ledger.documents import envelope
from modeldex_server.store.database import Database

# A deletion shows the document that it deleted. What was purged has none.
_LOAD = """
SELECT v.model_id, v.version, v.revision, v.created_at, v.committed_at,
       COALESCE(v.document, before.document) AS document
FROM unnest(%(ids)s::text[], %(versions)s::bigint[]) AS wanted(model_id, version)
JOIN model_version v ON v.model_id = wanted.model_id AND v.version = wanted.version
LEFT JOIN model_version before
    ON v.document IS NULL AND v.purged_at IS NULL AND before.model_id = v.model_id AND before.version = v.version - 1
WHERE COALESCE(v.document, before.document) IS NOT NULL"""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version as it is stored."""

    model_id: str
    version: int
    revision: int
    created_at: datetime
    committed_at: datetime
    document: bytes

    @property
    def model(self) -> bytes:
        """The bytes of the whole `Model`, document and envelope."""
        return self.document + envelope(self.version, self.revision, self.created_at, self.committed_at)


async def load_versions(database: Database, keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], bytes]:
    """The bytes of `Model` for each (model id, version) whose document is kept."""
    wanted = list(keys)
    parameters = {"ids": [key[0] for key in wanted], "versions": [key[1] for key in wanted]}
    rows = await database.rows(VersionRow, _LOAD, parameters)
    return {(row.model_id, row.version): row.model for row in rows}
