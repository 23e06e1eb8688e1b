"""Controls: changes of subscriptions reach the streams of this replica at the revision that tells of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from modeldex.v1 import update_pb2
from modeldex_server.errors import NotReady
from modeldex_server.feed.subscriptions.live import Live
from modeldex_server.ledger.events import KINDS
from modeldex_server.ledger.logged import LogRow

_SUBSCRIPTION = KINDS["subscription"]


class Controls:
    """The streams of subscriptions on this replica, by the ids of these."""

    def __init__(self) -> None:
        self._live: dict[str, list[Live]] = {}

    def of(self, subscription_id: str) -> Sequence[Live]:
        """The streams of a subscription: more than one while it is handed over."""
        return self._live.get(subscription_id, ())

    def apply(self, events: Sequence[LogRow]) -> None:
        """Take in a whole revision, before any stream can send something of it."""
        for event in events:
            if event.kind == _SUBSCRIPTION:
                told = update_pb2.SubscriptionUpdate.FromString(event.body or b"")
                for live in self.of(told.subscription_id):
                    live.control(event.revision, told.type)

    def begin_anew(self) -> None:
        """The log was not followed for a while: nobody knows what was changed."""
        for streams in self._live.values():
            for live in streams:
                live.end(NotReady())

    @contextmanager
    def reaching(self, live: Live) -> Iterator[None]:
        """Changes reach a stream until the end of the block."""
        self._live.setdefault(live.id, []).append(live)
        try:
            yield
        finally:
            self._live[live.id].remove(live)
            if not self._live[live.id]:
                del self._live[live.id]
