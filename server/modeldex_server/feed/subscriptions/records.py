"""A subscription as the store holds it, and as callers see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg import sql
from psycopg.rows import class_row

from modeldex.v1 import subscription_pb2 as pb
from modeldex_server.errors import SubscriptionExpired, SubscriptionNotFound
from modeldex_server.ledger.documents import stamp
from modeldex_server.security.principals import Principal
from modeldex_server.security.roles import Role
from modeldex_server.store.database import Connection, Database

# Why a subscription has expired, as a key of SubscriptionExpired.WHY; '' where it has not. `s` is its row, `h` the
# counter row. It is true before the sweep has told so, too: whoever uses a subscription must refuse to bring such a one
# back to life.
EXPIRED = sql.SQL("""
    CASE WHEN s.status = 4 THEN s.status_reason
         WHEN s.acknowledged_revision < h.compacted THEN 'compacted'
         WHEN s.connected_until < clock_timestamp() AND s.active_at + s.idle_timeout < clock_timestamp()
             THEN 'idle'
         ELSE '' END""")
# Its status as callers see it.
STATUS = sql.SQL("""
    CASE WHEN ({}) <> '' THEN 4 WHEN s.status = 2 THEN 2 WHEN s.retry_revision IS NOT NULL THEN 3 ELSE 1 END""").format(
    EXPIRED
)
# How often what comes next was sent, and once more. What the newest stream sent counts once that is over.
_ATTEMPT = sql.SQL("""
    cardinality(s.sent_before) + CASE
        WHEN s.sent_revision > s.acknowledged_revision
             AND (s.begun_stream <= GREATEST(s.released_stream, s.refused_stream)
                  OR s.connected_until < clock_timestamp())
        THEN 2 ELSE 1 END""")
# What makes a SubscriptionRow, also after RETURNING.
COLUMNS = sql.SQL("""
    s.id, s.principal, s.client_id, s.type, s.wish, s.next_filter, s.version, s.control_revision, s.status,
    s.pause_revision, s.created_at, s.updated_at, s.stream, s.begun_stream, s.released_stream, s.replica_id,
    s.connected_until, s.acknowledged_revision, s.delivered_revision, s.sent_revision, s.sent_before,
    {attempt} AS attempt, s.retry_revision, s.retry_at, s.refused_stream, s.event_count, s.error_count, s.active_at,
    s.idle_timeout, {expired} AS expired,
    s.connected_until > clock_timestamp() AS connected,
    (SELECT count(*) FROM dead_letter d WHERE d.subscription_id = s.id) AS dead_letter_count,
    h.revision AS head, h.compacted, clock_timestamp() AS now""").format(expired=EXPIRED, attempt=_ATTEMPT)
# An owner sees its own; none sees all.
_READ = sql.SQL("""
SELECT {}
FROM subscription s CROSS JOIN ledger_head h
WHERE s.id = ANY(%(ids)s) AND (%(owner)s::text IS NULL OR s.principal = %(owner)s)
ORDER BY s.id""").format(COLUMNS)
_LOCK = _READ + sql.SQL(" FOR UPDATE OF s")


# Not frozen, for that would double the time it takes to read one; nobody changes it.
@dataclass(slots=True)
class SubscriptionRow:
    """A row of `subscription`, as of a moment. Times are those of the database."""

    id: str
    principal: str
    client_id: str
    type: int  # SubscriptionType
    wish: bytes  # Subscription: its filters, models and options
    next_filter: int
    version: int
    control_revision: int
    status: int  # SubscriptionStatus as stored: ACTIVE, PAUSED or EXPIRED
    pause_revision: int | None
    created_at: datetime
    updated_at: datetime
    stream: int
    begun_stream: int
    released_stream: int
    replica_id: str
    connected_until: datetime
    acknowledged_revision: int
    delivered_revision: int
    sent_revision: int
    sent_before: list[int]
    attempt: int
    retry_revision: int | None
    retry_at: datetime | None
    refused_stream: int
    event_count: int
    error_count: int
    active_at: datetime
    idle_timeout: timedelta
    expired: str  # why it has, as a key of SubscriptionExpired.WHY; '' where it has not
    connected: bool
    dead_letter_count: int
    head: int
    compacted: int
    now: datetime

    @property
    def paused(self) -> bool:
        """Whether nothing after `pause_revision` is sent."""
        return self.status == pb.SUBSCRIPTION_STATUS_PAUSED

    @property
    def explicit(self) -> bool:
        """Whether its client says what is done with."""
        return self.wanted().options.acknowledgement == pb.ACKNOWLEDGEMENT_MODE_EXPLICIT

    def wanted(self) -> pb.Subscription:
        """What it asks for: filters, models and options, as its client set them."""
        return pb.Subscription.FromString(self.wish)

    def in_use(self) -> SubscriptionRow:
        """Itself. Raises SubscriptionExpired where it can only be looked at and deleted."""
        if self.expired:
            raise SubscriptionExpired(self.id, self.expired)
        return self

    def seen_status(self) -> pb.SubscriptionStatus.ValueType:
        """Its status as callers see it."""
        if self.expired:
            return pb.SUBSCRIPTION_STATUS_EXPIRED
        if self.paused:
            return pb.SUBSCRIPTION_STATUS_PAUSED
        return pb.SUBSCRIPTION_STATUS_ACTIVE if self.retry_revision is None else pb.SUBSCRIPTION_STATUS_ERROR

    def message(self) -> pb.Subscription:
        """It as callers see it."""
        status = self.seen_status()
        expires = status != pb.SUBSCRIPTION_STATUS_EXPIRED
        message = pb.Subscription(
            id=self.id,
            client_id=self.client_id,
            principal=self.principal,
            type=self.type,  # type: ignore[arg-type] # a number of the enum
            status=status,
            status_reason=self._reason(status),
            version=self.version,
            acknowledged_revision=self.acknowledged_revision,
            delivered_revision=self.delivered_revision,
            pause_revision=self.pause_revision or 0 if status == pb.SUBSCRIPTION_STATUS_PAUSED else 0,
            lag_revisions=max(0, self.head - self.delivered_revision),
            event_count=self.event_count,
            error_count=self.error_count,
            dead_letter_count=self.dead_letter_count,
            connected=self.connected,
            stream=self.stream,
            attempt=self.attempt,
            create_time=stamp(self.created_at),
            update_time=stamp(self.updated_at),
            last_activity_time=stamp(self.active_at),
            expire_time=stamp(self.active_at + self.idle_timeout) if expires else None,
        )
        message.MergeFromString(self.wish)
        return message

    def _reason(self, status: int) -> str:
        if status == pb.SUBSCRIPTION_STATUS_ERROR:
            return f"what was rejected or not acknowledged in time is sent again, as attempt {self.attempt}"
        return SubscriptionExpired.WHY.get(self.expired, "")


def owner_of(principal: Principal) -> str | None:
    """Whose subscriptions a principal may see and change: its own; None for everybody's."""
    return None if Role.ADMIN in principal.permissions else principal.name


async def read(database: Database, subscription_id: str, owner: str | None) -> SubscriptionRow:
    """A subscription as it is now.

    Raises:
        SubscriptionNotFound: there is none, or it is another's.
        StoreUnavailable.
    """
    rows = await database.rows(SubscriptionRow, _READ, {"ids": [subscription_id], "owner": owner})
    if not rows:
        raise SubscriptionNotFound(subscription_id)
    return rows[0]


async def lock(connection: Connection, ids: Sequence[str], owner: str | None) -> list[SubscriptionRow]:
    """The subscriptions of these that there are, by id, locked until the end of the transaction."""
    cursor = connection.cursor(row_factory=class_row(SubscriptionRow))
    return await (await cursor.execute(_LOCK, {"ids": list(ids), "owner": owner})).fetchall()
