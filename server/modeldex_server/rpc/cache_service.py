"""CacheService: reads the request, calls the room, writes the answer."""

from __future__ import annotations

from modeldex_server.rpc.cache_entries import EntryMethods, EntryRooms
from modeldex_server.rpc.cache_events import CacheEventMethods, CacheEventRooms
from modeldex_server.rpc.cache_invalidation import InvalidationMethods, InvalidationRooms


class CacheServicer(EntryMethods, InvalidationMethods, CacheEventMethods):
    """The methods of CacheService; what each promises stands in the contract."""

    def __init__(self, entries: EntryRooms, invalidation: InvalidationRooms, events: CacheEventRooms) -> None:
        self._entries = entries
        self._invalidation = invalidation
        self._events = events
