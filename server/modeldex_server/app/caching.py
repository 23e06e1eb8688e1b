"""The rooms of the cache, each handed what it needs of the others."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from modeldex.v1.discovery_service_pb2 import DiscoveryConfiguration
from modeldex.v1.invalidation_pb2 import Invalidation
from modeldex_server.cache.copies import Copies
from modeldex_server.cache.entries import encryption_keys
from modeldex_server.cache.entries.entries import Entries
from modeldex_server.cache.entries.resealing import Resealer
from modeldex_server.cache.entries.secrets import Secrets
from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.floors import Floors
from modeldex_server.cache.invalidation.following import Follower
from modeldex_server.cache.invalidation.history import InvalidationHistory
from modeldex_server.cache.invalidation.making import Invalidator
from modeldex_server.cache.invalidation.strategies import Strategies
from modeldex_server.cache.invalidation.sweeping import Sweeper
from modeldex_server.cache.memory import Memory
from modeldex_server.cache.models import ModelCache
from modeldex_server.cache.policies import Policies
from modeldex_server.cache.rules.engine import RuleEngine
from modeldex_server.cache.rules.evaluating import Evaluator
from modeldex_server.cache.rules.refreshing import Refresher
from modeldex_server.cache.rules.storing import Rules
from modeldex_server.cache.statistics import CacheStatistics
from modeldex_server.cache.tiers import ModelTiers
from modeldex_server.catalogue.availability import Availability
from modeldex_server.catalogue.matching import model_matcher
from modeldex_server.ledger.index import Index
from modeldex_server.ledger.versions import load_versions
from modeldex_server.rpc.cache_events import CacheEventStreams
from modeldex_server.rpc.instant import InstantModels
from modeldex_server.security.secret_paths import SecretPaths
from modeldex_server.settings import Settings
from modeldex_server.store.database import Database
from modeldex_server.store.redis import RedisClient


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the cache stands on."""

    database: Database
    redis: RedisClient | None
    index: Index
    availability: Availability
    replica_id: str
    now: Callable[[], datetime]


class CacheRooms:
    """All rooms of the cache. `load` them, run their `followers`, at the end `settle` and `leave`."""

    def __init__(self, settings: Settings, around: Surroundings) -> None:
        """Raises StartError where the encryption keys are none."""
        self._around = around
        self.secrets = Secrets(SecretPaths(settings.cache.secret_paths), settings.cache.key_ring())
        self._make_tiers(settings)
        self._make_entries(settings)
        self._make_invalidation(settings)
        if around.redis is not None:
            around.redis.on_change = self.events.redis

    def follow_rules(self, refresher: Refresher) -> None:
        """Apply the rules from then on; `refresher` asks sources."""
        self.engine = RuleEngine(
            self._around.database,
            self.events,
            refresher,
            self._settings.strategies,
            number=lambda: self.floors.number,
            head=lambda: self._around.index.revision,
            on_changed=self.entries.forget,
        )

    async def load(self) -> None:
        """Learn what copies are not to be trusted. Raises StartError where an encryption key is wrong."""
        await encryption_keys.check(self._around.database, self.secrets.ring)
        await self.follower.load()

    def followers(self) -> Sequence[Coroutine[Any, Any, None]]:
        """What runs from then on until it is cancelled."""
        return (
            self.copies.run(),
            self.entries.run(),
            self.follower.run(),
            self.sweeper.run(),
            self.engine.run(),
            Resealer(self._around.database, self.secrets).run(),
        )

    async def settle(self) -> None:
        """Wait for what was begun."""
        await self.entries.settle()

    async def leave(self) -> None:
        """Tell the store the last of this process."""
        await self.entries.flush()

    def use(self, configuration: DiscoveryConfiguration) -> None:
        """Heed what the configuration says of the cache."""
        was = self.policies.enabled
        self.policies.use(enabled=configuration.cache_enabled, ttl=configuration.cache_ttl.ToTimedelta())
        if was and not self.policies.enabled:
            self.forget()

    def forget(self) -> None:
        """Drop everything from memory: the history it was of holds no more, or nothing is to be kept."""
        self.models.clear()
        self.entries.clear()
        self.instant.forget()

    def _make_tiers(self, settings: Settings) -> None:
        around = self._around
        self.policies = Policies(settings.cache, redis=around.redis is not None)
        self.floors = Floors()
        self.statistics = CacheStatistics()
        self.events = CacheEvents(self.statistics, now=around.now, replica_id=around.replica_id)
        shared: dict[str, Any] = {"policies": self.policies, "statistics": self.statistics, "events": self.events}
        self.memory = Memory(settings.cache.bytes, floors=self.floors, **shared)
        self.copies = Copies(
            around.redis,
            prefix=settings.redis_prefix,
            ttl=settings.cache.redis_ttl,
            epoch=lambda: around.index.epoch,
            **shared,
        )
        tiers = ModelTiers(
            partial(load_versions, around.database),
            floors=self.floors,
            statistics=self.statistics,
            copies=self.copies,
        )
        self.models = ModelCache(tiers, self.memory, floors=self.floors, **shared)
        self.event_streams = CacheEventStreams(self.events, most=settings.max_streams)
        self.instant = InstantModels(around.index, around.availability, self.memory, self.statistics, self.events)

    def _make_entries(self, settings: Settings) -> None:
        self.entries = Entries(
            self._around.database,
            memory=self.memory,
            copies=self.copies,
            floors=self.floors,
            policies=self.policies,
            statistics=self.statistics,
            events=self.events,
            matcher=model_matcher,
            secrets=self.secrets,
            most=settings.cache.max_entries,
        )

    def _make_invalidation(self, settings: Settings) -> None:
        database = self._around.database
        self._settings = settings.cache
        self.strategies = Strategies(settings.cache)
        self.follower = Follower(
            database,
            self.floors,
            self.memory,
            self.events,
            redis_ttl=settings.cache.redis_ttl,
            on_applied=(self._applied,),
            on_rewind=(self.forget,),
        )
        self.invalidator = Invalidator(
            database, self.follower, self.memory, self.strategies, self.statistics, self.events
        )
        self.sweeper = Sweeper(
            database,
            self.follower,
            self.memory,
            self.strategies,
            recount=self.entries.recount,
            interval=settings.cache.cleanup_interval,
        )
        self.history = InvalidationHistory(database)
        self.rules = Rules(database, self.events, most=settings.cache.max_rules)
        self.evaluator = Evaluator(database, self.rules)

    def _applied(self, _: Invalidation) -> None:
        self.instant.forget()
        self.entries.invalidated()
        self.engine.wake()
