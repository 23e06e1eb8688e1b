"""The methods of CacheService about entries: those that callers set, and the models of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from modeldex.v1 import cache_service_pb2 as api
from modeldex_server.cache.entries.entries import Entries
from modeldex_server.cache.tiers import NAMESPACE as CATALOGUE
from modeldex_server.catalogue.entries import ModelEntries
from modeldex_server.catalogue.listing import page_size
from modeldex_server.catalogue.reading import Reader
from modeldex_server.discovery.engine import Engine
from modeldex_server.errors import NamespaceReadOnly
from modeldex_server.rpc.frame.call import Call
from modeldex_server.rpc.paging import PageTokens
from modeldex_server.wire import delimited, tag

_ENTRY = tag(api.GetEntryResponse, "entry")
# An entry stands in the same field of each of these answers.
assert tag(api.RefreshEntryResponse, "entry") == _ENTRY
assert _ENTRY == tag(api.BatchGetEntriesResponse, "entries") == tag(api.ListEntriesResponse, "entries")


@dataclass(frozen=True, slots=True)
class EntryRooms:
    """The rooms behind these methods."""

    callers: Entries
    models: ModelEntries
    reader: Reader
    engine: Engine
    tokens: PageTokens

    def read(self, namespace: str) -> Entries | ModelEntries:
        """Where the entries of a namespace are read."""
        return self.models if namespace == CATALOGUE else self.callers

    def written(self, *namespaces: str) -> Entries:
        """Where entries of these namespaces are set. Raises NamespaceReadOnly."""
        if CATALOGUE in namespaces:
            raise NamespaceReadOnly(CATALOGUE)
        return self.callers


class EntryMethods:
    """A part of CacheServicer; what each method promises stands in the contract."""

    _entries: EntryRooms

    async def GetEntry(self, request: api.GetEntryRequest, call: Call) -> bytes:
        namespace, reader = request.namespace or CATALOGUE, self._entries.reader
        await reader.reach(request.min_revision, timeout=call.remaining())
        entry = await self._entries.read(namespace).get(namespace, request.key, call.principal)
        return _field(entry) + api.GetEntryResponse(revision=reader.revision).SerializeToString()

    async def BatchGetEntries(self, request: api.BatchGetEntriesRequest, call: Call) -> bytes:
        namespace, reader = request.namespace or CATALOGUE, self._entries.reader
        await reader.reach(request.min_revision, timeout=call.remaining())
        batch = await self._entries.read(namespace).get_batch(namespace, request.keys, call.principal)
        rest = api.BatchGetEntriesResponse(missing_keys=batch.missing, revision=reader.revision)
        return b"".join((*map(_field, batch.entries), rest.SerializeToString()))

    async def HasEntry(self, request: api.HasEntryRequest, call: Call) -> api.HasEntryResponse:
        namespace, reader = request.namespace or CATALOGUE, self._entries.reader
        await reader.reach(request.min_revision, timeout=call.remaining())
        answer = await self._entries.read(namespace).has(namespace, request.key, call.principal)
        answer.revision = reader.revision
        return answer

    async def SetEntry(self, request: api.SetEntryRequest, call: Call) -> api.SetEntryResponse:
        expected = request.expected_version if request.HasField("expected_version") else None
        entries = self._entries.written(request.entry.namespace)
        return api.SetEntryResponse(entry=await entries.set(request.entry, call.principal, expected))

    async def BatchSetEntries(self, request: api.BatchSetEntriesRequest, call: Call) -> api.BatchSetEntriesResponse:
        entries = self._entries.written(*(entry.namespace for entry in request.entries))
        return api.BatchSetEntriesResponse(entries=await entries.set_batch(request.entries, call.principal))

    async def DeleteEntry(self, request: api.DeleteEntryRequest, call: Call) -> api.DeleteEntryResponse:
        expected = request.expected_version if request.HasField("expected_version") else None
        entries = self._entries.written(request.namespace)
        deleted = await entries.delete(request.namespace, request.key, call.principal, expected)
        return api.DeleteEntryResponse(deleted=deleted)

    async def BatchDeleteEntries(
        self, request: api.BatchDeleteEntriesRequest, call: Call
    ) -> api.BatchDeleteEntriesResponse:
        entries = self._entries.written(request.namespace)
        count = await entries.delete_batch(request.namespace, request.keys, call.principal)
        return api.BatchDeleteEntriesResponse(deleted_count=count)

    async def ListEntries(self, request: api.ListEntriesRequest, call: Call) -> bytes:
        namespace, rooms = request.namespace or CATALOGUE, self._entries
        await rooms.reader.reach(request.min_revision, timeout=call.remaining())
        cursor = rooms.tokens.cursor_of(request, call.scope)
        page = await rooms.read(namespace).page(
            namespace,
            request.filter,
            cursor.id if cursor else "",
            page_size(request.page_size),
            call.principal,
            omit_values=request.omit_values,
        )
        token = rooms.tokens.token_after(request, None, page.next, call.scope) if page.next is not None else ""
        rest = api.ListEntriesResponse(next_page_token=token, revision=rooms.reader.revision)
        return b"".join((*map(_field, page.entries), rest.SerializeToString()))

    async def CountEntries(self, request: api.CountEntriesRequest, call: Call) -> api.CountEntriesResponse:
        namespace, reader = request.namespace or CATALOGUE, self._entries.reader
        await reader.reach(request.min_revision, timeout=call.remaining())
        answer = await self._entries.read(namespace).count(namespace, request.filter, call.principal)
        answer.revision = reader.revision
        return answer

    async def GetEntryTtl(self, request: api.GetEntryTtlRequest, call: Call) -> api.GetEntryTtlResponse:
        namespace = request.namespace or CATALOGUE
        return await self._entries.read(namespace).ttl(namespace, request.key, call.principal)

    async def SetEntryTtl(self, request: api.SetEntryTtlRequest, call: Call) -> api.SetEntryTtlResponse:
        entries, ttl = self._entries.written(request.namespace), request.ttl.ToTimedelta()
        entry = await entries.set_ttl(request.namespace, request.key, ttl, call.principal)
        return api.SetEntryTtlResponse(entry=entry)

    async def RefreshEntry(self, request: api.RefreshEntryRequest, call: Call) -> bytes:
        namespace = request.namespace or CATALOGUE
        entry = await self._entries.read(namespace).refresh(namespace, request.key, call.principal)
        return _field(entry) + api.RefreshEntryResponse(revision=self._entries.reader.revision).SerializeToString()

    async def RefreshProviderEntries(
        self, request: api.RefreshProviderEntriesRequest, call: Call
    ) -> api.RefreshProviderEntriesResponse:
        namespace, rooms = request.namespace or CATALOGUE, self._entries
        call.principal.require_every_provider()
        if request.ask_sources:
            result = await rooms.engine.refresh_one(request.provider_id)
            await rooms.reader.reach(result.committed_revision, timeout=call.remaining())
        count = await rooms.read(namespace).refresh_provider(namespace, request.provider_id)
        return api.RefreshProviderEntriesResponse(refreshed_count=count, revision=rooms.reader.revision)


def _field(entry: bytes) -> bytes:
    return delimited(_ENTRY, entry)
