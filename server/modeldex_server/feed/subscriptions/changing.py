"""Another state of subscriptions, in one transaction with the revision that tells of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from google.protobuf.message import Message

from modeldex.v1 import update_pb2
from modeldex_server.errors import SubscriptionNotFound
from modeldex_server.feed.subscriptions.records import SubscriptionRow, lock
from modeldex_server.feed.subscriptions.wishes import Wish
from modeldex_server.ledger.changes import Decision, Head
from modeldex_server.store.database import Connection

# What failed and is sent again is known where the client acknowledges: with another mode it is forgotten.
_UPDATE = """
WITH forgotten AS (
    DELETE FROM subscription_rejection WHERE subscription_id = %(id)s AND NOT %(explicit)s
)
UPDATE subscription s
SET wish = %(wish)s, next_filter = %(next_filter)s, filter_types = %(filter_types)s, filter_fields = %(filter_fields)s,
    version = %(version)s, control_revision = h.revision, status = %(status)s, status_reason = %(expired)s,
    pause_revision = CASE WHEN %(status)s = 2 THEN COALESCE(s.pause_revision, h.revision) END,
    updated_at = %(updated_at)s, active_at = %(active_at)s, idle_timeout = %(idle_timeout)s,
    retry_revision = CASE WHEN %(explicit)s THEN s.retry_revision END,
    retry_at = CASE WHEN %(explicit)s THEN s.retry_at END,
    sent_revision = CASE WHEN %(explicit)s THEN s.sent_revision ELSE 0 END,
    sent_before = CASE WHEN %(explicit)s THEN s.sent_before ELSE '{}' END
FROM ledger_head h
WHERE s.id = %(id)s"""


@dataclass(slots=True)
class Change:
    """What shall become of subscriptions: those of `ids` that there are.

    `to` is pure: it gives a row as it shall be, the same one where nothing is to change, and may raise a ModeldexError.
    With `answer`, the answer that shows it, there is one id, and it must be there; the revision stands in the answer
    where none is taken.
    """

    ids: Sequence[str]
    owner: str | None
    told: update_pb2.SubscriptionUpdateType.ValueType
    to: Callable[[SubscriptionRow], SubscriptionRow]
    answer: Callable[..., Message] | None = None
    changed: Sequence[SubscriptionRow] = ()
    _rows: Sequence[SubscriptionRow] = ()

    async def read(self, connection: Connection) -> None:
        """Lock them."""
        self._rows = await lock(connection, self.ids, self.owner)

    def decide(self, _heads: Mapping[str, Head]) -> Decision:
        """What becomes of them. Raises SubscriptionNotFound, and what `to` raises."""
        if self.answer is not None and not self._rows:
            raise SubscriptionNotFound(self.ids[0])
        after = [(row, self.to(row)) for row in self._rows]
        self.changed = [replace(new, version=row.version + 1, updated_at=row.now) for row, new in after if new != row]
        events = [event(self.told, row.id) for row in self.changed]
        if self.answer is None:
            return Decision(events=events)
        if self.changed:
            return Decision(events=events, answer=self.answer(subscription=self.changed[0].message()))
        row = self._rows[0]
        return Decision(answer=self.answer(subscription=row.message(), revision=row.head))

    async def write(self, connection: Connection) -> None:
        """They are locked, and written with their revision."""

    async def put_revision(self, connection: Connection) -> None:
        """Write them."""
        for row in self.changed:
            await connection.execute(_UPDATE, _values(row))


def event(told: update_pb2.SubscriptionUpdateType.ValueType, subscription_id: str) -> update_pb2.UpdateEvent:
    """What tells of a change of a subscription."""
    update = update_pb2.SubscriptionUpdate(type=told, subscription_id=subscription_id)
    return update_pb2.UpdateEvent(subscription=update)


def _values(row: SubscriptionRow) -> dict[str, object]:
    wish = Wish(row.wanted(), row.next_filter)
    return {
        "id": row.id,
        "version": row.version,
        "status": row.status,
        "expired": row.expired,
        "updated_at": row.updated_at,
        "active_at": row.active_at,
        "explicit": wish.explicit,
        **wish.columns,
    }
