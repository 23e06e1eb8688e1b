"""Writing entries: each write is one transaction, whole or not at all, and this replica reads it before it is answered.

Versions come from a sequence, and are taken under the lock of the entry's row: so of one key they only grow, over
deletions, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from psycopg import sql
from psycopg.rows import class_row

from modeldex.v1 import cache_pb2 as pb
from modeldex_server.cache.entries.drafts import Draft, columns
from modeldex_server.cache.entries.population import Population
from modeldex_server.cache.entries.reading import EntryReader
from modeldex_server.cache.entries.rows import COLUMNS, EntryKey, EntryRow
from modeldex_server.cache.entries.tiers import EntryTiers
from modeldex_server.cache.entries.touching import Touches
from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.statistics import CacheStatistics
from modeldex_server.errors import CommitUnknown, EntryNotFound, StoreUnavailable, VersionMismatch
from modeldex_server.security.origin import carried_through
from modeldex_server.store.database import Connection, Database, lost_connection

Result = TypeVar("Result")

_AT_ONCE = 100  # entries that are put into memory before others have the loop

# A row for each entry, which from then on is ours: one that is new has expired until it is put. All in the order in
# which everybody locks entries. The condition is never met, but what it is asked of stays locked.
_CLAIM = """
INSERT INTO cache_entry AS e
    (namespace, key, value, model_version, tags, priority, metadata, ttl, principal, expires_at)
SELECT namespace, key, '', 0, '{}', 0, '', interval '0', '', 'epoch'
FROM unnest(%(namespaces)s::text[], %(keys)s::text[]) AS wanted(namespace, key)
ORDER BY namespace COLLATE "C", key COLLATE "C"
ON CONFLICT (namespace, key) DO UPDATE SET stale = e.stale WHERE false"""
_PUT = """
WITH t AS MATERIALIZED (SELECT clock_timestamp() AS now)
UPDATE cache_entry e
SET entry_version = nextval('cache_entry_version'), value = new.value, model_version = new.model_version,
    tags = new.tags::text[], priority = new.priority, metadata = new.metadata, secrets = new.secrets,
    secret_key = new.secret_key, ttl = new.ttl, principal = %(principal)s, stale = false,
    created_at = CASE WHEN e.expires_at > t.now THEN e.created_at ELSE t.now END,
    updated_at = t.now, expires_at = t.now + new.ttl,
    access_count = CASE WHEN e.expires_at > t.now THEN e.access_count ELSE 0 END,
    accessed_at = CASE WHEN e.expires_at > t.now THEN e.accessed_at END
FROM t, unnest(%(namespaces)s::text[], %(keys)s::text[], %(values)s::bytea[], %(model_versions)s::bigint[],
               %(tags)s::text[], %(priorities)s::smallint[], %(metadata)s::bytea[], %(secrets)s::bytea[],
               %(secret_keys)s::text[], %(ttls)s::interval[])
    AS new(namespace, key, value, model_version, tags, priority, metadata, secrets, secret_key, ttl)
WHERE e.namespace = new.namespace AND e.key = new.key
    AND (%(expected)s::bigint IS NULL
         OR CASE WHEN e.expires_at > t.now THEN e.entry_version ELSE 0 END = %(expected)s)
RETURNING e.namespace, e.key, e.entry_version, e.created_at, e.updated_at, e.expires_at, e.access_count,
          e.accessed_at"""
_CURRENT = """
SELECT CASE WHEN expires_at > clock_timestamp() THEN entry_version ELSE 0 END
FROM cache_entry WHERE namespace = %(namespace)s AND key = %(key)s"""
_LOCK = """
SELECT key, CASE WHEN expires_at > clock_timestamp() THEN entry_version ELSE 0 END AS entry_version
FROM cache_entry WHERE namespace = %(namespace)s AND key = ANY(%(keys)s)
ORDER BY namespace, key
FOR UPDATE"""
_DELETE = "DELETE FROM cache_entry WHERE namespace = %(namespace)s AND key = ANY(%(keys)s)"
_EXTEND = sql.SQL("""
UPDATE cache_entry e
SET entry_version = nextval('cache_entry_version'), ttl = %(ttl)s, principal = %(principal)s,
    updated_at = clock_timestamp(), expires_at = clock_timestamp() + %(ttl)s::interval
