"""The first start, without key, network or database server, and lists of what it serves."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest

from modeldex.v1 import discovery_service_pb2 as pb
from modeldex.v1 import model_pb2, provider_service_pb2
from support.api import Api, connect
from support.servers import ServerProcess

MODELS = 4803
FILTERS = 80
SORTS: dict[int, Callable[[model_pb2.Model], Any]] = {
    pb.MODEL_SORT_FIELD_UNSPECIFIED: lambda model: model.id.encode(),
    pb.MODEL_SORT_FIELD_ID: lambda model: model.id.encode(),
    pb.MODEL_SORT_FIELD_DISPLAY_NAME: lambda model: model.display_name.casefold().encode(),
    pb.MODEL_SORT_FIELD_CONTEXT_WINDOW: lambda model: present(model, "context_window"),
    pb.MODEL_SORT_FIELD_MAX_OUTPUT_TOKENS: lambda model: present(model, "max_output_tokens"),
    pb.MODEL_SORT_FIELD_INPUT_PRICE: lambda model: dollars(model, "input"),
    pb.MODEL_SORT_FIELD_OUTPUT_PRICE: lambda model: dollars(model, "output"),
    pb.MODEL_SORT_FIELD_RELEASE_TIME: lambda model: moment(model, "release_time"),
    pb.MODEL_SORT_FIELD_RETIREMENT_TIME: lambda model: moment(model, "retirement_time"),
    pb.MODEL_SORT_FIELD_REVISION: lambda model: model.revision,
}


def present(model: model_pb2.Model, name: str) -> int | None:
    """A limit, or None where it is unknown."""
    return getattr(model, name) if model.HasField(name) else None  # type: ignore[arg-type]


def dollars(model: model_pb2.Model, meter: str) -> Decimal | None:
    """The price of a million tokens in USD, or None where it is unknown or something else."""
    if meter not in model.prices:
        return None
    price = model.prices[meter]
    comparable = (price.unit, price.currency) == (model_pb2.PRICE_UNIT_MILLION_TOKENS, "USD")
    return Decimal(price.amount) if comparable else None


def moment(model: model_pb2.Model, name: str) -> tuple[int, int] | None:
    """A time of its life, or None where it is unknown."""
    if not model.lifecycle.HasField(name):  # type: ignore[arg-type]
        return None
    time = getattr(model.lifecycle, name)
    return time.seconds, time.nanos


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A first start as a user's: nothing set but the address and the folder."""
    process = ServerProcess(tmp_path_factory.mktemp("first"))
    del process.settings["MODELDEX_SOURCES__MODELS_DEV__ENABLED"]
    # Whoever tried to reach the network would have to go this way, and find nobody.
    process.settings |= dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
    with process:
        yield process.start()
    assert process.left_behind == []


@pytest.fixture
async def api(server: ServerProcess) -> AsyncIterator[Api]:
    async with connect(server.address) as api:
        yield api


@pytest.fixture(scope="module")
def everything(server: ServerProcess) -> Sequence[model_pb2.Model]:
    """All models, read once."""

    async def read() -> Sequence[model_pb2.Model]:
        async with connect(server.address) as api:
            return await pages(api, pb.ListModelsRequest(filter=everyone(), page_size=500))

    return asyncio.run(read())


def everyone() -> pb.ModelFilter:
    """The filter that hides nothing that lives."""
    stages = model_pb2.LifecycleStage.values()
    return pb.ModelFilter(include_unlisted=True, lifecycle_stages=[stage for stage in stages if stage])


async def pages(api: Api, request: pb.ListModelsRequest) -> list[model_pb2.Model]:
    """All pages of a list."""
    models: list[model_pb2.Model] = []
    while True:
        answer = await api.discovery.ListModels(request, timeout=20)
        models += answer.models
        if not answer.next_page_token:
            return models
        assert answer.models
        request.page_token = answer.next_page_token


