"""A watch as it is asked for: where it begins, what it selects, at what pace it comes."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta
from typing import Protocol

from google.protobuf.duration_pb2 import Duration

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import subscription_pb2, update_pb2
from modeldex_server.catalogue.matching import model_matcher
from modeldex_server.conditions.updates import UpdateFilter
from modeldex_server.errors import FutureRevision, ModeldexError, NotReady, RevisionNotReached
from modeldex_server.feed.classes import FilterClass, Limits
from modeldex_server.feed.encoding import Selection
from modeldex_server.feed.feed import Feed
from modeldex_server.feed.snapshot import Snapshots
from modeldex_server.feed.stream import Pace, Stream
from modeldex_server.ledger.index import Index
from modeldex_server.ledger.log import read_head
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Database

_EVENTS, _BYTES = 500, 1024 * 1024
_BOOKMARKS = timedelta(seconds=10)
_REACH_SECONDS = 5.0  # what a replica may be behind the store

_OfModels = api.WatchRequest | api.WatchModelUpdatesRequest | subscription_pb2.Subscription
WatchRequest = (
    api.WatchRequest
    | api.WatchModelUpdatesRequest
    | api.WatchProviderUpdatesRequest
    | api.WatchCapabilityUpdatesRequest
)


class Caller(Protocol):
    """Whom a stream goes to, and what that one may see. `deadline` is on the monotonic clock."""

    deadline: float | None

    @property
    def scope(self) -> Scope: ...
    def write(self, message: bytes) -> Awaitable[None]: ...
    def end(self, error: ModeldexError) -> None: ...


class Watcher:
    """Opens streams."""

    def __init__(self, feed: Feed, index: Index, snapshots: Snapshots, database: Database) -> None:
        self._feed = feed
        self._index = index
        self._snapshots = snapshots
        self._database = database

    async def watch(self, request: WatchRequest, kinds: frozenset[int], caller: Caller) -> None:
        """Stream until the caller, its deadline or the server ends it.

        Raises:
            InvalidResumeToken, AccessChanged, RevisionCompacted, FutureRevision, HistoryRewound, TooManyStreams,
            NotReady, StoreUnavailable.
        """
        selection = selection_of(request, kinds, caller.scope)
        with self._feed.open(selection, caller.end) as one:
            revision = await self._start(request.options, selection, one, caller)
            pace = pace_of(request.options, request.options)
            age, deadline = self._feed.age(), caller.deadline
            stream = Stream(self._feed, one, self._database, caller.write, pace, age=age, deadline=deadline)
            await stream.run(revision)

    async def _start(self, options: api.WatchOptions, selection: Selection, of: FilterClass, caller: Caller) -> int:
        """The revision after which the stream begins."""
        if not self._index.loaded:  # as for a moment where history was rewound: a snapshot would be empty
            raise NotReady
        start = options.WhichOneof("start")
        if start == "resume_token":
            revision = self._feed.tokens.decode(options.resume_token, selection.hash, selection.scope)
            return await reach(self._index, self._database, revision)
        if start == "after_revision":
            return await reach(self._index, self._database, options.after_revision)
        # What was acknowledged here belongs to the snapshot, and is nothing that is yet to come.
        await reach(self._index, self._database, self._index.newest)
        if start == "initial_snapshot" and options.initial_snapshot:
            return await self._snapshot(selection, of, caller)
        return self._index.revision

    async def _snapshot(self, selection: Selection, of: FilterClass, caller: Caller) -> int:
        matches = None if selection.filter.matches_everything else selection.filter.matches_model
        revision = 0
        async for revision, fields in self._snapshots.pages(matches, _BYTES, selection.scope):  # noqa: B007 - the last one counts
            if fields:
                await caller.write(fields)
        done = api.WatchResponse(snapshot_complete=True).SerializeToString()
        await caller.write(done + of.tail(revision))
        return revision


async def reach(index: Index, database: Database, revision: int) -> int:
    """A revision that exists, once this replica has it. Never an older one instead.

    Raises:
        FutureRevision, NotReady, StoreUnavailable.
    """
    if revision > index.revision:
        head = (await read_head(database)).revision
        if revision > head:
            raise FutureRevision(revision, head)
        try:
            await index.reach(revision, timeout=_REACH_SECONDS)
        except RevisionNotReached:
            raise NotReady from None
    return revision


def selection_of(
    request: WatchRequest | subscription_pb2.Subscription, kinds: frozenset[int], scope: Scope
) -> Selection:
    """What a request, or a subscription, asks for."""
    options = request.options
    models = None
    if isinstance(request, _OfModels) and request.HasField("models"):
        models = model_matcher(request.models)
    return Selection(
        kinds=kinds,
        filter=UpdateFilter(request.filters, models),
        scope=scope,
        before=not options.omit_before,
        after=not options.omit_after,
        changes=not options.omit_changes,
        coalesced=options.coalescing == update_pb2.UPDATE_COALESCING_LATEST_PER_MODEL,
    )


def pace_of(options: api.WatchOptions | subscription_pb2.SubscriptionOptions, asked: api.WatchOptions) -> Pace:
    """How updates come that are to come by some options, on a stream that was asked for by others."""
    return Pace(
        Limits(
            options.max_batch_events if options.HasField("max_batch_events") else _EVENTS,
            options.max_batch_bytes if options.HasField("max_batch_bytes") else _BYTES,
        ),
        delay=_seconds(options.max_batch_delay),
        bookmarks=(
            _seconds(asked.bookmark_interval) if asked.HasField("bookmark_interval") else _BOOKMARKS.total_seconds()
        ),
    )


def _seconds(span: Duration) -> float:
    return span.ToTimedelta().total_seconds()
