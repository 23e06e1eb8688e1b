"""Rounds: every configuration takes one turn a round, so that a drifting machine drifts under all of them."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reading:
    """What one turn gave: the value in the case's unit, and by name what was read beside it."""

    value: float
    beside: Mapping[str, float] = field(default_factory=dict)


Turn = Callable[[], Reading]


@dataclass(frozen=True, slots=True)
class Spread:
    """The least, the middle and the largest of the rounds. All are shown: a median alone hides the drift."""

    minimum: float
    median: float
    maximum: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Raises ValueError where there are no values."""
        ordered = sorted(values)
        if not ordered:
            raise ValueError("a spread needs at least one value")
        return cls(ordered[0], statistics.median(ordered), ordered[-1])


@dataclass(frozen=True, slots=True)
class Row:
    """One configuration after all rounds: its readings in their order, and its ratios where there is a base."""

    name: str
    readings: tuple[Reading, ...]
    ratios: tuple[float, ...] = ()

    def beside(self) -> dict[str, Spread]:
        """What was read beside the value in every round, by name."""
        return {name: Spread.of(r.beside[name] for r in self.readings) for name in self.readings[0].beside}

    def ratios_to(self, other: Row) -> tuple[float, ...]:
        """The ratios to another row, round by round."""
        return _ratios(self.readings, other.readings)

    def excesses_over(self, other: Row, times: float) -> tuple[float, ...]:
        """By how much it is more than so many times another row, round by round."""
        return tuple(mine.value - times * its.value for mine, its in zip(self.readings, other.readings, strict=True))


def by_turns(
    turns: Mapping[str, Turn], rounds: int, tell: Callable[[int, str, Reading], None]
) -> dict[str, list[Reading]]:
    """Runs every turn once a round. Each round begins with the next configuration, so that none always comes first."""
    names = list(turns)
    readings: dict[str, list[Reading]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            reading = turns[name]()
            readings[name].append(reading)
            tell(number, name, reading)
    return readings


def rows_of(readings: Mapping[str, Sequence[Reading]], base: str | None) -> tuple[Row, ...]:
    """Joins each configuration with its ratio to the base of the same round. The base has no ratio itself."""
    return tuple(
        Row(name, tuple(row), () if base is None or name == base else _ratios(row, readings[base]))
        for name, row in readings.items()
    )


def _ratios(row: Sequence[Reading], base: Sequence[Reading]) -> tuple[float, ...]:
    return tuple(one.value / other.value for one, other in zip(row, base, strict=True))
