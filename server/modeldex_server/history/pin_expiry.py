"""Expiry: pins that end by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC

import structlog

from modeldex.v1.history_pb2 import ModelPin
from modeldex_server.catalogue.upstream import Sources, Upstream, upstream_of
from modeldex_server.errors import ModeldexError
from modeldex_server.history.unpinning import PinMoment, held_again, told, unpinned
from modeldex_server.ledger.changes import Decision, Head, Write
from modeldex_server.ledger.ledger import Ledger
from modeldex_server.security.principals import HISTORY
from modeldex_server.store.database import Database

log = structlog.get_logger()

_EVERY = 1.0  # seconds
_AT_ONCE = 100  # models that are looked for with one statement
_METHOD = "PinExpiry"  # in the audit trail, where calls stand by their names
_REASON = "The pin expired."
_DUE = """
SELECT id AS model_id FROM model
WHERE pin_until <= clock_timestamp() AND live AND id > %(after)s::text
ORDER BY id LIMIT %(limit)s"""


@dataclass(frozen=True, slots=True)
class _Due:
    model_id: str


class PinExpiry:
    """Ends each pin once when its time has come, on however many replicas it runs."""

    def __init__(self, database: Database, ledger: Ledger, upstream: Upstream) -> None:
        self._database = database
        self._ledger = ledger
        self._upstream = upstream

    async def run(self) -> None:
        """End what is due once a second until cancelled; an outage of the store is waited out."""
        while True:
            try:
                await self.end()
            except ModeldexError as error:
                log.warning("pin_expiry_waits", why=error.message)
            await asyncio.sleep(_EVERY)

    async def end(self) -> int:
        """End the pins that are due now; returns of how many models this replica did.

        Raises:
            StoreUnavailable, WriteContention, CommitUnknown: the rest ends the next time.
        """
        ended, after = 0, ""
        while due := await self._database.rows(_Due, _DUE, {"after": after, "limit": _AT_ONCE}):
            sources = await self._upstream.sources()
            for one in due:
                ended += await self._end_of(one.model_id, sources)
            after = due[-1].model_id
        return ended

    async def _end_of(self, model_id: str, sources: Sources) -> bool:
        moment = PinMoment(model_id)

        def decide(heads: Mapping[str, Head]) -> Decision:
            # Under the lock: another replica may have been first, or somebody has pinned it anew.
            head = heads[model_id]
            ending = [pin for pin in head.pins if head.live and _is_due(pin, moment)]
            if not ending:
                return Decision()
            upstream = upstream_of(head, sources)
            change = unpinned(head, ending, upstream, moment.held_whole, publish_saved=False)
            events = [told(model_id, ending, "expire", HISTORY), *held_again(head, change, ending, upstream)]
            return Decision(models=[change], events=events)

        committed = await self._ledger.write(
            Write(
                principal=HISTORY,
                method=_METHOD,
                resource=model_id,
                model_ids=[model_id],
                decide=decide,
                reason=_REASON,
                with_listings=True,
                beside=moment,
            )
        )
        return bool(committed.changed)


def _is_due(pin: ModelPin, moment: PinMoment) -> bool:
    return pin.HasField("expire_time") and pin.expire_time.ToDatetime(UTC) <= moment.now
