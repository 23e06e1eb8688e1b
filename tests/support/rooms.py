"""The rooms of one replica in the loop of a test, over a real PostgreSQL: ledger, tailer, feed and watches."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2
from modeldex_server.errors import ModeldexError
from modeldex_server.feed.feed import Feed
from modeldex_server.feed.snapshot import Snapshots
from modeldex_server.feed.watching import Watcher
from modeldex_server.ledger.index import Index
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.ledger.log import versions_in
from modeldex_server.ledger.tailer import Tailer
from modeldex_server.ledger.versions import load_versions
from modeldex_server.security.scope import EVERYTHING
from modeldex_server.store.database import Database
from support.caches import models_over
from support.waiting import eventually

_KINDS = frozenset(field.number for field in update_pb2.UpdateEvent.DESCRIPTOR.oneofs_by_name["update"].fields)


@dataclass
class Rooms:
    """One replica. It hears of nothing by hints: polls find what is written."""

    database: Database
    ledger: Ledger
    index: Index
    feed: Feed
    watcher: Watcher

    @asynccontextmanager
    async def watch(self, request: api.WatchRequest) -> AsyncIterator[Client]:
        """A stream until the end of the block."""
        client = Client()
        task = asyncio.create_task(self.watcher.watch(request, _KINDS, client))
        client.task = task
        try:
            yield client
        finally:
            task.cancel()
            await asyncio.wait([task], timeout=1)


class Client:
    """The caller of a stream, who reads it or, while it is stuck, does not."""

    deadline: float | None = None
    scope = EVERYTHING

    def __init__(self) -> None:
        self.messages: list[api.WatchResponse] = []
        self.reading = asyncio.Event()
        self.reading.set()
        self.task: asyncio.Task[None] | None = None

    @property
    def revision(self) -> int:
        """What the stream is through; -1 before its first message."""
        return self.messages[-1].revision if self.messages else -1

    async def write(self, message: bytes) -> None:
        """Take a message in."""
        await self.reading.wait()
        self.messages.append(api.WatchResponse.FromString(message))

    def end(self, error: ModeldexError) -> None:
        """The stream is to end."""
        raise error

    async def through(self, revision: int, *, patience: float = 30) -> None:
        """Wait until the stream is through a revision."""

        async def is_through() -> bool:
            assert self.task is not None
            assert not self.task.done(), f"the stream ended: {self.task}"
            return self.revision >= revision

        await eventually(is_through, f"a stream to be through {revision}, it is at {self.revision}", patience=patience)


@asynccontextmanager
async def rooms(database: Database) -> AsyncIterator[Rooms]:
    """The rooms, until the end of the block."""
    index, tailer = Index(), None
    feed = Feed(lag=lambda: tailer.lag if tailer is not None else 0.0, most_streams=100)

    async def forget() -> None:
        pass

    tailer = Tailer(
        database,
        index,
        (lambda events: index.put(versions_in(events)), feed.apply),
        on_rewind=forget,
        on_load=lambda head: feed.load(head.token_key.encode(), head.epoch, head.revision),
        detailed=feed.wants_documents,
    )
    await tailer.load()
    following = asyncio.create_task(tailer.run())
    snapshots = Snapshots(index, models_over(partial(load_versions, database)), database)
    watcher = Watcher(feed, index, snapshots, database)
    try:
        yield Rooms(database, Ledger(database, lambda _: None), index, feed, watcher)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
