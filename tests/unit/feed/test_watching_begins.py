"""A watch begins where there is something to begin with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex_server.errors import ModeldexError, NotReady
from modeldex_server.feed.feed import Feed
from modeldex_server.feed.snapshot import Snapshots
from modeldex_server.feed.watching import Watcher
from modeldex_server.ledger.events import MODEL
from modeldex_server.ledger.index import Entry, Index
from modeldex_server.security.scope import EVERYTHING


class Caller:
    """Keeps what it is sent."""

    deadline = None
    scope = EVERYTHING

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    async def write(self, message: bytes) -> None:
        self.sent.append(message)

    def end(self, error: ModeldexError) -> None:
        raise error


@pytest.mark.parametrize("start", [{"initial_snapshot": True}, {"after_revision": 7}, {}])
async def test_no_watch_begins_while_the_index_is_not_loaded(start: dict[str, Any]) -> None:
    """converging: while the index is loaded anew, as after a rewind, a snapshot would show an empty catalogue as if it
    were one; whoever asks then is told to come again."""
    feed, index, caller = Feed(lag=lambda: 0.0, most_streams=9), Index(), Caller()
    index.load("epoch", 7, {"acme/one": Entry(1, 7, True)})
    feed.load(b"key", UUID(int=1), 7)
    index.unload()
    nothing: Any = None  # neither is asked
    watcher = Watcher(feed, index, Snapshots(index, nothing, nothing), nothing)
    with pytest.raises(NotReady):
        await watcher.watch(api.WatchRequest(options=api.WatchOptions(**start)), frozenset({MODEL}), caller)
    assert caller.sent == []
    assert feed.streams == 0
