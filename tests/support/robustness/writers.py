"""Writers: they move models in and out of filters, change some together, and save what is there already."""

from __future__ import annotations

import asyncio

from google.protobuf.message import Message

from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import model_pb2
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb
from support.models import plain
from support.robustness.promises.copies import SUM
from support.robustness.stage import Refused, Stage

PROVIDERS, MODELS = 3, 6
NAMES, WINDOWS, TAGS = ("a", "b", "c"), (4000, 8000, 16000), ("fast", "new")
# What others, or a fault, may do to a write.
_EXPECTED = {"NOT_FOUND", "FAILED_PRECONDITION", "UNAVAILABLE", "CANCELLED", "DEADLINE_EXCEEDED", "ABORTED"}


async def write(stage: Stage, who: str, pause: float) -> None:
    """Save, delete, bring back and publish, on either replica, about every `pause` seconds."""
    chance = stage.chance(who)
    while not stage.ending.is_set():
        model_id = f"random-{chance.randrange(PROVIDERS)}/model-{chance.randrange(MODELS)}"
        kind = chance.random()
        request: Message
        if kind < 0.72:
            model = plain(model_id, chance.choice(NAMES))
            model.context_window = chance.choice(WINDOWS)
            model.tags.append(chance.choice(TAGS))
            model.capabilities["vision"].flag = chance.random() < 0.5
            request = discovery.SaveModelRequest(model=model)
        elif kind < 0.82:
            request = discovery.DeleteModelRequest(id=model_id)
        elif kind < 0.92:
            request = discovery.UndeleteModelRequest(id=model_id)
        else:
            told = pb.ModelUpdate(model_id=model_id, type=pb.MODEL_UPDATE_TYPE_UPDATED, after=plain(model_id, "told"))
            request = api.PublishUpdatesRequest(updates=[pb.UpdateEvent(model=told)] * chance.randint(1, 4))
        await _try(stage, who, chance.randrange(2), request)
        await asyncio.sleep(chance.uniform(0, 2 * pause))


async def save_alike(stage: Stage, who: str, pause: float) -> None:
    """Save the same models again and again, in every spelling there is."""
    chance = stage.chance(who)
    while not stage.ending.is_set():
        model = model_pb2.Model(id=f"same/model-{chance.randrange(MODELS)}", display_name="Same")
        for name in chance.sample(["vision", "streaming", "reasoning"], 3):
            model.capabilities[name].flag = True
        model.tags.extend(chance.sample(["x", "y", "z"], 3))
        model.prices["input"].amount = chance.choice(["2.5", "2.50", "2.500"])
        model.prices["input"].unit = model_pb2.PRICE_UNIT_MILLION_TOKENS
        await _try(stage, who, chance.randrange(2), discovery.SaveModelRequest(model=model))
        await asyncio.sleep(chance.uniform(0, 2 * pause))


async def balance(stage: Stage, who: str, pause: float) -> None:
    """Refresh a source that lists two models, whose sum never changes, each time in another way."""
    chance = stage.chance(who)
    while not stage.ending.is_set():
        first = chance.randrange(1, SUM)
        windows = {"first": first, "second": SUM - first}
        stage.provider.lists(*({"id": key, "object": "model", "context_window": size} for key, size in windows.items()))
        request = discovery.RefreshProviderRequest(provider_id="fake")
        await _try(stage, who, chance.randrange(2), request)
        await asyncio.sleep(chance.uniform(0, 2 * pause))


async def _try(stage: Stage, who: str, replica: int, request: Message) -> None:
    try:
        await stage.ask(who, replica, request)
    except Refused as refused:
        if refused.problem.code.name not in _EXPECTED:
            raise
