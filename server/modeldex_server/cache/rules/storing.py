"""Rules as they are stored: created, read, changed and deleted. Every version of every rule is kept."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row

from modeldex.v1 import cache_pb2
from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.events import CacheEvents
from modeldex_server.errors import RequestIdReused, RuleNotFound, TooManyRules, VersionMismatch
from modeldex_server.ledger import statements
from modeldex_server.ledger.changes import RequestKey
from modeldex_server.ledger.documents import stamp
from modeldex_server.security.origin import audited, carried_through, replayed
from modeldex_server.security.principals import Principal
from modeldex_server.store.database import Connection, Database

# What a caller says of a rule. The rest is the server's.
_SAID = ("name", "strategy", "conditions", "actions", "enabled", "priority", "dry_run")

# One at a time, so that the limit is one. Held until the end of the transaction.
_QUEUE = "SELECT pg_advisory_xact_lock(hashtextextended('invalidation rules', 0))"
_HELD = "SELECT count(*) FROM invalidation_rule"
_COLUMNS = "id, version, rule, enabled, priority, principal, created_at, updated_at, fire_count, fired_at"
_READ = f"SELECT {_COLUMNS} FROM invalidation_rule WHERE id = %(id)s"  # noqa: S608 - of a constant of ours
_LOCK = _READ + " FOR UPDATE"
# Those that are applied first come first.
_LIST = f"""
SELECT {_COLUMNS} FROM invalidation_rule WHERE enabled OR NOT %(enabled_only)s ORDER BY priority DESC, id"""  # noqa: S608 - as above
_INSERT = f"""
INSERT INTO invalidation_rule (id, version, rule, enabled, priority, principal)
VALUES (%(id)s, 1, %(rule)s, %(enabled)s, %(priority)s, %(principal)s)
RETURNING {_COLUMNS}"""  # noqa: S608 - as above
_UPDATE = f"""
UPDATE invalidation_rule
SET version = version + 1, rule = %(rule)s, enabled = %(enabled)s, priority = %(priority)s, principal = %(principal)s,
    updated_at = clock_timestamp()
WHERE id = %(id)s
RETURNING {_COLUMNS}"""  # noqa: S608 - as above
_DELETE = "DELETE FROM invalidation_rule WHERE id = %(id)s"
_KEEP_VERSION = """
INSERT INTO invalidation_rule_version (rule_id, version, rule, principal)
VALUES (%(id)s, %(version)s, %(rule)s, %(principal)s)"""
_ENABLED = "SELECT id, version FROM invalidation_rule WHERE enabled ORDER BY priority DESC, id"
_SOME = f"SELECT {_COLUMNS} FROM invalidation_rule WHERE id = ANY(%(ids)s)"  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A row of `invalidation_rule`."""

    id: str
    version: int
    rule: bytes
    enabled: bool
    priority: int
    principal: str
    created_at: datetime
    updated_at: datetime
    fire_count: int
    fired_at: datetime | None

    def message(self) -> pb.InvalidationRule:
        """It as callers see it."""
        rule = pb.InvalidationRule.FromString(self.rule)
        rule.id, rule.version, rule.principal, rule.fire_count = self.id, self.version, self.principal, self.fire_count
        rule.create_time.CopyFrom(stamp(self.created_at))
        rule.update_time.CopyFrom(stamp(self.updated_at))
        if self.fired_at is not None:
            rule.last_fire_time.CopyFrom(stamp(self.fired_at))
        return rule


