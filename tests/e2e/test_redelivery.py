"""Explicit acknowledgement on two servers: what waits, what comes again and when, and what is given up."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import timedelta
from typing import Any

from modeldex.v1 import subscriber_service_pb2 as subscriber_api
from modeldex.v1 import subscription_pb2 as pb
from modeldex.v1 import update_pb2
from support.api import Api, Problem, problem_of
from support.deliveries import (
    EXPLICIT,
    acknowledge,
    dead_letters,
    look_at,
    pause,
    rejection,
    resume,
    stream_of,
    subscribe,
    subscriber,
    watch_of,
)
from support.models import new_id
from support.waiting import eventually
from support.watching import Recorder, check_ordered, check_unique, save, updates_of, watching
from support.watching.subscriptions import Acknowledged, check_acknowledged, check_attempts

RETRYING = subscriber_api.WATCH_FLOW_STATE_RETRYING
WINDOW_FULL = subscriber_api.WATCH_FLOW_STATE_WINDOW_FULL
REDELIVERY = ("ABORTED", "REDELIVERY")
INVALID = ("INVALID_ARGUMENT", "INVALID_REQUEST")
Story = list[subscriber_api.WatchResponse | Acknowledged]


def policy(**fields: Any) -> pb.RetryPolicy:
    """Without any wait, where it says nothing else."""
    fields = {"base_delay": timedelta(0)} | fields
    return pb.RetryPolicy(**fields)


def sendings(recorder: Recorder) -> list[tuple[int, int]]:
    """The updates: the attempt that their message says, and the revision. How many of them a message has is the
    server's affair, which reads the log as it comes and looks at it for a moment only."""
    return [(one.attempt, update.revision) for one in recorder.messages for update in one.updates]


def says(recorder: Recorder, state: subscriber_api.WatchFlowState.ValueType) -> bool:
    return recorder.messages[-1].bookmark.flow_state == state


async def ended(recorder: Recorder) -> Problem:
    problem = await recorder.ended()
    assert problem is not None, "the stream ended well"
    return problem


async def some(caller: Api, provider: str, count: int) -> list[int]:
    """Save models; their revisions."""
    return [await save(caller, new_id(provider)) for _ in range(count)]


async def test_acknowledged_updates_do_not_come_again(api: Api, other_api: Api) -> None:
    """unique, redelivered: what is not acknowledged comes again with the next attempt, also where the client only left;
    what is acknowledged does not, wherever that was said. A message never has updates of two attempts."""
    one = await subscribe(api, provider="again", acknowledgement=EXPLICIT)
    first, second = await some(api, "again", 2)
    streams = []
    async with watching(api, watch_of(one)) as recorder:
        await recorder.through(second)
        streams.append(recorder.messages)
    async with watching(other_api, watch_of(one)) as recorder:
        await recorder.through(second)
        assert sendings(recorder) == [(2, first), (2, second)]
        await acknowledge(api, one, recorder, first)
        streams.append(recorder.messages)
    (third,) = await some(api, "again", 1)
    async with watching(api, watch_of(one)) as recorder:
        await recorder.through(third)
        assert sendings(recorder) == [(3, second), (1, third)]
        assert (await look_at(api, one)).status == pb.SUBSCRIPTION_STATUS_ACTIVE
        answer = await acknowledge(other_api, one, recorder, third)
        assert answer.acknowledged_revision == third
        streams.append(recorder.messages)
    check_attempts(streams)
    known = await look_at(other_api, one)
    assert (known.acknowledged_revision, known.attempt) == (third, 1)


