"""Watches that ask for what there is not, or for too much."""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration

from modeldex.v1 import condition_pb2, model_pb2
from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import subscriber_service_pb2 as subscriber
from modeldex.v1 import update_pb2 as pb
from modeldex.v1.subscriber_service_pb2_grpc import SubscriberServiceStub
from support.api import Api, Problem, problem_of
from support.models import new_id
from support.pairs import Pair
from support.watching import after, from_now, from_snapshot, open_watch, resuming, save, watching

MODEL, CUSTOM = condition_pb2.EVENT_FILTER_TYPE_MODEL, condition_pb2.EVENT_FILTER_TYPE_CUSTOM
EQUALS = condition_pb2.CONDITION_OPERATOR_EQUALS
GREATER = condition_pb2.CONDITION_OPERATOR_GREATER_THAN
REGEX = condition_pb2.CONDITION_OPERATOR_REGEX
INVALID = ("INVALID_ARGUMENT", "INVALID_REQUEST")
BAD_TOKEN = ("INVALID_ARGUMENT", "INVALID_RESUME_TOKEN")


async def refused(caller: Api, request: Any) -> Problem:
    """What a watch ends with, before anything else."""

    async def first() -> object:
        return await open_watch(caller, request, timeout=20).read()

    return await problem_of(first())


def one_filter(field: str, operator: int, value: str, count: int = 1, type_: int = MODEL) -> condition_pb2.EventFilter:
    condition = condition_pb2.Condition(field=field, operator=operator)  # type: ignore[arg-type] # a number of the enum
    condition.value.string_value = value
    return condition_pb2.EventFilter(type=type_, conditions=[condition] * count)  # type: ignore[arg-type]


GOOD = one_filter("display_name", EQUALS, "x")


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        (from_now(max_batch_events=0), ["options.max_batch_events"]),
        (from_now(max_batch_events=10_000_000), ["options.max_batch_events"]),
        (from_now(max_batch_events=-1), ["options.max_batch_events"]),
        (from_now(max_batch_bytes=0), ["options.max_batch_bytes"]),
        (from_now(max_batch_bytes=10_000_000), ["options.max_batch_bytes"]),
        (from_now(max_batch_delay=5.001), ["options.max_batch_delay"]),
        (from_now(max_batch_delay=-1), ["options.max_batch_delay"]),
        (from_now(bookmark_interval=0), ["options.bookmark_interval"]),
        (from_now(bookmark_interval=61), ["options.bookmark_interval"]),
        (from_now(coalescing=9), ["options.coalescing"]),
        (after(-1), ["options.after_revision"]),
        (after(-(2**63)), ["options.after_revision"]),
        (from_now(filters=[GOOD] * 21), ["filters"]),
        (from_now(filters=[one_filter("display_name", EQUALS, "x", 100)] * 6), ["filters"]),
        (from_now(filters=[one_filter("display_name", EQUALS, "x", 10_000)]), ["filters"]),
        (from_now(filters=[GOOD, one_filter("display_name", EQUALS, "x", 101)]), ["filters[1].conditions"]),
        (from_now(filters=[condition_pb2.EventFilter(type=MODEL)]), ["filters[0].conditions"]),
        (from_now(filters=[one_filter("display_name", EQUALS, "x", type_=0)]), ["filters[0].type"]),
        (from_now(filters=[one_filter("display_name", EQUALS, "x", type_=77)]), ["filters[0].type"]),
        (from_now(filters=[one_filter("nonsense", EQUALS, "x")]), ["filters[0].conditions[0].field"]),
        (from_now(filters=[one_filter("", EQUALS, "x")]), ["filters[0].conditions[0].field"]),
        (from_now(filters=[one_filter("x" * 257, EQUALS, "x")]), ["filters[0].conditions[0].field"]),
        (from_now(filters=[one_filter("display_name", EQUALS, "x" * 5000)]), ["filters[0].conditions[0].value"]),
        (from_now(filters=[one_filter("context_window", EQUALS, "many")]), ["filters[0].conditions[0].value"]),
        (from_now(filters=[one_filter("display_name", GREATER, "x")]), ["filters[0].conditions[0].operator"]),
        (from_now(filters=[one_filter("display_name", 0, "x")]), ["filters[0].conditions[0].operator"]),
        (from_now(filters=[one_filter("display_name", REGEX, "(")]), ["filters[0].conditions[0].value"]),
        (from_now(filters=[one_filter("display_name", REGEX, "(?=x)")]), ["filters[0].conditions[0].value"]),
        (from_now(filters=[one_filter("display_name", REGEX, "(x{1000}){1000}")]), ["filters[0].conditions[0].value"]),
        (from_snapshot(filters=[one_filter("kind", EQUALS, "model", type_=CUSTOM)]), ["options.initial_snapshot"]),
        (
            from_now(models=discovery.ModelFilter(capabilities_true=["telepathy"], min_context_window=-1)),
            ["models.capabilities_true[0]", "models.min_context_window"],
        ),
        (
            subscriber.WatchProviderUpdatesRequest(options=subscriber.WatchOptions(initial_snapshot=True)),
            ["options.initial_snapshot"],
        ),
        (
            subscriber.WatchCapabilityUpdatesRequest(options=subscriber.WatchOptions(initial_snapshot=True)),
            ["options.initial_snapshot"],
        ),
        (
            from_now(max_batch_events=0, filters=[one_filter("nonsense", EQUALS, "x"), one_filter("kind", 0, "x")]),
            ["filters[0].conditions[0].field", "filters[1].conditions[0].field", "options.max_batch_events"],
        ),
    ],
)
async def test_what_breaks_a_rule_is_told_by_its_path(api: Api, request_: Any, fields: list[str]) -> None:
    """typed errors: every broken rule of a watch is named, with the path of its field, before anything comes."""
    problem = await refused(api, request_)
    assert problem.short == INVALID
    assert sorted(problem.violations) == fields


