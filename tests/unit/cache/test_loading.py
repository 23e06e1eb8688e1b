"""One load for a key at a time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence

import pytest

from modeldex_server.cache.loading import Loading


class Source:
    """Gives what it is asked for when it is let, a call at a time, and remembers what was kept."""

    def __init__(self) -> None:
        self.number = 0
        self.calls: list[tuple[str, ...]] = []
        self.kept: list[dict[str, str]] = []
        self._gates: list[asyncio.Event] = []
        self.broken = False

    def loading(self) -> Loading[str, str]:
        return Loading(self.keep, number=lambda: self.number)

    def keep(self, loaded: Mapping[str, str]) -> None:
        self.kept.append(dict(loaded))

    async def load(self, keys: Sequence[str]) -> dict[str, str]:
        call = len(self.calls)
        self.calls.append(tuple(keys))
        self._gates.append(asyncio.Event())
        await self._gates[call].wait()
        if self.broken:
            raise RuntimeError("away")
        return {key: f"{key} of call {call}" for key in keys if key != "none"}

    async def release(self, call: int) -> None:
        await settle()
        self._gates[call].set()
        await settle()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture
def source() -> Source:
    return Source()


async def test_a_thousand_who_ask_at_once_are_one_load(source: Source) -> None:
    """one load: 1,000 ask for one key, half of them, the first among them, go away at random: one load, the others have
    what it brought, and it is kept once."""
    chance = random.Random(5)
    loading = source.loading()
    asking = [asyncio.create_task(loading.get(["a"], source.load)) for _ in range(1000)]
    await settle()
    gone = {0, *chance.sample(range(1000), 500)}
    for number in gone:
        asking[number].cancel()
        if chance.random() < 0.1:
            await asyncio.sleep(0)
    await source.release(0)
    answers = await asyncio.gather(*asking, return_exceptions=True)
    for number, answer in enumerate(answers):
        if number in gone:
            assert isinstance(answer, asyncio.CancelledError)
        else:
            assert answer == {"a": "a of call 0"}
    assert source.calls == [("a",)]
    assert source.kept == [{"a": "a of call 0"}]


async def test_all_may_go_away(source: Source) -> None:
    """one load: it goes on when nobody waits for it any more, and who comes then joins it; how it fails troubles
    nobody."""
    loading = source.loading()
    first = asyncio.create_task(loading.get(["a"], source.load))
    await settle()
    first.cancel()
    await settle()
    second = asyncio.create_task(loading.get(["a"], source.load))
    await source.release(0)
    assert await second == {"a": "a of call 0"}
    third = asyncio.create_task(loading.get(["a"], source.load))
    await settle()
    third.cancel()
    source.broken = True
    await source.release(1)
    assert len(source.calls) == 2


async def test_overlapping_batches_share_what_they_can(source: Source) -> None:
    """one load: a batch waits for what others load, and loads the rest in one go."""
    loading = source.loading()
    first = asyncio.create_task(loading.get(["a", "b", "none"], source.load))
    await settle()
    second = asyncio.create_task(loading.get(["b", "c", "c", "none"], source.load))
    await source.release(0)
    await source.release(1)
    assert await first == {"a": "a of call 0", "b": "b of call 0"}
    assert await second == {"b": "b of call 0", "c": "c of call 1"}
    assert source.calls == [("a", "b", "none"), ("c",)]


async def test_a_failure_is_told_to_all_who_waited_and_to_nobody_else(source: Source) -> None:
    """typed errors: what failed is tried again by the next who asks."""
    loading = source.loading()
    asking = [asyncio.create_task(loading.get(["a"], source.load)) for _ in range(3)]
    await settle()
    source.broken = True
    await source.release(0)
    assert [type(one) for one in await asyncio.gather(*asking, return_exceptions=True)] == [RuntimeError] * 3
    source.broken = False
    again = asyncio.create_task(loading.get(["a"], source.load))
    await source.release(1)
    assert await again == {"a": "a of call 1"}
    assert source.kept == [{"a": "a of call 1"}]


async def test_nobody_joins_a_load_from_before_what_it_must_know_of(source: Source) -> None:
    """late fills: who must know of invalidation 1 does not join a load that began before it; the next ones join the
    load that it begins; what the first one brings is given to who waited, and not kept."""
    loading = source.loading()
    before = asyncio.create_task(loading.get(["a", "b"], source.load))
    await settle()
    source.number = 1
    after = [asyncio.create_task(loading.get(["a"], source.load, since=1)) for _ in range(20)]
    careless = asyncio.create_task(loading.get(["b"], source.load))
    await settle()
    assert source.calls == [("a", "b"), ("a",)]
    await source.release(1)
    assert [await one for one in after] == [{"a": "a of call 1"}] * 20
    await source.release(0)
    assert await before == {"a": "a of call 0", "b": "b of call 0"}
    assert await careless == {"b": "b of call 0"}
    assert source.kept == [{"a": "a of call 1"}, {"b": "b of call 0"}]


async def test_a_disowned_load_is_joined_by_nobody_and_keeps_nothing(source: Source) -> None:
    """late fills: what was being read when the key was written is given to who waited, and to nobody after."""
    loading = source.loading()
    before = asyncio.create_task(loading.get(["a", "b"], source.load))
    await settle()
    loading.disown(["a", "never asked for"])
    after = asyncio.create_task(loading.get(["a"], source.load))
    await source.release(0)
    assert not after.done()
    await source.release(1)
    assert (await before)["a"] == "a of call 0"
    assert await after == {"a": "a of call 1"}
    assert source.kept == [{"b": "b of call 0"}, {"a": "a of call 1"}]
    late = asyncio.create_task(loading.get(["a"], source.load))
    await settle()
    loading.disown_all()
    await source.release(2)
    assert await late == {"a": "a of call 2"}
    assert source.kept[2:] == [{}]


async def test_nobody_joins_a_load_that_began_too_long_ago(source: Source) -> None:
    """read your set: where an answer may be of so long ago and no longer, a load that is older is not joined."""
    now = 100.0
    loading: Loading[str, str] = Loading(source.keep, number=lambda: 0, seconds=1.0, clock=lambda: now)
    first = asyncio.create_task(loading.get(["a"], source.load))
    await settle()
    now += 1.0
    second = asyncio.create_task(loading.get(["a"], source.load))
    await settle()
    now += 0.5
    third = asyncio.create_task(loading.get(["a"], source.load))
    await settle()
    assert len(source.calls) == 2
    for call in (0, 1):
        await source.release(call)
    assert [(await one)["a"] for one in (first, second, third)] == ["a of call 0", "a of call 0", "a of call 1"]
    assert source.kept == [{}, {"a": "a of call 1"}]


async def test_nothing_is_left_of_loads_that_are_over(source: Source) -> None:
    """no leaks: a later read is another load, whatever became of the one before."""
    loading = source.loading()
    for call, broken in enumerate((False, True, False)):
        source.broken = broken
        task = asyncio.create_task(loading.get(["a"], source.load))
        await source.release(call)
        await asyncio.gather(task, return_exceptions=True)
    assert len(source.calls) == 3
    assert not loading._running
