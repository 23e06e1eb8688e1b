"""What discovery keeps beside the ledger: sources, what became of refreshes, provider names, missed listings."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from modeldex.v1 import provider_pb2 as pb
from modeldex.v1.discovery_service_pb2 import RefreshResult
from modeldex_server.discovery.comparison import Known
from modeldex_server.discovery.sources.source import Source
from modeldex_server.security.scope import EVERYTHING, Scope
from modeldex_server.store.database import Database

_REGISTER = """
INSERT INTO source (id, kind, provider_id) VALUES (%(id)s, %(kind)s, %(provider_id)s)
ON CONFLICT (id) DO UPDATE SET kind = EXCLUDED.kind, provider_id = EXCLUDED.provider_id
WHERE (source.kind, source.provider_id) IS DISTINCT FROM (EXCLUDED.kind, EXCLUDED.provider_id)"""
_SOURCES = """
SELECT id, kind, provider_id, started_at, ended_at, succeeded_at, next_at, error,
       lease_until > clock_timestamp() AS refreshing, next_at <= clock_timestamp() AS due,
       (SELECT count(*) FROM source_listing
        WHERE source_id = source.id AND (%(seen)s::text[] IS NULL OR provider_id = ANY(%(seen)s))) AS model_count
FROM source
WHERE id = ANY(%(ids)s) AND (%(seen)s::text[] IS NULL OR provider_id = '' OR provider_id = ANY(%(seen)s))
ORDER BY id"""
_DUE = """
SELECT id FROM source
WHERE id = ANY(%(ids)s) AND next_at <= clock_timestamp() AND lease_until < clock_timestamp()"""
_END = """
UPDATE source
SET ended_at = clock_timestamp(), error = %(error)s, next_at = clock_timestamp() + %(wait)s,
    succeeded_at = CASE WHEN %(error)s::bytea IS NULL THEN clock_timestamp() ELSE succeeded_at END
