"""What this replica knows of its sources, for who asks what they say of a model."""

from __future__ import annotations

from modeldex_server.catalogue.upstream import Sources
from modeldex_server.discovery.engine import Engine
from modeldex_server.discovery.records import Records


class ConfiguredSources:
    """An Upstream: the sources that are on, and what became of their refreshes."""

    def __init__(self, engine: Engine, records: Records) -> None:
        self._engine = engine
        self._records = records

    async def sources(self) -> Sources:
        """The sources as they are now.

        Raises:
            StoreUnavailable.
        """
        return Sources(self._engine.own_sources, await self._records.complete())
