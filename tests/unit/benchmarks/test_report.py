"""What a run tells people, and what it writes for programs."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from benchmarks import report
from benchmarks.__main__ import main, measure
from benchmarks.case import Bar, Case, LeftOut, Outcome, Plan
from benchmarks.rounds import Reading, Turn
from rich.console import Console

PLAN = Plan(seconds=1, rounds=2)


@contextmanager
def _two(_plan: Plan) -> Iterator[Mapping[str, Turn]]:
    yield {"bare": lambda: Reading(100), "ours": lambda: Reading(80, {"server CPU us/call": 150})}


@contextmanager
def _broken(_plan: Plan) -> Iterator[Mapping[str, Turn]]:
    raise FileNotFoundError("no server in /tmp/bench-1/data")
    yield {}


CASE = Case(
    name="example",
    title="ours beside bare",
    unit="calls/s",
    open=_two,
    base="bare",
    bars=(Bar("ours", 0.9, at_least=True, of="ratio"), Bar("ours", 100)),
)


def _told(case: Case) -> tuple[report.Result, str]:
    console = Console(file=StringIO(), width=140)
    result = measure(case, PLAN, console)
    report.show_end(console, [result])
    assert isinstance(console.file, StringIO)
    return result, console.file.getvalue()


def test_every_bar_is_told_with_its_figure_and_whether_it_was_met() -> None:
    """The bars stand below the table, and the missed ones again at the end."""
    _, told = _told(CASE)
    missed = "NOT MET  ours: ratio at least 0.9; measured 0.8"
    assert told.count(missed) == 2
    assert "met      ours: at most 100 calls/s; measured 80" in told
    assert "1 of 2 bars met." in told
    assert "server CPU us/call 150" in told


def test_a_missing_tool_is_named_and_its_case_left_out_aloud() -> None:
    """No figure, no failure: a line that says which tool is needed, also at the end of the run."""
    result, told = _told(replace(CASE, tools=("no-such-tool",)))
    assert isinstance(result, LeftOut)
    assert not result.failed
    assert "LEFT OUT example: needs no-such-tool, which is not there" in told.splitlines()[-1]


def test_a_broken_case_is_told_and_ends_nothing() -> None:
    """The reason is told; in the file it names no path."""
    result, told = _told(replace(CASE, open=_broken))
    assert isinstance(result, LeftOut)
    assert result.failed
    assert "FAILED example: FileNotFoundError: no server in /tmp/bench-1/data" in told
    written = json.dumps(report.document([result], datetime.now(UTC)))
    assert "/tmp" not in written
    assert "no server in <path>" in written


def test_the_file_has_every_round_and_every_verdict(tmp_path: Path) -> None:
    """A program can compute everything again: values, ratios and what was read beside, round by round."""
    outcome, _ = _told(CASE)
    assert isinstance(outcome, Outcome)
    file = report.write(tmp_path, [outcome], datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert file.name == "20300102T030405Z.json"
    written = json.loads(file.read_text(encoding="utf-8"))
    (case,) = written["cases"]
    assert case["rows"][1] == {
        "configuration": "ours",
        "values": [80, 80],
        "ratios": [0.8, 0.8],
        "beside": [{"server CPU us/call": 150}] * 2,
    }
    assert [bar["met"] for bar in case["bars"]] == [False, True]
    assert written["packages"]["grpcio"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(8814.4, "8,814"), (132, "132"), (40, "40"), (12.34, "12.3"), (0.9123, "0.912"), (0, "0"), (1.5, "1.5")],
)
def test_numbers_show_the_digits_that_count(value: float, text: str) -> None:
    """Three digits; whole numbers stay whole."""
    assert report.number(value) == text


@pytest.mark.parametrize("arguments", [["no_such_case"], ["--rounds", "0"], ["--seconds", "0.1"], ["--seconds", "x"]])
def test_wrong_arguments_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is measured."""
    with pytest.raises(SystemExit):
        main(arguments)
    assert "error: argument" in capsys.readouterr().err
