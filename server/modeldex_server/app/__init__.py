"""The composition root: settings -> stores -> rooms -> servicers. The only room that knows all of them."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import ExitStack

import uvloop

from modeldex_server.app.process import Process
from modeldex_server.processes import follow_supervisor
from modeldex_server.settings import Settings
from modeldex_server.store import embedded
from modeldex_server.store.folder import FolderLock


def run(settings: Settings) -> int:
    """Serve until a signal ends it; returns the exit code.

    Raises:
        StartError: it cannot start.
    """
    # Ended while it starts, it leaves nothing behind either; once it serves, a signal is a drain.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with ExitStack() as stack:
        lock = None
        if settings.supervisor is None:
            lock = stack.enter_context(FolderLock(settings.data_dir, settings.listen))
        else:
            follow_supervisor(settings.supervisor)
        if settings.database_url is not None:
            url = settings.database_url.get_secret_value()
        else:
            url = stack.enter_context(embedded.start(settings.data_dir)).url
        uvloop.run(_serve(settings, url, lock))
    return 0


async def _serve(settings: Settings, url: str, lock: FolderLock | None) -> None:
    process = Process(settings, url)
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    try:
        address = await process.start()
        if lock is not None:
            lock.tell(address)
        await process.run(ending)
    finally:
        await process.close()
