"""The keeper: makes versions old, lets the log forget them, and purges."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from modeldex.v1 import history_service_pb2 as history
from support.history_story.actors.calling import ADMIN, READER, Players
from support.history_story.actors.reading import RECENT
from support.robustness.faults import compact
from support.robustness.stage import CALL_SECONDS
from support.robustness.truth import Truth

# Longer ago than any moment that a read can still ask for, however long it is on its way.
_YOUNG = timedelta(seconds=RECENT + CALL_SECONDS + 1)
_KEPT = 50  # revisions of the log
_AGE = """
UPDATE model_version SET committed_at = committed_at - interval '2 days'
WHERE revision <= %s AND committed_at > clock_timestamp() - interval '1 day'"""


async def keep(players: Players, truth: Truth, pause: float) -> None:
    """All that the log forgot is two days old from then on, all before as well; then old versions are purged."""
    chance = players.stage.chance("keeper")
    while not players.over:
        await players.rest(chance, pause)
        edge = await compact(players.stage, truth, keep=_KEPT, younger=_YOUNG)
        await asyncio.to_thread(players.stage.tables.rewrite, _AGE, [edge])
        await players.ask(READER, history.CleanupHistoryRequest(dry_run=True), chance)
        await players.ask(ADMIN, history.CleanupHistoryRequest(dry_run=True), chance)
        await asyncio.gather(*(players.ask(ADMIN, history.CleanupHistoryRequest(), chance) for _ in range(2)))
