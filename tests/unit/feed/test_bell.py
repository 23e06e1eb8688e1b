"""Who waits is woken some at a time."""

from __future__ import annotations

import asyncio
from time import monotonic

from modeldex_server.feed.bell import Bell, Turns, wake

LONG = 60.0


async def follow(bell: Bell, name: str, woken: list[str], seconds: float = LONG) -> None:
    await bell.wait(seconds, asyncio.get_running_loop().create_future())
    woken.append(name)


async def settle(turns: int = 100) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)


async def begin(bell: Bell, names: list[str], woken: list[str], seconds: float = LONG) -> list[asyncio.Task[None]]:
    tasks = [asyncio.create_task(follow(bell, name, woken, seconds)) for name in names]
    await settle(2)
    return tasks


async def test_all_that_wait_are_woken_in_their_order() -> None:
    """reliable: nobody is left out, whichever bell it was, and who comes later waits for the next."""
    turns, woken = Turns(), list[str]()
    one, other = Bell(turns), Bell(turns)
    await begin(one, [f"a{number}" for number in range(100)], woken)
    await begin(other, [f"b{number}" for number in range(50)], woken)
    one.ring()
    other.ring()
    late = await begin(one, ["late"], woken)
    await settle()
    assert woken == [f"a{number}" for number in range(100)] + [f"b{number}" for number in range(50)]
    one.ring()
    await asyncio.gather(*late)


async def test_others_have_their_turn_while_many_are_woken() -> None:
    """alone: what else the loop has to do does not wait until all were woken."""
    turns, woken = Turns(), list[str]()
    bell = Bell(turns)
    await begin(bell, [str(number) for number in range(1000)], woken)
    bell.ring()
    seen: list[int] = []
    while len(woken) < 1000:
        await asyncio.sleep(0)
        seen.append(len(woken))
    assert max(after - before for before, after in zip([0, *seen], seen, strict=False)) <= 16


async def test_a_wait_ends_after_its_time_or_when_woken_alone_and_leaves_nothing() -> None:
    """Who waited and is gone is not kept until the bell rings: it may never ring."""
    turns, woken = Turns(), list[str]()
    bell = Bell(turns)
    begun = monotonic()
    await asyncio.gather(*(await begin(bell, ["a", "b"], woken, seconds=0.02)))
    assert 0.015 < monotonic() - begun < LONG / 2
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    alone = asyncio.create_task(bell.wait(LONG, future))
    cancelled = asyncio.create_task(follow(bell, "cancelled", woken))
    await settle(2)
    wake(future)
    wake(future)  # again harms nothing
    cancelled.cancel()
    await asyncio.gather(alone, cancelled, return_exceptions=True)
    assert woken == ["a", "b"]
    assert not bell._waiting


async def test_one_that_went_while_its_turn_came_harms_nobody() -> None:
    """alone: streams that end while all are being woken."""
    turns, woken = Turns(), list[str]()
    bell = Bell(turns)
    tasks = await begin(bell, [str(number) for number in range(100)], woken)
    bell.ring()
    for task in tasks[::2]:
        task.cancel()
    await settle()
    assert sorted(woken, key=int) == [str(number) for number in range(1, 100, 2)]
    assert all(task.done() for task in tasks)


async def test_who_comes_with_something_at_hand_has_its_turn_too() -> None:
    """alone: streams that have more to bring once they brought something leave the loop to others as well."""
    turns, woken = Turns(), list[str]()
    bell = Bell(turns)
    await begin(bell, ["rung"], woken)
    came = 0

    async def bring() -> None:
        nonlocal came
        for _ in range(3):
            await turns.come()
            came += 1

    tasks = [asyncio.create_task(bring()) for _ in range(200)]
    await asyncio.sleep(0)
    bell.ring()
    seen: list[int] = []
    while came < 600:
        await asyncio.sleep(0)
        seen.append(came)
    assert max(after - before for before, after in zip([0, *seen], seen, strict=False)) <= 16
    assert woken == ["rung"]
    await asyncio.gather(*tasks)
