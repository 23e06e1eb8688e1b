"""Access counts: how often entries are read, counted in memory and added to what all replicas counted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import NoReturn

import structlog

from modeldex_server.cache.entries.rows import EntryKey
from modeldex_server.errors import ModeldexError
from modeldex_server.store.database import Database

log = structlog.get_logger()

_EVERY = 5.0  # seconds
_MOST = 100_000  # entries that are counted until the next flush; reads of more are not
_AT_ONCE = 1000  # rows that one statement locks

# Locked in the order in which everybody locks entries. It changes nothing that an entry's version stands for.
_ADD = """
WITH counted AS MATERIALIZED (
    SELECT e.namespace, e.key, read.count, read.seconds
    FROM unnest(%(namespaces)s::text[], %(keys)s::text[], %(counts)s::bigint[], %(seconds)s::float8[])
        AS read(namespace, key, count, seconds)
    JOIN cache_entry e ON e.namespace = read.namespace AND e.key = read.key
    ORDER BY e.namespace, e.key
    FOR NO KEY UPDATE OF e
)
UPDATE cache_entry e
SET access_count = e.access_count + counted.count,
    accessed_at = GREATEST(e.accessed_at, to_timestamp(counted.seconds))
FROM counted
WHERE e.namespace = counted.namespace AND e.key = counted.key"""


@dataclass(slots=True)
class _Reads:
    count: int
    at: float  # the last one, in seconds since 1970


class Touches:
    """Counts reads of entries. To be touched from the event loop only."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending: dict[EntryKey, _Reads] = {}

    def add(self, key: EntryKey, at: float) -> None:
        """An entry was read, `at` seconds since 1970."""
        reads = self._pending.get(key)
        if reads is not None:
            reads.count += 1
            reads.at = at
        elif len(self._pending) < _MOST:
            self._pending[key] = _Reads(1, at)

    def pending(self, key: EntryKey) -> tuple[int, float]:
        """The reads of an entry that the store has not heard of, and when the last one was; (0, 0) for none."""
        reads = self._pending.get(key)
        return (0, 0.0) if reads is None else (reads.count, reads.at)

    def forget(self, keys: Iterable[EntryKey]) -> None:
        """Entries were deleted; the reads of them are no reads of what comes after."""
        for key in keys:
            self._pending.pop(key, None)

    async def flush(self) -> None:
        """Tell the store.

        Raises:
            StoreUnavailable, WriteContention: what it has not heard is told the next time.
        """
        while self._pending:
            taken = dict(islice(self._pending.items(), _AT_ONCE))
            for key in taken:
                del self._pending[key]
            try:
                await self._database.execute(_ADD, _columns(taken))
            except BaseException:
                self._put_back(taken)
                raise

    async def run(self) -> NoReturn:
        """Do so every 5 seconds until cancelled; an outage of the store is waited out."""
        while True:
            await asyncio.sleep(_EVERY)
            try:
                await self.flush()
            except ModeldexError as error:
                log.warning("access_counts_wait", why=error.message)

    def _put_back(self, taken: dict[EntryKey, _Reads]) -> None:
        for key, reads in taken.items():
            newer = self._pending.get(key)
            if newer is not None:
                newer.count += reads.count
            else:
                self._pending[key] = reads


def _columns(reads: dict[EntryKey, _Reads]) -> dict[str, list[object]]:
    return {
        "namespaces": [namespace for namespace, _ in reads],
        "keys": [key for _, key in reads],
        "counts": [one.count for one in reads.values()],
        "seconds": [one.at for one in reads.values()],
    }
