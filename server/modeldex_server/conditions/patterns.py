"""Regular expressions, in the syntax of RE2: matching takes time linear in the text, and the bounds here keep small
what compiling them and running them can take."""

from __future__ import annotations

import re
from collections.abc import Callable

import re2  # type: ignore[import-untyped] # has no types

from modeldex_server.conditions.refusal import Refusal

_MEMORY_BYTES = 256 * 1024  # of one expression: its program, and the states it is run with
# Of all expressions together, for each KiB of what they look at. Where its states do not fit the memory, an expression
# takes up to 13 ns an instruction for each byte of text: so many with a KiB, and an eighth of them with a description,
# 10 ms.
_MOST_INSTRUCTIONS = 768
_MOST_WEIGHT = 8_192
# Letter classes of Unicode are what takes long to parse: some 0.3 ms each.
_CLASS = re.compile(r"\\[pP]")
_CLASS_WEIGHT = 200
_TOO_MUCH = (
    "takes too much work, together with the other expressions: repeat less, name fewer letters and alternatives, or "
    "use CONTAINS, STARTS_WITH, ENDS_WITH or IN"
)


class Patterns:
    """Compiles expressions that share one allowance: those of a filter, or of all filters of a request."""

    def __init__(self) -> None:
        self._weight = 0
        self._instructions = 0

    def test(self, pattern: str, *, exact: bool, size: int, texts: int = 1) -> Callable[[str], bool]:
        """Whether a part of a text matches.

        Args:
            pattern: the expression.
            exact: upper and lower case are different letters.
            size: how much of a text is looked at, in KiB.
            texts: how many such texts there can be.

        Raises:
            Refusal: it is no expression of RE2, or more than is left of the allowance.
        """
        self._weight += len(pattern.encode()) + _CLASS_WEIGHT * len(_CLASS.findall(pattern))
        if self._weight > _MOST_WEIGHT:
            raise Refusal("value", "is too long, or has too many classes, together with the other expressions")
        compiled = _compiled(pattern, exact=exact)
        self._instructions += compiled.programsize * size * texts
        if self._instructions > _MOST_INSTRUCTIONS:
            raise Refusal("value", _TOO_MUCH)
        search, most = compiled.search, size * 1024
        return lambda text: search(text.encode()[:most]) is not None


def _compiled(pattern: str, *, exact: bool) -> re2._Regexp:
    options = re2.Options()
    options.max_mem = _MEMORY_BYTES
    options.case_sensitive = exact
    options.never_capture = True  # whether it matches is all that is asked
    options.log_errors = False
    try:
        # Of bytes: a search in a str has to translate the places that it finds.
        return re2.compile(pattern.encode(), options)
    except re2.error as error:
        raise Refusal("value", f"is no regular expression of RE2: {_told(error)}") from None


def _told(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return (said.decode(errors="replace") if isinstance(said, bytes) else str(said))[:100]
