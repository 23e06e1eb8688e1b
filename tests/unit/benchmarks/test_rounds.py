"""Configurations take turns, and ratios are taken within a round."""

from functools import partial

import pytest
from benchmarks.rounds import Reading, Row, Spread, by_turns, rows_of


def read(name: str, seen: list[str]) -> Reading:
    seen.append(name)
    return Reading(len(seen))


def test_every_configuration_has_one_turn_a_round_and_none_is_always_first() -> None:
    """Three configurations, three rounds: each round holds all three and begins with another one."""
    seen: list[str] = []
    turns = {name: partial(read, name, seen) for name in ("a", "b", "c")}
    readings = by_turns(turns, 3, lambda number, name, reading: None)
    assert "".join(seen) == "abcbcacab"
    assert {name: len(row) for name, row in readings.items()} == {"a": 3, "b": 3, "c": 3}


def test_each_reading_is_told_as_it_comes() -> None:
    """The teller hears of the round, the configuration and its reading."""
    told: list[tuple[int, str, float]] = []
    by_turns({"a": lambda: Reading(7)}, 2, lambda number, name, reading: told.append((number, name, reading.value)))
    assert told == [(0, "a", 7), (1, "a", 7)]


def test_ratios_are_to_the_base_of_the_same_round() -> None:
    """A machine that becomes twice as slow changes both figures of a round and no ratio."""
    readings = {"bare": [Reading(100), Reading(50)], "ours": [Reading(90), Reading(45)]}
    bare, ours = rows_of(readings, "bare")
    assert ours.ratios == (0.9, 0.9)
    assert bare.ratios == ()


def test_without_a_base_there_are_no_ratios() -> None:
    """A case that promises a time needs nothing to compare with."""
    (row,) = rows_of({"start": [Reading(3)]}, None)
    assert row.ratios == ()


def test_spread_is_least_middle_largest() -> None:
    """Whatever the order of the rounds."""
    assert Spread.of([3, 1, 2]) == Spread(1, 2, 3)
    assert Spread.of([4, 1]) == Spread(1, 2.5, 4)
    with pytest.raises(ValueError, match="at least one"):
        Spread.of([])


def test_beside_is_spread_over_the_rounds() -> None:
    """What is read beside the value keeps its rounds, too."""
    row = Row("a", (Reading(1, {"ms": 5}), Reading(1, {"ms": 7})))
    assert row.beside() == {"ms": Spread(5, 6, 7)}
