"""Flushing: adds what a process counted to what all have counted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import structlog

from modeldex_server.errors import ModeldexError
from modeldex_server.feed.statistics.meter import Counts, Meter
from modeldex_server.store.database import Database

log = structlog.get_logger()

_EVERY = 2.0  # seconds

# Whole or not at all, and once: a flush that was added before finds its sequence and adds nothing. Rows are added to in
# the order of their keys, so that replicas do not wait for each other in a circle. Reasons are words of callers: there
# can be as many as they like, so past a thousand what is new is counted as one.
_FLUSH = """
WITH flush AS (
    INSERT INTO delivery_flush (replica_id, sequence, flushed_at)
    VALUES (%(replica_id)s, %(sequence)s, clock_timestamp())
    ON CONFLICT (replica_id) DO UPDATE SET sequence = EXCLUDED.sequence, flushed_at = EXCLUDED.flushed_at
    WHERE delivery_flush.sequence < EXCLUDED.sequence
    RETURNING sequence
), tally AS MATERIALIZED (
    SELECT t.* FROM flush, jsonb_to_recordset(%(tallies)s::jsonb) AS t (
        minute bigint, principal text, updates bigint, messages bigint, delivering double precision,
        longest double precision, writing double precision, last_updates bigint, last_written double precision)
), rejection AS MATERIALIZED (
    SELECT r.* FROM flush, jsonb_to_recordset(%(rejected)s::jsonb) AS r (minute bigint, reason text, count bigint)
), reason AS MATERIALIZED (
    SELECT r.count, CASE WHEN known.reason IS NULL AND
                                row_number() OVER (PARTITION BY known.reason IS NULL ORDER BY r.reason)
                                + (SELECT count(*) FROM rejection_total) > 1000
                         THEN 'OTHER' ELSE r.reason END AS reason
    FROM (SELECT reason, sum(count) AS count FROM rejection GROUP BY reason) r
    LEFT JOIN rejection_total known ON known.reason = r.reason
), totals AS (
    INSERT INTO delivery_total AS total (principal, updates, messages, delivering, longest, writing, last_updates,
                                         last_written_at)
    SELECT principal, sum(updates), sum(messages), sum(delivering), max(longest), sum(writing),
           (array_agg(last_updates ORDER BY last_written DESC))[1], to_timestamp(max(last_written))
    FROM tally GROUP BY principal ORDER BY principal
    ON CONFLICT (principal) DO UPDATE
    SET updates = total.updates + EXCLUDED.updates, messages = total.messages + EXCLUDED.messages,
        delivering = total.delivering + EXCLUDED.delivering, longest = GREATEST(total.longest, EXCLUDED.longest),
        writing = total.writing + EXCLUDED.writing,
        last_updates = CASE WHEN EXCLUDED.last_written_at >= total.last_written_at
                            THEN EXCLUDED.last_updates ELSE total.last_updates END,
        last_written_at = GREATEST(total.last_written_at, EXCLUDED.last_written_at)
), minutes AS (
    INSERT INTO delivery_count AS counted (minute, updates, delivering, rejected)
    SELECT to_timestamp(minute * 60), sum(updates), sum(delivering), sum(rejected)
    FROM (SELECT minute, updates, delivering, 0 AS rejected FROM tally
          UNION ALL SELECT minute, 0, 0, count FROM rejection) both_kinds
    GROUP BY minute ORDER BY minute
    ON CONFLICT (minute) DO UPDATE
    SET updates = counted.updates + EXCLUDED.updates, delivering = counted.delivering + EXCLUDED.delivering,
        rejected = counted.rejected + EXCLUDED.rejected
), seconds AS (
    INSERT INTO delivery_second AS counted (principal, second, updates)
    SELECT COALESCE(s.principal, ''), to_timestamp(s.second), sum(s.updates)
    FROM flush, jsonb_to_recordset(%(seconds)s::jsonb) AS s (second bigint, principal text, updates bigint)
    GROUP BY GROUPING SETS ((s.second), (s.second, s.principal)) ORDER BY 1, 2
    ON CONFLICT (principal, second) DO UPDATE SET updates = counted.updates + EXCLUDED.updates
)
INSERT INTO rejection_total AS total (reason, count)
SELECT reason, sum(count) FROM reason GROUP BY reason ORDER BY reason
ON CONFLICT (reason) DO UPDATE SET count = total.count + EXCLUDED.count"""


class Flusher:
    """Adds the counts of a process to the store. One whose outcome is unknown is tried again under the same number, and
    added once; what is counted meanwhile waits for the next."""

    def __init__(self, database: Database, meter: Meter, replica_id: str) -> None:
        self._database = database
        self._meter = meter
        self._replica_id = replica_id
        self._sequence = 0
        self._pending = Counts()

    async def run(self) -> None:
        """Flush every two seconds until cancelled; an outage of the store is waited out."""
        while True:
            await asyncio.sleep(_EVERY)
            try:
                await self.flush()
            except ModeldexError as error:
                log.debug("counts_wait", why=error.message)

    async def flush(self) -> None:
        """Add what was counted until now.

        Raises:
            StoreUnavailable, WriteContention: what was counted is kept.
        """
        while self._pending or self._take():
            await self._database.execute(_FLUSH, self._parameters())
            self._pending = Counts()

    def _take(self) -> Counts:
        """What is flushed next, under the next number."""
        self._pending = self._meter.take()
        self._sequence += bool(self._pending)
        return self._pending

    def _parameters(self) -> dict[str, object]:
        counts = self._pending
        return {
            "replica_id": self._replica_id,
            "sequence": self._sequence,
            "tallies": _rows(
                {"minute": minute, "principal": principal, **asdict(tally)}
                for (minute, principal), tally in counts.tallies.items()
            ),
            "seconds": _rows(
                {"second": second, "principal": principal, "updates": updates}
                for (second, principal), updates in counts.seconds.items()
            ),
            "rejected": _rows(
                {"minute": minute, "reason": reason, "count": count}
                for (minute, reason), count in counts.rejected.items()
            ),
        }


def _rows(rows: Iterable[dict[str, Any]]) -> str:
    return json.dumps(list(rows))
