"""Subscriptions deleted, in one transaction with the revision that tells of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from modeldex.v1 import update_pb2
from modeldex_server.feed.subscriptions.changing import event
from modeldex_server.ledger.changes import MOST_EVENTS, Decision, Head
from modeldex_server.store.database import Connection

# Of one revision, for each has an event.
MOST_DELETED = MOST_EVENTS

BY_ID = """
SELECT id FROM subscription
WHERE id = %(id)s AND (%(owner)s::text IS NULL OR principal = %(owner)s)
FOR UPDATE"""
BY_CLIENT = f"""
SELECT id FROM subscription
WHERE client_id = %(client_id)s AND (%(owner)s::text IS NULL OR principal = %(owner)s)
ORDER BY id
LIMIT {MOST_DELETED}
FOR UPDATE"""  # noqa: S608 - of a constant of ours
_HEAD = "SELECT revision FROM ledger_head"
_DELETE = "DELETE FROM subscription WHERE id = ANY(%(ids)s)"


@dataclass(slots=True)
class Deletion:
    """Subscriptions that shall go: those that a query finds and locks. `answer` is given their ids and the head of the
    log, and may raise a ModeldexError."""

    query: str
    parameters: Mapping[str, Any]
    answer: Callable[[Sequence[str], int], Message]
    _ids: Sequence[str] = ()
    _head: int = 0

    async def read(self, connection: Connection) -> None:
        """Find and lock them."""
        found = await connection.execute(self.query, self.parameters)
        self._ids = [subscription_id for (subscription_id,) in await found.fetchall()]
        ((self._head,),) = await (await connection.execute(_HEAD)).fetchall()

    def decide(self, _heads: Mapping[str, Head]) -> Decision:
        """What is told of it. Raises what `answer` raises."""
        told = [event(update_pb2.SUBSCRIPTION_UPDATE_TYPE_DELETED, subscription_id) for subscription_id in self._ids]
        return Decision(events=told, answer=self.answer(self._ids, self._head))

    async def write(self, connection: Connection) -> None:
        """Delete them, with all that hangs on them."""
        await connection.execute(_DELETE, {"ids": self._ids})

    async def put_revision(self, connection: Connection) -> None:
        """Nothing is left to put it on."""