async def test_a_full_window_stops_the_stream(api: Api, other_api: Api) -> None:
    """windowed: as many updates as allowed are sent; then bookmarks say WINDOW_FULL, until some are acknowledged, on
    whichever replica, and as many more come. A message is not split for it."""
    one = await subscribe(api, provider="window", acknowledgement=EXPLICIT, max_unacknowledged=3, max_batch_events=1)
    revisions = await some(api, "window", 10)
    async with watching(other_api, watch_of(one)) as recorder:
        await recorder.having(lambda some: says(some, WINDOW_FULL), "a bookmark that says WINDOW_FULL")
        assert [update.revision for update in recorder.updates] == revisions[:3]
        for at, caller in ((1, api), (2, other_api), (5, api)):
            await acknowledge(caller, one, recorder, revisions[at])
            expected = revisions[: at + 4]
            await recorder.having(
                lambda some, expected=expected: len(some.updates) >= len(expected) and says(some, WINDOW_FULL),  # type: ignore[misc]
                "the window to be full again",
            )
            assert [update.revision for update in recorder.updates] == expected
        await acknowledge(api, one, recorder, revisions[8])
        await recorder.through(revisions[-1])
    options: dict[str, Any] = {"acknowledgement": EXPLICIT, "max_unacknowledged": 1, "after_revision": revisions[0] - 1}

    async def brings_several() -> bool:
        """Nearly always; one that was held up in the middle of a look at the log brings less."""
        async with watching(api, watch_of(await subscribe(api, provider="window", **options))) as recorder:
            await recorder.having(lambda some: says(some, WINDOW_FULL), "a bookmark that says WINDOW_FULL")
            (message,) = [one for one in recorder.messages if one.updates]
            return len(message.updates) > 1

    await eventually(brings_several, "a message with more than the window takes")


async def test_a_rejected_update_comes_again_after_its_wait(api: Api, other_api: Api) -> None:
    """redelivered: the stream on one replica ends where the other is told of a rejection, and says when to come again;
    one that opens earlier says RETRYING until then; waits grow as the policy says; what was sent before says how often,
    what was not says 1."""
    retry = policy(base_delay=timedelta(seconds=1), multiplier=3, max_delay=timedelta(seconds=2))
    one = await subscribe(api, provider="rejected", acknowledgement=EXPLICIT, retry=retry, max_batch_events=2)
    first, bad, worse, last = await some(api, "rejected", 4)
    async with watching(other_api, watch_of(one, bookmarks=60)) as recorder:
        await recorder.through(last)
        assert sendings(recorder) == [(1, first), (1, bad), (1, worse), (1, last)]
        told = time.monotonic()  # before the wait begins, which is when the store hears of it
        answer = await acknowledge(api, one, recorder, last, [rejection(bad), rejection(worse)])
        assert answer.acknowledged_revision == bad - 1
        assert answer.retry_delay.ToTimedelta().total_seconds() == 1
        problem = await ended(recorder)
        assert problem.short == REDELIVERY
        assert problem.retry_after is not None
        assert problem.retry_after <= 1
        assert problem.metadata == {"subscription_id": one.id, "revision": str(bad), "attempt": "2"}
    story: Story = [*recorder.messages, Acknowledged(answer.acknowledged_revision)]
    known = await look_at(api, one)
    assert (known.status, known.attempt, known.error_count) == (pb.SUBSCRIPTION_STATUS_ERROR, 2, 2)
    async with watching(api, watch_of(one)) as recorder:
        assert says(recorder, RETRYING) or time.monotonic() - told > 1
        await recorder.having(lambda some: some.updates, "what was rejected to come again")
        assert 0.9 < time.monotonic() - told < 15
        await recorder.through(last)
        (new,) = await some(api, "rejected", 1)
        await recorder.through(new)
        assert sendings(recorder) == [(2, bad), (2, worse), (2, last), (1, new)]
        told = time.monotonic()
        answer = await acknowledge(other_api, one, recorder, new, [rejection(bad)])
        assert answer.retry_delay.ToTimedelta().total_seconds() == 2
        assert (await ended(recorder)).metadata["attempt"] == "3"
    story += [*recorder.messages, Acknowledged(answer.acknowledged_revision)]
    async with watching(other_api, watch_of(one)) as recorder:
        await recorder.through(new)
        assert time.monotonic() - told > 1.5
        assert sendings(recorder) == [(3, bad), (3, worse), (3, last), (2, new)]
        await acknowledge(api, one, recorder, new)
    story += [*recorder.messages, Acknowledged(new)]
    check_acknowledged(story)
    known = await look_at(other_api, one)
    assert (known.status, known.attempt, known.dead_letter_count) == (pb.SUBSCRIPTION_STATUS_ACTIVE, 1, 0)


