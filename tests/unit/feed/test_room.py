"""How much a stream is sent at a time."""

from __future__ import annotations

import pytest

from modeldex_server.feed.classes import Limits
from modeldex_server.feed.room import Room

KIB = 1024
LIMITS = Limits(500, 1024 * KIB)
UNREAD = 64 * KIB  # what HTTP/2 takes of a stream that nobody reads


def sizes_until(room: Room, most: int) -> list[int]:
    """The sizes of messages that fill the room, until so many bytes were taken at once each."""
    sizes: list[int] = []
    while sum(sizes) < most:
        sizes.append(room.limits.size)
        room.took(sizes[-1], 0.0)
    return sizes


def test_what_is_under_way_to_one_that_never_reads_is_little() -> None:
    """alone: by the time that nothing more is taken unread, a message has still only a few KiB."""
    room = Room(LIMITS)
    sizes = sizes_until(room, UNREAD)
    assert max(*sizes, room.limits.size) <= 4 * KIB


def test_one_that_reads_soon_has_all_that_it_asked_for() -> None:
    """batches: messages grow with what is taken, up to the limit and no further."""
    room = Room(LIMITS)
    sizes = sizes_until(room, 40 * 1024 * KIB)
    assert sizes == sorted(sizes)
    assert sizes[-1] == LIMITS.size
    assert len(sizes) < 200
    for before, size in zip(range(len(sizes)), sizes, strict=True):
        assert size <= max(4 * KIB, sum(sizes[:before]) // 16)


def test_one_that_took_long_begins_with_little_again() -> None:
    """alone: a reader that became slow may be about to stop."""
    room = Room(LIMITS)
    sizes_until(room, 40 * 1024 * KIB)
    room.took(LIMITS.size, 1.5)
    assert room.limits.size == 4 * KIB


@pytest.mark.parametrize("limits", [Limits(1, 1 * KIB), Limits(1000, 100 * KIB)])
def test_never_more_than_was_asked_for(limits: Limits) -> None:
    """batches: neither at the beginning nor after much was taken; the number of events is the caller's."""
    room = Room(limits)
    for _ in range(1000):
        assert room.limits.size <= limits.size
        assert room.limits.events == limits.events
        room.took(room.limits.size, 0.0)
    assert room.limits == limits
