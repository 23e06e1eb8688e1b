"""A bar says which figure is judged, and how."""

import pytest
from benchmarks.case import Bar
from benchmarks.rounds import Reading, Row

ROW = Row(
    "ours",
    (Reading(10, {"rows": 0}), Reading(20, {"rows": 0}), Reading(60, {"rows": 1})),
    ratios=(0.95, 0.91, 0.2),
)


@pytest.mark.parametrize(
    ("bar", "figure", "met"),
    [
        (Bar("ours", 20), 20, True),
        (Bar("ours", 19.9), 20, False),
        (Bar("ours", 20, at_least=True), 20, True),
        (Bar("ours", 20.1, at_least=True), 20, False),
        (Bar("ours", 0.9, at_least=True, of="ratio"), 0.91, True),
        (Bar("ours", 0.95, at_least=True, of="ratio"), 0.91, False),
    ],
)
def test_values_and_ratios_are_judged_by_their_median(bar: Bar, figure: float, met: bool) -> None:
    """One slow round of a drifting machine neither breaks nor saves a bar; a figure equal to the limit meets it."""
    verdict = bar.judge(ROW)
    assert (verdict.figure, verdict.met) == (figure, met)


def test_counts_are_judged_by_their_worst_round() -> None:
    """Zero rows means zero in every round; the median would hide a single one."""
    verdict = Bar("ours", 0, of="rows").judge(ROW)
    assert (verdict.figure, verdict.met) == (1, False)
    assert Bar("ours", 1, at_least=True, of="rows").judge(ROW).figure == 0
