"""The truth of a run: what the log held, read from a stream without filters, and what the tables held beside it."""

from __future__ import annotations

import asyncio

from modeldex.v1 import subscriber_service_pb2 as api
from support.robustness import history as was
from support.robustness.stage import Stage
from support.waiting import PATIENCE

_PLACES = "SELECT revision, ordinal FROM update_event WHERE revision > %s AND revision <= %s ORDER BY 1, 2"


class Truth:
    """Written down piece by piece, before the log forgets it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.revision = 0  # all up to it is written down

    async def tell(self) -> int:
        """Write down what was committed by now; the revision up to which."""
        head = await asyncio.to_thread(lambda: self._stage.tables.head)
        async with asyncio.timeout(PATIENCE * 2):
            while self.revision < head:
                await self._read(head)
        return head

    async def _read(self, head: int) -> None:
        """From whichever replica serves, as far as it goes."""
        for replica in self._stage.replicas:
            through = self.revision
            request = api.WatchRequest(options=api.WatchOptions(after_revision=through))
            request.options.bookmark_interval.FromMilliseconds(1000)
            async with self._stage.stream("truth", self._stage.number(), replica.number, request) as reading:
                while through < head and (message := await reading.next()) is not None:
                    through = max(through, min(message.revision, head))
                    for update in message.updates:
                        if update.revision <= head:
                            self._stage.history.add(was.Told(update.SerializeToString()))
            if through > self.revision:
                rows = await asyncio.to_thread(self._stage.tables.rows, _PLACES, [self.revision, through])
                self._stage.history.add(was.Stored([(revision, ordinal) for revision, ordinal in rows]))
                self.revision = through
        await asyncio.sleep(0.1)
