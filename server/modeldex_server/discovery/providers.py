"""Providers as they are read: who serves models, and how discovery stands with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from modeldex.v1 import provider_pb2 as pb
from modeldex_server.errors import ProviderNotFound
from modeldex_server.ledger.documents import stamp
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Database

# Known: it has a live model, or a source lists or listed it, or its own source is configured.
_KNOWN = """(live_models > 0 OR id = ANY(%(own)s)
     OR EXISTS (SELECT FROM provider_source known WHERE known.provider_id = provider.id))"""
_SEEN = "(%(seen)s::text[] IS NULL OR id = ANY(%(seen)s))"
_PAGE = f"""
SELECT provider.id, display_name, documentation_uri, api_uri, status, live_models,
       (SELECT revision FROM ledger_head) AS head, sources.ids AS source_ids, sources.succeeded_at, sources.errors
FROM (
    SELECT * FROM provider
    WHERE {_KNOWN} AND {_SEEN} AND id > %(after)s AND (%(id)s::text IS NULL OR id = %(id)s)
        AND (%(statuses)s::smallint[] IS NULL OR status = ANY(%(statuses)s))
    ORDER BY id
    LIMIT %(limit)s
) provider
LEFT JOIN LATERAL (
    SELECT array_agg(source_id ORDER BY source_id) AS ids, max(succeeded_at) AS succeeded_at,
           array_agg(error ORDER BY own DESC, ended_at DESC) FILTER (WHERE error IS NOT NULL) AS errors
    FROM provider_source WHERE provider_id = provider.id
) sources ON true
ORDER BY provider.id"""  # noqa: S608 - of constants of ours
_COUNT = f"""
SELECT count(*) AS number FROM provider
WHERE {_KNOWN} AND {_SEEN} AND (%(statuses)s::smallint[] IS NULL OR status = ANY(%(statuses)s))"""  # noqa: S608
_HEAD = "SELECT revision AS number FROM ledger_head"


@dataclass(frozen=True, slots=True)
class ProviderPage:
    """A page of providers, ordered by id."""

    providers: Sequence[pb.Provider]
    next_id: str  # the id that the next page begins after; empty on the last one
    total_size: int | None
    revision: int


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    display_name: str
    documentation_uri: str
    api_uri: str
    status: int
    live_models: int
    head: int
    source_ids: list[str] | None
    succeeded_at: datetime | None
    errors: list[bytes] | None


@dataclass(frozen=True, slots=True)
class _Number:
    number: int


class Providers:
    """Reads providers. `own_sources`: provider id -> the source that asks it itself."""

    def __init__(self, database: Database, own_sources: Mapping[str, str]) -> None:
        self._database = database
        self._own = own_sources

    async def get(self, provider_id: str, scope: Scope) -> tuple[pb.Provider, int]:
        """One provider, and the revision that it is current through.

        Raises:
            ProviderNotFound: also for one outside of the scope, in no other words.
            StoreUnavailable.
        """
        rows = await self._rows(provider_id=provider_id, scope=scope, limit=1)
        if not rows:
            raise ProviderNotFound(provider_id)
        return self._provider(rows[0]), rows[0].head

    async def page(self, *, after: str, size: int, statuses: Sequence[int], count: bool, scope: Scope) -> ProviderPage:
        """The providers of a scope that follow an id.

        Raises:
            StoreUnavailable.
        """
        rows = await self._rows(after=after, statuses=statuses, scope=scope, limit=size + 1)
        shown = rows[:size]
        return ProviderPage(
            providers=[self._provider(row) for row in shown],
            next_id=shown[-1].id if len(rows) > size else "",
            total_size=await self._number(_COUNT, statuses, scope) if count else None,
            revision=rows[0].head if rows else await self._number(_HEAD, (), scope),
        )

    async def _rows(
        self, *, provider_id: str | None = None, after: str = "", statuses: Sequence[int] = (), scope: Scope, limit: int
    ) -> list[_Row]:
        parameters = {
            "own": list(self._own),
            "seen": scope.listed,
            "id": provider_id,
            "after": after,
            "statuses": list(statuses) or None,
            "limit": limit,
        }
        return await self._database.rows(_Row, _PAGE, parameters)

    async def _number(self, query: str, statuses: Sequence[int], scope: Scope) -> int:
        parameters = {"own": list(self._own), "seen": scope.listed, "statuses": list(statuses) or None}
        rows = await self._database.rows(_Number, query, parameters)
        return rows[0].number

    def _provider(self, row: _Row) -> pb.Provider:
        own = self._own.get(row.id, "")
        sources = set(row.source_ids or ()) | ({own} if own else set())
        return pb.Provider(
            id=row.id,
            display_name=row.display_name or row.id,
            status=row.status,  # type: ignore[arg-type] # stored from the enum
            source_ids=sorted(sources),
            own_source_id=own,
            model_count=row.live_models,
            documentation_uri=row.documentation_uri,
            api_uri=row.api_uri,
            last_refresh_time=stamp(row.succeeded_at) if row.succeeded_at else None,
            last_error=pb.RefreshError.FromString(row.errors[0]) if row.errors else None,
        )
