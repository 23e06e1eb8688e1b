"""Requests that are made to hurt: each is refused at once, and nobody else notices."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from modeldex.v1 import cache_pb2, condition_pb2, invalidation_pb2, model_pb2, subscription_pb2
from modeldex.v1 import cache_service_pb2 as cache
from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb
from support.api import Api, Problem, connect, problem_of
from support.models import new_id
from support.pairs import Pair
from support.principals import METHODS
from support.watching import from_now, save, watching
from support.wire import field, nested

MEGABYTE = "x" * 1024 * 1024
BOMBS = ["(x{1000}){1000}", "(a|aa)+" * 600, "x{1001}"]
SECONDS = 4.0
AT_ONCE = 6
# Wide, for machines that are slow and busy: without limits these take many seconds each.
REFUSED_SECONDS, OTHERS_SECONDS = 10.0, 10.0


def bomb(*values: str, field: str = "display_name") -> condition_pb2.EventFilter:
    made = condition_pb2.EventFilter(type=condition_pb2.EVENT_FILTER_TYPE_MODEL)
    for value in values:
        one = made.conditions.add(field=field, operator=condition_pb2.CONDITION_OPERATOR_REGEX)
        one.value.string_value = value
    return made


def wanting(**wanted: Any) -> api.CreateSubscriptionRequest:
    made = subscription_pb2.Subscription(
        client_id="app", type=subscription_pb2.SUBSCRIPTION_TYPE_MODEL_UPDATES, **wanted
    )
    return api.CreateSubscriptionRequest(subscription=made)


def ruling(*values: str) -> cache.CreateInvalidationRuleRequest:
    made = invalidation_pb2.InvalidationRule(name="bombs", actions=[invalidation_pb2.InvalidationAction(notify="x")])
    for one in bomb(*values, field="key").conditions:
        made.conditions.add(subject=invalidation_pb2.INVALIDATION_SUBJECT_ENTRY, condition=one)
    return cache.CreateInvalidationRuleRequest(rule=made)


def entry(**given: Any) -> cache.SetEntryRequest:
    whole = {"namespace": "n", "key": "acme/large", "value": model_pb2.Model(id="acme/large")} | given
    return cache.SetEntryRequest(entry=cache_pb2.CacheEntry(**whole))


HOSTILE: dict[str, Any] = {
    **{f"bomb {at}": from_now(filters=[bomb(value)]) for at, value in enumerate(BOMBS)},
    "many bombs": from_now(filters=[bomb(*BOMBS * 20)] * 20),
    "10,000 conditions": from_now(filters=[bomb(*["x"] * 10_000)]),
    "500 filters": from_now(filters=[bomb("x")] * 500),
    "large value": from_now(filters=[bomb(MEGABYTE)]),
    "large field": from_now(filters=[bomb("x", field=MEGABYTE)]),
    "large token": api.WatchRequest(options=api.WatchOptions(resume_token=MEGABYTE)),
    "large subscription": api.WatchRequest(subscription_id=MEGABYTE),
    "large query": discovery.ListModelsRequest(filter=discovery.ModelFilter(query=MEGABYTE)),
    "large tags": discovery.ListModelsRequest(filter=discovery.ModelFilter(tags=["x"] * 100_000)),
    "large page token": discovery.ListModelsRequest(page_token=MEGABYTE),
    "large id": discovery.GetModelRequest(id=MEGABYTE),
    "large name": discovery.SaveModelRequest(model=model_pb2.Model(id="acme/large", display_name=MEGABYTE)),
    "large reason": discovery.SaveModelRequest(model=model_pb2.Model(id="acme/large"), reason=MEGABYTE),
    "many ids": discovery.BatchGetModelsRequest(ids=[f"acme/{number}" for number in range(100_000)]),
    "a subscription of bombs": wanting(filters=[bomb(*BOMBS * 20)] * 20),
    "a large client": api.CreateSubscriptionRequest(subscription=subscription_pb2.Subscription(client_id=MEGABYTE)),
    "large metadata": wanting(options=subscription_pb2.SubscriptionOptions(metadata={MEGABYTE: MEGABYTE})),
    "many rejections": api.AcknowledgeUpdatesRequest(
        subscription_id="none",
        stream=1,
        through_revision=1,
        rejected=[subscription_pb2.UpdateRejection(revision=1)] * 100_000,
    ),
    "a large update": api.PublishUpdatesRequest(
        updates=[pb.UpdateEvent(reason=MEGABYTE, model=pb.ModelUpdate(model_id="acme/one"))] * 3, reason=MEGABYTE
    ),
    "a large key": cache.GetEntryRequest(key=MEGABYTE),
    "many keys": cache.BatchGetEntriesRequest(keys=[f"acme/{number}" for number in range(100_000)]),
    "an entry of many tags": entry(tags=[str(number) for number in range(100_000)]),
    "an entry of large metadata": entry(metadata={str(number): MEGABYTE for number in range(3)}),
    "a thousand wrong entries": cache.BatchSetEntriesRequest(entries=[entry(key="x" * 3000).entry] * 1000),
    "a rule of bombs": ruling(*BOMBS * 33),
    "a rule of 10,000 conditions": ruling(*["x"] * 10_000),
    "a large context": cache.InvalidateRequest(
        target=invalidation_pb2.InvalidationTarget(all=True), context={MEGABYTE: MEGABYTE}
    ),
}
# Bytes that are no message: text that is none, and what goes deeper than any message may.
MALFORMED = {
    "no text": ("GetModelRequest", b"\n\x03\xff\xfe\xfd"),
    "endless": ("WatchRequest", b"\x12\xff\xff\xff\xff\x0f"),
    "a message in a message": ("SaveModelRequest", b"\n\x02" * 5000),
    "metadata in metadata": ("SetEntryRequest", field(1, field(8, nested(1000)))),
}


async def refused(caller: Api, request: Any) -> Problem:
    """What a request ends with, on whichever method takes it."""
    method = METHODS[request.DESCRIPTOR.full_name]
    return await refused_bytes(caller, method.name, request.SerializeToString())


async def refused_bytes(caller: Api, name: str, data: bytes) -> Problem:
    method = next(one for one in METHODS.values() if name in (one.name, one.input_type.name))
    path = f"/{method.containing_service.full_name}/{method.name}"
    if not method.server_streaming:
        return await problem_of(caller.raw(path, data))
    stream = caller.channel.unary_stream(path, request_serializer=bytes, response_deserializer=bytes)(data, timeout=20)
    return await problem_of(stream.read())


@pytest.mark.parametrize("name", HOSTILE)
async def test_it_is_refused_at_once(api: Api, name: str) -> None:
    """typed errors: what is too large, too many or too hard is INVALID_ARGUMENT with its reason, before anything is
    done with it."""
    began = time.monotonic()
    problem = await refused(api, HOSTILE[name])
    assert time.monotonic() - began < REFUSED_SECONDS
    assert problem.code.name == "INVALID_ARGUMENT", problem
    assert problem.reason


@pytest.mark.parametrize("name", MALFORMED)
async def test_what_is_no_message_is_refused(api: Api, name: str) -> None:
    """typed errors: so are bytes that are no message of their type."""
    problem = await refused_bytes(api, *MALFORMED[name])
    assert problem.short == ("INVALID_ARGUMENT", "MALFORMED_REQUEST")


async def test_nobody_else_notices(pair: Pair, api: Api) -> None:
    """alone: while one caller sends all of it, again and again, the calls of another, and what they change on a stream,
    take no time worth telling."""
    until = time.monotonic() + SECONDS
    sent = 0

    async def hurt(hostile: Api) -> None:
        nonlocal sent
        while time.monotonic() < until or sent <= len(HOSTILE):
            for request in HOSTILE.values():
                await refused(hostile, request)
                sent += 1
                if time.monotonic() > until and sent > len(HOSTILE):
                    return

    delays: list[float] = []
    model_id = new_id()
    async with connect(pair.first.address) as hostile, watching(api, from_now()) as recorder:
        hurting = [asyncio.create_task(hurt(hostile)) for _ in range(AT_ONCE)]
        while not delays or time.monotonic() < until:
            began = time.monotonic()
            await recorder.through(await save(api, model_id, str(began)))
            await api.discovery.GetModel(discovery.GetModelRequest(id=model_id), timeout=20)
            delays.append(time.monotonic() - began)
            await asyncio.sleep(0.02)
        await asyncio.gather(*hurting)
    print(f"{sent} hostile requests; {len(delays)} rounds of another caller, at most {max(delays):.3f} s each")
    assert max(delays) < OTHERS_SECONDS
