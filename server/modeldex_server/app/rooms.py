"""The rooms of a process, each handed what it needs of the others."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from modeldex.v1.discovery_service_pb2 import DiscoveryConfiguration
from modeldex_server.app.caching import CacheRooms, Surroundings
from modeldex_server.app.history import Grounds, HistoryRooms
from modeldex_server.cache.policies import Operation
from modeldex_server.catalogue.availability import Availability
from modeldex_server.catalogue.reading import Reader
from modeldex_server.discovery.configuration import DiscoveryState
from modeldex_server.discovery.countdown import Countdown
from modeldex_server.discovery.engine import LEASE_SPAN, Engine
from modeldex_server.discovery.following import ConfigurationFollower
from modeldex_server.discovery.records import Records
from modeldex_server.discovery.refresh import Refresher
from modeldex_server.discovery.replicas import Replica, Replicas
from modeldex_server.discovery.sources.presets import build
from modeldex_server.discovery.sources.source import Source
from modeldex_server.discovery.upstream import ConfiguredSources
from modeldex_server.errors import StartError
from modeldex_server.feed.feed import Feed
from modeldex_server.feed.statistics.cleanup import Cleanup
from modeldex_server.feed.statistics.counting import EventCounter
from modeldex_server.feed.statistics.flushing import Flusher
from modeldex_server.feed.statistics.health import Health, Vitals
from modeldex_server.feed.subscriptions.acknowledging import Acknowledger
from modeldex_server.feed.subscriptions.controls import Controls
from modeldex_server.feed.subscriptions.expiry import Expiry
from modeldex_server.feed.subscriptions.keeper import CHANNEL, Keeper
from modeldex_server.ledger import log as ledger_log
from modeldex_server.ledger.changes import Committed
from modeldex_server.ledger.compaction import Compactor, Retention
from modeldex_server.ledger.hints import Hint, Notifier, PostgresHint, RedisHint
from modeldex_server.ledger.index import Index
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.ledger.log import HeadState, versions_in
from modeldex_server.ledger.logged import LogRow
from modeldex_server.ledger.tailer import Tailer
from modeldex_server.rpc.paging import PageTokens
from modeldex_server.settings import Settings
from modeldex_server.store.breaker import State
from modeldex_server.store.database import Database
from modeldex_server.store.leases import Leases
from modeldex_server.store.migrate import migrate
from modeldex_server.store.redis import RedisClient

OnRefresh = Callable[[str, str, float], None]  # source, outcome, seconds


class Rooms:
    """All rooms of one server process. `load` them, run their `followers`, at the end `settle`, `leave` and `close`."""

    def __init__(self, settings: Settings, url: str, *, on_refresh: OnRefresh) -> None:
        """`url`: of the store. Raises StartError where the sources cannot be made."""
        self._url = url
        migration_url = settings.migration_database_url
        self._migration_url = None if migration_url is None else migration_url.get_secret_value()
        self.started_at = now()
        self.replica_id = uuid.uuid4().hex[:12]
        self.max_subscriptions = settings.max_subscriptions
        self._make_store(settings)
        self.cache = self._make_cache(settings)
        self._make_feed(settings)
        self._make_ledger(settings)
        self._make_discovery(settings, on_refresh)
        self.tokens = PageTokens()
        self.cache.follow_rules(self.engine)
        self.reader = Reader(self.index, self.cache.models, self.availability, self.database)
        self.history = self._make_history(settings)

    async def load(self) -> None:
        """Bring the store up to date, and load the catalogue."""
        await migrate(self._url, migration_url=self._migration_url)
        self.tokens.use((await ledger_log.read_head(self.database)).token_key.encode())
        await self.cache.load()
        await self.configuration.look()
        await self.engine.register()
        await self.tailer.load()
        await self.availability.load(self.database)

    def followers(self) -> Sequence[Coroutine[Any, Any, None]]:
        """What runs from then on until it is cancelled."""
        return (
            self.tailer.run(),
            self._notifier.run(),
            self.replicas.run(),
            self.configuration.run(),
            self._compactor.run(),
            Countdown(self.database, self.ledger, now).run(),
            self._expiry.run(),
            self.keeper.run(),
            self.acknowledger.run(),
            self._counter.run(),
            self._flusher.run(),
            self.cleanup.run(),
            self.health.watch_errors(),
            *self.cache.followers(),
            *self.history.followers(),
        )

    async def settle(self) -> None:
        """Wait for what was begun."""
        await self.ledger.settle()
        await self.engine.settle()
        await self.keeper.settle()
        await self.cache.settle()

    async def leave(self) -> None:
        """Tell the store the last of this process, first what would be missed most."""
        await self.history.trail.leave()
        await self._flusher.flush()
        await self.cache.leave()
        await self.replicas.leave()

    async def close(self) -> None:
        """Let go of the store and of Redis."""
        await self.database.close()
        if self.redis is not None:
            await self.redis.close()

    def _make_store(self, settings: Settings) -> None:
        self.database = Database(self._url, size=settings.pool_size)
        self.redis = RedisClient(settings.redis_url.get_secret_value()) if settings.redis_url is not None else None
        self.index = Index()
        self.availability = Availability()

    def _make_cache(self, settings: Settings) -> CacheRooms:
        around = Surroundings(self.database, self.redis, self.index, self.availability, self.replica_id, now)
        return CacheRooms(settings, around)

    def _make_feed(self, settings: Settings) -> None:
        self.feed = Feed(
            lag=lambda: self.tailer.lag,
            most_streams=settings.max_streams,
            stream_age=settings.stream_age.total_seconds(),
        )
        self.controls = Controls()
        self.keeper = Keeper(self.database, self.controls)
        self.acknowledger = Acknowledger(
            self.database, self.controls, self.keeper, on_rejected=self.feed.meter.rejected
        )
        self.health = Health(self.feed, self.database, self._vitals(), now)

    def _make_ledger(self, settings: Settings) -> None:
        hints: list[Hint] = [PostgresHint(self.database, {CHANNEL: self.keeper.hear})]
        if self.redis is not None:
            hints.append(RedisHint(self.redis, settings.redis_prefix))
        self._notifier = Notifier(hints)
        self.tailer = Tailer(
            self.database,
            self.index,
            # The feed last: whoever is woken by it reads what it was told of, and sends nothing that is stopped.
            (self._apply_models, self.availability.apply, self.controls.apply, self.feed.apply),
            on_rewind=self._forget,
            on_load=self._begin_feed,
            hints=hints,
            detailed=self.feed.wants_documents,
        )
        self.ledger = Ledger(self.database, self._committed)
        self._expiry = Expiry(self.database, self.ledger)
        self._counter = EventCounter(self.database, lambda: self.index.revision)
        self._flusher = Flusher(self.database, self.feed.meter, self.replica_id)
        retention = Retention(settings.log_span, settings.log_revisions)
        self._compactor = Compactor(self.database, retention, used=self._used)
        self.cleanup = Cleanup(self.database, self._expiry, self._compactor)

    def _make_discovery(self, settings: Settings, on_refresh: OnRefresh) -> None:
        self.state = DiscoveryState(self.database, *_fixed(settings))
        self.configuration = ConfigurationFollower(self.state, (self.cache.use, self._apply_configuration))
        self.records = Records(self.database)
        self.engine = Engine(
            _sources(settings),
            Refresher(self.ledger, self.records),
            self.records,
            Leases(self.database, holder=self.replica_id, span=LEASE_SPAN),
            self.state,
            on_refresh=on_refresh,
        )
        self.replicas = Replicas(
            self.database,
            Replica(self.replica_id, settings.listen, version("modeldex"), self.started_at),
            lambda: self.index.revision,
        )

    def _make_history(self, settings: Settings) -> HistoryRooms:
        grounds = Grounds(
            self.database,
            self.ledger,
            self.reader,
            self.tokens,
            ConfiguredSources(self.engine, self.records),
            self.cache.secrets.paths,
            now,
        )
        return HistoryRooms(settings.history, grounds)

    def _vitals(self) -> Vitals:
        redis = self.redis
        return Vitals(
            self.replica_id,
            self.started_at,
            away=lambda: self.tailer.away,
            redis_away=lambda: redis is not None and redis.state is not State.CLOSED,
        )

    async def _used(self) -> int:
        """What of the log all have read who read each event once."""
        return min(await self._counter.mark(), await self.cache.engine.mark())

    def _begin_feed(self, head: HeadState) -> None:
        self.feed.load(head.token_key.encode(), head.epoch, head.revision)
        self.controls.begin_anew()

    async def _forget(self) -> None:
        """What is known of the history no longer holds."""
        self.cache.forget()
        await self.availability.load(self.database)

    def _apply_configuration(self, configuration: DiscoveryConfiguration) -> None:
        self.feed.notify(configuration.notifications_enabled)

    def _apply_models(self, events: Sequence[LogRow]) -> None:
        self.index.put(versions_in(events))

    def _committed(self, committed: Committed) -> None:
        self.cache.models.put(committed.written, Operation.MANUAL)
        self.index.put(committed.changed)
        self.tailer.nudge()
        self._notifier.nudge(committed.revision)


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def _sources(settings: Settings) -> list[Source]:
    try:
        return build(settings.sources)
    except ValueError as error:
        raise StartError(str(error)) from None


def _fixed(settings: Settings) -> tuple[DiscoveryConfiguration, list[str]]:
    values = settings.discovery.model_dump(exclude_none=True)
    return DiscoveryConfiguration(**values), settings.discovery.fixed_fields
