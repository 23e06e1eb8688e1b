"""What was asked and what was answered: the history of a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    """What an operation did."""

    SET = "set"
    DELETE = "delete"
    HARD = "hard invalidation"
    SOFT = "soft invalidation"
    READ = "read"


@dataclass
class Operation:
    """A call that was made. Times are seconds of one clock."""

    kind: Kind
    replica: int
    keys: frozenset[str]
    begun: float
    ended: float = 0.0
    reason: str = ""
    """Why it failed; empty where it succeeded. A write that failed may have been made."""
    token: str = ""
    """Of a set: what its value holds, like no other's."""
    version: int = 0
    """Of a set: the version that it was answered with."""
    mortal: bool = False
    """Of a set: whether it has a TTL that ends within the run."""
    found: dict[str, Seen] = field(default_factory=dict)
    """Of a read: what it was answered, by key; what is missing is not there."""

    @property
    def succeeded(self) -> bool:
        return not self.reason


@dataclass(frozen=True)
class Seen:
    """An entry as a read was answered with it."""

    token: str
    version: int
    stale: bool


@dataclass(frozen=True)
class Span:
    """A time in which something was broken."""

    what: str
    replicas: frozenset[int]
    begun: float
    ended: float


@dataclass
class Story:
    """A history of one namespace."""

    operations: list[Operation] = field(default_factory=list)
    faults: list[Span] = field(default_factory=list)
    _by_key: dict[str, list[Operation]] = field(default_factory=lambda: defaultdict(list))

    def add(self, one: Operation) -> None:
        """Write down an operation that is over."""
        self.operations.append(one)
        if one.kind is not Kind.READ:
            for key in one.keys:
                self._by_key[key].append(one)

    def of(self, *kinds: Kind) -> Iterator[Operation]:
        """The operations of some kinds, as they ended."""
        return (one for one in self.operations if one.kind in kinds)

    def of_key(self, key: str, *kinds: Kind) -> list[Operation]:
        """The same about a key; not reads, which are many."""
        return [one for one in self._by_key[key] if one.kind in kinds]

    def broken(self, what: str, replica: int, begun: float, ended: float) -> bool:
        """Whether something was broken on a replica at some time of a span."""
        return any(
            one.what == what and replica in one.replicas and one.begun <= ended and begun <= one.ended
            for one in self.faults
        )


def summary(story: Story) -> str:
    """One line of numbers."""
    counts = {kind: sum(1 for _ in story.of(kind)) for kind in Kind}
    failed = sum(1 for one in story.operations if one.reason)
    return ", ".join([*(f"{count} x {kind.value}" for kind, count in counts.items()), f"{failed} failed"])
