"""A new subscription, in one transaction with the revision that tells of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from google.protobuf.message import Message
from psycopg.rows import class_row

from modeldex.v1 import subscription_pb2 as pb
from modeldex.v1 import update_pb2
from modeldex_server.errors import FutureRevision, RevisionCompacted, TooManySubscriptions
from modeldex_server.feed.subscriptions.changing import event
from modeldex_server.feed.subscriptions.wishes import Wish
from modeldex_server.ledger.changes import Decision, Head
from modeldex_server.ledger.documents import stamp
from modeldex_server.store.database import Connection

# One at a time of a principal, so that a limit is one. Held until the end of the transaction.
_QUEUE = "SELECT pg_advisory_xact_lock(hashtextextended('subscriptions of ' || %(principal)s::text, 0))"
_GROUND = """
SELECT (SELECT count(*) FROM subscription WHERE principal = %(principal)s) AS held, revision AS head, compacted,
       clock_timestamp() AS now
FROM ledger_head"""
_INSERT = """
INSERT INTO subscription (id, principal, client_id, type, wish, next_filter, filter_types, filter_fields, version,
                          control_revision, status, created_at, updated_at, active_at, idle_timeout,
                          acknowledged_revision, delivered_revision)
SELECT %(id)s, %(principal)s, %(client_id)s, %(type)s, %(wish)s, %(next_filter)s, %(filter_types)s, %(filter_fields)s,
       1, revision, 1, %(now)s, %(now)s, %(now)s, %(idle_timeout)s,
       COALESCE(%(after)s::bigint, revision), COALESCE(%(after)s::bigint, revision)
FROM ledger_head"""


@dataclass(slots=True)
class _Ground:
    """What a new subscription finds."""

    held: int
    head: int
    compacted: int
    now: datetime


@dataclass(slots=True)
class Creation:
    """A subscription that shall be. `after`: the revision after which it begins; None for the one that creates it.
    `most`: how many a principal may have. `answer`: the answer that shows it."""

    id: str
    principal: str
    given: pb.Subscription
    wish: Wish
    after: int | None
    most: int
    answer: Callable[[pb.Subscription], Message]
    _ground: _Ground = field(init=False)

    async def read(self, connection: Connection) -> None:
        """How many its principal has, and what the log holds."""
        parameters = {"principal": self.principal}
        await connection.execute(_QUEUE, parameters)
        cursor = connection.cursor(row_factory=class_row(_Ground))
        (self._ground,) = await (await cursor.execute(_GROUND, parameters)).fetchall()

    def decide(self, _heads: Mapping[str, Head]) -> Decision:
        """Whether it may be. Raises TooManySubscriptions, FutureRevision, RevisionCompacted."""
        ground = self._ground
        if ground.held >= self.most:
            raise TooManySubscriptions(self.most)
        if self.after is not None and self.after > ground.head:
            raise FutureRevision(self.after, ground.head)
        if self.after is not None and self.after < ground.compacted:
            raise RevisionCompacted(self.after, ground.compacted)
        told = event(update_pb2.SUBSCRIPTION_UPDATE_TYPE_CREATED, self.id)
        return Decision(events=[told], answer=self.answer(self._message()))

    async def write(self, connection: Connection) -> None:
        """Nobody knows it yet: it is written with its revision."""

    async def put_revision(self, connection: Connection) -> None:
        """Write it."""
        row = {
            "id": self.id,
            "principal": self.principal,
            "client_id": self.given.client_id,
            "type": self.given.type,
            "now": self._ground.now,
            "after": self.after,
            **self.wish.columns,
        }
        await connection.execute(_INSERT, row)

    def _message(self) -> pb.Subscription:
        """It as it begins. Where is known with the revision only."""
        now = stamp(self._ground.now)
        message = pb.Subscription(
            id=self.id,
            client_id=self.given.client_id,
            principal=self.principal,
            type=self.given.type,
            status=pb.SUBSCRIPTION_STATUS_ACTIVE,
            version=1,
            attempt=1,
            create_time=now,
            update_time=now,
            last_activity_time=now,
            expire_time=stamp(self._ground.now + self.wish.idle_timeout),
        )
        message.MergeFrom(self.wish.asked)
        return message
