"""Answers that need no thought: what a hot read of models costs beside gRPC itself.

Between two calls gRPC's own work drives everything else out of the processor's caches, so a read pays for each function
and object that it touches, several times what the same code costs in a loop. An answer that was given once is kept
whole, and given again as long as its model's entry in the index is the same object: no parsing, no checks, no putting
together. See docs/decisions/0007. It is a form of the copy that memory holds: where there is none, none is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1.cache_pb2 import CACHE_TIER_MEMORY
from modeldex_server.cache.events import CacheEvents
from modeldex_server.cache.memory import Held, Memory
from modeldex_server.cache.models import Found
from modeldex_server.cache.statistics import CacheStatistics
from modeldex_server.cache.tiers import NAMESPACE
from modeldex_server.catalogue.availability import Availability
from modeldex_server.ledger.index import Entry, Index
from modeldex_server.rpc import wire
from modeldex_server.security.scope import Scope

_BUDGET = 8 * 1024 * 1024  # bytes of answers; past it all are forgotten, and the hot ones are back at once


# After so many reads one is told to memory, so that it knows which copies are read. A number of ones in binary.
_BETWEEN = 63


@dataclass(frozen=True, slots=True)
class _Answer:
    model_id: str
    entry: Entry  # the index's own object: another one means another version
    generation: int  # of the availability
    model: bytes  # as a field: all of the answer but its revision
    held: Held  # the copy that it was made of
    until: float  # by the monotonic clock: then the copy is to be asked for again


class InstantModels:
    """Answers that need no thought. To be touched from the event loop only."""

    def __init__(
        self,
        index: Index,
        availability: Availability,
        memory: Memory,
        statistics: CacheStatistics,
        events: CacheEvents,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """`clock` and `wall`: those of the memory."""
        self._index = index
        self._availability = availability
        self._memory = memory
        self._statistics = statistics
        self._events = events
        self._clock = clock
        self._began = wall() - clock()  # by the wall clock, when the other one was at 0
        self._answers: dict[bytes, _Answer] = {}  # by the bytes of a GetModelRequest
        self._by_id: dict[str, _Answer] = {}
        self.bytes_used = 0
        """Bytes of the answers."""
        self._revision = -1
        self._revision_field = b""

    def get(self, request: bytes, scope: Scope) -> bytes | None:
        """The answer to a request, if it is kept, still true, and of what the caller may see."""
        answer = self._answers.get(request)
        if answer is None or (scope.providers is not None and not scope.covers_model(answer.model_id)):
            return None
        index, now = self._index, self._clock()
        if (
            index.entries.get(answer.model_id) is not answer.entry
            or self._availability.generation != answer.generation
            or answer.until <= now
        ):
            return None
        if index.revision != self._revision:
            self._revision, self._revision_field = index.revision, wire.revision_field(index.revision)
        held = answer.held
        if held.accesses & _BETWEEN and not self._events.wanted:
            self._statistics.hits += 1
            held.accesses += 1
            held.accessed_at = now + self._began
        else:
            self._tell(held)
        return answer.model + self._revision_field

    def fields(self, model_ids: Sequence[str], scope: Scope) -> list[bytes] | None:
        """The models as fields of an answer, if all of them are kept, still true, and of what the caller may see."""
        if scope.providers is not None and not all(map(scope.covers_model, model_ids)):
            return None
        entries, generation, by_id, now = self._index.entries, self._availability.generation, self._by_id, self._clock()
        answers = [
            answer
            for model_id in model_ids
            if (answer := by_id.get(model_id)) is not None
            and entries.get(model_id) is answer.entry
            and answer.generation == generation
            and answer.until > now
        ]
        if len(answers) != len(model_ids):
            return None
        for answer in answers:
            self._tell(answer.held)
        return [answer.model for answer in answers]

    def entries(self, model_ids: Iterable[str]) -> dict[str, Entry]:
        """The entries of models that exist now: to be taken before they are read, and handed to `keep` after."""
        entries = self._index.entries
        return {model_id: entry for model_id in model_ids if (entry := entries.get(model_id)) is not None}

    def keep(self, entries: Mapping[str, Entry], models: Mapping[str, Found]) -> None:
        """Keep models, as answers to requests that ask for them and nothing else.

        `entries` are those that the models were read under: while a read waits, another version may come.
        """
        for model_id, found in models.items():
            entry, held = entries[model_id], self._memory.look(NAMESPACE, model_id)
            # What was read, and invalidated before it was here, is not what memory holds now.
            if held is None or held.stale or held.version != entry.version or not found.data.startswith(held.data):
                continue
            self._keep(entry, held, found.data)

    def forget(self) -> None:
        """Forget all answers: something was invalidated, or nothing is to be kept any more."""
        self._answers.clear()
        self._by_id.clear()
        self.bytes_used = 0

    def _keep(self, entry: Entry, held: Held, model: bytes) -> None:
        if self.bytes_used > _BUDGET:
            self.forget()
        until = min(held.expires, held.refresh_at)
        kept = _Answer(held.key, entry, self._availability.generation, wire.model_field(model), held, until)
        before = self._by_id.get(held.key)
        self.bytes_used += len(kept.model) - (0 if before is None else len(before.model))
        self._by_id[held.key] = kept
        self._answers[pb.GetModelRequest(id=held.key).SerializeToString()] = kept

    def _tell(self, held: Held) -> None:
        """Count a read, and tell memory and who watches of it."""
        self._statistics.hits += 1
        if self._memory.find(NAMESPACE, held.key) is not held:  # which counts it where it is
            held.accesses += 1
        if self._events.wanted:
            self._events.hit(NAMESPACE, held.key, CACHE_TIER_MEMORY)
