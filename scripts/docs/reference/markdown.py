"""Markdown that the reference is made of: tables, and the comments of the contract with links to what they name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from modeldex.v1 import error_reason_pb2

GENERATED = "<!-- Written from the contract and the code when the documents are built. -->\n"

_REASONS = {
    name.removeprefix("ERROR_REASON_")
    for name in error_reason_pb2.ErrorReason.keys()  # noqa: SIM118 - no mapping
    if error_reason_pb2.ErrorReason.Value(name)
}
# A word that is code as it stands: snake_case, CAPITALS_WITH_UNDERSCORES, a.path, a reason.
_CODE = re.compile(r'(?<![\w"`/.])([A-Za-z]\w*(?:[._][A-Za-z0-9]+)+|[A-Z]{4,}(?:_[A-Z]+)*)(?![\w"`/])')
_NO_CODE = frozenset({"UTF-8", "UUID", "HTML", "JSON", "HTTP", "TOML", "ISO", "IPV6"})


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; texts must be cells already."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines) + "\n"


def code(text: str) -> str:
    """A text as code, in a cell too."""
    return f"`{text.replace('|', chr(92) + '|')}`" if text else ""


def cell(text: str) -> str:
    """A text in one line that no character of it turns into markup."""
    return escaped(" ".join(text.split())).replace("|", "\\|")


def escaped(text: str) -> str:
    """A text in which no character is markup."""
    return re.sub(r"([*\[\]])", r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;"))


def prose(comment: str, *, errors: str) -> str:
    """A comment with its names as code and its error reasons as links. `errors`: the page of errors, from here."""

    def mark(found: re.Match[str]) -> str:
        word = found[1]
        if word in _NO_CODE:
            return word
        return f"[`{word}`]({errors}#{word})" if word in _REASONS else f"`{word}`"

    return _CODE.sub(mark, escaped(comment))


def paragraphs(comment: str) -> list[str]:
    """The paragraphs of a comment, each in one line."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", comment.strip()) if part.strip()]
