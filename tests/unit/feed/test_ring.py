"""The ring of recent revisions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from logs import revision

from modeldex_server.feed.ring import Ring


@given(st.integers(0, 100), st.integers(1, 20), st.integers(0, 60))
def test_it_holds_the_newest_without_a_hole(begin: int, most: int, count: int) -> None:
    """reliable: after any revision that is not below the floor come all later ones, each once, in order; of too many
    the oldest go."""
    ring = Ring(revisions=most)
    ring.reset(begin)
    for number in range(begin + 1, begin + count + 1):
        ring.append(revision(number))
    assert ring.head == begin + count
    assert ring.floor == begin + max(0, count - most)
    for after in range(ring.floor, ring.head + 1):
        assert [one.number for one in ring.after(after)] == list(range(after + 1, ring.head + 1))


def test_it_holds_so_many_bytes_and_the_newest_revision_always() -> None:
    """alone: what it holds is bounded; a revision that is too large by itself is there until the next one comes."""
    size = sum(event.size for event in revision(1, name="x" * 1000).events)
    ring = Ring(size=3 * size)
    for number in range(1, 100):
        ring.append(revision(number, name="x" * 1000))
        assert ring.bytes_used <= 3 * size
    assert (ring.floor, ring.head) == (96, 99)
    ring.append(revision(100, events=50))
    assert (ring.floor, ring.head) == (99, 100)
    ring.append(revision(101))
    assert (ring.floor, ring.head) == (100, 101)
    ring.reset(7)
    assert (ring.floor, ring.head, ring.bytes_used) == (7, 7, 0)


def test_revisions_that_left_take_no_place_for_long() -> None:
    """alone: the list behind it does not grow with what went through."""
    ring = Ring(revisions=10)
    for number in range(1, 5000):
        ring.append(revision(number, events=0))
    assert len(ring._kept) < 1500
    assert [one.number for one in ring.after(4995)] == [4996, 4997, 4998, 4999]
