"""Steps of rollbacks, each written in one transaction with what it does to its model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from time import monotonic

from modeldex.v1 import update_pb2
from modeldex_server.errors import WriteContention
from modeldex_server.history.rollbacks import records
from modeldex_server.history.rollbacks.records import RollbackRow
from modeldex_server.ledger.changes import Committed, ModelChange, Write
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.store.database import Connection

_SECONDS = 10.0  # for a call without a deadline


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of rollbacks of one model, and of the model."""

    new: RollbackRow | None = None
    changed: Sequence[RollbackRow] = ()  # those that are locked
    decided: RollbackRow | None = None  # one of these whose last decision is new
    models: Sequence[ModelChange] = ()
    events: Sequence[update_pb2.UpdateEvent] = ()

    @property
    def states(self) -> list[int]:
        """The states that rollbacks come to with it."""
        rows = (*([self.new] if self.new else []), *(row for row in self.changed if not row.pending))
        return [row.state for row in rows]


@dataclass
class Writing:
    """A part of what stands beside a write: it puts the step that was decided on into the store, with the revision that
    was taken, for its rows are new or locked."""

    step: Step = field(default=Step(), init=False)

    async def write(self, connection: Connection) -> None:
        """All is written with the revision."""

    async def put_revision(self, connection: Connection) -> None:
        """Write the rows. What is finished comes first: of a model one may wait."""
        for row in self.step.changed:
            await records.update(connection, row)
        if self.step.decided is not None:
            await records.decide(connection, self.step.decided)
        if self.step.new is not None:
            await records.insert(connection, self.step.new)


class Writer:
    """Writes steps of rollbacks."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.states: Counter[int] = Counter()  # RollbackStates that rollbacks came to here

    async def write(self, write: Write, writing: Writing) -> Committed:
        """Write a step. Where others write the same model for so long that the store gives up, it is tried again until
        the time of the write is over.

        Raises:
            What Ledger.write raises.
        """
        ends = monotonic() + (_SECONDS if write.timeout is None else write.timeout)
        while True:
            try:
                committed = await self._ledger.write(write)
            except WriteContention:
                if (left := ends - monotonic()) < 0.1:
                    raise
                write = replace(write, timeout=left)
            else:
                break
        if not committed.replayed:
            self.states.update(writing.step.states)
        return committed
