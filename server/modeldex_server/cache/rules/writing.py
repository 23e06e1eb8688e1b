"""What rules come to in the store: entries as they leave them, and what each answered to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from modeldex_server.cache.rules.actions import Firing, Outcome
from modeldex_server.cache.rules.candidates import Candidate
from modeldex_server.cache.rules.matching import CompiledRule
from modeldex_server.store.database import Connection

# Those that are still what the rules looked at, in the order in which everybody locks entries.
_LOCK = """
SELECT e.namespace, e.key
FROM cache_entry e
JOIN unnest(%(namespaces)s::text[], %(keys)s::text[], %(versions)s::bigint[]) AS seen(namespace, key, entry_version)
    USING (namespace, key, entry_version)
ORDER BY e.namespace, e.key
FOR UPDATE OF e"""
_DELETE = """
DELETE FROM cache_entry e
USING unnest(%(namespaces)s::text[], %(keys)s::text[]) AS gone(namespace, key)
WHERE e.namespace = gone.namespace AND e.key = gone.key"""
# With a new version: copies of the old one do not know what changed. What is marked as stale takes no new version.
_CHANGE = """
UPDATE cache_entry e
SET entry_version = nextval('cache_entry_version'), updated_at = clock_timestamp(), stale = e.stale OR new.stale,
    tags = ARRAY(SELECT jsonb_array_elements_text(new.tags)),
    ttl = COALESCE(make_interval(secs => new.ttl), e.ttl),
    expires_at = COALESCE(clock_timestamp() + make_interval(secs => new.ttl), e.expires_at)
FROM jsonb_to_recordset(%(entries)s) AS new(namespace text, key text, stale boolean, tags jsonb, ttl float8)
WHERE e.namespace = new.namespace AND e.key = new.key"""
_FIRED = """
SELECT f.rule_id, f.rule_version, f.number, f.revision, f.ordinal
FROM unnest(%(ids)s::text[], %(versions)s::bigint[]) AS rule(rule_id, rule_version)
JOIN invalidation_firing f USING (rule_id, rule_version)
WHERE f.number > %(number)s OR (f.number = 0 AND f.revision > %(revision)s)"""
_FIRE = """
INSERT INTO invalidation_firing (rule_id, rule_version, number, revision, ordinal, entry_count, dry_run)
SELECT * FROM unnest(%(rule_ids)s::text[], %(rule_versions)s::bigint[], %(numbers)s::bigint[], %(revisions)s::bigint[],
                     %(ordinals)s::integer[], %(counts)s::bigint[], %(dry)s::boolean[])"""
_COUNT = """
UPDATE invalidation_rule r
SET fire_count = r.fire_count + fired.count, fired_at = clock_timestamp()
FROM unnest(%(ids)s::text[], %(versions)s::bigint[], %(counts)s::bigint[]) AS fired(id, version, count)
WHERE r.id = fired.id AND r.version = fired.version AND r.enabled"""

Fired = Collection[tuple[str, int, int, int, int]]


async def write(connection: Connection, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Write what became of entries. Gives those that were still as the rules had seen them; whoever changed one
    meanwhile wins, and no rule was about that."""
    changed = [outcome.entry for outcome in outcomes if outcome.entry.changes]
    if not changed:
        return list(outcomes)
    held = await _lock(connection, changed)
    changed = [entry for entry in changed if (entry.namespace, entry.key) in held]
    if gone := [entry for entry in changed if entry.deleted]:
        await connection.execute(_DELETE, _names(gone))
    if kept := [entry for entry in changed if not entry.deleted]:
        await connection.execute(_CHANGE, {"entries": Jsonb([_changed(entry) for entry in kept])})
    return [one for one in outcomes if not one.entry.changes or (one.entry.namespace, one.entry.key) in held]


async def fired_after(connection: Connection, rules: Iterable[CompiledRule], number: int, revision: int) -> Fired:
    """What some rules answered to already of what came after an invalidation and a revision: nothing, unless somebody
    has set the mark back."""
    known = {rule.id: rule.version for rule in rules}
    if not known:
        return ()
    parameters = {"ids": list(known), "versions": list(known.values()), "number": number, "revision": revision}
    return set(await (await connection.execute(_FIRED, parameters)).fetchall())


async def record_firings(connection: Connection, firings: Sequence[Firing]) -> bool:
    """Write what rules answered to; False where one of these rules is another by now, so that nothing may be done."""
    if not firings:
        return True
    counts: dict[tuple[str, int], int] = {}
    for firing in firings:
        rule = firing.rule
        counts[rule.id, rule.version] = counts.get((rule.id, rule.version), 0) + 1
    parameters = {
        "ids": [rule_id for rule_id, _ in counts],
        "versions": [version for _, version in counts],
        "counts": list(counts.values()),
    }
    if (await connection.execute(_COUNT, parameters)).rowcount != len(counts):
        return False
    await connection.execute(_FIRE, _rows(firings))
    return True


async def _lock(connection: Connection, entries: Sequence[Candidate]) -> set[tuple[str, str]]:
    parameters = _names(entries) | {"versions": [entry.entry_version for entry in entries]}
    rows = await (await connection.execute(_LOCK, parameters)).fetchall()
    return {(namespace, key) for namespace, key in rows}


def _names(entries: Sequence[Candidate]) -> dict[str, Any]:
    return {"namespaces": [entry.namespace for entry in entries], "keys": [entry.key for entry in entries]}


def _changed(entry: Candidate) -> dict[str, Any]:
    return {
        "namespace": entry.namespace,
        "key": entry.key,
        "stale": entry.stale,
        "tags": entry.tags,
        "ttl": entry.extended_seconds,
    }


def _rows(firings: Sequence[Firing]) -> dict[str, Any]:
    identities = [firing.trigger.identity for firing in firings]
    return {
        "rule_ids": [firing.rule.id for firing in firings],
        "rule_versions": [firing.rule.version for firing in firings],
        "numbers": [number for number, _, _ in identities],
        "revisions": [revision for _, revision, _ in identities],
        "ordinals": [ordinal for _, _, ordinal in identities],
        "counts": [firing.entry_count for firing in firings],
        "dry": [firing.rule.dry_run for firing in firings],
    }
