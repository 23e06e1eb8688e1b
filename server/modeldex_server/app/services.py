"""The services of a process: each servicer with the rooms that it calls."""

from __future__ import annotations

import uuid

from google.protobuf.descriptor import FileDescriptor

from modeldex.v1 import (
    cache_service_pb2,
    discovery_service_pb2,
    history_service_pb2,
    provider_service_pb2,
    subscriber_service_pb2,
)
from modeldex_server.app.rooms import Rooms, now
from modeldex_server.cache.status import CacheReporter
from modeldex_server.catalogue.entries import ModelEntries
from modeldex_server.catalogue.listing import Lister
from modeldex_server.catalogue.past import Historian
from modeldex_server.catalogue.past_listing import PastLister
from modeldex_server.catalogue.saving import Saver
from modeldex_server.discovery.providers import Providers
from modeldex_server.discovery.status import RedisReporter, Reporter, StatusBoard
from modeldex_server.feed.publishing import Publisher
from modeldex_server.feed.snapshot import Snapshots
from modeldex_server.feed.subscriptions.listing import SubscriptionLists
from modeldex_server.feed.subscriptions.managing import Subscriptions
from modeldex_server.feed.subscriptions.streaming import SubscriptionStreams
from modeldex_server.feed.watching import Watcher
from modeldex_server.rpc.cache_entries import EntryRooms
from modeldex_server.rpc.cache_events import CacheEventRooms
from modeldex_server.rpc.cache_invalidation import InvalidationRooms
from modeldex_server.rpc.cache_service import CacheServicer
from modeldex_server.rpc.discovery_service import DiscoveryRooms, DiscoveryServicer
from modeldex_server.rpc.feed_statistics import StatisticsRooms
from modeldex_server.rpc.frame.server import Server
from modeldex_server.rpc.provider_service import ProviderServicer
from modeldex_server.rpc.subscriber_service import SubscriberServicer
from modeldex_server.rpc.subscriptions import SubscriptionRooms


def add_services(server: Server, rooms: Rooms) -> None:
    """Have a server serve the rooms."""
    lists = SubscriptionLists(rooms.database)
    _add(server, discovery_service_pb2.DESCRIPTOR, DiscoveryServicer(_discovery(rooms, lists)))
    providers = Providers(rooms.database, rooms.engine.own_sources)
    _add(server, provider_service_pb2.DESCRIPTOR, ProviderServicer(providers, rooms.reader, rooms.tokens))
    watcher = Watcher(
        rooms.feed, rooms.index, Snapshots(rooms.index, rooms.cache.models, rooms.database), rooms.database
    )
    statistics = StatisticsRooms(rooms.database, rooms.health, rooms.cleanup, rooms.reader, now)
    subscriber = SubscriberServicer(
        watcher,
        Publisher(rooms.ledger, rooms.cache.secrets.paths),
        rooms.reader,
        _subscriptions(rooms, lists),
        statistics,
    )
    _add(server, subscriber_service_pb2.DESCRIPTOR, subscriber)
    _add(server, cache_service_pb2.DESCRIPTOR, _cache(rooms))
    _add(server, history_service_pb2.DESCRIPTOR, rooms.history.service())


def _add(server: Server, file: FileDescriptor, servicer: object) -> None:
    (service,) = file.services_by_name.values()
    server.add(service, servicer)


def _discovery(rooms: Rooms, lists: SubscriptionLists) -> DiscoveryRooms:
    cache = rooms.cache
    reporters: list[Reporter] = [lists, CacheReporter(cache.memory, cache.policies, cache.statistics, rooms.redis)]
    if rooms.redis is not None:
        reporters.append(RedisReporter(rooms.redis))
    return DiscoveryRooms(
        instant=rooms.cache.instant,
        reader=rooms.reader,
        lister=Lister(rooms.database, rooms.availability),
        historian=Historian(rooms.database),
        past_lister=PastLister(rooms.database),
        saver=Saver(rooms.ledger, rooms.cache.secrets.paths),
        engine=rooms.engine,
        state=rooms.state,
        status=StatusBoard(
            rooms.database,
            rooms.index,
            rooms.records,
            rooms.state,
            rooms.replicas,
            list(rooms.engine.sources),
            started_at=rooms.started_at,
            reporters=reporters,
        ),
        database=rooms.database,
        tokens=rooms.tokens,
    )


def _cache(rooms: Rooms) -> CacheServicer:
    cache = rooms.cache
    lister = Lister(rooms.database, rooms.availability)
    models = ModelEntries(rooms.index, cache.models, lister, rooms.availability, cache.policies)
    return CacheServicer(
        EntryRooms(cache.entries, models, rooms.reader, rooms.engine, rooms.tokens),
        InvalidationRooms(
            cache.invalidator,
            cache.sweeper,
            cache.history,
            cache.strategies,
            cache.rules,
            cache.evaluator,
            rooms.tokens,
        ),
        CacheEventRooms(
            cache.event_streams,
            cache.statistics,
            cache.memory,
            cache.instant,
            cache.copies,
            cache.policies,
            cache.follower,
            rooms.reader,
            rooms.replica_id,
        ),
    )


def _subscriptions(rooms: Rooms, lists: SubscriptionLists) -> SubscriptionRooms:
    return SubscriptionRooms(
        managed=Subscriptions(rooms.ledger, most=rooms.max_subscriptions, new_id=lambda: f"sub_{uuid.uuid4().hex}"),
        lists=lists,
        streams=SubscriptionStreams(
            rooms.feed, rooms.index, rooms.database, rooms.controls, rooms.keeper, rooms.replica_id
        ),
        acknowledger=rooms.acknowledger,
        reader=rooms.reader,
        tokens=rooms.tokens,
    )
