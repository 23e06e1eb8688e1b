"""Sealing anew: after a rotation everything is sealed with the newest key, and what a new path makes secret is sealed,
so that a key can be taken out of the ring some day and nothing stays in the clear."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog
from google.protobuf.struct_pb2 import Struct
from psycopg.rows import class_row

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1.model_pb2 import Model
from modeldex_server.cache.entries import encryption_keys
from modeldex_server.cache.entries.secrets import Secrets
from modeldex_server.errors import ModeldexError
from modeldex_server.security.encryption import KeyMissing, SealBroken, Sealed
from modeldex_server.store.database import Database

log = structlog.get_logger()

_ROWS = 50  # at once: their locks are held, and the event loop is busy, for some milliseconds
_PAUSE, _AWAY = 0.05, 5.0  # seconds: between two slices, and where the store is away

# In the order in which everybody locks entries.
_SLICE = """
SELECT namespace, key, value, metadata, secrets, secret_key FROM cache_entry
WHERE (namespace, key) > (%(namespace)s COLLATE "C", %(key)s COLLATE "C") AND expires_at > clock_timestamp()
    AND (%(whole)s OR secret_key <> %(newest)s)
ORDER BY namespace, key
LIMIT %(rows)s
FOR UPDATE"""
# Copies of an entry whose clear part changes are of another version, and not used any more.
_WRITE = """
UPDATE cache_entry e
SET secrets = new.secrets, secret_key = new.secret_key, value = COALESCE(new.value, e.value),
    metadata = COALESCE(new.metadata, e.metadata),
    entry_version = CASE WHEN new.value IS NULL THEN e.entry_version ELSE nextval('cache_entry_version') END
FROM unnest(%(namespaces)s::text[], %(keys)s::text[], %(secrets)s::bytea[], %(secret_keys)s::text[],
            %(values)s::bytea[], %(metadata)s::bytea[])
    AS new(namespace, key, secrets, secret_key, value, metadata)
WHERE e.namespace = new.namespace AND e.key = new.key"""
_OTHERS = """
SELECT EXISTS (SELECT FROM cache_entry WHERE secret_key = ANY(%(ids)s) AND expires_at > clock_timestamp()) AS any"""


@dataclass(frozen=True, slots=True)
class _Row:
    namespace: str
    key: str
    value: bytes
    metadata: bytes
    secrets: bytes | None
    secret_key: str | None


@dataclass(frozen=True, slots=True)
class _Others:
    any: bool


class Resealer:
    """Seals anew what needs it, once after the start. On how many replicas it runs makes no difference."""

    def __init__(self, database: Database, secrets: Secrets) -> None:
        self._database = database
        self._secrets = secrets

    async def run(self) -> None:
        """Do it, however often the store is away meanwhile."""
        while True:
            try:
                if count := await self.reseal():
                    log.info("entries_sealed_anew", entries=count)
            except ModeldexError as error:
                log.warning("sealing_waits", why=error.message)
                await asyncio.sleep(_AWAY)
            else:
                return

    async def reseal(self) -> int:
        """Seal what is not sealed with the newest key, for the paths that are secret now; how many entries it was.

        Raises:
            StoreUnavailable, WriteContention: the rest is sealed the next time.
        """
        ring, paths = self._secrets.ring, self._secrets.paths.paths
        if ring is None:
            return 0
        whole = list(await encryption_keys.covered(self._database, ring)) != paths
        others = [key_id for key_id in ring.ids if key_id != ring.newest]
        if not whole and not (await self._database.rows(_Others, _OTHERS, {"ids": others}))[0].any:
            return 0
        count, last = 0, ("", "")
        while (step := await self._slice(last, ring.newest, whole=whole)) is not None:
            last, sealed = step
            count += sealed
            await asyncio.sleep(_PAUSE)
        if whole:
            await encryption_keys.cover(self._database, ring, paths)
        return count

    async def _slice(self, after: tuple[str, str], newest: str, *, whole: bool) -> tuple[tuple[str, str], int] | None:
        """The last entry of the next slice, and how many of it were sealed; None after the end."""
        namespace, key = after
        which = {"namespace": namespace, "key": key, "newest": newest, "whole": whole, "rows": _ROWS}
        async with self._database.connection() as connection, connection.transaction():
            cursor = connection.cursor(row_factory=class_row(_Row))
            rows = await (await cursor.execute(_SLICE, which)).fetchall()
            if not rows:
                return None
            sealed = [new for row in rows if (new := self._sealed_anew(row)) is not None]
            if sealed:
                await connection.execute(_WRITE, _columns(sealed))
        return (rows[-1].namespace, rows[-1].key), len(sealed)

    def _sealed_anew(self, row: _Row) -> tuple[object, ...] | None:
        """What is to be written of a row; None where nothing is."""
        entry = pb.CacheEntry(
            namespace=row.namespace,
            key=row.key,
            value=Model.FromString(row.value),
            metadata=Struct.FromString(row.metadata),
        )
        before = None if row.secrets is None else Sealed(row.secret_key or "", row.secrets)
        clear = entry.ByteSize()
        try:
            sealed = self._secrets.take(entry, before)
        except (KeyMissing, SealBroken) as error:
            # Its traceback says nothing more.
            log.error("secret_unreadable", namespace=row.namespace, key=row.key, why=str(error))  # noqa: TRY400
            return None
        if sealed is None:
            return None
        if entry.ByteSize() == clear:
            if before is not None and before.key_id == sealed.key_id:
                return None
            return row.namespace, row.key, sealed.data, sealed.key_id, None, None
        value, metadata = (part.SerializeToString(deterministic=True) for part in (entry.value, entry.metadata))
        return row.namespace, row.key, sealed.data, sealed.key_id, value, metadata


def _columns(rows: Iterable[Sequence[object]]) -> dict[str, list[object]]:
    names = ("namespaces", "keys", "secrets", "secret_keys", "values", "metadata")
    return {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
