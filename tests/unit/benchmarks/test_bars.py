"""A bar says which figure is judged, and how."""

from contextlib import nullcontext

import pytest
from benchmarks.case import Bar, Case, judge
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


OTHER = Row("other", (Reading(5), Reading(40), Reading(30)))


def test_a_ratio_may_be_to_another_row_than_the_base() -> None:
    """Round by round: 2, 0.5 and 2."""
    verdict = Bar("ours", 2, at_least=True, of="ratio", to="other").judge(ROW, OTHER)
    assert (verdict.figure, verdict.met) == (2, True)


def test_an_excess_is_what_is_more_than_a_multiple_of_another_row() -> None:
    """At most 1.5 times the other and 10 more: 2.5, -40 and 15 over it, round by round."""
    bar = Bar("ours", 10, of="excess", to="other", times=1.5)
    assert bar.judge(ROW, OTHER).figure == 2.5
    assert bar.judge(ROW, OTHER).met
    assert not Bar("ours", 2, of="excess", to="other", times=1.5).judge(ROW, OTHER).met


def case(optional: dict[str, tuple[str, ...]]) -> Case:
    bars = (Bar("ours", 20), Bar("ours", 1, of="ratio", to="other"), Bar("other", 1))
    return Case("x", "x", "s", lambda _: nullcontext({}), bars, optional=optional)


def test_bars_of_a_row_that_may_be_absent_fall_away_with_it() -> None:
    """What needs no such tool is judged all the same."""
    of_tool = case({"tool": ("other",)})
    assert [verdict.bar.row for verdict in judge(of_tool, (ROW, OTHER)).verdicts] == ["ours", "ours", "other"]
    assert [verdict.bar for verdict in judge(of_tool, (ROW,)).verdicts] == [of_tool.bars[0]]


def test_a_bar_of_a_row_that_must_be_there_never_falls_away() -> None:
    """A name that is misspelt is an error, no bar that is met."""
    with pytest.raises(KeyError):
        judge(case({}), (ROW,))
