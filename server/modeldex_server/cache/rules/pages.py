"""What both logs have that rules were not applied to: read in pages, under the mark that only one replica holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from psycopg import sql
from psycopg.rows import class_row

from modeldex_server.cache.invalidation.rows import COLUMNS, InvalidationRow
from modeldex_server.cache.rules import triggers
from modeldex_server.cache.rules.actions import Firing
from modeldex_server.cache.rules.matching import CompiledRule
from modeldex_server.cache.rules.triggers import EventRow, Trigger
from modeldex_server.cache.rules.writing import Fired
from modeldex_server.store.database import Connection, Database

_INVALIDATIONS = 500
# Rules times triggers of a step, those that answer and those that are asked: past it the rest is left to the next, so
# that a transaction stays short.
_MOST_FIRINGS = 20_000
_MOST_TESTS = 1_000_000
# A revision has no more such events than this, so that a page always has a whole one.
_EVENTS = 5_000

# A replica that fell silent with the mark gives it back after this time; looking at a page of entries takes less.
_LIMIT = "SELECT set_config('idle_in_transaction_session_timeout', '60s', true)"
# Where another replica holds the mark, it goes on.
_HOLD = """
SELECT m.number, m.revision, c.number AS newest, h.revision AS head
FROM invalidation_rule_mark m CROSS JOIN cache_head c CROSS JOIN ledger_head h
FOR UPDATE OF m SKIP LOCKED"""
_MOVE = "UPDATE invalidation_rule_mark SET number = %(number)s, revision = %(revision)s"
_REVISION = "SELECT revision FROM invalidation_rule_mark"
_MADE = sql.SQL("""
SELECT {columns} FROM invalidation i
WHERE i.number > %(number)s AND i.number <= %(newest)s ORDER BY i.number LIMIT %(limit)s""").format(
    columns=sql.SQL(COLUMNS)
)
# Of models and providers, as far as the catalogue itself tells it.
_TOLD = """
SELECT e.revision, e.ordinal, e.kind, e.type, e.provider_id, COALESCE(e.model_id, '') AS model_id,
       COALESCE(e.version, 0) AS version, e.external, r.principal, v.document, v.changes
FROM update_event e
JOIN revision r USING (revision)
LEFT JOIN LATERAL (
    SELECT COALESCE(a.document, b.document) AS document, a.changes
    FROM model_version a LEFT JOIN model_version b ON b.model_id = a.model_id AND b.version = e.previous_version
    WHERE a.model_id = e.model_id AND a.version = e.version
) v ON %(documents)s
WHERE e.revision > %(revision)s AND e.revision <= %(head)s AND e.kind IN (10, 11) AND NOT e.external
ORDER BY e.revision, e.ordinal
LIMIT %(limit)s"""


@dataclass(frozen=True, slots=True)
class Mark:
    """Rules have been applied up to an invalidation and a revision, and there is what comes up to two others."""

    number: int
    revision: int
    newest: int
    head: int


@dataclass(frozen=True, slots=True)
class _Revision:
    revision: int


@dataclass(frozen=True, slots=True)
class _Unit:
    """What can be gone past only whole: an invalidation, or a revision."""

    number: int = 0
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """What both logs have after a mark. The revisions are whole up to `through`."""

    mark: Mark
    made: Sequence[InvalidationRow]
    told: Sequence[EventRow]
    through: int

    @property
    def size(self) -> int:
        """Triggers, at the most."""
        return len(self.made) + len(self.told)


@dataclass(frozen=True, slots=True)
class Work:
    """What rules have to answer to, and where the mark is to stand after it."""

    firings: Sequence[Firing]
    told: Sequence[EventRow]
    number: int
    revision: int
    more: bool


async def hold(connection: Connection) -> Mark | None:
    """The mark, held until the end of the transaction; None where another replica holds it."""
    await connection.execute(_LIMIT)
    cursor = connection.cursor(row_factory=class_row(Mark))
    return await (await cursor.execute(_HOLD)).fetchone()


async def move(connection: Connection, work: Work) -> None:
    """Rules have been applied."""
    await connection.execute(_MOVE, {"number": work.number, "revision": work.revision})


async def read_revision(database: Database) -> int:
    """The revision up to which rules have been applied. Raises StoreUnavailable."""
    return (await database.rows(_Revision, _REVISION))[0].revision


async def read(connection: Connection, mark: Mark, *, rules: bool, events: bool, documents: bool) -> Page:
    """What comes next, as far as anybody wants to know: `rules` the invalidations, `events` those of the catalogue's
    log, with `documents` whole."""
    made = await _invalidations(connection, mark) if rules else []
    told = await _events(connection, mark, documents=documents) if events else []
    if len(told) < _EVENTS:
        return Page(mark, made, told, mark.head)
    # The last revision may be cut off by the limit.
    last = told[-1].revision
    return Page(mark, made, [event for event in told if event.revision != last], last - 1)


def take(page: Page, rules: Sequence[CompiledRule], answered: Fired) -> Work:
    """As much of a page as rules answer to in one step: invalidations first, then whole revisions."""
    firings: list[Firing] = []
    tests, mark = 0, page.mark
    number, revision = mark.number, mark.revision
    for unit, found in _units(page):
        own = [Firing(trigger, rule) for trigger in found for rule in rules if _answers(rule, trigger, answered)]
        if tests and (len(firings) + len(own) > _MOST_FIRINGS or tests > _MOST_TESTS):
            told = [event for event in page.told if event.revision <= revision]
            return Work(firings, told, number, revision, more=True)
        firings += own
        tests += len(found) * len(rules)
        number, revision = unit.number or number, unit.revision or revision
    full = len(page.made) == _INVALIDATIONS
    return Work(
        firings, page.told, number if full else mark.newest, page.through, more=full or page.through < mark.head
    )


def _units(page: Page) -> Iterator[tuple[_Unit, Sequence[Trigger]]]:
    for row in page.made:
        trigger = triggers.of_invalidation(row)
        yield _Unit(number=row.number), [trigger] if trigger is not None else []
    for revision, events in groupby(page.told, key=lambda event: event.revision):
        yield _Unit(revision=revision), [triggers.of_event(event) for event in events]


def _answers(rule: CompiledRule, trigger: Trigger, answered: Fired) -> bool:
    return rule.answers(trigger) and (rule.id, rule.version, *trigger.identity) not in answered


async def _invalidations(connection: Connection, mark: Mark) -> list[InvalidationRow]:
    cursor = connection.cursor(row_factory=class_row(InvalidationRow))
    await cursor.execute(_MADE, {"number": mark.number, "newest": mark.newest, "limit": _INVALIDATIONS})
    return await cursor.fetchall()


async def _events(connection: Connection, mark: Mark, *, documents: bool) -> list[EventRow]:
    cursor = connection.cursor(row_factory=class_row(EventRow))
    parameters = {"revision": mark.revision, "head": mark.head, "limit": _EVENTS, "documents": documents}
    return await (await cursor.execute(_TOLD, parameters)).fetchall()
