"""Invalidation rules for tests, the engine of one replica, and entries for it, in the store."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct, Value

from modeldex.v1 import condition_pb2, model_pb2
from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.invalidation.recording import Attempt, Made, affect, record
from modeldex_server.cache.rules.engine import RuleEngine
from modeldex_server.cache.rules.storing import Rules
from modeldex_server.cache.statistics import CacheStatistics
from modeldex_server.settings.cache import StrategiesSettings
from modeldex_server.store.database import Database
from support.invalidations import ANN, HARD, SOFT, invalidation

__all__ = ["HARD", "SOFT"]

_SUBJECTS = {"ENTRY": 1, "METADATA": 2, "CONTEXT": 3}
_SET = """
INSERT INTO cache_entry (namespace, key, value, model_version, tags, priority, metadata, ttl, principal, expires_at)
VALUES (%(namespace)s, %(key)s, %(value)s, %(model_version)s, %(tags)s, %(priority)s, %(metadata)s, %(ttl)s, 'ann',
        clock_timestamp() + %(ttl)s)
ON CONFLICT (namespace, key) DO UPDATE
SET entry_version = nextval('cache_entry_version'), stale = false, tags = EXCLUDED.tags, value = EXCLUDED.value,
    metadata = EXCLUDED.metadata, expires_at = EXCLUDED.expires_at, updated_at = clock_timestamp()"""
_ENTRIES = "SELECT key, stale, tags, ttl, entry_version FROM cache_entry ORDER BY namespace, key"
_FIRINGS = """
SELECT rule_id, number, revision, ordinal, entry_count, dry_run FROM invalidation_firing
ORDER BY created_at, 2, 3, 4, 1"""


@dataclass(frozen=True)
class Entry:
    """An entry as it is stored."""

    key: str
    stale: bool
    tags: list[str]
    ttl: timedelta
    entry_version: int


@dataclass(frozen=True)
class Fired:
    """What a rule answered to."""

    rule_id: str
    number: int
    revision: int
    ordinal: int
    entry_count: int
    dry_run: bool


@dataclass
class Asked:
    """Who is asked to refresh providers, and which were."""

    provider_ids: list[str] = field(default_factory=list)

    async def refresh_one(self, provider_id: str) -> None:
        """Take one down."""
        self.provider_ids.append(provider_id)


@dataclass
class Setting:
    """A database with rules, entries and invalidations, as callers make them."""

    database: Database
    rules: Rules
    events: CacheEvents

    @classmethod
    def over(cls, database: Database, *, most: int = 1_000) -> Setting:
        """One with nothing in it yet. Rules have the ids rule-00001, rule-00002, ..."""
        events = CacheEvents(CacheStatistics(), now=lambda: datetime.now(UTC))
        numbers = itertools.count(1)
        return cls(database, Rules(database, events, most=most, new_id=lambda: f"rule-{next(numbers):05}"), events)

    def engine(
        self,
        database: Database | None = None,
        *,
        refresher: Asked | None = None,
        strategies: StrategiesSettings | None = None,
        number: Callable[[], int] | None = None,
        on_changed: Callable[[Sequence[tuple[str, str]]], None] = lambda _: None,
    ) -> RuleEngine:
        """That of one replica, which always believes that something came, unless `number` says what did."""
        return RuleEngine(
            database or self.database,
            self.events,
            refresher or Asked(),
            strategies or StrategiesSettings(),
            number=number or itertools.count().__next__,
            head=lambda: 0,
            on_changed=on_changed,
        )

    async def add(self, made: pb.InvalidationRule) -> pb.InvalidationRule:
        """Create a rule."""
        return await self.rules.create(made, ANN)

    async def set(self, key: str, *tags: str, ttl: timedelta = timedelta(hours=1), **fields: Any) -> None:
        """Set an entry."""
        metadata = ParseDict(fields.pop("metadata", {}), Struct())
        model = model_pb2.Model(id=key, context_window=8_000)
        row = {"namespace": "ours", "model_version": 0, "priority": 0, **fields}
        row |= {"key": key, "value": model.SerializeToString(), "tags": list(tags), "ttl": ttl}
        await self.database.execute(_SET, row | {"metadata": metadata.SerializeToString()})

    async def invalidate(self, **request: Any) -> int:
        """Invalidate as a caller does; gives the number."""
        attempt = Attempt(invalidation(**request), ANN.name)
        async with self.database.connection() as connection, connection.transaction():
            (made,) = await record(connection, [Made(attempt, await affect(connection, attempt))])
        return made.number

    async def entries(self) -> dict[str, Entry]:
        """What is stored, by key."""
        return {row.key: row for row in await self.database.rows(Entry, _ENTRIES)}

    async def firings(self) -> list[Fired]:
        """What rules answered to."""
        return await self.database.rows(Fired, _FIRINGS)


async def settle(engine: RuleEngine) -> None:
    """Apply rules until nothing is left."""
    while await engine.step():
        pass


def rule(
    name: str, *actions: pb.InvalidationAction, conditions: Sequence[pb.InvalidationCondition] = (), **fields: Any
) -> pb.InvalidationRule:
    """A rule; it invalidates hard where nothing else is said."""
    return pb.InvalidationRule(name=name, actions=actions or [invalidate()], conditions=conditions, **fields)


def where(subject: str, path: str, operator: str, value: Any, **fields: Any) -> pb.InvalidationCondition:
    """A condition, by the short names of its subject and its operator."""
    condition = condition_pb2.Condition(
        field=path,
        operator=condition_pb2.ConditionOperator.Value(f"CONDITION_OPERATOR_{operator}"),
        value=ParseDict(value, Value()),
        **fields,
    )
    return pb.InvalidationCondition(subject=_SUBJECTS.get(subject, 0), condition=condition)  # type: ignore[arg-type]


def invalidate(mode: pb.InvalidationMode.ValueType = HARD) -> pb.InvalidationAction:
    """Invalidate them."""
    return pb.InvalidationAction(invalidate=pb.InvalidateAction(mode=mode))


def tag(*tags: str) -> pb.InvalidationAction:
    """Give them tags."""
    return pb.InvalidationAction(tag=pb.InvalidationTags(tags=tags))


def notify(message: str) -> pb.InvalidationAction:
    """Tell of them."""
    return pb.InvalidationAction(notify=message)


def refresh() -> pb.InvalidationAction:
    """Refresh what they are about."""
    return pb.InvalidationAction(refresh=pb.RefreshAction())


def extend(span: timedelta) -> pb.InvalidationAction:
    """Let them live longer."""
    action = pb.InvalidationAction()
    action.extend_ttl.FromTimedelta(span)
    return action
