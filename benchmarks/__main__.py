"""The command: `python -m benchmarks [case ...] [--rounds N] [--seconds S]`."""

from __future__ import annotations

import argparse
import shutil
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from benchmarks import report
from benchmarks.case import Case, LeftOut, Plan, judge
from benchmarks.cases import CASES
from benchmarks.rounds import Reading, by_turns, rows_of

_RESULTS = Path(__file__).parent / "results"
_TOOLS = {"h2load": "h2load (Debian package nghttp2-client)", "etcd": "etcd (Debian package etcd-server)"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures the cases named, or all. Gives 1 where one failed; a bar that is missed is told, but is no failure."""
    chosen = _parser().parse_args(arguments)
    plan = Plan(seconds=chosen.seconds, rounds=chosen.rounds)
    # Where a file reads instead of people, a table must not be folded to 80 columns.
    console = Console() if sys.stdout.isatty() else Console(width=120)
    results = [measure(case, plan, console) for case in CASES if case.name in chosen.cases or not chosen.cases]
    report.show_end(console, results)
    target = report.write(_RESULTS, results, datetime.now(UTC))
    console.print(f"Written to benchmarks/results/{target.name}", highlight=False)
    return int(any(isinstance(result, LeftOut) and result.failed for result in results))


def _parser() -> argparse.ArgumentParser:
    listed = "\n".join(f"  {case.name:<20} {case.title}" for case in CASES)
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measures the server beside the bare things that it is made of.",
        epilog=f"cases:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("cases", nargs="*", type=_case_name, metavar="case", help="what to measure; all by default")
    parser.add_argument("--rounds", type=_rounds, help="rounds of each case; 3 to 9 by default, as the case says")
    parser.add_argument("--seconds", type=_seconds, default=1.0, help="length of a turn under load; 1 by default")
    return parser


def _case_name(text: str) -> str:
    if text not in {case.name for case in CASES}:
        raise argparse.ArgumentTypeError(f"there is no case {text}; see --help")
    return text


def _rounds(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("must be a whole number of 1 or more")
    return int(text)


def _seconds(text: str) -> float:
    value = float(text)
    if not 0.5 <= value <= 600:
        raise argparse.ArgumentTypeError("must be from 0.5 to 600")
    return value


def measure(case: Case, plan: Plan, console: Console) -> report.Result:
    """One case from set-up to verdict. Whatever breaks is told, and the next case still runs."""
    missing = _missing(case.tools)
    if missing:
        return _tell_left_out(console, LeftOut(case, f"needs {', '.join(missing)}, which is not there", failed=False))
    for tool in _missing(case.optional):
        console.print(f"{case.name}: goes without {tool}, which is not there", style="yellow", markup=False)
    try:
        with console.status(f"{case.name}: starting"), case.open(plan) as turns:
            readings = by_turns(turns, plan.rounds or case.rounds, _teller(case, console))
    except Exception as error:  # one broken case must not hide the others' figures
        traceback.print_exc()
        return _tell_left_out(console, LeftOut(case, f"{type(error).__name__}: {error}", failed=True))
    outcome = judge(case, rows_of(readings, case.base if case.base in readings else None))
    report.show(console, outcome)
    return outcome


def _missing(tools: Iterable[str]) -> list[str]:
    return [_TOOLS.get(tool, tool) for tool in tools if shutil.which(tool) is None]


def _tell_left_out(console: Console, left: LeftOut) -> LeftOut:
    word = "failed" if left.failed else "is left out"
    console.print(f"{left.case.name} {word}: {left.reason}\n", style="bold yellow", markup=False)
    return left


def _teller(case: Case, console: Console) -> Callable[[int, str, Reading], None]:
    """Says each reading as it comes, so that a long run is seen to move."""

    def tell(number: int, name: str, reading: Reading) -> None:
        figure = f"{report.number(reading.value)} {case.unit}"
        console.print(f"{case.name}  round {number + 1}  {name}: {figure}", style="dim", markup=False)

    return tell


if __name__ == "__main__":
    sys.exit(main())