async def test_what_follows_a_rejection_on_its_stream_changes_nothing(api: Api) -> None:
    """done once, redelivered: the same acknowledgement sent again answers the same; one of what follows on that stream
    does not pass the rejected update by."""
    retry = policy(base_delay=timedelta(seconds=60))
    one = await subscribe(api, provider="pipelined", acknowledgement=EXPLICIT, retry=retry)
    revisions = await some(api, "pipelined", 3)
    async with watching(api, watch_of(one)) as recorder:
        await recorder.through(revisions[-1])
    for through in (revisions[1], revisions[1], revisions[2]):
        rejected = [rejection(revisions[0])] if through == revisions[1] else []
        answer = await acknowledge(api, one, recorder, through, rejected)
        assert answer.acknowledged_revision == revisions[0] - 1
        assert 50 < answer.retry_delay.ToTimedelta().total_seconds() <= 60
    assert (await look_at(api, one)).error_count == 1


async def test_what_cannot_be_done_is_given_up(api: Api, other_api: Api) -> None:
    """dead letters: an update that is not worth another try, by its flag or by the policy, is given up at once, as it
    was sent; the stream goes on, and the place is behind it."""
    retry = policy(retryable_reasons=["BUSY"])
    one = await subscribe(api, provider="dead", acknowledgement=EXPLICIT, retry=retry, omit_before=True)
    revisions = await some(api, "dead", 3)
    async with watching(other_api, watch_of(one)) as recorder:
        await recorder.through(revisions[2])
        rejected = [rejection(revisions[0], retryable=False), rejection(revisions[1], reason="BROKEN")]
        answer = await acknowledge(api, one, recorder, revisions[2], rejected)
        assert (answer.acknowledged_revision, answer.dead_letter_count) == (revisions[2], 2)
        assert not answer.HasField("retry_delay")
        again = await acknowledge(api, one, recorder, revisions[2], rejected)
        assert (again.acknowledged_revision, again.dead_letter_count) == (revisions[2], 0)
        (last,) = await some(api, "dead", 1)
        await recorder.through(last)
    letters = await dead_letters(other_api, one)
    assert [(one.revision, one.ordinal, one.attempts, one.reason, one.message) for one in letters] == [
        (revisions[0], 0, 1, "BUSY", "no luck"),
        (revisions[1], 0, 1, "BROKEN", "no luck"),
    ]
    assert [letter.update for letter in letters] == recorder.updates[:2]
    known = await look_at(api, one)
    assert (known.status, known.dead_letter_count, known.error_count) == (pb.SUBSCRIPTION_STATUS_ACTIVE, 2, 2)


async def test_retries_are_used_up(api: Api, other_api: Api) -> None:
    """dead letters: after max_retries, and not before, the update is given up; it tells how often it was sent; what was
    sent with it goes on. With max_retries 0 the first rejection gives it up."""
    one = await subscribe(api, provider="used", acknowledgement=EXPLICIT, retry=policy(max_retries=2))
    bad, good = await some(api, "used", 2)
    streams = []
    for turn in range(3):
        async with watching((api, other_api)[turn % 2], watch_of(one)) as recorder:
            await recorder.through(good)
            answer = await acknowledge(other_api, one, recorder, good, [rejection(bad)])
            assert answer.dead_letter_count == (turn == 2)
            if turn < 2:
                assert (await ended(recorder)).short == REDELIVERY
        streams.append(recorder.messages)
    assert answer.acknowledged_revision == good
    check_attempts(streams)
    assert [(letter.revision, letter.attempts) for letter in await dead_letters(api, one)] == [(bad, 3)]
    never = await subscribe(api, provider="used", acknowledgement=EXPLICIT, retry=policy(max_retries=0))
    (bad,) = await some(api, "used", 1)
    async with watching(api, watch_of(never)) as recorder:
        await recorder.through(bad)
        assert (await acknowledge(api, never, recorder, bad, [rejection(bad)])).dead_letter_count == 1


