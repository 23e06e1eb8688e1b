"""How much of a page fits into one message."""

from __future__ import annotations

from collections.abc import Iterable

_MOST_BYTES = 2 * 1024 * 1024  # of a page: most callers take messages of 4 MiB


def fitting(sizes: Iterable[int]) -> int:
    """How many of the first rows, by their bytes, a page has room for: at least one, where there is one."""
    count, room = 0, _MOST_BYTES
    for size in sizes:
        room -= size
        if room < 0 and count:
            break
        count += 1
    return count
