"""Answers of GetModel by the bytes of the request: what a hot read costs beside gRPC itself.

Between two calls gRPC's own work drives everything else out of the processor's caches, so a read pays for each function
and object that it touches, several times what the same code costs in a loop. An answer that was given once is kept
whole, and given again as long as its model's entry in the index is the same object: no parsing, no checks, no putting
together. See docs/decisions/0007.
"""

from __future__ import annotations

from dataclasses import dataclass

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex_server.cache.models import CacheStatistics
from modeldex_server.catalogue.availability import Availability
from modeldex_server.ledger.index import Entry, Index
from modeldex_server.rpc import wire

_BUDGET = 8 * 1024 * 1024  # bytes of answers; past it all are forgotten, and the hot ones are back at once


@dataclass(frozen=True, slots=True)
class _Answer:
    model_id: str
    entry: Entry  # the index's own object: another one means another version
    generation: int  # of the availability
    model: bytes  # all of the answer but its revision


class InstantModels:
    """Answers that need no thought. To be touched from the event loop only."""

    def __init__(self, index: Index, availability: Availability, statistics: CacheStatistics) -> None:
        self._index = index
        self._availability = availability
        self._statistics = statistics
        self._answers: dict[bytes, _Answer] = {}
        self._size = 0
        self._revision = -1
        self._revision_field = b""

    def get(self, request: bytes) -> bytes | None:
        """The answer to a request, if it is kept and still true."""
        answer = self._answers.get(request)
        if answer is None:
            return None
        index = self._index
        if index.entries.get(answer.model_id) is not answer.entry or (
            self._availability.generation != answer.generation
        ):
            return None
        if index.revision != self._revision:
            self._revision, self._revision_field = index.revision, wire.get_model_revision(index.revision)
        self._statistics.hits += 1
        return answer.model + self._revision_field

    def keep(self, model_id: str, model: bytes) -> None:
        """Keep the answer for a request that asks for a model and nothing else."""
        entry = self._index.entries.get(model_id)
        if entry is None:
            return
        if self._size > _BUDGET:
            self._answers.clear()
            self._size = 0
        kept = _Answer(model_id, entry, self._availability.generation, wire.get_model_model(model))
        self._answers[pb.GetModelRequest(id=model_id).SerializeToString()] = kept
        self._size += len(kept.model)
