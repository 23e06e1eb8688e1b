"""Following the configuration: what a call changes on one replica is in force on all of them within about a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog

from modeldex.v1.discovery_service_pb2 import DiscoveryConfiguration
from modeldex_server.discovery.configuration import DiscoveryState, StateRow
from modeldex_server.errors import ModeldexError

log = structlog.get_logger()

_EVERY = 1.0  # seconds: what other replicas may take

Apply = Callable[[DiscoveryConfiguration], None]


class ConfigurationFollower:
    """Has rooms apply the configuration in force here: once it is loaded, and whenever it has become another."""

    def __init__(self, state: DiscoveryState, apply: Sequence[Apply]) -> None:
        """What is written through `state` is in force here before its call is answered."""
        self._state = state
        self._apply = apply
        self._applied: DiscoveryConfiguration | None = None
        self._version = 0
        self._written = 0  # changes by calls of this replica
        state.on_write = self._heed

    async def run(self) -> None:
        """Look once a second until cancelled; with the store away all stays as it is."""
        while True:
            try:
                await self.look()
            except ModeldexError as error:
                log.debug("configuration_waits", why=error.message)
            await asyncio.sleep(_EVERY)

    async def look(self) -> None:
        """Take in what is stored.

        Raises:
            StoreUnavailable.
        """
        written = self._written
        row = await self._state.read()
        if written == self._written:  # else what was read may be from before
            self._take(row)

    def _heed(self, row: StateRow) -> None:
        self._written += 1
        if row.version >= self._version:  # of two calls the later one may be told of first
            self._take(row)

    def _take(self, row: StateRow) -> None:
        self._version = row.version
        configuration = self._state.in_force(row)
        if configuration != self._applied:
            self._applied = configuration
            for apply in self._apply:
                apply(configuration)
