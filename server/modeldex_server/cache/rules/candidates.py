"""The callers' entries that rules look at, read in pages, and what became of each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from google.protobuf.struct_pb2 import Struct
from psycopg import sql
from psycopg.rows import class_row

from modeldex.v1 import model_pb2
from modeldex_server.cache.rules.triggers import Trigger
from modeldex_server.store.database import Connection

_PAGE, _PAGE_WITH_VALUES = 1_000, 100  # entries; a value has up to 64 KiB
_TESTS = 500_000  # of a page: while they are made, some seconds, the transaction is idle

# In the order in which everybody locks entries.
_READ = """
SELECT e.namespace, e.key, e.entry_version, e.provider_id, e.model_version, e.tags, e.priority,
       extract(epoch FROM e.ttl)::float8 AS ttl_seconds, e.stale, e.access_count, length(e.value) AS size_bytes,
       e.created_at, e.updated_at, e.accessed_at, e.expires_at, clock_timestamp() AS now,
       CASE WHEN %(values)s THEN e.value END AS value, CASE WHEN %(metadata)s THEN e.metadata END AS struct
FROM {candidates}
WHERE e.expires_at > clock_timestamp()
ORDER BY e.namespace, e.key"""
_EVERY = sql.SQL(_READ).format(candidates=sql.SQL("cache_entry e"))
# Found by their indexes, and only then put in order.
_NAMED = sql.SQL("""
WITH named AS MATERIALIZED (
    SELECT namespace, key FROM cache_entry WHERE key = ANY(%(keys)s)
    UNION SELECT namespace, key FROM cache_entry WHERE provider_id = ANY(%(providers)s)
    UNION SELECT namespace, key FROM cache_entry WHERE tags && %(tags)s::text[]
)""") + sql.SQL(_READ).format(candidates=sql.SQL("named JOIN cache_entry e USING (namespace, key)"))


@dataclass(slots=True)
class Candidate:
    """An entry as it was read, and then as rules leave it."""

    namespace: str
    key: str
    entry_version: int
    provider_id: str
    model_version: int
    tags: list[str]
    priority: int
    ttl_seconds: float
    stale: bool
    access_count: int
    size_bytes: int
    created_at: datetime
    updated_at: datetime
    accessed_at: datetime | None
    expires_at: datetime
    now: datetime
    value: bytes | None
    struct: bytes | None
    deleted: bool = False
    changes: int = 0
    extended_seconds: float | None = None  # from now on
    _model: model_pb2.Model | None = field(default=None, init=False)
    _metadata: Struct | None = field(default=None, init=False)

    @property
    def age_seconds(self) -> float:
        """Since it was set or changed."""
        return (self.now - self.updated_at).total_seconds()

    @property
    def expires_in_seconds(self) -> float:
        """Until it expires."""
        return (self.expires_at - self.now).total_seconds()

    @property
    def idle_seconds(self) -> float:
        """Since it was read; where nobody has, since it was set first."""
        return (self.now - (self.accessed_at or self.created_at)).total_seconds()

    @property
    def model(self) -> model_pb2.Model:
        """Its value. Parsed once."""
        if self._model is None:
            self._model = model_pb2.Model.FromString(self.value or b"")
        return self._model

    @property
    def metadata(self) -> Struct:
        """What is not secret of its metadata. Parsed once."""
        if self._metadata is None:
            self._metadata = Struct.FromString(self.struct or b"")
        return self._metadata


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries may be needed: all of callers, or those that triggers are about, and what of them."""

    everything: bool
    keys: Collection[str] = ()
    providers: Collection[str] = ()
    tags: Collection[str] = ()
    values: bool = False
    metadata: bool = False

    @classmethod
    def by(cls, triggers: Sequence[Trigger], *, everything: bool, values: bool, metadata: bool) -> Wanted:
        """Those that some triggers are about; all of them where one is about all, or `everything`."""
        return cls(
            everything or any(trigger.kind == "all" for trigger in triggers),
            {key for trigger in triggers for key in trigger.keys},
            {trigger.target.provider_id for trigger in triggers if trigger.kind == "provider_id"},
            {tag for trigger in triggers for tag in trigger.target.tags.tags},
            values,
            metadata,
        )

    @property
    def nothing(self) -> bool:
        """Whether there can be none."""
        return not (self.everything or self.keys or self.providers or self.tags)

    @property
    def _parameters(self) -> Mapping[str, Any]:
        return {
            "keys": list(self.keys),
            "providers": list(self.providers),
            "tags": list(self.tags),
            "values": self.values,
            "metadata": self.metadata,
        }

    async def pages(self, connection: Connection, tests: int = 1) -> AsyncIterator[list[Candidate]]:
        """The entries that count, by namespace and key, within the transaction of the connection. `tests`: how many
        each of them takes."""
        if self.nothing:
            return
        size = min(_PAGE_WITH_VALUES if self.values else _PAGE, max(1, _TESTS // max(1, tests)))
        async with connection.cursor("candidates", row_factory=class_row(Candidate)) as cursor:
            await cursor.execute(_EVERY if self.everything else _NAMED, self._parameters)
            while page := await cursor.fetchmany(size):
                yield page
