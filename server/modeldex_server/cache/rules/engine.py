"""The engine: applies rules to what both logs bring, each trigger once over all replicas.

A step is one transaction. It holds the mark, which says up to where rules have been applied; another replica that finds
it held leaves the work to this one. What the rules do, what they answered to and the mark are committed together, so a
step that is cut off anywhere has done nothing. Notices and refreshes follow the commit: a process that ends between the
two leaves them out, and none is given twice.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ParamSpec, TypeVar

import structlog

from modeldex.v1 import cache_pb2
from modeldex.v1 import cache_service_pb2 as api
from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.invalidation import automatic
from modeldex_server.cache.invalidation.recording import Attempt, Made, affect, record
from modeldex_server.cache.rules import pages, storing, writing
from modeldex_server.cache.rules.actions import Firing, Plan, decide
from modeldex_server.cache.rules.candidates import Wanted
from modeldex_server.cache.rules.matching import CompiledRule
from modeldex_server.cache.rules.pages import take
from modeldex_server.cache.rules.refreshing import Refresher, Refreshing
from modeldex_server.cache.rules.triggers import EventRow
from modeldex_server.errors import ModeldexError
from modeldex_server.security.principals import CACHE
from modeldex_server.settings.cache import StrategiesSettings
from modeldex_server.store.database import Connection, Database

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")

_POLL, _AWAY = 0.25, 1.0  # seconds: between looks, and where the store is away
# Tests that are made in the event loop, some milliseconds; more are made in a thread.
_MOST_INLINE = 2_000
_COMPILING = 100  # tests take as long as to compile a rule

Compiled = dict[tuple[str, int], CompiledRule | None]  # by id and version; None where it cannot be
OnChanged = Callable[[Sequence[tuple[str, str]]], None]


class _RuleChanged(Exception):
    """A rule is another than the one that was applied: nothing of the step counts."""


@dataclass(frozen=True, slots=True)
class _Done:
    """What a step came to."""

    more: bool
    firings: Sequence[Firing]
    changed: Sequence[tuple[str, str]]


class RuleEngine:
    """Applies the rules. On how many replicas it runs, and how often one is killed, makes no difference."""

    def __init__(
        self,
        database: Database,
        events: CacheEvents,
        refresher: Refresher,
        strategies: StrategiesSettings,
        *,
        number: Callable[[], int],
        head: Callable[[], int],
        on_changed: OnChanged,
    ) -> None:
        """
        Args:
            strategies: which of them act by themselves.
            number: the newest invalidation that is known here.
            head: the newest revision that is.
            on_changed: called with the entries, by namespace and key, that rules have changed or deleted.
        """
        self._database = database
        self._events = events
        self._refreshing = Refreshing(refresher)
        self._strategies = strategies
        self._number = number
        self._head = head
        self._on_changed = on_changed
        self._compiled: Compiled = {}
        self._settled: tuple[int, int] | None = None  # what was known when nothing was left to do
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Say that something came."""
        self._woken.set()

    async def run(self) -> None:
        """Apply rules to what comes, until cancelled; an outage of the store is waited out."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._refreshing.run())
            tasks.create_task(self._follow())

    async def _follow(self) -> None:
        while True:
            try:
                await self.catch_up()
            except ModeldexError as error:
                log.warning("rules_wait", why=error.message)
                await asyncio.sleep(_AWAY)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_POLL):
                    await self._woken.wait()
            self._woken.clear()

    async def catch_up(self) -> None:
        """Apply rules to all that there is, unless another replica is at it. Where nothing is known to have come since,
        the store is not asked.

        Raises:
            StoreUnavailable, WriteContention: the rest is done the next time.
        """
        known = self._number(), self._head()
        if known == self._settled:
            return
        while (more := await self.step()) is not None:
            if not more:
                self._settled = known
                return

    async def mark(self) -> int:
        """Every event up to this revision is done with. Raises StoreUnavailable."""
        return await pages.read_revision(self._database)

    async def step(self) -> bool | None:
        """Apply rules to a page of what there is: whether there is more; None where another replica is at it.

        Raises:
            StoreUnavailable, WriteContention: nothing of it was done.
        """
        try:
            async with self._database.connection() as connection, connection.transaction():
                done = await self._apply(connection)
        except _RuleChanged:
            return True
        if done is None:
            return None
        self._tell(done)
        return done.more

    async def _apply(self, connection: Connection) -> _Done | None:
        # First the mark with what there is, then the rules: a rule answers to all that comes after it was created.
        mark = await pages.hold(connection)
        if mark is None:
            return None
        rules = await self._rules(connection)
        heard = any(rule.hears_of_the_catalogue for rule in rules)
        page = await pages.read(connection, mark, rules=bool(rules), events=heard or self._acts, documents=heard)
        answered = await writing.fired_after(connection, rules, mark.number, mark.revision)
        work = await _apart(len(rules) * page.size, take, page, rules, answered)
        by_itself = await self._act(connection, work.told) if self._acts else []
        changed = await _meet(connection, work.firings)
        firings = [firing for firing in work.firings if firing.fires]
        if not await writing.record_firings(connection, firings):
            raise _RuleChanged
        if (work.number, work.revision) != (mark.number, mark.revision):
            await pages.move(connection, work)
        if made := [*by_itself, *(one for firing in firings for one in firing.made())]:
            await record(connection, made)
        # What was invalidated now is a trigger, too.
        return _Done(work.more or bool(made), firings, changed)

    async def _rules(self, connection: Connection) -> list[CompiledRule]:
        """The enabled rules in their order, each compiled once."""
        known = await storing.enabled(connection)
        if new := [rule_id for rule_id, version in known if (rule_id, version) not in self._compiled]:
            read = await storing.read(connection, new)
            self._compiled |= await _apart(len(read) * _COMPILING, _compiled, read)
        if any(key not in self._compiled for key in known):
            raise _RuleChanged
        self._compiled = {key: self._compiled[key] for key in known}
        return [rule for rule in self._compiled.values() if rule is not None]

    @property
    def _acts(self) -> bool:
        """Whether a strategy acts by itself when the catalogue changes."""
        strategies = (self._strategies.provider_update, self._strategies.version_change)
        return any(strategy.enabled and strategy.automatic for strategy in strategies)

    async def _act(self, connection: Connection, told: Iterable[EventRow]) -> list[Made]:
        """Invalidate what strategies do by themselves: each provider and each key once, for its last change."""
        revisions: dict[bytes, int] = {}
        requests: dict[bytes, api.InvalidateRequest] = {}
        for revision, events in groupby(told, key=lambda event: event.revision):
            for request in automatic.wanted(events, self._strategies):
                target = request.target.SerializeToString()
                requests[target], revisions[target] = request, revision
        made = []
        for request in await automatic.in_namespaces(connection, list(requests.values())):
            attempt = Attempt(request, CACHE, revision=revisions[request.target.SerializeToString()])
            made.append(Made(attempt, await affect(connection, attempt)))
        return made

    def _tell(self, done: _Done) -> None:
        if done.changed:
            self._on_changed(done.changed)
        counts: Counter[CompiledRule] = Counter()
        for firing in done.firings:
            counts[firing.rule] += firing.entry_count
            for message in firing.messages():
                self._events.rule(cache_pb2.CACHE_EVENT_KIND_RULE_FIRED, firing.rule.rule, message)
            self._refreshing.ask(firing.refreshed())
        for rule, entries in counts.items():
            log.info(
                "rule_fired",
                rule=rule.id,
                version=rule.version,
                entries=entries,
                dry_run=rule.dry_run,
                notices=[action.notify for action in rule.actions if action.HasField("notify")],
            )


async def _meet(connection: Connection, firings: Sequence[Firing]) -> list[tuple[str, str]]:
    """Have rules do what they do with the entries that they are about; gives those that were changed or deleted."""
    changed, plan = [], Plan(firings)
    async for page in _wanted(firings).pages(connection, plan.tests):
        outcomes = await _apart(len(page) * plan.tests, decide, page, plan)
        for outcome in await writing.write(connection, outcomes):
            for firing, mode in outcome.hits:
                firing.met(outcome.entry, mode)
            if outcome.entry.changes:
                changed.append((outcome.entry.namespace, outcome.entry.key))
    return changed


def _wanted(firings: Sequence[Firing]) -> Wanted:
    return Wanted.by(
        [firing.trigger for firing in firings if not firing.rule.chooses],
        everything=any(firing.rule.chooses for firing in firings),
        values=any(firing.rule.needs_values for firing in firings),
        metadata=any(firing.rule.needs_metadata for firing in firings),
    )


def _compiled(rules: Iterable[pb.InvalidationRule]) -> Compiled:
    made: Compiled = {}
    for rule in rules:
        try:
            made[rule.id, rule.version] = CompiledRule(rule)
        except ValueError as error:  # another release knew what this one does not
            log.warning("rule_cannot_be_applied", rule=rule.id, version=rule.version, why=str(error))
            made[rule.id, rule.version] = None
    return made


async def _apart(tests: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of pure work: in a thread where it takes long."""
    return work(*args, **kwargs) if tests <= _MOST_INLINE else await asyncio.to_thread(work, *args, **kwargs)
