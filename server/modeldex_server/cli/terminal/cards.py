"""One thing, readable: labels at the left, values beside them, folded to the width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from modeldex_server.cli.terminal.styles import Style, styled
from modeldex_server.cli.terminal.tables import fold, width_of

_GAP = 2


@dataclass
class Card:
    """Lines of labels and values. What is empty is left out."""

    width: int | None
    colour: bool
    _entries: list[tuple[str, str, Style]] = field(default_factory=list)

    def add(self, label: str, value: str, style: Style = Style.PLAIN) -> None:
        """One value."""
        if value:
            self._entries.append((label, value, style))

    def add_all(self, label: str, values: Iterable[str]) -> None:
        """Several values below each other; the label stands before the first."""
        for value in values:
            self.add(label, value)
            label = ""

    def lines(self) -> Iterator[str]:
        """As they are written."""
        indent = max((len(label) for label, _, _ in self._entries), default=0) + _GAP
        for label, value, style in self._entries:
            rest = max(self.width - indent, 8) if self.width is not None else None
            parts = fold(value, rest) if rest is not None and width_of(value) > rest else [value]
            for number, part in enumerate(parts):
                head = label if number == 0 else ""
                painted = styled(head, Style.FAINT) if self.colour else head
                yield f"{painted}{' ' * (indent - len(head))}{styled(part, style) if self.colour else part}"