async def test_the_first_start_serves_the_packaged_catalogue(server: ServerProcess, api: Api) -> None:
    """works offline: 4,803 models of 132 providers, no key, no network, no database server; health says so."""
    assert f"serves {MODELS:,} models of 132 providers on {server.address}" in server.output
    assert "grpcurl -plaintext" in server.output
    status = await api.discovery.GetStatus(pb.GetStatusRequest())
    assert (status.total_models, status.total_providers, status.active_providers) == (MODELS, 132, 132)
    assert [source.id for source in status.sources] == ["models_dev"]
    model = (await api.discovery.GetModel(pb.GetModelRequest(id="openai/gpt-4o"))).model
    assert model.display_name == "GPT-4o"
    assert model.prices["input"].amount == "2.5"


async def test_every_model_of_the_list_can_be_read(api: Api, everything: Sequence[model_pb2.Model]) -> None:
    """read your write: a list, a batch and a single read give the same models."""
    assert len(everything) == MODELS == len({model.id for model in everything})
    ids = [model.id for model in everything]
    for at in range(0, len(ids), 1000):
        answer = await api.discovery.BatchGetModels(pb.BatchGetModelsRequest(ids=ids[at : at + 1000]))
        assert list(answer.models) == list(everything[at : at + 1000])


async def test_the_default_list_hides_what_is_retired(api: Api, everything: Sequence[model_pb2.Model]) -> None:
    """stable pages: without a filter everything but retired and unlisted models is shown, 50 a page."""
    first = await api.discovery.ListModels(pb.ListModelsRequest(include_total_size=True))
    shown = [model for model in everything if matches(model, pb.ModelFilter())]
    assert (len(first.models), first.total_size) == (50, len(shown))
    large = await api.discovery.ListModels(pb.ListModelsRequest(page_size=100_000))
    assert len(large.models) == 500


async def test_random_filters_give_what_they_say(api: Api, everything: Sequence[model_pb2.Model]) -> None:
    """stable pages, unknown is not false: of many random filters each gives exactly the models that a reading of the
    contract by hand gives, and counts them."""
    chance = random.Random(20_260)
    empty = 0
    for number in range(FILTERS):
        wanted = random_filter(chance, everything)
        expected = [model.id for model in everything if matches(model, wanted)]
        request = pb.ListModelsRequest(filter=wanted, page_size=500, include_total_size=True)
        answer = await api.discovery.ListModels(request, timeout=20)
        assert [model.id for model in answer.models] == expected[:500], (number, wanted)
        assert answer.total_size == len(expected), (number, wanted)
        empty += not expected
    assert empty < FILTERS * 0.7, "most of the filters say nothing"


@pytest.mark.parametrize("field", SORTS)
@pytest.mark.parametrize("descending", [False, True])
async def test_every_order_is_kept_over_all_pages(
    api: Api, everything: Sequence[model_pb2.Model], field: int, descending: bool
) -> None:
    """stable pages: every model once, in the order asked for; unknown values last in either direction; equal values by
    id."""
    request = pb.ListModelsRequest(filter=everyone(), sort_field=field, descending=descending, page_size=500)  # type: ignore[arg-type]
    listed = await pages(api, request)
    value = SORTS[field]
    by_id = sorted(everything, key=lambda model: model.id.encode())
    known = [model for model in by_id if value(model) is not None]
    unknown = [model for model in by_id if value(model) is None]
    # sort() keeps the order of ids among equals, also when it is reversed.
    expected = sorted(known, key=value, reverse=descending) + unknown
    assert [model.id for model in listed] == [model.id for model in expected]


async def test_statistics_count_what_is_there(api: Api, everything: Sequence[model_pb2.Model]) -> None:
    """unknown is not false: the counts are those of the models; a capability counts where it is known and not
    false."""
    stats = await api.discovery.GetModelStats(pb.GetModelStatsRequest())
    assert (stats.total_models, stats.models_added_last_7_days) == (MODELS, MODELS)
    by_provider: dict[str, int] = {}
    for model in everything:
        by_provider[model.provider_id] = by_provider.get(model.provider_id, 0) + 1
    assert dict(stats.models_by_provider) == by_provider
    vision = sum(state_of(model, "vision") == "true" for model in everything)
    assert stats.models_by_capability["vision"] == vision
    stages = [model_pb2.LifecycleStage.Name(model.lifecycle.stage) for model in everything]
    assert dict(stats.models_by_lifecycle_stage) == {name: stages.count(name) for name in set(stages)}


