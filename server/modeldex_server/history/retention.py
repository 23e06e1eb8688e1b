"""Retention: which versions keep their document, and the SQL that finds those that need not.

A version may be purged where all of this holds: it is not the current one of its model; enough newer ones exist; it
was superseded long enough ago, by an event that the log has forgotten; it is not what a deletion deleted that is in
force, or was within as long; and neither a pin nor an open rollback needs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from psycopg import sql

# Answers by request_id are kept for a day, and swept some minutes later: until then they name a version.
_SLACK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Retention:
    """What is kept: the newest versions of each model, and what was current within a span."""

    versions: int
    days: int

    @property
    def span(self) -> timedelta:
        """How long ago a version was superseded, at least, when its document goes."""
        return timedelta(days=self.days) + _SLACK


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far back the past begins: what was superseded up to this revision is old, and the log does not need it."""

    revision: int
    moment: str  # when the span began, as PostgreSQL writes it


# Revisions are committed in the order of their times.
HORIZON = """
SELECT LEAST(h.compacted, COALESCE((
           SELECT revision FROM model_version
           WHERE committed_at < began.at ORDER BY committed_at DESC, revision DESC LIMIT 1
       ), 0)) AS revision, began.at::text AS moment
FROM ledger_head h, (SELECT clock_timestamp() - %(span)s AS at) began"""

# Of the models `chosen`. What was current at the horizon is kept, with all that came after it; where that is a deletion
# (3), what it deleted, too: lists as of then show it.
_DUE = sql.SQL("""
    SELECT v.model_id, v.version, octet_length(v.document) AS size
    FROM chosen m
    CROSS JOIN LATERAL (
        SELECT CASE operation WHEN 3 THEN version - 1 ELSE version END AS version FROM model_version
        WHERE model_id = m.id AND revision <= %(horizon)s ORDER BY revision DESC LIMIT 1
    ) then_kept
    JOIN model_version v ON v.model_id = m.id AND v.version >= m.kept_from
        AND v.version < LEAST(then_kept.version, m.version - %(keep)s + 1)
    WHERE v.document IS NOT NULL AND v.version IS DISTINCT FROM m.pin_version
      AND NOT EXISTS (
          SELECT FROM rollback r
          WHERE r.model_id = m.id AND r.state = 1 AND v.version IN (r.base_version, r.target_version)
      )""")
_CHOSEN = "SELECT id, version, kept_from, pin_version FROM model"

# The next models that may have something to purge, and what it is. `last` is null where there are no more.
PAGE = sql.SQL("""
WITH chosen AS MATERIALIZED (
    {chosen}
    WHERE id > %(after)s AND version - %(keep)s >= kept_from AND (%(model_id)s = '' OR id = %(model_id)s)
    ORDER BY id LIMIT %(models)s
), due AS MATERIALIZED ({due})
SELECT (SELECT max(id) FROM chosen) AS last, count(*) AS versions, COALESCE(sum(size), 0)::bigint AS size,
       COALESCE(array_agg(DISTINCT model_id), '{{}}') AS model_ids,
       COALESCE((array_agg(model_id ORDER BY model_id, version))[:%(examples)s], '{{}}') AS example_ids,
       COALESCE((array_agg(version ORDER BY model_id, version))[:%(examples)s], '{{}}') AS example_versions
FROM due""").format(chosen=sql.SQL(_CHOSEN), due=_DUE)

# The locks of the write path: while they are held nobody pins these models, asks to roll one back or writes one.
LOCK = "SELECT FROM model WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE"
# After LOCK, as a statement of its own: it sees what was committed by whoever held the locks before.
PURGE = sql.SQL("""
WITH chosen AS MATERIALIZED ({chosen} WHERE id = ANY(%(ids)s)), due AS MATERIALIZED (
    {due}
    ORDER BY 1, 2 LIMIT %(batch)s
)
UPDATE model_version v
SET document = NULL, document_hash = sha256(v.document), changes = '', purged_at = clock_timestamp()
FROM due
WHERE v.model_id = due.model_id AND v.version = due.version
RETURNING v.model_id, v.version, due.size""").format(chosen=sql.SQL(_CHOSEN), due=_DUE)
# Where the next run begins to look.
ADVANCE = """
UPDATE model m SET kept_from = kept.version
FROM unnest(%(ids)s::text[]) AS wanted(id) CROSS JOIN LATERAL (
    SELECT v.version FROM model_version v JOIN model w ON w.id = v.model_id
    WHERE w.id = wanted.id AND v.version >= w.kept_from AND v.document IS NOT NULL
    ORDER BY v.version LIMIT 1
) kept
WHERE m.id = wanted.id AND m.kept_from <> kept.version"""

OLD_ROLLBACKS = "SELECT count(*) AS count FROM rollback WHERE state <> 1 AND finished_at < %(moment)s::timestamptz"
# With their decisions. Several replicas may forget at once: each takes what no other holds.
FORGET_ROLLBACKS = """
WITH old AS MATERIALIZED (
    SELECT id FROM rollback WHERE state <> 1 AND finished_at < %(moment)s::timestamptz
    ORDER BY id LIMIT %(batch)s
    FOR UPDATE SKIP LOCKED
)
DELETE FROM rollback r USING old WHERE r.id = old.id"""
