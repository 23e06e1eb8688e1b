"""Pins by hand: of whole models and of single facts, some of which end by themselves, and their ends."""

from __future__ import annotations

import random
import time

from google.protobuf.struct_pb2 import Value

from modeldex.v1 import history_service_pb2 as history
from support.history_story.actors.calling import FAR, LISTED, MODELS, OWN, READER, SOON, WRITERS, Players, versions_of

_SOON = (1.5, SOON)  # seconds after which a pin ends by itself
_FIELDS: list[tuple[str, Value | None]] = [
    ("context_window", Value(number_value=77)),
    ("context_window", None),
    ("display_name", Value(string_value="Pinned")),
    ("display_name", Value(null_value=0)),  # type: ignore[arg-type] # a number of the enum
    ('prices["input"]', None),
    ("prices", None),
    ('capabilities["vision"]', Value(bool_value=True)),
]


async def pin(players: Players, name: str, pause: float) -> None:
    """Pin and unpin; models that callers saved cannot be pinned, and a reader has no right to."""
    chance = players.stage.chance(name)
    while not players.over:
        who = READER if chance.random() < 0.03 else chance.choice(WRITERS)
        provider = chance.choices([LISTED, FAR, OWN], [10, 5, 1])[0]
        model_id = f"{provider}/model-{chance.randrange(MODELS)}"
        request = _pin(model_id, chance) if chance.random() < 0.4 else _unpin(model_id, chance)
        request.reason = players.word()
        if chance.random() < 0.2 and (known := await versions_of(players, who, model_id, chance)):
            request.expected_version = known[0].version
        await players.ask_once(who, request, chance)
        await players.rest(chance, pause)


def _pin(model_id: str, chance: random.Random) -> history.PinModelRequest:
    request = history.PinModelRequest(model_id=model_id)
    paths = set()
    for path, value in chance.sample(_FIELDS, chance.choice([0, 1, 1, 2])):
        if not any(path.startswith(one) or one.startswith(path) for one in paths):
            paths.add(path)
            request.fields.add(path=path, value=value)
    if chance.random() < 0.6:
        request.expire_time.FromNanoseconds(int((time.time() + chance.uniform(*_SOON)) * 1e9))
    return request


def _unpin(model_id: str, chance: random.Random) -> history.UnpinModelRequest:
    paths = ["context_window"] if chance.random() < 0.2 else []
    return history.UnpinModelRequest(model_id=model_id, paths=paths)
