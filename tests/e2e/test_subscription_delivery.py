"""Streams of subscriptions on two servers: where they begin, how they are handed over, what pauses and changes do."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress
from datetime import timedelta
from typing import Any

import grpc
import pytest

from modeldex.v1 import condition_pb2
from modeldex.v1 import subscriber_service_pb2 as subscriber_api
from modeldex.v1 import subscription_pb2 as pb
from support.api import Api, problem_of
from support.deliveries import EXPLICIT, acknowledge, kept, look_at, pause, resume, subscribe, subscriber, watch_of
from support.models import new_id
from support.pairs import Pair
from support.waiting import eventually, until
from support.watching import (
    Recorder,
    check_atomic,
    check_bookmarked,
    check_ordered,
    check_reliable,
    check_unique,
    open_watch,
    save,
    updates_of,
    watching,
)
from support.watching.subscriptions import Pause, check_one_stream, check_paused

PAUSED = subscriber_api.WATCH_FLOW_STATE_PAUSED
BAD_TOKEN = ("INVALID_ARGUMENT", "INVALID_RESUME_TOKEN")
SUPERSEDED = ("ABORTED", "SUBSCRIPTION_SUPERSEDED")
NAMES = [f"field {number}" for number in range(12)]


def brought(recorder: Recorder) -> list[int]:
    """The revisions of the updates that came."""
    return [update.revision for update in recorder.updates]


def says(recorder: Recorder, state: subscriber_api.WatchFlowState.ValueType) -> bool:
    return recorder.messages[-1].bookmark.flow_state == state


async def test_the_place_outlives_streams(api: Api, other_api: Api) -> None:
    """kept place, unique: a subscription that acknowledges by itself goes on where the stream before ended, on either
    replica, with nothing lost and nothing repeated; its numbers tell so."""
    one = await subscribe(api, provider="outlive")
    revisions, messages = [], []
    for turn in range(4):
        caller = (api, other_api)[turn % 2]
        revisions.append(await save(api, new_id("outlive")))
        async with watching(caller, watch_of(one)) as recorder:
            revisions.append(await save(api, new_id("outlive")))
            await recorder.through(revisions[-1])
            await kept(api, one, revisions[-1])
        messages += recorder.messages
        assert {message.stream for message in recorder.messages} == {turn + 1}
        assert {message.attempt for message in recorder.messages} == {1}
    assert [update.revision for update in updates_of(messages)] == revisions
    check_unique(messages)

    async def is_counted() -> bool:
        known = await look_at(api, one)
        return (known.event_count, known.stream, known.connected) == (8, 4, False)

    await eventually(is_counted, "the store to know of all that was written, and that nobody watches")
    assert (await look_at(api, one)).acknowledged_revision >= revisions[-1]


async def test_a_token_says_what_the_client_has(api: Api, other_api: Api) -> None:
    """kept place: a stream with the token of an earlier one begins exactly after it, ahead of the place in the store or
    behind it, also where the filters were changed meanwhile; a token of another subscription, of a stream without one,
    or one that was changed, is refused."""
    one = await subscribe(api, provider="token")
    async with watching(api, watch_of(one)) as recorder:
        revisions = [await save(api, new_id("token")) for _ in range(3)]
        await recorder.through(revisions[-1])
    tokens = {message.revision: message.resume_token for message in recorder.messages}
    request = subscriber_api.UpdateSubscriptionRequest(
        subscription_id=one.id, subscription=pb.Subscription(options=pb.SubscriptionOptions(omit_before=True))
    )
    await subscriber(api).UpdateSubscription(request)
    behind = max(revision for revision in tokens if revision <= revisions[1])
    async with watching(other_api, watch_of(one, tokens[behind])) as again:
        await again.through(revisions[-1])
    assert brought(again) == [revision for revision in revisions if revision > behind]
    other = await subscribe(api, provider="token")
    async with watching(api) as free:
        pass
    for token in (recorder.token[:-4] + "AAAA", free.token):
        assert (await problem_of(first_message(api, watch_of(one, token)))).short == BAD_TOKEN
    assert (await problem_of(first_message(api, watch_of(other, recorder.token)))).short == BAD_TOKEN


async def first_message(caller: Api, request: Any) -> subscriber_api.WatchResponse:
    """What a stream begins with."""
    async for message in open_watch(caller, request, timeout=20):
        return message  # type: ignore[no-any-return] # stubs have no types
    raise AssertionError("the stream brought nothing")


async def test_it_begins_where_it_was_created(api: Api) -> None:
    """resumable: after the revision it was created with, or with what came after its creation, though nobody watched;
    attempts are 1, and only what it selects comes."""
    before = await save(api, new_id("created"))
    now = await subscribe(api, provider="created")
    earlier = await subscribe(api, provider="created", after_revision=before - 1)
    await save(api, new_id("not-created"))
    after = await save(api, new_id("created"))
    for one, expected in ((now, [after]), (earlier, [before, after])):
        async with watching(api, watch_of(one)) as recorder:
            await recorder.through(after)
        assert brought(recorder) == expected


async def test_a_newer_stream_ends_the_older(api: Api, other_api: Api) -> None:
    """one stream: of streams on both replicas, opened one after the other while models are saved, exactly one lives;
    the others end with SUBSCRIPTION_SUPERSEDED; between them nothing is lost, and nothing comes twice."""
    one = await subscribe(api, provider="supersede")
    writing = asyncio.create_task(keep_saving(api, "supersede"))
    streams = []
    for turn in range(6):
        recorder = Recorder(open_watch((api, other_api)[turn // 2 % 2], watch_of(one)))
        streams.append(recorder)
        await recorder.having(lambda some: some.updates or some.code is not None, "an update")
        await asyncio.sleep(random.uniform(0, 0.2))
    writing.cancel()
    with suppress(asyncio.CancelledError):
        await writing
    last = await save(api, new_id("supersede"))
    await streams[-1].through(last)
    for recorder in streams[:-1]:
        problem = await recorder.ended()
        assert problem is not None
        assert problem.short == SUPERSEDED
    reasons = [recorder.problem.reason if recorder.problem else "" for recorder in streams]
    check_one_stream([recorder.messages for recorder in streams], reasons)
    messages = [message for recorder in streams for message in recorder.messages]
    check_unique(messages)
    check_ordered(messages)
    revisions = await saved(api, "supersede", last)
    # A save is made also where its caller went away, so there may be one after the last.
    assert [update.revision for update in updates_of(messages) if update.revision <= last] == revisions
    await streams[-1].leave()


async def keep_saving(caller: Api, provider: str) -> None:
    """Save models until cancelled."""
    while True:
        await save(caller, new_id(provider))
        await asyncio.sleep(random.uniform(0, 0.01))


async def saved(caller: Api, provider: str, through: int, start: int = 0) -> list[int]:
    """The revisions in which models of a provider were changed, as a stream of the whole log tells."""
    request = subscriber_api.WatchRequest(options=subscriber_api.WatchOptions(after_revision=start))
    async with watching(caller, request) as recorder:
        await recorder.through(through)
    told = [update for update in recorder.updates if update.model.provider_id == provider]
    return [update.revision for update in told if update.revision <= through]


async def test_many_that_open_at_once_leave_one(api: Api, other_api: Api) -> None:
    """one stream: of ten streams that are opened at the same time one lives, and it brings everything."""
    one = await subscribe(api, provider="at-once")
    first = await save(api, new_id("at-once"))
    streams = [Recorder(open_watch((api, other_api)[turn % 2], watch_of(one))) for turn in range(10)]

    async def one_lives() -> bool:
        return sum(recorder.code is None for recorder in streams) == 1

    await eventually(one_lives, "one stream to be left")
    (living,) = [recorder for recorder in streams if recorder.code is None]
    last = await save(api, new_id("at-once"))
    await living.through(last)
    assert {recorder.problem.short for recorder in streams if recorder.problem} == {SUPERSEDED}
    messages = [message for recorder in streams for message in recorder.messages]
    assert sorted(update.revision for update in updates_of(messages)) == [first, last]
    assert (await look_at(api, one)).stream == 10
    await living.leave()


async def test_nothing_comes_while_it_is_paused(api: Api, other_api: Api) -> None:
    """paused: with writers on both replicas, a stream on one and pauses asked for on the other, nothing comes from
    after the revision of a pause until it is resumed, and then all does, in order, once; bookmarks say PAUSED."""
    one = await subscribe(api, provider="pause")
    writers = [asyncio.create_task(keep_saving(caller, "pause")) for caller in (api, other_api)]
    clock = asyncio.get_running_loop().time
    pauses = []
    async with watching(other_api, watch_of(one)) as recorder:
        for _ in range(25):
            await asyncio.sleep(random.uniform(0, 0.1))
            revision = await pause(api, one)
            since = clock()
            await asyncio.sleep(random.uniform(0, 0.15))
            pauses.append(Pause(revision, since, clock()))
            await resume(api, one)
        revision = await pause(api, one)
        since = clock()
        await recorder.having(
            lambda some: says(some, PAUSED) and some.revision == revision, "a bookmark that says PAUSED"
        )
        await asyncio.sleep(0.5)
        pauses.append(Pause(revision, since, clock()))
        for writer in writers:
            writer.cancel()
        await asyncio.gather(*writers, return_exceptions=True)
        await resume(api, one)
        last = await save(api, new_id("pause"))
        await recorder.through(last)
    check_paused(recorder.messages, recorder.times, pauses)
    check_ordered(recorder.messages)
    check_unique(recorder.messages)
    check_atomic(recorder.messages)
    check_bookmarked(recorder.messages)
    assert [revision for revision in brought(recorder) if revision <= last] == await saved(api, "pause", last)


async def test_a_stream_that_opens_on_a_paused_subscription_waits(api: Api, other_api: Api) -> None:
    """paused: it brings what came before the pause, says PAUSED, and goes on where it stopped once it is resumed."""
    one = await subscribe(api, provider="opened")
    before = await save(api, new_id("opened"))
    revision = await pause(api, one)
    after = await save(api, new_id("opened"))
    for caller in (api, other_api):
        async with watching(caller, watch_of(one)) as recorder:
            await recorder.having(lambda some: says(some, PAUSED) and some.revision == revision, "PAUSED, at the pause")
            await kept(api, one, before)
            assert brought(recorder) == ([before] if caller is api else [])
    async with watching(api, watch_of(one)) as recorder:
        assert await resume(other_api, one) > after
        await recorder.through(after)
    assert brought(recorder) == [after]


async def test_a_change_ends_the_stream_at_its_revision(api: Api, other_api: Api) -> None:
    """A stream brings what came before the change by the old filters, and ends with SUBSCRIPTION_CHANGED; the next one
    brings what came after by the new ones. Nothing is missing between."""
    one = await subscribe(api)
    wanted = filter_on_provider("changed-b")
    async with watching(other_api, watch_of(one)) as recorder:
        first = await save(api, new_id("changed-a"))
        request = subscriber_api.AddSubscriptionFilterRequest(subscription_id=one.id, filter=wanted)
        changed = (await subscriber(api).AddSubscriptionFilter(request)).revision
        await save(api, new_id("changed-a"))
        second = await save(api, new_id("changed-b"))
        problem = await recorder.ended()
        assert problem is not None
        assert problem.short == ("ABORTED", "SUBSCRIPTION_CHANGED")
        assert problem.metadata == {"subscription_id": one.id, "revision": str(changed)}
        assert brought(recorder)[-1] == first
        assert recorder.revision <= changed
    async with watching(api, watch_of(one, recorder.token)) as recorder:
        await recorder.through(second)
        assert brought(recorder) == [second]


def filter_on_provider(provider: str) -> condition_pb2.EventFilter:
    condition = condition_pb2.Condition(field="provider_id", operator=condition_pb2.CONDITION_OPERATOR_EQUALS)
    condition.value.string_value = provider
    return condition_pb2.EventFilter(type=condition_pb2.EVENT_FILTER_TYPE_MODEL, conditions=[condition])


@pytest.mark.parametrize("options", [{}, {"acknowledgement": EXPLICIT}, {"acknowledgement": EXPLICIT, "paused": True}])
async def test_a_deleted_subscription_ends_its_stream(api: Api, other_api: Api, options: dict[str, Any]) -> None:
    """A stream on a subscription that is deleted on the other replica ends with SUBSCRIPTION_NOT_FOUND and brings
    nothing from after that, paused or not; nor can it be opened again."""
    paused = options.pop("paused", False)
    one = await subscribe(api, provider="deleted", **options)
    async with watching(other_api, watch_of(one)) as recorder:
        if paused:
            await pause(api, one)
        request = subscriber_api.DeleteSubscriptionRequest(subscription_id=one.id)
        revision = (await subscriber(api).DeleteSubscription(request)).revision
        await save(api, new_id("deleted"))
        problem = await recorder.ended()
        assert problem is not None
        assert problem.short == ("NOT_FOUND", "SUBSCRIPTION_NOT_FOUND")
        assert all(message.revision <= revision for message in recorder.messages)
    problem = await problem_of(first_message(api, watch_of(one)))
    assert problem.short == ("NOT_FOUND", "SUBSCRIPTION_NOT_FOUND")


async def test_a_stream_that_is_not_read_ends_all_the_same(pair: Pair, api: Api, other_api: Api) -> None:
    """one stream, alone: a stream whose client does not read is cut off for a newer one, which does not wait for it."""
    one = await subscribe(api, provider="stalled")
    stalled = open_watch(api, watch_of(one))
    await stalled.read()
    large = {"description": "x" * 3900, "metadata": dict.fromkeys(NAMES, "y" * 3900)}
    revisions = [await save(api, new_id("stalled"), **large) for _ in range(150)]
    ended = pair.first.errors.count("SUBSCRIPTION_SUPERSEDED")
    began = time.monotonic()
    async with watching(other_api, watch_of(one)) as recorder:
        await recorder.through(revisions[-1])
        assert time.monotonic() - began < 15
    await asyncio.to_thread(
        until, lambda: pair.first.errors.count("SUBSCRIPTION_SUPERSEDED") > ended, "the older stream to be cut off"
    )
    messages: list[subscriber_api.WatchResponse] = []
    assert (await problem_of(drain(stalled, messages))).short == SUPERSEDED
    # Cut off in the middle of a message, it may have had what the newer one brings.
    assert sorted({update.revision for update in updates_of([*messages, *recorder.messages])}) == revisions


async def drain(stream: Any, messages: list[subscriber_api.WatchResponse]) -> None:
    """Read a stream to its end."""
    while (message := await stream.read()) != grpc.aio.EOF:
        messages.append(message)


async def test_types_choose_what_comes(api: Api) -> None:
    """Each type brings the kinds of its name only; ALL_UPDATES all of them, changes of subscriptions among them."""
    types = {
        pb.SUBSCRIPTION_TYPE_ALL_UPDATES: {"model", "provider", "capability", "subscription"},
        pb.SUBSCRIPTION_TYPE_MODEL_UPDATES: {"model"},
        pb.SUBSCRIPTION_TYPE_PROVIDER_UPDATES: {"provider"},
        pb.SUBSCRIPTION_TYPE_CAPABILITY_UPDATES: {"capability"},
    }
    made = {type_: await subscribe(api, type=type_) for type_ in types}
    await pause(api, made[pb.SUBSCRIPTION_TYPE_ALL_UPDATES])
    await resume(api, made[pb.SUBSCRIPTION_TYPE_ALL_UPDATES])
    capabilities: Any = {"vision": {"flag": True}}
    last = await save(api, new_id("types"), capabilities=capabilities)
    for type_, kinds in types.items():
        async with watching(api, watch_of(made[type_])) as recorder:
            await recorder.through(last)
        mine = [one for one in recorder.updates if one.revision == last or one.HasField("subscription")]
        assert {one.WhichOneof("update") for one in mine} == kinds


async def test_options_of_the_subscription_pace_its_streams(api: Api) -> None:
    """batches: most events, and the wait for more, are those of the subscription."""
    one = await subscribe(api, provider="paced", max_batch_events=2, max_batch_delay=timedelta(seconds=5))
    async with watching(api, watch_of(one)) as recorder:
        for _ in range(4):
            last = await save(api, new_id("paced"))
        await recorder.through(last)
        began = time.monotonic()
        last = await save(api, new_id("paced"))  # nothing comes that it could wait with
        await recorder.through(last)
        assert time.monotonic() - began > 4.9
    assert len(recorder.updates) == 5
    assert max(len(message.updates) for message in recorder.messages) == 2


async def test_a_reader_of_the_log_and_a_subscription_agree(api: Api, other_api: Api) -> None:
    """reliable: with writers on both replicas and streams that come and go on both, a subscription that acknowledges by
    itself brings what the log holds, once."""
    one = await subscribe(api, provider="agree", max_batch_events=3)
    writers = [asyncio.create_task(keep_saving(caller, "agree")) for caller in (api, other_api)]
    messages, token = [], ""
    for _ in range(30):
        async with watching(random.choice((api, other_api)), watch_of(one, token)) as recorder:
            await asyncio.sleep(random.uniform(0, 0.2))
        # What was on its way when the client left is not counted as written, or it is: the token says what arrived.
        messages += recorder.messages
        token = recorder.token
    for writer in writers:
        writer.cancel()
    await asyncio.gather(*writers, return_exceptions=True)
    last = await save(api, new_id("agree"))
    async with watching(api, watch_of(one, token)) as recorder:
        await recorder.through(last)
    messages += recorder.messages
    check_ordered(messages)
    check_unique(messages)
    check_reliable(messages, {(revision, 0) for revision in await saved(api, "agree", recorder.revision)}, 0)


async def test_what_is_not_there_cannot_be_acknowledged(api: Api) -> None:
    """typed errors: a subscription that is not there, one that acknowledges by itself, a stream that is not there yet,
    a revision that was not sent on the stream."""
    automatic = await subscribe(api)
    unknown = pb.Subscription(id="none")
    problem = await problem_of(acknowledge(api, unknown, 1, 1))
    assert problem.short == ("NOT_FOUND", "SUBSCRIPTION_NOT_FOUND")
    async with watching(api, watch_of(automatic)) as recorder:
        problem = await problem_of(acknowledge(api, automatic, recorder, recorder.revision))
        assert problem.short == ("FAILED_PRECONDITION", "ACKNOWLEDGEMENT_AUTOMATIC")
    one = await subscribe(api, provider="beyond", acknowledgement=EXPLICIT)
    sent = await save(api, new_id("beyond"))
    async with watching(api, watch_of(one)) as recorder:
        await recorder.through(sent)
        problem = await problem_of(acknowledge(api, one, recorder, recorder.revision + 100))
        assert problem.short == ("OUT_OF_RANGE", "ACKNOWLEDGEMENT_BEYOND_SENT")
        assert problem.metadata["sent_revision"] == str(sent)
        problem = await problem_of(acknowledge(api, one, 2, sent))
        assert problem.short == ("OUT_OF_RANGE", "ACKNOWLEDGEMENT_BEYOND_SENT")
        assert (await acknowledge(api, one, recorder, sent)).acknowledged_revision == sent
        assert (await acknowledge(api, one, recorder, sent - 1)).acknowledged_revision == sent
