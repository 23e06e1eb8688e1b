"""The largest revision that a client has seen."""

from __future__ import annotations

from threading import Lock


class Revision:
    """Grows, whatever order answers come in and whichever threads they come to."""

    def __init__(self) -> None:
        self.seen = 0
        self._lock = Lock()

    def see(self, revision: int) -> None:
        """Note the revision of an answer."""
        if revision > self.seen:
            with self._lock:
                self.seen = max(self.seen, revision)
