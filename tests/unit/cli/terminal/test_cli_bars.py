"""A share as a bar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeldex_server.cli.terminal.bars import bar


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0.0, "░░░░"), (0.5, "██░░"), (1.0, "████"), (0.001, "█░░░"), (0.999, "███░"), (1.5, "████"), (-1.0, "░░░░")],
)
def test_more_than_nothing_shows_and_less_than_all_does_too(share: float, shown: str) -> None:
    assert bar(share, 4) == shown


@given(st.floats(allow_nan=False), st.integers(2, 100))
def test_a_bar_has_its_length(share: float, cells: int) -> None:
    """Whatever a server of another release answers."""
    assert len(bar(share, cells)) == cells
