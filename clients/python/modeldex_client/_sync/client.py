# Written by scripts/unasync.py from _async/client.py; edit that one.
"""The client: one server, its models, its providers, its discovery, its cache, its history, and what changes there."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

import grpc

from modeldex.v1 import (
    cache_service_pb2_grpc,
    discovery_service_pb2_grpc,
    history_service_pb2_grpc,
    provider_service_pb2_grpc,
    subscriber_service_pb2_grpc,
    update_pb2,
)
from modeldex.v1 import subscriber_service_pb2 as pb
from modeldex_client import _options, _requests, _watch
from modeldex_client._sync.cache import Cache
from modeldex_client._sync.calling import Caller
from modeldex_client._sync.discovery import Discovery
from modeldex_client._sync.feed import Feed
from modeldex_client._sync.history import History
from modeldex_client._sync.models import Models
from modeldex_client._sync.providers import Providers
from modeldex_client._sync.replica import Replica
from modeldex_client._sync.subscriptions import Subscriptions
from modeldex_client._sync.watching import Watch

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from modeldex.v1.cache_service_pb2_grpc import CacheServiceStub
    from modeldex.v1.condition_pb2 import EventFilter
    from modeldex.v1.discovery_service_pb2 import ModelFilter
    from modeldex.v1.discovery_service_pb2_grpc import DiscoveryServiceStub
    from modeldex.v1.history_service_pb2_grpc import HistoryServiceStub
    from modeldex.v1.provider_service_pb2_grpc import ProviderServiceStub
    from modeldex.v1.subscriber_service_pb2_grpc import SubscriberServiceStub
    from modeldex.v1.update_pb2 import UpdateEvent


class Stubs:
    """The generated stubs on the client's channel, for what the client does not wrap.

    They raise gRPC's own errors and send neither the token nor a deadline.
    """

    def __init__(self, channel: grpc.Channel) -> None:
        self.discovery: DiscoveryServiceStub = discovery_service_pb2_grpc.DiscoveryServiceStub(channel)
        self.providers: ProviderServiceStub = provider_service_pb2_grpc.ProviderServiceStub(channel)
        self.subscriber: SubscriberServiceStub = subscriber_service_pb2_grpc.SubscriberServiceStub(channel)
        self.cache: CacheServiceStub = cache_service_pb2_grpc.CacheServiceStub(channel)
        self.history: HistoryServiceStub = history_service_pb2_grpc.HistoryServiceStub(channel)


class Client:
    """A client of one modeldex server, or of several behind one name.

    It connects with the first call, and again when the connection is lost. All threads may use it.
    """

    def __init__(
        self,
        target: str | None = None,
        *,
        token: str | None = None,
        tls: bool | None = None,
        ca: str | Path | None = None,
        certificate: str | Path | None = None,
        key: str | Path | None = None,
        timeout: float = 10.0,
    ) -> None:
        """What is None comes from the environment, and from the defaults where that does not say it either.

        Args:
            target: "HOST:PORT", or another target of gRPC. MODELDEX_TARGET; "localhost:50051".
            token: Says who calls. MODELDEX_TOKEN; none.
            tls: Whether the server speaks TLS. MODELDEX_TLS ("1" or "0"); True where one of the files is named.
            ca: A PEM file of the authorities to trust. MODELDEX_CA; those of the system.
            certificate: A PEM file of the client's own certificate (mTLS). MODELDEX_CERTIFICATE; none.
            key: A PEM file of its private key. MODELDEX_KEY; none.
            timeout: The limit of a call that names none, in seconds.

        Raises:
            InvalidOption: One of these cannot be used.
        """
        self._caller = Caller(_options.read(target, token, tls, ca, certificate, key, timeout))

    @cached_property
    def models(self) -> Models:
        """Reading and saving models."""
        return Models(self._caller, self.stubs.discovery)

    @cached_property
    def providers(self) -> Providers:
        """Reading and refreshing providers."""
        return Providers(self._caller, self.stubs.providers, self.stubs.discovery)

    @cached_property
    def discovery(self) -> Discovery:
        """How the service is, and how discovery works."""
        return Discovery(self._caller, self.stubs.discovery)

    @cached_property
    def subscriptions(self) -> Subscriptions:
        """Durable subscriptions: creating, changing, pausing and watching them."""
        return Subscriptions(self._caller, self.stubs.subscriber)

    @cached_property
    def feed(self) -> Feed:
        """Statistics and health of what is published and delivered."""
        return Feed(self._caller, self.stubs.subscriber)

    @cached_property
    def cache(self) -> Cache:
        """Model entries that services share, and the copies that answer reads."""
        return Cache(self._caller, self.stubs.cache)

    @cached_property
    def history(self) -> History:
        """What models were, what changed, pins, rollbacks, the audit trail."""
        return History(self._caller, self.stubs.history)

    def watch(
        self,
        filter: ModelFilter | None = None,
        *,
        filters: Iterable[EventFilter] = (),
        kinds: _watch.UpdateKind | Iterable[_watch.UpdateKind] | None = None,
        since: int | None = None,
        resume_token: str | None = None,
        snapshot: bool = False,
        coalesce: bool = False,
        omit_before: bool = False,
        omit_after: bool = False,
        omit_changes: bool = False,
        max_batch_delay: float = 0.0,
        bookmark_interval: float = _watch.BOOKMARK_SECONDS,
        on_interruption: _watch.Listener | None = None,
    ) -> Watch:
        """What changes in the catalogue, as it changes: iterate it for updates, or its `messages()`.

        It begins with what is committed after it connected, unless `since`, `resume_token` or `snapshot` says
        otherwise, and connects again by itself, without losing or repeating an update.

        Args:
            filter: Only updates of models that match before or after the change, as `models.list` takes it.
            filters: Only updates that match any of these.
            kinds: Only these: "model", "provider", "capability", "lifecycle", "operation", "subscription". None is
                all.
            since: Begin after this revision, 0 with the first. The log keeps a stretch of the newest.
            resume_token: Begin after what a watch with the same filters gave; its own `resume_token`.
            snapshot: Begin with all models that match; with a place to begin at, only where that is gone. One that is
                told on the way that its place is gone takes a new snapshot.
            coalesce: Of the updates of a model that wait together give the last only.
            omit_before: Leave out the model before the change.
            omit_after: Leave out the model after it, but not where it enters the filter.
            omit_changes: Leave out the list of what differs.
            max_batch_delay: Seconds that an update may wait for others: 0 to 5.
            bookmark_interval: Seconds between signs of life, 1 to 60; after three without any it connects again.
            on_interruption: Called before it connects again; what it raises ends the watch.

        Raises:
            ValueError: Arguments exclude each other.

        The iteration raises RevisionCompacted, HistoryRewound, AccessChanged and FutureRevision, unless with
        `snapshot`, and whatever another attempt would not mend: InvalidArgument, Unauthenticated, PermissionDenied,
        Unimplemented.
        """
        coalescing = (
            update_pb2.UPDATE_COALESCING_LATEST_PER_MODEL if coalesce else update_pb2.UPDATE_COALESCING_UNSPECIFIED
        )
        options = pb.WatchOptions(
            coalescing=coalescing, omit_before=omit_before, omit_after=omit_after, omit_changes=omit_changes
        )
        if max_batch_delay:
            options.max_batch_delay.CopyFrom(_watch.duration(max_batch_delay))
        order = _watch.order(filter, filters, kinds, since, resume_token, snapshot, bookmark_interval, options)
        return Watch(self._caller, order, on_interruption)

    def replica(
        self, filter: ModelFilter | None = None, *, bookmark_interval: float = _watch.BOOKMARK_SECONDS
    ) -> Replica:
        """A copy of the models in this process that is always current; use it as a context manager.

        Args:
            filter: What `models.list` takes: the copy has what that gives. None is all models there are, the retired
                and the unlisted, too.
            bookmark_interval: Seconds between signs of life, 1 to 60; after three without any it connects again.
        """
        options = pb.WatchOptions(omit_before=True, omit_changes=True)
        order = _watch.order(filter, (), "model", None, None, True, bookmark_interval, options)
        return Replica(self._caller, order)

    def publish(
        self,
        updates: Iterable[UpdateEvent],
        *,
        reason: str = "",
        request_id: str | None = None,
        timeout: float | None = None,
    ) -> pb.PublishUpdatesResponse:
        """Tells all who watch of something outside the catalogue; it changes nothing in it.

        1 to 1,000 updates of models, providers and capabilities. One that breaks a rule is refused by itself: see the
        results. `request_id` as for models.
        """
        request = pb.PublishUpdatesRequest(updates=updates, reason=reason, request_id=_requests.request_id(request_id))
        return self._caller.call(self.stubs.subscriber.PublishUpdates, request, timeout)

    @property
    def revision(self) -> int:
        """The largest revision that an answer to this client carried; 0 before the first.

        Given as min_revision, it lets a read on any replica see what this client wrote and read before.
        """
        return self._caller.revision.seen

    @property
    def target(self) -> str:
        """Whom it calls."""
        return self._caller.options.target

    @property
    def channel(self) -> grpc.Channel:
        """The channel of gRPC."""
        return self._caller.channel

    @cached_property
    def stubs(self) -> Stubs:
        """The generated stubs."""
        return Stubs(self._caller.channel)

    def close(self) -> None:
        """Ends the connection and the calls that run."""
        self._caller.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.target}>"
