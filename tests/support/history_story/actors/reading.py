"""Readers of the past."""

from __future__ import annotations

import random
import time
from typing import Any

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import history_service_pb2 as history
from modeldex.v1 import model_pb2
from support.history_story.actors.calling import FAR, IDS, LISTED, OWN, READER, Players, versions_of

RECENT = 3.0  # seconds; what is older than that may have been made older still


async def read_past(players: Players, name: str, pause: float) -> None:
    """Read models and lists as of revisions and moments, and versions by their numbers."""
    chance = players.stage.chance(name)
    while not players.over:
        kind = chance.random()
        if kind < 0.6:
            request: Any = discovery.GetModelRequest(id=chance.choice(IDS))
            await players.ask(READER, _as_of(request, players, chance), chance)
        elif kind < 0.75:
            request = discovery.ListModelsRequest(page_size=chance.choice([3, 7, 100]), filter=_everything(chance))
            await read_list(players, _as_of(request, players, chance), chance)
        elif known := await versions_of(players, READER, model_id := chance.choice(IDS), chance):
            one = history.GetModelVersionRequest(model_id=model_id, version=chance.randint(0, known[0].version))
            await players.ask(READER, one, chance)
        await players.rest(chance, pause)


async def read_list(players: Players, request: discovery.ListModelsRequest, chance: random.Random) -> None:
    """All pages of a list."""
    while answer := await players.ask(READER, request, chance):
        request.page_token = answer.next_page_token
        if not request.page_token:
            return


def everything() -> discovery.ModelFilter:
    """What leaves no model out."""
    return discovery.ModelFilter(include_unlisted=True, lifecycle_stages=model_pb2.LifecycleStage.values())


def _everything(chance: random.Random) -> discovery.ModelFilter:
    chosen = everything()
    if chance.random() < 0.3:
        chosen.provider_ids.extend(chance.sample([OWN, LISTED, FAR], 2))
    return chosen


def _as_of(request: Any, players: Players, chance: random.Random) -> Any:
    kind = chance.random()
    if kind < 0.4:
        moment = time.time() - chance.uniform(0, RECENT)
        request.as_of_time.FromNanoseconds(int(moment * 1e9))
    elif kind < 0.8:
        request.as_of_revision = chance.randint(max(1, players.head - 80), players.head)
    else:
        request.as_of_revision = chance.randint(1, players.head)
    return request
