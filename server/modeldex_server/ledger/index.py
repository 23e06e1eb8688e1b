"""The index: which version of each model is current, and through which revision this replica knows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import NamedTuple

from modeldex_server.errors import NotReady, RevisionNotReached
from modeldex_server.ledger.changes import Changed
from modeldex_server.security.scope import EVERYTHING, Scope

# The rest of a caller's time is for the answer: told in time what is missing, it can ask another replica.
_SHARE_OF_WAITING = 0.9


class Entry(NamedTuple):
    """A model's current version. `live` is false for a deleted one."""

    version: int
    revision: int
    live: bool


class Index:
    """Model id -> Entry, in memory, fed by the log in its order and by this replica's own writes before they are
    answered. Entries only ever go forward, so both may tell of the same change in either order."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.revision = 0  # every change up to this one is applied
        self.newest = 0  # the newest change that is known here: one of our own may be ahead of the log as it is read
        self.epoch = ""
        self.loaded = False
        self._advanced = asyncio.Event()

    def load(self, epoch: str, revision: int, entries: dict[str, Entry]) -> None:
        """Begin anew with all models as of a revision."""
        self.entries = entries
        self.epoch = epoch
        self.loaded = True
        self.newest = revision
        self.advance(revision)

    def put(self, changes: Iterable[Changed]) -> None:
        """Take in versions; older ones than those known are ignored."""
        entries = self.entries
        for change in changes:
            known = entries.get(change.model_id)
            if known is None or known.revision < change.revision:
                entries[change.model_id] = Entry(change.version, change.revision, change.live)
                self.newest = max(self.newest, change.revision)

    def advance(self, revision: int) -> None:
        """Say that every change up to a revision is applied, and wake who waits for it."""
        self.revision = revision
        self.newest = max(self.newest, revision)
        self._advanced.set()
        self._advanced = asyncio.Event()

    def unload(self) -> None:
        """Forget everything: history was rewound."""
        self.loaded = False
        self.entries = {}

    def count_live(self, scope: Scope = EVERYTHING) -> int:
        """How many models of a scope are served."""
        return sum(entry.live for model_id, entry in self.entries.items() if scope.covers_model(model_id))

    async def reach(self, revision: int, *, timeout: float) -> None:
        """Wait until a revision is applied.

        Args:
            revision: the one to wait for.
            timeout: seconds that the caller has.

        Raises:
            RevisionNotReached: it was not, within nine tenths of the timeout.
            NotReady: nothing is loaded yet.
        """
        if not self.loaded:
            raise NotReady
        try:
            async with asyncio.timeout(None if timeout is None else timeout * _SHARE_OF_WAITING):
                while self.revision < revision:
                    await self._advanced.wait()
        except TimeoutError:
            raise RevisionNotReached(revision, self.revision) from None
