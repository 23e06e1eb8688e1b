"""The capability vocabulary: which capabilities have a name here, what a value of each is, and what follows from what.

The words are data (`vocabulary.json`); this file only reads them. Three states: present with a value, present as false,
or absent, which means unknown.
"""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal, cast

from modeldex.v1.model_pb2 import CapabilityValue

if TYPE_CHECKING:
    from google.protobuf.internal.containers import MessageMap

DataType = Literal["boolean", "number", "string", "enum", "array"]

_KINDS: dict[str, str] = {"boolean": "flag", "number": "number", "string": "text", "enum": "text", "array": "list"}
_MUST_BE: dict[str, str] = {
    "flag": "a flag (true or false)",
    "number": "a number",
    "text": "a text",
    "list": "a list of words",
}
_LONGEST_NAME = 100  # nothing that long resembles a capability, and comparing it would take time


@dataclass(frozen=True, slots=True)
class Alternative:
    """A capability that may stand in for another; `score` is how well: 0 (not at all) to 100 (as well)."""

    name: str
    score: int


@dataclass(frozen=True, slots=True)
class Validation:
    """What a value must keep to. None: no such rule. `allowed` holds for a text and for each word of a list."""

    minimum: float | None = None
    maximum: float | None = None
    pattern: re.Pattern[str] | None = None
    allowed: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """One capability. It is true where any of `implied_by` is present and not false."""

    name: str
    category: str
    data_type: DataType
    description: str
    aliases: tuple[str, ...]
    implied_by: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    validation: Validation

    @property
    def kind(self) -> str:
        """The field of CapabilityValue that holds its value: "flag", "number", "text" or "list"."""
        return _KINDS[self.data_type]


def is_supported(value: CapabilityValue) -> bool:
    """Whether a present value says that the model has the capability: all do but the flag false."""
    kind = value.WhichOneof("value")
    return kind is not None and (kind != "flag" or value.flag)


class Vocabulary:
    """All capabilities by name. `load()` gives the one of this release."""

    def __init__(self, definitions: Iterable[Definition]) -> None:
        self._definitions = {definition.name: definition for definition in definitions}
        self._spellings = _spellings(self._definitions.values())
        self._follows: dict[str, tuple[str, ...]] = {}
        for definition in self._definitions.values():
            for cause in definition.implied_by:
                self._follows[cause] = (*self._follows.get(cause, ()), definition.name)

    @staticmethod
    @cache
    def load() -> Vocabulary:
        """The vocabulary of this release, read once."""
        text = resources.files(__package__).joinpath("vocabulary.json").read_text(encoding="utf-8")
        return Vocabulary(_definition(entry) for entry in json.loads(text)["capabilities"])

    def __contains__(self, name: object) -> bool:
        return name in self._definitions

    @property
    def names(self) -> tuple[str, ...]:
        """All names, by category, in the order of the data."""
        return tuple(self._definitions)

    def definition(self, name: str) -> Definition:
        """One capability. KeyError where there is none of this name."""
        return self._definitions[name]

    def closest(self, name: str) -> str | None:
        """The name that was probably meant, found among names and other spellings; None where nothing is near."""
        if len(name) > _LONGEST_NAME:
            return None
        spelling = _spelling(name)
        if spelling in self._spellings:
            return self._spellings[spelling]
        near = difflib.get_close_matches(spelling, self._spellings, n=1, cutoff=0.75)
        return self._spellings[near[0]] if near else None

    def problem(self, name: str, value: CapabilityValue) -> str | None:
        """What is wrong with a value, as a sentence that says what it must be; None where it is right."""
        definition = self._definitions.get(name)
        if definition is None:
            near = self.closest(name)
            hint = f'; did you mean "{near}"?' if near else ""
            return f"is no capability of the vocabulary{hint}"
        if value.WhichOneof("value") != definition.kind:
            return f"must be {_MUST_BE[definition.kind]}"
        return _broken_rule(definition, value)

    def imply(self, capabilities: MessageMap[str, CapabilityValue]) -> None:
        """Adds as true what follows from what is present, until nothing more follows.

        Only what is absent is added: a present false stays, and nothing follows from it.
        """
        follows = self._follows
        present = set(capabilities)
        causes = [name for name in present if name in follows and is_supported(capabilities[name])]
        while causes:
            for name in follows.get(causes.pop(), ()):
                if name not in present:
                    capabilities[name].flag = True  # the map makes the entry that is asked for
                    present.add(name)
                    causes.append(name)


def _broken_rule(definition: Definition, value: CapabilityValue) -> str | None:
    rule = definition.validation
    if definition.kind == "number":
        return _broken_bound(rule, value.number)
    words = [value.text] if definition.kind == "text" else list(value.list.values)
    if rule.allowed is not None and not rule.allowed.issuperset(words):
        return f"must be {'one' if definition.kind == 'text' else 'some'} of {', '.join(sorted(rule.allowed))}"
    if rule.pattern is not None and not all(rule.pattern.fullmatch(word) for word in words):
        return f"must match {rule.pattern.pattern}"
    return None


def _broken_bound(rule: Validation, number: float) -> str | None:
    if not math.isfinite(number):
        return "must be a finite number"
    if rule.minimum is not None and number < rule.minimum:
        return f"must be at least {rule.minimum:g}"
    if rule.maximum is not None and number > rule.maximum:
        return f"must be at most {rule.maximum:g}"
    return None


def _spelling(name: str) -> str:
    """One form of "toolCalling", "tool-calling" and "Tool calling"."""
    return re.sub(r"[-\s.]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())).lower()


def _spellings(definitions: Iterable[Definition]) -> dict[str, str]:
    """Each spelling of exactly one capability. A name is never taken by the alias of another capability."""
    names: dict[str, str] = {}
    aliases: dict[str, set[str]] = {}
    for definition in definitions:
        names[definition.name] = definition.name
        for alias in definition.aliases:
            if "(" not in alias and ")" not in alias:  # a bracket limits an alias to one provider
                aliases.setdefault(_spelling(alias), set()).add(definition.name)
    return {spelling: next(iter(meant)) for spelling, meant in aliases.items() if len(meant) == 1} | names


def _definition(entry: Mapping[str, object]) -> Definition:
    alternatives = cast(list[dict[str, object]], entry.get("alternatives", []))
    return Definition(
        name=str(entry["name"]),
        category=str(entry["category"]),
        data_type=cast(DataType, entry["data_type"]),
        description=str(entry["description"]),
        aliases=tuple(cast(list[str], entry.get("aliases", []))),
        implied_by=tuple(cast(list[str], entry.get("implied_by", []))),
        alternatives=tuple(Alternative(str(each["name"]), cast(int, each["score"])) for each in alternatives),
        validation=_validation(cast(dict[str, object], entry.get("validation", {}))),
    )


def _validation(entry: Mapping[str, object]) -> Validation:
    pattern, allowed = cast(str | None, entry.get("pattern")), cast(list[str] | None, entry.get("enum"))
    return Validation(
        minimum=cast(float | None, entry.get("min")),
        maximum=cast(float | None, entry.get("max")),
        pattern=None if pattern is None else re.compile(pattern),
        allowed=None if allowed is None else frozenset(allowed),
    )
