"""Streams with filters: what matches, how a copy stays the catalogue, what options leave out."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import grpc
import pytest

from modeldex.v1 import condition_pb2, model_pb2
from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import subscriber_service_pb2 as subscriber
from modeldex.v1 import update_pb2 as pb
from modeldex.v1.subscriber_service_pb2_grpc import SubscriberServiceStub
from support.api import Api, read_problem
from support.models import new_id, plain
from support.pairs import Pair
from support.watching import (
    after,
    check_coalesced,
    check_converging,
    check_reliable,
    check_snapshot,
    check_transitions,
    delete,
    from_now,
    from_snapshot,
    history,
    listed,
    place,
    save,
    watching,
)

ENTERED, CHANGED, LEFT = (
    pb.UPDATE_TRANSITION_ENTERED,
    pb.UPDATE_TRANSITION_CHANGED,
    pb.UPDATE_TRANSITION_LEFT,
)
OPERATOR = condition_pb2.ConditionOperator.Value


def condition(field: str, operator: str, value: Any) -> condition_pb2.Condition:
    made = condition_pb2.Condition(field=field, operator=OPERATOR(f"CONDITION_OPERATOR_{operator}"))
    if isinstance(value, str):
        made.value.string_value = value
    elif isinstance(value, bool):
        made.value.bool_value = value
    else:
        made.value.number_value = value
    return made


def a_filter(type_: str, *conditions: condition_pb2.Condition, **fields: Any) -> condition_pb2.EventFilter:
    number = condition_pb2.EventFilterType.Value(f"EVENT_FILTER_TYPE_{type_}")
    return condition_pb2.EventFilter(type=number, conditions=conditions, **fields)


def any_model(chance: random.Random, model_id: str) -> model_pb2.Model:
    """A model of a few, so that filters find some and changes move them in and out."""
    model = model_pb2.Model(id=model_id, display_name=chance.choice(["Small", "large", "Larger", "Ärger"]))
    model.tags.extend(chance.sample(["fast", "cheap", "new"], chance.randint(0, 3)))
    if chance.random() < 0.7:
        model.context_window = chance.choice([4000, 8000, 128000])
    if chance.random() < 0.7:
        model.capabilities["vision"].flag = chance.random() < 0.5
    if chance.random() < 0.6:
        model.prices["input"].amount = chance.choice(["0.50", "1", "2.5"])
        model.prices["input"].unit = model_pb2.PRICE_UNIT_MILLION_TOKENS
    model.lifecycle.stage = chance.choice(
        [
            model_pb2.LIFECYCLE_STAGE_UNSPECIFIED,
            model_pb2.LIFECYCLE_STAGE_ACTIVE,
            model_pb2.LIFECYCLE_STAGE_DEPRECATED,
            model_pb2.LIFECYCLE_STAGE_RETIRED,
        ]
    )
    return model


def any_filter(chance: random.Random) -> discovery.ModelFilter:
    """A filter of a few, each with one to three rules."""
    wanted = discovery.ModelFilter(provider_ids=["moving"])
    parts: list[Callable[[], object]] = [
        lambda: wanted.tags.append(chance.choice(["fast", "cheap", "new"])),
        lambda: wanted.any_tags.extend(["fast", "new"]),
        lambda: setattr(wanted, "min_context_window", chance.choice([0, 4001, 8000])),
        lambda: wanted.capabilities_true.append("vision"),
        lambda: wanted.capabilities_unknown.append("vision"),
        lambda: wanted.price_ceilings.add(meter="input", max_amount=chance.choice(["0.5", "1.00"])),
        lambda: wanted.lifecycle_stages.extend([model_pb2.LIFECYCLE_STAGE_RETIRED, model_pb2.LIFECYCLE_STAGE_ACTIVE]),
        lambda: setattr(wanted, "query", chance.choice(["LARGE", "ärger", "sm all"])),
        lambda: setattr(wanted, "include_unlisted", True),
    ]
    for part in chance.sample(parts, chance.randint(1, 3)):
        part()
    return wanted


async def move(chance: random.Random, callers: list[Api], ids: list[str], turns: int) -> int:
    """Save, delete and bring back models at random; the last revision."""
    heads = [0]

    async def one(caller: Api, model_id: str) -> None:
        kind = chance.random()
        if kind < 0.8:
            request = discovery.SaveModelRequest(model=any_model(chance, model_id))
            heads.append((await caller.discovery.SaveModel(request, timeout=20)).revision)
        else:
            try:
                heads.append(await delete(caller, model_id))
            except grpc.aio.AioRpcError as error:
                if read_problem(error).reason != "MODEL_NOT_FOUND":
                    raise

    for _ in range(turns):
        await asyncio.gather(*(one(chance.choice(callers), chance.choice(ids)) for _ in range(4)))
    return max(heads)


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_filtered_copy_is_what_a_list_gives(api: Api, other_api: Api, seed: int) -> None:
    """converging: for filters at random, over models that are changed at random so that they enter and leave, the
    snapshot with the updates applied is what ListModels gives with the same filter at the same revision; with every
    event, with the latest of each model only, and on either replica."""
    chance = random.Random(seed)
    ids = [f"moving/model-{number}" for number in range(12)]
    await move(chance, [api, other_api], ids, 4)
    wanted = [discovery.ModelFilter(), *(any_filter(chance) for _ in range(9))]
    latest = pb.UPDATE_COALESCING_LATEST_PER_MODEL
    options: list[dict[str, Any]] = [{}, {"coalescing": latest}, {"coalescing": latest, "max_batch_delay": 0.2}]
    streams = [(one, opts) for one in wanted for opts in options]
    async with asyncio.TaskGroup() as tasks:
        ready = asyncio.Barrier(len(streams) + 1)
        moved: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def follow(one: discovery.ModelFilter, opts: dict[str, Any], caller: Api) -> None:
            async with watching(caller, from_snapshot(models=one, bookmark_interval=1, **opts)) as recorder:
                await ready.wait()
                head = await moved
                await recorder.through(head)
            kept = [message for message in recorder.messages if message.revision <= head]
            assert kept[-1].revision == head or not recorder.messages[-1].updates
            check_snapshot(recorder.messages)
            check_transitions(recorder.messages)
            if opts:
                check_coalesced_copy(recorder.messages)
            check_converging(recorder.messages, await listed(caller, one))

        for at, (one, opts) in enumerate(streams):
            tasks.create_task(follow(one, opts, (api, other_api)[at % 2]))
        await ready.wait()
        moved.set_result(await move(chance, [api, other_api], ids, 25))


def check_coalesced_copy(messages: list[subscriber.WatchResponse]) -> None:
    """No model twice in a message; the versions of each grow."""
    seen: dict[str, int] = {}
    for message in messages:
        told = [one.model for one in message.updates if one.HasField("model")]
        assert len({one.model_id for one in told}) == len(told)
        for one in told:
            assert one.version > seen.get(one.model_id, 0)
            seen[one.model_id] = one.version


async def test_the_latest_of_a_model_is_the_truth(api: Api) -> None:
    """coalescing: updates of one model that wait together come as one, from what was before the first to what is after
    the last, with the difference of the two; other models' updates stay in their places."""
    one, other = new_id(), new_id()
    await save(api, one, "One")
    request = from_now(coalescing=pb.UPDATE_COALESCING_LATEST_PER_MODEL, max_batch_delay=1.0)
    async with watching(api, request) as recorder:
        for name in ("Two", "Three", "Four"):
            await save(api, one, name)
        await save(api, other, "Other")
        head = await save(api, one, "Five")
        await recorder.through(head)
    check_coalesced(recorder.messages)
    updates = [update for update in recorder.updates if update.model.model_id == one]
    assert len(updates) < 4
    last = updates[-1]
    assert last.model.after.display_name == "Five"
    assert last.transition == pb.UPDATE_TRANSITION_CHANGED
    joined = [update for update in updates if update.model.version - update.model.previous_version > 1]
    assert joined
    for update in joined:
        (change,) = update.model.changes
        assert change.path == "display_name"
        assert change.old_value.string_value == update.model.before.display_name
        assert change.new_value.string_value == update.model.after.display_name
        assert update.model.before.version == update.model.previous_version


