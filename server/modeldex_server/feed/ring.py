"""The ring: the newest revisions with their events, shared by all streams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from modeldex_server.ledger import log
from modeldex_server.ledger.logged import LoggedEvent

# A name for annotations: a revision as the log gives it, with all that a stream sends.
Revision: TypeAlias = log.Revision[LoggedEvent]

_REVISIONS = 50_000
_BYTES = 64 * 1024 * 1024
ENDLESS = 1 << 62  # a revision beyond all there are
_SLACK = 1_000  # revisions that have left and still take a place in the list


class Ring:
    """Whole revisions without a hole: those after `floor`, up to `head`. It holds so many, or so many bytes."""

    def __init__(self, *, revisions: int = _REVISIONS, size: int = _BYTES) -> None:
        self._most_revisions = revisions
        self._most_bytes = size
        self._bytes = 0
        self._kept: list[Revision] = []
        self._left = 0  # of `_kept`: revisions at its beginning that are gone
        self.floor = 0

    @property
    def head(self) -> int:
        """The newest revision."""
        return self.floor + len(self._kept) - self._left

    @property
    def bytes_used(self) -> int:
        """The bytes of all documents and updates it holds."""
        return self._bytes

    def reset(self, revision: int) -> None:
        """Begin anew after a revision."""
        self._kept.clear()
        self._left = self._bytes = 0
        self.floor = revision

    def append(self, revision: Revision) -> None:
        """Take in the revision that follows the newest."""
        self._kept.append(revision)
        self._bytes += _size(revision)
        while len(self._kept) - self._left > self._most_revisions or (
            self._bytes > self._most_bytes and len(self._kept) - self._left > 1
        ):
            self._drop_oldest()

    def after(self, revision: int, through: int = ENDLESS) -> Iterator[Revision]:
        """The revisions after one that is not below the floor, the oldest first, up to another."""
        begin = self._left - self.floor
        for place in range(begin + revision, min(begin + through, len(self._kept))):
            yield self._kept[place]

    def _drop_oldest(self) -> None:
        self._bytes -= _size(self._kept[self._left])
        self._left += 1
        self.floor += 1
        if self._left > _SLACK:
            del self._kept[: self._left]
            self._left = 0


def _size(revision: Revision) -> int:
    return sum(event.size for event in revision.events)
