"""The cache in both halves: what each method sends, what it gives, and how a watch of events goes on and ends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp

from modeldex.v1 import cache_service_pb2 as pb
from modeldex.v1.feed_statistics_pb2 import TimeRange
from modeldex_client import (
    AsyncClient,
    CacheEntry,
    CacheEntryFilter,
    CacheEvent,
    CacheEventKind,
    Client,
    FailedPrecondition,
    Interruption,
    InvalidateRequest,
    Invalidation,
    InvalidationMode,
    InvalidationReason,
    InvalidationRule,
    InvalidationStrategy,
    InvalidationTags,
    InvalidationTarget,
    Model,
    WatchCacheEventsResponse,
)
from support.waiting import until
from unit.client.servers import Use, ask_async, ask_sync, serving

HARD, SOFT = InvalidationMode.INVALIDATION_MODE_HARD, InvalidationMode.INVALIDATION_MODE_SOFT
HIT, MISS = CacheEventKind.CACHE_EVENT_KIND_HIT, CacheEventKind.CACHE_EVENT_KIND_MISS
ENTRY = CacheEntry(namespace="own", key="a/b", entry_version=7)
RULE = InvalidationRule(id="rule_1", name="one")
MADE = Invalidation(number=3)
METADATA = Struct()
METADATA.update({"team": "search"})
Ask = Callable[..., Awaitable[Any]]


@pytest.fixture(params=[ask_sync, ask_async], ids=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> Ask:
    return request.param  # type: ignore[no-any-return]


# The method that is called, its request but for what is by chance, the answer, and what the client gives.
CALLS: dict[str, tuple[Use, Any, Any, Any]] = {
    "get": (
        lambda client: client.cache.get("a/b"),
        pb.GetEntryRequest(namespace="catalogue", key="a/b"),
        pb.GetEntryResponse(entry=ENTRY, revision=5),
        ENTRY,
    ),
    "has": (
        lambda client: client.cache.has("a/b", namespace="own", min_revision=4),
        pb.HasEntryRequest(namespace="own", key="a/b", min_revision=4),
        pb.HasEntryResponse(exists=True, revision=5),
        pb.HasEntryResponse(exists=True, revision=5),
    ),
    "set": (
        lambda client: client.cache.set(
            "a/b",
            Model(id="a/b"),
            namespace="own",
            ttl=timedelta(milliseconds=1500),
            tags="small",
            priority=3,
            metadata={"team": "search"},
            expected_version=0,
        ),
        pb.SetEntryRequest(
            entry=CacheEntry(
                namespace="own",
                key="a/b",
                value=Model(id="a/b"),
                ttl=Duration(seconds=1, nanos=500_000_000),
                tags=["small"],
                priority=3,
                metadata=METADATA,
            ),
            expected_version=0,
        ),
        pb.SetEntryResponse(entry=ENTRY),
        ENTRY,
    ),
    "set_many": (
        lambda client: client.cache.set_many([ENTRY]),
        pb.BatchSetEntriesRequest(entries=[ENTRY]),
        pb.BatchSetEntriesResponse(entries=[ENTRY]),
        pb.BatchSetEntriesResponse(entries=[ENTRY]),
    ),
    "delete": (
        lambda client: client.cache.delete("a/b", namespace="own", expected_version=7),
        pb.DeleteEntryRequest(namespace="own", key="a/b", expected_version=7),
        pb.DeleteEntryResponse(deleted=True),
        True,
    ),
    "delete_many": (
        lambda client: client.cache.delete_many(["a/b", "a/c"], namespace="own"),
        pb.BatchDeleteEntriesRequest(namespace="own", keys=["a/b", "a/c"]),
        pb.BatchDeleteEntriesResponse(deleted_count=2),
        2,
    ),
    "list": (
        lambda client: client.cache.list(CacheEntryFilter(tags=["x"]), namespace="own", omit_values=True, limit=10),
        pb.ListEntriesRequest(
            namespace="own", filter=CacheEntryFilter(tags=["x"]), omit_values=True, page_size=10, page_token=""
        ),
        pb.ListEntriesResponse(entries=[ENTRY], revision=5),
        [ENTRY],
    ),
    "count": (
        lambda client: client.cache.count(namespace="own"),
        pb.CountEntriesRequest(namespace="own"),
        pb.CountEntriesResponse(count=3, revision=5),
        pb.CountEntriesResponse(count=3, revision=5),
    ),
    "ttl": (
        lambda client: client.cache.ttl("a/b"),
        pb.GetEntryTtlRequest(namespace="catalogue", key="a/b"),
        pb.GetEntryTtlResponse(ttl=Duration(seconds=9)),
        pb.GetEntryTtlResponse(ttl=Duration(seconds=9)),
    ),
    "set_ttl": (
        lambda client: client.cache.set_ttl("a/b", timedelta(hours=1), namespace="own"),
        pb.SetEntryTtlRequest(namespace="own", key="a/b", ttl=Duration(seconds=3600)),
        pb.SetEntryTtlResponse(entry=ENTRY),
        ENTRY,
    ),
    "refresh": (
        lambda client: client.cache.refresh("a/b"),
        pb.RefreshEntryRequest(namespace="catalogue", key="a/b"),
        pb.RefreshEntryResponse(entry=ENTRY, revision=5),
        ENTRY,
    ),
    "refresh_provider": (
        lambda client: client.cache.refresh_provider("a", ask_sources=True),
        pb.RefreshProviderEntriesRequest(namespace="catalogue", provider_id="a", ask_sources=True),
        pb.RefreshProviderEntriesResponse(refreshed_count=4, revision=5),
        pb.RefreshProviderEntriesResponse(refreshed_count=4, revision=5),
    ),
    "clear": (
        lambda client: client.cache.clear("own"),
        pb.ClearCacheRequest(namespace="own"),
        pb.ClearCacheResponse(invalidation=MADE),
        pb.ClearCacheResponse(invalidation=MADE),
    ),
    "cleanup": (
        lambda client: client.cache.cleanup(),
        pb.CleanupCacheRequest(),
        pb.CleanupCacheResponse(expired_count=2),
        pb.CleanupCacheResponse(expired_count=2),
    ),
    "stats": (
        lambda client: client.cache.stats(),
        pb.GetCacheStatsRequest(),
        pb.GetCacheStatsResponse(replica_id="r", revision=5),
        pb.GetCacheStatsResponse(replica_id="r", revision=5),
    ),
    "invalidate": (
        lambda client: client.cache.invalidate(
            key="a/b", namespace="own", soft=True, expected_version=2, context={"team": "search"}
        ),
        InvalidateRequest(
            namespace="own",
            target=InvalidationTarget(key="a/b"),
            mode=SOFT,
            expected_version=2,
            context=METADATA,
        ),
        pb.InvalidateResponse(invalidation=MADE),
        pb.InvalidateResponse(invalidation=MADE),
    ),
    "strategies": (
        lambda client: client.cache.strategies(),
        pb.ListInvalidationStrategiesRequest(),
        pb.ListInvalidationStrategiesResponse(strategies=[InvalidationStrategy(name="ttl")]),
        [InvalidationStrategy(name="ttl")],
    ),
    "invalidations": (
        lambda client: client.cache.invalidations(
            datetime(2026, 1, 1, tzinfo=UTC),
            reasons=[InvalidationReason.INVALIDATION_REASON_MODEL_UPDATE],
            rule_id="rule_1",
        ),
        pb.ListInvalidationsRequest(
            time_range=TimeRange(start_time=Timestamp(seconds=1767225600)),
            reasons=[InvalidationReason.INVALIDATION_REASON_MODEL_UPDATE],
            rule_id="rule_1",
            page_size=500,
        ),
        pb.ListInvalidationsResponse(invalidations=[MADE]),
        [MADE],
    ),
    "invalidation_stats": (
        lambda client: client.cache.invalidation_stats(),
        pb.GetInvalidationStatsRequest(),
        pb.GetInvalidationStatsResponse(total_count=3),
        pb.GetInvalidationStatsResponse(total_count=3),
    ),
    "rules.create": (
        lambda client: client.cache.rules.create(RULE, request_id="once"),
        pb.CreateInvalidationRuleRequest(rule=RULE, request_id="once"),
        pb.CreateInvalidationRuleResponse(rule=RULE),
        RULE,
    ),
    "rules.get": (
        lambda client: client.cache.rules.get("rule_1"),
        pb.GetInvalidationRuleRequest(rule_id="rule_1"),
        pb.GetInvalidationRuleResponse(rule=RULE),
        RULE,
    ),
    "rules.list": (
        lambda client: client.cache.rules.list(enabled_only=True),
        pb.ListInvalidationRulesRequest(enabled_only=True),
        pb.ListInvalidationRulesResponse(rules=[RULE]),
        [RULE],
    ),
    "rules.update": (
        lambda client: client.cache.rules.update("rule_1", RULE, expected_version=0),
        pb.UpdateInvalidationRuleRequest(rule_id="rule_1", rule=RULE, expected_version=0),
        pb.UpdateInvalidationRuleResponse(rule=RULE),
        RULE,
    ),
    "rules.delete": (
        lambda client: client.cache.rules.delete("rule_1"),
        pb.DeleteInvalidationRuleRequest(rule_id="rule_1"),
        pb.DeleteInvalidationRuleResponse(),
        None,
    ),
    "rules.evaluate": (
        lambda client: client.cache.rules.evaluate(
            "rule_1", InvalidateRequest(target=InvalidationTarget(provider_id="a")), page_size=3
        ),
        pb.EvaluateInvalidationRuleRequest(
            rule_id="rule_1", trigger=InvalidateRequest(target=InvalidationTarget(provider_id="a")), page_size=3
        ),
        pb.EvaluateInvalidationRuleResponse(triggered=True),
        pb.EvaluateInvalidationRuleResponse(triggered=True),
    ),
    "rules.evaluate of one that is not stored": (
        lambda client: client.cache.rules.evaluate(RULE),
        pb.EvaluateInvalidationRuleRequest(rule=RULE),
        pb.EvaluateInvalidationRuleResponse(entry_count=2),
        pb.EvaluateInvalidationRuleResponse(entry_count=2),
    ),
}


@pytest.mark.parametrize(("use", "request_", "answer", "given"), CALLS.values(), ids=CALLS)
async def test_each_method_sends_what_it_is_told_and_gives_the_answer(
    ask: Ask, use: Use, request_: Any, answer: Any, given: Any
) -> None:
    asked: list[Any] = []

    def answering(request: Any, context: grpc.ServicerContext) -> Any:
        asked.append(request)
        return answer

    method = type(request_).__name__.removesuffix("Request")
    with serving(**{method: answering}) as target:
        assert await ask(target, use) == given
    assert asked == [request_]


async def test_every_method_of_the_contract_is_called() -> None:
    """But for BatchGetEntries and WatchCacheEvents, which have tests of their own."""
    called = {type(request).__name__.removesuffix("Request") for _, request, _, _ in CALLS.values()}
    contract = set(pb.DESCRIPTOR.services_by_name["CacheService"].methods_by_name)
    assert called == contract - {"BatchGetEntries", "WatchCacheEvents"}


async def test_many_entries_come_as_one_answer(ask: Ask) -> None:
    """A call for each 1,000 keys, each key once; the revision is the smallest of the answers."""
    asked: list[list[str]] = []

    def answering(request: Any, context: grpc.ServicerContext) -> Any:
        asked.append(list(request.keys))
        entries = [CacheEntry(key=request.keys[0])]
        return pb.BatchGetEntriesResponse(entries=entries, missing_keys=request.keys[1:2], revision=9 - len(asked))

    keys = [f"a/{number}" for number in range(1500)]
    with serving(BatchGetEntries=answering) as target:
        answer = await ask(target, lambda client: client.cache.get_many([*keys, *keys]))
        assert await ask(target, lambda client: client.cache.get_many([])) == pb.BatchGetEntriesResponse()
    assert asked == [keys[:1000], keys[1000:]]
    assert [entry.key for entry in answer.entries] == ["a/0", "a/1000"]
    assert list(answer.missing_keys) == ["a/1", "a/1001"]
    assert answer.revision == 7


@pytest.mark.parametrize(
    ("given", "target"),
    [
        ({"key": ""}, InvalidationTarget(key="")),
        ({"tags": "one"}, InvalidationTarget(tags=InvalidationTags(tags=["one"]))),
        ({"tags": ["one", "two"]}, InvalidationTarget(tags=InvalidationTags(tags=["one", "two"]))),
        ({"tags": []}, InvalidationTarget(tags=InvalidationTags())),
        ({"provider_id": "a"}, InvalidationTarget(provider_id="a")),
        ({"expired": True}, InvalidationTarget(expired=True)),
        ({"all": True}, InvalidationTarget(all=True)),
    ],
)
async def test_an_invalidation_has_the_target_that_was_named(ask: Ask, given: Any, target: InvalidationTarget) -> None:
    """Also where it is empty, for the server to refuse; and it is hard unless told."""
    asked: list[Any] = []

    def answering(request: Any, context: grpc.ServicerContext) -> Any:
        asked.append(request)
        return pb.InvalidateResponse()

    with serving(Invalidate=answering) as address:
        await ask(address, lambda client: client.cache.invalidate(**given))
    assert asked == [InvalidateRequest(target=target, mode=HARD)]


@pytest.mark.parametrize("given", [{}, {"key": "a/b", "all": True}, {"expired": False}, {"tags": (), "expired": True}])
def test_an_invalidation_of_nothing_or_of_two_things_is_refused(given: Any) -> None:
    """Before any call: what is meant cannot be known."""
    with Client("localhost:1", token="") as client, pytest.raises(ValueError, match="Give one of key, tags"):
        client.cache.invalidate(**given)


class Stage:
    """The event streams of a server, one after the other: messages, and how each ends. Keeps the requests."""

    def __init__(self, *streams: list[WatchCacheEventsResponse | grpc.StatusCode | None]) -> None:
        """None keeps a stream open until its caller goes; without one it ends with OK."""
        self.requests: list[pb.WatchCacheEventsRequest] = []
        self.left = threading.Event()
        self._streams = streams

    def __call__(self, request: Any, context: grpc.ServicerContext) -> Iterator[WatchCacheEventsResponse]:
        self.requests.append(request)
        steps = self._streams[min(len(self.requests), len(self._streams)) - 1]
        if None in steps and not context.add_callback(self.left.set):
            self.left.set()
        for step in steps:
            if isinstance(step, grpc.StatusCode):
                context.abort(step, "not now")
            elif step is None:
                self.left.wait(30)
            else:
                yield step


def happened(*sequences: int, lost: int = 0) -> WatchCacheEventsResponse:
    return WatchCacheEventsResponse(
        events=[CacheEvent(kind=HIT, sequence=number) for number in sequences], lost_count=lost
    )


async def follow_sync(target: str, count: int, **options: Any) -> tuple[list[int], int]:
    def run() -> tuple[list[int], int]:
        with Client(target, token="") as client, client.cache.events(**options) as events:
            return [next(events).sequence for _ in range(count)], events.lost_count

    return await asyncio.to_thread(run)


async def follow_async(target: str, count: int, **options: Any) -> tuple[list[int], int]:
    async with AsyncClient(target, token="") as client, client.cache.events(**options) as events:
        return [(await anext(events)).sequence for _ in range(count)], events.lost_count


@pytest.fixture(params=[follow_sync, follow_async], ids=["sync", "async"])
def follow(request: pytest.FixtureRequest) -> Callable[..., Awaitable[tuple[list[int], int]]]:
    """So many events of a watch, and how many were lost."""
    return request.param  # type: ignore[no-any-return]


async def test_events_come_over_as_many_connections_as_it_takes(follow: Any) -> None:
    """With the same request each time; what the server forgot is counted, and every interruption is told."""
    told: list[Interruption] = []
    stage = Stage([happened(), happened(4, 5)], [grpc.StatusCode.UNAVAILABLE], [happened(9, lost=3), None])
    options = {"kinds": [HIT, MISS], "namespaces": "own", "provider_ids": ["a", "b"], "sample_rate": 0.5}
    with serving(WatchCacheEvents=stage) as target:
        assert await follow(target, 3, on_interruption=told.append, **options) == ([4, 5, 9], 3)
    wanted = pb.WatchCacheEventsRequest(kinds=[HIT, MISS], namespaces=["own"], provider_ids=["a", "b"], sample_rate=0.5)
    assert stage.requests == [wanted] * 3
    assert [one.error is None for one in told] == [True, False]
    assert told[0].reason == "The server ended the stream."


async def test_a_share_of_nothing_is_not_the_default(follow: Any) -> None:
    """Presence, not truth: 0 is sent, and refused by the server; None is not sent."""
    stage = Stage([happened(1), None])
    with serving(WatchCacheEvents=stage) as target:
        await follow(target, 1, sample_rate=0.0)
        await follow(target, 1)
    assert [request.HasField("sample_rate") for request in stage.requests] == [True, False]


@pytest.mark.parametrize("half", ["sync", "async"])
async def test_a_watch_that_another_attempt_would_not_mend_ends_with_its_error(half: str) -> None:
    """Notifications that are switched off, for one; and the iteration is over then."""
    stage = Stage([happened(), grpc.StatusCode.FAILED_PRECONDITION])
    with serving(WatchCacheEvents=stage) as target:
        if half == "sync":
            with Client(target, token="") as client:
                events = client.cache.events()
                with pytest.raises(FailedPrecondition, match="not now"):
                    await asyncio.to_thread(next, events)
                assert next(events, None) is None
        else:
            async with AsyncClient(target, token="") as other:
                stream = other.cache.events()
                with pytest.raises(FailedPrecondition, match="not now"):
                    await anext(stream)
                assert await anext(stream, None) is None
    assert len(stage.requests) == 1


async def test_a_watch_is_closed_while_it_waits() -> None:
    """By whoever made it, or with its client; the server is told."""
    stage = Stage([happened(), None])
    with serving(WatchCacheEvents=stage) as target:
        async with AsyncClient(target, token="") as client, client.cache.events() as events:
            waiting = asyncio.ensure_future(anext(events, None))
            await asyncio.to_thread(until, lambda: stage.requests, "the stream to begin")
            await client.close()
            assert await asyncio.wait_for(waiting, 10) is None
        await asyncio.to_thread(until, stage.left.is_set, "the server to learn of it")
        stage.left.clear()
        with Client(target, token="") as other, other.cache.events() as watch:
            came: list[Any] = []
            reading = asyncio.create_task(asyncio.to_thread(lambda: came.extend(watch.messages())))
            await asyncio.to_thread(until, lambda: came, "what happened")
            watch.close()
            await asyncio.wait_for(reading, 10)
            assert came == [happened()]


async def test_messages_are_whole() -> None:
    """Those without events among them: they show that the stream lives."""
    with serving(WatchCacheEvents=Stage([happened(), happened(1, 2, lost=4), happened(), None])) as target:
        async with AsyncClient(target, token="") as client, client.cache.events() as events:
            messages = events.messages()
            assert [await anext(messages) for _ in range(3)] == [happened(), happened(1, 2, lost=4), happened()]
            assert events.lost_count == 4
