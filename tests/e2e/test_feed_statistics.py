"""Statistics of the feed, over two servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest

from modeldex.v1 import feed_statistics_pb2 as stats
from modeldex.v1 import subscriber_service_pb2 as api
from modeldex.v1 import update_pb2 as pb
from modeldex_server.store.embedded import EmbeddedServer
from support.api import Api, connect, problem_of
from support.checks import Catalogue
from support.commands import run
from support.databases import empty_database
from support.deliveries import EXPLICIT, acknowledge, rejection, subscribe, subscriber, watch_of
from support.ports import free_port
from support.principals import Caller, TokensFile
from support.servers import ServerProcess
from support.waiting import eventually
from support.watching import Recorder, after, save, watching
from support.watching.counts import check_counted, check_delivered, counts_of


@dataclass
class Stage:
    """Two servers on one catalogue, which tests may end and start again."""

    first: ServerProcess
    second: ServerProcess
    tables: Catalogue


@pytest.fixture(scope="module")
def stage(postgres: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("statistics")
    with ExitStack() as stack:
        url = stack.enter_context(empty_database(postgres, template))
        settings = {"MODELDEX_LOG_SPAN": "60", "MODELDEX_LOG_REVISIONS": "1"}
        first, second = (
            stack.enter_context(
                ServerProcess(folder / name, database_url=url, settings=settings, listen=f"127.0.0.1:{free_port()}")
            ).start()
            for name in ("first", "second")
        )
        yield Stage(first, second, Catalogue(url))
        assert first.left_behind + second.left_behind == []


@pytest.fixture
async def callers(stage: Stage) -> AsyncIterator[tuple[Api, Api]]:
    async with connect(stage.first.address) as first, connect(stage.second.address) as second:
        yield first, second


async def published(caller: Api) -> api.GetPublishStatsResponse:
    """What was published and delivered."""
    return await subscriber(caller).GetPublishStats(api.GetPublishStatsRequest(), timeout=20)  # type: ignore[no-any-return]


async def settled(caller: Api, stage: Stage, delivered: int = 0, failed: int = 0) -> api.GetPublishStatsResponse:
    """The same, once every event is counted, so many deliveries are, and so many that failed, and nothing more comes
    for longer than a flush takes."""
    last: tuple[int, int] = (-1, -1)
    since = 0.0

    async def is_settled() -> api.GetPublishStatsResponse | None:
        nonlocal last, since
        answer = await published(caller)
        events = stage.tables.rows("SELECT revision FROM event_count_mark")[0][0]
        now = (answer.successful_deliveries, answer.failed_deliveries)
        if now != last or events != stage.tables.head or now[0] < delivered or now[1] < failed:
            last, since = now, asyncio.get_running_loop().time()
            return None
        return answer if asyncio.get_running_loop().time() - since > 3.0 else None

    answer = await eventually(is_settled, "the counts to settle", patience=60)
    assert answer is not None
    return answer


async def events(caller: Api, **fields: Any) -> api.GetEventStatsResponse:
    """What came over a span of time."""
    return await subscriber(caller).GetEventStats(api.GetEventStatsRequest(**fields), timeout=20)  # type: ignore[no-any-return]


async def publish(caller: Api, *model_ids: str) -> int:
    """Publish an update of each model; the revision."""
    updates = [
        pb.UpdateEvent(model=pb.ModelUpdate(type=pb.MODEL_UPDATE_TYPE_UPDATED, model_id=one)) for one in model_ids
    ]
    answer = await subscriber(caller).PublishUpdates(api.PublishUpdatesRequest(updates=updates), timeout=20)
    return int(answer.revision)


async def test_what_is_counted_is_what_clients_saw(stage: Stage, callers: tuple[Api, Api]) -> None:
    """counted deliveries, counted once: of streams and subscriptions on two replicas, while both write."""
    first, second = callers
    before, head = await settled(first, stage), stage.tables.head
    mine = await subscribe(first, provider="counted", after_revision=head)
    async with (
        watching(first, after(head)) as one,
        watching(second, after(head)) as two,
        watching(second, watch_of(mine)) as three,
    ):
        for number in range(30):
            await asyncio.gather(
                save(first, f"counted/a{number % 4}", f"{number}"), publish(second, "other/x", "other/y")
            )
        head = stage.tables.head
        for recorder in (one, two, three):
            await recorder.through(head)
        came = sum(len(recorder.updates) for recorder in (one, two, three))
        done = await settled(second, stage, before.successful_deliveries + came)
        check_delivered(before, done, [recorder.messages for recorder in (one, two, three)])
        check_counted(before, done, one.updates)
        assert len(three.updates) == 30
        own = await subscriber(first).GetSubscriptionStats(api.GetSubscriptionStatsRequest(), timeout=20)
    assert (own.total_count, own.active_count, own.connected_count) == (1, 1, 1)
    assert [(one.key, one.count) for one in own.by_client.top] == [("tests", 1)]
    messages = sum(bool(message.updates) for message in three.messages)
    assert own.batches.total_batches == messages
    assert own.batches.average_batch_size == pytest.approx(30 / messages)
    assert own.batches.last_batch_size == len(next(m for m in reversed(three.messages) if m.updates).updates)
    assert 1 <= own.peak_events_per_second <= 30
    assert own.average_events_per_second <= 0.5  # those of the last minute
    assert timedelta(0) < done.average_delivery_time.ToTimedelta() <= done.peak_delivery_time.ToTimedelta()
    span = await events(second)
    assert sum(point.event_count for point in span.time_series) == span.total_events == done.total_events_published
    assert sum(point.delivery_count for point in span.time_series) == done.successful_deliveries
    assert counts_of(span.events_by_type) == counts_of(done.events_by_type)
    assert counts_of(span.events_by_provider)["other"] == 60
    assert counts_of(span.events_by_model)["other/x"] == 30
    assert span.step.ToTimedelta() == timedelta(minutes=5)


async def test_rejections_are_counted_by_their_reasons(stage: Stage, callers: tuple[Api, Api]) -> None:
    """counted deliveries: what clients could not do with, and what was sent for it once more."""
    first, second = callers
    before, head = await settled(first, stage), stage.tables.head
    mine = await subscribe(first, provider="rejected", acknowledgement=EXPLICIT)
    async with watching(second, watch_of(mine)) as recorder:
        revision = [await save(first, f"rejected/{number}") for number in range(3)][-1]
        await recorder.having(lambda one: len(one.updates) == 3, "three updates")
        letters = [
            rejection(update.revision, update.ordinal, retryable=False, reason="ODD") for update in recorder.updates
        ]
        assert (await acknowledge(first, mine, recorder, revision, letters[:2])).dead_letter_count == 2
        done = await settled(first, stage, before.successful_deliveries + 3, before.failed_deliveries + 2)
        check_delivered(before, done, [recorder.messages])
    assert done.failed_deliveries - before.failed_deliveries == 2
    assert counts_of(done.errors_by_type)["ODD"] == 2
    span = await events(first)
    assert sum(point.error_count for point in span.time_series) == done.failed_deliveries
    assert span.error_rate == pytest.approx(done.failed_deliveries / done.successful_deliveries)
    assert stage.tables.head > head


async def test_counts_survive_ends_and_kills(stage: Stage, callers: tuple[Api, Api]) -> None:
    """counted deliveries, counted once: a replica that is told to end puts down all that it counted; one that is killed
    loses no more than what it wrote in its last two seconds, and no event of the log."""
    first, second = callers
    before, head = await settled(second, stage), stage.tables.head
    async with watching(first, after(head)) as recorder:
        revisions = [await publish(second, "killed/x") for _ in range(20)]
        await recorder.through(revisions[-1])
        assert await asyncio.to_thread(stage.first.end) == 0  # at once: nothing was flushed by itself, perhaps
        await recorder.ended()
    await asyncio.to_thread(stage.first.start)
    done = await settled(second, stage, before.successful_deliveries + len(recorder.updates))
    check_delivered(before, done, [recorder.messages])
    check_counted(before, done, recorder.updates)
    async with watching(first, after(stage.tables.head)) as recorder:
        await recorder.through(await publish(second, "killed/x"))
        kept = await settled(second, stage, done.successful_deliveries + 1)
        check_delivered(done, kept, [recorder.messages])
        lost = [await publish(second, "killed/y") for _ in range(5)]
        await recorder.through(lost[-1])
        stage.first.kill()
        await recorder.ended()
    await asyncio.to_thread(stage.first.start)
    end = await settled(second, stage)
    assert 0 <= end.successful_deliveries - kept.successful_deliveries <= 5
    assert end.total_events_published - kept.total_events_published == 5


async def test_a_hundred_keys_are_named_and_the_rest_is_counted(stage: Stage, callers: tuple[Api, Api]) -> None:
    """counted once: the most frequent models by themselves, the others together, and nothing twice."""
    first, _ = callers
    ids = [f"many{number % 120}/m{number:03}" for number in range(150)]
    await publish(first, *ids)
    for _ in range(3):
        await publish(first, *ids[:60])
    await settled(first, stage)
    span = await events(first)
    assert len(span.events_by_model.top) == len(span.events_by_provider.top) == 100
    counts = [one.count for one in span.events_by_model.top]
    assert counts == sorted(counts, reverse=True)
    wanted = dict(stage.tables.rows("SELECT model_id, sum(count)::integer FROM model_event_count GROUP BY 1"))
    order = sorted(wanted, key=lambda key: (-wanted[key], key))
    assert [(one.key, one.count) for one in span.events_by_model.top] == [(key, wanted[key]) for key in order[:100]]
    assert span.events_by_model.rest_keys == len(wanted) - 100 >= 50
    assert span.events_by_model.rest_count == sum(wanted[key] for key in order[100:])
    of_providers = counts_of(span.events_by_provider).total() + span.events_by_provider.rest_count
    assert of_providers == span.total_events - _about_none(stage)


def _about_none(stage: Stage) -> int:
    """Events that are about no provider."""
    return int(stage.tables.rows("SELECT COALESCE(sum(count), 0) FROM event_count WHERE provider_id = ''")[0][0])


async def test_a_time_series_has_steps_without_anything(stage: Stage, callers: tuple[Api, Api]) -> None:
    """counted once: each minute of the span is a point; what came stands where it came, and the rest is empty."""
    first, _ = callers
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    wanted = stats.TimeRange()
    wanted.start_time.FromDatetime(now - timedelta(days=3))
    wanted.end_time.FromDatetime(now - timedelta(days=3) + timedelta(minutes=10))
    stage.tables.run(
        "INSERT INTO event_count SELECT %s::timestamptz + n * interval '1 minute', 10, 2, 'old', 5"
        " FROM generate_series(2, 4, 2) n",
        [now - timedelta(days=3)],
    )
    try:
        span = await events(first, time_range=wanted)
        assert [point.event_count for point in span.time_series] == [0, 0, 5, 0, 5, 0, 0, 0, 0, 0]
        starts = [point.start_time.ToDatetime(UTC) for point in span.time_series]
        assert starts == [now - timedelta(days=3) + timedelta(minutes=number) for number in range(10)]
        assert not any(point.HasField("average_delivery_time") for point in span.time_series)
        assert (span.total_events, span.step.ToTimedelta()) == (10, timedelta(minutes=1))
        request = api.GetEventStatsRequest(time_range=wanted)
        request.step.FromTimedelta(timedelta(minutes=4))
        span = await events(first, time_range=wanted, step=request.step)
        assert [point.event_count for point in span.time_series] == [5, 5, 0]
    finally:
        stage.tables.run("DELETE FROM event_count WHERE provider_id = 'old'")


@pytest.mark.parametrize(
    ("fields", "violation"),
    [
        ({"step": {"seconds": 90}}, "step"),
        ({"step": {"seconds": 0}}, "step"),
        ({"step": {"seconds": -60}}, "step"),
        ({"step": {"seconds": 60, "nanos": 1}}, "step"),
        ({"step": {"seconds": 86_400 * 401}}, "step"),
        ({"step": {"seconds": 60}, "time_range": {"start_time": 100_000, "end_time": 100_000 + 2001 * 60}}, "step"),
        ({"time_range": {"start_time": 100, "end_time": 100}}, "time_range"),
        ({"time_range": {"start_time": 200, "end_time": 100}}, "time_range"),
        ({"time_range": {"start_time": 1, "end_time": 86_400 * 401}}, "time_range"),
        ({"time_range": {"start_time": 0}}, "time_range"),
        ({"time_range": {"start_time": -1}}, "time_range.start_time"),
        ({"time_range": {"end_time": 253_402_300_799}}, "time_range.end_time"),
        ({"time_range": {"end_time": 1 << 62}}, "time_range.end_time"),
    ],
)
async def test_what_cannot_be_counted_is_refused(
    callers: tuple[Api, Api], fields: dict[str, Any], violation: str
) -> None:
    """typed errors: a step that is no number of minutes, or too short for its span; a span that is none."""
    request = api.GetEventStatsRequest()
    for name, second in fields.get("time_range", {}).items():
        getattr(request.time_range, name).seconds = second
    for name, value in fields.get("step", {}).items():
        request.step.SetInParent()
        setattr(request.step, name, value)
    problem = await problem_of(subscriber(callers[0]).GetEventStats(request, timeout=20))
    assert problem.short == ("INVALID_ARGUMENT", "INVALID_REQUEST")
    assert list(problem.violations) == [violation]


async def test_a_cleanup_says_what_it_removed(stage: Stage, callers: tuple[Api, Api]) -> None:
    """cleanup: expired subscriptions with their filters and dead letters, dead letters of 30 days, events that need not
    be kept; and nothing else, and nothing twice."""
    first, second = callers
    stage.tables.run("DELETE FROM subscription")
    old, kept, lasting = [await subscribe(first, provider="cleaned", acknowledgement=EXPLICIT) for _ in range(3)]
    letter = """
        INSERT INTO dead_letter (subscription_id, revision, ordinal, attempts, reason, message, created_at,
                                 update_event)
        SELECT %s, n, 0, 1, 'ODD', '', clock_timestamp() - %s * interval '1 day', repeat('x', 1000)::bytea
        FROM generate_series(1, %s) n"""
    for one, days, count in ((old, 1, 3), (kept, 31, 4), (lasting, 29, 2)):
        stage.tables.run(letter, [one.id, days, count])
    await settled(first, stage)
    counted = await published(first)
    # What they still have to come stays young: one whose place is gone has expired, too.
    aged = "UPDATE revision SET committed_at = committed_at - interval '1 hour' WHERE revision <= %s"
    stage.tables.run(aged, [old.acknowledged_revision])
    logged = stage.tables.rows("SELECT count(*) FROM update_event")[0][0]
    # Only now: a server that looks by itself would tell of the expiry before the events are counted.
    stage.tables.run(
        "UPDATE subscription SET active_at = clock_timestamp() - interval '8 days' WHERE id = %s", [old.id]
    )
    answers = await asyncio.gather(
        *(
            subscriber(one).CleanupSubscriptions(api.CleanupSubscriptionsRequest(), timeout=60)
            for one in (first, second)
        )
    )
    answers.append(await subscriber(first).CleanupSubscriptions(api.CleanupSubscriptionsRequest(), timeout=60))
    assert sum(one.removed_subscriptions for one in answers) == 1
    assert sum(one.removed_dead_letters for one in answers) == 3 + 4
    left = stage.tables.rows("SELECT count(*) FROM update_event")[0][0]
    assert sum(one.removed_events for one in answers) == logged + 1 - left > 0  # one told of the expiry
    assert stage.tables.compacted == old.acknowledged_revision
    assert sum(one.freed_bytes for one in answers) > 7 * 1000
    assert answers[-1].removed_subscriptions == answers[-1].removed_dead_letters == 0
    assert stage.tables.rows("SELECT subscription_id, count(*) FROM dead_letter GROUP BY 1") == [(lasting.id, 2)]
    assert {row[0] for row in stage.tables.rows("SELECT id FROM subscription")} >= {kept.id, lasting.id}
    problem = await problem_of(
        subscriber(first).GetSubscription(api.GetSubscriptionRequest(subscription_id=old.id), timeout=20)
    )
    assert problem.short == ("NOT_FOUND", "SUBSCRIPTION_NOT_FOUND")
    assert (await settled(first, stage)).total_events_published >= counted.total_events_published


@asynccontextmanager
async def calling(address: str, tokens: dict[str, str]) -> AsyncIterator[dict[str, Caller]]:
    """Callers by the names of their principals."""
    async with AsyncExitStack() as stack:
        channel = await stack.enter_async_context(grpc.aio.insecure_channel(address))
        yield {name: Caller(channel, token) for name, token in tokens.items()}


async def test_everybody_counts_what_it_may_see(postgres: EmbeddedServer, template: str, tmp_path: Path) -> None:
    """provider rights: a caller's counts are of its providers and of what is about none; subscriptions are counted
    for whom they belong to, all of them for an admin, who alone may clean up."""
    principals = TokensFile(tmp_path / "tokens.toml")
    tokens = {
        "ann": principals.add("ann", "reader", providers=["seen"]),
        "bob": principals.add("bob", "reader"),
        "root": principals.add("root", "admin"),
    }
    settings = {"MODELDEX_TOKENS_FILE": str(principals.path)}
    with (
        empty_database(postgres, template) as url,
        ServerProcess(tmp_path / "server", database_url=url, settings=settings) as server,
    ):
        server.start()
        async with calling(server.address, tokens) as callers:
            updates = [
                pb.UpdateEvent(model=pb.ModelUpdate(type=pb.MODEL_UPDATE_TYPE_UPDATED, model_id=f"{provider}/x"))
                for provider in ("seen", "hidden", "hidden")
            ]
            updates.append(
                pb.UpdateEvent(capability=pb.CapabilityUpdate(type=pb.CAPABILITY_UPDATE_TYPE_ADDED, capability="new"))
            )
            await callers["root"].ask(api.PublishUpdatesRequest(updates=updates))
            for name in ("ann", "bob"):
                wanted = api.CreateSubscriptionRequest()
                wanted.subscription.client_id, wanted.subscription.type = name, 1
                await callers[name].ask(wanted)

            async def counted() -> bool:
                return bool((await callers["root"].ask(api.GetEventStatsRequest())).total_events == 6)

            await eventually(counted, "all events to be counted")
            seen = {name: await callers[name].ask(api.GetEventStatsRequest()) for name in tokens}
            assert {name: answer.total_events for name, answer in seen.items()} == {"ann": 4, "bob": 6, "root": 6}
            assert counts_of(seen["ann"].events_by_provider) == {"seen": 1}
            assert counts_of(seen["ann"].events_by_model) == {"seen/x": 1}
            assert counts_of(seen["ann"].events_by_type)["model_updated"] == 1
            assert sum(point.event_count for point in seen["ann"].time_series) == 4
            assert counts_of(seen["bob"].events_by_provider) == {"seen": 1, "hidden": 2}
            by_type = (await callers["ann"].ask(api.GetPublishStatsRequest())).events_by_type
            assert counts_of(by_type)["model_updated"] == 1
            own = {name: await callers[name].ask(api.GetSubscriptionStatsRequest()) for name in tokens}
            assert {name: answer.total_count for name, answer in own.items()} == {"ann": 1, "bob": 1, "root": 2}
            assert counts_of(own["ann"].by_client) == {"ann": 1}
            problem = await problem_of(callers["bob"].ask(api.CleanupSubscriptionsRequest()))
            assert problem.short == ("PERMISSION_DENIED", "PERMISSION_DENIED")


async def test_health_is_told_with_the_store_away(tmp_path_factory: pytest.TempPathFactory) -> None:
    """health is told: before there is a store, with one, while it is away, and once it is back; each issue with its
    begin and its end."""
    folder = tmp_path_factory.mktemp("health")
    database = EmbeddedServer((folder / "postgres").resolve(), {"fsync": "off"})

    async def health(caller: Api) -> api.GetSubscriberHealthResponse:
        return await subscriber(caller).GetSubscriberHealth(api.GetSubscriberHealthRequest(), timeout=20)  # type: ignore[no-any-return]

    def connectivity(answer: api.GetSubscriberHealthResponse) -> list[stats.HealthIssue]:
        return [one for one in answer.issues if one.type == stats.HEALTH_ISSUE_TYPE_CONNECTIVITY]

    async def unhealthy() -> bool:
        return (await health(caller)).status == stats.HEALTH_STATUS_UNHEALTHY

    async def over() -> bool:
        return [one.HasField("resolve_time") for one in connectivity(await health(caller))] == [True]

    with ServerProcess(folder / "server", database_url=database.url).launch() as server:
        try:
            async with connect(server.address) as caller:
                await eventually(unhealthy, "an issue with a store that never came")
                await asyncio.to_thread(database.start)
                await asyncio.to_thread(server.wait_until_ready)
                await eventually(over, "the issue to be over")
                async with watching(caller) as recorder:
                    answer = await health(caller)
                    assert (answer.active_streams, answer.active_subscriptions, answer.queue_size) == (1, 0, 0)
                    assert answer.memory_bytes > 10_000_000
                    assert answer.uptime.ToTimedelta() > timedelta(0)
                    assert answer.replica_id
                    await asyncio.to_thread(database.stop)
                    await eventually(unhealthy, "an issue with a store that went")
                    (issue,) = connectivity(answer := await health(caller))
                    assert issue.severity == stats.HEALTH_ISSUE_SEVERITY_CRITICAL
                    assert issue.start_time.ToDatetime(UTC) <= datetime.now(UTC)
                    assert answer.lag.ToTimedelta() > timedelta(seconds=3)
                    assert answer.active_streams == 1
                    await asyncio.to_thread(database.start)
                    await eventually(over, "the issue to be over again")
                    await recorder.through(await save(caller, "acme/back"))
        finally:
            await asyncio.to_thread(database.stop)


async def test_the_command_shows_it(stage: Stage, callers: tuple[Api, Api]) -> None:
    """counted once, health is told: what people read of it says the same."""
    first, _ = callers
    await publish(first, "shown/x")
    done = await settled(first, stage)
    for command, wanted in (
        (("feed", "stats", "--last", "2h"), f"{done.total_events_published:,} updates since the beginning"),
        (("feed", "stats", "--last", "2h"), "last 2h"),
        (("feed", "health"), "streams"),
        (("subscriptions", "cleanup"), "emove"),
    ):
        shown = await asyncio.to_thread(run, stage.first.address, *command)
        assert (shown.code, shown.err) == (0, "")
        assert wanted in shown.out


async def test_a_subscription_that_is_watched_is_seen(callers: tuple[Api, Api]) -> None:
    """health is told: open streams, and those of them that are on subscriptions."""
    first, _ = callers
    mine = await subscribe(first, provider="stuck")
    recorder = Recorder(subscriber(first).Watch(watch_of(mine)))

    async def seen() -> bool:
        answer = await subscriber(first).GetSubscriberHealth(api.GetSubscriberHealthRequest(), timeout=20)
        return bool(answer.active_subscriptions == 1 and answer.active_streams >= 1)

    await eventually(seen, "a subscription that is watched")
    await recorder.leave()
