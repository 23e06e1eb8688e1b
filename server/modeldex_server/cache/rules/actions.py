"""What rules do with entries. Everything here is pure: it is decided here, and written by `writing.py`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.invalidation.recording import Attempt, Made
from modeldex_server.cache.rules.candidates import Candidate
from modeldex_server.cache.rules.matching import CompiledRule
from modeldex_server.cache.rules.triggers import Trigger, lists_of, request_for
from modeldex_server.security.principals import CACHE

_MOST_TAGS = 64  # of an entry
_HARD, _SOFT = pb.INVALIDATION_MODE_HARD, pb.INVALIDATION_MODE_SOFT


@dataclass(slots=True, eq=False)
class Firing:
    """A rule and a trigger that it answers to, and what comes of it."""

    trigger: Trigger
    rule: CompiledRule
    entry_count: int = 0
    providers: set[str] = field(default_factory=set)  # of the entries
    invalidated: dict[tuple[str, int], list[str]] = field(default_factory=lambda: defaultdict(list))
    """Keys by namespace and mode."""

    @property
    def fires(self) -> bool:
        """Whether there was anything to answer with: a rule that chooses its entries found some."""
        return not self.rule.chooses or self.entry_count > 0

    def met(self, entry: Candidate, mode: int) -> None:
        """It was about an entry; `mode` is how that was invalidated, 0 where it was not."""
        self.entry_count += 1
        self.providers.add(entry.provider_id)
        if mode:
            self.invalidated[entry.namespace, mode].append(entry.key)

    def messages(self) -> list[str]:
        """What those who watch are told: its notices, and of a dry run what it would be about."""
        told = [action.notify for action in self.rule.actions if action.HasField("notify")] or [""]
        if not self.rule.dry_run:
            return told
        return [f"Dry run, entries: {self.entry_count}. {message}".rstrip() for message in told]

    def refreshed(self) -> set[str]:
        """The providers whose sources are to be asked: those of the entries, or where there are none the trigger's."""
        if self.rule.dry_run or not any(action.HasField("refresh") for action in self.rule.actions):
            return set()
        return self.providers or ({self.trigger.provider_id} - {""})

    def made(self) -> Iterator[Made]:
        """The invalidations that it makes, for the history."""
        trigger, rule = self.trigger, self.rule
        for (namespace, mode), keys in sorted(self.invalidated.items()):
            for some in lists_of(keys):
                attempt = Attempt(
                    request_for(namespace, some, trigger.reasons[0], mode),
                    CACHE,
                    rule_id=rule.id,
                    rule_version=rule.version,
                    depth=trigger.depth + 1,
                    revision=trigger.revision,
                )
                yield Made(attempt, len(some))


@dataclass(slots=True)
class Outcome:
    """An entry as the rules leave it, and which of them were about it, each with how it invalidated it."""

    entry: Candidate
    hits: Sequence[tuple[Firing, int]]


class Plan:
    """What rules have to answer to, in its order, so that an entry is looked at once by each rule and not again for
    each of its triggers."""

    def __init__(self, firings: Sequence[Firing]) -> None:
        self._firings = firings
        self._choosing = {firing.rule.id: firing.rule for firing in firings if firing.rule.chooses}
        self._of_rule: dict[str, list[int]] = defaultdict(list)
        self._others: list[int] = []
        for at, firing in enumerate(firings):
            (self._of_rule[firing.rule.id] if firing.rule.chooses else self._others).append(at)

    @property
    def tests(self) -> int:
        """What an entry takes, about."""
        return len(self._choosing) + len(self._others)

    def concerns(self, entry: Candidate) -> bool:
        """Whether any is about an entry."""
        return next(self.about(entry), None) is not None

    def about(self, entry: Candidate, after: int = -1) -> Iterator[tuple[int, Firing]]:
        """Those that are about an entry as it is now, with their places, of which all come after one."""
        chosen = [
            at
            for rule in self._choosing.values()
            if self._of_rule[rule.id][-1] > after and rule.matches(entry)
            for at in self._of_rule[rule.id]
        ]
        for at in sorted(chosen + self._others) if chosen else self._others:
            firing = self._firings[at]
            if at > after and (firing.rule.chooses or firing.trigger.is_about(entry)):
                yield at, firing


def decide(entries: Iterable[Candidate], plan: Plan) -> list[Outcome]:
    """Apply rules in their order to each entry, and tell of those that any was about. What a rule did to an entry is
    what the next one sees."""
    outcomes = []
    for entry in entries:
        if hits := _hits(entry, plan):
            outcomes.append(Outcome(entry, hits))
    return outcomes


def _hits(entry: Candidate, plan: Plan) -> list[tuple[Firing, int]]:
    hits: list[tuple[Firing, int]] = []
    done, changes = -1, -1
    while entry.changes != changes and not entry.deleted:
        changes = entry.changes
        for at, firing in plan.about(entry, done):
            hits.append((firing, 0 if firing.rule.dry_run else _act(firing.rule, entry)))
            if entry.changes != changes:
                done = at
                break  # others may be about what it is now
    return hits


def _act(rule: CompiledRule, entry: Candidate) -> int:
    """Do with an entry what a rule says; how it was invalidated, 0 where it was not, or had been before."""
    mode = 0
    for action in rule.actions:
        if entry.deleted:
            break
        match action.WhichOneof("action"):
            case "invalidate":
                mode = _invalidate(entry, action.invalidate.mode or _HARD) or mode
            case "extend_ttl":
                _extend(entry, action.extend_ttl.ToTimedelta())
            case "tag":
                _tag(entry, action.tag.tags)
            case _:
                pass  # nothing of the entry
    return mode


def _invalidate(entry: Candidate, mode: int) -> int:
    if mode == _SOFT and entry.stale:
        return 0
    entry.stale, entry.deleted = mode == _SOFT, mode == _HARD
    entry.changes += 1
    return mode


def _extend(entry: Candidate, span: timedelta) -> None:
    if entry.expires_at < entry.now + span:
        entry.expires_at = entry.now + span
        entry.ttl_seconds = entry.extended_seconds = span.total_seconds()
        entry.changes += 1


def _tag(entry: Candidate, tags: Iterable[str]) -> None:
    new = [tag for tag in dict.fromkeys(tags) if tag not in entry.tags][: _MOST_TAGS - len(entry.tags)]
    if new:
        entry.tags = [*entry.tags, *new]
        entry.changes += 1
