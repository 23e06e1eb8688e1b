"""Copies in a real Redis: what is put is read by all who share it, and by nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from modeldex.v1 import cache_pb2 as pb
from modeldex_server.cache.copies import Copy
from modeldex_server.cache.envelope import name_of, seal
from modeldex_server.store.redis import RedisClient
from support.copies import EPOCH, PATIENT, Tier, client_of, copies_of, some, written
from support.redis import RedisServer, redis_server
from support.waiting import eventually

KEY = ("catalogue", "acme/model:1", 3)
COPY = Copy(b"the model", 5)
NAME = name_of("test:", EPOCH, *KEY)


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """A Redis that every test leaves running."""
    with redis_server() as server:
        yield server


@pytest.fixture
async def client(server: RedisServer) -> AsyncIterator[RedisClient]:
    """Of an empty Redis, and without haste: what is tested here are no limits."""
    server.run("FLUSHALL")
    async with client_of(server.url, seconds=PATIENT) as client:
        yield client


@pytest.fixture
async def tier(client: RedisClient) -> AsyncIterator[Tier]:
    """Copies in it."""
    tier = copies_of(client)
    async with written(tier):
        yield tier


def counts(tier: Tier) -> tuple[int, int, int]:
    """Hits, misses and errors."""
    redis = tier.statistics.tier(pb.CACHE_TIER_REDIS)
    return redis.hits, redis.misses, redis.errors


async def test_what_one_process_put_another_reads(tier: Tier, client: RedisClient) -> None:
    await tier.hold({KEY: COPY, ("mine", "acme/model:1", 41): Copy(b"", 2**64 - 1)})
    other = copies_of(client)
    wanted = [KEY, ("mine", "acme/model:1", 41), ("mine", "acme/model:1", 40), KEY]
    assert await other.copies.get(wanted) == {KEY: COPY, wanted[1]: Copy(b"", 2**64 - 1)}
    assert counts(other) == (2, 1, 0)
    assert (tier.copies.written, tier.copies.dropped) == (2, 0)


async def test_a_get_is_one_question_whatever_the_number_of_keys(tier: Tier, client: RedisClient) -> None:
    """One MGET for 1,000 keys; and copies are written many at once."""
    copies = some(1000)
    await tier.hold(copies)
    assert client.operations == 1000
    assert await tier.copies.get(copies) == copies
    assert client.operations == 1001
    assert tier.statistics.tier(pb.CACHE_TIER_REDIS).loads == 1
    assert await tier.copies.get([]) == {}
    assert client.operations == 1001


async def test_more_than_a_thousand_are_asked_for_in_turns(tier: Tier, client: RedisClient) -> None:
    copies = some(2500)
    await tier.hold(copies)
    before = client.operations
    assert await tier.copies.get(copies) == copies
    assert client.operations == before + 3


async def test_copies_live_as_long_as_set_give_or_take_a_tenth(server: RedisServer, client: RedisClient) -> None:
    """What was written together does not expire together."""
    for chance, least, most in ((0.0, 880, 900), (1.0, 1080, 1100), (0.5, 980, 1000)):
        tier = copies_of(client, ttl=timedelta(seconds=1000), chance=lambda chance=chance: chance)  # type: ignore[misc]
        async with written(tier):
            await tier.hold({KEY: COPY})
        assert least < server.run("PTTL", NAME) / 1000 <= most


async def test_catalogues_and_histories_that_share_a_redis_share_no_copies(tier: Tier, client: RedisClient) -> None:
    """Another prefix, or a catalogue that was restored from a backup: versions mean something else there."""
    await tier.hold({KEY: COPY})
    for other in (copies_of(client, prefix="other:"), copies_of(client, epoch=lambda: EPOCH.replace("0", "1"))):
        assert await other.copies.get([KEY]) == {}
        assert counts(other) == (0, 1, 0)


async def test_the_history_that_counts_is_that_of_the_moment(client: RedisClient) -> None:
    """What was put before the catalogue was restored is written under the history that it is of."""
    epochs = ["before"]
    tier = copies_of(client, epoch=lambda: epochs[-1])
    tier.copies.put({KEY: COPY})
    epochs.append("after")
    async with written(tier):
        await tier.hold({("catalogue", "acme/other", 1): COPY})
    assert await tier.copies.get([KEY]) == {}
    epochs.append("before")
    assert await tier.copies.get([KEY]) == {KEY: COPY}


async def test_the_newest_mark_of_what_waits_is_written(client: RedisClient) -> None:
    """A copy that was read anew after an invalidation takes the place of the one from before, and not the other way."""
    tier = copies_of(client)
    for mark in (5, 9, 7):
        tier.copies.put({KEY: Copy(b"the model", mark)})
    assert tier.copies.pending == 1
    async with written(tier):
        await tier.hold({("catalogue", "acme/other", 1): COPY})
    assert await tier.copies.get([KEY]) == {KEY: Copy(b"the model", 9)}
    assert tier.copies.written == 2


async def test_with_the_cache_off_what_waits_is_not_written(server: RedisServer, client: RedisClient) -> None:
    """switched off"""
    tier = copies_of(client)
    tier.copies.put(some(300))
    tier.policies.use(enabled=False, ttl=timedelta(minutes=1))

    async def is_dropped() -> bool:
        return tier.copies.dropped == 300

    async with written(tier):
        await eventually(is_dropped, "what waits to be dropped")
    assert (tier.copies.pending, server.run("DBSIZE"), client.operations) == (0, 0, 0)


def flipped(envelope: bytes, at: int) -> bytes:
    """With one bit of it changed."""
    return envelope[:at] + bytes([envelope[at] ^ 1]) + envelope[at + 1 :]


WHOLE = seal(NAME, COPY.mark, COPY.data)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("SET", NAME, b""), "size"),
        (("SET", NAME, WHOLE[:10]), "size"),
        (("SET", NAME, WHOLE[:-1]), "checksum"),
        (("SET", NAME, flipped(WHOLE, 13)), "checksum"),  # of the mark
        (("SET", NAME, flipped(WHOLE, 20)), "checksum"),  # of the bytes
        (("SET", NAME, flipped(WHOLE, 4)), "schema"),
        (("SET", NAME, seal(name_of("test:", EPOCH, "catalogue", "acme/model:1", 2), 5, b"old")), "checksum"),
        (("SET", NAME, b'{"id": "acme/model:1"}'), "magic"),
        (("SET", NAME, b"\xff" * 1000), "magic"),
        (("SET", NAME, bytes(10_000_000)), "size"),
        (("RPUSH", NAME, WHOLE, WHOLE), None),  # MGET gives nothing for what is no string
        (("HSET", NAME, "field", WHOLE), None),
    ],
)
async def test_what_is_no_copy_of_ours_is_a_miss(
    server: RedisServer, tier: Tier, command: tuple[str | bytes, ...], why: str | None
) -> None:
    """Redis is a helper: wrong data under a name of ours is a miss that is counted, told once without what is there,
    and mended by the next who puts the copy. What lies beside it is read."""
    whole = ("catalogue", "acme/whole", 1)
    await tier.hold({whole: COPY})
    server.run(*command)
    with capture_logs() as lines:
        for _ in range(3):
            assert await tier.copies.get([KEY, whole]) == {whole: COPY}
    assert counts(tier) == (3, 3, 0)
    assert tier.copies.unreadable == (0 if why is None else 3)
    assert lines == ([] if why is None else [{"event": "redis_copy_unreadable", "why": why, "log_level": "warning"}])
    await tier.hold({KEY: COPY})
    assert await tier.copies.get([KEY]) == {KEY: COPY}


async def test_copies_that_were_swapped_are_misses(server: RedisServer, tier: Tier) -> None:
    """Every copy whole, and each under its neighbour's name: none is read."""
    copies = some(100)
    await tier.hold(copies)
    names = [name_of("test:", EPOCH, *key) for key in copies]
    values = server.run("MGET", *names)
    for name, value in zip(names, values[1:] + values[:1], strict=True):
        server.run("SET", name, value)
    assert await tier.copies.get(copies) == {}
    assert counts(tier) == (0, 100, 0)


async def test_a_flushed_redis_is_filled_again(server: RedisServer, tier: Tier) -> None:
    copies = some(50)
    await tier.hold(copies)
    server.run("FLUSHALL")
    assert await tier.copies.get(copies) == {}
    await tier.hold(copies)
    assert await tier.copies.get(copies) == copies
