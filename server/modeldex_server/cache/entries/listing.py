"""Lists of entries: as the store holds them, by key, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from psycopg import sql

from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import discovery_service_pb2, model_pb2
from modeldex_server.cache.entries.reading import EntryReader
from modeldex_server.cache.entries.rows import STATE, EntryRow
from modeldex_server.cache.memory import Memory
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Database
from modeldex_server.wire import PAGE_BYTES

Test = Callable[[model_pb2.Model], bool]
Matcher = Callable[[discovery_service_pb2.ModelFilter], Test]

_SLICE = 200  # rows that are read at once
_MOST_SCANNED = 4000  # for a page

_WHERE = sql.SQL("""
    e.namespace = %(namespace)s AND e.expires_at > clock_timestamp()
    AND (%(providers)s::text[] IS NULL OR e.provider_id = ANY(%(providers)s))
    AND (%(tags)s::text[] IS NULL OR e.tags @> %(tags)s)
    AND (%(stale)s::boolean IS NULL OR e.stale = %(stale)s)""")
_PAGE = sql.SQL("""
SELECT {state}, e.metadata, CASE WHEN %(values)s THEN e.value END AS value,
       CASE WHEN %(secrets)s THEN e.secrets END AS secrets
FROM cache_entry e
WHERE {where} AND e.key > %(after)s
ORDER BY e.key
LIMIT %(limit)s""").format(state=STATE, where=_WHERE)
# Against what is held in memory: keys and versions.
_COUNT = sql.SQL("""
SELECT count(*) AS all, count(held.key) AS held
FROM cache_entry e
LEFT JOIN unnest(%(keys)s::text[], %(versions)s::bigint[]) AS held(key, version)
    ON held.key = e.key AND held.version = e.entry_version
WHERE {where}""").format(where=_WHERE)


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Entries, and the key after which the next page begins; None on the last."""

    rows: Sequence[EntryRow]
    next: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many entries there are, and how many of them this process holds in memory."""

    all: int
    held: int


class EntryLister:
    """Lists and counts entries of callers."""

    def __init__(self, database: Database, reader: EntryReader, memory: Memory, matcher: Matcher) -> None:
        """`matcher` makes a test of a filter of models."""
        self._database = database
        self._reader = reader
        self._memory = memory
        self._matcher = matcher

    async def page(
        self,
        namespace: str,
        wanted: api.CacheEntryFilter,
        after: str,
        size: int,
        scope: Scope,
        *,
        values: bool = True,
        secrets: bool = False,
    ) -> EntryPage:
        """The entries that follow a key: `size`, or fewer where many rows were looked at, or they are large.

        Args:
            namespace: of the entries.
            wanted: which of them.
            after: the key; "" for the first page.
            size: the most to give.
            scope: of who asks.
            values: whether values are needed.
            secrets: whether sealed secrets are.

        Raises:
            StoreUnavailable.
        """
        choice = self._choice(namespace, wanted, scope, values=values, secrets=secrets)
        shown: list[EntryRow] = []
        last, size_bytes = after, 0
        for _ in range(_MOST_SCANNED // _SLICE):
            # One more than is shown tells whether there are more; where some do not match, nobody knows how many.
            limit = _SLICE if choice.tests else min(_SLICE, size + 1 - len(shown))
            rows = await self._slice(choice, last, limit)
            for row in rows:
                if len(shown) == size or (shown and size_bytes + row.weight > PAGE_BYTES):
                    return EntryPage(shown, last)
                last = row.key
                if choice(row):
                    shown.append(row)
                    size_bytes += row.weight
                    self._reader.show(row.name, row.entry_version)
            if len(rows) < limit:
                return EntryPage(shown, None)
        return EntryPage(shown, last)

    async def count(self, namespace: str, wanted: api.CacheEntryFilter, scope: Scope) -> Counts:
        """How many entries there are. By models it takes as long as to read them all.

        Raises:
            StoreUnavailable.
        """
        choice = self._choice(namespace, wanted, scope, values=False, secrets=False)
        if not choice.tests:
            return await self._count(choice)
        found = held = 0
        async for row in self._all(choice):
            if choice(row):
                found += 1
                held += self._holds(row)
        return Counts(found, held)

    async def of_provider(self, namespace: str, provider_id: str) -> AsyncIterator[Sequence[EntryRow]]:
        """All entries of a provider without their values, slice by slice.

        Raises:
            StoreUnavailable.
        """
        choice = _Choice(namespace, [provider_id], None, None)
        last = ""
        while rows := await self._slice(choice, last, _SLICE):
            yield rows
            last = rows[-1].key

    async def _all(self, choice: _Choice) -> AsyncIterator[EntryRow]:
        last = ""
        while rows := await self._slice(choice, last, _SLICE):
            for row in rows:
                yield row
            last = rows[-1].key

    async def _slice(self, choice: _Choice, after: str, limit: int) -> list[EntryRow]:
        return await self._database.rows(EntryRow, _PAGE, {**choice.parameters, "after": after, "limit": limit})

    async def _count(self, choice: _Choice) -> Counts:
        held = self._memory.of(choice.namespace)
        names = {"keys": [one.key for one in held], "versions": [one.version for one in held]}
        return (await self._database.rows(Counts, _COUNT, {**choice.parameters, **names}))[0]

    def _holds(self, row: EntryRow) -> bool:
        return self._reader.holds(row.name, row.entry_version)

    def _choice(
        self, namespace: str, wanted: api.CacheEntryFilter, scope: Scope, *, values: bool, secrets: bool
    ) -> _Choice:
        tests: list[Callable[[EntryRow], bool]] = []
        providers = scope.providers
        if wanted.HasField("in_memory"):
            tests.append(lambda row: self._holds(row) == wanted.in_memory)
        if wanted.HasField("models"):
            matches = self._matcher(wanted.models)
            tests.append(lambda row: matches(model_pb2.Model.FromString(row.value or b"")))
            if wanted.models.provider_ids:
                asked = frozenset(wanted.models.provider_ids)
                providers = asked if providers is None else providers & asked
        return _Choice(
            namespace,
            None if providers is None else sorted(providers),
            list(wanted.tags) or None,
            wanted.stale if wanted.HasField("stale") else None,
            values=values or wanted.HasField("models"),
            secrets=secrets,
            tests=tuple(tests),
        )


@dataclass(frozen=True, slots=True)
class _Choice:
    """What is asked of the store, and of each row then. Calling it does the latter."""

    namespace: str
    providers: list[str] | None
    tags: list[str] | None
    stale: bool | None
    values: bool = False
    secrets: bool = False
    tests: tuple[Callable[[EntryRow], bool], ...] = ()

    def __call__(self, row: EntryRow) -> bool:
        return all(test(row) for test in self.tests)

    @property
    def parameters(self) -> dict[str, object]:
        """As the query takes it."""
        return {
            "namespace": self.namespace,
            "providers": self.providers,
            "tags": self.tags,
            "stale": self.stale,
            "values": self.values,
            "secrets": self.secrets,
        }
