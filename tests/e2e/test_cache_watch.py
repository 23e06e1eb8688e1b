"""The stream of what happens in the cache of one process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest

from modeldex.v1 import cache_pb2 as pb
from modeldex.v1 import cache_service_pb2 as cache
from modeldex.v1 import invalidation_pb2
from modeldex_server.store.embedded import EmbeddedServer
from support.api import Problem, connect, read_problem
from support.cache_calls import invalidating, new_namespace, setting, span
from support.databases import empty_database
from support.principals import Caller
from support.servers import ServerProcess
from support.waiting import eventually


class Listener:
    """A stream of events that is read from now on."""

    def __init__(self, stream: Any) -> None:
        self.messages: list[cache.WatchCacheEventsResponse] = []
        self.code: grpc.StatusCode | None = None
        self.problem: Problem | None = None
        self._stream = stream
        self._reading = asyncio.create_task(self._read())

    @property
    def events(self) -> list[pb.CacheEvent]:
        """What it was told of."""
        return [event for message in self.messages for event in message.events]

    @property
    def kinds(self) -> list[str]:
        """Their kinds, without what all of them begin with."""
        return [pb.CacheEventKind.Name(one.kind).removeprefix("CACHE_EVENT_KIND_").lower() for one in self.events]

    async def having(self, *kinds: str) -> list[pb.CacheEvent]:
        """Its events, once there is one of each of these kinds."""

        async def has() -> bool:
            assert self.problem is None
            return set(kinds) <= set(self.kinds)

        await eventually(has, f"events {kinds}")
        return self.events

    async def begun(self) -> None:
        """Wait for its first message."""

        async def has_begun() -> bool:
            assert self.problem is None, self.problem
            return bool(self.messages)

        await eventually(has_begun, "a stream to begin")

    async def ended(self) -> str:
        """Why it ended; "" where it did so in good order."""
        async with asyncio.timeout(20):
            await asyncio.wait([self._reading])
        return self.problem.reason if self.problem is not None else ""

    async def leave(self) -> None:
        """Listen no more."""
        self._stream.cancel()
        await asyncio.wait([self._reading])

    async def _read(self) -> None:
        try:
            async for message in self._stream:
                self.messages.append(message)
        except grpc.aio.AioRpcError as error:
            self.problem = read_problem(error)
        except asyncio.CancelledError:
            return


@asynccontextmanager
async def listening(caller: Caller, timeout: float | None = None, **asked: Any) -> AsyncIterator[Listener]:
    """A stream that has begun, until the end of the block."""
    listener = Listener(caller.open(cache.WatchCacheEventsRequest(**asked), timeout=timeout))
    await listener.begun()
    try:
        yield listener
    finally:
        await listener.leave()


async def _true(value: object) -> bool:
    return bool(value)


async def test_the_first_message_comes_at_once_and_is_empty(caller: Caller) -> None:
    """who has it misses nothing that happens from then on."""
    async with listening(caller) as listener:
        assert not listener.messages[0].events
        assert listener.messages[0].lost_count == 0


async def test_what_happens_to_entries_is_told_in_its_order(caller: Caller, namespace: str) -> None:
    """each kind about an entry: set, hit, miss, eviction, deleted; without its value and its metadata."""
    async with listening(caller, namespaces=[namespace]) as listener:
        await caller.ask(setting(namespace, tags=["t"], metadata={"secret": "x"}))
        await caller.ask(cache.GetEntryRequest(namespace=namespace, key="acme/one"))
        await caller.ask(cache.BatchGetEntriesRequest(namespace=namespace, keys=["acme/none"]))
        await caller.ask(setting(namespace))
        await caller.ask(cache.SetEntryTtlRequest(namespace=namespace, key="acme/one", ttl=span(50)))
        await caller.ask(cache.DeleteEntryRequest(namespace=namespace, key="acme/one"))
        events = await listener.having("set", "hit", "miss", "eviction", "deleted")
    told = [one for one in listener.kinds if one != "eviction"]
    assert told == ["set", "hit", "miss", "set", "set", "deleted"]
    assert {one.entry.namespace for one in events} == {namespace}
    assert {one.entry.key for one in events} == {"acme/one", "acme/none"}
    assert not any(one.entry.HasField("value") or one.entry.HasField("metadata") for one in events)
    assert [one.sequence for one in events] == sorted({one.sequence for one in events})
    assert abs(events[0].time.seconds - time.time()) < 60
    assert len({one.replica_id for one in events}) == 1
    assert events[0].replica_id
    assert (events[0].entry.tags, events[1].tier) == (["t"], pb.CACHE_TIER_MEMORY)
    reasons = {one.eviction_reason for one in events if one.kind == pb.CACHE_EVENT_KIND_EVICTION}
    assert pb.CACHE_EVICTION_REASON_MANUAL in reasons


async def test_invalidations_and_rules_are_told(caller: Caller, namespace: str) -> None:
    """each kind about an invalidation or a rule, with what it is about."""
    async with listening(caller) as listener:
        made = await caller.ask(invalidating(namespace=namespace, provider_id="acme"))
        cleared = await caller.ask(cache.ClearCacheRequest(namespace=namespace))
        rule = invalidation_pb2.InvalidationRule(name="told", actions=[invalidation_pb2.InvalidationAction(notify="n")])
        created = (await caller.ask(cache.CreateInvalidationRuleRequest(rule=rule))).rule
        rule.dry_run = True
        await caller.ask(cache.UpdateInvalidationRuleRequest(rule_id=created.id, rule=rule))
        await caller.ask(cache.DeleteInvalidationRuleRequest(rule_id=created.id))
        kinds = ("provider_invalidated", "invalidation_completed", "cleared")
        events = await listener.having(*kinds, "rule_created", "rule_updated", "rule_deleted")
    told = dict(zip(listener.kinds, events, strict=True))
    assert told["provider_invalidated"].invalidation == made.invalidation
    assert told["cleared"].invalidation == cleared.invalidation
    numbers = [one.invalidation.number for one in events if one.kind == pb.CACHE_EVENT_KIND_INVALIDATION_COMPLETED]
    ours = [made.invalidation.number, cleared.invalidation.number]
    assert [number for number in numbers if number in ours] == ours  # what expires meanwhile is told of, too
    assert (told["rule_created"].rule.id, told["rule_updated"].rule.dry_run) == (created.id, True)


async def test_only_what_is_asked_for_is_told(caller: Caller, namespace: str) -> None:
    """kinds, namespaces and providers choose."""
    async with (
        listening(caller, kinds=[pb.CACHE_EVENT_KIND_DELETED]) as by_kind,
        listening(caller, provider_ids=["birch"], namespaces=[namespace]) as by_provider,
        listening(caller, namespaces=[new_namespace()], kinds=[pb.CACHE_EVENT_KIND_SET]) as elsewhere,
    ):
        for key in ("acme/one", "birch/one"):
            await caller.ask(setting(namespace, key))
        await caller.ask(cache.DeleteEntryRequest(namespace=namespace, key="birch/one"))
        await by_kind.having("deleted")
        await by_provider.having("set", "deleted")
    assert set(by_kind.kinds) == {"deleted"}
    assert {one.entry.key for one in by_provider.events} == {"birch/one"}
    assert elsewhere.events == []


async def test_hits_and_misses_are_sampled(caller: Caller, namespace: str) -> None:
    """a share of them, at random; all else is told."""
    await caller.ask(setting(namespace))
    async with listening(caller, namespaces=[namespace], sample_rate=0.2) as listener:
        for _ in range(300):
            await caller.ask(cache.GetEntryRequest(namespace=namespace, key="acme/one"))
        await caller.ask(cache.DeleteEntryRequest(namespace=namespace, key="acme/one"))
        await listener.having("deleted")
    # Of 300 reads at a fifth: 60, give or take seven times the deviation.
    assert 10 < sum(one in ("hit", "miss") for one in listener.kinds) < 110


async def test_it_ends_well_before_its_deadline(caller: Caller) -> None:
    """who sets a time for it gets a good end, and all that was told."""
    async with listening(caller, timeout=5) as listener:
        assert await listener.ended() == ""


@asynccontextmanager
async def listening_once_there_is_room(caller: Caller) -> AsyncIterator[Listener]:
    """The same, of a server that may not have heard yet that somebody left."""

    async def begun() -> Listener | None:
        listener = Listener(caller.open(cache.WatchCacheEventsRequest()))
        await eventually(lambda: _true(listener.messages or listener.problem), "a stream to begin or to be refused")
        if listener.problem is None:
            return listener
        assert listener.problem.reason == "TOO_MANY_STREAMS"
        return None

    listener = await eventually(begun, "room for a stream")
    assert listener is not None
    try:
        yield listener
    finally:
        await listener.leave()


@pytest.fixture(scope="module")
def small(postgres: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with room for two streams."""
    settings = {"MODELDEX_MAX_STREAMS": "2"}
    folder = tmp_path_factory.mktemp("small")
    with (
        empty_database(postgres, template) as url,
        ServerProcess(folder, database_url=url, settings=settings) as server,
    ):
        yield server.start()
        assert server.left_behind == []


async def test_there_are_so_many_and_a_server_that_goes_says_so(small: ServerProcess) -> None:
    """TOO_MANY_STREAMS; and DRAINING at once when the server goes, so that a client goes elsewhere."""
    async with connect(small.address) as api:
        caller = Caller(api.channel)
        async with listening(caller) as first, listening(caller) as second:
            third = Listener(caller.open(cache.WatchCacheEventsRequest()))
            assert await third.ended() == "TOO_MANY_STREAMS"
            await second.leave()
            async with listening_once_there_is_room(caller) as again:
                began = time.monotonic()
                small.ask_to_end()
                assert [await first.ended(), await again.ended()] == ["DRAINING"] * 2
                assert first.problem is not None
                assert first.problem.code.name == "UNAVAILABLE"
                assert time.monotonic() - began < 15
    assert small.wait_for_end() == 0
