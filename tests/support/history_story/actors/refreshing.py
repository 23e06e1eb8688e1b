"""A source whose file changes all the time, and its refreshes."""

from __future__ import annotations

import json
import random
from typing import Any

from modeldex.v1 import discovery_service_pb2 as discovery
from support.history_story.actors.calling import ADMIN, FAR, LISTED, MODELS, READER, Players
from support.providers import Says
from support.records import BASE, MAPPED, changed
from support.waiting import PATIENCE

_REMOVED = 0.1  # of the models of a file; the source would hold back what takes too much


async def begin(players: Players) -> None:
    """List for the first time: providers are known from then on."""
    stage, chance = players.stage, players.stage.chance("listing")
    stage.provider.says = Says(body=json.dumps(_file(chance)).encode())
    async for answer in stage.replicas[0].near.open(discovery.RefreshProvidersRequest(), timeout=PATIENCE):
        assert not answer.result.errors, answer


async def refresh(players: Players, name: str, pause: float) -> None:
    """Write another file, or the same again, and refresh; a reader has no right to."""
    chance = players.stage.chance(name)
    while not players.over:
        if chance.random() < 0.8:
            players.stage.provider.says = Says(body=json.dumps(_file(chance)).encode())
        request = discovery.RefreshProviderRequest(provider_id=chance.choice([LISTED, LISTED, FAR]))
        await players.ask(READER if chance.random() < 0.05 else ADMIN, request, chance)
        await players.rest(chance, pause)


def _file(chance: random.Random) -> dict[str, Any]:
    return {
        provider: {"id": provider, "name": provider.title(), "models": dict(_records(chance))}
        for provider in (LISTED, FAR)
    }


def _records(chance: random.Random) -> list[tuple[str, dict[str, Any]]]:
    gone = chance.randrange(MODELS) if chance.random() < MODELS * _REMOVED else None
    return [(f"model-{at}", _record(chance)) for at in range(MODELS) if at != gone]


def _record(chance: random.Random) -> dict[str, Any]:
    """Most are as before: one of few."""
    return dict(BASE) if chance.random() < 0.5 else changed(*chance.choice(MAPPED))
