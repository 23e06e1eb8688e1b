"""What is done once to a database that was restored from a backup, before servers start on it."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

import structlog

from modeldex_server.errors import ModeldexError, StartError
from modeldex_server.ledger import log as ledger_log
from modeldex_server.settings import Settings
from modeldex_server.store import embedded
from modeldex_server.store.database import Database
from modeldex_server.store.folder import FolderLock
from modeldex_server.store.migrate import migrate

log = structlog.get_logger()


def begin_history(settings: Settings) -> None:
    """Begin another history in the database of the settings. A backup does not know what came after it; who does, a
    watch with a token or a copy of the catalogue, is told so.

    Raises:
        StartError: the database cannot be reached, or the data folder is in use.
    """
    with ExitStack() as stack:
        if settings.database_url is not None:
            url = settings.database_url.get_secret_value()
        else:
            stack.enter_context(FolderLock(settings.data_dir, settings.listen))
            url = stack.enter_context(embedded.start(settings.data_dir)).url
        try:
            asyncio.run(_begin(url))
        except ModeldexError as error:
            raise StartError(f"What was restored cannot be told apart from what it was: {error.message}") from None
    log.info("history_begun")


async def _begin(url: str) -> None:
    await migrate(url)
    database = Database(url, size=1)
    await database.open()
    try:
        head = await ledger_log.read_head(database)
        await ledger_log.begin_history(database, head.epoch)
    finally:
        await database.close()
