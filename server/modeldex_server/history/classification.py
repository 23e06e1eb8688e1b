"""Classification: what a change means for those who use a model, by rules that are data (`rules.json`).

The first rule that a change meets says what it is, so the order of the rules matters; the last one takes whatever is
left. Nothing of this is stored: another file of rules says at once what all changes mean by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path as File

from modeldex.v1 import history_pb2, update_pb2
from modeldex_server.errors import StartError
from modeldex_server.history.conditions import CONDITIONS
from modeldex_server.history.rule_file import ANY_KEY, Class, Escalation, Impact, Rule, RuleFile
from modeldex_server.ledger.changes import Operation
from modeldex_server.ledger.diff import steps
from modeldex_server.ledger.terms import operation_term

Steps = tuple[str, ...]
_CLASSES: Mapping[Class, history_pb2.ChangeClass.ValueType] = {
    "breaking": history_pb2.CHANGE_CLASS_BREAKING,
    "compatible": history_pb2.CHANGE_CLASS_COMPATIBLE,
    "cosmetic": history_pb2.CHANGE_CLASS_COSMETIC,
}
_IMPACTS: Mapping[Impact, history_pb2.ChangeImpact.ValueType] = {
    "low": history_pb2.CHANGE_IMPACT_LOW,
    "medium": history_pb2.CHANGE_IMPACT_MEDIUM,
    "high": history_pb2.CHANGE_IMPACT_HIGH,
    "critical": history_pb2.CHANGE_IMPACT_CRITICAL,
}
_PATHS = {
    update_pb2.FIELD_CHANGE_OPERATION_ADDED: "added_paths",
    update_pb2.FIELD_CHANGE_OPERATION_REMOVED: "removed_paths",
    update_pb2.FIELD_CHANGE_OPERATION_REPLACED: "replaced_paths",
}
_KNOWN_PATHS = 4096
_ANY = "\0"  # as a step: no key of a model holds it
_REMOVED = update_pb2.FieldChange(
    operation=update_pb2.FIELD_CHANGE_OPERATION_REMOVED, kind=update_pb2.FIELD_CHANGE_KIND_PROPERTY
)


def steps_of(path: str) -> Steps:
    """The names and keys that a path leads over."""
    return tuple(steps(path))


class _Ready:
    """A rule, ready to be asked."""

    def __init__(self, rule: Rule) -> None:
        self.id = rule.id
        self.change_class = _CLASSES[rule.change_class]
        self.impact = _IMPACTS[rule.impact]
        self.patterns = [steps_of(ANY_KEY.sub(r'["\\u0000"]', path)) for path in rule.paths]
        self._conditions = [CONDITIONS[word] for word in rule.when]
        self._percent = Decimal(str(rule.by_more_than_percent))
        self._values = rule.to

    def meets(self, change: update_pb2.FieldChange) -> bool:
        """Whether a change of what the rule is about is such as it says."""
        return self._is_such(change) and self._has_come_to(change)

    def is_about(self, path: Steps) -> bool:
        """Whether the rule is about what stands at a path."""
        return not self.patterns or any(
            len(pattern) <= len(path) and all(one in (_ANY, step) for one, step in zip(pattern, path, strict=False))
            for pattern in self.patterns
        )

    def _is_such(self, change: update_pb2.FieldChange) -> bool:
        return not self._conditions or any(condition(change, self._percent) for condition in self._conditions)

    def _has_come_to(self, change: update_pb2.FieldChange) -> bool:
        if not self._values:
            return True
        kind = change.new_value.WhichOneof("kind") if change.HasField("new_value") else None
        # By their types, too: true is no 1.
        found = getattr(change.new_value, kind) if kind else None
        return any(type(found) is type(value) and found == value for value in self._values)


class Rules:
    """All rules. `packaged()` gives those of this release."""

    def __init__(self, rules: Sequence[Rule], escalation: Sequence[Escalation] = ()) -> None:
        self._rules = [_Ready(rule) for rule in rules]
        self._escalation = [(_CLASSES[one.change_class], one.more_than, _IMPACTS[one.impact]) for one in escalation]
        self._rules_about = lru_cache(_KNOWN_PATHS)(self._find_rules_about)

    @staticmethod
    @cache
    def packaged() -> Rules:
        """The rules of this release, read once."""
        return Rules.parse(resources.files(__package__).joinpath("rules.json").read_bytes())

    @staticmethod
    def read(path: File) -> Rules:
        """The rules of a file.

        Raises:
            StartError: it cannot be read, or is no such file; in one line.
        """
        try:
            return Rules.parse(path.read_bytes())
        except OSError as error:
            raise StartError(f"The file of rules {path} cannot be read: {error.strerror}.") from None
        except ValueError as error:
            raise StartError(f"The file of rules {path} {error}.") from None

    @staticmethod
    def parse(content: bytes | str) -> Rules:
        """The rules of JSON.

        Raises:
            ValueError: it is no such JSON; in one line.
        """
        data = RuleFile.parse(content)
        return Rules(data.rules, data.escalation)

    def entries(self, changes: Iterable[update_pb2.FieldChange]) -> list[history_pb2.DiffEntry]:
        """What each change means, in their order."""
        return [self._entry(change, self._rule_of(change)) for change in changes]

    def removal(self) -> history_pb2.DiffEntry:
        """What it means that a model left the catalogue: what it means that its id did, told of the path ""."""
        gone = update_pb2.FieldChange(path="id", operation=update_pb2.FIELD_CHANGE_OPERATION_REMOVED)
        return self._entry(_REMOVED, self._rule_of(gone))

    def summary(self, entries: Sequence[history_pb2.DiffEntry]) -> history_pb2.DiffSummary:
        """The entries in figures."""
        counts = Counter(entry.change_class for entry in entries)
        summary = history_pb2.DiffSummary(
            total_count=len(entries),
            breaking_count=counts[history_pb2.CHANGE_CLASS_BREAKING],
            compatible_count=counts[history_pb2.CHANGE_CLASS_COMPATIBLE],
            cosmetic_count=counts[history_pb2.CHANGE_CLASS_COSMETIC],
            impact=self._impact(entries, counts),
        )
        for entry in entries:
            getattr(summary, _PATHS[entry.change.operation]).append(entry.change.path)
        return summary

    def fields(self, classes: Iterable[int]) -> frozenset[str] | None:
        """The fields of which a change can be of one of these classes; None: every field."""
        wanted = set(classes)
        rules = [rule for rule in self._rules if rule.change_class in wanted]
        if not all(rule.patterns for rule in rules):
            return None
        return frozenset(pattern[0] for rule in rules for pattern in rule.patterns)

    def terms(self, classes: Iterable[int]) -> frozenset[str] | None:
        """Terms of which every version has one that has an entry of one of these classes; None: there are none."""
        wanted = set(classes)
        fields = self.fields(wanted)
        if fields is None:
            return None
        return fields | {operation_term(Operation.DELETE)} if self.removal().change_class in wanted else fields

    def _entry(self, change: update_pb2.FieldChange, rule: _Ready) -> history_pb2.DiffEntry:
        return history_pb2.DiffEntry(change=change, change_class=rule.change_class, rule_id=rule.id, impact=rule.impact)

    def _rule_of(self, change: update_pb2.FieldChange) -> _Ready:
        return next(rule for rule in self._rules_about(change.path) if rule.meets(change))

    def _find_rules_about(self, path: str) -> list[_Ready]:
        """Those that are about a path: few of many, and found once for the paths that models have in common."""
        steps = steps_of(path)
        return [rule for rule in self._rules if rule.is_about(steps)]

    def _impact(
        self, entries: Sequence[history_pb2.DiffEntry], counts: Counter[history_pb2.ChangeClass.ValueType]
    ) -> history_pb2.ChangeImpact.ValueType:
        impacts = [entry.impact for entry in entries]
        impacts += [impact for kind, more_than, impact in self._escalation if counts[kind] > more_than]
        return max(impacts, default=history_pb2.CHANGE_IMPACT_UNSPECIFIED)
