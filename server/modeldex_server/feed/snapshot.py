"""The snapshot that a stream can begin with: all models that match, as of one revision."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

from modeldex.v1 import model_pb2, subscriber_service_pb2
from modeldex_server.cache.models import ModelCache
from modeldex_server.ledger.index import Index
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Database
from modeldex_server.wire import delimited, tag

_PAGE = 100  # models: a stream that is not read holds no more
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


@dataclass(frozen=True, slots=True)
class _Versions:
    """The versions, by id, that were current at a revision of a history. Not to be changed."""

    epoch: str
    revision: int
    current: list[tuple[str, int]]


class Snapshots:
    """Gives the models as of the revision that this replica has applied. Versions are immutable, so it needs no long
    transaction and no lock: the index says which were current, and they are read at leisure."""

    def __init__(self, index: Index, cache: ModelCache, database: Database) -> None:
        self._index = index
        self._cache = cache
        self._database = database
        self._turns = asyncio.Semaphore(_AT_A_TIME)
        self._newest: _Versions = _Versions("", 0, [])

    async def pages(self, matches: Matches | None, size: int, scope: Scope) -> AsyncIterator[tuple[int, bytes]]:
        """The revision and, page by page, the fields of a message of at most about `size` bytes with the models of a
        scope that match, ordered by id. `matches` None is all."""
        revision = self._index.revision
        versions = await self._versions(revision)
        for begin in range(0, len(versions), _PAGE):
            page = [one for one in versions[begin : begin + _PAGE] if scope.covers_model(one[0])]
            async with self._turns:
                fields = await self._fields(page, matches)
            for message in _messages(fields, size):
                yield revision, message
        yield revision, b""

    async def _versions(self, revision: int) -> list[tuple[str, int]]:
        """What was current at a revision, ordered by id; one list for all streams that begin there."""
        epoch = self._index.epoch
        if (self._newest.epoch, self._newest.revision) != (epoch, revision):
            self._newest = _Versions(epoch, revision, await self._versions_at(revision))
        return self._newest.current

    async def _versions_at(self, revision: int) -> list[tuple[str, int]]:
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
        models = await self._cache.scan(versions)
        found = [models[version] for version in versions if version in models]
        if matches is not None:
            found = [model for model in found if matches(model_pb2.Model.FromString(model))]
        return [delimited(_MODELS, model) for model in found]


def _messages(fields: list[bytes], size: int) -> Iterator[bytes]:
    parts: list[bytes] = []
    used = 0
    for field in fields:
        if parts and used + len(field) > size:
            yield b"".join(parts)
            parts, used = [], 0
        parts.append(field)
        used += len(field)
    if parts:
        yield b"".join(parts)
