"""Turns to read from the store."""

from __future__ import annotations

import asyncio

from modeldex_server.feed.pages import PrioritySemaphore


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


class Reader:
    """Waits for a turn, and holds it until told."""

    def __init__(self, turns: PrioritySemaphore, name: str, priority: int, had: list[str]) -> None:
        self.done = asyncio.Event()
        self.task = asyncio.create_task(self._read(turns, name, priority, had))

    async def _read(self, turns: PrioritySemaphore, name: str, priority: int, had: list[str]) -> None:
        async with turns.turn(priority):
            had.append(name)
            await self.done.wait()


async def test_the_higher_priority_first_and_then_in_order() -> None:
    """So many at a time; who waits is let in by priority, and by when it came."""
    turns, had = PrioritySemaphore(2), []  # type: PrioritySemaphore, list[str]
    readers = [
        Reader(turns, name, priority, had)
        for name, priority in (("a", 0), ("b", 0), ("c", 0), ("d", 9), ("e", 5), ("f", 9), ("g", 0))
    ]
    await settle()
    assert had == ["a", "b"]
    order = "dfecg"
    for at, name in enumerate(order):
        readers["abcdefg".index(had[at])].done.set()
        await settle()
        assert had[2 + at] == name
    for reader in readers:
        reader.done.set()
    await settle()
    assert all(reader.task.done() for reader in readers)


async def test_who_goes_away_takes_no_turn_with_it() -> None:
    """Turns are never lost, also where somebody goes just as its turn comes."""
    turns, had = PrioritySemaphore(1), []  # type: PrioritySemaphore, list[str]
    first, gone, late, last = (Reader(turns, name, 0, had) for name in ("first", "gone", "late", "last"))
    await settle()
    gone.task.cancel()
    first.done.set()
    await asyncio.sleep(0)  # its turn is over, and that of `late` has come
    late.task.cancel()
    await settle()
    assert had in (["first", "last"], ["first", "late", "last"])
    last.done.set()
    await last.task
    again = Reader(turns, "again", 0, had)
    again.done.set()
    await again.task
    assert had[-1] == "again"
