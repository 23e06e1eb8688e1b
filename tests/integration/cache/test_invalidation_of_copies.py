"""What an invalidation does to copies of the catalogue's models: in memory, in a real Redis, and on their way."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from modeldex.v1 import model_pb2
from modeldex_server.cache.copies import Copies
from modeldex_server.cache.floors import Floors
from modeldex_server.cache.models import ModelCache
from modeldex_server.cache.policies import Policies
from modeldex_server.cache.tiers import Key, ModelTiers
from modeldex_server.errors import StoreUnavailable
from modeldex_server.store.database import Database
from support.copies import EPOCH, PATIENT, client_of
from support.invalidations import SOFT, Replica, replica
from support.redis import RedisServer
from support.waiting import eventually

KEY: Key = ("acme/one", 1)
TARGETS: list[dict[str, Any]] = [
    {"key": "acme/one"},
    {"tags": ["none", "red"]},
    {"provider": "acme"},
    {"everything": True, "namespace": "catalogue"},
    {"everything": True},
]
_NAMES = ["key", "tag", "provider", "namespace", "all"]


@dataclass
class Slow:
    """The store as a load sees it: each model says as its version of what it was read, which is the newest invalidation
    that was in force when the reading began. A reading can be held up, and can fail."""

    floors: Floors
    gates: deque[asyncio.Event] = field(default_factory=deque)
    away: bool = False
    begun: int = 0

    async def read(self, keys: Sequence[Key]) -> dict[Key, bytes]:
        """See above."""
        number, self.begun = self.floors.number, self.begun + 1
        if self.away:
            raise StoreUnavailable
        if self.gates:
            await self.gates.popleft().wait()
        return {
            (model_id, version): model_pb2.Model(
                id=model_id, version=version, tags=["red"], description=str(number)
            ).SerializeToString()
            for model_id, version in keys
        }

    def hold_up(self) -> asyncio.Event:
        """Hold up the next reading that is not held up already, until the event is set."""
        gate = asyncio.Event()
        self.gates.append(gate)
        return gate


@dataclass
class Tiers:
    """The models of one replica, in all tiers."""

    replica: Replica
    models: ModelCache
    copies: Copies
    store: Slow

    async def read(self) -> int:
        """Read the model: which invalidation it knows of."""
        return known_by((await self.models.get([KEY]))[KEY])

    async def in_memory(self) -> None:
        """Have it in memory."""
        await self.read()
        assert self.models.peek(KEY) is not None

    async def in_redis(self) -> None:
        """Have it in Redis, and not in memory."""
        written = self.copies.written
        await self.models.reload([KEY])
        await self.has_written(written)
        self.models.clear()

    async def has_written(self, before: int) -> None:
        """Wait until Redis took more copies than it had taken before."""

        async def done() -> bool:
            return self.copies.written > before

        await eventually(done, "a copy in Redis")

    async def begun(self, count: int) -> None:
        """Wait until so many readings have begun."""

        async def has() -> bool:
            return self.store.begun >= count

        await eventually(has, "a reading to begin")


@pytest.fixture
async def one(database: Database, redis: RedisServer, request: pytest.FixtureRequest) -> AsyncIterator[Tiers]:
    """The replica that invalidates. It does not poll: only its own acknowledgements make it current. Its parameter, if
    there is one, is for how long it waits for something better than a stale copy."""
    redis.run("FLUSHALL")
    async with tiers(database, redis, follow=False, patience=getattr(request, "param", PATIENT)) as one:
        yield one


@asynccontextmanager
async def tiers(
    database: Database, redis: RedisServer, *, follow: bool = True, patience: float = PATIENT
) -> AsyncIterator[Tiers]:
    """One replica, with its models in all tiers."""
    async with AsyncExitStack() as stack:
        its = await stack.enter_async_context(replica(database, follow=follow))
        client = await stack.enter_async_context(client_of(redis.url, seconds=PATIENT))
        policies, store = Policies(its.settings), Slow(its.floors)
        copies = Copies(
            client,
            prefix="test:",
            ttl=its.settings.redis_ttl,
            epoch=lambda: EPOCH,
            policies=policies,
            statistics=its.statistics,
            events=its.events,
        )
        models = ModelCache(
            ModelTiers(store.read, floors=its.floors, statistics=its.statistics, copies=copies),
            its.memory,
            floors=its.floors,
            policies=policies,
            statistics=its.statistics,
            events=its.events,
            patience=patience,
        )
        writing = asyncio.create_task(copies.run())
        try:
            yield Tiers(its, models, copies, store)
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)


def known_by(data: bytes) -> int:
    """The invalidation that a model knows of."""
    return int(model_pb2.Model.FromString(data).description)


async def applies(tiers: Tiers, number: int) -> None:
    """Wait until a replica has heard of an invalidation by its polls."""

    async def applied() -> bool:
        return tiers.replica.follower.number >= number

    await eventually(applied, "an invalidation to be in force")


@pytest.mark.parametrize("target", TARGETS, ids=_NAMES)
@pytest.mark.parametrize("place", ["memory", "redis", "both"])
async def test_nothing_from_before_is_answered_where_it_was_acknowledged(
    one: Tiers, redis: RedisServer, target: dict[str, Any], place: str
) -> None:
    """soft and hard: wherever the copy lay, the next read knows of the invalidation, and so do all after it."""
    await one.in_redis()
    if place != "redis":
        await one.in_memory()
    if place == "memory":
        redis.run("FLUSHALL")
    await one.replica.invalidate(**target)
    assert await one.read() == 1
    assert await one.read() == 1


@pytest.mark.parametrize("target", TARGETS, ids=_NAMES)
async def test_who_comes_after_it_does_not_join_a_load_from_before(one: Tiers, target: dict[str, Any]) -> None:
    """late fills: whoever waited already may get what was read before; whoever comes later gets what is read
    after, also where the older reading ends last, and it is that which is kept."""
    before_ends, after_ends = one.store.hold_up(), one.store.hold_up()
    waiting = asyncio.create_task(one.read())
    await one.begun(1)
    await one.replica.invalidate(**target)
    later = asyncio.create_task(one.read())
    await one.begun(2)
    after_ends.set()
    assert await later == 1
    before_ends.set()
    assert await waiting == 0
    assert await one.read() == 1
    assert one.store.begun == 2


@pytest.mark.parametrize("target", TARGETS, ids=_NAMES)
async def test_a_load_from_before_leaves_nothing_behind(one: Tiers, target: dict[str, Any]) -> None:
    """late fills: a reading that ends after the invalidation, with nobody asking meanwhile, is in no tier
    afterwards as if it were new."""
    ends = one.store.hold_up()
    waiting = asyncio.create_task(one.read())
    await one.begun(1)
    await one.replica.invalidate(**target)
    ends.set()
    await waiting
    assert await one.read() == 1
    await one.in_redis()
    assert await one.read() == 1


@pytest.mark.parametrize("target", TARGETS, ids=_NAMES)
async def test_nothing_from_before_is_answered_elsewhere(
    one: Tiers, redis: RedisServer, target: dict[str, Any]
) -> None:
    """read your set: as soon as another replica has heard of it, it answers from neither its memory,
    nor Redis, nor a load from before."""
    async with tiers(one.replica.database, redis) as other:
        await other.in_redis()
        await other.in_memory()
        await one.replica.invalidate(**target)
        await applies(other, 1)
        written = other.copies.written
        assert await other.read() == 1
        await other.has_written(written)
        other.models.clear()
        redis.run("FLUSHALL")
        ends = other.store.hold_up()
        waiting = asyncio.create_task(other.read())
        await other.begun(other.store.begun + 1)
        await one.replica.invalidate(**target)
        await applies(other, 2)
        later = asyncio.create_task(other.read())
        assert await later == 2
        ends.set()
        await waiting
        assert await other.read() == 2


@pytest.mark.parametrize("target", TARGETS, ids=_NAMES)
async def test_a_replica_that_is_started_later_does_not_answer_it_from_redis(
    one: Tiers, redis: RedisServer, target: dict[str, Any]
) -> None:
    """soft and hard: what lies in Redis from before is dead to a process that did not run then."""
    await one.in_redis()
    await one.replica.invalidate(**target)
    async with tiers(one.replica.database, redis) as late:
        assert await late.read() == 1


@pytest.mark.parametrize("target", TARGETS, ids=_NAMES)
async def test_what_is_hard_is_not_answered_even_where_nothing_else_is(one: Tiers, target: dict[str, Any]) -> None:
    """soft and hard: after a hard one, with the store away, there is no answer, though a soft one came after it."""
    await one.in_redis()
    await one.in_memory()
    await one.replica.invalidate(**target)
    await one.replica.invalidate(**target, mode=SOFT)
    one.store.away = True
    with pytest.raises(StoreUnavailable):
        await one.read()


@pytest.mark.parametrize("target", TARGETS, ids=_NAMES)
@pytest.mark.parametrize("place", ["memory", "redis"])
async def test_what_is_soft_is_answered_marked_and_only_where_nothing_better_comes(
    one: Tiers, target: dict[str, Any], place: str
) -> None:
    """soft and hard: after a soft one the copy is answered where the store is away, with its marker; as soon as the
    store is back, what is read anew is, without it."""
    await one.in_redis()
    if place == "memory":
        await one.in_memory()
    await one.replica.invalidate(**target, mode=SOFT)
    one.store.away = True
    found = (await one.models.get_held([KEY]))[KEY]
    assert (known_by(found.data), found.stale) == (0, True)
    one.store.away = False
    found = (await one.models.get_held([KEY]))[KEY]
    assert (known_by(found.data), found.stale) == (1, False)


@pytest.mark.parametrize("one", [3.0], indirect=True)
async def test_what_is_soft_is_answered_marked_where_the_store_is_slow(one: Tiers) -> None:
    """soft and hard: nobody who could have a copy from before waits long for a better one; that is kept when it
    comes. Where a hard one comes meanwhile, the copy is not answered any more."""
    await one.in_memory()
    await one.replica.invalidate(key="acme/one", mode=SOFT)
    ends = one.store.hold_up()
    found = (await one.models.get_held([KEY]))[KEY]
    assert (known_by(found.data), found.stale) == (0, True)
    ends.set()

    async def kept() -> bool:
        data = one.models.peek(KEY)
        return data is not None and known_by(data) == 1

    await eventually(kept, "the better copy")
    await one.replica.invalidate(key="acme/one", mode=SOFT)
    ends = one.store.hold_up()
    waiting = asyncio.create_task(one.models.get_held([KEY]))
    await one.begun(3)
    await one.replica.invalidate(key="acme/one")
    found = (await waiting)[KEY]
    assert (known_by(found.data), found.stale) == (3, False)
    ends.set()


async def test_copies_of_others_are_left_alone(one: Tiers) -> None:
    """What is not invalidated is answered as before: of another key, tag, provider or namespace."""
    await one.in_memory()
    for target in (
        {"key": "acme/two"},
        {"tags": ["blue"]},
        {"provider": "zeta"},
        {"everything": True, "namespace": "ours"},
        {"key": "acme/one", "namespace": "ours"},
        {"tags": ["red"], "namespace": "ours"},
        {"expired": True},
    ):
        await one.replica.invalidate(**target)
    assert await one.read() == 0
    assert one.store.begun == 1
