"""The feed of one replica: takes in the log as the tailer reads it, and keeps the streams."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol
from uuid import UUID

from modeldex_server.errors import HistoryRewound, ModeldexError, NotificationsDisabled, TooManyStreams
from modeldex_server.feed.classes import FilterClass, Kept, let_go
from modeldex_server.feed.encoding import Selection
from modeldex_server.feed.pages import Pages
from modeldex_server.feed.ring import Ring
from modeldex_server.feed.statistics.meter import Meter
from modeldex_server.feed.tokens import ResumeTokens
from modeldex_server.ledger.log import Revision
from modeldex_server.ledger.logged import LoggedEvent, LogRow

DEGRADED_SECONDS = 3.0  # without a look at the log: several polls, and one try to connect again
_AGE_SECONDS, _AGE_SHARE = 25 * 60.0, 0.2

End = Callable[[ModeldexError], None]


class Progress(Protocol):
    """How a stream comes along."""

    @property
    def principal(self) -> str:
        """Whose subscription it is on; '' for none."""

    @property
    def behind(self) -> int:
        """How many revisions it has to come."""

    @property
    def stuck(self) -> float:
        """Seconds for which it has been waiting for its client to read."""


class Feed:
    """What all streams of a replica share. To be touched from the event loop only."""

    def __init__(
        self,
        *,
        lag: Callable[[], float],
        most_streams: int,
        stream_age: float = _AGE_SECONDS,
        ring: Ring | None = None,
    ) -> None:
        """
        Args:
            lag: seconds since the log was last read to its end.
            stream_age: seconds after which a stream is handed over, give or take a fifth.
        """
        self.tokens = ResumeTokens()
        self.epoch = UUID(int=0)
        self.ring = ring or Ring()
        self.pages = Pages()
        self.going = asyncio.Event()  # set when the server is about to end
        self.delivered = 0  # updates
        self.messages = 0
        self.meter = Meter()
        self.running: set[Progress] = set()
        self.most_streams = most_streams
        self._lag = lag
        self._stream_age = stream_age
        self._kept = Kept()
        self._classes: dict[tuple[object, ...], FilterClass] = {}
        self._streams: dict[int, End] = {}
        self._opened = 0
        self._notifies = True

    @property
    def streams(self) -> int:
        """Open streams."""
        return len(self._streams)

    @property
    def classes(self) -> int:
        """Different selections among them."""
        return len(self._classes)

    def age(self) -> float:
        """How many seconds the next stream lasts. Streams are handed over now and then, so that load spreads over
        replicas."""
        return self._stream_age * random.uniform(1 - _AGE_SHARE, 1 + _AGE_SHARE)  # noqa: S311 - jitter

    def wants_documents(self) -> bool:
        """Whether the tailer has to read events with their documents: not while nobody watches."""
        return bool(self._streams)

    @property
    def catch_ups(self) -> int:
        """Pages read from the store."""
        return self.pages.read

    @property
    def lag(self) -> float:
        """Seconds for which this replica has not read the log to its end."""
        return self._lag()

    @property
    def degraded(self) -> bool:
        """Whether the store is out of reach, as far as can be told."""
        return self.lag > DEGRADED_SECONDS

    def load(self, key: bytes, epoch: UUID, revision: int) -> None:
        """Begin, or begin anew, with a history as of a revision. Streams of another history end."""
        if epoch != self.epoch or revision < self.ring.head:
            self.rewound()
        self.epoch = epoch
        self.tokens.use(key, epoch)
        self.pages.forget()
        self._begin_after(revision)

    def apply(self, events: Sequence[LogRow]) -> None:
        """Take in a whole revision, as the tailer read it."""
        full = [event for event in events if isinstance(event, LoggedEvent)]
        number = events[0].revision
        if len(full) < len(events):
            # Read while nobody watched: whoever came meanwhile reads it from the store.
            self._begin_after(number)
            return
        if number != self.ring.head + 1:
            self._begin_after(number - 1)
        revision = Revision(number, full)
        self.ring.append(revision)
        for one in self._classes.values():
            one.take_in(revision)
        let_go(revision)

    def rewound(self) -> None:
        """History was rewound: no stream can go on."""
        self._end_all(HistoryRewound)

    def notify(self, notifies: bool) -> None:
        """Whether updates are told. Without it every stream ends, and none begins; the log goes on, and so can they."""
        self._notifies = notifies
        if not notifies:
            self._end_all(NotificationsDisabled)

    def go(self) -> None:
        """The server is about to end: every stream says so and ends."""
        self.going.set()
        for one in self._classes.values():
            one.wake()

    def _end_all(self, why: Callable[[], ModeldexError]) -> None:
        for end in list(self._streams.values()):
            end(why())

    def _begin_after(self, revision: int) -> None:
        self.ring.reset(revision)
        self._kept.forget()
        for one in self._classes.values():
            one.begin_after(revision)

    @contextmanager
    def open(self, selection: Selection, end: End) -> Iterator[FilterClass]:
        """Count a stream in, and give its class. `end` ends it from outside.

        Raises:
            NotificationsDisabled, TooManyStreams.
        """
        if not self._notifies:
            raise NotificationsDisabled
        if len(self._streams) >= self.most_streams:
            raise TooManyStreams(self.most_streams)
        self._opened += 1
        number = self._opened
        one = self._classes.setdefault(selection.key, FilterClass(selection, self.ring, self.tokens, self._kept))
        one.streams += 1
        self._streams[number] = end
        try:
            yield one
        finally:
            del self._streams[number]
            one.streams -= 1
            if not one.streams:
                del self._classes[selection.key]
