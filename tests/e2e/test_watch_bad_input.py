"""Watches that ask for what there is not, or for too much."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration

from modeldex.v1 import condition_pb2
from modeldex.v1 import discovery_service_pb2 as discovery
from modeldex.v1 import subscriber_service_pb2 as subscriber
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
    bombs = [one_filter("description", REGEX, f"(a|a)*(b?){{10}}[^c]*c{at}$", 5) for at in range(8)]
    large = discovery.SaveModelRequest(model={"id": "bombs/large", "description": "a" * 4000})  # type: ignore[arg-type]
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
                assert time.monotonic() - started < 3
    finally:
        for stream in streams:
            stream.cancel()


async def test_filters_of_another_kind_match_nothing(api: Api) -> None:
    """reliable: a watch of providers with a filter of models is valid, and silent but for bookmarks."""
    request = subscriber.WatchProviderUpdatesRequest(options=from_now(bookmark_interval=1).options, filters=[GOOD])
    async with watching(api, request) as recorder:
        await recorder.through(await save(api, new_id(), "x"))
        assert not recorder.updates
