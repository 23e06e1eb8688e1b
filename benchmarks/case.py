"""A case: what is measured beside which bare thing, and the bars that it must meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from benchmarks.rounds import Row, Spread, Turn


@dataclass(frozen=True, slots=True)
class Plan:
    """What the caller of the benchmarks chose. `seconds` is how long one turn under load lasts."""

    seconds: float
    rounds: int | None


@dataclass(frozen=True, slots=True)
class Bar:
    """A promise about one row: its value, its ratio to another row, its excess over a multiple of another row, or
    something read beside the value.

    `to` is the other row; the case's base where it is not named. Values, ratios and excesses are judged by their
    median, what was read beside by its worst round: it is counts and sizes, which do not drift with the machine.
    """

    row: str
    limit: float
    at_least: bool = False
    of: str = "value"
    to: str | None = None
    times: float = 1

    def figure(self, row: Row, other: Row | None = None) -> float:
        """The figure that is judged."""
        if self.of == "value":
            return Spread.of(reading.value for reading in row.readings).median
        if self.of == "ratio":
            return Spread.of(row.ratios if other is None else row.ratios_to(other)).median
        if self.of == "excess" and other is not None:
            return Spread.of(row.excesses_over(other, self.times)).median
        spread = row.beside()[self.of]
        return spread.minimum if self.at_least else spread.maximum

    def judge(self, row: Row, other: Row | None = None) -> Verdict:
        """Says whether the row meets the bar, beside the other row where `to` names one."""
        figure = self.figure(row, other)
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
    # Rows that need a tool which may be absent, by the tool. Without it the case goes on, and their bars fall away.
    optional: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def optional_rows(self) -> frozenset[str]:
        """The rows that may be absent."""
        return frozenset(row for rows in self.optional.values() for row in rows)


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
    """Holds every bar of the case against its row. Bars of rows that may be absent, and are, fall away."""
    by_name = {row.name: row for row in rows}
    absent = case.optional_rows - by_name.keys()
    bars = [bar for bar in case.bars if not {bar.row, bar.to} & absent]
    verdicts = [bar.judge(by_name[bar.row], by_name[bar.to] if bar.to is not None else None) for bar in bars]
    return Outcome(case, rows, tuple(verdicts))
