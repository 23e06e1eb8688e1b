"""Delivery: what of a stream is not its own to say, because it belongs to somebody who keeps its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from modeldex.v1 import subscriber_service_pb2 as api
from modeldex_server.feed.classes import Batch
from modeldex_server.feed.ring import ENDLESS


class Delivery(Protocol):
    """How far a stream may go, what its messages say beside, and who hears of what it sent."""

    principal: str  # whose place is kept; '' where nobody's is
    priority: int  # whose turn it is first to read from the store: that of the higher number

    @property
    def state(self) -> api.WatchFlowState.ValueType | None:
        """Why nothing may be sent now; None where something may."""

    def attend(self, wake: Callable[[], None]) -> None:
        """`wake` is to be called whenever the stream has to look again."""

    def limit(self, revision: int) -> int:
        """The last revision that may be sent with what comes after one; not beyond that one where nothing may be sent
        now. Raises what ends the stream."""

    async def admit(self, batch: Batch, seconds: float) -> bool:
        """Whether a batch may be written, once that is known; false where it is not within so many seconds. Raises what
        ends the stream."""

    def fields(self, revision: int, through: int) -> bytes:
        """What a message that begins after a revision says beside."""

    def passed(self, through: int, count: int) -> None:
        """The stream is through a revision. So many updates were written for it: 0 where nothing matched."""


class Free:
    """That of a stream that nobody keeps the place of."""

    principal = ""
    priority = 0
    state: api.WatchFlowState.ValueType | None = None

    def attend(self, wake: Callable[[], None]) -> None:
        """See Delivery."""

    def limit(self, revision: int) -> int:
        """See Delivery."""
        return ENDLESS

    async def admit(self, batch: Batch, seconds: float) -> bool:
        """See Delivery."""
        return True

    def fields(self, revision: int, through: int) -> bytes:
        """See Delivery."""
        return b""

    def passed(self, through: int, count: int) -> None:
        """See Delivery."""


FREE = Free()