async def test_what_is_not_acknowledged_in_time_comes_again(api: Api, other_api: Api) -> None:
    """redelivered, dead letters: the stream ends with REDELIVERY once an update has waited too long; it counts as a
    rejection, whatever reasons are worth another try, and is given up after as many."""
    retry = policy(max_retries=1, retryable_reasons=["BUSY"])
    wait = timedelta(seconds=4)
    one = await subscribe(api, provider="late", acknowledgement=EXPLICIT, retry=retry, acknowledgement_timeout=wait)
    first, second = await some(api, "late", 2)
    began = time.monotonic()  # before it is sent
    async with watching(api, watch_of(one)) as recorder:
        await recorder.through(second)
        problem = await ended(recorder)
        assert problem.short == REDELIVERY
        assert problem.metadata["revision"] == str(first)
        assert 3.0 < time.monotonic() - began < 20
    known = await look_at(other_api, one)
    assert (known.status, known.error_count, known.attempt) == (pb.SUBSCRIPTION_STATUS_ERROR, 1, 2)
    async with watching(other_api, watch_of(one)) as recorder:
        await recorder.through(second)
        assert {attempt for attempt, _ in sendings(recorder)} == {2}

        async def is_given_up() -> object:
            return await dead_letters(api, one)

        await eventually(is_given_up, "the first update to be given up")
        (letter,) = await dead_letters(api, one)
        assert (letter.revision, letter.attempts, letter.reason) == (first, 2, "ACKNOWLEDGEMENT_TIMEOUT")
        # The second has waited as long, for the first time.
        assert (await ended(recorder)).metadata["revision"] == str(second)
    async with watching(api, watch_of(one)) as recorder:
        await recorder.through(second)
        assert sendings(recorder) == [(3, second)]
        await acknowledge(api, one, recorder, second)
        await asyncio.sleep(6)
        assert recorder.code is None
    assert (await look_at(api, one)).status == pb.SUBSCRIPTION_STATUS_ACTIVE


async def test_only_what_was_sent_can_be_rejected(api: Api, other_api: Api) -> None:
    """typed errors: the rejection of an update that the filter leaves out, or of one that is not there, is refused as a
    whole, by its place; one of what was acknowledged before is not looked at."""
    one = await subscribe(api, provider="mine", acknowledgement=EXPLICIT)
    (before,) = await some(api, "mine", 1)
    (foreign,) = await some(api, "not-mine", 1)
    (mine,) = await some(api, "mine", 1)
    async with watching(other_api, watch_of(one)) as recorder:
        await recorder.through(mine)
        for wrong in (rejection(foreign), rejection(mine, 7)):
            problem = await problem_of(acknowledge(api, one, recorder, mine, [rejection(mine), wrong]))
            assert problem.short == INVALID
            assert set(problem.violations) == {"rejected[1]"}
        known = await look_at(api, one)
        assert (known.error_count, known.dead_letter_count) == (0, 0)
        assert known.acknowledged_revision < before
        await acknowledge(api, one, recorder, before)
        answer = await acknowledge(api, one, recorder, mine, [rejection(before)])
        assert (answer.acknowledged_revision, answer.dead_letter_count) == (mine, 0)


async def test_only_the_newest_stream_acknowledges(api: Api, other_api: Api) -> None:
    """one stream: acknowledgements of an older stream are refused, and change nothing; so are those of what an earlier
    stream was sent and this one was not."""
    one = await subscribe(api, provider="older", acknowledgement=EXPLICIT, max_batch_events=1, max_unacknowledged=2)
    revisions = await some(api, "older", 4)
    async with watching(api, watch_of(one)) as older:
        await older.having(lambda some: len(some.updates) == 2, "two updates")
        await acknowledge(api, one, older, revisions[1])
        await older.through(revisions[3])
        async with watching(other_api, watch_of(one)) as newer:
            assert (await ended(older)).short == ("ABORTED", "SUBSCRIPTION_SUPERSEDED")
            for caller in (api, other_api):
                problem = await problem_of(acknowledge(caller, one, older, revisions[3], [rejection(revisions[2])]))
                assert problem.short == ("ABORTED", "SUBSCRIPTION_SUPERSEDED")
                assert problem.metadata["current_stream"] == str(stream_of(newer))
            assert (await look_at(api, one)).acknowledged_revision == revisions[1]
            await newer.through(revisions[3])
            assert sendings(newer) == [(2, revisions[2]), (2, revisions[3])]
    await pause(api, one)
    await acknowledge(api, one, newer, revisions[2])
    async with watching(api, watch_of(one)) as paused:
        await paused.through(revisions[3])
        problem = await problem_of(acknowledge(api, one, stream_of(paused) + 1, revisions[3]))
        assert problem.short == ("OUT_OF_RANGE", "ACKNOWLEDGEMENT_BEYOND_SENT")
        await acknowledge(other_api, one, paused, revisions[3])
    await resume(api, one)


