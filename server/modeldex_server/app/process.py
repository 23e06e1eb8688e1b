"""One server process: it loads the catalogue, serves it, keeps it current, and ends without failing a call."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from importlib.metadata import version
from typing import Any

import structlog

from modeldex_server.app.measures import measure
from modeldex_server.app.rooms import Rooms
from modeldex_server.app.services import add_services
from modeldex_server.capabilities.vocabulary import Vocabulary
from modeldex_server.errors import ModeldexError
from modeldex_server.metrics import Metrics
from modeldex_server.rpc.frame.server import Server
from modeldex_server.security.identity import Identity
from modeldex_server.settings import Settings

log = structlog.get_logger()

_RETRY_SECONDS = 1.0
_COLLECT_FROM = 10_000  # new objects
_LEAVE_SECONDS = 5.0  # for the last words to a store that may not answer any more


class Process:
    """The rooms of a process, with the server before them: `start`, `run`, `close`."""

    def __init__(self, settings: Settings, url: str) -> None:
        """`url`: of the store."""
        self._settings = settings
        self._metrics = Metrics()
        self._metrics_server = None
        if (listen := settings.metrics_address) is not None:
            self._metrics_server = self._metrics.serve(*listen)
        self._rooms = Rooms(settings, url, on_refresh=self._refreshed)
        measure(self._rooms, self._metrics)

    async def start(self) -> str:
        """Listen; the address with the real port. Nothing is served until `run` has loaded the catalogue."""
        certificates = self._settings.tls_client_ca is not None
        identity = Identity(self._settings.tokens_path, certificates=certificates, quota=self._settings.quota)
        self._server = Server(
            self._settings,
            identity=identity,
            names=Vocabulary.load(),
            metrics=self._metrics,
            trail=self._rooms.history.trail,
        )
        await self._rooms.database.open()
        add_services(self._server, self._rooms)
        address = await self._server.start()
        self._rooms.replicas.address = address
        return address

    async def run(self, ending: asyncio.Event) -> None:
        """Load the catalogue, serve it and keep it current until the end is asked for."""
        tasks: list[asyncio.Task[Any]] = [
            asyncio.ensure_future(self._become_ready()),
            asyncio.ensure_future(self._rooms.health.run()),
        ]
        waiting = asyncio.ensure_future(ending.wait())
        try:
            while not ending.is_set():
                done, _ = await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
                for task in done - {waiting}:
                    tasks.remove(task)
                    tasks += task.result() or []
            self._rooms.feed.go()
            self._rooms.cache.event_streams.go()
            await self._server.drain()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settings.drain_timeout.total_seconds()):
                    await self._rooms.settle()
            with contextlib.suppress(ModeldexError, TimeoutError):
                async with asyncio.timeout(_LEAVE_SECONDS):
                    await self._rooms.leave()
        finally:
            waiting.cancel()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        """Let go of everything."""
        await self._server.drain()
        await self._rooms.close()
        if self._metrics_server is not None:
            self._metrics_server.close()

    async def _become_ready(self) -> list[asyncio.Task[Any]]:
        """Load the catalogue, waiting for the store where it is away, and begin to serve."""
        rooms = self._rooms
        await self._when_store_answers(rooms.load)
        tasks: list[asyncio.Task[Any]] = [asyncio.ensure_future(one) for one in rooms.followers()]
        await self._when_store_answers(rooms.engine.first_refresh)
        tasks.append(asyncio.ensure_future(rooms.engine.run()))
        # What is loaded by now stays: the collector need not look at it again, nor at so few new objects so often.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_COLLECT_FROM)
        self._server.set_serving(True)
        self._greet()
        return tasks

    async def _when_store_answers(self, work: Any) -> None:
        while True:
            try:
                await work()
            except ModeldexError as error:
                log.warning("store_awaited", why=error.message)
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return

    def _greet(self) -> None:
        if self._settings.worker_index:
            return
        index, address = self._rooms.index, self._server.address
        providers = len({model_id.partition("/")[0] for model_id, entry in index.entries.items() if entry.live})
        secure = self._settings.tls_certificate is not None
        models = f"{index.count_live():,} models of {providers} providers"
        print(
            f"modeldex {version('modeldex')} serves {models} on {address}\n"
            f'Try it:\n  grpcurl {"" if secure else "-plaintext "}-d \'{{"id": "openai/gpt-4o"}}\' {address} '
            "modeldex.v1.DiscoveryService/GetModel",
            flush=True,
        )

    def _refreshed(self, source_id: str, outcome: str, seconds: float) -> None:
        self._metrics.refreshes.labels(source_id, outcome).inc()
        self._metrics.refresh_seconds.labels(source_id).observe(seconds)
