"""How many models have a pin, for the metrics."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog

from modeldex_server.errors import ModeldexError
from modeldex_server.store.database import Database

log = structlog.get_logger()

_EVERY = 30.0  # seconds
_COUNT = "SELECT count(*) AS count FROM model WHERE pins IS NOT NULL AND live"


@dataclass(frozen=True, slots=True)
class _Row:
    count: int


class PinnedModels:
    """Counts the models that have a pin, now and then: a metric must not wait for the store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.count = 0

    async def run(self) -> None:
        """Count until cancelled; an outage of the store is waited out."""
        while True:
            try:
                await self.look()
            except ModeldexError as error:
                log.debug("pinned_count_waits", why=error.message)
            await asyncio.sleep(_EVERY)

    async def look(self) -> None:
        """Count now. Raises StoreUnavailable."""
        self.count = (await self._database.rows(_Row, _COUNT))[0].count
