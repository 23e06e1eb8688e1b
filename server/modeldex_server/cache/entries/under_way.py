"""What is under way between this replica and PostgreSQL, and what it must know of when it ends.

An answer can be long on its way, and others be shown newer meanwhile: what is late must neither be kept nor be given to
those who came since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from modeldex_server.cache.entries.rows import EntryKey


@dataclass(slots=True, eq=False)
class Way:
    """A load or a write of some entries."""

    shown: dict[EntryKey, int] = field(default_factory=dict)  # the newest versions that others were shown meanwhile
    deleted: set[EntryKey] = field(default_factory=set)  # by others, on this replica, meanwhile

    def is_late(self, key: EntryKey, version: int) -> bool:
        """Whether somebody was shown a newer version."""
        return version < self.shown.get(key, 0)


class UnderWay:
    """All loads and writes that are under way. To be touched from the event loop only."""

    def __init__(self) -> None:
        self._ways: dict[EntryKey, list[Way]] = {}

    @contextmanager
    def of(self, keys: Iterable[EntryKey]) -> Iterator[Way]:
        """A way of some entries, until the end of the block."""
        way, names = Way(), list(keys)
        for key in names:
            self._ways.setdefault(key, []).append(way)
        try:
            yield way
        finally:
            for key in names:
                ways = self._ways[key]
                ways.remove(way)
                if not ways:
                    del self._ways[key]

    def show(self, key: EntryKey, version: int) -> None:
        """Somebody is shown this version of an entry."""
        for way in self._ways.get(key, ()):
            way.shown[key] = max(version, way.shown.get(key, 0))

    def delete(self, key: EntryKey) -> None:
        """An entry was deleted here, or was perhaps changed."""
        for way in self._ways.get(key, ()):
            way.deleted.add(key)
