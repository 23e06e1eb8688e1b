"""Entries of callers, as CacheService asks for them: with the rights of who asks, and as they are answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1 import cache_service_pb2 as api
from modeldex_server.cache.copies import Copies
from modeldex_server.cache.entries.answering import Answers
from modeldex_server.cache.entries.drafts import draft
from modeldex_server.cache.entries.listing import EntryLister, Matcher
from modeldex_server.cache.entries.population import Population
from modeldex_server.cache.entries.reading import EntryReader
from modeldex_server.cache.entries.rows import duration, read
from modeldex_server.cache.entries.secrets import Secrets
from modeldex_server.cache.entries.tiers import EntryTiers, Found
from modeldex_server.cache.entries.touching import Touches
from modeldex_server.cache.entries.writing import EntryWriter
from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.floors import Floors
from modeldex_server.cache.memory import Memory
from modeldex_server.cache.policies import Policies
from modeldex_server.cache.statistics import CacheStatistics
from modeldex_server.errors import EntryNotFound
from modeldex_server.security.principals import Principal
from modeldex_server.store.database import Database

_AT_ONCE = 100  # entries that are made ready before others have the loop


@dataclass(frozen=True, slots=True)
class Batch:
    """Bytes of `CacheEntry`, and the keys that have none, both in the order in which they were asked for."""

    entries: Sequence[bytes]
    missing: Sequence[str]


@dataclass(frozen=True, slots=True)
class Page:
    """Bytes of `CacheEntry` by key, and the key after which the next page begins; None on the last."""

    entries: Sequence[bytes]
    next: str | None


class Entries:
    """Entries of callers. What a principal has no right to is to it as if it did not exist."""

    def __init__(
        self,
        database: Database,
        *,
        memory: Memory,
        copies: Copies,
        floors: Floors,
        policies: Policies,
        statistics: CacheStatistics,
        events: CacheEvents,
        matcher: Matcher,
        secrets: Secrets,
        most: int,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """`matcher` makes a test of a filter of models. `most`: entries that there may be. `clock` and `wall`: those of
        the memory."""
        self._database = database
        self._policies = policies
        self._secrets = secrets
        self._clock = clock
        self._touches = Touches(database)
        self._population = Population(database, statistics, most=most, clock=clock)
        clocks = {"clock": clock, "wall": wall}
        tiers = EntryTiers(
            database,
            copies=copies,
            floors=floors,
            statistics=statistics,
            touches=self._touches,
            secrets=secrets,
            **clocks,
        )
        self._reader = EntryReader(
            tiers,
            memory=memory,
            floors=floors,
            policies=policies,
            statistics=statistics,
            events=events,
            touches=self._touches,
            **clocks,
        )
        self._writer = EntryWriter(
            database,
            self._reader,
            tiers,
            population=self._population,
            statistics=statistics,
            events=events,
            touches=self._touches,
        )
        self._answers = Answers(self._reader, self._touches, secrets)
        self._lister = EntryLister(database, self._reader, memory, matcher)

    async def get(self, namespace: str, key: str, by: Principal) -> bytes:
        """The bytes of a `CacheEntry`; it counts as read.

        Raises:
            EntryNotFound, StoreUnavailable.
        """
        batch = await self.get_batch(namespace, [key], by)
        if not batch.entries:
            raise EntryNotFound(namespace, key)
        return batch.entries[0]

    async def get_batch(self, namespace: str, keys: Iterable[str], by: Principal) -> Batch:
        """Those of the entries that there are; each counts as read.

        Raises:
            StoreUnavailable.
        """
        wanted = list(dict.fromkeys(keys))
        found = await self._reader.read([(namespace, key) for key in wanted if by.scope.covers_model(key)])
        entries = {key: self._answers.of(one) for (_, key), one in found.items()}
        if (sealed := [key for key, one in found.items() if one.held.sealed]) and self._secrets.visible_to(by):
            for (_, key), row in (await read(self._database, sealed, secrets=True)).items():
                self._reader.show(row.name, row.entry_version)
                entries[key] = self._answers.of_row(row, by)
        return Batch([entries[key] for key in wanted if key in entries], [key for key in wanted if key not in entries])

    async def has(self, namespace: str, key: str, by: Principal) -> api.HasEntryResponse:
        """Whether there is an entry. It does not count as a read.

        Raises:
            StoreUnavailable.
        """
        found = await self._look(namespace, key, by)
        if found is None:
            return api.HasEntryResponse()
        return api.HasEntryResponse(
            exists=True,
            entry_version=found.held.version,
            in_memory=self._reader.holds((namespace, key), found.held.version),
        )

    async def ttl(self, namespace: str, key: str, by: Principal) -> api.GetEntryTtlResponse:
        """How long an entry has to live.

        Raises:
            EntryNotFound, StoreUnavailable.
        """
        found = await self._look(namespace, key, by)
        if found is None:
            raise EntryNotFound(namespace, key)
        entry = pb.CacheEntry.FromString(found.held.data)
        remaining = timedelta(seconds=max(0.0, found.held.expires - self._clock()))
        return api.GetEntryTtlResponse(remaining_ttl=duration(remaining), ttl=entry.ttl, expire_time=entry.expire_time)

    async def page(
        self,
        namespace: str,
        wanted: api.CacheEntryFilter,
        after: str,
        size: int,
        by: Principal,
        *,
        omit_values: bool = False,
    ) -> Page:
        """The entries after a key, "" for the first; at most `size`.

        Raises:
            StoreUnavailable.
        """
        page = await self._lister.page(
            namespace,
            wanted,
            after,
            size,
            by.scope,
            values=not omit_values,
            secrets=self._secrets.visible_to(by),
        )
        return Page([self._answers.of_row(row, by, omit_value=omit_values) for row in page.rows], page.next)

    async def count(self, namespace: str, wanted: api.CacheEntryFilter, by: Principal) -> api.CountEntriesResponse:
        """How many entries there are.

        Raises:
            StoreUnavailable.
        """
        counts = await self._lister.count(namespace, wanted, by.scope)
        return api.CountEntriesResponse(count=counts.all, in_memory_count=counts.held)

    async def refresh(self, namespace: str, key: str, by: Principal) -> bytes:
        """The bytes of a `CacheEntry` from PostgreSQL, which memory and Redis hold from then on.

        Raises:
            ProviderDenied, EntryNotFound, StoreUnavailable.
        """
        by.require_model(key)
        found = await self._reader.refresh([(namespace, key)])
        if not found:
            raise EntryNotFound(namespace, key)
        return self._answers.of(found[namespace, key])

    async def refresh_provider(self, namespace: str, provider_id: str) -> int:
        """Do so for all entries of a provider; returns how many.

        Raises:
            StoreUnavailable.
        """
        count = 0
        async for rows in self._lister.of_provider(namespace, provider_id):
            count += len(await self._reader.refresh([(row.namespace, row.key) for row in rows]))
        return count

    async def set(self, entry: pb.CacheEntry, by: Principal, expected_version: int | None = None) -> pb.CacheEntry:
        """Set an entry, whole; gives it without its value.

        Raises:
            ProviderDenied, VersionMismatch, TooManyEntries, StoreUnavailable, WriteContention, CommitUnknown.
        """
        return (await self._set([entry], by, expected_version))[0]

    async def set_batch(self, entries: Sequence[pb.CacheEntry], by: Principal) -> list[pb.CacheEntry]:
        """Set entries, no two of one namespace and key, all or none; gives them without their values.

        Raises:
            ProviderDenied, TooManyEntries, StoreUnavailable, WriteContention, CommitUnknown.
        """
        return await self._set(entries, by, None)

    async def delete(self, namespace: str, key: str, by: Principal, expected_version: int | None = None) -> bool:
        """Delete an entry; whether there was one.

        Raises:
            ProviderDenied, VersionMismatch, StoreUnavailable, WriteContention, CommitUnknown.
        """
        by.require_model(key)
        return await self._writer.delete(namespace, [key], by.name, expected_version) > 0

    async def delete_batch(self, namespace: str, keys: Iterable[str], by: Principal) -> int:
        """Delete entries, all or none; how many there were.

        Raises:
            ProviderDenied, StoreUnavailable, WriteContention, CommitUnknown.
        """
        wanted = list(dict.fromkeys(keys))
        for key in wanted:
            by.require_model(key)
        return await self._writer.delete(namespace, wanted, by.name)

    async def set_ttl(self, namespace: str, key: str, ttl: timedelta, by: Principal) -> pb.CacheEntry:
        """Have an entry live for so long from now on; gives it without its value.

        Raises:
            ProviderDenied, EntryNotFound, StoreUnavailable, WriteContention, CommitUnknown.
        """
        by.require_model(key)
        row = await self._writer.set_ttl(namespace, key, ttl, by.name)
        return self._answers.outline(row)

    async def recount(self) -> None:
        """Count the entries that there are, of which there may be so many. Raises StoreUnavailable."""
        await self._population.recount()

    async def flush(self) -> None:
        """Tell the store how often entries were read.

        Raises:
            StoreUnavailable, WriteContention.
        """
        await self._touches.flush()

    async def run(self) -> None:
        """Do so every few seconds until cancelled."""
        await self._touches.run()

    def forget(self, keys: Sequence[tuple[str, str]]) -> None:
        """Keep nothing of entries, by namespace and key, that others than callers have changed."""
        self._reader.forget(keys)

    def clear(self) -> None:
        """Keep nothing in memory, of other namespaces neither: the history that it was of holds no more."""
        self._reader.clear()

    def invalidated(self) -> None:
        """Entries were invalidated: there may be room for others."""
        self._population.doubt()

    async def settle(self) -> None:
        """Wait for the writes that run."""
        await self._writer.settle()

    async def _set(
        self, entries: Sequence[pb.CacheEntry], by: Principal, expected_version: int | None
    ) -> list[pb.CacheEntry]:
        for entry in entries:
            by.require_model(entry.key)
        drafts = []
        for number, entry in enumerate(entries):
            drafts.append(draft(entry, self._secrets, self._policies.manual_ttl))
            if number % _AT_ONCE == _AT_ONCE - 1:
                await asyncio.sleep(0)
        rows = await self._writer.set(drafts, by.name, expected_version)
        return [self._answers.outline(row) for row in rows]

    async def _look(self, namespace: str, key: str, by: Principal) -> Found | None:
        if not by.scope.covers_model(key):
            return None
        return (await self._reader.look([(namespace, key)])).get((namespace, key))
