"""What a source of models is: something that gives complete listings, and maps each record of them to a Model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from modeldex.v1.model_pb2 import Model
from modeldex.v1.provider_pb2 import Provider


class RecordRejected(Exception):  # named as in errors
    """A record is no model. `problem` says why, for the log; the other records of its listing are not touched."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class RawRow:
    """One record of a listing, not yet mapped.

    `raw` is what the source wrote, word for word, as JSON types with a Decimal for each number that has a fraction.
    What no store can hold is replaced: see `rows.storable`.
    """

    provider_model_id: str
    raw: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Listing:
    """A complete listing of one provider by one source. One without rows is none: nothing of its provider is removed.

    `provider` holds what the source knows of it: its id and perhaps its name and addresses. Ids in `rows` are unique.
    `rejected` has a line for each record that was left out: its index and what is wrong with it.
    """

    provider: Provider
    rows: Sequence[RawRow]
    rejected: Sequence[str]


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How long and how often a source is asked. Seconds; `timeout` spans the whole fetch, waits and retries included.

    `retry_attempts` is how often a request that failed in a way that may pass is sent again, `retry_delay` the wait
    before the first of these, doubled for each further one, give or take half; a wait that the source asks for counts
    instead.
    """

    timeout: float = 60.0
    retry_attempts: int = 3
    retry_delay: float = 0.5


class Source(Protocol):
    """A source of models."""

    @property
    def id(self) -> str:
        """Its name in the settings and in Model.field_sources."""
        ...

    @property
    def kind(self) -> str:
        """Which code reads it, for example "openai_compatible"."""
        ...

    @property
    def provider_id(self) -> str | None:
        """The provider whose own source it is. None for a catalogue of many."""
        ...

    @property
    def mapping_version(self) -> int:
        """Grows when map() gives another answer to the same record."""
        ...

    async def fetch(self, limits: FetchLimits) -> Sequence[Listing]:
        """Asks for complete listings. A SourceError where there is none: never a part of one, never only empty ones."""
        ...

    def map(self, listing_provider_id: str, row: RawRow) -> Model:
        """Gives the facts of a record as a Model, with its id and nothing else that is output only.

        Pure: the same record gives the same model. RecordRejected where it is no model.
        """
        ...