WHERE namespace = %(namespace)s AND key = %(key)s AND expires_at > clock_timestamp()
RETURNING {}""").format(COLUMNS)


@dataclass(frozen=True, slots=True)
class _Put:
    """What the store gave an entry that was put."""

    namespace: str
    key: str
    entry_version: int
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    access_count: int
    accessed_at: datetime | None

    def row(self, draft: Draft) -> EntryRow:
        """The entry as it is stored now."""
        return EntryRow(
            namespace=self.namespace,
            key=self.key,
            entry_version=self.entry_version,
            size=len(draft.value),
            tags=draft.tags,
            priority=draft.priority,
            ttl=draft.ttl,
            stale=False,
            created_at=self.created_at,
            updated_at=self.updated_at,
            expires_at=self.expires_at,
            remaining=draft.ttl.total_seconds(),
            access_count=self.access_count,
            accessed_at=self.accessed_at,
            secret_key=draft.secret_key,
            value=draft.value,
            metadata=draft.metadata,
        )


@dataclass(frozen=True, slots=True)
class _Locked:
    key: str
    entry_version: int  # 0 for one that has expired


class EntryWriter:
    """Sets and deletes entries. A write that was begun is ended, also where its caller goes away."""

    def __init__(
        self,
        database: Database,
        reader: EntryReader,
        tiers: EntryTiers,
        *,
        population: Population,
        statistics: CacheStatistics,
        events: CacheEvents,
        touches: Touches,
    ) -> None:
        self._database = database
        self._reader = reader
        self._population = population
        self._tiers = tiers
        self._statistics = statistics
        self._events = events
        self._touches = touches
        self._running: set[asyncio.Task[Any]] = set()

    async def set(self, drafts: Sequence[Draft], by: str, expected: int | None = None) -> list[EntryRow]:
        """Set entries, all or none; gives them in the order in which they came.

        Args:
            drafts: no two of one name.
            by: who sets them.
            expected: the version that each has now; 0 for none.

        Raises:
            VersionMismatch, TooManyEntries, StoreUnavailable, WriteContention, CommitUnknown.
        """
        return await self._to_its_end(by, self._set(drafts, by, expected))

    async def delete(self, namespace: str, keys: Sequence[str], by: str, expected: int | None = None) -> int:
        """Delete entries, all or none; returns how many there were.

        Raises:
            VersionMismatch, StoreUnavailable, WriteContention, CommitUnknown.
        """
        return await self._to_its_end(by, self._delete(namespace, keys, expected))

    async def set_ttl(self, namespace: str, key: str, ttl: timedelta, by: str) -> EntryRow:
        """Have an entry live for so long from now on.

        Raises:
            EntryNotFound, StoreUnavailable, WriteContention, CommitUnknown.
        """
        return await self._to_its_end(by, self._set_ttl(namespace, key, ttl, by))

    async def settle(self) -> None:
        """Wait for the writes that run."""
        while self._running:
            await asyncio.wait(self._running)

    async def _set(self, drafts: Sequence[Draft], by: str, expected: int | None) -> list[EntryRow]:
        names = [draft.name for draft in drafts]
        with self._reader.under_way.of(names) as way:
            moment = self._tiers.now()
            put = await self._store(drafts, by, expected)
            rows = [put[draft.name].row(draft) for draft in drafts]
            for at in range(0, len(rows), _AT_ONCE):
                self._reader.put(rows[at : at + _AT_ONCE], way, moment)
                await asyncio.sleep(0)
        self._statistics.set_(len(rows))
        self._tell(rows)
        return rows

    async def _store(self, drafts: Sequence[Draft], by: str, expected: int | None) -> dict[EntryKey, _Put]:
        parameters = {**columns(drafts), "principal": by, "expected": expected}
        await self._population.begin()
        new = 0
        try:
            async with self._transaction([draft.name for draft in drafts]) as connection:
                put, claimed = await _put(connection, parameters)
                if expected is not None:
                    await _check_put(connection, drafts, put, expected)
                await self._population.admit(claimed, connection)
                new = claimed
        except BaseException:
            self._population.refused(new)
            raise
        self._population.stored(new)
        return put

    async def _delete(self, namespace: str, keys: Sequence[str], expected: int | None) -> int:
        names = [(namespace, key) for key in keys]
        parameters = {"namespace": namespace, "keys": list(keys)}
        async with self._transaction(names) as connection:
            cursor = connection.cursor(row_factory=class_row(_Locked))
            locked = await (await cursor.execute(_LOCK, parameters)).fetchall()
            live = [one for one in locked if one.entry_version]
            for one in live:
                if expected is not None and one.entry_version != expected:
                    raise _mismatch((namespace, one.key), expected, one.entry_version)
            # Only what is locked: another may have come since, of which nobody has asked whether it is to go.
            await connection.execute(_DELETE, {**parameters, "keys": [one.key for one in locked]})
        self._touches.forget(names)
        self._reader.forget(names)
        self._population.move(-len(live))
        self._statistics.deleted(len(live))
        for one in live:
            self._events.deleted(namespace, one.key)
        return len(live)

    async def _set_ttl(self, namespace: str, key: str, ttl: timedelta, by: str) -> EntryRow:
        parameters = {"namespace": namespace, "key": key, "ttl": ttl, "principal": by}
        with self._reader.under_way.of([(namespace, key)]) as way:
            moment = self._tiers.now()
            async with self._transaction([(namespace, key)]) as connection:
                cursor = connection.cursor(row_factory=class_row(EntryRow))
                rows = await (await cursor.execute(_EXTEND, parameters)).fetchall()
                if not rows:
                    raise EntryNotFound(namespace, key)
            self._reader.put(rows, way, moment)
        self._tell(rows)
        return rows[0]

    def _tell(self, rows: Sequence[EntryRow]) -> None:
        for row in rows:
            self._events.set_(pb.CacheEntry.FromString(row.outline) if self._events.wanted else pb.CacheEntry())

    async def _to_its_end(self, by: str, write: Coroutine[Any, Any, Result]) -> Result:
        task = asyncio.ensure_future(write)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await carried_through(by, task)

    @asynccontextmanager
    async def _transaction(self, names: Sequence[EntryKey]) -> AsyncIterator[Connection]:
        """A transaction about some entries, which are read anew where nobody knows what became of it."""
        committing = False
        try:
            async with self._database.connection() as connection, connection.pipeline(), connection.transaction():
                yield connection
                committing = True
        except StoreUnavailable as error:
            if not committing or not lost_connection(error):
                raise
            self._reader.forget(names)
            raise CommitUnknown from None


async def _put(connection: Connection, parameters: Mapping[str, Any]) -> tuple[dict[EntryKey, _Put], int]:
    """What was put, by its name, and how many entries were not there before."""
    claimed = await connection.execute(_CLAIM, parameters)
    cursor = connection.cursor(row_factory=class_row(_Put))
    rows = await (await cursor.execute(_PUT, parameters)).fetchall()
    return {(row.namespace, row.key): row for row in rows}, claimed.rowcount


async def _check_put(
    connection: Connection, drafts: Sequence[Draft], put: Mapping[EntryKey, _Put], expected: int
) -> None:
    """Raises VersionMismatch for the first that was not put: it has another version."""
    for draft in drafts:
        if draft.name not in put:
            name = {"namespace": draft.namespace, "key": draft.key}
            current = await (await connection.execute(_CURRENT, name)).fetchone()
            raise _mismatch(draft.name, expected, current[0] if current else 0)


def _mismatch(name: EntryKey, expected: int, current: int) -> VersionMismatch:
    return VersionMismatch(f"Entry {name[1]} of {name[0]}", expected=expected, current=current)
