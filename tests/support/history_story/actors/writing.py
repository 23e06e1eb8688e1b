"""Writers of callers' models."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import model_pb2
from support.history_story.actors.calling import (
    LISTED,
    MODELS,
    OWN,
    READER,
    SCOPED,
    STILL,
    WRITERS,
    Players,
    versions_of,
)
from support.models import plain

_DUELLISTS = 4


async def write(players: Players, name: str, pause: float) -> None:
    """Save, delete and bring back, with and without an expected version and a request id. Few have no right to."""
    chance = players.stage.chance(name)
    while not players.over:
        who = chance.choices([*WRITERS, SCOPED, READER], [8, 8, 8, 4, 1])[0]
        provider = chance.choices([OWN, STILL, LISTED], [18, 1, 1])[0]
        model_id = f"{provider}/model-{chance.randrange(MODELS)}"
        request: Any
        match chance.choices(["save", "delete", "undelete"], [8, 1, 2])[0]:
            case "save":
                request = discovery.SaveModelRequest(model=_drawn(model_id, chance))
            case "delete":
                request = discovery.DeleteModelRequest(id=model_id)
            case _:
                request = discovery.UndeleteModelRequest(id=model_id)
        request.reason = players.word()
        if chance.random() < 0.3 and (known := await versions_of(players, who, model_id, chance)):
            request.expected_version = known[0].version
        await players.ask_once(who, request, chance)
        await players.rest(chance, pause)


async def duel(players: Players, name: str, pause: float) -> None:
    """Several save at once, all after the same version."""
    chance = players.stage.chance(name)
    while not players.over:
        model_id = f"{OWN}/model-{chance.randrange(MODELS)}"
        known = await versions_of(players, READER, model_id, chance)
        if known:
            requests = [
                discovery.SaveModelRequest(
                    model=_drawn(model_id, chance), reason=players.word(), expected_version=known[0].version
                )
                for _ in range(_DUELLISTS)
            ]
            await asyncio.gather(*(players.ask(chance.choice(WRITERS), one, chance) for one in requests))
        await players.rest(chance, pause)


def _drawn(model_id: str, chance: random.Random) -> model_pb2.Model:
    """A model of few, so that documents come again."""
    model = plain(model_id, chance.choice(["a", "b"]))
    model.context_window = chance.choice([4000, 8000, 16000])
    model.prices["input"].amount = chance.choice(["1", "2.50", "5"])
    if chance.random() < 0.5:
        model.capabilities["vision"].flag = chance.random() < 0.5
    return model
