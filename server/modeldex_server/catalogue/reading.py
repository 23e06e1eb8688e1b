"""Reading models by id: from the index, which knows the current version, and the cache, which holds it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from modeldex.v1 import discovery_service_pb2 as api
from modeldex.v1 import model_pb2 as pb
from modeldex.v1.cache_pb2 import CACHE_TIER_MEMORY
from modeldex_server.cache.models import Found, ModelCache
from modeldex_server.capabilities import view
from modeldex_server.catalogue.availability import Availability
from modeldex_server.errors import CommitUnknown, ModelNotFound, NotReady, StoreUnavailable
from modeldex_server.ledger.documents import stamp
from modeldex_server.ledger.index import Index
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Database

_PATIENCE = 2.0  # seconds
_RAW = "SELECT source_id, raw, updated_at FROM source_listing WHERE model_id = %(id)s ORDER BY source_id"


@dataclass(frozen=True, slots=True)
class _RawRow:
    source_id: str
    raw: Any
    updated_at: datetime


class Reader:
    """Reads models by id. What it gives is current through the index's revision at least."""

    def __init__(self, index: Index, cache: ModelCache, availability: Availability, database: Database) -> None:
        self._index = index
        self._cache = cache
        self._availability = availability
        self._database = database

    @property
    def revision(self) -> int:
        """The revision that answers are current through."""
        return self._index.revision

    async def reach(self, revision: int, *, timeout: float | None) -> None:
        """Wait until answers are current through a revision; nothing to wait for is the common case.

        What is committed comes within the tailer's poll, so a revision that has not come after 2 seconds does not exist
        or this replica is cut off; and the caller hears of it before its deadline, `timeout` seconds from now.
        """
        if revision > self._index.revision or not self._index.loaded:
            await self._index.reach(revision, timeout=min(_PATIENCE, (timeout or _PATIENCE) * 0.8))

    def get_cached(self, model_id: str, scope: Scope) -> bytes | None:
        """The bytes of a `Model`, if memory can answer them.

        Raises:
            ModelNotFound: also for one outside of the scope, in no other words.
            NotReady.
        """
        entry = self._index.entries.get(model_id) if scope.covers_model(model_id) else None
        if entry is None or not entry.live:
            if not self._index.loaded:
                raise NotReady
            self._cache.missed(model_id)
            raise ModelNotFound(model_id, deleted=entry is not None)
        data = self._cache.peek((model_id, entry.version))
        return None if data is None else data + self._availability.suffix(model_id)

    async def get(self, model_id: str, scope: Scope) -> bytes:
        """The bytes of a `Model`.

        Raises:
            ModelNotFound, NotReady, StoreUnavailable.
        """
        return (await self.find(model_id, scope)).data

    async def find(self, model_id: str, scope: Scope) -> Found:
        """The same, with the tier that answered, and whether it is a stale copy.

        Raises:
            ModelNotFound, NotReady, StoreUnavailable.
        """
        data = self.get_cached(model_id, scope)
        if data is not None:
            return Found(data, CACHE_TIER_MEMORY)
        key = (model_id, self._index.entries[model_id].version)
        found = await self._cache.get_held([key])
        if key not in found:
            raise ModelNotFound(model_id)
        return self._complete(model_id, found[key])

    async def get_version(self, model_id: str, version: int) -> bytes:
        """The bytes of one version of a `Model`, as a write made it.

        Raises:
            CommitUnknown: the store went away meanwhile. The write is made, so nobody may be told that nothing was.
        """
        try:
            found = await self._cache.scan([(model_id, version)])  # its writer knows it: nobody reads
        except StoreUnavailable:
            raise CommitUnknown from None
        return found[(model_id, version)] + self._availability.suffix(model_id)

    async def get_batch(self, model_ids: Iterable[str], scope: Scope) -> dict[str, Found]:
        """Those models that exist in a scope, by id.

        Raises:
            NotReady, StoreUnavailable.
        """
        if not self._index.loaded:
            raise NotReady
        entries = self._index.entries
        keys = []
        for model_id in dict.fromkeys(model_ids):
            entry = entries.get(model_id)
            if entry is not None and entry.live and scope.covers_model(model_id):
                keys.append((model_id, entry.version))
            else:
                self._cache.missed(model_id)
        found = await self._cache.get_held(keys)
        return {model_id: self._complete(model_id, one) for (model_id, _), one in found.items()}

    async def raw_records(self, model_id: str) -> list[pb.RawRecord]:
        """What each source said of a model, word for word."""
        rows = await self._database.rows(_RawRow, _RAW, {"id": model_id})
        return [_raw_record(row) for row in rows]

    async def capabilities(self, model_id: str, scope: Scope) -> api.GetModelCapabilitiesResponse:
        """All that is known of a model's capabilities."""
        model = pb.Model.FromString(await self.get(model_id, scope))
        values = view.capabilities_of(model)
        return api.GetModelCapabilitiesResponse(
            capabilities=values,
            sources={name: source for name in values if (source := view.source_of(model, name))},
            version=model.version,
        )

    async def check(
        self, model_id: str, required: Sequence[str], scope: Scope
    ) -> api.ValidateModelCapabilitiesResponse:
        """Whether a model has each of the required capabilities."""
        model = pb.Model.FromString(await self.get(model_id, scope))
        values = view.capabilities_of(model)
        checks = [
            api.CapabilityCheck(capability=name, state=view.state(values.get(name)), value=values.get(name))
            for name in required
        ]
        valid = all(check.state == api.CAPABILITY_STATE_SUPPORTED for check in checks)
        return api.ValidateModelCapabilitiesResponse(valid=valid, checks=checks, version=model.version)

    def _complete(self, model_id: str, found: Found) -> Found:
        """With what is no part of its version."""
        return found._replace(data=found.data + self._availability.suffix(model_id))


def _raw_record(row: _RawRow) -> pb.RawRecord:
    record = pb.RawRecord(source_id=row.source_id, update_time=stamp(row.updated_at))
    record.record.update(row.raw if not isinstance(row.raw, str) else json.loads(row.raw))
    return record
