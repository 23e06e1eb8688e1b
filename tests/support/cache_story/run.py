"""A run: two replicas, Redis and PostgreSQL behind networks that break, and callers who set, invalidate and read."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import grpc
from google.protobuf.message import Message

from modeldex.v1 import cache_pb2, cache_service_pb2, invalidation_pb2, model_pb2
from support.api import read_problem
from support.cache_story.story import Kind, Operation, Seen, Span, Story
from support.principals import Caller
from support.proxies import Proxy, proxy
from support.redis import RedisServer, redis_server
from support.servers import ServerProcess
from support.waiting import eventually

NAMESPACE = "story"
KEYS = [f"maker-{at % 3}/model-{at}" for at in range(12)]
TAGS = {key: f"tag-{at % 4}" for at, key in enumerate(KEYS)}
_WRITERS, _READERS = 3, 6  # on each replica
_SHORT = 0.3  # seconds that a mortal entry lives
READS = 10  # for each second: a run is over no sooner, however slow the machine is
_MORE_SECONDS = 120
_CHANNEL: list[tuple[str, int]] = [("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0)]


@dataclass
class Replica:
    """A server, and the networks between it and its stores."""

    number: int
    server: ServerProcess
    store: Proxy
    redis: Proxy | None
    caller: Caller


@dataclass
class Stage:
    """What all actors share."""

    seed: int
    replicas: list[Replica]
    redis: RedisServer | None
    story: Story = field(default_factory=Story)
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    each_came: asyncio.Event = field(default_factory=asyncio.Event)  # of the faults: a run is over no sooner
    _tokens: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def token(self) -> str:
        """What no other value holds."""
        return f"value {next(self._tokens)}"

    async def ask(self, one: Operation, request: Message) -> Any:
        """The answer to a request, written down as an operation; None where it failed."""
        try:
            return await self.replicas[one.replica].caller.ask(request, timeout=15)
        except grpc.aio.AioRpcError as error:
            problem = read_problem(error)
            one.reason = problem.reason or problem.code.name
            return None
        finally:
            one.ended = time.monotonic()


async def run(folder: Path, database_url: str, *, seed: int, seconds: float, with_redis: bool) -> Story:
    """Let it run for so long; what was seen."""
    async with _stage(folder, database_url, seed, with_redis=with_redis) as stage:
        async with asyncio.TaskGroup() as tasks:
            for replica in stage.replicas:
                for at in range(_WRITERS):
                    tasks.create_task(_act(stage, replica.number, f"writer {at}", _write, 0.05))
                for at in range(_READERS):
                    tasks.create_task(_act(stage, replica.number, f"reader {at}", _read, 0.01))
            tasks.create_task(_break(stage))
            await asyncio.sleep(seconds)
            await stage.each_came.wait()
            await eventually(lambda: _has_reads(stage, READS * seconds), "reads", patience=_MORE_SECONDS)
            stage.ending.set()
        await _act_out(stage)
        for replica in stage.replicas:
            assert not replica.server.left_behind, replica.server.left_behind
            assert '"incident"' not in replica.server.errors, replica.server.errors[-5000:]
        return stage.story


Act = Callable[[Stage, int, random.Random], Awaitable[Operation]]


async def _act(stage: Stage, replica: int, who: str, act: Act, rest: float) -> None:
    chance = random.Random(f"{stage.seed} {replica} {who}")
    while not stage.ending.is_set():
        stage.story.add(await act(stage, replica, chance))
        await asyncio.sleep(chance.uniform(0, 2 * rest))


async def _read(stage: Stage, replica: int, chance: random.Random) -> Operation:
    keys = chance.sample(KEYS, chance.choice([1, 1, 1, 5, 12]))
    return await _read_all(stage, replica, keys)


async def _read_all(stage: Stage, replica: int, keys: Sequence[str]) -> Operation:
    one = Operation(Kind.READ, replica, frozenset(keys), time.monotonic())
    answer = await stage.ask(one, cache_service_pb2.BatchGetEntriesRequest(namespace=NAMESPACE, keys=keys))
    if answer is not None:
        one.found = {
            entry.key: Seen(entry.value.display_name, entry.entry_version, entry.stale) for entry in answer.entries
        }
    return one


async def _write(stage: Stage, replica: int, chance: random.Random) -> Operation:
    key = chance.choice(KEYS)
    match chance.choices(["set", "mortal", "delete", "invalidate"], [12, 1, 2, 3])[0]:
        case "set":
            return await _set(stage, replica, key, mortal=False)
        case "mortal":
            return await _set(stage, replica, key, mortal=True)
        case "delete":
            return await _delete(stage, replica, key)
        case _:
            return await _invalidate(stage, replica, key, chance)


async def _delete(stage: Stage, replica: int, key: str) -> Operation:
    one = Operation(Kind.DELETE, replica, frozenset([key]), time.monotonic())
    await stage.ask(one, cache_service_pb2.DeleteEntryRequest(namespace=NAMESPACE, key=key))
    return one


async def _set(stage: Stage, replica: int, key: str, *, mortal: bool) -> Operation:
    token = stage.token()
    one = Operation(Kind.SET, replica, frozenset([key]), time.monotonic(), token=token, mortal=mortal)
    value = model_pb2.Model(id=key, display_name=token)
    entry = cache_pb2.CacheEntry(namespace=NAMESPACE, key=key, value=value, tags=[TAGS[key]])
    entry.ttl.FromNanoseconds(int((_SHORT if mortal else 3600) * 1e9))
    answer = await stage.ask(one, cache_service_pb2.SetEntryRequest(entry=entry))
    if answer is not None:
        one.version = answer.entry.entry_version
    return one


async def _invalidate(stage: Stage, replica: int, key: str, chance: random.Random) -> Operation:
    targets = {
        "key": ([key], invalidation_pb2.InvalidationTarget(key=key)),
        "tag": (
            [one for one in KEYS if TAGS[one] == TAGS[key]],
            invalidation_pb2.InvalidationTarget(tags=invalidation_pb2.InvalidationTags(tags=[TAGS[key]])),
        ),
        "provider": (
            [one for one in KEYS if one.partition("/")[0] == key.partition("/")[0]],
            invalidation_pb2.InvalidationTarget(provider_id=key.partition("/")[0]),
        ),
        "all": (KEYS, invalidation_pb2.InvalidationTarget(all=True)),
    }
    keys, target = targets[chance.choices([*targets], [6, 3, 2, 1])[0]]
    return await _invalidate_all(stage, replica, keys, target, soft=chance.random() < 0.4)


async def _invalidate_all(
    stage: Stage, replica: int, keys: Sequence[str], target: invalidation_pb2.InvalidationTarget, *, soft: bool
) -> Operation:
    one = Operation(Kind.SOFT if soft else Kind.HARD, replica, frozenset(keys), time.monotonic())
    mode = invalidation_pb2.INVALIDATION_MODE_SOFT if soft else invalidation_pb2.INVALIDATION_MODE_HARD
    await stage.ask(one, cache_service_pb2.InvalidateRequest(namespace=NAMESPACE, target=target, mode=mode))
    return one


async def _has_reads(stage: Stage, number: float) -> bool:
    return sum(one.succeeded for one in stage.story.of(Kind.READ)) > number


async def _act_out(stage: Stage) -> None:
    """What chance may have left out: each kind once, and a read of what is stale, when nothing breaks any more."""
    key, own = KEYS[0], [KEYS[0]]
    target = invalidation_pb2.InvalidationTarget(key=key)
    acts: list[Callable[[], Awaitable[Operation]]] = [
        lambda: _set(stage, 0, key, mortal=False),
        lambda: _invalidate_all(stage, 0, own, target, soft=True),
        lambda: _read_all(stage, 0, own),
        lambda: _invalidate_all(stage, 0, own, target, soft=False),
        lambda: _delete(stage, 0, key),
    ]
    for act in acts:
        succeeded = False
        while not succeeded:  # as long as a store that came back is not found again
            stage.story.add(one := await act())
            succeeded = one.succeeded


async def _break(stage: Stage) -> None:
    """Break something, repair it, rest, and break something else; each before any comes again."""
    chance = random.Random(f"{stage.seed} faults")
    while not stage.ending.is_set():
        faults = list(_faults(stage, chance))
        chance.shuffle(faults)
        for what, replicas, fault in faults:
            await asyncio.sleep(chance.uniform(0.3, 1))
            if stage.ending.is_set():
                return
            begun = time.monotonic()
            await fault()
            stage.story.faults.append(Span(what, frozenset(replicas), begun, time.monotonic()))
        stage.each_came.set()


Fault = tuple[str, Sequence[int], Callable[[], Awaitable[None]]]


def _faults(stage: Stage, chance: random.Random) -> Iterator[Fault]:
    one, other = chance.sample(stage.replicas, 2)
    yield "store", [one.number], lambda: _away([one.store], chance)
    yield "slow store", [other.number], lambda: _slow([other.store], chance.uniform(0.05, 0.5), chance)
    yield "slow stores", [0, 1], lambda: _slow([each.store for each in stage.replicas], 0.1, chance)
    if stage.redis is not None:
        proxies = [each.redis for each in stage.replicas if each.redis is not None]
        yield "Redis slow", [0, 1], lambda: _slow(proxies, chance.choice([0.03, 0.3, 10]), chance)
        yield "Redis cut", [0, 1], lambda: _away(proxies, chance)
        yield "Redis flushed", [0, 1], lambda: _flush(stage.redis)
        yield "Redis killed", [0, 1], lambda: _kill(stage.redis, chance)


async def _away(proxies: Sequence[Proxy], chance: random.Random) -> None:
    for one in proxies:
        await asyncio.to_thread(one.interrupt)
    await asyncio.sleep(chance.uniform(0.5, 2))
    for one in proxies:
        one.restore()


async def _slow(proxies: Sequence[Proxy], seconds: float, chance: random.Random) -> None:
    for one in proxies:
        one.delay = seconds
    await asyncio.sleep(chance.uniform(1, 3))
    for one in proxies:
        one.delay = 0


async def _flush(redis: RedisServer | None) -> None:
    assert redis is not None
    await asyncio.to_thread(redis.run, "FLUSHALL")


async def _kill(redis: RedisServer | None, chance: random.Random) -> None:
    assert redis is not None
    await asyncio.to_thread(redis.kill)
    await asyncio.sleep(chance.uniform(0.5, 2))
    await asyncio.to_thread(redis.start)


@asynccontextmanager
async def _stage(folder: Path, database_url: str, seed: int, *, with_redis: bool) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as channels:
        with ExitStack() as stack:
            redis = stack.enter_context(redis_server()) if with_redis else None
            replicas = []
            for number in range(2):
                store, network = stack.enter_context(proxy(_socket(database_url))), None
                settings = {}
                if redis is not None:
                    network = stack.enter_context(proxy(redis.address))
                    settings["MODELDEX_REDIS_URL"] = f"redis://{network.address}"
                server = stack.enter_context(_server(folder / f"replica-{number}", database_url, store, settings))
                channel = grpc.aio.insecure_channel(server.address, options=_CHANNEL)
                caller = Caller(await channels.enter_async_context(channel))
                replicas.append(Replica(number, server, store, network, caller))
            yield Stage(seed, replicas, redis)


@contextmanager
def _server(folder: Path, database_url: str, store: Proxy, settings: Mapping[str, str]) -> Iterator[ServerProcess]:
    address = urlsplit(database_url)
    url = f"postgresql://{parse_qs(address.query)['user'][0]}@{store.address}{address.path}"
    with ServerProcess(folder, database_url=url, settings=settings) as server:
        yield server.start()


def _socket(database_url: str) -> str:
    return f"{parse_qs(urlsplit(database_url).query)['host'][0]}/.s.PGSQL.5432"
