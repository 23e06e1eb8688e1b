"""What a caller of the ledger wants written, and what it finds there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Protocol

from google.protobuf.message import Message

from modeldex.v1 import history_pb2, model_pb2, update_pb2
from modeldex_server.store.database import Connection
from modeldex_server.store.leases import Lease

MOST_MODELS = 500  # in one revision
MOST_EVENTS = 1_000  # in one revision, beside those of its models


class Operation(IntEnum):
    """What a version did to its model. The numbers are stored."""

    CREATE = 1
    UPDATE = 2
    DELETE = 3
    UNDELETE = 4
    ROLLBACK = 5
    PIN = 6
    UNPIN = 7


@dataclass(frozen=True, slots=True)
class Head:
    """A model as the ledger holds it; locked while a decision is made."""

    id: str
    version: int  # 0: there has never been such a model
    revision: int
    created_at: datetime
    live: bool
    private: bool
    pins: Sequence[history_pb2.ModelPin]
    document: bytes | None  # the last one, also of a deleted model; None where there has never been one
    listings: Mapping[str, bytes] = field(default_factory=dict)  # source id -> mapped record; only where asked for


@dataclass(frozen=True, slots=True)
class ModelChange:
    """One model as it shall be."""

    id: str
    operation: Operation
    document: model_pb2.Model | None  # canonical; None for a deletion
    private: bool = False
    pins: Sequence[history_pb2.ModelPin] = ()  # all of them; the version of a new one is 0
    restored_version: int | None = None  # of a rollback


@dataclass(frozen=True, slots=True)
class ListingChange:
    """What a source says of a model now; without a record it no longer lists it."""

    source_id: str
    model_id: str
    provider_id: str
    raw_hash: bytes = b""
    record: bytes | None = None
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a write comes to, once the heads are known."""

    models: Sequence[ModelChange] = ()
    listings: Sequence[ListingChange] = ()
    providers: Sequence[update_pb2.ProviderUpdate] = ()  # MODELS_REFRESHED is told where models of it changed
    # What is told beside, in this order. Of each its update, `external`, and `source_id` and `reason` where they are
    # its own. External ones change nothing; no other may be an update of a model: versions tell of models.
    events: Sequence[update_pb2.UpdateEvent] = ()
    answer: Message | None = None  # to be given again for the same request_id; without model and revision
    outcome: str = ""  # in the audit trail: what the caller is refused with, though something is written
    reason: str | None = None  # of the versions, where it is not that of the write


@dataclass(frozen=True, slots=True)
class RequestKey:
    """A request that must be done once."""

    request_id: str
    payload_hash: bytes


Decide = Callable[[Mapping[str, Head]], Decision]


class Beside(Protocol):
    """Rows of another room that are read and written with a change of the catalogue, in its transaction.

    A write that is begun again after a conflict calls all again.
    """

    async def read(self, connection: Connection) -> None:
        """Look at them before `decide`, under the locks of the models. Rows are locked in the order of their keys."""

    async def write(self, connection: Connection) -> None:
        """Change them, where a revision is taken; before its counter is locked."""

    async def put_revision(self, connection: Connection) -> None:
        """Put the revision that was taken on them: it is ledger_head's by now. Only what is new, or was locked in
        `read`, for nothing may be waited for under the lock of the counter."""


@dataclass(frozen=True, slots=True)
class Write:
    """One change of the catalogue: which models, by whom, and how to decide once they are locked.

    `decide` is pure: it may run again after a conflict, and in another thread. It may raise a ModeldexError: then
    nothing is written but the audit row of the refusal.
    """

    principal: str
    method: str
    resource: str
    model_ids: Sequence[str]
    decide: Decide
    reason: str = ""
    source_id: str = ""
    request: RequestKey | None = None
    lease: Lease | None = None
    create: bool = False  # ids that do not exist may come into being
    with_listings: bool = False
    beside: Beside | None = None
    timeout: float | None = 10.0  # seconds; None: what the store allows any statement


@dataclass(frozen=True, slots=True)
class Changed:
    """A version that was written."""

    model_id: str
    provider_id: str
    version: int
    revision: int
    live: bool


@dataclass(frozen=True, slots=True)
class Committed:
    """What a write came to."""

    revision: int  # of this write; 0 where it changed nothing
    changed: Sequence[Changed] = ()
    written: Mapping[tuple[str, int], bytes] = field(default_factory=dict)  # `Model` by (id, version), of one model
    operations: Mapping[str, Operation] = field(default_factory=dict)  # by the id of each model that changed
    answer: bytes = b""  # what `decide` answered, or did when this request was first done
    answer_model: tuple[str, int] | None = None  # the one model that was asked for, and its version
    replayed: bool = False  # done before: nothing was written now