async def test_providers_are_listed_page_by_page(api: Api) -> None:
    """stable pages: every provider once, ordered by id."""
    request, ids = provider_service_pb2.ListProvidersRequest(page_size=17, include_total_size=True), []
    while True:
        answer = await api.providers.ListProviders(request)
        ids += [provider.id for provider in answer.providers]
        assert answer.total_size == 132
        if not answer.next_page_token:
            break
        request.page_token = answer.next_page_token
    assert ids == sorted(set(ids))
    assert len(ids) == 132


async def test_a_second_start_changes_nothing(server: ServerProcess, everything: Sequence[model_pb2.Model]) -> None:
    """silent no-op, nothing acknowledged is lost: after a restart the same models are there, in the same versions."""
    assert await asyncio.to_thread(server.end) == 0
    await asyncio.to_thread(server.start)
    async with connect(server.address) as api:
        again = await pages(api, pb.ListModelsRequest(filter=everyone(), page_size=500))
        assert again == list(everything)


# What the contract says, read by hand.

LIMITS = ("context_window", "max_input_tokens", "max_output_tokens")


def state_of(model: model_pb2.Model, name: str) -> str:
    """What is known of a capability: "true", "false" or "unknown"."""
    if name in LIMITS:
        return "unknown" if present(model, name) is None else "true"
    if name in ("input_modalities", "output_modalities"):
        return "true" if getattr(model, name) else "unknown"
    if name not in model.capabilities:
        return "unknown"
    value = model.capabilities[name]
    return "false" if value.WhichOneof("value") == "flag" and not value.flag else "true"


def matches(model: model_pb2.Model, wanted: pb.ModelFilter) -> bool:
    """Whether a model meets every condition of a filter."""
    stage = model.lifecycle.stage
    shown = stage in wanted.lifecycle_stages if wanted.lifecycle_stages else stage != model_pb2.LIFECYCLE_STAGE_RETIRED
    text = "\n".join((model.id, model.display_name, model.family, model.canonical_id)).casefold()
    return (
        shown
        and (wanted.include_unlisted or not model.unlisted)
        and (not wanted.provider_ids or model.provider_id in wanted.provider_ids)
        and (not wanted.canonical_id or model.canonical_id == wanted.canonical_id)
        and all(state_of(model, name) != "unknown" for name in wanted.capabilities_present)
        and all(state_of(model, name) == "true" for name in wanted.capabilities_true)
        and all(state_of(model, name) == "false" for name in wanted.capabilities_false)
        and all(state_of(model, name) == "unknown" for name in wanted.capabilities_unknown)
        and set(wanted.input_modalities) <= set(model.input_modalities)
        and set(wanted.output_modalities) <= set(model.output_modalities)
        and set(wanted.tags) <= set(model.tags)
        and (not wanted.any_tags or bool(set(wanted.any_tags) & set(model.tags)))
        and all(word in text for word in wanted.query.casefold().split())
        and _is_large_enough(model, wanted)
        and all(_is_cheap_enough(model, ceiling) for ceiling in wanted.price_ceilings)
        and _retires_in_time(model, wanted)
    )


def _is_large_enough(model: model_pb2.Model, wanted: pb.ModelFilter) -> bool:
    for name in LIMITS:
        least = getattr(wanted, f"min_{name}") if wanted.HasField(f"min_{name}") else None  # type: ignore[arg-type]
        if least is not None and (present(model, name) is None or getattr(model, name) < least):
            return False
    return True


def _is_cheap_enough(model: model_pb2.Model, ceiling: pb.PriceCeiling) -> bool:
    if ceiling.meter not in model.prices:
        return False
    price = model.prices[ceiling.meter]
    unit, currency = ceiling.unit or model_pb2.PRICE_UNIT_MILLION_TOKENS, ceiling.currency or "USD"
    return (price.unit, price.currency) == (unit, currency) and Decimal(price.amount) <= Decimal(ceiling.max_amount)