async def test_what_comes_and_goes_while_it_waits_is_not_told(api: Api) -> None:
    """coalescing: a model that enters and leaves the filter within one message is not told of."""
    model_id = new_id()
    request = from_now(
        coalescing=pb.UPDATE_COALESCING_LATEST_PER_MODEL,
        max_batch_delay=2.0,
        bookmark_interval=1,
        models=discovery.ModelFilter(tags=["test"], provider_ids=["acme"]),
    )
    async with watching(api, request) as recorder:
        await save(api, model_id)
        head = await delete(api, model_id)
        await recorder.through(head)
    told = [one for one in recorder.updates if one.model.model_id == model_id]
    assert told == [] or len(told) == 2  # one by one where the delay was over between the two


async def test_filters_choose_by_what_an_update_is(pair: Pair, api: Api) -> None:
    """reliable: with filters of every type, taken with OR, comes what any enabled one matches, and nothing else."""
    model_id = new_id("chosen")
    start = pair.catalogue.head
    await save(api, model_id, "Chosen One")
    await save(api, new_id(), "Other")
    await save(api, model_id, "Plain")
    pair.provider.lists(new_id("x").replace("/", "-"))
    await api.discovery.RefreshProvider(discovery.RefreshProviderRequest(provider_id="fake"), timeout=60)
    head = await delete(api, model_id)
    everything = [update for update in await history(api, head) if update.revision > start]

    def named(model: model_pb2.Model) -> bool:
        return "chosen one" in model.display_name.casefold()

    cases: list[tuple[list[condition_pb2.EventFilter], Callable[[pb.UpdateEvent], bool]]] = [
        (
            [a_filter("MODEL", condition("display_name", "CONTAINS", "chosen one"))],
            lambda one: one.HasField("model") and (named(one.model.before) or named(one.model.after)),
        ),
        (
            [a_filter("PROVIDER", condition("provider_id", "EQUALS", "fake"))],
            lambda one: one.provider.provider_id == "fake",
        ),
        ([a_filter("CUSTOM", condition("source_id", "EQUALS", "fake"))], lambda one: one.source_id == "fake"),
        (
            [
                a_filter("CUSTOM", condition("model_id", "EQUALS", model_id)),
                a_filter("PROVIDER", condition("type", "EQUALS", "PROVIDER_UPDATE_TYPE_MODELS_REFRESHED")),
                a_filter("CUSTOM", condition("kind", "EQUALS", "model"), enabled=False),
            ],
            lambda one: (
                one.model.model_id == model_id
                or (one.HasField("provider") and one.provider.type == pb.PROVIDER_UPDATE_TYPE_MODELS_REFRESHED)
            ),
        ),
        ([a_filter("CUSTOM", condition("kind", "EQUALS", "model"), enabled=False)], lambda one: False),
    ]
    for filters, wanted in cases:
        async with watching(api, after(start, filters=filters, bookmark_interval=1)) as recorder:
            await recorder.through(head)
        expected = {place(update) for update in everything if wanted(update)}
        kept = [message for message in recorder.messages if message.revision <= head]
        check_reliable(kept, expected, start)


