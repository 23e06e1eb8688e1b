"""The file of rules, as it is written: JSON, checked as a whole before any rule is asked."""

from __future__ import annotations

import re
from collections import Counter
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from modeldex_server.history.conditions import CONDITIONS
from modeldex_server.ledger.places import place_of

Class = Literal["breaking", "compatible", "cosmetic"]
Impact = Literal["low", "medium", "high", "critical"]

ANY_KEY = re.compile(r"\[\*\]")


def _condition(word: str) -> str:
    if word not in CONDITIONS:
        raise ValueError("must be one of " + ", ".join(CONDITIONS))
    return word


def _pattern(path: str) -> str:
    if place_of(ANY_KEY.sub('["any"]', path)) is None:
        raise ValueError('must be a path into a model, for example "context_window" or "prices[*].amount"')
    return path


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Data):
    """One rule. Without `paths` it is about every path; without `when` and `to` about every change there."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    paths: tuple[Annotated[str, AfterValidator(_pattern)], ...] = ()
    when: tuple[Annotated[str, AfterValidator(_condition)], ...] = ()
    to: tuple[bool | float | str, ...] = ()
    by_more_than_percent: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0
    change_class: Annotated[Class, Field(alias="class")]
    impact: Impact

    @property
    def takes_all(self) -> bool:
        """Whether every change meets it."""
        return not (self.paths or self.when or self.to)


class Escalation(_Data):
    """The least impact of a diff with more entries of a class than so many."""

    change_class: Annotated[Class, Field(alias="class")]
    more_than: Annotated[int, Field(ge=0)]
    impact: Impact


class RuleFile(_Data):
    """All rules, and when many entries matter more than each of them."""

    rules: tuple[Rule, ...]
    escalation: tuple[Escalation, ...] = ()

    @staticmethod
    def parse(content: bytes | str) -> RuleFile:
        """The file of its JSON.

        Raises:
            ValueError: it is no such JSON; in one line.
        """
        try:
            file = RuleFile.model_validate_json(content)
        except ValidationError as error:
            raise ValueError(_told(error)) from None
        if problem := file._problem():
            raise ValueError(problem)
        return file

    def _problem(self) -> str | None:
        """What is wrong with the rules together."""
        twice = [name for name, count in Counter(rule.id for rule in self.rules).items() if count > 1]
        if twice:
            return f"has two rules with the id {twice[0]}"
        if [rule.takes_all for rule in self.rules] != [False] * (len(self.rules) - 1) + [True]:
            return 'must end with the one rule that has no "paths", no "when" and no "to": it takes what is left'
        return None


def _told(error: ValidationError) -> str:
    """The first problem of several, in words."""
    first = error.errors(include_url=False)[0]
    place = ".".join(str(step) for step in first["loc"])
    return f"is wrong at {place}: {first['msg']}" if place else f"is wrong: {first['msg']}"
