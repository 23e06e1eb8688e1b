"""The audit trail as it is read: page by page, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg import sql

from modeldex.v1 import history_pb2 as pb
from modeldex.v1 import history_service_pb2 as api
from modeldex_server.ledger.documents import stamp
from modeldex_server.security.scope import Scope
from modeldex_server.store.database import Database

# Composed of the conditions that a request has, so that each finds its index. What is refused has the name of its
# reason, in capitals; what was done has a word.
_PAGE = sql.SQL("""
SELECT id, at, principal, authentication, peer, method, resource, provider_id, request_id, outcome, before_version,
       after_version, revision, reason
FROM audit_event
WHERE {conditions}
ORDER BY id DESC
LIMIT %(size)s + 1""")
_ALL = sql.SQL("true")
_CONDITIONS = {
    "after": sql.SQL("id < %(after)s"),
    "principal": sql.SQL("principal = %(principal)s"),
    "methods": sql.SQL("method = ANY(%(methods)s)"),
    "resource": sql.SQL("resource = %(resource)s"),
    "provider_id": sql.SQL("provider_id <> '' AND provider_id = %(provider_id)s"),
    "outcomes": sql.SQL("outcome = ANY(%(outcomes)s)"),
    "refused": sql.SQL("outcome <> lower(outcome)"),
    "start": sql.SQL("at >= %(start)s"),
    "end": sql.SQL("at < %(end)s"),
    "request_id": sql.SQL("request_id <> '' AND request_id = %(request_id)s"),
    "scope": sql.SQL("provider_id <> '' AND provider_id = ANY(%(scope)s)"),
}


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    at: datetime
    principal: str
    authentication: int
    peer: str
    method: str
    resource: str
    provider_id: str
    request_id: str
    outcome: str
    before_version: int | None
    after_version: int | None
    revision: int | None
    reason: str

    def message(self) -> pb.AuditEvent:
        return pb.AuditEvent(
            number=self.id,
            time=stamp(self.at),
            principal=self.principal,
            authentication=self.authentication,  # type: ignore[arg-type] # a number of the enum
            peer=self.peer,
            method=self.method,
            resource=self.resource,
            provider_id=self.provider_id,
            request_id=self.request_id,
            outcome=self.outcome,
            before_version=self.before_version or 0,
            after_version=self.after_version or 0,
            revision=self.revision or 0,
            reason=self.reason,
        )


class AuditEvents:
    """Reads the audit trail, straight from the store. Who may not see all providers sees what is about one of those
    that it may see."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, request: api.ListAuditEventsRequest, scope: Scope, *, after: int | None, size: int
    ) -> tuple[Sequence[pb.AuditEvent], int | None]:
        """The newest, or those before the number `after`; and the number that the next page is after, None on the last.

        Raises:
            StoreUnavailable.
        """
        given = _given(request, scope) | ({} if after is None else {"after": after})
        conditions = sql.SQL(" AND ").join([_CONDITIONS[name] for name in given] or [_ALL])
        query = _PAGE.format(conditions=conditions)
        rows = await self._database.rows(_Row, query, given | {"size": size})
        page = rows[:size]
        return [row.message() for row in page], page[-1].id if len(rows) > size else None


def _given(request: api.ListAuditEventsRequest, scope: Scope) -> dict[str, Any]:
    """What the request asks for, by the names of its conditions."""
    asked: dict[str, Any] = {
        "principal": request.principal,
        "methods": list(request.methods),
        "resource": request.resource,
        "provider_id": request.provider_id,
        "outcomes": list(request.outcomes),
        "refused": request.refused_only,
        "start": request.start_time.ToDatetime(UTC) if request.HasField("start_time") else None,
        "end": request.end_time.ToDatetime(UTC) if request.HasField("end_time") else None,
        "request_id": request.request_id,
    }
    given = {name: value for name, value in asked.items() if value}
    return given if scope.listed is None else given | {"scope": scope.listed}
