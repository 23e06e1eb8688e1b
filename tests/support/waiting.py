"""Waiting for what must come true: tests await conditions, never the clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Value = TypeVar("Value")

PATIENCE = 30.0  # seconds: wide, for machines that are slow and busy
_EVERY = 0.02


def until(condition: Callable[[], Value], what: str, *, patience: float = PATIENCE) -> Value:
    """The first true value of a condition. Fails with `what` where none comes."""
    ends = time.monotonic() + patience
    while not (value := condition()):
        assert time.monotonic() < ends, f"waited {patience:g} s for {what}"
        time.sleep(_EVERY)
    return value


async def eventually(condition: Callable[[], Awaitable[Value]], what: str, *, patience: float = PATIENCE) -> Value:
    """The first true value of a condition that is awaited. Fails with `what` where none comes."""
    ends = time.monotonic() + patience
    while not (value := await condition()):
        assert time.monotonic() < ends, f"waited {patience:g} s for {what}"
        await asyncio.sleep(_EVERY)
    return value
