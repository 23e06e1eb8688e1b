"""A rule, compiled: which triggers it answers to, and which entries it is about. Everything here is pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from modeldex.v1 import invalidation_pb2 as pb
from modeldex_server.cache.invalidation.strategies import STRATEGY_OF
from modeldex_server.cache.rules.triggers import CATALOGUE_REASONS, Trigger
from modeldex_server.conditions.comparison import ENDS_WITH, EQUALS, IN, STARTS_WITH
from modeldex_server.conditions.entries import CAUSE_FIELDS, METADATA_FIELDS, Cause, Entry, entry_fields
from modeldex_server.conditions.filters import HINTED, condition_test
from modeldex_server.conditions.models import Capabilities
from modeldex_server.conditions.patterns import Patterns
from modeldex_server.conditions.refusal import Refusal

_ENTRY, _METADATA, _CONTEXT = (
    pb.INVALIDATION_SUBJECT_ENTRY,
    pb.INVALIDATION_SUBJECT_METADATA,
    pb.INVALIDATION_SUBJECT_CONTEXT,
)
_NARROW = frozenset({EQUALS, IN, STARTS_WITH, ENDS_WITH})
_SUBJECTS = ", ".join(value.name for value in pb.InvalidationSubject.DESCRIPTOR.values if value.number)


@dataclass(slots=True)
class Conditions:
    """The conditions of a rule, and what is wrong with them."""

    of_cause: list[Callable[[Cause], bool]] = field(default_factory=list)
    of_entry: list[Callable[[Entry], bool]] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


def compiled_conditions(rule: pb.InvalidationRule, capabilities: Capabilities | None = None) -> Conditions:
    """The conditions of a rule, compiled. All its regular expressions share one allowance of work."""
    made, patterns, of_entry = Conditions(), Patterns(), entry_fields(capabilities)
    for at, one in sorted(enumerate(rule.conditions), key=_is_wide):
        hint = len(made.problems) < HINTED
        try:
            match one.subject:
                case pb.INVALIDATION_SUBJECT_ENTRY:
                    made.of_entry.append(condition_test(of_entry, one.condition, patterns, hint=hint))
                case pb.INVALIDATION_SUBJECT_METADATA:
                    made.of_entry.append(condition_test(METADATA_FIELDS, one.condition, patterns, hint=hint))
                case pb.INVALIDATION_SUBJECT_CONTEXT:
                    made.of_cause.append(condition_test(CAUSE_FIELDS, one.condition, patterns, hint=hint))
                case _:
                    made.problems.append((f"conditions[{at}].subject", f"must be one of {_SUBJECTS}"))
        except Refusal as refusal:
            made.problems.append((f"conditions[{at}].condition.{refusal.part}", refusal.text))
    return made


class CompiledRule:
    """A rule in one of its versions."""

    def __init__(self, rule: pb.InvalidationRule) -> None:
        """
        Raises:
            ValueError: it has problems.
        """
        conditions = compiled_conditions(rule)
        if conditions.problems:
            raise ValueError(f"a rule with problems: {conditions.problems}")
        self.rule = rule
        self.id, self.version, self.dry_run = rule.id, rule.version, rule.dry_run
        self.actions: Sequence[pb.InvalidationAction] = list(rule.actions)
        self.needs_values = any(_looks_into_value(one) for one in rule.conditions)
        self.needs_metadata = any(one.subject == _METADATA for one in rule.conditions)
        self._of_cause, self._of_entry = conditions.of_cause, conditions.of_entry
        self._reasons = {reason for reason, strategy in STRATEGY_OF.items() if strategy == rule.strategy}

    @property
    def hears_of_the_catalogue(self) -> bool:
        """Whether changes of the catalogue can be triggers of its own."""
        return not self._reasons or not self._reasons.isdisjoint(CATALOGUE_REASONS)

    @property
    def chooses(self) -> bool:
        """Whether its conditions say which entries it is about; else its trigger does."""
        return bool(self._of_entry)

    def answers(self, trigger: Trigger) -> bool:
        """Whether a trigger is one of its own."""
        if self._reasons and self._reasons.isdisjoint(trigger.reasons):
            return False
        return all(test(trigger) for test in self._of_cause)

    def matches(self, entry: Entry) -> bool:
        """Whether an entry meets its conditions."""
        for test in self._of_entry:  # noqa: SIM110 - a generator takes longer than most tests
            if not test(entry):
                return False
        return True


def _is_wide(numbered: tuple[int, pb.InvalidationCondition]) -> bool:
    """Whether most entries meet a condition, as a rule of thumb: those that few meet are asked first."""
    return numbered[1].condition.operator not in _NARROW


def _looks_into_value(one: pb.InvalidationCondition) -> bool:
    return one.subject == _ENTRY and one.condition.field.startswith("value.")
