"""Why a condition cannot be."""

from __future__ import annotations


class Refusal(Exception):
    """A condition breaks a rule. `part` is the field of `Condition` that does; the text says what it must be."""

    def __init__(self, part: str, text: str) -> None:
        super().__init__(text)
        self.part = part
        self.text = text
