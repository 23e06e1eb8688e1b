"""Leases: one replica at a time works on a source, and a late one cannot write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from modeldex_server.store.database import Database

_TAKE = """
UPDATE source
SET lease_holder = %(holder)s, lease_fencing = lease_fencing + 1, lease_until = clock_timestamp() + %(span)s,
    started_at = clock_timestamp()
WHERE id = %(source_id)s AND (lease_until < clock_timestamp() OR lease_holder = '')
RETURNING id AS source_id, lease_fencing AS fencing"""
_RENEW = """
UPDATE source SET lease_until = clock_timestamp() + %(span)s
WHERE id = %(source_id)s AND lease_fencing = %(fencing)s AND lease_holder <> ''"""
_RELEASE = """
UPDATE source SET lease_holder = '', lease_until = 'epoch'
WHERE id = %(source_id)s AND lease_fencing = %(fencing)s"""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to refresh a source. The ledger writes a refresh only under the newest fencing number."""

    source_id: str
    fencing: int


class Leases:
    """Leases of sources, for one replica. Times are the database's, so clocks of replicas do not matter."""

    def __init__(self, database: Database, *, holder: str, span: timedelta) -> None:
        self._database = database
        self._holder = holder
        self._span = span

    async def take(self, source_id: str) -> Lease | None:
        """The lease, or None while another replica holds it."""
        parameters = {"holder": self._holder, "span": self._span, "source_id": source_id}
        leases = await self._database.rows(Lease, _TAKE, parameters)
        return leases[0] if leases else None

    async def renew(self, lease: Lease) -> bool:
        """Hold it for another span; False if it was lost."""
        parameters = {"span": self._span, "source_id": lease.source_id, "fencing": lease.fencing}
        return bool(await self._database.execute(_RENEW, parameters))

    async def release(self, lease: Lease) -> None:
        """Give it back. Nothing happens where it was lost."""
        await self._database.execute(_RELEASE, {"source_id": lease.source_id, "fencing": lease.fencing})
