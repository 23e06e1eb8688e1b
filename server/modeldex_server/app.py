"""The composition root: settings -> stores -> rooms -> servicers. The only file that knows all of them."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import sys
import uuid
from collections.abc import Coroutine, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from typing import Any

import structlog
import uvloop

from modeldex.v1 import discovery_service_pb2, provider_service_pb2, subscriber_service_pb2
from modeldex.v1.discovery_service_pb2 import DiscoveryConfiguration
from modeldex_server.cache.models import ModelCache
from modeldex_server.capabilities.vocabulary import Vocabulary
from modeldex_server.catalogue.availability import Availability
from modeldex_server.catalogue.listing import Lister
from modeldex_server.catalogue.reading import Reader
from modeldex_server.catalogue.saving import Saver
from modeldex_server.discovery.configuration import DiscoveryState
from modeldex_server.discovery.countdown import Countdown
from modeldex_server.discovery.engine import LEASE_SPAN, Engine
from modeldex_server.discovery.providers import Providers
from modeldex_server.discovery.records import Records
from modeldex_server.discovery.refresh import Refresher
from modeldex_server.discovery.replicas import Replica, Replicas
from modeldex_server.discovery.sources.presets import build
from modeldex_server.discovery.sources.source import Source
from modeldex_server.discovery.status import RedisReporter, StatusBoard
from modeldex_server.errors import ModeldexError, StartError
from modeldex_server.feed.feed import Feed
from modeldex_server.feed.publishing import Publisher
from modeldex_server.feed.snapshot import Snapshots
from modeldex_server.feed.statistics.cleanup import Cleanup
from modeldex_server.feed.statistics.counting import EventCounter
from modeldex_server.feed.statistics.flushing import Flusher
from modeldex_server.feed.statistics.health import Health, Vitals
from modeldex_server.feed.subscriptions.acknowledging import Acknowledger
from modeldex_server.feed.subscriptions.controls import Controls
from modeldex_server.feed.subscriptions.expiry import Expiry
from modeldex_server.feed.subscriptions.keeper import CHANNEL, Keeper
from modeldex_server.feed.subscriptions.listing import SubscriptionLists
from modeldex_server.feed.subscriptions.managing import Subscriptions
from modeldex_server.feed.subscriptions.streaming import SubscriptionStreams
from modeldex_server.feed.watching import Watcher
from modeldex_server.ledger import log as ledger_log
from modeldex_server.ledger.changes import Committed
from modeldex_server.ledger.compaction import Compactor, Retention
from modeldex_server.ledger.hints import Hint, Notifier, PostgresHint, RedisHint
from modeldex_server.ledger.index import Index
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.ledger.log import HeadState, versions_in
from modeldex_server.ledger.logged import LogRow
from modeldex_server.ledger.tailer import Tailer
from modeldex_server.ledger.versions import load_versions
from modeldex_server.metrics import Metrics
from modeldex_server.processes import follow_supervisor
from modeldex_server.rpc.discovery_service import DiscoveryRooms, DiscoveryServicer
from modeldex_server.rpc.feed_statistics import StatisticsRooms
from modeldex_server.rpc.frame.server import Server
from modeldex_server.rpc.instant import InstantModels
from modeldex_server.rpc.paging import PageTokens
from modeldex_server.rpc.provider_service import ProviderServicer
from modeldex_server.rpc.subscriber_service import SubscriberServicer
from modeldex_server.rpc.subscriptions import SubscriptionRooms
from modeldex_server.security.identity import Identity
from modeldex_server.settings import Settings
from modeldex_server.store import embedded
from modeldex_server.store.breaker import State
from modeldex_server.store.database import Database
from modeldex_server.store.folder import FolderLock
from modeldex_server.store.leases import Leases
from modeldex_server.store.migrate import migrate
from modeldex_server.store.redis import RedisClient

log = structlog.get_logger()

_RETRY_SECONDS = 1.0
_COLLECT_FROM = 10_000  # new objects


def run(settings: Settings) -> int:
    """Serve until a signal ends it; returns the exit code.

    Raises:
        StartError: it cannot start.
    """
    # Ended while it starts, it leaves nothing behind either; once it serves, a signal is a drain.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with ExitStack() as stack:
        lock = None
        if settings.worker is None:
            lock = stack.enter_context(FolderLock(settings.data_dir, settings.listen))
        else:
            follow_supervisor()
        if settings.database_url is not None:
            url = settings.database_url.get_secret_value()
        else:
            url = stack.enter_context(embedded.start(settings.data_dir)).url
        uvloop.run(_serve(settings, url, lock))
    return 0


async def _serve(settings: Settings, url: str, lock: FolderLock | None) -> None:
    replica = _Replica(settings, url)
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    try:
        address = await replica.start()
        if lock is not None:
            lock.tell(address)
        await replica.run(ending)
    finally:
        await replica.close()


class _Replica:
    """One server process with its rooms."""

    def __init__(self, settings: Settings, url: str) -> None:
        self._settings = settings
        self._url = url
        self._started_at = datetime.now(UTC)
        self._id = uuid.uuid4().hex[:12]
        self._metrics = Metrics()
        self._metrics_server = None
        if (listen := settings.metrics_address) is not None:
            self._metrics_server = self._metrics.serve(*listen)
        self._database = Database(url, size=settings.pool_size)
        self._index = Index()
        self._cache = ModelCache(partial(load_versions, self._database), budget=settings.cache_bytes)
        self._availability = Availability()
        self._redis = None
        self._controls = Controls()
        self._keeper = Keeper(self._database, self._controls)
        hints: list[Hint] = [PostgresHint(self._database, {CHANNEL: self._keeper.hear})]
        if settings.redis_url is not None:
            self._redis = RedisClient(settings.redis_url.get_secret_value())
            hints.append(RedisHint(self._redis, settings.redis_prefix))
        self._notifier = Notifier(hints)
        self._feed = Feed(
            lag=lambda: self._tailer.lag,
            most_streams=settings.max_streams,
            stream_age=settings.stream_age.total_seconds(),
        )
        self._acknowledger = Acknowledger(
            self._database, self._controls, self._keeper, on_rejected=self._feed.meter.rejected
        )
        # The feed last: whoever is woken by it reads what it was told of, and sends nothing that is stopped.
        appliers = (self._apply_models, self._availability.apply, self._controls.apply, self._feed.apply)
        self._tailer = Tailer(
            self._database,
            self._index,
            appliers,
            on_rewind=self._forget,
            on_load=self._begin_feed,
            hints=hints,
            detailed=self._feed.wants_documents,
        )
        self._ledger = Ledger(self._database, self._committed)
        self._expiry = Expiry(self._database, self._ledger)
        self._counter = EventCounter(self._database, lambda: self._index.revision)
        self._flusher = Flusher(self._database, self._feed.meter, self._id)
        retention = Retention(settings.log_span, settings.log_revisions)
        self._compactor = Compactor(self._database, retention, used=self._counter.mark)
        self._cleanup = Cleanup(self._database, self._expiry, self._compactor)
        self._health = Health(self._feed, self._database, self._vitals(), _now)
        self._tokens = PageTokens()
        self._state = DiscoveryState(self._database, *_fixed(settings))
        self._records = Records(self._database)
        self._engine = self._make_engine(_sources(settings))
        self._reader = Reader(self._index, self._cache, self._availability, self._database)
        self._register_metrics()

    async def start(self) -> str:
        """Listen; the address with the real port. Nothing is served until `run` has loaded the catalogue."""
        certificates = self._settings.tls_client_ca is not None
        identity = Identity(self._settings.tokens_path, certificates=certificates, quota=self._settings.quota)
        self._server = Server(self._settings, identity=identity, names=Vocabulary.load(), metrics=self._metrics)
        await self._database.open()
        self._replicas = Replicas(
            self._database,
            Replica(self._id, self._settings.listen, version("modeldex"), self._started_at),
            lambda: self._index.revision,
        )
        self._add_services()
        address = await self._server.start()
        self._replicas.address = address
        return address

    async def run(self, ending: asyncio.Event) -> None:
        """Load the catalogue, serve it and keep it current until the end is asked for."""
        tasks: list[asyncio.Task[Any]] = [
            asyncio.ensure_future(self._become_ready()),
            asyncio.ensure_future(self._health.run()),
        ]
        waiting = asyncio.ensure_future(ending.wait())
        try:
            while not ending.is_set():
                done, _ = await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
                for task in done - {waiting}:
                    tasks.remove(task)
                    tasks += task.result() or []
            self._feed.go()
            await self._server.drain()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settings.drain_timeout.total_seconds()):
                    await self._ledger.settle()
                    await self._engine.settle()
                    await self._keeper.settle()
            with contextlib.suppress(ModeldexError):
                await self._flusher.flush()
                await self._replicas.leave()
        finally:
            waiting.cancel()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        """Let go of everything."""
        await self._server.drain()
        await self._database.close()
        if self._redis is not None:
            await self._redis.close()
        if self._metrics_server is not None:
            self._metrics_server.close()

    async def _become_ready(self) -> list[asyncio.Task[Any]]:
        """Load the catalogue, waiting for the store where it is away, and begin to serve."""
        await self._when_store_answers(self._load)
        followers: Sequence[Coroutine[Any, Any, None]] = (
            self._tailer.run(),
            self._notifier.run(),
            self._replicas.run(),
            self._compactor.run(),
            Countdown(self._database, self._ledger, _now).run(),
            self._expiry.run(),
            self._keeper.run(),
            self._acknowledger.run(),
            self._counter.run(),
            self._flusher.run(),
            self._cleanup.run(),
            self._health.watch_errors(),
        )
        tasks: list[asyncio.Task[Any]] = [asyncio.ensure_future(one) for one in followers]
        await self._when_store_answers(self._engine.first_refresh)
        tasks.append(asyncio.ensure_future(self._engine.run()))
        # What is loaded by now stays: the collector need not look at it again, nor at so few new objects so often.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_COLLECT_FROM)
        self._server.set_serving(True)
        await self._greet()
        return tasks

    async def _load(self) -> None:
        await migrate(self._url)
        self._tokens.use((await ledger_log.read_head(self._database)).token_key.encode())
        await self._engine.register()
        await self._tailer.load()
        await self._availability.load(self._database)

    def _begin_feed(self, head: HeadState) -> None:
        self._feed.load(head.token_key.encode(), head.epoch, head.revision)
        self._controls.begin_anew()

    async def _when_store_answers(self, work: Any) -> None:
        while True:
            try:
                await work()
            except ModeldexError as error:
                log.warning("store_awaited", why=error.message)
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return

    async def _greet(self) -> None:
        if self._settings.worker_index:
            return
        models, address = self._index.count_live(), self._server.address
        providers = len({model_id.partition("/")[0] for model_id, entry in self._index.entries.items() if entry.live})
        secure = self._settings.tls_certificate is not None
        print(
            f"modeldex {version('modeldex')} serves {models:,} models of {providers} providers on {address}\n"
            f'Try it:\n  grpcurl {"" if secure else "-plaintext "}-d \'{{"id": "openai/gpt-4o"}}\' {address} '
            "modeldex.v1.DiscoveryService/GetModel",
            flush=True,
        )

    def _make_engine(self, sources: Sequence[Source]) -> Engine:
        return Engine(
            sources,
            Refresher(self._ledger, self._records),
            self._records,
            Leases(self._database, holder=self._id, span=LEASE_SPAN),
            self._state,
            on_refresh=self._refreshed,
        )

    def _add_services(self) -> None:
        subscription_lists = SubscriptionLists(self._database)
        status = StatusBoard(
            self._database,
            self._index,
            self._records,
            self._state,
            self._replicas,
            list(self._engine.sources),
            started_at=self._started_at,
            reporters=[subscription_lists, *([RedisReporter(self._redis)] if self._redis is not None else [])],
        )
        rooms = DiscoveryRooms(
            instant=InstantModels(self._index, self._availability, self._cache.statistics),
            reader=self._reader,
            lister=Lister(self._database, self._availability),
            saver=Saver(self._ledger),
            engine=self._engine,
            state=self._state,
            status=status,
            database=self._database,
            tokens=self._tokens,
        )
        providers = Providers(self._database, self._engine.own_sources)
        services = discovery_service_pb2.DESCRIPTOR.services_by_name
        self._server.add(services["DiscoveryService"], DiscoveryServicer(rooms))
        services = provider_service_pb2.DESCRIPTOR.services_by_name
        self._server.add(services["ProviderService"], ProviderServicer(providers, self._reader, self._tokens))
        snapshots = Snapshots(self._index, self._cache, self._database)
        watcher = Watcher(self._feed, self._index, snapshots, self._database)
        services = subscriber_service_pb2.DESCRIPTOR.services_by_name
        subscriptions = SubscriptionRooms(
            managed=Subscriptions(
                self._ledger, most=self._settings.max_subscriptions, new_id=lambda: f"sub_{uuid.uuid4().hex}"
            ),
            lists=subscription_lists,
            streams=SubscriptionStreams(
                self._feed, self._index, self._database, self._controls, self._keeper, self._id
            ),
            acknowledger=self._acknowledger,
            reader=self._reader,
            tokens=self._tokens,
        )
        statistics = StatisticsRooms(self._database, self._health, self._cleanup, self._reader, _now)
        servicer = SubscriberServicer(watcher, Publisher(self._ledger), self._reader, subscriptions, statistics)
        self._server.add(services["SubscriberService"], servicer)

    def _vitals(self) -> Vitals:
        redis = self._redis
        return Vitals(
            self._id,
            self._started_at,
            away=lambda: self._tailer.away,
            redis_away=lambda: redis is not None and redis.state is not State.CLOSED,
        )

    async def _forget(self) -> None:
        """What is known of the history no longer holds."""
        self._cache.clear()
        await self._availability.load(self._database)

    def _apply_models(self, events: Sequence[LogRow]) -> None:
        self._index.put(versions_in(events))

    def _committed(self, committed: Committed) -> None:
        self._cache.put(committed.written)
        self._index.put(committed.changed)
        self._tailer.nudge()
        self._notifier.nudge(committed.revision)

    def _refreshed(self, source_id: str, outcome: str, seconds: float) -> None:
        self._metrics.refreshes.labels(source_id, outcome).inc()
        self._metrics.refresh_seconds.labels(source_id).observe(seconds)

    def _register_metrics(self) -> None:
        metrics, pool, cache = self._metrics, self._database.statistics, self._cache
        metrics.pool_size.set_function(lambda: pool()[0])
        metrics.pool_idle.set_function(lambda: pool()[0] - pool()[1])
        metrics.pool_waiting.set_function(lambda: pool()[2])
        metrics.index_models.set_function(lambda: len(self._index.entries))
        metrics.tailer_applied.set_function(lambda: self._index.revision)
        metrics.tailer_head.set_function(lambda: self._tailer.head)
        metrics.tailer_lag.set_function(lambda: self._tailer.lag)
        metrics.cache_bytes.set_function(lambda: cache.bytes_used)
        feed = self._feed
        metrics.feed_streams.set_function(lambda: feed.streams)
        metrics.feed_classes.set_function(lambda: feed.classes)
        metrics.feed_bytes.set_function(lambda: feed.ring.bytes_used)
        health = self._health
        metrics.feed_stalled.set_function(lambda: health.signs.stalled)
        metrics.loop_late.set_function(lambda: health.signs.late)
        metrics.count_from("modeldex_feed_updates", "Updates sent on streams.", lambda: feed.delivered)
        metrics.count_from("modeldex_feed_messages", "Messages sent on streams.", lambda: feed.messages)
        metrics.count_from("modeldex_feed_catch_ups", "Pages of the log read for streams.", lambda: feed.catch_ups)
        lost = "Polls that found what no hint had announced."
        metrics.count_from("modeldex_tailer_lost_hints", lost, lambda: self._tailer.lost_hints)
        ledger = self._ledger
        metrics.count_from("modeldex_ledger_commits", "Revisions committed here.", lambda: ledger.commits)
        metrics.count_from("modeldex_ledger_retries", "Transactions begun again.", lambda: ledger.retries)
        metrics.count_from("modeldex_cache_hits", "Models found in memory.", lambda: cache.statistics.hits)
        metrics.count_from("modeldex_cache_misses", "Models not found in memory.", lambda: cache.statistics.misses)
        if (redis := self._redis) is not None:
            metrics.redis_away.set_function(lambda: redis.state is not State.CLOSED)
            metrics.redis_listening.set_function(lambda: redis.listening)
            metrics.count_from("modeldex_redis_operations", "Commands for Redis.", lambda: redis.operations)
            failed = "Commands for Redis without a good answer."
            metrics.count_from("modeldex_redis_failures", failed, lambda: redis.failures)
            skipped = "Commands that were not tried because Redis does not answer."
            metrics.count_from("modeldex_redis_skipped", skipped, lambda: redis.skipped)


def _now() -> datetime:
    return datetime.now(UTC)


def _sources(settings: Settings) -> list[Source]:
    try:
        return build(settings.sources)
    except ValueError as error:
        raise StartError(str(error)) from None


def _fixed(settings: Settings) -> tuple[DiscoveryConfiguration, list[str]]:
    values = settings.discovery.model_dump(exclude_none=True)
    return DiscoveryConfiguration(**values), settings.discovery.fixed_fields
