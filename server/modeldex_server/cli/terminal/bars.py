"""A share as a bar."""

from __future__ import annotations

_FULL, _EMPTY = "█", "░"


def bar(share: float, cells: int) -> str:
    """So many cells, of which the share is full; what is more than nothing shows, and what is less than all, too."""
    share = min(max(share, 0.0), 1.0)
    full = round(share * cells)
    if 0 < share < 1:
        full = min(max(full, 1), cells - 1)
    return _FULL * full + _EMPTY * (cells - full)
