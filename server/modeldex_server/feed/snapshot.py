"""The snapshot that a stream can begin with: all models that match, as of one revision."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from modeldex.v1 import model_pb2, subscriber_service_pb2
from modeldex_server.cache.models import ModelCache
from modeldex_server.ledger.index import Index
from modeldex_server.store.database import Database
from modeldex_server.wire import delimited, tag

_PAGE = 500
_AT_A_TIME = 4
_MODELS = tag(subscriber_service_pb2.WatchResponse, "snapshot_models")

# What was current at a revision of models that were written after it.
_AS_OF = """
SELECT DISTINCT ON (model_id) model_id, version, document IS NOT NULL AS live
FROM model_version
WHERE model_id = ANY(%(ids)s) AND revision <= %(revision)s
ORDER BY model_id, revision DESC"""

Matches = Callable[[model_pb2.Model], bool]


@dataclass(frozen=True, slots=True)
class _AsOf:
    model_id: str
    version: int
    live: bool


class Snapshots:
    """Gives the models as of the revision that this replica has applied. Versions are immutable, so it needs no long
    transaction and no lock: the index says which were current, and they are read at leisure."""

    def __init__(self, index: Index, cache: ModelCache, database: Database) -> None:
        self._index = index
        self._cache = cache
        self._database = database
        self._turns = asyncio.Semaphore(_AT_A_TIME)

    async def pages(self, matches: Matches | None, size: int) -> AsyncIterator[tuple[int, bytes]]:
        """The revision and, page by page, the fields of a message of at most about `size` bytes with the models that
        match, ordered by id. `matches` None is all."""
        revision = self._index.revision
        versions = await self._versions(revision)
        for begin in range(0, len(versions), _PAGE):
            async with self._turns:
                fields = await self._fields(versions[begin : begin + _PAGE], matches)
            for message in _messages(fields, size):
                yield revision, message
        yield revision, b""

    async def _versions(self, revision: int) -> list[tuple[str, int]]:
        entries = self._index.entries
        current = [(model_id, entry.version) for model_id, entry in entries.items() if entry.live]
        newer = [model_id for model_id, entry in entries.items() if entry.revision > revision]
        if newer:
            left_out = set(newer)
            current = [one for one in current if one[0] not in left_out]
            rows = await self._database.rows(_AsOf, _AS_OF, {"ids": newer, "revision": revision})
            current += [(row.model_id, row.version) for row in rows if row.live]
        return sorted(current)

    async def _fields(self, versions: list[tuple[str, int]], matches: Matches | None) -> list[bytes]:
        models = await self._cache.get(versions)
        found = [models[version] for version in versions if version in models]
        if matches is not None:
            found = [model for model in found if matches(model_pb2.Model.FromString(model))]
        return [delimited(_MODELS, model) for model in found]


def _messages(fields: list[bytes], size: int) -> list[bytes]:
    messages: list[bytes] = []
    parts: list[bytes] = []
    for field in fields:
        if parts and sum(map(len, parts)) + len(field) > size:
            messages.append(b"".join(parts))
            parts = []
        parts.append(field)
    return [*messages, b"".join(parts)] if parts else messages