async def test_a_revision_with_several_updates_is_rejected_in_part(api: Api) -> None:
    """dead letters, atomic: of the updates of one revision one is given up and one is sent again, with the whole
    revision; each counts for itself."""
    one = await subscribe(api, provider="several", acknowledgement=EXPLICIT, retry=policy(max_retries=1))
    model = update_pb2.ModelUpdate(type=update_pb2.MODEL_UPDATE_TYPE_ADDED, provider_id="several")
    updates = []
    for number in range(3):
        model.model_id = f"several/{number}"
        model.after.id = model.model_id
        updates.append(update_pb2.UpdateEvent(model=model))
    published = await subscriber(api).PublishUpdates(subscriber_api.PublishUpdatesRequest(updates=updates))
    revision = published.revision
    async with watching(api, watch_of(one)) as recorder:
        await recorder.through(revision)
        rejected = [rejection(revision, 0, retryable=False), rejection(revision, 2)]
        answer = await acknowledge(api, one, recorder, revision, rejected)
        assert (answer.acknowledged_revision, answer.dead_letter_count) == (revision - 1, 1)
        assert (await ended(recorder)).short == REDELIVERY
    async with watching(api, watch_of(one)) as recorder:
        await recorder.through(revision)
        assert sendings(recorder) == [(2, revision)] * 3
        answer = await acknowledge(api, one, recorder, revision, [rejection(revision, 2), rejection(revision, 1)])
        assert (answer.acknowledged_revision, answer.dead_letter_count) == (revision - 1, 1)
    letters = await dead_letters(api, one)
    assert [(letter.ordinal, letter.attempts) for letter in letters] == [(0, 1), (2, 2)]
    assert [letter.update for letter in letters] == [recorder.updates[0], recorder.updates[2]]


async def test_a_careless_client_loses_nothing(api: Api, other_api: Api) -> None:
    """unique, redelivered: with writers on both replicas, a client that acknowledges here and there, rejects at random,
    leaves in the middle and comes back on the other replica is sent everything until it is acknowledged or given up, in
    order, and nothing after that."""
    retry = policy(max_retries=3)
    one = await subscribe(api, provider="careless", acknowledgement=EXPLICIT, retry=retry, max_batch_events=4)
    start = one.acknowledged_revision
    writers = [asyncio.create_task(keep_saving(caller)) for caller in (api, other_api)]
    story: Story = []
    streams = []
    ends = time.monotonic() + 6
    while time.monotonic() < ends:
        async with watching(random.choice((api, other_api)), watch_of(one)) as recorder:
            await take(random.choice((api, other_api)), one, recorder, story)
        streams.append(recorder.messages)
    for writer in writers:
        writer.cancel()
    await asyncio.gather(*writers, return_exceptions=True)
    last = await save(api, new_id("careless"))
    async with watching(api, watch_of(one)) as recorder:
        await recorder.through(last)
        story += recorder.messages
        streams.append(recorder.messages)
        await acknowledge(api, one, recorder, last)
    check_acknowledged(story)
    check_attempts(streams, exact=False)
    for messages in streams:
        check_ordered(messages)
        check_unique(messages)
    # A save is made also where its caller went away, so there may be one after the last.
    came = {update.revision for messages in streams for update in updates_of(messages) if update.revision <= last}
    log = subscriber_api.WatchRequest(options=subscriber_api.WatchOptions(after_revision=start))
    async with watching(api, log) as whole:
        await whole.through(last)
    mine = {update.revision for update in whole.updates if update.model.provider_id == "careless"}
    assert came == {revision for revision in mine if revision <= last}
    assert all(letter.attempts >= 4 for letter in await dead_letters(api, one))


async def keep_saving(caller: Api) -> None:
    while True:
        await save(caller, new_id("careless"))
        await asyncio.sleep(random.uniform(0, 0.02))


async def take(caller: Api, one: pb.Subscription, recorder: Recorder, story: Story) -> None:
    """Be sent some messages, and acknowledge and reject as it comes."""
    taken = 0
    for _ in range(random.randrange(1, 8)):
        await asyncio.sleep(random.uniform(0, 0.1))
        if recorder.code is not None:
            break
        news = recorder.messages[taken:]
        taken += len(news)
        story += news
        updates = updates_of(recorder.messages[:taken])
        if not updates or random.random() < 0.3:
            continue
        rejected = [rejection(update.revision) for update in updates if random.random() < 0.05]
        through = updates[-1].revision
        answer = await acknowledge(caller, one, recorder, through, rejected)
        story.append(Acknowledged(answer.acknowledged_revision))
    story += recorder.messages[taken:]