WHERE id = %(id)s"""
_KNOWN = """
SELECT model_id, provider_id, raw_hash, missed FROM source_listing
WHERE source_id = %(source_id)s AND (%(providers)s::text[] IS NULL OR provider_id = ANY(%(providers)s))"""
_MISSED = """
UPDATE source_listing SET missed = missed + 1 WHERE source_id = %(source_id)s AND model_id = ANY(%(ids)s)"""
_SEEN = "UPDATE source_listing SET missed = 0 WHERE source_id = %(source_id)s AND model_id = ANY(%(ids)s)"
_NAME_PROVIDERS = """
INSERT INTO provider (id, display_name, documentation_uri, api_uri)
SELECT id, display_name, documentation_uri, api_uri
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row(id text, display_name text, documentation_uri text, api_uri text)
ORDER BY id
ON CONFLICT (id) DO UPDATE
SET display_name = COALESCE(NULLIF(EXCLUDED.display_name, ''), provider.display_name),
    documentation_uri = COALESCE(NULLIF(EXCLUDED.documentation_uri, ''), provider.documentation_uri),
    api_uri = COALESCE(NULLIF(EXCLUDED.api_uri, ''), provider.api_uri)"""
_ENSURE_PROVIDERS = """
INSERT INTO provider (id) SELECT id FROM unnest(%(ids)s::text[]) AS one(id) ORDER BY id ON CONFLICT (id) DO NOTHING"""
_FIRST_STATUSES = "UPDATE provider SET status = 1 WHERE id = ANY(%(ids)s)"
_NAMES = "SELECT id, display_name, documentation_uri, api_uri, status, availability FROM provider"
_RESULTS = """
INSERT INTO provider_source (provider_id, source_id, own, ended_at, succeeded_at, result, error)
SELECT provider_id, %(source_id)s, %(own)s, clock_timestamp(), CASE WHEN error IS NULL THEN clock_timestamp() END,
       decode(result, 'base64'), decode(error, 'base64')
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row(provider_id text, result text, error text)
ORDER BY provider_id
ON CONFLICT (provider_id, source_id) DO UPDATE
SET own = EXCLUDED.own, ended_at = EXCLUDED.ended_at, result = EXCLUDED.result, error = EXCLUDED.error,
    succeeded_at = COALESCE(EXCLUDED.succeeded_at, provider_source.succeeded_at)"""
_REFRESHED_BY = """
SELECT provider_id, source_id, own, ended_at, succeeded_at, result, error FROM provider_source
WHERE %(source_id)s::text IS NULL OR source_id = %(source_id)s"""
_TO_UNLIST = """
SELECT id AS model_id FROM model
WHERE provider_id = %(provider_id)s AND live AND NOT private AND NOT unlisted AND NOT (id = ANY(%(listed)s))"""
_NOW = "SELECT clock_timestamp() AS now"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """How a source is."""

    id: str
    kind: str
    provider_id: str
    started_at: datetime | None
    ended_at: datetime | None
    succeeded_at: datetime | None
    next_at: datetime
    error: bytes | None
    refreshing: bool
    due: bool
    model_count: int


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """What is kept of a provider."""

    id: str
    display_name: str
    documentation_uri: str
    api_uri: str
    status: int
    availability: int


@dataclass(frozen=True, slots=True)
class RefreshRow:
    """How the last refresh of a provider by a source ended."""

    provider_id: str
    source_id: str
    own: bool
    ended_at: datetime
    succeeded_at: datetime | None
    result: bytes
    error: bytes | None


@dataclass(frozen=True, slots=True)
class _Id:
    id: str


@dataclass(frozen=True, slots=True)
class _ModelId:
    model_id: str


@dataclass(frozen=True, slots=True)
class _Now:
    now: datetime


class Records:
    """Reads and writes these tables. Every method raises StoreUnavailable where the store is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def register(self, sources: Iterable[Source]) -> None:
        """Make known which sources there are."""
        for source in sources:
            values = {"id": source.id, "kind": source.kind, "provider_id": source.provider_id or ""}
            await self._database.execute(_REGISTER, values)

    async def sources(self, ids: Sequence[str], scope: Scope = EVERYTHING) -> list[SourceRow]:
        """How sources are: catalogues, and the own sources of providers in a scope. Only its models are counted."""
        return await self._database.rows(SourceRow, _SOURCES, {"ids": list(ids), "seen": scope.listed})

    async def due(self, ids: Sequence[str]) -> list[str]:
        """The sources to refresh now."""
        return [row.id for row in await self._database.rows(_Id, _DUE, {"ids": list(ids)})]

    async def end(self, source_id: str, error: pb.RefreshError | None, wait: timedelta) -> None:
        """A refresh of a source ended; the next is due after the wait."""
        values = {"id": source_id, "error": error.SerializeToString() if error else None, "wait": wait}
        await self._database.execute(_END, values)

    async def known(self, source_id: str, providers: Sequence[str] | None) -> list[Known]:
        """What a source said at its last refresh."""
        providers = None if providers is None else list(providers)
        return await self._database.rows(Known, _KNOWN, {"source_id": source_id, "providers": providers})

    async def count_missed(self, source_id: str, missed: Sequence[str], seen_again: Sequence[str]) -> None:
        """A complete listing lacked some models, and had others again."""
        for statement, ids in ((_MISSED, missed), (_SEEN, seen_again)):
            if ids:
                async with self._database.connection() as connection:
                    await connection.execute(statement, {"source_id": source_id, "ids": list(ids)})

    async def providers(self) -> dict[str, ProviderRow]:
        """All that is kept of providers."""
        return {row.id: row for row in await self._database.rows(ProviderRow, _NAMES)}

    async def name_providers(self, providers: Iterable[pb.Provider]) -> None:
        """Keep what a source says of providers; where it says nothing, what was said before stays."""
        rows = [
            {
                "id": provider.id,
                "display_name": provider.display_name,
                "documentation_uri": provider.documentation_uri,
                "api_uri": provider.api_uri,
            }
            for provider in providers
        ]
        await self._database.execute(_NAME_PROVIDERS, {"rows": json.dumps(rows)})

    async def ensure_providers(self, ids: Sequence[str]) -> None:
        """Make rows for providers that have none."""
        await self._database.execute(_ENSURE_PROVIDERS, {"ids": list(ids)})

    async def keep_first_statuses(self, ids: Sequence[str]) -> None:
        """Providers work from their first refresh on, which nobody needs to be told beside their coming."""
        if ids:
            await self._database.execute(_FIRST_STATUSES, {"ids": list(ids)})

    async def refreshes(self, source_id: str | None = None) -> list[RefreshRow]:
        """How the last refreshes ended, by one source or by all."""
        return await self._database.rows(RefreshRow, _REFRESHED_BY, {"source_id": source_id})

    async def complete(self) -> frozenset[str]:
        """The own sources of providers that have given a complete listing."""
        return frozenset(row.source_id for row in await self.refreshes() if row.own and row.succeeded_at is not None)

    async def keep_results(self, source: Source, results: Mapping[str, RefreshResult]) -> None:
        """Keep how a refresh ended for each provider."""
        rows: list[dict[str, Any]] = [
            {
                "provider_id": provider_id,
                "result": _text(result.SerializeToString()),
                "error": _text(result.errors[0].SerializeToString()) if result.errors else None,
            }
            for provider_id, result in results.items()
        ]
        own = source.provider_id is not None
        await self._database.execute(_RESULTS, {"source_id": source.id, "own": own, "rows": json.dumps(rows)})

    async def to_unlist(self, provider_id: str, listed: Sequence[str]) -> list[str]:
        """Models that only catalogues list, now that the provider's own source has given a complete listing."""
        values = {"provider_id": provider_id, "listed": list(listed)}
        return [row.model_id for row in await self._database.rows(_ModelId, _TO_UNLIST, values)]

    async def now(self) -> datetime:
        """The store's clock."""
        return (await self._database.rows(_Now, _NOW))[0].now


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")