@pytest.mark.parametrize("seconds", [-(2**40), 2**40])
async def test_spans_that_overflow_are_refused(api: Api, seconds: int) -> None:
    """typed errors: so are spans that no clock has."""
    options = subscriber.WatchOptions(bookmark_interval=Duration(seconds=seconds))
    assert (await refused(api, subscriber.WatchRequest(options=options))).short == INVALID


async def test_a_revision_that_is_not_there_yet_is_refused(pair: Pair, api: Api) -> None:
    """never silent: after a future revision there is nothing to wait for: FUTURE_REVISION, with the head."""
    head = pair.catalogue.head
    for revision in (head + 1, head + 10**9, 2**63 - 1):
        problem = await refused(api, after(revision))
        assert problem.short == ("OUT_OF_RANGE", "FUTURE_REVISION")
        assert problem.metadata == {"revision": str(revision), "head_revision": str(head)}


async def test_a_token_is_good_for_its_own_watch_only(api: Api, other_api: Api) -> None:
    """resumable: a token that was changed in any of its letters, cut, made up, or that is of a watch with other
    filters, is refused as such on both replicas; options that choose nothing do not matter."""
    await save(api, new_id())
    filters = [one_filter("display_name", EQUALS, "x"), one_filter("display_name", EQUALS, "y")]
    async with watching(api, after(0, filters=filters)) as recorder:
        token = recorder.token
    changed = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(0, len(token), 5)]
    forged = [*changed, token[:-1], token + "A", "A" * len(token), "", "x", "ä" * 70, token + "=", " " + token]
    for one in forged:
        assert (await refused(api, resuming(one, filters=filters))).short == BAD_TOKEN, one
    for one in ("A" * 1025, "\x00"):
        assert (await refused(api, resuming(one, filters=filters))).short == INVALID
    disabled = [*filters[:1], condition_pb2.EventFilter(enabled=False)]
    disabled[1].MergeFrom(filters[1])
    others: list[Any] = [
        resuming(token),
        resuming(token, filters=filters[:1]),
        resuming(token, filters=disabled),
        resuming(token, filters=filters, models=discovery.ModelFilter()),
        subscriber.WatchModelUpdatesRequest(options=resuming(token).options, filters=filters),
    ]
    for request in others:
        for caller in (api, other_api):
            assert (await refused(caller, request)).short == BAD_TOKEN
    same = resuming(token, filters=[filters[1], filters[0], filters[1]], omit_before=True, max_batch_events=1)
    async with watching(other_api, same) as recorder:
        assert recorder.code is None


async def test_hostile_filters_harm_nobody(api: Api) -> None:
    """alone: with 30 streams whose filters are as large and as slow as they may be, a save of another caller takes no
    second, and a stream of another gets it."""
    bombs = [one_filter("description", REGEX, f"(a|b)*a(a|b){{{count}}}c") for count in (40, 30)]
    text = "".join(random.Random(3).choices("ab", k=8000))
    large = discovery.SaveModelRequest(model={"id": "bombs/large", "description": text})  # type: ignore[arg-type]
    streams = [
        open_watch(api, from_now(filters=bombs, omit_before=bool(at % 2), omit_changes=at > 14, omit_after=at % 3 == 0))
        for at in range(30)
    ]
    try:
        await asyncio.gather(*(stream.read() for stream in streams))
        async with watching(api, from_now(models=discovery.ModelFilter(provider_ids=["bombs"]))) as witness:
            for turn in range(3):
                large.model.display_name = str(turn)
                started = time.monotonic()
                head = (await api.discovery.SaveModel(large, timeout=20)).revision
                await witness.through(head)
                assert time.monotonic() - started < 15
    finally:
        for stream in streams:
            stream.cancel()


async def test_filters_of_another_kind_match_nothing(api: Api) -> None:
    """reliable: a watch of providers with a filter of models is valid, and silent but for bookmarks."""
    request = subscriber.WatchProviderUpdatesRequest(options=from_now(bookmark_interval=1).options, filters=[GOOD])
    async with watching(api, request) as recorder:
        await recorder.through(await save(api, new_id(), "x"))
        assert not recorder.updates


