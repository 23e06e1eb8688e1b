"""The methods of CacheService that tell how the cache of this process does."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from time import monotonic

from modeldex.v1 import cache_service_pb2 as api
from modeldex_server.cache.copies import Copies
from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.invalidation.following import Follower
from modeldex_server.cache.memory import Memory
from modeldex_server.cache.policies import Policies
from modeldex_server.cache.statistics import CacheStatistics
from modeldex_server.catalogue.reading import Reader
from modeldex_server.errors import Draining, TooManyStreams
from modeldex_server.ledger.documents import stamp
from modeldex_server.rpc.frame.call import Call
from modeldex_server.rpc.instant import InstantModels

_BEAT_SECONDS = 10.0
# A stream with a deadline ends so long before it, in good order.
_BEFORE_DEADLINE = 0.5


class CacheEventStreams:
    """The streams of events of one server. To be touched from the event loop only."""

    def __init__(self, events: CacheEvents, *, most: int, beat: float = _BEAT_SECONDS) -> None:
        """`most`: streams that may be open. `beat`: seconds, after which a message comes though nothing happened."""
        self._events = events
        self._most = most
        self._beat = beat
        self._open: set[Call] = set()
        self._going = False

    async def stream(self, request: api.WatchCacheEventsRequest, call: Call) -> None:
        """Tell what happens until the caller, its deadline or the server ends it. Raises TooManyStreams, Draining."""
        if self._going:
            raise Draining
        if len(self._open) >= self._most:
            raise TooManyStreams(self._most)
        watch = self._events.watch(request, call.scope)
        self._open.add(call)
        ends = inf if call.deadline is None else call.deadline - _BEFORE_DEADLINE
        try:
            await call.write(api.WatchCacheEventsResponse())
            while (left := ends - monotonic()) > 0:
                events, lost = await watch.next(min(self._beat, left))
                await call.write(api.WatchCacheEventsResponse(events=events, lost_count=lost))
        finally:
            self._open.discard(call)
            watch.close()

    def go(self) -> None:
        """The server is about to end: every stream says so and ends."""
        self._going = True
        for call in self._open:
            call.end(Draining())


@dataclass(frozen=True, slots=True)
class CacheEventRooms:
    """The rooms behind these methods."""

    streams: CacheEventStreams
    statistics: CacheStatistics
    memory: Memory
    instant: InstantModels
    copies: Copies
    policies: Policies
    follower: Follower
    reader: Reader
    replica_id: str


class CacheEventMethods:
    """A part of CacheServicer; what each method promises stands in the contract."""

    _events: CacheEventRooms

    async def GetCacheStats(self, request: api.GetCacheStatsRequest, call: Call) -> api.GetCacheStatsResponse:
        rooms = self._events
        stats = rooms.statistics.message(rooms.memory, call.scope)
        stats.answer_bytes, stats.dropped_fill_count = rooms.instant.bytes_used, rooms.copies.dropped
        return api.GetCacheStatsResponse(
            replica_id=rooms.replica_id,
            start_time=stamp(rooms.statistics.started_at),
            stats=stats,
            policies=rooms.policies.message(),
            invalidation_number=rooms.follower.number,
            revision=rooms.reader.revision,
        )

    async def WatchCacheEvents(self, request: api.WatchCacheEventsRequest, call: Call) -> None:
        await self._events.streams.stream(request, call)
