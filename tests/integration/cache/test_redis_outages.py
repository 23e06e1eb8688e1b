"""Redis is a helper: in trouble, under load, no read and no fill fails, none waits for long, no value is ever wrong,
and when Redis works again so does the tier."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from modeldex.v1 import cache_pb2 as pb
from modeldex_server.cache.copies import Copy
from modeldex_server.cache.envelope import name_of
from modeldex_server.store.breaker import State
from modeldex_server.store.redis import CONNECT_SECONDS, OPERATION_SECONDS
from support.copies import EPOCH, Tier, client_of, copies_of, some, written
from support.proxies import Proxy, proxy
from support.redis import RedisServer, redis_server
from support.waiting import eventually

# What the limits of the client allow a read, and much more than a busy machine adds.
LONGEST = CONNECT_SECONDS + OPERATION_SECONDS + 3.0
READERS = 12
COPIES = some(200, size=2000)


@dataclass
class Load:
    """Reads and fills without a pause, and what became of them."""

    tier: Tier
    reads: int = 0
    found: int = 0
    longest: float = 0.0
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def begin(self) -> None:
        self._tasks = [asyncio.create_task(self._read(random.Random(number))) for number in range(READERS)]

    async def end(self) -> None:
        """Let it end. Fails where one of the calls did."""
        for task in self._tasks:
            task.cancel()
        outcomes = await asyncio.gather(*self._tasks, return_exceptions=True)
        assert [one for one in outcomes if not isinstance(one, asyncio.CancelledError)] == []

    async def _read(self, chance: random.Random) -> None:
        """As who has other tiers does: what Redis lacks is put."""
        while True:
            wanted = chance.sample(list(COPIES), chance.choice([1, 1, 1, 20]))
            began = time.monotonic()
            found = await self.tier.copies.get(wanted)
            self.longest = max(self.longest, time.monotonic() - began)
            self.reads += 1
            self.found += len(found)
            for key, copy in found.items():
                assert copy == COPIES[key], f"{key} was answered with {copy}"
            self.tier.copies.put({key: COPIES[key] for key in wanted if key not in found})
            await asyncio.sleep(0.001)

    async def finds_more(self) -> None:
        """Wait until reads are answered from Redis that were begun from now on."""
        before = self.found + READERS * 20

        async def finds() -> bool:
            return self.found > before

        await eventually(finds, "reads to be answered from Redis")


@asynccontextmanager
async def under_load(address: str) -> AsyncIterator[Load]:
    """A tier that is read and filled all the time, with the limits of servers."""
    async with client_of(f"redis://{address}") as client:
        load = Load(copies_of(client))
        async with written(load.tier):
            load.begin()
            try:
                yield load
            finally:
                await load.end()
    assert load.longest < LONGEST
    assert load.reads > 50


Trouble = Callable[[RedisServer, Proxy], Awaitable[object]]


async def killed(redis: RedisServer, _: Proxy) -> None:
    await asyncio.to_thread(redis.kill)
    await asyncio.sleep(1.5)
    await asyncio.to_thread(redis.start)


async def hung(redis: RedisServer, _: Proxy) -> None:
    redis.hold()
    await asyncio.sleep(1.5)
    redis.release()


async def slow(_: RedisServer, between: Proxy) -> None:
    """10 seconds, for longer than any read may take: what is sent now is answered when nobody waits for it any more."""
    between.delay = 10
    await asyncio.sleep(LONGEST + 1)
    between.delay = 0
    between.cut()


async def slow_and_then_not(_: RedisServer, between: Proxy) -> None:
    """Longer than an operation may take, and then all that was asked is answered, late."""
    for _turn in range(10):
        between.delay = 0.12
        await asyncio.sleep(0.15)
        between.delay = 0
        await asyncio.sleep(0.1)


async def flapping(_: RedisServer, between: Proxy) -> None:
    for _turn in range(8):
        between.interrupt()
        await asyncio.sleep(0.15)
        between.restore()
        await asyncio.sleep(0.15)


async def silent(_: RedisServer, between: Proxy) -> None:
    """Connections that swallow everything; new ones work."""
    for _turn in range(5):
        between.silence()
        await asyncio.sleep(0.3)


async def flushed(redis: RedisServer, _: Proxy) -> None:
    for _turn in range(20):
        await asyncio.to_thread(redis.run, "FLUSHALL")
        await asyncio.sleep(0.05)


async def swapped(redis: RedisServer, _: Proxy) -> None:
    """Somebody writes whole copies under the names of others."""
    names = [name_of("test:", EPOCH, *key) for key in COPIES]
    for _turn in range(10):
        values = await asyncio.to_thread(redis.run, "MGET", *names)
        there = [value for value in values if value is not None]
        shift = there[1:] + there[:1]
        words = [word for pair in zip(names, shift, strict=False) for word in pair]
        await asyncio.to_thread(redis.run, "MSET", *words)
        await asyncio.sleep(0.05)
    await asyncio.to_thread(redis.run, "FLUSHALL")


@pytest.mark.parametrize(
    "trouble", [killed, hung, slow, slow_and_then_not, flapping, silent, flushed, swapped], ids=lambda one: one.__name__
)
async def test_trouble_under_load_is_nothing_but_misses(trouble: Trouble) -> None:
    with redis_server() as redis, proxy(redis.address) as between:
        async with under_load(between.address) as load:
            await load.finds_more()
            await trouble(redis, between)
            await load.finds_more()


async def test_a_redis_that_is_away_at_the_start_is_found_when_it_comes(tmp_path: Path) -> None:
    redis = RedisServer(tmp_path)
    try:
        async with under_load(redis.address) as load:

            async def is_left_alone() -> bool:
                return load.tier.copies.dropped > 1000

            await eventually(is_left_alone, "fills to be dropped")
            assert (load.found, load.tier.copies.written) == (0, 0)
            assert load.tier.statistics.tier(pb.CACHE_TIER_REDIS).errors >= load.reads
            await asyncio.to_thread(redis.start)
            await load.finds_more()
    finally:
        redis.stop()


async def test_a_full_redis_is_read_and_takes_what_it_can() -> None:
    """It refuses every SET, and answers: copies that it has are read and others dropped; the breaker stays closed. When
    there is room again it takes them."""
    with redis_server() as redis:
        async with under_load(redis.address) as load:
            copies = load.tier.copies
            await load.finds_more()
            redis.run("CONFIG", "SET", "maxmemory", 1)

            async def is_refused() -> bool:
                copies.put({("catalogue", f"acme/late-{random.random()}", 1): Copy(b"", 1)})
                return copies.dropped > 10

            await eventually(is_refused, "copies to be refused")
            await load.finds_more()
            redis.run("CONFIG", "SET", "maxmemory", 0)
            written = copies.written

            async def is_taken() -> bool:
                copies.put({("catalogue", f"acme/late-{random.random()}", 1): Copy(b"", 1)})
                return copies.written > written

            await eventually(is_taken, "copies to be taken again")


Answer = Callable[[list[bytes]], bytes]


@asynccontextmanager
async def impostor(answer: Answer) -> AsyncIterator[str]:
    """The address of a server that understands what Redis is asked, and answers as it likes."""

    async def number(reader: asyncio.StreamReader) -> int:
        return int((await reader.readline())[1:])

    async def words(reader: asyncio.StreamReader) -> list[bytes]:
        return [(await reader.readexactly(await number(reader) + 2))[:-2] for _ in range(await number(reader))]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ValueError, OSError):
            while True:
                writer.write(answer(await words(reader)))
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


def array(values: Sequence[bytes | None]) -> bytes:
    """As Redis writes it."""
    return b"*%d\r\n" % len(values) + b"".join(
        b"$-1\r\n" if value is None else b"$%d\r\n%s\r\n" % (len(value), value) for value in values
    )


def always(text: bytes) -> Callable[[], Answer]:
    return lambda: lambda _: text


def noise() -> Answer:
    """Arrays of the right length, full of nothing in particular."""
    chance = random.Random(11)
    return lambda words: array([chance.randbytes(chance.randrange(3000)) for _ in words[1:]])


def confused() -> Answer:
    """A Redis that answers every question with what belongs to the one before: the copies are whole."""
    held: dict[bytes, bytes] = {}
    before: dict[int, list[bytes | None]] = {}

    def answer(words: list[bytes]) -> bytes:
        if words[0] == b"SET":
            held[words[1]] = words[2]
            return b"+OK\r\n"
        values = [held.get(name) for name in words[1:]]
        late = before.get(len(values), values)
        before[len(values)] = values
        return array(late)

    return answer


IMPOSTORS: dict[str, Callable[[], Answer]] = {
    "nothing": always(b""),
    "HTTP": always(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
    "OK": always(b"+OK\r\n"),
    "a number": always(b":7\r\n"),
    "nil": always(b"$-1\r\n"),
    "no list": always(b"*-1\r\n"),
    "an empty list": always(b"*0\r\n"),
    "a list of numbers": always(b"*1\r\n:1\r\n"),
    "a list of lists": always(b"*1\r\n*1\r\n:1\r\n"),
    "a list of errors": always(b"*1\r\n-ERR no\r\n"),
    "WRONGTYPE": always(b"-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"),
    "LOADING": always(b"-LOADING Redis is loading the dataset in memory\r\n"),
    "MOVED": always(b"-MOVED 3999 127.0.0.1:6381\r\n"),
    "half a list": always(b"*1000000\r\n$5\r\nab"),
    "noise": noise,
    "others' answers": confused,
}


@pytest.mark.parametrize("who", IMPOSTORS)
async def test_whatever_answers_instead_of_redis_no_value_is_wrong(who: str) -> None:
    """Another server behind the address: its answers are misses. When Redis is there, so is the tier."""
    async with impostor(IMPOSTORS[who]()) as other:
        with redis_server() as redis, proxy(other) as between:
            async with under_load(between.address) as load:
                await asyncio.sleep(0.7)
                await asyncio.to_thread(between.lead_to, redis.address)
                await load.finds_more()


async def test_while_redis_is_left_alone_reads_wait_for_nothing() -> None:
    """Once the breaker is open a read costs next to nothing, but for a probe a second."""
    with redis_server() as redis:
        async with client_of(redis.url) as client:
            tier = copies_of(client)
            redis.hold()
            while client.state is State.CLOSED:
                assert await tier.copies.get(COPIES) == {}
            began, many = time.monotonic(), 3000
            for _ in range(many):
                assert await tier.copies.get([("catalogue", "acme/model-1", 2)]) == {}
            took = time.monotonic() - began
            assert took < many * OPERATION_SECONDS / 10
            assert client.skipped > many - 20


async def test_who_only_fills_while_redis_is_away_finds_it_again(tmp_path: Path) -> None:
    """A reader that asks whether Redis is worth asking, and reads from PostgreSQL where it is not, still puts what it
    read: that is what probes."""
    redis = RedisServer(tmp_path)
    try:
        async with client_of(redis.url) as client:
            tier = copies_of(client)

            async def is_usable() -> bool:
                if not tier.copies.usable:
                    tier.copies.put(some(1))
                return tier.copies.usable

            async def has_all() -> bool:  # what it does not take in time has to be put again
                tier.copies.put(COPIES)
                return await tier.copies.get(COPIES) == COPIES

            async with written(tier):
                while tier.copies.usable:
                    assert await tier.copies.get(COPIES) == {}
                await asyncio.to_thread(redis.start)
                await eventually(is_usable, "Redis to be worth asking")
                await eventually(has_all, "all copies")
    finally:
        redis.stop()
