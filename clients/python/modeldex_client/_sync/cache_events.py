# Written by scripts/unasync.py from _async/cache_events.py; edit that one.
"""Watching what happens in the cache of a process."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from modeldex.v1 import cache_service_pb2 as pb
from modeldex.v1.cache_pb2 import CacheEvent
from modeldex_client import _cache, _watch
from modeldex_client._errors import ModeldexError
from modeldex_client._sync.calling import Caller
from modeldex_client._sync.line import Line


class CacheEvents:
    """What happens in the cache of the process that answers: iterate it for events, or its `messages()`.

    It connects with the first event that is asked for; as a context manager when the block begins, so that it misses
    nothing that happens there. Where the connection is lost it connects again, perhaps to another process. Events are
    not kept: what happened between two connections is nowhere, and `lost_count` does not have it. It ends with
    `close()`, or with an error that another attempt would not mend. One thread reads it; any may close it.
    """

    def __init__(
        self, caller: Caller, request: pb.WatchCacheEventsRequest, on_interruption: _watch.Listener | None
    ) -> None:
        self._request = request
        self._line = Line(caller, _cache.EVENTS, pb.WatchCacheEventsResponse, _cache.SILENCE, on_interruption)
        self._message: pb.WatchCacheEventsResponse | None = None  # came, and was not given
        self._events: deque[CacheEvent] = deque()  # the rest of the message that is being given
        self._lost = 0
        caller.keep(self)  # nothing else ends what waits in it

    @property
    def lost_count(self) -> int:
        """Events that the server forgot because they were not read in time, up to what was given."""
        return self._lost

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> CacheEvent:
        """The next event."""
        while not self._events:
            message = self._next()
            if message is None:
                raise StopIteration
            self._events.extend(message.events)
        return self._events.popleft()

    def messages(self) -> Iterator[pb.WatchCacheEventsResponse]:
        """Whole messages, those without events among them: one comes at once, and every 10 seconds at least."""
        while (message := self._next()) is not None:
            yield message

    def close(self) -> None:
        """Ends the call at once, and the iteration with it."""
        self._line.close()

    def __enter__(self) -> Self:
        self._fill()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _next(self) -> pb.WatchCacheEventsResponse | None:
        """The next message; None at the end."""
        self._fill()
        message, self._message = self._message, None
        if message is not None:
            self._lost += message.lost_count
        return message

    def _fill(self) -> None:
        """Wait until there is a message to give, or the end."""
        while self._message is None and not self._line.closed:
            try:
                self._message = self._line.read(lambda: self._request)
            except ModeldexError as error:
                self._interrupted(error)
            else:
                if self._message is None:
                    self._interrupted(None)

    def _interrupted(self, error: ModeldexError | None) -> None:
        """Make ready for another connection. Raises the error that ends the watch."""
        self._line.hang_up()
        if self._line.closed:
            return
        if error is not None and _watch.ends(error):
            self.close()
            raise error
        self._line.pause("The server ended the stream." if error is None else str(error), error)
