"""The picture of a cache: figures of the last minute and seconds, and the last events, on any terminal."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len
from rich.text import Text

from modeldex.v1.cache_pb2 import CacheEntry
from modeldex.v1.cache_service_pb2 import WatchCacheEventsResponse
from modeldex_server.cli.cache.picture import Picture
from unit.cli.cached import event, stats


def shown(picture: Picture, width: int = 100, height: int = 30) -> str:
    return "\n".join(picture.lines(width, height, colour=False))


def figure(picture: Picture, label: str) -> str:
    """What stands behind a label."""
    found = re.search(rf"^{label} +(.*)$", shown(picture), re.MULTILINE)
    assert found is not None, shown(picture)
    return found[1]


def counted(picture: Picture, at: float, hits: int, misses: int = 0, evictions: int = 0, replica: str = "r-1") -> None:
    answer = stats(replica, hit_count=hits, miss_count=misses, eviction_count=evictions)
    picture.counted(answer, at)


def test_the_hit_rate_is_that_of_the_last_minute() -> None:
    """What was before does not count: a cache that was good for a week and is bad now is bad now."""
    picture = Picture("here")
    for second in range(0, 61):
        counted(picture, float(second), hits=1000 + second, misses=0)
    for second in range(61, 122):
        counted(picture, float(second), hits=1060, misses=second - 60)
    assert figure(picture, "last minute").endswith("0.0% of 60 reads")
    counted(picture, 400.0, hits=1120, misses=61)
    assert figure(picture, "last minute").endswith("100.0% of 60 reads")


def test_rates_are_those_of_the_last_seconds() -> None:
    picture = Picture("here")
    counted(picture, 0.0, hits=0)
    counted(picture, 100.0, hits=1_000_000, misses=0)
    assert figure(picture, "a second").startswith("0 hits, 0 misses")
    counted(picture, 102.0, hits=1_002_468, misses=3, evictions=25)
    assert figure(picture, "a second") == "1,234 hits, 1.5 misses, 12 evictions, 0 sets, 0 deletions"


def test_another_process_begins_anew() -> None:
    """Its counters have nothing to do with those before; and so it is after the statistics were cleared."""
    picture = Picture("here")
    counted(picture, 0.0, hits=1000)
    counted(picture, 1.0, hits=5, replica="r-2")
    assert figure(picture, "last minute").endswith("no read yet")
    cleared = stats("r-2", hit_count=0)
    cleared.start_time.seconds += 1
    picture.counted(cleared, 2.0)
    assert figure(picture, "a second").startswith("0 hits")
    assert "-" not in figure(picture, "a second")


def test_the_last_events_stand_below_each_other() -> None:
    """The newest last, as many as there is room for; what was lost is told."""
    picture = Picture("here")
    counted(picture, 0.0, hits=0)
    events = [event("HIT", entry=CacheEntry(key=f"acme/{number}")) for number in range(500)]
    picture.arrived(WatchCacheEventsResponse(events=events, lost_count=7))
    lines = shown(picture, height=12).splitlines()
    assert len(lines) == 12
    assert lines[-1].endswith("acme/499")
    assert sum("hit  " in line for line in lines) == 12 - lines.index("") - 1
    assert figure(picture, "lost").startswith("7 events")


def test_trouble_is_told_until_something_comes() -> None:
    picture = Picture("here")
    picture.trouble = "It is away. Connecting again."
    assert "It is away." in shown(picture)
    picture.arrived(WatchCacheEventsResponse())
    assert "It is away." not in shown(picture)


def test_a_cache_that_is_switched_off_says_so() -> None:
    picture = Picture("here")
    answer = stats()
    answer.policies.cache_enabled = False
    picture.counted(answer, 0.0)
    assert "switched off" in figure(picture, "cache")


@pytest.mark.parametrize("height", [1, 3, 6, 24])
@pytest.mark.parametrize("width", [20, 40, 80, 200])
@pytest.mark.parametrize("colour", [True, False])
def test_it_fits_on_any_terminal(width: int, height: int, colour: bool) -> None:
    """Also before anything was counted."""
    picture = Picture("a-server-of-a-long-name.example.org:50051")
    assert len(picture.lines(width, height, colour=colour)) <= height
    counted(picture, 0.0, hits=3)
    picture.arrived(WatchCacheEventsResponse(events=[event("MISS", entry=CacheEntry(key="acme/" + "x" * 300))] * 50))
    lines = [Text.from_ansi(line).plain for line in picture.lines(width, height, colour=colour)]
    assert len(lines) <= height
    assert all(cell_len(line) <= max(width, 44) for line in lines)