def _retires_in_time(model: model_pb2.Model, wanted: pb.ModelFilter) -> bool:
    if not wanted.HasField("retires_before"):
        return True
    retires, before = moment(model, "retirement_time"), wanted.retires_before
    return retires is not None and retires < (before.seconds, before.nanos)


def random_filter(chance: random.Random, models: Sequence[model_pb2.Model]) -> pb.ModelFilter:
    """One to three conditions that some model may meet."""
    wanted = pb.ModelFilter()
    for _ in range(chance.randint(1, 3)):
        chance.choice(_CONDITIONS)(chance, chance.choice(models), wanted)
    return wanted


Condition = Callable[[random.Random, model_pb2.Model, pb.ModelFilter], None]


def _by_capability(chance: random.Random, model: model_pb2.Model, wanted: pb.ModelFilter) -> None:
    names = [*model.capabilities, *LIMITS, "input_modalities"] if chance.random() < 0.8 else ["reranking", "vision"]
    field = chance.choice(["capabilities_present", "capabilities_true", "capabilities_false", "capabilities_unknown"])
    getattr(wanted, field).append(chance.choice(names))


def _by_limit(chance: random.Random, model: model_pb2.Model, wanted: pb.ModelFilter) -> None:
    name = chance.choice(LIMITS)
    setattr(wanted, f"min_{name}", chance.choice([0, getattr(model, name), getattr(model, name) + 1]))


def _by_price(chance: random.Random, model: model_pb2.Model, wanted: pb.ModelFilter) -> None:
    meter = chance.choice([*model.prices, "input", "cache_read"])
    amount = model.prices[meter].amount if meter in model.prices else "1.50"
    ceiling = wanted.price_ceilings.add(meter=meter, max_amount=chance.choice([amount, "0", "0.000001", "1000000"]))
    if chance.random() < 0.2:
        ceiling.currency = chance.choice(["EUR", "USD"])
    if chance.random() < 0.2:
        ceiling.unit = chance.choice([model_pb2.PRICE_UNIT_IMAGE, model_pb2.PRICE_UNIT_MILLION_TOKENS])


def _by_time(chance: random.Random, model: model_pb2.Model, wanted: pb.ModelFilter) -> None:
    wanted.retires_before.seconds = chance.choice([0, 1_767_225_600, 4_000_000_000])


def _by_words(chance: random.Random, model: model_pb2.Model, wanted: pb.ModelFilter) -> None:
    words = [model.id.upper(), model.family, model.id.partition("/")[2][:4], "a_b", "100%", "gpt 4", "\\", "Ü"]
    wanted.query = chance.choice(words)[:200]


def _by_name(chance: random.Random, model: model_pb2.Model, wanted: pb.ModelFilter) -> None:
    if chance.random() < 0.5:
        wanted.provider_ids.extend([model.provider_id, "openai"])
    else:
        wanted.canonical_id = model.canonical_id


def _by_modality(chance: random.Random, model: model_pb2.Model, wanted: pb.ModelFilter) -> None:
    wanted.input_modalities.extend(model.input_modalities[:2])
    if chance.random() < 0.5:
        wanted.output_modalities.append(chance.randint(1, 8))  # type: ignore[arg-type]


def _by_tag(chance: random.Random, model: model_pb2.Model, wanted: pb.ModelFilter) -> None:
    tags = [*model.tags, "no-such-tag"]
    (wanted.tags if chance.random() < 0.5 else wanted.any_tags).append(chance.choice(tags))


def _by_stage(chance: random.Random, model: model_pb2.Model, wanted: pb.ModelFilter) -> None:
    wanted.lifecycle_stages.append(chance.randint(1, 5))  # type: ignore[arg-type]
    wanted.include_unlisted = chance.random() < 0.5


_CONDITIONS: list[Condition] = [
    _by_capability, _by_capability, _by_limit, _by_price, _by_price, _by_time, _by_words, _by_name, _by_modality,
    _by_tag, _by_stage,
]  # fmt: skip
