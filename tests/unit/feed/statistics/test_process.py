"""What a process tells of itself."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import psutil
import pytest

from modeldex_server.feed.statistics import process
from modeldex_server.feed.statistics.process import Lateness, memory_limit, memory_used


def test_memory_is_what_the_system_says() -> None:
    """health is told: as another program measures it."""
    assert memory_used() == pytest.approx(psutil.Process().memory_info().rss, rel=0.1)


def test_without_proc_the_peak_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """health is told: also where the system has no /proc."""
    used = memory_used()
    monkeypatch.setattr(process, "_STATM", Path("/nowhere"))
    assert used * 0.9 <= memory_used() < used * 100


def test_the_tightest_limit_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """health is told: the limit of the container, where it has one."""
    limits = [tmp_path / "two", tmp_path / "one"]
    monkeypatch.setattr(process, "_CGROUP_LIMITS", limits)
    machine = memory_limit()
    assert machine == psutil.virtual_memory().total
    limits[0].write_text("max\n")
    assert memory_limit() == machine
    limits[1].write_text("1048576\n")
    assert memory_limit() == 1048576


async def test_a_loop_that_is_held_up_is_late() -> None:
    """health is told: something that took the event loop for itself is seen, for a while."""
    lateness = Lateness()
    measuring = asyncio.create_task(lateness.run())
    await asyncio.sleep(0)
    time.sleep(0.6)
    await asyncio.sleep(0.05)
    assert lateness.seconds > 0.4
    measuring.cancel()
