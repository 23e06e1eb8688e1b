"""Tables that fit: columns go by priority, then the widest one folds; no cell is ever cut.

Drawn here and not by rich: widths must be chosen before columns are, and 5,000 rows must come at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from modeldex_server.cli.terminal.styles import Style, styled

Row = TypeVar("Row")

_GAP = 2
_NARROWEST = 18  # a folding column, or two fifths of a line; before it is narrower another column goes
_PARTS = re.compile(r"[^/-]+[/-]*|[/-]+")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column. `drop`: those with the highest number go first; 0 stays. `fold`: it may take several lines.
    `quiet`: it goes where no row has a value."""

    title: str
    value: Callable[[Row], str]
    drop: int = 0
    right: bool = False
    fold: bool = False
    quiet: bool = False
    style: Callable[[Row], Style] | None = None


def width_of(text: str) -> int:
    """Cells that the text takes on a terminal: two for a wide character."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415

    return cell_len(text)


def draw(columns: Sequence[Column[Row]], rows: Sequence[Row], width: int | None, *, colour: bool) -> Iterator[str]:
    """The lines of a table at most `width` cells wide; None is as wide as it needs."""
    cells = [_aligned(column, [column.value(row) for row in rows]) for column in columns]
    chosen = [number for number, column in enumerate(columns) if not column.quiet or any(cells[number])]
    widths = _widths(columns, chosen, [_natural(columns[number].title, cells[number]) for number in chosen], width)
    chosen = list(widths)
    yield from _line([columns[number] for number in chosen], list(widths.values()), None, colour=colour)
    for index, row in enumerate(rows):
        line = [cells[number][index] for number in chosen]
        yield from _line([columns[number] for number in chosen], list(widths.values()), (row, line), colour=colour)


def _natural(title: str, cells: Sequence[str]) -> int:
    return max(map(width_of, (title, *cells)))


def _widths(
    columns: Sequence[Column[Row]], chosen: Sequence[int], natural: Sequence[int], limit: int | None
) -> dict[int, int]:
    """The width of each column that stays, by its number."""
    widths = dict(zip(chosen, natural, strict=True))
    if limit is None:
        return widths
    narrowest = max(_NARROWEST, limit * 2 // 5)
    smallest = {number: min(size, narrowest) if columns[number].fold else size for number, size in widths.items()}
    while _total(smallest) > limit:
        droppable = [number for number in smallest if columns[number].drop]
        if not droppable:
            break
        last = max(droppable, key=lambda number: (columns[number].drop, number))
        del smallest[last], widths[last]
    folding = [number for number in widths if columns[number].fold]
    fixed = sum(size for number, size in widths.items() if number not in folding)
    left = limit - fixed - _GAP * (len(widths) - 1)
    for position, number in enumerate(sorted(folding, key=lambda number: widths[number])):
        share = left // (len(folding) - position)
        widths[number] = max(min(widths[number], share), 1)
        left -= widths[number]
    return widths


def _total(widths: dict[int, int]) -> int:
    return sum(widths.values()) + _GAP * (len(widths) - 1)


def _aligned(column: Column[Row], cells: list[str]) -> list[str]:
    """Numbers with a point stand below each other by their point."""
    if not column.right:
        return cells
    after = [len(cell.partition(".")[2]) + 1 if "." in cell else 0 for cell in cells]
    if not any(cell.replace(".", "").isdigit() and size for cell, size in zip(cells, after, strict=True)):
        return cells
    longest = max(size for cell, size in zip(cells, after, strict=True) if _is_number(cell))
    return [
        cell + " " * (longest - size) if _is_number(cell) else cell for cell, size in zip(cells, after, strict=True)
    ]


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).isdigit()


def _line(
    columns: Sequence[Column[Row]], widths: Sequence[int], row: tuple[Row, Sequence[str]] | None, *, colour: bool
) -> Iterator[str]:
    texts = [column.title for column in columns] if row is None else row[1]
    folded = [
        fold(text, width) if width_of(text) > width else [text] for text, width in zip(texts, widths, strict=True)
    ]
    for level in range(max(map(len, folded), default=0)):
        parts = []
        for column, width, lines in zip(columns, widths, folded, strict=True):
            text = lines[level] if level < len(lines) else ""
            padding = " " * (width - width_of(text))
            style = Style.HEAD if row is None else column.style(row[0]) if column.style else Style.PLAIN
            painted = styled(text, style) if colour else text
            parts.append(padding + painted if column.right else painted + padding)
        yield (" " * _GAP).join(parts).rstrip()


def cut(text: str, width: int) -> str:
    """What of the text fits; the end says that there is more."""
    if width_of(text) <= width:
        return text
    while width_of(text) >= width:
        text = text[:-1]
    return f"{text}…"


def fold(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` cells, broken at a space; a longer word after a slash or a hyphen, where it
    has one."""
    lines, line = [], ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if width_of(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line.rstrip())
        *whole, line = _pieces(word, width)
        lines += whole
    return [*lines, line]


def _pieces(word: str, width: int) -> list[str]:
    lines, line = [], ""
    for part in _PARTS.findall(word):
        if line and width_of(line + part) > width:
            lines.append(line)
            line = ""
        line += part
        while width_of(line) > width:
            head = _head(line, width)
            lines.append(head)
            line = line[len(head) :]
    return [*lines, line]


def _head(text: str, width: int) -> str:
    """As many characters as fit; at least one."""
    length = 1
    while length < len(text) and width_of(text[: length + 1]) <= width:
        length += 1
    return text[:length]
