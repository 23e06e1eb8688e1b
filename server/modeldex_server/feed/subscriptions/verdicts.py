"""Verdicts on rejected updates, as they are put down: what comes again, what is given up, where the place is."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from psycopg.rows import class_row

from modeldex.v1 import subscription_pb2 as pb
from modeldex_server.feed.subscriptions import attempts
from modeldex_server.feed.subscriptions.records import SubscriptionRow
from modeldex_server.feed.subscriptions.rejecting import Place, Verdict
from modeldex_server.feed.subscriptions.sent import Sent
from modeldex_server.store.database import Connection

_BEFORE = """
SELECT revision, ordinal, attempts FROM subscription_rejection
WHERE subscription_id = %(id)s AND revision <= %(through)s"""
_AGAIN = """
INSERT INTO subscription_rejection (subscription_id, revision, ordinal, attempts)
SELECT %(id)s, revision, ordinal, attempts
FROM jsonb_to_recordset(%(again)s::jsonb) AS again (revision bigint, ordinal integer, attempts integer)
ON CONFLICT (subscription_id, revision, ordinal) DO UPDATE SET attempts = EXCLUDED.attempts"""
_DEAD = """
INSERT INTO dead_letter (subscription_id, revision, ordinal, attempts, reason, message, update_event)
SELECT %(id)s, revision, ordinal, attempts, reason, message, decode(update_event, 'base64')
FROM jsonb_to_recordset(%(dead)s::jsonb) AS dead (
    revision bigint, ordinal integer, attempts integer, reason text, message text, update_event text)
ON CONFLICT (subscription_id, revision, ordinal) DO UPDATE
SET attempts = EXCLUDED.attempts, reason = EXCLUDED.reason, message = EXCLUDED.message,
    created_at = clock_timestamp(), update_event = EXCLUDED.update_event"""
_FORGET = "DELETE FROM subscription_rejection WHERE subscription_id = %(id)s AND revision <= %(through)s"
_JUDGED = """
UPDATE subscription
SET acknowledged_revision = %(through)s, sent_before = %(sent_before)s::bigint[],
    retry_revision = %(retry_revision)s::bigint, retry_at = clock_timestamp() + %(wait)s::interval,
    refused_stream = CASE WHEN %(retry_revision)s::bigint IS NULL THEN refused_stream ELSE stream END,
    error_count = error_count + %(errors)s, active_at = clock_timestamp()
WHERE id = %(id)s"""


@dataclass(frozen=True, slots=True)
class _Before:
    revision: int
    ordinal: int
    attempts: int


async def rejected_before(connection: Connection, subscription_id: str, through: int) -> dict[Place, int]:
    """How often updates up to a revision were rejected before."""
    cursor = connection.cursor(row_factory=class_row(_Before))
    rows = await (await cursor.execute(_BEFORE, {"id": subscription_id, "through": through})).fetchall()
    return {(row.revision, row.ordinal): row.attempts for row in rows}


async def put_down(connection: Connection, row: SubscriptionRow, verdict: Verdict, sent: Sent, *, errors: int) -> None:
    """Put a verdict down; `errors`: updates that were rejected. The row is locked."""
    if verdict.again:
        again = [{"revision": r, "ordinal": o, "attempts": times} for (r, o), times in verdict.again.items()]
        await connection.execute(_AGAIN, {"id": row.id, "again": json.dumps(again)})
    if verdict.dead:
        dead = [_dead(one, row, sent) for one in verdict.dead]
        await connection.execute(_DEAD, {"id": row.id, "dead": json.dumps(dead)})
    await connection.execute(_FORGET, {"id": row.id, "through": verdict.through})
    retries = verdict.retry_revision is not None
    judged = {
        "id": row.id,
        "through": verdict.through,
        "sent_before": [came for came in row.sent_before if came > verdict.through],
        "retry_revision": verdict.retry_revision,
        "wait": verdict.wait if retries else None,
        "errors": errors,
    }
    await connection.execute(_JUDGED, judged)


def _dead(rejection: pb.UpdateRejection, row: SubscriptionRow, sent: Sent) -> dict[str, Any]:
    update = sent[rejection.revision, rejection.ordinal].SerializeToString()
    return {
        "revision": rejection.revision,
        "ordinal": rejection.ordinal,
        "attempts": attempts.attempt(row.sent_before, rejection.revision),
        "reason": rejection.reason,
        "message": rejection.message,
        "update_event": base64.b64encode(update).decode(),
    }
