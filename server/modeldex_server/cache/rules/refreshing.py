"""Asking the sources of providers anew because rules want it: one provider after the other, beside everything else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Protocol

import structlog

from modeldex_server.errors import ModeldexError

log = structlog.get_logger()

_MOST_WAITING = 1_000


class Refresher(Protocol):
    """Who asks sources. What several replicas want at once it does once."""

    async def refresh_one(self, provider_id: str) -> object:
        """Refresh one provider now."""
        ...


class Refreshing:
    """The providers whose sources are to be asked. One that waits is not put in line again. They are not stored: of a
    process that ends meanwhile the next refresh at intervals does it."""

    def __init__(self, refresher: Refresher) -> None:
        self._refresher = refresher
        self._waiting: dict[str, None] = {}
        self._filled = asyncio.Event()

    def ask(self, provider_ids: Iterable[str]) -> None:
        """Have some providers be refreshed."""
        for provider_id in provider_ids:
            if len(self._waiting) >= _MOST_WAITING:
                log.warning("rule_refresh_dropped", provider=provider_id)
                continue
            self._waiting[provider_id] = None
            self._filled.set()

    async def run(self) -> None:
        """Refresh them until cancelled."""
        while True:
            await self._filled.wait()
            self._filled.clear()
            while self._waiting:
                provider_id = next(iter(self._waiting))
                del self._waiting[provider_id]
                try:
                    await self._refresher.refresh_one(provider_id)
                except ModeldexError as error:
                    log.warning("rule_refresh_failed", provider=provider_id, why=error.message)