class Rules:
    """The stored rules. Everything here raises ProviderDenied where the caller has a right to some providers only, and
    StoreUnavailable or WriteContention where it cannot be done."""

    def __init__(
        self,
        database: Database,
        events: CacheEvents,
        *,
        most: int,
        new_id: Callable[[], str] = lambda: f"rule_{uuid.uuid4().hex}",
    ) -> None:
        """`most`: how many there may be."""
        self._database = database
        self._events = events
        self._most = most
        self._new_id = new_id

    async def create(
        self, rule: pb.InvalidationRule, by: Principal, request: RequestKey | None = None
    ) -> pb.InvalidationRule:
        """Create one, which has no problems.

        Raises:
            TooManyRules, RequestIdReused.
        """
        by.require_every_provider()
        return await carried_through(by.name, self._create(rule, by, request))

    async def _create(
        self, rule: pb.InvalidationRule, by: Principal, request: RequestKey | None
    ) -> pb.InvalidationRule:
        values = _values(rule, self._new_id(), by)
        async with self._database.connection() as connection, connection.transaction():
            await connection.execute(_QUEUE)
            if request and (before := await _answered_before(connection, by, request)) is not None:
                replayed(by.name)
                return before
            await self._require_room(connection)
            row = await _one(connection, _INSERT, values)
            assert row is not None  # it was just made
            await connection.execute(_KEEP_VERSION, values | {"version": 1})
            await _audit(connection, by, "CreateInvalidationRule", row.id, None, 1, request, row.message())
        audited(by.name)
        self._events.rule(cache_pb2.CACHE_EVENT_KIND_RULE_CREATED, row.message())
        return row.message()

    async def get(self, rule_id: str, by: Principal) -> pb.InvalidationRule:
        """One of them. Raises RuleNotFound."""
        by.require_every_provider()
        rows = await self._database.rows(RuleRow, _READ, {"id": rule_id})
        if not rows:
            raise RuleNotFound(rule_id)
        return rows[0].message()

    async def list(self, by: Principal, *, enabled_only: bool = False) -> list[pb.InvalidationRule]:
        """All of them, in the order in which they are applied."""
        by.require_every_provider()
        rows = await self._database.rows(RuleRow, _LIST, {"enabled_only": enabled_only})
        return [row.message() for row in rows]

    async def update(
        self, rule_id: str, rule: pb.InvalidationRule, by: Principal, expected: int | None = None
    ) -> pb.InvalidationRule:
        """Change one, whole, to what has no problems. Once it returns no older version fires.

        Raises:
            RuleNotFound, VersionMismatch.
        """
        by.require_every_provider()
        return await carried_through(by.name, self._update(rule_id, rule, by, expected))

    async def _update(
        self, rule_id: str, rule: pb.InvalidationRule, by: Principal, expected: int | None
    ) -> pb.InvalidationRule:
        values = _values(rule, rule_id, by)
        async with self._database.connection() as connection, connection.transaction():
            row = old = await _locked(connection, rule_id, expected)
            if old.rule != values["rule"]:
                changed = await _one(connection, _UPDATE, values)
                assert changed is not None  # it is locked
                row = changed
                await connection.execute(_KEEP_VERSION, values | {"version": row.version})
            await _audit(connection, by, "UpdateInvalidationRule", rule_id, old.version, row.version)
        audited(by.name)
        if row is not old:
            self._events.rule(cache_pb2.CACHE_EVENT_KIND_RULE_UPDATED, row.message())
        return row.message()

    async def delete(self, rule_id: str, by: Principal, expected: int | None = None) -> None:
        """Delete one; its versions stay. Once it returns it does not fire.

        Raises:
            RuleNotFound, VersionMismatch.
        """
        by.require_every_provider()
        await carried_through(by.name, self._delete(rule_id, by, expected))

    async def _delete(self, rule_id: str, by: Principal, expected: int | None) -> None:
        async with self._database.connection() as connection, connection.transaction():
            row = await _locked(connection, rule_id, expected)
            last = {"id": rule_id, "version": row.version + 1, "rule": None, "principal": by.name}
            await connection.execute(_DELETE, last)
            await connection.execute(_KEEP_VERSION, last)
            await _audit(connection, by, "DeleteInvalidationRule", rule_id, row.version, row.version + 1)
        audited(by.name)
        self._events.rule(cache_pb2.CACHE_EVENT_KIND_RULE_DELETED, row.message())

    async def _require_room(self, connection: Connection) -> None:
        ((held,),) = await (await connection.execute(_HELD)).fetchall()
        if held >= self._most:
            raise TooManyRules(self._most)


async def enabled(connection: Connection) -> list[tuple[str, int]]:
    """The id and the version of each rule that counts, in the order in which they are applied."""
    return [(rule_id, version) for rule_id, version in await (await connection.execute(_ENABLED)).fetchall()]


async def read(connection: Connection, ids: list[str]) -> list[pb.InvalidationRule]:
    """Some rules as they are now."""
    cursor = connection.cursor(row_factory=class_row(RuleRow))
    return [row.message() for row in await (await cursor.execute(_SOME, {"ids": ids})).fetchall()]


def said(rule: pb.InvalidationRule) -> pb.InvalidationRule:
    """What a caller says of a rule, with its defaults, and nothing that only the server sets."""
    whole = pb.InvalidationRule()
    whole.CopyFrom(rule)
    for field in [field.name for field, _ in rule.ListFields() if field.name not in _SAID]:
        whole.ClearField(field)  # type: ignore[arg-type] # names of its fields
    whole.DiscardUnknownFields()
    whole.enabled = rule.enabled or not rule.HasField("enabled")
    return whole


def _values(rule: pb.InvalidationRule, rule_id: str, by: Principal) -> dict[str, Any]:
    whole = said(rule)
    return {
        "id": rule_id,
        "rule": whole.SerializeToString(deterministic=True),
        "enabled": whole.enabled,
        "priority": whole.priority,
        "principal": by.name,
    }


async def _one(connection: Connection, query: str, parameters: dict[str, Any]) -> RuleRow | None:
    cursor = connection.cursor(row_factory=class_row(RuleRow))
    return await (await cursor.execute(query, parameters)).fetchone()


async def _locked(connection: Connection, rule_id: str, expected: int | None) -> RuleRow:
    row = await _one(connection, _LOCK, {"id": rule_id})
    if row is None:
        raise RuleNotFound(rule_id)
    if expected is not None and expected != row.version:
        raise VersionMismatch(f"The rule {rule_id}", expected=expected, current=row.version)
    return row


async def _answered_before(connection: Connection, by: Principal, request: RequestKey) -> pb.InvalidationRule | None:
    cursor = connection.cursor(row_factory=class_row(statements.RequestRow))
    key = {"principal": by.name, "request_id": request.request_id}
    row = await (await cursor.execute(statements.REQUEST, key)).fetchone()
    if row is None:
        return None
    if row.payload_hash != request.payload_hash:
        raise RequestIdReused(request.request_id)
    return pb.InvalidationRule.FromString(row.answer)


async def _audit(
    connection: Connection,
    by: Principal,
    method: str,
    rule_id: str,
    before: int | None,
    after: int,
    request: RequestKey | None = None,
    answer: pb.InvalidationRule | None = None,
) -> None:
    parameters = statements.audit_parameters(
        principal=by.name,
        method=method,
        resource=rule_id,
        request_id=request.request_id if request else "",
        outcome="changed" if before != after else "unchanged",
        before=before,
        after=after,
    )
    await connection.execute(statements.AUDIT, parameters)
    if request and answer is not None:
        stored = {"payload_hash": request.payload_hash, "answer": answer.SerializeToString()}
        await connection.execute(
            statements.ANSWER, parameters | stored | {"answer_model": None, "answer_version": None}
        )
