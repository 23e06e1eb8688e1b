"""Colour, and when there is any: on a terminal that can, unless NO_COLOR is set (https://no-color.org)."""

from __future__ import annotations

import os
from enum import Enum
from typing import TextIO


class Style(Enum):
    """What a text is; the value is its code of ECMA-48."""

    PLAIN = ""
    HEAD = "1"
    FAINT = "2"
    GOOD = "32"
    CAUTION = "33"
    BAD = "31"


def styled(text: str, style: Style) -> str:
    """The text in its colour."""
    return f"\x1b[{style.value}m{text}\x1b[0m" if style.value and text else text


def can_colour(stream: TextIO) -> bool:
    """Whether colour may be written there."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "") not in ("", "dumb")
