"""A case: what is measured beside which bare thing, and the bars that it must meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from benchmarks.rounds import Row, Spread, Turn


@dataclass(frozen=True, slots=True)
class Plan:
    """What the caller of the benchmarks chose. `seconds` is how long one turn under load lasts."""

    seconds: float
    rounds: int | None


@dataclass(frozen=True, slots=True)
class Bar:
    """A promise about one row: its value, its ratio to the base, or something read beside the value.

    Values and ratios are judged by their median, what was read beside by its worst round: it is counts and sizes,
    which do not drift with the machine.
    """

    row: str
    limit: float
    at_least: bool = False
    of: str = "value"

    def figure(self, row: Row) -> float:
        """The figure that is judged."""
        if self.of == "value":
            return Spread.of(reading.value for reading in row.readings).median
        if self.of == "ratio":
            return Spread.of(row.ratios).median
        spread = row.beside()[self.of]
        return spread.minimum if self.at_least else spread.maximum

    def judge(self, row: Row) -> Verdict:
        """Says whether the row meets the bar."""
        figure = self.figure(row)
        return Verdict(self, figure, figure >= self.limit if self.at_least else figure <= self.limit)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A bar, the figure that was held against it, and whether it was met."""

    bar: Bar
    figure: float
    met: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One question. `open` sets everything up, hands out a turn for each configuration, and clears everything away."""

    name: str
    title: str
    unit: str
    open: Callable[[Plan], AbstractContextManager[Mapping[str, Turn]]]
    bars: tuple[Bar, ...]
    base: str | None = None
    # Many short turns: what else runs on the machine then falls on both sides of most ratios.
    rounds: int = 9
    tools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case that was measured."""

    case: Case
    rows: tuple[Row, ...]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A case that gave no figure, and why: a tool that is not there, or a failure."""

    case: Case
    reason: str
    failed: bool


def judge(case: Case, rows: tuple[Row, ...]) -> Outcome:
    """Holds every bar of the case against its row."""
    by_name = {row.name: row for row in rows}
    return Outcome(case, rows, tuple(bar.judge(by_name[bar.row]) for bar in case.bars))
