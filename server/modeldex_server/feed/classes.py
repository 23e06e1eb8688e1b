"""Filter classes: streams that want the same of every event share its evaluation and its bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import NamedTuple

from cachetools import LRUCache

from modeldex_server.feed.bell import Bell, Turns
from modeldex_server.feed.encoding import Selection, encode
from modeldex_server.feed.ring import ENDLESS, Revision, Ring
from modeldex_server.feed.tokens import ResumeTokens

# What all classes together keep ready of each kind. Streams that are level need the newest only; others pay for the
# encoding.
_KEPT_BYTES = 32 * 1024 * 1024
_OVERHEAD_BYTES = 200
# A stream that is behind looks at no more events at a time: everybody else waits meanwhile.
_LOOK_SECONDS = 0.01


class Limits(NamedTuple):
    """How much may go into one message."""

    events: int
    size: int


@dataclass(frozen=True, slots=True)
class Batch:
    """What matches of the revisions up to and including `through`: `count` updates, and the message that brings them,
    None where nothing matches. They were committed at `committed` on average, the first of them at `oldest`, in seconds
    of Unix time."""

    through: int
    count: int = 0
    message: bytes | None = None
    committed: float = 0.0
    oldest: float = 0.0


@dataclass(frozen=True, slots=True)
class _Fragment:
    """What matches of one revision, as the bytes of its fields in the message; `committed` in seconds of Unix time."""

    count: int
    data: bytes
    committed: float = 0.0


_NOTHING = _Fragment(0, b"")


class Kept:
    """What is ready to be sent again, of all classes within one budget, by the number of its class first."""

    def __init__(self) -> None:
        self.classes = 0
        self.turns = Turns()
        self.fragments: LRUCache[tuple[int, int], _Fragment] = LRUCache(
            _KEPT_BYTES, getsizeof=lambda fragment: len(fragment.data) + _OVERHEAD_BYTES
        )
        self.batches: LRUCache[tuple[int, int, int, Limits], Batch] = LRUCache(
            _KEPT_BYTES, getsizeof=lambda batch: len(batch.message or b"") + _OVERHEAD_BYTES
        )

    def forget(self) -> None:
        """None of it is to be sent again."""
        self.fragments.clear()
        self.batches.clear()


class FilterClass:
    """What a number of streams select. An event is evaluated and encoded once for all of them."""

    def __init__(self, selection: Selection, ring: Ring, tokens: ResumeTokens, kept: Kept) -> None:
        self.selection = selection
        self.streams = 0
        self._ring = ring
        self._tokens = tokens
        # The newest revision that has something for the class, or that was not evaluated.
        self._newest = ring.head
        self._kept = kept
        kept.classes += 1
        self._number = kept.classes
        self._bell = Bell(kept.turns)

    def take_in(self, revision: Revision) -> None:
        """A revision came into the ring: evaluate it, and wake the streams if it has something for them."""
        if self._may_match(revision):
            self._newest = revision.number
            self.wake()

    def begin_after(self, revision: int) -> None:
        """What came up to a revision was not evaluated: the ring began anew there."""
        self._newest = revision
        self.wake()

    def wake(self) -> None:
        """Wake every stream of the class."""
        self._bell.ring()

    async def turn(self) -> None:
        """Wait until the others that have something to bring had their turn."""
        await self._kept.turns.come()

    async def changed(self, seconds: float, woken: asyncio.Future[None]) -> None:
        """Wait to be woken with all others, or for so long, or until `woken` is."""
        await self._bell.wait(seconds, woken)

    def has_nothing_after(self, revision: int) -> bool:
        """Whether all that came after a revision was evaluated and is nothing for the class."""
        return revision >= self._newest

    def batch(self, after: int, limits: Limits, most: int = ENDLESS) -> Batch:
        """What comes after a revision that the ring still has, as much as fits one message and can be looked at in a
        moment; nothing beyond the revision `most`."""
        through = min(self._ring.head, most)
        key = (self._number, after, through, limits)
        try:
            return self._kept.batches[key]  # get() looks twice
        except KeyError:
            batch = self.batch_of(after, self._ring.after(after, through), limits)
            if len(batch.message or b"") < _KEPT_BYTES - _OVERHEAD_BYTES:
                self._kept.batches[key] = batch
            return batch

    def batch_of(self, after: int, revisions: Iterable[Revision], limits: Limits) -> Batch:
        """The same of revisions that were read from the store."""
        through, count, size = after, 0, 0
        committed = oldest = 0.0
        parts: list[bytes] = []
        taken: list[Revision] = []
        until = monotonic() + _LOOK_SECONDS
        for revision in revisions:
            fragment = self._looked_at(revision)
            full = count + fragment.count > limits.events or size + len(fragment.data) > limits.size
            if count and fragment.count and full:
                break
            through = revision.number
            if fragment.count:
                oldest = oldest or fragment.committed
                committed += fragment.count * (fragment.committed - oldest)  # a sum of times would be coarse
                count += fragment.count
                size += len(fragment.data)
                parts.append(fragment.data)
                taken.append(revision)
            if monotonic() >= until:
                break
        committed = oldest + committed / (count or 1)
        if self.selection.coalesced and len(taken) > 1:
            parts, through = self._latest(taken, through, limits.size)
            count = len(parts)
        if not parts:
            return Batch(through)
        return Batch(through, count, b"".join((*parts, self.tail(through))), committed, oldest)

    def tail(self, through: int) -> bytes:
        """The fields of a message that say how far it goes."""
        return self._tokens.tail(through, self.selection.hash, self.selection.scope)

    def _may_match(self, revision: Revision) -> bool:
        try:
            return self._fragment(revision).count > 0
        except Exception:
            # Who takes in the log must go on. Each stream of the class meets it by itself, and no other does.
            return True

    def _latest(self, revisions: Sequence[Revision], through: int, size: int) -> tuple[list[bytes], int]:
        """The updates of as many revisions as fit once they are joined, and up to where these go: a joined update can
        be larger than those that it is of."""
        taken = list(revisions)
        parts = self.selection.latest(taken)
        while len(taken) > 1 and sum(map(len, parts)) > size:
            through = taken.pop().number - 1
            parts = self.selection.latest(taken)
        for revision in revisions:
            let_go(revision)
        return parts, through

    def _looked_at(self, revision: Revision) -> _Fragment:
        """What of a revision matches. Nothing stays parsed for it: who is behind comes alone."""
        fragment = self._kept.fragments.get((self._number, revision.number))
        if fragment is None:
            fragment = self._fragment(revision)
            let_go(revision)
        return fragment

    def _fragment(self, revision: Revision) -> _Fragment:
        encoded = [data for event in revision.events if (data := encode(event, self.selection))]
        fragment = _NOTHING
        if encoded:
            fragment = _Fragment(len(encoded), b"".join(encoded), revision.events[0].committed_at.timestamp())
        if len(fragment.data) < _KEPT_BYTES - _OVERHEAD_BYTES:
            self._kept.fragments[self._number, revision.number] = fragment
        return fragment


def let_go(revision: Revision) -> None:
    """Keep nothing of a revision parsed: the ring counts bytes only."""
    for event in revision.events:
        event.forget()
