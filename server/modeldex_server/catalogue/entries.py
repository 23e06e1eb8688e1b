"""The models of the catalogue as entries of the cache: each in its current version, and what is held of it here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from datetime import timedelta

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import discovery_service_pb2, model_pb2
from modeldex_server.cache.entries.answering import time_of, told
from modeldex_server.cache.entries.entries import Batch, Page
from modeldex_server.cache.entries.rows import duration
from modeldex_server.cache.memory import Held, Memory
from modeldex_server.cache.models import PRIORITY, Found, ModelCache
from modeldex_server.cache.policies import Operation, Policies
from modeldex_server.cache.statistics import Tier
from modeldex_server.cache.tiers import NAMESPACE, Key
from modeldex_server.catalogue.availability import Availability
from modeldex_server.catalogue.listing import Lister, Position
from modeldex_server.errors import EntryNotFound, NotReady
from modeldex_server.ledger.index import Index
from modeldex_server.security.principals import Principal
from modeldex_server.security.scope import Scope
from modeldex_server.wire import PAGE_BYTES, delimited, tag

_AT_ONCE = 200  # models that are read anew with one statement
_MOST_SCANNED = 4000  # for a page
_SLICE = 1000  # models that are looked for in memory before others have the loop

_VALUE = tag(pb.CacheEntry, "value")
_DATABASE = pb.CACHE_TIER_DATABASE


class ModelEntries:
    """Models as entries, with the names of what `Entries` has for reading. Nothing is set here."""

    def __init__(
        self,
        index: Index,
        cache: ModelCache,
        lister: Lister,
        availability: Availability,
        policies: Policies,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """`clock` and `wall`: those of the memory."""
        self._index = index
        self._cache = cache
        self._memory: Memory = cache.memory
        self._lister = lister
        self._availability = availability
        self._policies = policies
        self._clock = clock
        self._wall = wall

    async def get(self, namespace: str, key: str, by: Principal) -> bytes:
        """The bytes of a `CacheEntry`; it counts as read.

        Raises:
            EntryNotFound, NotReady, StoreUnavailable.
        """
        batch = await self.get_batch(namespace, [key], by)
        if not batch.entries:
            raise EntryNotFound(namespace, key)
        return batch.entries[0]

    async def get_batch(self, namespace: str, keys: Iterable[str], by: Principal) -> Batch:
        """Those of the entries that there are; each counts as read.

        Raises:
            NotReady, StoreUnavailable.
        """
        wanted = list(dict.fromkeys(keys))
        found = await self._cache.get_held(self._current(wanted, by.scope))
        entries = {key[0]: self._answer(key, one) for key, one in found.items()}
        return Batch([entries[key] for key in wanted if key in entries], [key for key in wanted if key not in entries])

    async def has(self, namespace: str, key: str, by: Principal) -> api.HasEntryResponse:
        """Whether there is an entry. It does not count as a read.

        Raises:
            NotReady.
        """
        for model_id, version in self._current([key], by.scope):
            in_memory = self._held(model_id, version) is not None
            return api.HasEntryResponse(exists=True, entry_version=version, in_memory=in_memory)
        return api.HasEntryResponse()

    async def ttl(self, namespace: str, key: str, by: Principal) -> api.GetEntryTtlResponse:
        """How long the copy in memory has to live: the model does not expire.

        Raises:
            EntryNotFound, NotReady.
        """
        for model_id, version in self._current([key], by.scope):
            held = self._held(model_id, version)
            if held is None:
                return api.GetEntryTtlResponse(ttl=duration(self._ttl(None)))
            return api.GetEntryTtlResponse(
                remaining_ttl=duration(timedelta(seconds=held.expires - self._clock())),
                ttl=duration(self._ttl(held)),
                expire_time=time_of(self._expires(held)),
            )
        raise EntryNotFound(namespace, key)

    async def page(
        self,
        namespace: str,
        wanted: api.CacheEntryFilter,
        after: str,
        size: int,
        by: Principal,
        *,
        omit_values: bool = False,
    ) -> Page:
        """The entries after a key, "" for the first; at most `size`.

        Raises:
            StoreUnavailable.
        """
        filtered = wanted.HasField("in_memory")
        request = discovery_service_pb2.ListModelsRequest(
            filter=_models(wanted), page_size=_AT_ONCE if filtered else size
        )
        shown: list[bytes] = []
        size_bytes, scanned, last = 0, 0, after
        while True:
            page = await self._lister.page(request, Position(last, last) if last else None, by.scope)
            for data in page.models:
                if len(shown) == size or (shown and size_bytes + len(data) > PAGE_BYTES):
                    return Page(shown, last)
                model = model_pb2.Model.FromString(data)
                last, held = model.id, self._held(model.id, model.version)
                if not filtered or wanted.in_memory == (held is not None):
                    stale = held is not None and held.stale
                    shown.append(self._entry(model, data, held, _DATABASE, stale=stale, omit_value=omit_values))
                    size_bytes += len(data)
            scanned += len(page.models)
            if page.next is None or len(shown) == size or scanned >= _MOST_SCANNED:
                return Page(shown, None if page.next is None else last)

    async def count(self, namespace: str, wanted: api.CacheEntryFilter, by: Principal) -> api.CountEntriesResponse:
        """How many entries there are.

        Raises:
            StoreUnavailable.
        """
        versions = await self._lister.versions(_models(wanted), by.scope)
        held = 0
        for number, (model_id, version) in enumerate(versions.items()):
            if number % _SLICE == _SLICE - 1:
                await asyncio.sleep(0)
            held += self._held(model_id, version) is not None
        if wanted.HasField("in_memory"):
            chosen = held if wanted.in_memory else len(versions) - held
            return api.CountEntriesResponse(count=chosen, in_memory_count=held if wanted.in_memory else 0)
        return api.CountEntriesResponse(count=len(versions), in_memory_count=held)

    async def refresh(self, namespace: str, key: str, by: Principal) -> bytes:
        """The bytes of a `CacheEntry` from PostgreSQL, which memory and Redis hold from then on.

        Raises:
            ProviderDenied, EntryNotFound, NotReady, StoreUnavailable.
        """
        by.require_model(key)
        for one, found in (await self._cache.reload(self._current([key], by.scope))).items():
            return self._answer(one, found)
        raise EntryNotFound(namespace, key)

    async def refresh_provider(self, namespace: str, provider_id: str) -> int:
        """Do so for all entries of a provider; returns how many.

        Raises:
            NotReady, StoreUnavailable.
        """
        keys = self._current(self._index.entries, Scope(frozenset({provider_id})))
        count = 0
        for at in range(0, len(keys), _AT_ONCE):
            count += len(await self._cache.reload(keys[at : at + _AT_ONCE]))
        return count

    def _current(self, model_ids: Iterable[str], scope: Scope) -> list[Key]:
        """The current versions of those models that exist. Raises NotReady."""
        if not self._index.loaded:
            raise NotReady
        entries = self._index.entries
        return [
            (model_id, entry.version)
            for model_id in model_ids
            if (entry := entries.get(model_id)) is not None and entry.live and scope.covers_model(model_id)
        ]

    def _held(self, model_id: str, version: int) -> Held | None:
        """The copy in memory, if it is of this version."""
        held = self._memory.look(NAMESPACE, model_id)
        return held if held is not None and held.version == version else None

    def _answer(self, key: Key, found: Found) -> bytes:
        data = found.data + self._availability.suffix(key[0])
        model = model_pb2.Model.FromString(data)
        return self._entry(model, data, self._held(*key), found.tier, stale=found.stale)

    def _entry(
        self,
        model: model_pb2.Model,
        data: bytes,
        held: Held | None,
        tier: Tier,
        *,
        stale: bool,
        omit_value: bool = False,
    ) -> bytes:
        entry = pb.CacheEntry(
            namespace=NAMESPACE,
            key=model.id,
            entry_version=model.version,
            ttl=duration(self._ttl(held)),
            tags=model.tags,
            priority=PRIORITY,
            create_time=None if held is None else time_of(held.made_at),
            update_time=model.update_time,
            expire_time=None if held is None else time_of(self._expires(held)),
            size_bytes=len(data),
        ).SerializeToString()
        return b"".join(
            (
                entry,
                b"" if omit_value else delimited(_VALUE, data),
                told(
                    accesses=0 if held is None else held.accesses,
                    accessed_at=0.0 if held is None else held.accessed_at,
                    stale=stale,
                    in_memory=held is not None,
                    tier=tier,
                ),
            )
        )

    def _ttl(self, held: Held | None) -> timedelta:
        """How long a copy stays: the one there is, or one that would be made now."""
        if held is None:
            return timedelta(seconds=self._policies.ttl(Operation.DISCOVERY, self._memory.pressure))
        # To the millisecond: the two clocks are not read in the same moment.
        return timedelta(milliseconds=round((self._expires(held) - held.made_at) * 1000))

    def _expires(self, held: Held) -> float:
        """When a copy expires, in seconds since 1970."""
        return self._wall() + held.expires - self._clock()


def _models(wanted: api.CacheEntryFilter) -> discovery_service_pb2.ModelFilter:
    """The models whose entries are wanted: without a filter of models all of them, the retired and unlisted, too."""
    models = discovery_service_pb2.ModelFilter()
    if wanted.HasField("models"):
        models.CopyFrom(wanted.models)
    else:
        models.include_unlisted = True
        models.lifecycle_stages.extend(model_pb2.LifecycleStage.values())
    models.tags.extend(wanted.tags)
    return models
