"""What a process can tell of itself: its memory, and how late its event loop is."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from collections import deque
from pathlib import Path
from time import monotonic

_CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
_STATM = Path("/proc/self/statm")
_NAP = 0.1  # seconds
_NAPS = 100  # that are remembered: ten seconds


def memory_used() -> int:
    """Bytes of memory that the process takes; where the system does not tell, the most that it ever took."""
    try:
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024


def memory_limit() -> int:
    """Bytes of memory that the process may take: of its container, else of the machine; 0 where it is unknown."""
    limits = [_machine_memory(), *map(_read_limit, _CGROUP_LIMITS)]
    return min((limit for limit in limits if limit > 0), default=0)


def _read_limit(path: Path) -> int:
    try:
        return int(path.read_text())
    except (OSError, ValueError):  # "max", or no such file
        return 0


def _machine_memory() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


class Lateness:
    """How late the event loop is: it sleeps a tenth of a second, and looks how long that took."""

    def __init__(self) -> None:
        self._late: deque[float] = deque([0.0], maxlen=_NAPS)

    @property
    def seconds(self) -> float:
        """The most of the last ten seconds."""
        return max(self._late)

    async def run(self) -> None:
        """Measure until cancelled."""
        while True:
            before = monotonic()
            await asyncio.sleep(_NAP)
            self._late.append(max(0.0, monotonic() - before - _NAP))