async def test_what_is_published_harms_no_stream(api: Api, other_api: Api) -> None:
    """alone: updates from outside whose models hold what no catalogue would take, and streams that look into every
    corner of them: each is refused or comes, and both replicas go on."""
    odd = model_pb2.Model(id="odd/model", context_window=-(2**63), max_output_tokens=2**63 - 1, tags=["", "\x00", "ä"])
    odd.prices["input"].amount = "abc"
    odd.prices["output"].amount = "NaN"
    odd.prices["image"].amount = "9" * 500 + "e9999"
    odd.prices["request"].unit = 77  # type: ignore[assignment]
    odd.capabilities["vision"].number = float("nan")
    odd.capabilities["max_tools"].number = float("inf")
    odd.capabilities["unheard_of"].text = "x" * 1000
    odd.lifecycle.stage = 99  # type: ignore[assignment]
    odd.lifecycle.retirement_time.seconds = 2**62
    odd.lifecycle.deprecation_time.seconds = -(2**62)
    odd.lifecycle.release_time.nanos = -5
    odd.create_time.seconds = 2**62
    odd.input_modalities.append(88)  # type: ignore[arg-type]
    odd.metadata["deep"] = {"number": float("inf"), "list": [[[]]]}
    asked = [
        ("prices.input.amount", "GREATER_THAN", "1"),
        ("prices.output.amount", "LESS_THAN", "1"),
        ("prices.image.amount", "GREATER_THAN", "1"),
        ("prices.request.unit", "EQUALS", "PRICE_UNIT_REQUEST"),
        ("capabilities.vision", "NOT_EQUALS", True),
        ("lifecycle.stage", "NOT_EQUALS", "LIFECYCLE_STAGE_ACTIVE"),
        ("lifecycle.retirement_time", "GREATER_THAN", "2030-01-01T00:00:00Z"),
        ("lifecycle.deprecation_time", "LESS_THAN", "2030-01-01T00:00:00Z"),
        ("lifecycle.release_time", "LESS_THAN", "2030-01-01T00:00:00Z"),
        ("create_time", "LESS_THAN", "2030-01-01T00:00:00Z"),
        ("context_window", "LESS_THAN", 1),
        ("max_output_tokens", "GREATER_THAN", 1),
        ("input_modalities", "CONTAINS", "MODALITY_TEXT"),
        ("tags", "CONTAINS", "x"),
        ("metadata.deep", "CONTAINS", "x"),
        ("metadata.deep", "EQUALS", "x"),
    ]
    requests = [from_now(filters=[corner(*one)]) for one in asked]
    for models in (
        discovery.ModelFilter(price_ceilings=[discovery.PriceCeiling(meter=m, max_amount="1") for m in odd.prices]),
        discovery.ModelFilter(retires_before={"seconds": 2_000_000_000}),
        discovery.ModelFilter(query="odd", min_context_window=1, capabilities_true=["vision"]),
        discovery.ModelFilter(capabilities_unknown=["vision"], tags=["x"]),
    ):
        requests.append(from_now(models=models))
        requests.append(from_now(models=models, coalescing=pb.UPDATE_COALESCING_LATEST_PER_MODEL))
    streams = [open_watch(caller, request) for caller in (api, other_api) for request in requests]
    await asyncio.gather(*(stream.read() for stream in streams))
    try:
        timeless = pb.ModelUpdate(model_id=odd.id, type=pb.MODEL_UPDATE_TYPE_UPDATED, after=odd)
        request = subscriber.PublishUpdatesRequest(updates=[pb.UpdateEvent(model=timeless)])
        (result,) = (await SubscriberServiceStub(api.channel).PublishUpdates(request, timeout=20)).results
        assert len(result.problems) == 4
        odd.ClearField("lifecycle")
        odd.ClearField("create_time")
        for number in range(3):
            sides: dict[str, Any] = {"after": odd} if number < 2 else {}
            sides |= {"before": odd} if number > 0 else {}
            told = pb.ModelUpdate(model_id=odd.id, type=pb.MODEL_UPDATE_TYPE_UPDATED, **sides)
            request = subscriber.PublishUpdatesRequest(updates=[pb.UpdateEvent(model=told)] * 2)
            answer = await SubscriberServiceStub(api.channel).PublishUpdates(request, timeout=20)
            assert answer.revision
        for caller in (api, other_api):
            async with watching(caller) as witness:
                await witness.through(await save(api, new_id()))
        assert not any(stream.done() for stream in streams)
    finally:
        for stream in streams:
            stream.cancel()


def corner(field: str, operator: str, value: Any) -> condition_pb2.EventFilter:
    """A filter of one field of a model."""
    condition = condition_pb2.Condition(
        field=field, operator=condition_pb2.ConditionOperator.Value(f"CONDITION_OPERATOR_{operator}")
    )
    kind = "bool_value" if isinstance(value, bool) else "string_value" if isinstance(value, str) else "number_value"
    setattr(condition.value, kind, value)
    return condition_pb2.EventFilter(type=MODEL, conditions=[condition])
