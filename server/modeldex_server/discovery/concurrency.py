"""Work side by side, a bounded part of it at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any


async def side_by_side(work: Iterable[Coroutine[Any, Any, None]], *, most: int) -> None:
    """Run all of it, at most so many at a time. The first failure ends the rest and is raised as it is."""
    places = asyncio.Semaphore(most)

    async def one(part: Coroutine[Any, Any, None]) -> None:
        async with places:
            await part

    try:
        async with asyncio.TaskGroup() as tasks:
            for part in work:
                tasks.create_task(one(part))
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
