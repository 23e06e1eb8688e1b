"""Tables that fit whatever they hold."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from modeldex_server.cli.terminal.styles import Style
from modeldex_server.cli.terminal.tables import Column, draw, fold

Row = tuple[str, str, str]
COLUMNS: list[Column[Row]] = [
    Column("id", lambda row: row[0], fold=True),
    Column("price", lambda row: row[1], right=True),
    Column("note", lambda row: row[2], drop=1, quiet=True),
]
cells = st.text(st.characters(blacklist_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Zs", "Mn", "Me", "Mc")), max_size=40)


def lines(rows: list[Row], width: int | None) -> list[str]:
    return [*draw(COLUMNS, rows, width, colour=False)]


def test_a_column_goes_before_the_id_is_too_narrow() -> None:
    """The note goes; the id is folded after a hyphen or a slash, and the price stays."""
    rows = [("provider/some-model-of-many-words", "0.15", "x" * 30)]
    assert lines(rows, 30) == ["id                       price", "provider/some-model-of-   0.15", "many-words"]


def test_without_a_width_nothing_is_folded_or_dropped() -> None:
    """A pipe gets whole cells, however long."""
    rows = [("a" * 300, "1", "note")]
    assert lines(rows, None)[1].split() == ["a" * 300, "1", "note"]


def test_an_empty_column_is_not_shown() -> None:
    """A column of which no row has a value takes no room."""
    assert "note" not in lines([("a", "1", "")], None)[0]


def test_amounts_stand_below_each_other_by_their_point() -> None:
    """And what is no number stands as it is."""
    rows = [("a", "10", ""), ("b", "0.15", ""), ("c", "2.5", ""), ("d", "", ""), ("e", "0.04 /image", "")]
    points = [line.index(".") for line in lines(rows, None)[2:4]]
    assert points[0] == points[1]
    assert lines(rows, None)[1].rstrip().endswith("10")
    assert lines(rows, None)[1].index("10") + 2 == points[0]


def test_colour_adds_nothing_to_the_width() -> None:
    """Without its codes a coloured table is the plain one."""
    styled = [Column[Row]("id", lambda row: row[0], style=lambda _: Style.BAD)]
    rows = [("a", "", ""), ("long", "", "")]
    coloured = [re.sub(r"\x1b\[\d+m", "", line) for line in draw(styled, rows, 20, colour=True)]
    assert [line.rstrip() for line in coloured] == [*draw(styled, rows, 20, colour=False)]
    assert "\x1b[31ma\x1b[0m" in [*draw(styled, rows, 20, colour=True)][1]


@given(st.lists(st.tuples(cells, st.just("1"), cells), min_size=1, max_size=5), st.integers(26, 120))
def test_no_line_is_wider_than_asked_for(rows: list[Row], width: int) -> None:
    """Whatever the texts, wide characters among them."""
    assert max(map(cell_len, lines(rows, width))) <= width


@given(st.text(st.sampled_from("ab/- 漢"), max_size=60), st.integers(2, 30))
def test_folding_loses_nothing_but_blanks(text: str, width: int) -> None:
    """Every character of an id is shown, on lines that fit."""
    folded = fold(text, width)
    assert "".join(folded).replace(" ", "") == text.replace(" ", "")
    assert max(map(cell_len, folded)) <= width


def test_words_stay_whole() -> None:
    """Names of capabilities are not broken at their underscores."""
    assert fold("text_input, text_output, vision", 14) == ["text_input,", "text_output,", "vision"]
