"""Answers that need no thought: what a hot read of models costs beside gRPC itself.

Between two calls gRPC's own work drives everything else out of the processor's caches, so a read pays for each function
and object that it touches, several times what the same code costs in a loop. An answer that was given once is kept
whole, and given again as long as its model's entry in the index is the same object: no parsing, no checks, no putting
together. See docs/decisions/0007.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex_server.cache.models import CacheStatistics
from modeldex_server.catalogue.availability import Availability
from modeldex_server.ledger.index import Entry, Index
from modeldex_server.rpc import wire
from modeldex_server.security.scope import Scope

_BUDGET = 8 * 1024 * 1024  # bytes of answers; past it all are forgotten, and the hot ones are back at once


@dataclass(frozen=True, slots=True)
class _Answer:
    model_id: str
    entry: Entry  # the index's own object: another one means another version
    generation: int  # of the availability
    model: bytes  # as a field: all of the answer but its revision


class InstantModels:
    """Answers that need no thought. To be touched from the event loop only."""

    def __init__(self, index: Index, availability: Availability, statistics: CacheStatistics) -> None:
        self._index = index
        self._availability = availability
        self._statistics = statistics
        self._answers: dict[bytes, _Answer] = {}  # by the bytes of a GetModelRequest
        self._by_id: dict[str, _Answer] = {}
        self._size = 0
        self._revision = -1
        self._revision_field = b""

    def get(self, request: bytes, scope: Scope) -> bytes | None:
        """The answer to a request, if it is kept, still true, and of what the caller may see."""
        answer = self._answers.get(request)
        if answer is None or (scope.providers is not None and not scope.covers_model(answer.model_id)):
            return None
        index = self._index
        if index.entries.get(answer.model_id) is not answer.entry or (
            self._availability.generation != answer.generation
        ):
            return None
        if index.revision != self._revision:
            self._revision, self._revision_field = index.revision, wire.revision_field(index.revision)
        self._statistics.hits += 1
        return answer.model + self._revision_field

    def fields(self, model_ids: Sequence[str], scope: Scope) -> list[bytes] | None:
        """The models as fields of an answer, if all of them are kept, still true, and of what the caller may see."""
        if scope.providers is not None and not all(map(scope.covers_model, model_ids)):
            return None
        entries, generation, by_id = self._index.entries, self._availability.generation, self._by_id
        fields = [
            answer.model
            for model_id in model_ids
            if (answer := by_id.get(model_id)) is not None
            and entries.get(model_id) is answer.entry
            and answer.generation == generation
        ]
        return fields if len(fields) == len(model_ids) else None

    def entries(self, model_ids: Iterable[str]) -> dict[str, Entry]:
        """The entries of models that exist now: to be taken before they are read, and handed to `keep` after."""
        entries = self._index.entries
        return {model_id: entry for model_id in model_ids if (entry := entries.get(model_id)) is not None}

    def keep(self, entries: Mapping[str, Entry], models: Mapping[str, bytes]) -> None:
        """Keep models, as answers to requests that ask for them and nothing else.

        `entries` are those that the models were read under: while a read waits, another version may come.
        """
        for model_id, model in models.items():
            self._keep(model_id, entries[model_id], model)

    def _keep(self, model_id: str, entry: Entry, model: bytes) -> None:
        if self._size > _BUDGET:
            self._answers.clear()
            self._by_id.clear()
            self._size = 0
        kept = _Answer(model_id, entry, self._availability.generation, wire.model_field(model))
        self._by_id[model_id] = kept
        self._answers[pb.GetModelRequest(id=model_id).SerializeToString()] = kept
        self._size += len(kept.model)
