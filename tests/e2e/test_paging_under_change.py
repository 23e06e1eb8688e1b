"""Paging through a list while it changes."""

from __future__ import annotations

import asyncio
import random

import pytest

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import model_pb2
from support.api import Api
from support.models import new_id

STEADY = 60
FIELDS = [
    pb.MODEL_SORT_FIELD_ID,
    pb.MODEL_SORT_FIELD_DISPLAY_NAME,
    pb.MODEL_SORT_FIELD_CONTEXT_WINDOW,
    pb.MODEL_SORT_FIELD_INPUT_PRICE,
    pb.MODEL_SORT_FIELD_RELEASE_TIME,
    pb.MODEL_SORT_FIELD_REVISION,
]


def model_with(model_id: str, tag: str, number: int) -> model_pb2.Model:
    """A model whose sort values repeat, and of which every third says nothing."""
    model = model_pb2.Model(id=model_id, tags=[tag], display_name="same" if number % 2 else f"name {number % 5}")
    if number % 3:
        model.context_window = 1000 * (number % 4 + 1)
        model.prices["input"].CopyFrom(
            model_pb2.Price(amount=f"{number % 4}.10", unit=model_pb2.PRICE_UNIT_MILLION_TOKENS)
        )
        model.lifecycle.release_time.seconds = 1_700_000_000 + number % 4
    return model


async def save(api: Api, model: model_pb2.Model) -> None:
    await api.discovery.SaveModel(pb.SaveModelRequest(model=model), timeout=30)


@pytest.fixture(scope="module")
def tag() -> str:
    """What marks the models of this test."""
    return new_id("paging").replace("/", "-")


@pytest.fixture
async def steady(api: Api, tag: str) -> set[str]:
    """Models that nobody changes; made once, saved again to no effect."""
    models = [model_with(f"paging/steady-{number:03}", tag, number) for number in range(STEADY)]
    await asyncio.gather(*(save(api, model) for model in models))
    return {model.id for model in models}


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("field", FIELDS)
async def test_what_does_not_change_is_neither_skipped_nor_repeated(
    api: Api, other_api: Api, steady: set[str], tag: str, field: int, descending: bool
) -> None:
    """stable pages: while others come, change, go and come back around every page, each model whose sort value stays
    is listed once."""
    chance = random.Random(field)
    ending = asyncio.Event()

    async def disturb(number: int) -> None:
        model_id = f"paging/moving-{number}"
        while not ending.is_set():
            await save(other_api, model_with(model_id, tag, chance.randrange(100)))
            if chance.random() < 0.3:
                await other_api.discovery.DeleteModel(pb.DeleteModelRequest(id=model_id), timeout=30)

    disturbing = [asyncio.create_task(disturb(number)) for number in range(6)]
    seen: list[str] = []
    request = pb.ListModelsRequest(
        filter=pb.ModelFilter(tags=[tag]),
        sort_field=field,  # type: ignore[arg-type]
        descending=descending,
        page_size=7,
    )
    while True:
        answer = await api.discovery.ListModels(request, timeout=30)
        seen += [model.id for model in answer.models]
        if not answer.next_page_token:
            break
        request.page_token = answer.next_page_token
    ending.set()
    await asyncio.gather(*disturbing)
    kept = [model_id for model_id in seen if model_id in steady]
    assert len(kept) == len(set(kept)), "repeated"
    assert set(kept) == steady, "skipped"


async def test_a_page_that_became_empty_ends_the_list(api: Api) -> None:
    """stable pages: when what follows has gone, the next page is empty and the last."""
    mark = new_id("going").replace("/", "-")
    models = [model_with(new_id("going"), mark, number) for number in range(4)]
    await asyncio.gather(*(save(api, model) for model in models))
    request = pb.ListModelsRequest(filter=pb.ModelFilter(tags=[mark]), page_size=2, include_total_size=True)
    first = await api.discovery.ListModels(request)
    assert (first.total_size, bool(first.next_page_token)) == (4, True)
    for model in models:
        if model.id not in {shown.id for shown in first.models}:
            await api.discovery.DeleteModel(pb.DeleteModelRequest(id=model.id))
    request.page_token = first.next_page_token
    last = await api.discovery.ListModels(request)
    assert (list(last.models), last.next_page_token, last.total_size) == ([], "", 2)


async def test_a_last_page_that_is_full_is_the_last(api: Api) -> None:
    """stable pages: no token where nothing follows."""
    mark = new_id("full").replace("/", "-")
    await asyncio.gather(*(save(api, model_with(new_id("full"), mark, number)) for number in range(4)))
    request = pb.ListModelsRequest(filter=pb.ModelFilter(tags=[mark]), page_size=4)
    answer = await api.discovery.ListModels(request)
    assert (len(answer.models), answer.next_page_token) == (4, "")
    assert not answer.HasField("total_size")