async def test_each_watch_brings_its_kind(pair: Pair, api: Api) -> None:
    """reliable: the watches of models, providers and capabilities bring every update of their kind and no other."""
    start = pair.catalogue.head
    model = plain(new_id("kinds"))
    model.capabilities["vision"].flag = True
    head = (await api.discovery.SaveModel(discovery.SaveModelRequest(model=model))).revision
    everything = [update for update in await history(api, head) if update.revision > start]
    options = after(start, bookmark_interval=1).options
    for kind in ("model", "provider", "capability"):
        request = getattr(subscriber, f"Watch{kind.title()}UpdatesRequest")(options=options)
        async with watching(api, request) as recorder:
            await recorder.through(head)
        of_kind = {place(update) for update in everything if update.WhichOneof("update") == kind}
        assert of_kind
        check_reliable([one for one in recorder.messages if one.revision <= head], of_kind, start)


async def test_options_leave_out_what_is_not_wanted(api: Api) -> None:
    """converging: before, after and changes are left out where the options say so; a model that enters comes whole
    all the same, one that leaves does not bring what it is now, be it changed or removed."""
    model_id = new_id("left-out")
    wanted = discovery.ModelFilter(provider_ids=["left-out"], tags=["test"])
    bare = {"omit_before": True, "omit_after": True, "omit_changes": True}
    async with watching(api, from_now(models=wanted)) as full, watching(api, from_now(models=wanted, **bare)) as thin:
        await save(api, model_id, "One")
        await save(api, model_id, "Two")
        outside = plain(model_id, "Three")
        outside.ClearField("tags")
        await api.discovery.SaveModel(discovery.SaveModelRequest(model=outside))
        await save(api, model_id, "Four")
        head = await delete(api, model_id)
        await full.through(head)
        await thin.through(head)
    transitions = [ENTERED, CHANGED, LEFT, ENTERED, LEFT]
    whole, bare_ones = [(0, 1, 0), (1, 1, 1), (1, 0, 2), (1, 1, 2), (1, 0, 0)], [(0, 1, 0), (0, 0, 0), (0, 0, 0)]
    for recorder, seen in ((full, whole), (thin, [*bare_ones, *bare_ones[::2]])):
        assert [update.transition for update in recorder.updates] == transitions
        found = [
            (int(one.model.HasField("before")), int(one.model.HasField("after")), len(one.model.changes))
            for one in recorder.updates
        ]
        assert found == seen
    assert [one.model.before.display_name for one in full.updates] == ["", "One", "Two", "Three", "Four"]


