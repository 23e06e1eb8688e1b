"""Rows of entries as the store holds them, and the bytes that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from google.protobuf.duration_pb2 import Duration
from psycopg import sql

from modeldex.v1 import cache_pb2 as pb
from modeldex_server.ledger.documents import stamp
from modeldex_server.security.encryption import Sealed
from modeldex_server.store.database import Database
from modeldex_server.wire import delimited, tag

EntryKey = tuple[str, str]
"""Namespace, key."""

# What makes an EntryRow beside its value, its metadata and its secrets.
STATE = sql.SQL("""
    e.namespace, e.key, e.entry_version, octet_length(e.value) AS size, e.tags, e.priority, e.ttl, e.stale,
    e.created_at, e.updated_at, e.expires_at, e.access_count, e.accessed_at, e.secret_key,
    EXTRACT(epoch FROM e.expires_at - clock_timestamp())::float8 AS remaining""")
# What makes an EntryRow with its value and without its secrets, also after RETURNING.
COLUMNS = sql.SQL("{}, e.value, e.metadata").format(STATE)
# The same, value, metadata and secrets only where they are wanted. `known`: the version of a value that is at hand.
_READ = sql.SQL("""
SELECT {},
       CASE WHEN %(values)s AND e.entry_version <> wanted.known THEN e.value END AS value,
       CASE WHEN %(values)s AND e.entry_version <> wanted.known THEN e.metadata ELSE '' END AS metadata,
       CASE WHEN %(secrets)s THEN e.secrets END AS secrets
FROM unnest(%(namespaces)s::text[], %(keys)s::text[], %(known)s::bigint[]) AS wanted(namespace, key, known)
JOIN cache_entry e ON e.namespace = wanted.namespace AND e.key = wanted.key
WHERE e.expires_at > clock_timestamp()""").format(STATE)

_VALUE, _METADATA = tag(pb.CacheEntry, "value"), tag(pb.CacheEntry, "metadata")
_NONE = 0  # no entry has this version


# Not frozen, for that would double the time it takes to read one; nobody changes it.
@dataclass(slots=True, kw_only=True)
class EntryRow:
    """An entry that had not expired when it was looked at. Times are those of the database."""

    namespace: str
    key: str
    entry_version: int
    size: int  # bytes of the value
    tags: list[str]
    priority: int
    ttl: timedelta
    stale: bool
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    remaining: float  # seconds
    access_count: int
    accessed_at: datetime | None
    secret_key: str | None
    value: bytes | None  # Model; None where it was not wanted
    metadata: bytes  # Struct
    secrets: bytes | None = None  # None where they were not wanted, too

    @property
    def name(self) -> EntryKey:
        """Under which it is stored."""
        return self.namespace, self.key

    @property
    def weight(self) -> int:
        """Bytes that it takes where it is sent, about."""
        return len(self.value or b"") + len(self.metadata) + len(self.secrets or b"")

    @property
    def sealed(self) -> Sealed | None:
        """Its secrets, where there are any and they were wanted."""
        return None if self.secrets is None else Sealed(self.secret_key or "", self.secrets)

    @property
    def data(self) -> bytes:
        """The bytes of its `CacheEntry`, the same for each replica and for ever: without what comes and goes, which is
        appended when it is answered, and without secrets."""
        return self.outline if self.value is None else self.outline + delimited(_VALUE, self.value)

    @property
    def outline(self) -> bytes:
        """The same without its value."""
        head = pb.CacheEntry(
            namespace=self.namespace,
            key=self.key,
            entry_version=self.entry_version,
            ttl=duration(self.ttl),
            tags=self.tags,
            priority=self.priority,
            create_time=stamp(self.created_at),
            update_time=stamp(self.updated_at),
            expire_time=stamp(self.expires_at),
            size_bytes=self.size,
        ).SerializeToString(deterministic=True)
        return head + delimited(_METADATA, self.metadata) if self.metadata else head


def duration(span: timedelta) -> Duration:
    """A span as a Duration."""
    message = Duration()
    message.FromTimedelta(span)
    return message


async def read(
    database: Database,
    keys: Sequence[EntryKey],
    *,
    known: Sequence[int] | None = None,
    values: bool = True,
    secrets: bool = False,
) -> dict[EntryKey, EntryRow]:
    """Those of the entries that there are now, in one statement.

    Args:
        database: where they are.
        keys: of the entries.
        known: the versions whose values are at hand and are not read again, one for each key; 0 for none.
        values: whether to read values and metadata at all.
        secrets: whether to read sealed secrets.

    Raises:
        StoreUnavailable.
    """
    parameters = {
        "namespaces": [namespace for namespace, _ in keys],
        "keys": [key for _, key in keys],
        "known": [_NONE] * len(keys) if known is None else list(known),
        "values": values,
        "secrets": secrets,
    }
    return {row.name: row for row in await database.rows(EntryRow, _READ, parameters)}
