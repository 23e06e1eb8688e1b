"""How a page of changes is searched for: where to look next, and when to stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from modeldex_server.history.changes.finding import Finder, FoundVersion, Position

_MOST_TAKEN = 1_000  # versions, at once


@dataclass(frozen=True, slots=True)
class Effort:
    """How many versions are looked at for a page: first in their order, to see how rare a match is, and in all."""

    first: int = 2_000
    most: int = 20_000


class Search:
    """The search for one page of `size` changes, and one more that says whether there is another.

    What is rare is not known before: the newest versions are looked at in their order, and how many of them may match
    says how to go on, by an index or in the order.
    """

    def __init__(
        self, finder: Finder, below: Position | None, size: int, effort: Effort, *, is_selective: bool
    ) -> None:
        """`is_selective`: an index finds what may match."""
        self.position = below  # how far it has looked; None, once it is over: to the end
        self.is_over = False
        self._finder = finder
        self._size = size
        self._effort = effort
        self._may_be_rare = is_selective
        self._looked = self._taken = 0

    async def look(self, found: int) -> Sequence[FoundVersion]:
        """The next versions that may match; `found`: how many of those before did."""
        take = self._take(found)
        look = None
        if self._looked and self._may_be_rare:
            look = await self._finder.by_index(self.position, look=self._left, take=take)
            self._may_be_rare = look is not None
        if look is None:
            most = self._left if self._looked else self._effort.first
            look = await self._finder.in_order(self.position, look=most, take=take)
            self._may_be_rare &= len(look.versions) * self._effort.most <= self._size * self._effort.first
        self._looked += look.looked
        self._taken += len(look.versions)
        self.position = look.end
        self.is_over = look.end is None or self._left <= 0
        return look.versions

    @property
    def _left(self) -> int:
        return self._effort.most - self._looked

    def _take(self, found: int) -> int:
        """As many as give what is missing, if as many of them match as of those before."""
        missing = self._size + 1 - found
        return min(max(missing, missing * self._taken // max(found, 1)), _MOST_TAKEN)