async def test_updates_from_outside_change_nothing(pair: Pair, api: Api, other_api: Api) -> None:
    """external updates: they come on every replica to whoever they match, once, marked, in one revision; without a
    version, without a transition, and no copy, list or version knows of them."""
    model_id = new_id("outside")
    model = plain(model_id, "Told of")
    model.context_window = 99_999
    updates = [
        pb.UpdateEvent(
            reason="a rumour",
            principal="forged",
            revision=7,
            transition=pb.UPDATE_TRANSITION_ENTERED,
            model=pb.ModelUpdate(type=pb.MODEL_UPDATE_TYPE_ADDED, model_id=model_id, version=9, after=model),
        ),
        pb.UpdateEvent(provider=pb.ProviderUpdate(type=pb.PROVIDER_UPDATE_TYPE_STATUS_CHANGED, provider_id="outside")),
        pb.UpdateEvent(lifecycle=pb.LifecycleUpdate(model_id=model_id)),
    ]
    wanted = discovery.ModelFilter(provider_ids=["outside"], min_context_window=90_000)
    high = a_filter("MODEL", condition("context_window", "GREATER_THAN", 90_000))
    before = pair.catalogue.rows("SELECT count(*) FROM model_version")
    async with (
        watching(api) as whole,
        watching(other_api, from_snapshot(models=wanted, bookmark_interval=1)) as copied,
        watching(other_api, from_now(filters=[high], bookmark_interval=1)) as matched,
    ):
        request = subscriber.PublishUpdatesRequest(updates=updates, request_id=f"publish {model_id}")
        answer = await SubscriberServiceStub(api.channel).PublishUpdates(request, timeout=20)
        again = await SubscriberServiceStub(other_api.channel).PublishUpdates(request, timeout=20)
        assert answer == again
        for recorder in (whole, copied, matched):
            await recorder.through(answer.revision)
    assert [result.HasField("ordinal") for result in answer.results] == [True, True, False]
    assert answer.results[2].problems
    told = [update for update in whole.updates if update.revision == answer.revision]
    assert [(one.ordinal, one.external, one.principal, one.transition) for one in told] == [
        (0, True, "local", 0),
        (1, True, "local", 0),
    ]
    model.provider_id, _, model.provider_model_id = model_id.partition("/")
    for price in model.prices.values():
        price.currency = "USD"
    assert (told[0].model.version, told[0].model.after, told[0].reason) == (0, model, "a rumour")
    for recorder in (copied, matched):
        assert [one.model.model_id for one in recorder.updates if one.external] == [model_id]
    check_transitions(copied.messages)
    check_converging(copied.messages, await listed(other_api, wanted))
    assert pair.catalogue.rows("SELECT count(*) FROM model_version") == before
