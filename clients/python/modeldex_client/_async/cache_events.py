"""Watching what happens in the cache of a process."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self

from modeldex.v1 import cache_service_pb2 as pb
from modeldex.v1.cache_pb2 import CacheEvent
from modeldex_client import _cache, _watch
from modeldex_client._async.calling import AsyncCaller
from modeldex_client._async.line import AsyncLine
from modeldex_client._errors import ModeldexError


class AsyncCacheEvents:
    """What happens in the cache of the process that answers: iterate it for events, or its `messages()`.

    It connects with the first event that is asked for; as a context manager when the block begins, so that it misses
    nothing that happens there. Where the connection is lost it connects again, perhaps to another process. Events are
    not kept: what happened between two connections is nowhere, and `lost_count` does not have it. It ends with
    `close()`, or with an error that another attempt would not mend. It is read by one task at a time.
    """

    def __init__(
        self, caller: AsyncCaller, request: pb.WatchCacheEventsRequest, on_interruption: _watch.Listener | None
    ) -> None:
        self._request = request
        self._line = AsyncLine(caller, _cache.EVENTS, pb.WatchCacheEventsResponse, _cache.SILENCE, on_interruption)
        self._message: pb.WatchCacheEventsResponse | None = None  # came, and was not given
        self._events: deque[CacheEvent] = deque()  # the rest of the message that is being given
        self._lost = 0
        caller.keep(self)  # nothing else ends what waits in it

    @property
    def lost_count(self) -> int:
        """Events that the server forgot because they were not read in time, up to what was given."""
        return self._lost

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> CacheEvent:
        """The next event."""
        while not self._events:
            message = await self._next()
            if message is None:
                raise StopAsyncIteration
            self._events.extend(message.events)
        return self._events.popleft()

    async def messages(self) -> AsyncIterator[pb.WatchCacheEventsResponse]:
        """Whole messages, those without events among them: one comes at once, and every 10 seconds at least."""
        while (message := await self._next()) is not None:
            yield message

    async def close(self) -> None:
        """Ends the call at once, and the iteration with it."""
        await self._line.close()

    async def __aenter__(self) -> Self:
        await self._fill()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _next(self) -> pb.WatchCacheEventsResponse | None:
        """The next message; None at the end."""
        await self._fill()
        message, self._message = self._message, None
        if message is not None:
            self._lost += message.lost_count
        return message

    async def _fill(self) -> None:
        """Wait until there is a message to give, or the end."""
        while self._message is None and not self._line.closed:
            try:
                self._message = await self._line.read(lambda: self._request)
            except ModeldexError as error:
                await self._interrupted(error)
            else:
                if self._message is None:
                    await self._interrupted(None)

    async def _interrupted(self, error: ModeldexError | None) -> None:
        """Make ready for another connection. Raises the error that ends the watch."""
        self._line.hang_up()
        if self._line.closed:
            return
        if error is not None and _watch.ends(error):
            await self.close()
            raise error
        await self._line.pause("The server ended the stream." if error is None else str(error), error)
